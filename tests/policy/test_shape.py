import pytest

from tests.policy.files import agent, faults_with, only_fault, policy_with, role, rule

LONG = "x" * 301


@pytest.mark.parametrize(
    ("sections", "told"),
    [
        ({"version": None}, "version: is missing"),
        ({"version": 2}, "version: 2 is no version of this file's format"),
        ({"version": True}, "version: must be a whole number"),
        ({"version": "1"}, "version: must be a whole number"),
        ({"roles": []}, "roles: must be a mapping from names"),
        ({"roles": role(channel="#support")}, "roles.support.channel: '#support' is no Slack channel id"),
        ({"roles": role(channel="D0DIRECT")}, "roles.support.channel: 'D0DIRECT' is no Slack channel id"),
        ({"roles": role(members=["alice", "U0BOB"])}, "roles.support.members[0]: 'alice' is no Slack user id"),
        ({"roles": role(members=["U0BOB\n"])}, "roles.support.members[0]: 'U0BOB\\n' is no Slack user id"),
        ({"roles": role(members="U0BOB")}, "roles.support.members: must be a list"),
        ({"roles": role(members=["U0BOB", "U0BOB"])}, "roles.support.members: 'U0BOB' is there twice"),
        ({"roles": role(groups=["C0X"])}, "roles.support.groups[0]: 'C0X' is no Slack user group id"),
        ({"roles": role(notify="everyone")}, "roles.support.notify: must be 'group', 'members' or 'none'"),
        ({"roles": role(allow_self_review="yes")}, "roles.support.allow_self_review: must be true or false"),
        ({"roles": role(colour="red")}, "roles.support.colour: unknown key"),
        ({"roles": role() | {"no body": {"channel": "C1", "members": ["U1"]}}}, "roles.no body: 'no body' is no name"),
        ({"roles": role() | {"empty": None}}, "roles.empty: must be a mapping"),
        ({"agents": None}, "agents: is missing"),
        ({"agents": agent(actions=[])}, "agents.bot.actions: must not be empty"),
        ({"agents": agent(actions=["Refund.*"])}, "agents.bot.actions[0]: 'Refund.*' is no action pattern"),
        ({"agents": agent(actions=["x" * 101])}, f"agents.bot.actions[0]: '{'x' * 101}' is no action pattern"),
        ({"agents": agent(source="mostly")}, "agents.bot.source: 'mostly' is no source"),
        ({"agents": agent(source=["trusted"])}, "agents.bot.source: ['trusted'] is no source"),
        ({"agents": agent(owner="U")}, "agents.bot.owner: 'U' is no Slack user id"),
        ({"agents": agent(token_env="BOT-TOKEN")}, "agents.bot.token_env[0]: 'BOT-TOKEN' is no environment variable"),
        (
            {"agents": agent(token_env=[])},
            "agents.bot.token_env: must not be empty",
        ),
        ({"agents": agent(token_env=7)}, "agents.bot.token_env: must be a list"),
        ({"agents": agent(pending_limit=0)}, "agents.bot.pending_limit: must be 1 or more"),
        ({"agents": agent(pending_limit=5.0)}, "agents.bot.pending_limit: must be a whole number"),
        (
            {"agents": agent(callbacks=["http://a.example/"])},
            "agents.bot.callbacks[0]: 'http://a.example/' is not https",
        ),
        (
            {"ops": {"channel": "C0OPS", "members": []}},
            "ops.members: must not be empty",
        ),
        ({"ops": {"channel": "C0OPS"}}, "ops.members: is missing"),
        ({"auditors": {"ops": {"token": "x"}}}, "auditors.ops.token: unknown key"),
        ({"defaults": None}, "defaults: is missing"),
        ({"defaults": {"tier": "approve"}}, "defaults.role: is missing"),
        ({"defaults": {"role": "support", "tier": "watch"}}, "defaults.tier: 'watch' is no tier"),
        ({"defaults": {"role": "support", "tier": "auto"}}, "defaults.tier: the default may not be auto"),
        ({"defaults": {"role": "suport"}}, "defaults.role: there is no role 'suport'"),
        ({"defaults": {"role": "support", "remind": "1h"}}, "defaults.remind: unknown key"),
        ({"schemas": {"refund.*": "x.json"}}, "schemas.refund.*: 'refund.*' is no action"),
        ({"schemas": {"refund.create": 7}}, "schemas.refund.create: must be text"),
        ({"rules": {}}, "rules: must be a list"),
        ({"rules": [None]}, "number 1: : must be a mapping"),
        ({"rules": [{"id": 7, "action": "a", "tier": "auto"}]}, "number 1: id: must be text"),
        ({"rules": [rule("a b")]}, "a b: id: 'a b' is no name"),
        ({"rules": [rule(tier="watch")]}, "it: tier: 'watch' is no tier"),
        ({"rules": [rule(tier=["auto"])]}, "it: tier: ['auto'] is no tier"),
        ({"rules": [rule(tier="standing")]}, "it: tier: 'standing' is no tier"),
        ({"rules": [rule(sample=0.1)]}, "it: sample: unknown key"),
        ({"rules": [rule(batch="1h")]}, "it: batch: unknown key"),
        ({"rules": [rule(when="payload.amount > 1")]}, "it: when: must be a list"),
        ({"rules": [rule(when=[1])]}, "it: when[0]: must be text"),
        ({"rules": [rule(roles=[])]}, "it: roles: must not be empty"),
        ({"rules": [rule(roles=["support", "support"])]}, "it: roles: 'support' is there twice"),
        ({"rules": [rule(approvals=0)]}, "it: approvals: must be 1 or more"),
        ({"rules": [rule(approvals=True)]}, "it: approvals: must be a whole number"),
        ({"rules": [rule(reason=" ")]}, "it: reason: ' ' is no single line"),
        ({"rules": [rule(reason="a\nb")]}, "it: reason: 'a\\nb' is no single line"),
        ({"rules": [rule(reason=LONG)]}, f"it: reason: '{LONG}' is no single line"),
        ({"rules": [rule(edit="note")]}, "it: edit: must be a list"),
        ({"rules": [rule(edit=["note", "note"])]}, "it: edit: 'note' is there twice"),
        ({"standing": []}, "standing: unknown key"),
    ],
)
def test_each_fault_of_shape_is_told_by_its_key(tmp_path, sections, told):
    assert only_fault(tmp_path, **sections) == told


def test_a_name_that_is_no_text_is_a_fault(tmp_path):
    path = tmp_path / "x"
    path.mkdir()
    (fault,) = faults_with(path, schemas={"": "x.json"})
    assert fault.message == "'' is no action"


def test_what_only_follows_from_another_fault_is_not_told(tmp_path):
    assert only_fault(tmp_path, roles=None, rules=[rule(role="finance")]) == "roles: is missing"
    assert only_fault(tmp_path, agents=agent(actions="*"), rules=[rule()]) == "agents.bot.actions: must be a list"


def test_no_roles_at_all_leave_the_default_without_one(tmp_path):
    assert only_fault(tmp_path, roles={}) == "defaults.role: there is no role 'support'"


@pytest.mark.parametrize(
    ("key", "hint"),
    [
        ("rol", "Did you mean role?"),
        ("zzz", "Known here: id, action, when, tier, role, roles, approvals, expires_in, reason, edit."),
    ],
)
def test_an_unknown_key_is_answered_with_the_known_ones(tmp_path, key, hint):
    (fault,) = faults_with(tmp_path, rules=[rule(**{key: "x"})])
    assert fault.remedy == hint


@pytest.mark.parametrize(
    ("text", "seconds"), [("1s", 1), ("90s", 90), ("30m", 1800), ("1h", 3600), ("2d", 172_800), ("30d", 2_592_000)]
)
def test_durations_are_a_number_and_a_unit(tmp_path, text, seconds):
    assert policy_with(tmp_path, defaults={"role": "support", "expires_in": text}).defaults.expires_in == seconds


@pytest.mark.parametrize(
    "text", ["0s", "1", 60, "1.5h", "h", "1h30m", "-1h", "1 h", "31d", "1w", "99999999999s", None, "\u0661h", "1h\n"]
)
def test_what_is_no_duration_or_out_of_bounds_is_a_fault(tmp_path, text):
    told = (
        only_fault(tmp_path, rules=[rule(expires_in=text)])
        if text is not None
        else only_fault(tmp_path, defaults={"role": "support", "report_within": text})
    )
    assert "no duration" in told or "longer than 30d" in told


@pytest.mark.parametrize(
    "pattern",
    [
        "https://*.example.com/hooks",
        "https://*/",
        "https://user@a.example/",
        "https://a.example",
        "https://a.example/x?y",
        "https://a.example/x#y",
        "https://a.example/x y",
        "https://a.example\\@b.example/",
        "ftp://a.example/",
        "https://a.example:port/",
    ],
)
def test_a_callback_pattern_names_one_host_over_https(tmp_path, pattern):
    agents = agent(callbacks=[pattern], callback_secret_env="CALLBACK_SECRET")
    assert only_fault(tmp_path, agents=agents).startswith("agents.bot.callbacks[0]: ")
