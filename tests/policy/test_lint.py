import pytest

from policy import check
from tests.policy.files import ENVIRON, SOUND, agent, faults_with, only_fault, policy_with, role, rule, written

SUPPORT = SOUND["roles"]["support"]


def advice(folder, **sections):
    """Warnings and notes as `rule or key: message`; the sections are sound."""
    report = check(written(folder, **{"roles": {"support": SUPPORT}, **sections}), ENVIRON)
    assert report.sound, report.lines()
    return (
        [f"{each.rule or each.key}: {each.message}" for each in report.warnings],
        [f"{each.rule or each.key}: {each.message}" for each in report.notes],
    )


@pytest.mark.parametrize(
    ("sections", "told"),
    [
        ({"roles": role(members=[])}, "roles.support: has nobody in it"),
        ({"roles": role(notify="group")}, "roles.support.notify: names a group, but the role has none"),
        (
            {"roles": role(members=[], groups=["S0X"], notify="members")},
            "roles.support.notify: names members, but the role has none",
        ),
        (
            {"agents": agent(callbacks=["https://a.example/"])},
            "agents.bot.callbacks: cannot be signed without a secret",
        ),
        ({"agents": agent(callback_secret_env="CALLBACK_SECRET")}, "agents.bot.callback_secret_env: signs nothing"),
        ({"rules": [rule(), rule(action="email.send")]}, "it: id: another rule has this id"),
        ({"rules": [rule(role="suport")]}, "it: role: there is no role 'suport'"),
        ({"rules": [rule(roles=["finance", "nobody"])]}, "it: roles[1]: there is no role 'nobody'"),
        ({"rules": [rule(role="support", roles=["finance"])]}, "it: role: stands beside roles"),
        ({"rules": [rule(tier="auto", role="support")]}, "it: role: a rule of tier auto asks nobody"),
        ({"rules": [rule(tier="auto", edit=[])]}, "it: edit: a rule of tier auto asks nobody"),
        ({"rules": [rule(tier="block", roles=["support"])]}, "it: roles: a rule of tier block asks nobody"),
        ({"rules": [rule(tier="block", approvals=1)]}, "it: approvals: a rule of tier block asks nobody"),
        ({"rules": [rule(tier="block", expires_in="1h")]}, "it: expires_in: a rule of tier block asks nobody"),
        ({"rules": [rule(when=["1 > 2"])]}, "it: when[0]: is never true, so nothing can reach the rule"),
        ({"rules": [rule(when=["1 / 0 > 2"])]}, "it: when[0]: is never true, so nothing can reach the rule"),
    ],
)
def test_what_contradicts_itself_or_does_nothing_stops_the_start(tmp_path, sections, told):
    assert only_fault(tmp_path, **sections) == told


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ("confidence > 0.9", "confidence"),
        ("payload.amount < 5.0 && source == 'trusted'", "source"),
        ("!has(signals.retries)", "signals"),
        ("run_id != '' || on_behalf_of == 'U0ALICE'", "on_behalf_of, run_id"),
    ],
)
def test_a_rule_that_loosens_may_not_read_what_the_agent_says_of_itself(tmp_path, condition, said):
    told = only_fault(tmp_path, rules=[rule(tier="auto", when=["has(payload.amount)", condition])])
    assert told == f"it: when[1]: a rule that loosens may not read {said}"


def test_a_rule_that_loosens_may_read_what_the_digest_binds_and_who_asks(tmp_path):
    when = ["payload.amount < 5.0", "agent == 'bot'", "action.startsWith('refund')"]
    assert policy_with(tmp_path, rules=[rule(tier="auto", when=when)])


@pytest.mark.parametrize("tier", ["approve", "block"])
def test_a_rule_that_tightens_may_read_everything(tmp_path, tier):
    assert policy_with(tmp_path, rules=[rule(tier=tier, when=["confidence < 0.5", "source == 'untrusted'"])])


def test_a_rule_that_no_agent_can_reach_stops_the_start(tmp_path):
    agents = agent(actions=["refund.*", "email.send"])
    told = only_fault(tmp_path, agents=agents, rules=[rule(action="email.*"), rule("far", action="db.*")])
    assert told == "far: action: nothing can reach this rule: no agent may propose such an action"


def test_without_agents_no_rule_can_be_reached(tmp_path):
    assert "nothing can reach" in only_fault(tmp_path, agents={}, rules=[rule()])


@pytest.mark.parametrize(
    ("rules", "told"),
    [
        ([rule(approvals=3)], "it: approvals: wants more people than there are: support lacks 1"),
        ([rule(approvals=3, role="finance")], "it: approvals: wants more people than there are: finance lacks 1"),
        (
            [rule(approvals=2, roles=["support", "twin"])],
            "it: approvals: wants more people than there are: twin lacks 2",
        ),
        (
            [
                rule(role="support", when=["payload.a > 1"], approvals=2),
                rule("other", action="refund.*", role="twin"),
            ],
            "it: approvals: wants more people than there are: twin lacks 2",
        ),
    ],
)
def test_more_approvals_than_people_stop_the_start(tmp_path, rules, told):
    roles = role() | {"twin": {**SUPPORT, "channel": "C0TWIN"}}
    assert only_fault(tmp_path, roles=roles, rules=rules) == told


def test_two_roles_need_different_people(tmp_path):
    roles = {
        "support": {"channel": "C0SUPPORT", "members": ["U0ALICE"]},
        "second": {"channel": "C0SECOND", "members": ["U0ALICE"]},
    }
    told = only_fault(tmp_path, roles=roles, rules=[rule(roles=["support", "second"])])
    assert told == "it: roles: wants more people than there are: support lacks 1"


def test_people_are_seated_where_they_are_needed(tmp_path):
    roles = {
        "support": {"channel": "C0SUPPORT", "members": ["U0ALICE", "U0BOB"]},
        "second": {"channel": "C0SECOND", "members": ["U0ALICE"]},
    }
    assert policy_with(tmp_path, roles=roles, rules=[rule(roles=["support", "second"])])


def test_the_owner_is_not_counted_where_their_agent_proposes(tmp_path):
    agents = agent(owner="U0ALICE", actions=["refund.*"])
    told = only_fault(tmp_path, agents=agents, rules=[rule(approvals=2)])
    assert told == "it: approvals: nobody can fill this for bot, whose owner U0ALICE may not approve: support lacks 1"
    assert policy_with(tmp_path, agents=agents, rules=[rule(approvals=2)], roles=role(allow_self_review=True))
    assert policy_with(tmp_path, agents=agents, rules=[rule(approvals=1)])


def test_the_owner_counts_where_only_other_agents_propose(tmp_path):
    other = {"token_env": "SECOND_TOKEN", "owner": "U0ALICE", "actions": ["email.*"]}
    agents = agent(actions=["refund.*"]) | {"other": other}
    assert policy_with(tmp_path, agents=agents, rules=[rule(approvals=2)])


def test_an_owner_who_is_alone_in_the_default_role_stops_the_start(tmp_path):
    alone = {"roles": role(members=["U0OWNER"]), "agents": agent(actions=["refund.*"])}
    told = only_fault(tmp_path, **alone)
    assert told == ("agents.bot.owner: nobody may approve refund.* but the owner U0OWNER, who may not: support lacks 1")
    assert policy_with(tmp_path, **alone, rules=[rule(action="refund.*", role="finance")])
    assert policy_with(tmp_path, **alone, defaults={"tier": "block", "role": "support"})


def test_a_group_may_always_have_enough_people(tmp_path):
    roles = role(members=[], groups=["S0SUPPORT"])
    assert policy_with(tmp_path, roles=roles, rules=[rule(approvals=7)])


def test_a_gate_that_is_always_blocked_needs_no_people(tmp_path):
    rules = [rule(approvals=9), rule("never", action="refund.*", tier="block")]
    assert policy_with(tmp_path, rules=rules)


def test_people_are_not_counted_in_a_role_that_has_a_fault_of_its_own(tmp_path):
    assert only_fault(tmp_path, roles=role(members=[]), rules=[rule(approvals=9)]) == "roles.support: has nobody in it"


def test_a_condition_that_does_not_compile_is_told_by_its_place(tmp_path):
    told = only_fault(tmp_path, rules=[rule(when=["payload.amount > 1", "amount > 1"])])
    assert told.startswith("it: when[1]: undeclared reference to 'amount'")


def test_a_rule_with_a_broken_condition_is_not_taken_for_one_without(tmp_path):
    rules = [rule(approvals=9), rule("broken", tier="block", when=["amount > 1"])]
    assert [(fault.rule, fault.key) for fault in faults_with(tmp_path, rules=rules)] == [
        ("it", "approvals"),
        ("broken", "when[0]"),
    ]


def test_a_sound_policy_may_have_nothing_to_say(tmp_path):
    assert advice(tmp_path) == ([], [])


@pytest.mark.parametrize(
    ("sections", "warned"),
    [
        (
            {"roles": {"support": {**SUPPORT, "allow_self_review": True}}},
            "roles.support.allow_self_review: people may approve their own agents' proposals here",
        ),
        (
            {"agents": {"bot": {"token_env": "BOT_TOKEN", "actions": ["*"]}}},
            "agents.bot: has no owner, so nobody is kept from approving their own proposals",
        ),
        ({"agents": {}}, "agents: nobody can propose"),
        ({"roles": role()}, "roles.finance: no rule asks this role"),
        ({"rules": [rule(when=["payload.a > 1"])]}, "it: reads the payload of refund.create, which has no schema"),
        (
            {
                "rules": [
                    rule(when=["payload.a > 1"]),
                    rule("b", when=["payload.b > 1"]),
                    rule("c", when=["payload.c > 1"]),
                ]
            },
            "it: reads the payload of refund.create, which has no schema, as 2 more do",
        ),
        ({"rules": [rule(when=["true"])]}, "it: is always true"),
        (
            {"rules": [rule(tier="auto"), rule("all", action="*", tier="block")]},
            "it: never decides: all is stricter and matches whenever this does",
        ),
    ],
)
def test_an_operator_is_warned_of_what_may_not_be_meant(tmp_path, sections, warned):
    assert advice(tmp_path, **sections) == ([warned], [])


def test_an_operator_is_warned_of_a_schema_for_what_nobody_may_propose(tmp_path):
    (tmp_path / "x.json").write_text("{}", encoding="utf-8")
    sections = {"schemas": {"db.drop": "x.json"}, "agents": agent(actions=["refund.*"])}
    assert advice(tmp_path, **sections) == (["schemas.db.drop: no agent may propose this"], [])


def test_a_rule_that_reads_a_payload_with_a_schema_is_nothing_to_warn_of(tmp_path):
    (tmp_path / "x.json").write_text("{}", encoding="utf-8")
    rules = [rule(when=["payload.a > 1"]), rule("of-claims", when=["confidence < 0.5"])]
    assert advice(tmp_path, schemas={"refund.create": "x.json"}, rules=rules) == ([], [])


def test_an_operator_is_warned_where_rules_that_may_meet_want_more_people_than_there_are(tmp_path):
    roles = {"support": SUPPORT, "second": {"channel": "C0SECOND", "members": ["U0ALICE", "U0BOB"]}}
    rules = [
        rule(approvals=2, when=["confidence < 0.9"]),
        rule("two", roles=["support", "second"], when=["source == 'untrusted'"]),
        rule("far", action="email.send", approvals=2),
    ]
    warned, _ = advice(tmp_path, roles=roles, rules=rules)
    assert warned == ["two: where it matches too, nobody can fill both: support lacks 2"]


def test_a_rule_that_asks_another_role_than_the_default_is_as_it_should_be(tmp_path):
    rules = [rule(role="finance"), rule("by-claim", role="finance", when=["confidence < 0.5"])]
    assert advice(tmp_path, roles=role(), rules=rules) == ([], [])


@pytest.mark.parametrize(
    ("rules", "noted"),
    [
        (
            [rule(role="finance", approvals=2), rule("b", role="support")],
            ["it: counts for each role where b matches too: 2 of finance and 2 of support, 4 people"],
        ),
        (
            [rule(role="finance"), rule("b", approvals=2)],
            ["b: counts for each role where it matches too: 2 of finance and 2 of support, 4 people"],
        ),
        ([rule(role="finance", approvals=2), rule("b", role="support", approvals=2)], []),
        ([rule(role="finance", approvals=2), rule("b", role="same")], []),
        ([rule(role="finance", approvals=2), rule("b", role="finance")], []),
        ([rule(role="finance", approvals=2, when=["confidence < 0.5"]), rule("b", role="support", tier="watch")], []),
        ([rule(role="finance", approvals=2), rule("b", action="email.send", role="support")], []),
        ([rule(role="finance"), rule("b", role="support")], []),
        ([rule(), rule("b", role="finance")], []),
    ],
)
def test_a_number_of_approvals_that_counts_for_the_roles_of_another_rule_is_noted(tmp_path, rules, noted):
    assert advice(tmp_path, roles=role(), rules=rules) == ([], noted)


def test_a_step_that_another_rule_keeps_from_being_taken_is_noted(tmp_path):
    step = {"after": "10m", "to": "finance"}
    noted = "it: does not hold where more matches too, which asks the same role without it"
    for more in (rule("more", role="support"), rule("more", escalate={"after": "1m", "to": "lead"})):
        roles = {**role(), "lead": {"channel": "C0LEAD", "members": ["U0LEAD"]}}
        assert noted in advice(tmp_path, roles=roles, rules=[rule(escalate=step), more])[1]
    for more in (rule("more", role="same"), rule("more", role="finance"), rule("more", escalate=step)):
        assert noted not in advice(tmp_path, roles=role(), rules=[rule(role="support", escalate=step), more])[1]


def test_warnings_are_told_at_every_start_with_their_place(tmp_path):
    policy = policy_with(tmp_path)
    (warning,) = policy.warnings
    assert warning.startswith(f"{tmp_path}/policy.yml:")
    assert "roles.finance: no rule asks this role. Name it in a rule, or remove it." in warning
