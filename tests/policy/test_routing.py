import pytest

from approvals.proposal import Source
from policy import mentions
from policy.routing import Role, channels
from tests.policy.files import agent, policy_with

MANY = tuple(f"U{number}" for number in range(9))


def someone(**changes):
    return Role(**{"name": "support", "channel": "C0SUPPORT", "members": MANY, **changes})


@pytest.mark.parametrize(
    ("role", "mentioned"),
    [
        (someone(groups=("S1", "S2")), ("S1", "S2")),
        (someone(), MANY[:5]),
        (someone(notify="group", groups=("S1",)), ("S1",)),
        (someone(notify="members", groups=("S1",)), MANY),
        (someone(notify="none", groups=("S1",)), ()),
    ],
)
def test_a_first_post_mentions_whom_the_role_says(role, mentioned):
    assert mentions([role]) == mentioned


def test_who_is_in_two_roles_is_mentioned_once():
    assert mentions([someone(members=("U1", "U2")), someone(members=("U2", "U3"))]) == ("U1", "U2", "U3")


def test_two_roles_of_one_channel_have_one_channel():
    roles = {"a": someone(channel="C2"), "b": someone(channel="C1"), "c": someone(channel="C2")}
    assert channels(roles, ["a", "b", "c"]) == ("C1", "C2")


@pytest.mark.parametrize(
    ("entry", "said", "counts"),
    [
        ("trusted", None, "trusted"),
        ("trusted", "untrusted", "untrusted"),
        ("trusted", "trusted", "trusted"),
        ("untrusted", None, "untrusted"),
        ("untrusted", "trusted", "untrusted"),
        (None, "trusted", "untrusted"),
        (None, None, "untrusted"),
    ],
)
def test_an_agent_can_only_lower_what_its_entry_says_of_its_source(tmp_path, entry, said, counts):
    policy = policy_with(tmp_path, agents=agent(**({} if entry is None else {"source": entry})))
    assert policy.source_for("bot", None if said is None else Source(said)) == counts


def test_the_source_of_an_unknown_agent_is_untrusted(tmp_path):
    assert policy_with(tmp_path).source_for("stranger", Source.trusted) is Source.untrusted


@pytest.mark.parametrize(
    ("url", "allowed"),
    [
        ("https://a.example/hooks/1", True),
        ("https://a.example/hooks/", True),
        ("https://a.example/hook", False),
        ("https://a.example.evil.com/hooks/1", False),
        ("http://a.example/hooks/1", False),
        ("https://a.example/hooks/../admin", False),
        ("https://a.example/hooks/%2e%2e/admin", False),
        ("https://a.example/hooks/%2E./admin", False),
        ("https://a.example/hooks/..\\admin", False),
        ("https://a.example/hooks/..%5cadmin", False),
        ("https://a.example/hooks/a b", False),
        ("https://a.example/hooks/\u0430", False),
        ("https://a.example/hooks/\r\nX: y", False),
        ("https://a.example/hooks/1#x", False),
    ],
)
def test_an_agent_is_called_back_only_where_its_entry_says(tmp_path, url, allowed):
    agents = agent(callbacks=["https://a.example/hooks/*"], callback_secret_env="CALLBACK_SECRET")
    policy = policy_with(tmp_path, agents=agents)
    assert policy.may_call_back("bot", url) is allowed
    assert not policy.may_call_back("stranger", url)
