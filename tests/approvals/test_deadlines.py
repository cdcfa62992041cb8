"""By when people must answer, what happens on the way there, and when time will next do something."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from approvals import moves
from approvals.events import Escalated, Rejected, Reminded
from approvals.gate import EscalatedTo, Escalation
from approvals.hours import Hours
from approvals.moves.deadlines import deadline, due, due_steps, next_due, step_at
from approvals.proposal import Status
from approvals.states import FINAL, after_all
from tests.approvals.situations import (
    ALICE,
    BOB,
    LEAD,
    MILLISECOND,
    NONCE,
    after,
    approved,
    claimed,
    gate,
    in_status,
    pending,
)
from tests.making import START, make_ask

LEADS = Escalation(after=1200, to="lead", channel="C0LEAD", roles=("support",))
CHIEFS = Escalation(after=2400, to="chief", channel="C0CHIEF", roles=("support",))


def hours(start=9, end=17, *, extend=True):
    """On Fridays, the day on which the tests play, and Mondays; it is a quarter past eleven in Berlin."""
    return Hours(tz="Europe/Berlin", days=(0, 4), start=start * 60, end=end * 60, extend=extend)


def told(proposal, seconds):
    return [type(event) for event in due(proposal, after(seconds))]


def test_the_deadline_is_what_the_gate_gives():
    assert deadline(gate(expires_in=600), make_ask(), START) == after(600)


@pytest.mark.parametrize(("wish", "ends"), [(60, 60), (600, 600), (9999, 600)])
def test_an_agent_may_only_shorten_it(wish, ends):
    assert deadline(gate(expires_in=600), make_ask(expires_in=wish), START) == after(ends)


def test_hours_let_only_the_time_count_in_which_people_are_there():
    over_the_weekend = datetime(2026, 11, 23, 8, 15, tzinfo=UTC)
    assert deadline(gate(expires_in=6 * 3600, hours=(hours(),)), make_ask(), START) == over_the_weekend


@pytest.mark.parametrize(("wish", "ends"), [
    (None, (23, 8, 30)), (7200, (23, 8, 30)), (3600, (23, 8, 30)), (1800, (20, 16, 0)), (5400, (23, 8, 30)),
])  # fmt: skip
def test_what_an_agent_asks_for_is_measured_by_the_clock_of_the_policy_and_only_shortens(wish, ends):
    late = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)  # half an hour before they go, on a Friday
    judged = gate(expires_in=3600, hours=(hours(),))
    assert deadline(judged, make_ask(expires_in=wish), late) == datetime(2026, 11, *ends, tzinfo=UTC)


@given(
    st.lists(st.builds(hours, st.integers(0, 8), st.integers(9, 24), extend=st.booleans()), max_size=3).map(tuple),
    st.integers(1, 200_000),
    st.integers(1, 200_000),
    st.integers(0, 100_000),
)
def test_no_wish_of_an_agent_moves_a_deadline_back_and_a_longer_wish_never_shortens_it(several, seconds, wish, more):
    judged = gate(expires_in=seconds, hours=several)
    ends = deadline(judged, make_ask(expires_in=wish), START)
    assert ends <= deadline(judged, make_ask(expires_in=wish + more), START) <= deadline(judged, make_ask(), START)


def test_of_several_hours_the_earliest_end_counts():
    both = (hours(), hours(end=12))
    assert deadline(gate(expires_in=3600, hours=both), make_ask(), START) == after(3600)
    assert deadline(gate(expires_in=3600, hours=both[1:]), make_ask(), START) > after(3600)


def test_hours_of_which_one_escalates_instead_postpone_nothing():
    both = (hours(end=12), hours(end=12, extend=False))
    assert deadline(gate(expires_in=7200, hours=both), make_ask(), START) == after(7200)
    assert deadline(gate(expires_in=7200, hours=both[1:]), make_ask(), START) == after(7200)


def test_reminders_and_escalations_run_by_the_same_clock_as_the_deadline():
    proposal = pending(remind=(1800, 3000), escalate=(replace(LEADS, after=3300),), hours=(hours(end=12),))
    monday = datetime(2026, 11, 23, 8, 5, tzinfo=UTC)
    minutes = timedelta(minutes=1)
    assert [step_at(proposal, each) for each in (1800, 3000)] == [after(1800), monday]
    assert told(proposal, 1800) == [Reminded]
    proposal = after_all(proposal, due(proposal, after(1800)))
    assert next_due(proposal) == monday
    assert due(proposal, monday - MILLISECOND) == []
    proposal = after_all(proposal, due(proposal, monday))
    assert proposal.reminded == 3000
    assert next_due(proposal) == monday + 5 * minutes
    proposal = after_all(proposal, due(proposal, monday + 5 * minutes))
    assert proposal.escalated == ((3300, "lead"),)
    assert next_due(proposal) == proposal.expires_at == monday + 10 * minutes


def test_people_are_reminded_at_each_of_its_times_once():
    proposal = pending(remind=(600, 1800))
    assert told(proposal, 599) == []
    assert due(proposal, after(600)) == [Reminded(at=after(600), after=600)]
    proposal = after_all(proposal, due(proposal, after(600)))
    assert proposal.reminded == 600
    assert told(proposal, 1799) == []
    assert due(proposal, after(1800)) == [Reminded(at=after(1800), after=1800)]
    assert told(after_all(proposal, due(proposal, after(1800))), 3599) == []


def test_reminders_that_were_slept_through_are_one_reminder():
    proposal = pending(remind=(600, 1800))
    assert due(proposal, after(2000)) == [Reminded(at=after(2000), after=1800)]


def test_a_role_may_step_in_when_nobody_answered_for_so_long():
    proposal = pending(escalate=(LEADS, CHIEFS))
    assert told(proposal, 1199) == []
    assert due(proposal, after(1200)) == [
        Escalated(at=after(1200), to="lead", channel="C0LEAD", by=None, after=1200, roles=("support",))
    ]
    proposal = after_all(proposal, due(proposal, after(1200)))
    assert (proposal.escalated, proposal.escalated_to) == (
        ((1200, "lead"),),
        (EscalatedTo(to="lead", channel="C0LEAD", roles=("support",)),),
    )
    assert proposal.channels == ("C0LEAD", "C0SUPPORT")
    assert proposal.gate.asked == {"support", "lead"}
    assert told(proposal, 2399) == []
    assert [event.to for event in due(proposal, after(2400))] == ["chief"]


def test_steps_that_were_slept_through_are_taken_in_order_and_told_of_once():
    proposal = pending(escalate=(LEADS, CHIEFS), remind=(600,))
    assert told(proposal, 3000) == [Escalated, Escalated, Reminded]
    assert told(after_all(proposal, due(proposal, after(3000))), 3001) == []


def test_when_the_deadline_has_passed_nobody_is_called_any_more():
    proposal = pending(escalate=(LEADS,), remind=(600,))
    assert told(proposal, 3600) == [Rejected]
    assert told(proposal, 99_999) == [Rejected]


@pytest.mark.parametrize("status", [each for each in Status if each is not Status.pending], ids=str)
def test_nobody_is_called_for_what_does_not_wait(status):
    proposal = in_status(status)
    assert not [event for event in due(proposal, after(99_999)) if isinstance(event, (Escalated, Reminded))]


def test_whoever_steps_in_can_decide_and_an_approval_before_keeps_counting():
    proposal = pending(approvals=2, escalate=(LEADS,))
    proposal = after_all(proposal, moves.approve(proposal, ALICE, NONCE, after(10)))
    proposal = after_all(proposal, due(proposal, after(1200)))
    assert proposal.nonce == NONCE
    proposal = after_all(proposal, moves.approve(proposal, LEAD, NONCE, after(1201)))
    assert proposal.status is Status.approved


def test_outside_its_hours_a_proposal_is_escalated_at_once_where_the_policy_says_so():
    away = (hours(end=11, extend=False),)
    proposal = pending(escalate=(replace(LEADS, outside=away), replace(CHIEFS, outside=away)), remind=(600,))
    assert [each.to for each in proposal.escalated_to] == ["lead", "chief"]
    assert proposal.expires_at == after(3600)
    assert told(proposal, 599) == []


def test_inside_its_hours_each_step_keeps_its_time():
    proposal = pending(escalate=(replace(LEADS, outside=(hours(extend=False),)),))
    assert proposal.escalated_to == ()
    assert told(proposal, 1200) == [Escalated]


def test_outside_of_any_of_several_hours_is_outside_and_the_steps_of_other_rules_keep_their_time():
    either = (hours(extend=False), hours(end=11, extend=False))
    proposal = pending(escalate=(replace(LEADS, outside=either), CHIEFS))
    assert [each.to for each in proposal.escalated_to] == ["lead"]
    assert next_due(proposal) == after(2400)


def test_hours_that_only_extend_escalate_nothing_before_its_time():
    assert pending(escalate=(LEADS,), hours=(hours(end=11),)).escalated_to == ()


def rejudged(proposal, seconds, **changes):
    """The same proposal under a policy with other times."""
    judged = gate(**{"remind": proposal.gate.remind, "escalate": proposal.gate.escalate, **changes})
    return after_all(proposal, moves.rejudge(proposal, judged, "nonce-of-round-2", after(seconds)))


def test_a_new_policy_that_puts_a_step_before_those_taken_has_it_taken_and_repeats_none():
    proposal = pending(escalate=(LEADS,))
    proposal = after_all(proposal, due(proposal, after(1200)))
    proposal = rejudged(proposal, 1300, escalate=(replace(CHIEFS, after=600), LEADS))
    assert next_due(proposal) == after(600)
    assert [event.to for event in due(proposal, after(1301))] == ["chief"]
    proposal = after_all(proposal, due(proposal, after(1301)))
    assert [each.to for each in proposal.escalated_to] == ["lead", "chief"]
    assert told(proposal, 3599) == []


def test_a_new_policy_without_a_step_that_was_taken_still_takes_those_after_it():
    proposal = pending(escalate=(LEADS, CHIEFS))
    proposal = after_all(proposal, due(proposal, after(1200)))
    proposal = rejudged(proposal, 1300, escalate=(CHIEFS,))
    assert proposal.gate.asked == {"support"}, "a step counts as long as the policy has it"
    assert next_due(proposal) == after(2400)
    assert [event.to for event in due(proposal, after(2400))] == ["chief"]


def test_reminders_follow_a_new_policy_and_are_neither_repeated_nor_skipped():
    proposal = pending(remind=(600, 1200))
    proposal = after_all(proposal, due(proposal, after(600)))
    earlier = rejudged(proposal, 700, remind=(300, 600, 1200))
    assert (told(earlier, 1199), told(earlier, 1200)) == ([], [Reminded])
    fewer = rejudged(proposal, 700, remind=(1200,))
    assert next_due(fewer) == after(1200)
    assert told(fewer, 1200) == [Reminded]


def test_a_step_that_a_new_policy_adds_for_what_came_outside_its_hours_is_taken_at_once():
    away = (hours(end=11, extend=False),)
    proposal = pending(escalate=(replace(LEADS, outside=away),))
    proposal = rejudged(proposal, 10, escalate=(*proposal.gate.escalate, replace(CHIEFS, outside=away)))
    assert next_due(proposal) == START
    assert [event.to for event in due(proposal, after(11))] == ["chief"]


def test_a_role_that_a_reviewer_called_in_is_still_called_at_its_step():
    proposal = pending(escalate=(LEADS,))
    proposal = after_all(proposal, moves.hand_over(proposal, BOB, "lead", "C0LEAD", NONCE, after(10)))
    assert proposal.escalated == ()
    assert told(proposal, 1200) == [Escalated]


@pytest.mark.parametrize(("proposal", "seconds"), [
    (pending(), 3600), (pending(remind=(600, 1800)), 600), (pending(escalate=(LEADS,), remind=(1800,)), 1200),
    (pending(remind=(9999,)), 3600), (approved(), 3610), (claimed(), 3620),
])  # fmt: skip
def test_what_time_will_do_next_is_the_soonest_of_all(proposal, seconds):
    assert next_due(proposal) == after(seconds)


def test_what_is_overdue_or_final_waits_for_nothing():
    late = after_all(claimed(), due(claimed(), after(9999)))
    assert next_due(late) is None
    for status in (*FINAL, Status.unknown):
        assert next_due(in_status(status)) is None


def test_a_deadline_that_was_moved_is_the_next_thing_again():
    proposal = pending(max_expires_in=7200)
    assert next_due(after_all(proposal, moves.extend(proposal, BOB, NONCE, after(10)))) == after(7200)


STEPS = st.builds(
    lambda remind, escalate, expires_in, several: pending(
        hours=several,
        remind=tuple(sorted(remind)),
        escalate=tuple(
            Escalation(after=each, to=f"r{each}", channel=f"C{each}", roles=("support",)) for each in sorted(escalate)
        ),
        expires_in=expires_in,
    ),
    st.sets(st.integers(1, 5000), max_size=3),
    st.sets(st.integers(1, 5000), max_size=3),
    st.integers(1, 5000),
    st.sampled_from([(), (hours(),), (hours(end=12), hours(13)), (hours(12),), (hours(end=12), hours(extend=False))]),
)


@given(STEPS)
def test_time_does_something_exactly_when_it_was_said_to_and_comes_to_an_end(proposal):
    steps = 0
    while (at := next_due(proposal)) is not None:
        assert due(proposal, at - MILLISECOND) == []
        happened = due(proposal, at)
        assert happened
        assert all(event.at <= at for event in happened)
        proposal = after_all(proposal, happened)
        steps += 1
        assert steps < 20
    assert proposal.status is Status.rejected
    assert proposal.resolved_at == proposal.expires_at


@given(STEPS, st.integers(0, 6000))
def test_steps_are_never_taken_twice(proposal, seconds):
    then = after_all(proposal, due(proposal, after(seconds)))
    assert due(then, after(seconds)) == []
    assert due_steps(proposal, START - timedelta(days=1)) == []
