import pytest

from policy.file.rulebook import RuleEntry, file_keys
from tests.policy.files import agent, faults_with, hours, only_fault, policy_with, role, rule

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
        ({"agents": agent(token_env="BOT-TOKEN")}, "agents.bot.token_env[0]: is no environment variable"),
        (
            {"agents": agent(token_env=[])},
            "agents.bot.token_env: must not be empty",
        ),
        ({"agents": agent(token_env=7)}, "agents.bot.token_env: must be a list"),
        ({"agents": agent(pending_limit=0)}, "agents.bot.pending_limit: must be 1 or more"),
        ({"agents": agent(pending_limit=5.0)}, "agents.bot.pending_limit: must be a whole number"),
        (
            {"agents": agent(callbacks=["ftp://a.example/"])},
            "agents.bot.callbacks[0]: 'ftp://a.example/' is no web address",
        ),
        (
            {"ops": {"channel": "C0OPS", "members": []}},
            "ops.members: must not be empty",
        ),
        ({"ops": {"channel": "C0OPS"}}, "ops.members: is missing"),
        ({"auditors": {"ops": {"token": "x"}}}, "auditors.ops.token: unknown key"),
        ({"defaults": None}, "defaults: is missing"),
        ({"defaults": {"tier": "approve"}}, "defaults.role: is missing"),
        ({"defaults": {"role": "support", "tier": "watch"}}, "defaults.tier: the default may not be watch"),
        ({"defaults": {"role": "support", "tier": "auto"}}, "defaults.tier: the default may not be auto"),
        ({"defaults": {"role": "suport"}}, "defaults.role: there is no role 'suport'"),
        (
            {"defaults": {"role": "support", "covered_by": ["support"]}},
            "defaults.covered_by[0]: is the default's own role",
        ),
        (
            {"defaults": {"role": "support", "covered_by": ["finanz"]}},
            "defaults.covered_by[0]: there is no role 'finanz'",
        ),
        (
            {"defaults": {"role": "support", "tier": "block", "covered_by": ["finance"]}},
            "defaults.covered_by: covers nothing: what is blocked asks nobody",
        ),
        ({"defaults": {"role": "support", "remind": "1h"}}, "defaults.remind: unknown key"),
        ({"schemas": {"refund.*": "x.json"}}, "schemas.refund.*: 'refund.*' is no action"),
        ({"schemas": {"refund.create": 7}}, "schemas.refund.create: must be text"),
        ({"rules": {}}, "rules: must be a list"),
        ({"rules": [None]}, "number 1: : must be a mapping"),
        ({"rules": [{"id": 7, "action": "a", "tier": "auto"}]}, "number 1: id: must be text"),
        ({"rules": [rule("a b")]}, "a b: id: 'a b' is no name"),
        ({"rules": [rule(first_time="payload.to")]}, "it: first_time: must be a list"),
        ({"rules": [rule(first_time=[])]}, "it: first_time: must not be empty"),
        ({"rules": [rule(first_time=["to."])]}, "it: first_time[0]: 'to.' is no field of a payload"),
        ({"rules": [rule(first_time=["payload"])]}, "it: first_time[0]: 'payload' is no field of a payload"),
        ({"rules": [rule(first_time=["payload.a..b"])]}, "it: first_time[0]: 'payload.a..b' is no field of a payload"),
        ({"rules": [rule(first_time=["payload.to", "to"])]}, "it: first_time: 'payload.to' is there twice"),
        ({"rules": [rule(unusual={"field": "payload.a"})]}, "it: unusual.times: is missing"),
        ({"rules": [rule(unusual={"field": "payload.a", "times": "5"})]}, "it: unusual.times: must be a number"),
        ({"rules": [rule(unusual={"field": "payload.a", "times": True})]}, "it: unusual.times: must be a number"),
        (
            {"rules": [rule(unusual={"field": "payload.a", "times": 0.9})]},
            "it: unusual.times: must be 1 or more",
        ),
        ({"rules": [rule(repeat_of_rejected="yes")]}, "it: repeat_of_rejected: must be true or false"),
        ({"rules": [rule(rate={"per": "10m"})]}, "it: rate.over: is missing"),
        ({"rules": [rule(rate={"per": 600, "over": 20})]}, "it: rate.per: 600 is no duration"),
        (
            {"rules": [rule(rate={"per": "10m", "over": 0})]},
            "it: rate.over: must be 1 or more",
        ),
        ({"rules": [rule(remind=[])]}, "it: remind: must not be empty"),
        ({"rules": [rule(remind="10m")]}, "it: remind: must be a list"),
        ({"rules": [rule(remind=["10m", "600s"])]}, "it: remind: 600 is there twice"),
        ({"rules": [rule(escalate={"after": "20m"})]}, "it: escalate.to: is missing"),
        ({"rules": [rule(escalate={"after": "20m", "to": "finance", "by": 1})]}, "it: escalate.by: unknown key"),
        ({"rules": [rule(escalate="finance")]}, "it: escalate: must be a mapping"),
        ({"rules": [rule(edited="anybody")]}, "it: edited: must be 'second_person'"),
        ({"rules": [rule(max_expires_in="soon")]}, "it: max_expires_in: 'soon' is no duration"),
        ({"rules": [rule(execute_within=60)]}, "it: execute_within: 60 is no duration"),
        ({"rules": [rule(tier="watch", object_within="1w")]}, "it: object_within: '1w' is no duration"),
        ({"roles": role(backup=["finance"])}, "roles.support.backup: must be text"),
        ({"rules": [hours(tz="Berlin time")]}, "it: hours.tz: 'Berlin time' is no name of a time zone"),
        ({"rules": [hours(tz="../etc/passwd")]}, "it: hours.tz: '../etc/passwd' is no name of a time zone"),
        ({"rules": [hours(days=[])]}, "it: hours.days: must not be empty"),
        ({"rules": [hours(days=["monday"])]}, "it: hours.days[0]: 'monday' is no day"),
        ({"rules": [hours(days=[["mon"]])]}, "it: hours.days[0]: ['mon'] is no day"),
        ({"rules": [hours(**{"from": "9:00"})]}, "it: hours.from: '9:00' is no time of day"),
        ({"rules": [hours(**{"from": 900})]}, "it: hours.from: 900 is no time of day"),
        ({"rules": [hours(to="24:01")]}, "it: hours.to: '24:01' is no time of day"),
        ({"rules": [hours(outside="wait")]}, "it: hours.outside: must be 'extend' or 'escalate'"),
        ({"rules": [hours(start="09:00")]}, "it: hours.start: unknown key"),
        ({"rules": [rule(tier=["auto"])]}, "it: tier: ['auto'] is no tier"),
        ({"rules": [rule(tier="standing")]}, "it: tier: 'standing' is no tier"),
        ({"rules": [rule(sample="0.1")]}, "it: sample: must be a number"),
        ({"rules": [rule(sample=True)]}, "it: sample: must be a number"),
        ({"rules": [rule(sample=0)]}, "it: sample: must be more than 0"),
        ({"rules": [rule(sample=-0.1)]}, "it: sample: must be more than 0"),
        ({"rules": [rule(sample=1.01)]}, "it: sample: must be 1 or less"),
        ({"rules": [rule(sample=10)]}, "it: sample: must be 1 or less"),
        ({"rules": [rule(batch="1h")]}, "it: batch: must be a mapping"),
        ({"rules": [rule(batch={"window": "1h"})]}, "it: batch.max: is missing"),
        ({"rules": [rule(batch={"window": "1h", "max": 1})]}, "it: batch.max: must be 2 or more"),
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
        (
            "zzz",
            f"Known here: {', '.join(file_keys(RuleEntry))}.",
        ),
    ],
)
def test_an_unknown_key_is_answered_with_the_known_ones(tmp_path, key, hint):
    (fault,) = faults_with(tmp_path, rules=[rule(**{key: "x"})])
    assert fault.remedy == hint


@pytest.mark.parametrize(
    ("keys", "hint"),
    [
        ({"escalate": {"after": "20m", "to": "finance", "who": "x"}}, "Known here: after, to."),
        ({"rate": {"per": "1m", "over": 3, "pre": "x"}}, "Did you mean per?"),
        (hours(start="09:00"), "Known here: tz, days, from, to, outside."),
    ],
)
def test_an_unknown_key_inside_of_another_is_answered_with_those_known_there(tmp_path, keys, hint):
    (fault,) = faults_with(tmp_path, rules=[rule(**keys)] if "id" not in keys else [keys])
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
