"""Laws of a whole judgement: of order, of the past, of edits, and of what an agent says of itself."""

from dataclasses import replace
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from approvals.events import as_json
from approvals.gate import Gate, Tier
from approvals.past import About, PastAnswer
from approvals.proposal import Action
from policy import evaluate
from policy.keys.budget import is_of_budget
from policy.keys.past import Past
from policy.loaded import REMEMBERED
from policy.routing import Role
from policy.rules import Defaults
from policy.staffing import STANDS_IN
from tests.policy.strategies import (
    ACTIONS,
    BOOKS,
    CLAIMS,
    DEFAULTS,
    HISTORIES,
    KNOWN,
    STAFF,
    Knowledge,
    ask,
    judge,
    matched,
    named_roles,
    no_easier,
    no_wider,
    policy_of,
)


@given(BOOKS, DEFAULTS, STAFF, CLAIMS, HISTORIES, KNOWN, st.randoms())
def test_every_proposal_gets_a_gate_and_the_order_of_rules_never_matters(
    book, defaults, staff, said, history, known, random
):
    gate = policy_of(book, defaults, staff).judge(said, history, known)
    assert isinstance(gate, Gate)
    assert policy_of(random.sample(book, len(book)), defaults, staff).judge(said, history, known) == gate


TIMES = {"expires_in": 3600, "execute_within": 3600, "report_within": 3600}
NOTHING_HAPPENED = Knowledge(dict.fromkeys(About, PastAnswer()))


@given(BOOKS, DEFAULTS, STAFF, CLAIMS, st.lists(ACTIONS, min_size=2, max_size=2), KNOWN)
def test_what_was_judged_before_changes_no_gate(book, defaults, staff, said, actions, known):
    one, other = actions
    several = product(
        [replace(said, on_behalf_of=None), replace(said, on_behalf_of="U0ALICE")],
        [[one], [other], [one, other], [other, one]],
        [NOTHING_HAPPENED, known],
        [Tier.auto, Tier.approve],
        [{}, {"S0GROUP": frozenset()}],
    )
    policy = policy_of(book, defaults, staff)
    for said_now, history, known_now, at_least, groups in several:
        gate = policy.judge(said_now, history, known_now, at_least=at_least, groups=groups)
        anew = policy_of(book, defaults, staff).judge(said_now, history, known_now, at_least=at_least, groups=groups)
        assert as_json(gate) == as_json(anew)


def test_a_gate_is_made_once_for_all_whom_the_same_rules_match_and_not_kept_for_whatever_agents_make_up():
    staff = {"support": Role(name="support", channel="C0SUPPORT", members=("U0ALICE",))}
    policy = policy_of([], Defaults(tier=Tier.approve, role="support", **TIMES), staff)

    def judged(number, name):
        said = ask(on_behalf_of=None if number is None else f"U{number}")
        return policy.judge(said, [Action(name=name, payload={"n": number})], NOTHING_HAPPENED)

    first = judged(None, "a.x")
    assert judged(None, "a.y") is first
    for number in range(REMEMBERED):
        judged(number, f"b.{number}")
    assert judged(None, "a.x") == first
    assert judged(None, "a.x") is not first


@given(BOOKS, DEFAULTS, STAFF, CLAIMS, ACTIONS, KNOWN, KNOWN)
def test_time_never_loosens_what_rules_found_in_the_past(book, defaults, staff, said, action, known, later):
    policy = policy_of(book, defaults, staff)
    before = policy.judge(said, [action], known)
    after = policy.judge(said, [action], later, before=before)
    assert not after.tier < before.tier
    assert set(before.rules) <= set(after.rules)
    assert {fact for fact in before.facts if not is_of_budget(fact.name)} <= set(after.facts)
    assert {(fact.rule, fact.name) for fact in before.facts} <= {(fact.rule, fact.name) for fact in after.facts}
    assert {each for each in before.risk if each.rule != STANDS_IN} <= set(after.risk)  # nobody stands in for a no
    if before.tier is Tier.approve and any(rule.tier is Tier.approve for rule in matched(book, said, [action], known)):
        assert no_wider(after.remember_approval, before.remember_approval)


@given(BOOKS, DEFAULTS, STAFF, CLAIMS, ACTIONS, KNOWN)
def test_an_approval_stands_for_more_only_where_every_rule_that_asks_says_so_and_nobody_rejected_the_like(
    book, defaults, staff, said, action, known
):
    gate = policy_of(book, defaults, staff).judge(said, [action], known)
    weighed = [each for each in evaluate.weigh_all(book, said, action, Past(known=known)) if each.matched]
    asking = [each.rule.remember_approval for each in weighed if each.tier is Tier.approve]
    if gate.remember_approval is not None:
        assert asking
        assert None not in asking
        assert all(no_wider(gate.remember_approval, each) for each in asking)
        assert not [fact for fact in gate.facts if fact.name == "repeat_of_rejected"]
    if gate.may_remember_approval:
        assert (len(gate.roles), gate.approvals, gate.second_person) == (1, 1, False)


@given(BOOKS, DEFAULTS, STAFF, CLAIMS, HISTORIES, ACTIONS, KNOWN, KNOWN)
def test_an_edit_never_loosens_what_rules_found_in_the_past(book, defaults, staff, said, history, edited, known, later):
    policy = policy_of(book, defaults, staff)
    before = policy.judge(said, history, known, at_least=Tier.approve)
    after = policy.judge(said, [*history, edited], later, at_least=Tier.approve, before=before)
    assert not after.tier < before.tier
    assert set(before.rules) <= set(after.rules)
    assert set(before.facts) <= set(after.facts)


@given(BOOKS, DEFAULTS, CLAIMS, HISTORIES, st.randoms())
def test_the_order_of_rules_and_of_revisions_never_matters(book, defaults, said, history, random):
    shuffled, reordered = random.sample(book, len(book)), random.sample(history, len(history))
    assert judge(shuffled, defaults, said, reordered, Tier.auto) == judge(book, defaults, said, history, Tier.auto)


@given(BOOKS, DEFAULTS, CLAIMS, HISTORIES, ACTIONS)
def test_one_revision_more_never_loosens_what_people_were_asked(book, defaults, said, history, edited):
    before = judge(book, defaults, said, history, Tier.approve)
    after = judge(book, defaults, said, [*history, edited], Tier.approve)
    assert not after.tier < before.tier
    assert set(before.rules) <= set(after.rules)
    assert named_roles(book, said, history) <= named_roles(book, said, [*history, edited])
    assert after.approvals >= before.approvals
    assert no_easier(after.confirmation, before.confirmation)


@given(BOOKS, DEFAULTS, CLAIMS, CLAIMS, HISTORIES)
def test_nothing_the_agent_says_of_itself_makes_a_tier_looser_than_its_action_alone(
    book, defaults, one, other, history
):
    silent = [each for each in book if not each.trusts_the_agent]
    floor = judge(silent, defaults, one, history, Tier.auto)
    judged = judge(book, defaults, other, history, Tier.auto)
    assert not judged.tier < floor.tier
    assert judged.approvals >= floor.approvals
    assert set(floor.rules) <= set(judged.rules)
    assert named_roles(silent, one, history) <= named_roles(book, other, history)


@given(BOOKS, DEFAULTS, CLAIMS, HISTORIES, st.text(max_size=9), st.integers(1, 9))
def test_what_no_rule_can_read_changes_nothing(book, defaults, said, history, text, seconds):
    louder = replace(said, reasoning=text, summary=text, rollback_plan=text, preconditions=(text,), expires_in=seconds)
    assert judge(book, defaults, louder, history, Tier.auto) == judge(book, defaults, said, history, Tier.auto)


@given(BOOKS, DEFAULTS, CLAIMS, HISTORIES)
def test_only_what_people_look_at_names_roles_and_then_always(book, defaults, said, history):
    judged = judge(book, defaults, said, history, Tier.auto)
    assert bool(judged.roles) == (judged.tier in (Tier.watch, Tier.approve))


@given(BOOKS, DEFAULTS, CLAIMS, HISTORIES)
def test_nothing_runs_by_itself_without_a_rule_that_surely_says_so(book, defaults, said, history):
    judged = judge(book, defaults, said, history, Tier.auto)
    if judged.tier is Tier.auto:
        past = Past()
        weighed = [each for action in history for each in evaluate.weigh_all(book, said, action, past) if each.matched]
        assert weighed
        assert all(each.rule.tier is Tier.auto and not each.doubts for each in weighed)


@given(BOOKS, DEFAULTS, CLAIMS, HISTORIES, st.sampled_from(Tier))
def test_a_raised_tier_is_never_below_what_it_was_raised_to(book, defaults, said, history, at_least):
    plain = judge(book, defaults, said, history, Tier.auto)
    raised = judge(book, defaults, said, history, at_least)
    assert raised.tier is max(plain.tier, at_least)
    assert raised.sampling == (plain.sampling if raised.tier is Tier.auto else None)
    kept = {name: getattr(plain, name) for name in ("roles", "escalate", "object_within", "undo_window", "sampling")}
    assert replace(raised, tier=plain.tier, **kept) == plain


@given(BOOKS, DEFAULTS, CLAIMS, HISTORIES, st.sampled_from(Tier))
def test_a_proposal_is_judged_as_it_is_explained(book, defaults, said, history, at_least):
    explained = [evaluate.weigh_all(book, said, action, Past()) for action in history]
    assert judge(book, defaults, said, history, at_least) == evaluate.combined(explained, defaults, at_least)


@given(BOOKS, DEFAULTS, CLAIMS, ACTIONS, KNOWN, st.sampled_from(Tier))
def test_a_proposal_is_judged_as_its_rules_are_weighed(book, defaults, said, action, known, at_least):
    weighed = evaluate.weigh_all(book, said, action, Past(known=known))
    assert judge(book, defaults, said, [action], at_least, known) == evaluate.combined([weighed], defaults, at_least)
