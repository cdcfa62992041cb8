"""The key `fatigue` of a role: as it is written, whom it is about, and that one rule more never asks less of the tired."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from approvals.fatigue import FatigueTerms
from approvals.gate import Tier
from approvals.moves.confirmation import is_grave
from tests.policy.files import ask, only_fault, policy_with, refund, rule
from tests.policy.strategies import ACTIONS, BOOKS, CLAIMS, DEFAULTS, KNOWN, STAFF, policy_of, rules
from tests.policy.test_faults import role

TERMS = {"within": "30m", "decisions": 20}


def terms_of(tmp_path, **said):
    return policy_with(tmp_path, roles=role(fatigue=said)).fatigue(["support"])


@pytest.mark.parametrize(
    ("said", "terms"),
    [
        (TERMS, FatigueTerms(within=1800, decisions=20)),
        ({"within": "1d", "rushed": 3}, FatigueTerms(within=86_400, rushed=3)),
        (
            {**TERMS, "rushed": 3, "first": "somebody_else"},
            FatigueTerms(within=1800, decisions=20, rushed=3, somebody_else=True),
        ),
    ],
)
def test_it_is_as_it_is_written(tmp_path, said, terms):
    assert terms_of(tmp_path, **said) == (terms,)


def test_a_role_that_says_nothing_and_one_that_there_is_not_ask_nothing(tmp_path):
    policy = policy_with(tmp_path, roles=role(fatigue=TERMS))
    assert policy.fatigue(["finance", "gone"]) == ()


@pytest.mark.parametrize(
    "said",
    [
        {"within": "2d", "decisions": 3},
        {"within": "1h", "decisions": 0},
        {"within": "1h", "decisions": 201},
        {**TERMS, "first": "me"},
    ],
)
def test_what_is_out_of_bounds_stops_the_start(tmp_path, said):
    assert "fatigue" in only_fault(tmp_path, roles=role(fatigue=said))


def test_everybody_whom_the_text_names_is_known_with_their_roles_and_nobody_of_a_group(tmp_path):
    policy = policy_with(tmp_path, roles=role(members=["U0ALICE", "U0BOB"], groups=["S0SUPPORT"]))
    named = policy.named(["support", "gone"])
    assert named == {"U0ALICE": {"support"}, "U0BOB": {"support"}}


def test_explain_names_it_where_it_may_be_asked(tmp_path):
    def said(*written, **terms):
        policy = policy_with(tmp_path, roles=role(fatigue={**TERMS, **terms}), rules=list(written))
        return "\n".join(policy.explain(ask(), refund(amount=5)).lines())

    assert "whoever made 20 decisions within 30m types one more value" in said(rule(confirmation="ask"))
    first = "whoever made 20 decisions or 3 rushed approvals within 30m lets others of the role go first, then types"
    assert first in said(rule(confirmation="ask"), rushed=3, first="somebody_else")
    assert "decisions within" not in said(rule())


WEARY = [None, FatigueTerms(within=60, decisions=3), FatigueTerms(within=600, rushed=1, somebody_else=True)]


@given(BOOKS, rules(), DEFAULTS, STAFF, st.tuples(*[st.sampled_from(WEARY)] * 3), CLAIMS, ACTIONS, KNOWN)
def test_one_rule_more_never_asks_less_of_the_tired(book, more, defaults, staff, weary, said, action, known):
    staff = {name: replace(each, fatigue=terms) for (name, each), terms in zip(staff.items(), weary, strict=True)}
    policies = [policy_of(each, defaults, staff) for each in (book, [*book, more])]
    before, after = (policy.judge(said, [action], known) for policy in policies)
    if Tier.approve not in (before.tier, after.tier) or before.tier is not after.tier:
        return
    if not set(before.roles) <= set(after.roles):
        return  # the default gives way to a rule
    if is_grave(before):
        assert is_grave(after)
    if before.rules:
        assert set(policies[0].fatigue(before.roles)) <= set(policies[1].fatigue(after.roles))
