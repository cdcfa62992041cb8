"""Whether anybody can fill a gate, who stands in where they cannot, and the second person."""

import pytest

from approvals.gate import Reason, StandIn, Tier
from tests.policy.files import (
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
OWNED = people(support={"members": ["U0OWNER"], "backup": "lead"}, lead=["U0LEAD", "U0SECOND"])
BOTH = people(support={"members": ["U0ALICE", "U0OWNER"], "backup": "lead"}, lead=["U0LEAD", "U0SECOND"])


def gate(folder, *, said=None, groups=None, before=None, **sections):
    policy, said = policy_with(folder, **sections), said or ask()
    known = nothing_known(policy, said, refund())
    return policy.judge(said, [refund()], known, before=before, groups=groups or {})


def test_a_gate_that_its_own_people_fill_has_nobody_standing_in(tmp_path):
    judged = gate(tmp_path, roles=BACKED)
    assert (judged.stand_ins, judged.quorum_unreachable, judged.channels, judged.risk) == ((), None, ("C0SUPPORT",), ())


def test_a_role_that_has_nobody_but_the_owner_gets_its_backup_and_says_so(tmp_path):
    judged = gate(tmp_path, roles=OWNED)
    assert (judged.roles, judged.stand_ins) == (("support",), (StandIn(role="support", by="lead", most=1),))
    assert judged.channels == ("C0LEAD", "C0SUPPORT")
    assert judged.quorum_unreachable is None
    told = "Without the agent's owner support has too few people, so one of lead may approve this, too."
    assert judged.risk == (Reason(rule="backup", reason=told),)


@pytest.mark.parametrize("roles", [BACKED, BOTH])
def test_whom_an_agent_says_it_acts_for_brings_no_backup_in(tmp_path, roles):
    judged = gate(tmp_path, roles=roles, said=ask(on_behalf_of="U0ALICE"))
    assert judged.stand_ins == ()
    assert judged.quorum_unreachable == "There are not enough people who may approve this: support lacks 1."


def test_a_backup_fills_only_the_place_that_is_missing(tmp_path):
    judged = gate(tmp_path, roles=BOTH, rules=[rule(approvals=2)])
    assert judged.stand_ins == (StandIn(role="support", by="lead", most=1),)
    assert judged.quorum_unreachable is None
    assert (
        gate(tmp_path, roles=BOTH, rules=[rule(approvals=2)], said=ask(on_behalf_of="U0LEAD")).quorum_unreachable
        is None
    )
    judged = gate(tmp_path, roles=BOTH, rules=[rule(approvals=2)], said=ask(on_behalf_of="U0ALICE"))
    assert judged.quorum_unreachable == "There are not enough people who may approve this: support lacks 1."


def test_a_backup_that_has_nobody_but_the_owner_either_gives_way_to_its_own(tmp_path):
    roles = people(
        support={"members": ["U0OWNER"], "backup": "lead"},
        lead={"members": ["U0OWNER"], "backup": "chief"},
        chief={"members": ["U0CHIEF"], "backup": "boss"},
        boss=["U0BOSS"],
    )
    judged = gate(tmp_path, roles=roles, rules=[rule(role="support")])
    assert [(each.by, each.most) for each in judged.stand_ins] == [("chief", 1), ("lead", 1)]
    assert judged.quorum_unreachable is None
    judged = gate(tmp_path, roles=roles, rules=[rule(role="support")], said=ask(on_behalf_of="U0CHIEF"))
    assert [each.by for each in judged.stand_ins] == ["chief", "lead"], "no claim goes further down the line"
    assert judged.quorum_unreachable is not None


def test_a_gate_that_nobody_can_fill_says_why(tmp_path):
    roles = people(support=["U0ALICE"])
    judged = gate(tmp_path, roles=roles, said=ask(on_behalf_of="U0ALICE"))
    assert judged.quorum_unreachable == "There are not enough people who may approve this: support lacks 1."
    roles = people(support={"members": ["U0OWNER", "U0ALICE"], "backup": "lead"}, lead=["U0ALICE"])
    judged = gate(tmp_path, roles=roles, said=ask(on_behalf_of="U0ALICE"))
    assert judged.quorum_unreachable == "There are not enough people who may approve this: support lacks 1."


def test_only_what_asks_people_can_lack_them(tmp_path):
    roles, said = people(support=["U0ALICE"]), ask(on_behalf_of="U0ALICE")
    for tier in ("auto", "watch", "block"):
        judged = gate(tmp_path, roles=roles, said=said, rules=[rule(tier=tier)])
        assert (judged.quorum_unreachable, judged.stand_ins) == (None, ())


def test_the_loud_opt_in_fills_a_gate(tmp_path):
    roles = people(support={"members": ["U0ALICE"], "allow_self_review": True})
    assert gate(tmp_path, roles=roles, said=ask(on_behalf_of="U0ALICE")).quorum_unreachable is None


GROUPED = people(support={"members": [], "groups": ["S0SUPPORT"], "backup": "lead"}, lead=["U0LEAD"])


def test_a_group_that_nobody_could_look_up_may_have_people_enough(tmp_path):
    for said in (ask(), ask(on_behalf_of="U0ALICE")):
        judged = gate(tmp_path, roles=GROUPED, said=said)
        assert (judged.stand_ins, judged.quorum_unreachable) == ((), None)


def test_a_group_that_has_nobody_but_the_owner_gets_the_backup_and_no_claim_does_that(tmp_path):
    (stand_in,) = gate(tmp_path, roles=GROUPED, groups={"S0SUPPORT": frozenset({"U0OWNER"})}).stand_ins
    assert stand_in == StandIn(role="support", by="lead", most=1)
    both = {"S0SUPPORT": frozenset({"U0OWNER", "U0ALICE"})}
    assert gate(tmp_path, roles=GROUPED, groups=both).stand_ins == ()
    judged = gate(tmp_path, roles=GROUPED, groups=both, said=ask(on_behalf_of="U0ALICE"))
    assert judged.stand_ins == ()
    assert judged.quorum_unreachable == "There are not enough people who may approve this: support lacks 1."


def test_what_stood_in_because_of_a_group_does_so_while_it_cannot_be_looked_up(tmp_path):
    before = gate(tmp_path, roles=GROUPED, groups={"S0SUPPORT": frozenset({"U0OWNER"})})
    assert gate(tmp_path, roles=GROUPED, before=before).stand_ins == before.stand_ins
    known = {"S0SUPPORT": frozenset({"U0OWNER", "U0ALICE"})}
    assert gate(tmp_path, roles=GROUPED, before=before, groups=known).stand_ins == ()
    other = {**GROUPED, "support": {**GROUPED["support"], "backup": "boss"}, **people(boss=["U0BOSS"])}
    assert gate(tmp_path, roles=other, before=before).stand_ins == ()


def test_a_backup_whose_group_nobody_could_look_up_may_have_somebody_for_the_missing_place_and_no_other(tmp_path):
    roles = people(support={"members": ["U0ALICE", "U0OWNER"], "backup": "lead"}, lead={"groups": ["S0LEAD"]})
    judged = gate(tmp_path, roles=roles, rules=[rule(approvals=2)])
    assert (judged.quorum_unreachable, len(judged.stand_ins)) == (None, 1)
    judged = gate(tmp_path, roles=roles, rules=[rule(approvals=2)], said=ask(on_behalf_of="U0ALICE"))
    assert judged.quorum_unreachable == "There are not enough people who may approve this: support lacks 1."


def test_a_policy_knows_which_groups_tell_whether_a_backup_comes_in(tmp_path):
    roles = {**GROUPED, **people(other={"groups": ["S0OTHER"]})}
    assert policy_with(tmp_path, roles=roles).groups_of("bot") == ("S0SUPPORT",)
    assert policy_with(tmp_path, roles=roles).groups_of("gone") == ()
    nobodys = {"bot": {"token_env": "BOT_TOKEN", "actions": ["*"]}}
    assert policy_with(tmp_path, roles=roles, agents=nobodys).groups_of("bot") == ()


def test_one_person_cannot_fill_two_places_and_no_backup_changes_that(tmp_path):
    """A backup is for the owner's place: else one more rule would bring people in who could not approve before."""
    roles = people(audit={"members": ["U0ALICE"], "backup": "lead"}, support=["U0ALICE"], lead=["U0LEAD"])
    assert "wants more people than there are" in only_fault(
        tmp_path, roles=roles, rules=[rule(roles=["audit", "support"])]
    )


def test_a_second_person_is_wanted_where_one_rule_says_so(tmp_path):
    rules = [rule(), rule("money", edited="second_person")]
    assert gate(tmp_path, rules=rules).second_person
    assert not gate(tmp_path, rules=rules[:1]).second_person


def test_a_second_person_who_is_missing_calls_in_the_backup_beside_whoever_sits(tmp_path):
    judged = gate(tmp_path, roles=BOTH, rules=[rule(edited="second_person")])
    assert judged.stand_ins == (StandIn(role="support", by="lead", most=0),)
    assert (judged.quorum_unreachable, judged.edit) == (None, None)
    told = "Whoever changes this needs a second person, so beside one of support somebody of lead may agree."
    assert judged.risk == (Reason(rule="backup", reason=told),)


def test_where_there_is_no_second_person_nothing_can_be_changed(tmp_path):
    roles = people(support=["U0ALICE", "U0BOB"])
    judged = gate(tmp_path, roles=roles, rules=[rule(edited="second_person")], said=ask(on_behalf_of="U0BOB"))
    assert (judged.quorum_unreachable, judged.edit) == (None, ())
    (reason,) = judged.risk
    assert reason.reason.endswith("only one may decide: nothing can be changed.")


@pytest.mark.parametrize("backup", [None, "lead"])
def test_a_second_person_in_a_group_that_nobody_could_look_up_may_be_there(tmp_path, backup):
    support = {"members": ["U0OWNER"], "groups": ["S0SUPPORT"], **({"backup": backup} if backup else {})}
    roles = people(support=support, lead=["U0LEAD"])
    rules = [rule(edited="second_person"), rule("lead", action="email.*", role="lead")]
    judged = gate(tmp_path, roles=roles, rules=rules)
    assert (judged.stand_ins, judged.edit, judged.quorum_unreachable) == ((), None, None)


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
    assert (judged.second_people, judged.quorum_unreachable) == (able, None)
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
            {"roles": role(backup="finance"), "rules": [rule(approvals=3)]},
            "it: approvals: wants more people than there are: support lacks 1",
        ),
        (
            {"roles": {**role(), "same": role()["finance"]}},
            "roles.same: is a word of ours: in a rule it means whoever is asked anyhow",
        ),
        (
            {"rules": [rule(role="same", tier="watch")]},
            "it: role: sharpens what people are asked, and a rule of tier watch asks nobody",
        ),
        (
            {"rules": [rule(role="same", escalate={"after": "10m", "to": "finance"})]},
            "it: escalate: stands beside role: same, and such a rule has no places of its own that others could fill",
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


def test_a_backup_makes_up_for_the_owner_and_for_nobody_else(tmp_path):
    alone = {"roles": role(members=["U0OWNER"], backup="finance"), "agents": agent(actions=["refund.*"])}
    assert policy_with(tmp_path, **alone)
    assert faults_with(tmp_path, **alone, rules=[rule(approvals=2)])
    two = {"roles": role(members=["U0OWNER", "U0ALICE"], backup="finance"), "agents": agent(actions=["refund.*"])}
    assert policy_with(tmp_path, **two, rules=[rule(approvals=2)])


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
