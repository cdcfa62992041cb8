"""Distinct roles: `approvals` counts all together, and each comes from somebody who fills another role."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from approvals.decision import Decision, Verdict, tally
from approvals.gate import Tier
from approvals.reviewer import Reviewer
from policy.staffing import STANDS_IN
from tests.making import START, make_gate
from tests.policy.files import ask, faults_with, nothing_known, only_fault, policy_with, refund, role, rule

BOTH = ["finance", "support"]
TWO = rule("money", roles=BOTH, approvals=2, distinct_roles=True)


def gate(folder, **sections):
    policy = policy_with(folder, **sections)
    return policy.judge(ask(), [refund()], nothing_known(policy, ask(), refund()))


def filled(judged, *people):
    """Whether these people, each with the roles they are in, are enough."""
    decisions = [
        Decision(
            reviewer=user,
            verdict=Verdict.approve,
            revision=1,
            round=1,
            at=START,
            roles=tuple(sorted(judged.seats_of(Reviewer(user=user, team="", name="", roles=frozenset(roles))))),
        )
        for user, *roles in people
    ]
    return tally(decisions, judged).filled


def test_two_approvals_of_distinct_roles_are_one_of_each(tmp_path):
    judged = gate(tmp_path, rules=[TWO])
    assert (judged.tier, judged.roles, judged.approvals) == (Tier.approve, ("finance", "support"), 1)
    assert filled(judged, ("U0ALICE", "support"), ("U0CAROL", "finance"))
    assert not filled(judged, ("U0CAROL", "finance"), ("U0DAVE", "finance"))
    assert not filled(judged, ("U0ALICE", "support"))


def test_without_it_approvals_are_of_each_role(tmp_path):
    judged = gate(tmp_path, rules=[rule("money", roles=BOTH, approvals=2)])
    assert judged.approvals == 2


def test_how_many_may_be_left_out(tmp_path):
    judged = gate(tmp_path, rules=[rule("money", roles=BOTH, distinct_roles=True)])
    assert (judged.roles, judged.approvals) == (("finance", "support"), 1)


def test_who_is_in_both_roles_fills_one_of_them_and_the_one_that_is_needed(tmp_path):
    judged = gate(tmp_path, rules=[TWO])
    assert not filled(judged, ("U0X", *BOTH))
    for order in itertools.permutations([("U0X", *BOTH), ("U0CAROL", "finance")]):
        assert filled(judged, *order)
    for order in itertools.permutations([("U0X", *BOTH), ("U0ALICE", "support")]):
        assert filled(judged, *order)


def test_the_owner_and_the_person_it_acts_for_do_not_count(tmp_path):
    policy = policy_with(tmp_path, rules=[TWO])
    said = ask(on_behalf_of="U0CAROL")
    judged = policy.judge(said, [refund()], nothing_known(policy, said, refund()))
    assert not filled(judged, ("U0ALICE", "support"), ("U0CAROL", "finance"))
    assert not filled(judged, ("U0ALICE", "support"), ("U0OWNER", "finance"))
    assert filled(judged, ("U0ALICE", "support"), ("U0DAVE", "finance"))


def test_another_rule_can_only_ask_for_more(tmp_path):
    judged = gate(tmp_path, rules=[TWO, rule("more", approvals=2, role="finance")])
    assert (judged.roles, judged.approvals) == (("finance", "support"), 2)


def test_where_one_person_would_have_to_fill_both_nobody_can_but_where_the_owner_is_missing_the_backup_may(tmp_path):
    said = ask(on_behalf_of="U0BOB")
    roles = {**role(members=["U0ALICE", "U0BOB"]), "finance": {"channel": "C0FINANCE", "members": ["U0ALICE", "U0BOB"]}}
    policy = policy_with(tmp_path, roles=roles, rules=[TWO])
    judged = policy.judge(said, [refund()], nothing_known(policy, said, refund()))
    assert judged.quorum_unreachable == "There are not enough people who may approve this: support lacks 1."
    roles = {**roles, "lead": {"channel": "C0LEAD", "members": ["U0LEAD"]}}
    roles["support"] = {**roles["support"], "backup": "lead"}
    policy = policy_with(tmp_path, roles=roles, rules=[TWO])
    judged = policy.judge(said, [refund()], nothing_known(policy, said, refund()))
    assert (judged.quorum_unreachable, judged.stand_ins) == (
        "There are not enough people who may approve this: support lacks 1.",
        (),
    )
    roles["support"] = {**roles["support"], "members": ["U0OWNER"]}
    policy = policy_with(tmp_path, roles=roles, rules=[TWO])
    judged = policy.judge(said, [refund()], nothing_known(policy, said, refund()))
    assert judged.quorum_unreachable is None
    assert [(each.role, each.by) for each in judged.stand_ins] == [("support", "lead")]
    assert judged.risk[-1].rule == STANDS_IN


def test_a_policy_in_which_nobody_could_ever_fill_it_does_not_start(tmp_path):
    roles = {**role(members=["U0ALICE"]), "finance": {"channel": "C0FINANCE", "members": ["U0ALICE"]}}
    (fault,) = faults_with(tmp_path, roles=roles, rules=[TWO])
    assert "wants more people than there are: support lacks 1" in str(fault)


def test_it_is_explained_with_who_has_to_agree(tmp_path):
    policy = policy_with(tmp_path, rules=[TWO])
    lines = policy.explain(ask(), refund()).lines()
    assert "asks finance and support in C0FINANCE and C0SUPPORT: 1 of each, all different people" in lines


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        ({"role": "finance", "approvals": 2}, "distinct_roles: needs several roles to tell apart"),
        ({"roles": ["finance"]}, "distinct_roles: needs several roles to tell apart"),
        ({}, "distinct_roles: needs several roles to tell apart"),
        ({"roles": BOTH, "approvals": 3}, "approvals: counts all together here, and there are 2 roles"),
        ({"roles": BOTH, "approvals": 1}, "approvals: counts all together here, and there are 2 roles"),
        ({"roles": BOTH, "tier": "watch"}, "distinct_roles: a rule of tier watch asks nobody"),
    ],
)
def test_it_is_refused_where_it_cannot_mean_anything(tmp_path, keys, told):
    assert only_fault(tmp_path, rules=[rule(distinct_roles=True, **keys)]) == f"it: {told}"


def test_false_is_as_if_it_were_left_out(tmp_path):
    assert gate(tmp_path, rules=[rule(tier="auto", distinct_roles=False)]).tier is Tier.auto


@given(
    st.sets(st.sampled_from(["finance", "legal", "support"]), min_size=2),
    st.lists(
        st.tuples(
            st.sampled_from(["U0A", "U0B", "U0C", "U0D"]), st.sets(st.sampled_from(["finance", "legal", "support"]))
        ),
        max_size=6,
    ),
)
def test_no_approval_counts_twice_and_any_way_to_fill_the_roles_is_enough(roles, said):
    held = {}
    for user, inside in said:
        held.setdefault(user, set()).update(inside)
    asked = sorted(roles)
    ways = itertools.permutations(held, len(asked))
    possible = any(all(name in held[user] for user, name in zip(way, asked, strict=True)) for way in ways)
    assert filled(make_gate(roles=tuple(asked)), *((user, *inside) for user, inside in said)) is possible
