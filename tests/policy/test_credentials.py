import hashlib

import pytest

from policy import PolicyFaults, check
from tests.policy.files import ENVIRON, SOUND, TOKEN, agent, faults_with, policy_with, written

DIGEST = hashlib.sha256(TOKEN.encode()).hexdigest()


def messages(folder, **sections):
    return {f"{fault.key}: {fault.message}" for fault in faults_with(folder, **sections)}


def test_a_variable_almost_of_the_name_is_asked_about_unless_somebody_else_has_it(tmp_path):
    agents = {"bot": {"token_env": "BOT_TOKEN", "owner": "U0CAROL", "actions": ["*"]}}
    near = {"BOT_TOKN": TOKEN, "PATH": "x"}
    (fault,) = check(written(tmp_path, agents=agents), near).faults
    assert str(fault).endswith("BOT_TOKEN is not set. Did you mean BOT_TOKN? Else put the token into BOT_TOKEN.")
    auditors = {"ops": {"token_env": "BOT_TOKN"}}
    (fault,) = check(written(tmp_path, agents=agents, auditors=auditors), near).faults
    assert str(fault).endswith("in the environment or in .env.")


def test_a_token_names_its_agent_and_no_other_text_does(tmp_path):
    policy = policy_with(tmp_path)
    assert policy.agent_of(TOKEN) == "bot"
    assert [policy.agent_of(wrong) for wrong in ("", TOKEN[:-1], TOKEN + " ", DIGEST, "ä\udcff")] == [None] * 5


def test_two_tokens_work_while_one_replaces_the_other(tmp_path):
    policy = policy_with(tmp_path, agents=agent(token_env=["BOT_TOKEN", "SECOND_TOKEN"]))
    assert [policy.agent_of(ENVIRON[name]) for name in ("BOT_TOKEN", "SECOND_TOKEN")] == ["bot", "bot"]


def test_a_digest_stands_for_a_token_that_the_environment_does_not_hold(tmp_path):
    agents = {"bot": {"token_sha256": DIGEST, "owner": "U0OWNER", "actions": ["*"]}}
    assert policy_with(tmp_path, agents=agents, environ={}).agent_of(TOKEN) == "bot"


def test_auditors_and_agents_are_never_taken_for_each_other(tmp_path):
    policy = policy_with(tmp_path, auditors={"ops": {"token_env": "AUDITOR_TOKEN"}})
    assert policy.auditor_of(ENVIRON["AUDITOR_TOKEN"]) == "ops"
    assert policy.agent_of(ENVIRON["AUDITOR_TOKEN"]) is None
    assert policy.auditor_of(TOKEN) is None


@pytest.mark.parametrize(
    ("environ", "told"),
    [
        ({}, "BOT_TOKEN is not set"),
        ({"BOT_TOKEN": ""}, "BOT_TOKEN is not set"),
        ({"BOT_TOKEN": "x" * 31}, "BOT_TOKEN is shorter than 32 characters"),
        ({"BOT_TOKEN": "x" * 40 + "\n"}, "BOT_TOKEN has blanks or characters no token has"),
        ({"BOT_TOKEN": "ä" * 40}, "BOT_TOKEN has blanks or characters no token has"),
    ],
)
def test_a_token_that_is_missing_or_weak_stops_the_start(tmp_path, environ, told):
    assert messages(tmp_path, environ=environ) == {f"agents.bot.token_env: {told}"}


def test_one_token_too_few_of_two_stops_the_start(tmp_path):
    agents = agent(token_env=["BOT_TOKEN", "LATER_TOKEN"])
    assert messages(tmp_path, agents=agents) == {"agents.bot.token_env: LATER_TOKEN is not set"}


@pytest.mark.parametrize("keys", [{"token_env": None}, {"token_sha256": DIGEST}])
def test_an_agent_has_its_token_in_exactly_one_way(tmp_path, keys):
    entry = {key: value for key, value in (SOUND["agents"]["bot"] | keys).items() if value is not None}
    assert messages(tmp_path, agents={"bot": entry}) == {"agents.bot: needs either token_env or token_sha256"}


@pytest.mark.parametrize("digest", ["x" * 64, DIGEST.upper(), DIGEST[:-1], DIGEST + "0"])
def test_a_digest_is_64_hex_digits(tmp_path, digest):
    agents = {"bot": {"token_sha256": digest, "owner": "U0OWNER", "actions": ["*"]}}
    assert messages(tmp_path, agents=agents) == {"agents.bot.token_sha256[0]: is no SHA-256 in hex"}


PASTED = (
    "sk_live_51H8x0aB3cD4eF5gH6iJ7kL8",
    "AKIAIOSFODNN7EXAMPLE",
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567",
    "s9_token-with-a-dash",
    "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",
    "4ff14997322e488501831e9682bba3765675b52685934f3a81c00a70be8eab46",
    "A1B2C3D4_E5F6G7H8",
)


@pytest.mark.parametrize("key", ["token_env", "callback_secret_env", "token_sha256"])
@pytest.mark.parametrize("secret", PASTED)
def test_a_secret_that_is_pasted_in_the_place_of_its_variable_is_quoted_nowhere(tmp_path, key, secret):
    pasted = secret + "-" if key == "token_sha256" else secret
    with pytest.raises(PolicyFaults) as caught:
        policy_with(tmp_path, agents=agent(callbacks=["https://a.example/*"], **{key: pasted}))
    assert secret not in str(caught.value)
    assert secret not in str([fault.as_json() for fault in caught.value.faults])


@pytest.mark.parametrize("twin", [{"token_env": "TWIN"}, {"token_sha256": DIGEST}])
def test_two_agents_with_one_token_stop_the_start(tmp_path, twin):
    agents = agent() | {"twin": {**twin, "owner": "U0OWNER", "actions": ["*"]}}
    (told,) = messages(tmp_path, agents=agents, environ=ENVIRON | {"TWIN": TOKEN})
    assert told == f"agents.twin.{next(iter(twin))}: has the same token as agents.bot"


def test_an_auditor_with_the_token_of_an_agent_stops_the_start(tmp_path):
    told = messages(tmp_path, auditors={"ops": {"token_env": "BOT_TOKEN"}})
    assert told == {"auditors.ops.token_env: has the same token as agents.bot"}


def test_two_missing_tokens_are_two_faults_and_not_one_shared_token(tmp_path):
    agents = {name: {**SOUND["agents"]["bot"], "token_env": name.upper()} for name in ("one", "two")}
    assert messages(tmp_path, agents=agents) == {
        "agents.one.token_env: ONE is not set",
        "agents.two.token_env: TWO is not set",
    }


@pytest.mark.parametrize(
    ("secret", "told"),
    [
        ("", "S is not set"),
        ("MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=", "S is no callback secret"),
        ("whsec_c2hvcnQ=", "S is no callback secret"),
        ("whsec_" + "QUFB" * 22, "S is no callback secret"),
        ("whsec_no base64!", "S is no callback secret"),
        ("whsec_ä", "S is no callback secret"),
    ],
)
def test_a_callback_secret_that_is_missing_or_weak_stops_the_start(tmp_path, secret, told):
    agents = agent(callbacks=["https://a.example/*"], callback_secret_env="S")
    environ = ENVIRON | {"S": secret}
    assert messages(tmp_path, agents=agents, environ=environ) == {f"agents.bot.callback_secret_env: {told}"}
