"""Whether anybody can fill a gate, who stands in where they cannot, and the second person."""

import pytest

from approvals.gate import Reason, StandIn, Tier
from tests.policy.files import (
    SOUND,
    agent,
    ask,
    faults_with,
    nothing_known,
    only_fault,
    policy_with,
    refund,
    role,
    rule,
)


def people(**members):
    """Roles with these members, each in a channel of its own; `support` and its backup among them."""
    return {
        name: {"channel": f"C0{name.upper()}", **({"members": who} if isinstance(who, list) else who)}
        for name, who in members.items()
    }


OWN = "whose owner U0OWNER may not approve"
BACKED = people(support={"members": ["U0ALICE"], "backup": "lead"}, lead=["U0LEAD", "U0SECOND"])


def gate(folder, *, said=None, **sections):
    policy, said = policy_with(folder, **sections), said or ask()
    return policy.judge(said, [refund()], nothing_known(policy, said, refund()))


def test_a_gate_that_its_own_people_fill_has_nobody_standing_in(tmp_path):
    judged = gate(tmp_path, roles=BACKED)
    assert (judged.stand_ins, judged.unfillable, judged.channels, judged.risk) == ((), None, ("C0SUPPORT",), ())


def test_a_role_that_nobody_may_fill_gets_its_backup_and_says_so(tmp_path):
    judged = gate(tmp_path, roles=BACKED, said=ask(on_behalf_of="U0ALICE"))
    assert (judged.roles, judged.stand_ins) == (("support",), (StandIn(role="support", by="lead"),))
    assert judged.channels == ("C0LEAD", "C0SUPPORT")
    assert judged.unfillable is None
    told = "Too few people of support may approve this, so lead may, too."
    assert judged.risk == (Reason(rule="backup", reason=told),)


def test_a_backup_that_is_excluded_itself_gives_way_to_its_own(tmp_path):
    roles = people(
        support={"members": ["U0ALICE"], "backup": "lead"},
        lead={"members": ["U0OWNER"], "backup": "chief"},
        chief=["U0CHIEF"],
    )
    rules = [rule(role="support"), rule("other", action="email.*", role="lead")]
    judged = gate(tmp_path, roles=roles, rules=rules[:1], said=ask(on_behalf_of="U0ALICE"))
    assert judged.stand_ins == (StandIn(role="support", by="chief"), StandIn(role="support", by="lead"))
    assert judged.unfillable is None


def test_a_gate_that_nobody_can_fill_says_why(tmp_path):
    roles = people(support=["U0ALICE"])
    judged = gate(tmp_path, roles=roles, said=ask(on_behalf_of="U0ALICE"))
    assert judged.unfillable == "There are not enough people who may approve this: support lacks 1."
    roles = people(support={"members": ["U0ALICE"], "backup": "lead"}, lead=["U0ALICE", "U0OWNER"])
    judged = gate(tmp_path, roles=roles, said=ask(on_behalf_of="U0ALICE"))
    assert judged.unfillable == "There are not enough people who may approve this: support lacks 1."


def test_only_what_asks_people_can_lack_them(tmp_path):
    roles, said = people(support=["U0ALICE"]), ask(on_behalf_of="U0ALICE")
    for tier in ("auto", "watch", "block"):
        judged = gate(tmp_path, roles=roles, said=said, rules=[rule(tier=tier)])
        assert (judged.unfillable, judged.stand_ins) == (None, ())


def test_the_loud_opt_in_fills_a_gate(tmp_path):
    roles = people(support={"members": ["U0ALICE"], "allow_self_review": True})
    assert gate(tmp_path, roles=roles, said=ask(on_behalf_of="U0ALICE")).unfillable is None


def test_a_group_may_always_have_people_enough(tmp_path):
    roles = people(support={"members": ["U0ALICE"], "groups": ["S0SUPPORT"]})
    assert gate(tmp_path, roles=roles, said=ask(on_behalf_of="U0ALICE")).unfillable is None
    roles = people(support={"members": ["U0ALICE"], "backup": "lead"}, lead={"groups": ["S0LEAD"]})
    judged = gate(tmp_path, roles=roles, said=ask(on_behalf_of="U0ALICE"), rules=[rule(edited="second_person")])
    assert (judged.unfillable, len(judged.stand_ins)) == (None, 1)


def test_one_person_too_few_of_two_calls_in_the_backup(tmp_path):
    judged = gate(tmp_path, roles=BACKED, rules=[rule(approvals=2)])
    assert judged.stand_ins == (StandIn(role="support", by="lead"),)
    assert judged.unfillable is None
    judged = gate(tmp_path, roles=BACKED, rules=[rule(approvals=2)], said=ask(on_behalf_of="U0LEAD"))
    assert judged.unfillable is None


def test_another_role_of_the_gate_gives_up_a_person_for_its_backup(tmp_path):
    roles = people(audit={"members": ["U0ALICE"], "backup": "lead"}, support=["U0ALICE"], lead=["U0LEAD"])
    judged = gate(tmp_path, roles=roles, rules=[rule(roles=["audit", "support"])])
    assert judged.stand_ins == (StandIn(role="audit", by="lead"),)
    assert judged.unfillable is None


def test_a_second_person_is_wanted_where_one_rule_says_so(tmp_path):
    rules = [rule(), rule("money", edited="second_person")]
    assert gate(tmp_path, rules=rules).second_person
    assert not gate(tmp_path, rules=rules[:1]).second_person


def test_a_second_person_who_is_not_there_calls_in_the_backup_or_leaves_it_unfillable(tmp_path):
    rules = [rule(edited="second_person")]
    judged = gate(tmp_path, roles=BACKED, rules=rules)
    assert judged.stand_ins == (StandIn(role="support", by="lead"),)
    roles = people(support=["U0ALICE", "U0BOB"])
    judged = gate(tmp_path, roles=roles, rules=rules, said=ask(on_behalf_of="U0BOB"))
    assert judged.unfillable == "Whoever changes this needs a second person to agree, and only one person may decide."


@pytest.mark.parametrize(
    ("roles", "keys", "able"),
    [
        ({"support": ["U0BOB", "U0ALICE", "U0OWNER"]}, {}, ("U0ALICE", "U0BOB")),
        ({"support": {"members": ["U0ALICE", "U0OWNER"], "allow_self_review": True}}, {}, ("U0ALICE", "U0OWNER")),
        ({"support": {"members": ["U0ALICE", "U0BOB"], "groups": ["S0GROUP"]}}, {}, None),
        (
            {"support": ["U0ALICE", "U0BOB"], "lead": ["U0LEAD", "U0OWNER"]},
            {"escalate": {"after": "10m", "to": "lead"}},
            ("U0ALICE", "U0BOB", "U0LEAD"),
        ),
    ],
)
def test_a_gate_knows_who_could_agree_to_what_others_changed(tmp_path, roles, keys, able):
    asking = rule(role="support", edited="second_person", **keys)
    judged = gate(tmp_path, roles=people(**roles), rules=[asking])
    assert (judged.second_people, judged.unfillable) == (able, None)
    assert gate(tmp_path, roles=people(**roles), rules=[asking | {"edited": None}]).second_people is None


def test_a_policy_knows_who_could_decide_by_its_text(tmp_path):
    roles = people(support=["U0ALICE", "U0BOB"], lead={"groups": ["S0LEADS"]}, legal=["U0CAROL", "U0DAVE"])
    policy = policy_with(tmp_path, roles=roles)
    assert policy.could_decide("U0ALICE", ["support"])
    assert not policy.could_decide("U0CAROL", ["support", "gone"])
    assert policy.could_decide("U0CAROL", ["support", "lead"]), "a group may have them"


def test_a_policy_knows_the_channel_of_each_role(tmp_path):
    policy = policy_with(tmp_path, roles=BACKED)
    assert (policy.channel_of("lead"), policy.channel_of("nobody")) == ("C0LEAD", None)
    assert policy.roles["support"].backup == "lead"


@pytest.mark.parametrize(
    ("sections", "told"),
    [
        ({"roles": role(backup="support")}, "roles.support.backup: stands in for itself"),
        ({"roles": role(backup="suport")}, "roles.support.backup: there is no role 'suport'"),
        ({"rules": [rule(edited="second_person", edit=[])]}, "it: edited: says nothing: edit allows no change"),
        (
            {"roles": role(members=["U0ALICE"]), "rules": [rule(edited="second_person")]},
            "it: edited: wants more people than there are: whoever edits has no second person",
        ),
        (
            {
                "roles": role(members=["U0ALICE", "U0OWNER"]),
                "agents": agent(actions=["refund.*"]),
                "rules": [rule(edited="second_person")],
            },
            f"it: edited: nobody can fill this for bot, {OWN}: whoever edits has no second person",
        ),
        (
            {"roles": role(backup="finance"), "rules": [rule(approvals=5)]},
            "it: approvals: wants more people than there are: support lacks 1",
        ),
    ],
)
def test_what_can_never_be_filled_or_stood_in_for_stops_the_start(tmp_path, sections, told):
    assert only_fault(tmp_path, **sections) == told


def test_roles_that_stand_in_for_each_other_in_a_circle_stop_the_start(tmp_path):
    roles = people(support={"members": ["U1"], "backup": "finance"}, finance={"members": ["U2"], "backup": "support"})
    assert [(fault.key, fault.message) for fault in faults_with(tmp_path, roles=roles)] == [
        ("roles.support.backup", "comes round to support again"),
        ("roles.finance.backup", "comes round to finance again"),
    ]


def test_a_role_outside_of_the_circle_it_leads_into_is_not_at_fault(tmp_path):
    roles = people(
        support={"members": ["U1"], "backup": "one"},
        one={"members": ["U2"], "backup": "two"},
        two={"members": ["U3"], "backup": "one"},
    )
    rules = [rule(approvals=9)]
    assert [fault.key for fault in faults_with(tmp_path, roles=roles, rules=rules)] == [
        "roles.one.backup",
        "roles.two.backup",
    ]


def test_a_backup_makes_up_for_people_who_are_too_few(tmp_path):
    roles = {**SOUND["roles"], "support": {**SOUND["roles"]["support"], "backup": "finance"}}
    assert policy_with(tmp_path, roles=roles, rules=[rule(approvals=4)])
    alone = {"roles": role(members=["U0OWNER"], backup="finance"), "agents": agent(actions=["refund.*"])}
    assert policy_with(tmp_path, **alone)


def test_a_role_that_only_stands_in_is_used(tmp_path):
    assert policy_with(tmp_path, roles=BACKED).warnings == ()


def test_what_asks_people_is_approved_by_them_even_if_it_may_run_by_another_rule(tmp_path):
    judged = gate(tmp_path, rules=[rule("runs", tier="watch"), rule("asks", role="finance")])
    assert (judged.tier, judged.roles) == (Tier.approve, ("finance",))


def test_an_agent_is_stopped_by_its_owner_and_the_operators_and_resumed_by_those_alone(tmp_path):
    ops = {"channel": "C0OPS", "members": ["U0OPS"]}
    policy = policy_with(tmp_path, ops=ops)
    assert policy.stoppers("bot") == {"U0OWNER", "U0OPS"}
    assert policy.stoppers("gone") is None
    assert policy.operators == {"U0OPS"}
    without = policy_with(tmp_path, agents={"bot": {"token_env": "BOT_TOKEN", "actions": ["*"]}})
    assert (without.stoppers("bot"), without.operators) == (frozenset(), frozenset())
