"""Laws of one rule more, of deadlines, and of what agents wish, whatever the rules and the proposal."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

from hypothesis import given
from hypothesis import strategies as st

from approvals.decision import Decision, Verdict, tally
from approvals.gate import Tier
from approvals.hours import soonest_after
from approvals.moves.confirmation import asks_again, takes_words
from approvals.moves.deadlines import deadline, step_at
from approvals.proposal import Action
from policy import evaluate
from policy.keys.past import Past
from policy.rules import Rule
from tests.making import make_proposal
from tests.policy.files import ask
from tests.policy.strategies import (
    BOOKS,
    CLAIMS,
    DEFAULTS,
    HISTORIES,
    HOURS,
    KNOWN,
    PEOPLE,
    STAFF,
    judge,
    matched,
    named_roles,
    no_easier,
    no_wider,
    policy_of,
    rules,
)

MOMENTS = st.integers(0, 365 * 24 * 60).map(
    lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)


ANCHORS = rules(tiers=(Tier.watch, Tier.approve), anchored=True)


def fallback(book, defaults, said, history, known=None):
    """The default's role where it is asked because no rule asks, whatever the agent says: not beside one that does."""
    asking = [rule for rule in matched(book, said, history, known) if rule.tier is Tier.approve and rule.firm]
    return set() if any(rule.asks(defaults.role) for rule in asking) else {defaults.role}


def no_sooner(steps, before):
    """Whether nobody steps into a place that was asked before, who did not, nor earlier."""
    return before.tier is not Tier.approve or all(
        any(
            then.to == step.to
            and role in then.roles
            and then.after <= step.after
            and set(step.outside) <= set(then.outside)
            for then in before.escalate
        )
        for step in steps
        for role in step.roles
        if role in before.roles
    )


def may_edit(edit, field):
    return edit is None or field in edit


def lifted(book, said, history, known):
    """Whether a rule that goes by more than claims and the past surely matches every revision: no default holds."""
    past = Past(known={} if known is None else known)
    weighed = [evaluate.weigh_all(book, said, action, past) for action in history]
    return all(any(each.matched and not each.doubts and each.rule.lifts for each in one) for one in weighed)


@given(BOOKS, rules(), DEFAULTS, CLAIMS, HISTORIES, KNOWN)
def test_beside_a_rule_that_matches_one_more_never_loosens(book, more, defaults, said, history, known):
    if not lifted(book, said, history, known):
        return  # the default may hold, which is no rule: one that matches by more than a claim takes its place
    before = judge(book, defaults, said, history, Tier.auto, known)
    after = judge([*book, more], defaults, said, history, Tier.auto, known)
    assert not after.tier < before.tier
    assert named_roles(book, said, history, known) <= named_roles([*book, more], said, history, known)
    assert after.approvals >= before.approvals
    assert set(before.rules) <= set(after.rules)
    assert set(before.risk) <= set(after.risk)
    assert set(before.facts) <= set(after.facts)
    assert set(before.show) <= set(after.show)
    assert set(before.redact) <= set(after.redact)
    assert before.title is None or after.title is not None
    assert set(before.remind) <= set(after.remind)
    assert no_sooner(after.escalate, before)
    assert set(before.reject_reasons) <= set(after.reject_reasons)
    assert len(set(after.reject_reasons)) == len(after.reject_reasons)
    if any(rule.remember_rejection is not None and rule.id in before.rules for rule in book):
        assert after.remember_rejection <= before.remember_rejection
    assert after.second_person >= before.second_person
    if after.tier is Tier.approve:
        assert (after.undo_window or 0) >= (before.undo_window or 0)
    assert not [field for field in ("n", "flag", "x") if may_edit(after.edit, field) > may_edit(before.edit, field)]
    if after.tier is Tier.auto and before.sampling is not None:
        assert after.sampling.share >= before.sampling.share
        assert set(before.sampling.roles) <= set(after.sampling.roles)
    assert after.tier is Tier.auto or after.sampling is None
    assert no_easier(after.confirmation, before.confirmation)
    if before.tier is Tier.approve:
        assert no_wider(after.remember_approval, before.remember_approval)
    if after.batch is not None and before.tier is Tier.approve:
        assert before.batch is not None
        assert after.batch.window <= before.batch.window
        assert after.batch.most <= before.batch.most
    if after.tier is Tier.watch is before.tier:
        assert after.object_within >= before.object_within
    if any(rule.execute_within is not None and rule.id in before.rules for rule in book):
        assert after.execute_within <= before.execute_within
    if any(rule.expires_in is not None and rule.id in before.rules for rule in book):
        assert after.expires_in <= before.expires_in


@given(st.lists(rules(), max_size=2), ANCHORS, rules(), DEFAULTS, STAFF, CLAIMS, HISTORIES, KNOWN, MOMENTS)
def test_beside_a_rule_that_names_a_role_one_more_never_asks_less_of_people(
    book, anchor, more, defaults, staff, said, history, known, now
):
    book = [anchor, *book]
    before = policy_of(book, defaults, staff).judge(said, history, known)
    after = policy_of([*book, more], defaults, staff).judge(said, history, known)
    assert not after.tier < before.tier
    if after.tier is not Tier.approve:
        return
    by_default = fallback(book, defaults, said, history, known) - named_roles(book, said, history, known)
    assert set(before.roles) - by_default <= set(after.roles)
    # Where no rule asked a role, only the default, the rule takes its place: nothing that is about its people stays.
    kept = by_default.isdisjoint(before.roles)
    assert not kept or no_sooner(after.escalate, before)
    assert no_easier(after.confirmation, before.confirmation)
    assert set(before.effects) <= set(after.effects)
    if before.tier is Tier.approve and (kept or before.confirmation is not None):
        assert asks_again(after) >= (asks_again(before) and not takes_words(after))
    assert after.batch is None or not takes_words(after)
    assert before.excluded == after.excluded
    assert before.self_review == after.self_review
    if before.tier is Tier.approve:
        assert no_wider(after.remember_approval, before.remember_approval)
        if kept:
            may = (before.may_remember_approval, after.may_remember_approval)
            assert may[0] or not may[1] or before.quorum_unreachable is not None
        if kept and not before.second_person:  # whom a rule asks beside them may be that second person
            assert before.quorum_unreachable is None or after.quorum_unreachable is not None
        asked = [rule for rule in matched(book, said, history, known) if rule.tier is Tier.approve]
        if any(rule.expires_in is not None for rule in asked):
            assert deadline(after, said, now) <= deadline(before, said, now)
        if asked:
            assert all(
                soonest_after(after.hours, now, each) <= soonest_after(before.hours, now, each)
                for each in (60, 7200, 99_999)
            )
            furthest = [soonest_after(each.hours, now, each.max_expires_in or 0) for each in (after, before)]
            assert furthest[0] <= furthest[1]


TIMED = st.builds(
    Rule,
    id=st.uuids().map(lambda each: each.hex),
    action=st.just("*"),
    tier=st.just(Tier.approve),
    expires_in=st.sampled_from([60, 3600, 99_999]),
    max_expires_in=st.sampled_from([None, 7200, 99_999]),
    remind=st.sampled_from([(), (30,), (1800, 50_000)]),
    escalate=st.sampled_from([None, (20, "platform"), (7200, "support")]),
    hours=st.sampled_from([None, *HOURS, *HOURS]),
)


@given(st.lists(TIMED, min_size=1, max_size=3), TIMED, DEFAULTS, STAFF, MOMENTS, st.sampled_from([None, 1800, 50_000]))
def test_no_rule_puts_off_a_reminder_or_a_deadline_that_another_wants(book, more, defaults, staff, now, wish):
    said, action = ask(expires_in=wish), Action(name="a.x", payload={})
    before, after = (policy_of(each, defaults, staff).judge(said, [action], {}) for each in (book, [*book, more]))
    earlier, later = (replace(make_proposal(), gate=each, created_at=now) for each in (after, before))
    assert deadline(after, said, now) <= deadline(before, said, now)
    assert set(before.remind) <= set(after.remind)
    assert all(step_at(earlier, each) <= step_at(later, each) for each in before.remind)
    furthest = [soonest_after(each.hours, now, each.max_expires_in or 0) for each in (after, before)]
    assert furthest[0] <= furthest[1]
    if before.max_expires_in is None:
        assert after.max_expires_in is None


@given(BOOKS, DEFAULTS, STAFF, CLAIMS, HISTORIES, KNOWN, MOMENTS, st.integers(1, 99_999))
def test_no_wish_of_an_agent_moves_its_deadline_back(book, defaults, staff, said, history, known, now, wish):
    gate = policy_of(book, defaults, staff).judge(said, history, known)
    assert deadline(gate, replace(said, expires_in=wish), now) <= deadline(gate, replace(said, expires_in=None), now)


@given(BOOKS, DEFAULTS, STAFF, CLAIMS, HISTORIES, KNOWN)
def test_a_gate_that_is_not_quorum_unreachable_is_filled_when_everyone_who_may_agrees(
    book, defaults, staff, said, history, known
):
    gate = policy_of(book, defaults, staff).judge(said, history, known)
    if gate.tier is not Tier.approve or any(staff[name].groups for name in gate.asked):
        return
    decisions = [agreeing(person, gate, staff) for person in PEOPLE]
    agreed = [each for each in decisions if each.roles]
    assert tally(agreed, gate).filled is (gate.quorum_unreachable is None)
    if gate.edit != () and gate.quorum_unreachable is None:
        assert tally(agreed, gate, {"U0ALICE"}).filled, "whoever changes it has a second person"


def agreeing(person, gate, staff):
    held = frozenset(name for name, role in staff.items() if person in role.members)
    seats = gate.seats_of(SimpleNamespace(user=person, roles=held))
    at = datetime(2026, 1, 1, tzinfo=UTC)
    made = Decision(reviewer=person, verdict=Verdict.approve, revision=1, round=1, at=at, roles=tuple(sorted(seats)))
    return replace(made, backup=tuple(sorted(gate.backed(held) & seats)))
