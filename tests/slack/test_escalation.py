"""The ladder on a card: steps still to come, who stands in, who can object, how undoing goes."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from approvals.gate import Escalation, StandIn, Tier
from approvals.hours import Hours
from approvals.proposal import Cause, Rollback, RollbackStatus, Status
from bot.slack.blockkit.blocks import when
from bot.slack.words.status import next_steps, objection, rollback_line, stand_ins
from tests.making import START, make_gate, make_proposal

LEAD = Escalation(after=1200, to="lead", channel="C0LEAD", roles=("support",))
BOARD = Escalation(after=7200, to="board", channel="C0BOARD", roles=("support",))


def plainly(sentence):
    """With times as a clock shows them."""
    return re.sub(r"<!date\^\d+\^[^|]+\|[\d-]+ (\d\d:\d\d) UTC>", r"\1", sentence)


def test_the_steps_stand_in_order_with_the_deadline_at_the_end():
    proposal = make_proposal(remind=(600, 1800), escalate=(LEAD,))
    assert (
        plainly(next_steps(proposal)) == "Reminder 10:25 · Reminder 10:45 · *lead* may step in 10:35 · rejected 11:15"
    )


def test_what_has_happened_and_what_never_will_is_left_out():
    proposal = make_proposal(remind=(600, 1800, 4000), escalate=(LEAD, BOARD))
    assert plainly(next_steps(replace(proposal, reminded=600))).startswith("Reminder 10:45 · *lead*")
    assert "board" not in next_steps(proposal)
    assert "11:21" not in plainly(next_steps(proposal))
    assert next_steps(replace(proposal, reminded=1800, escalated=((1200, "lead"),))) is None
    assert "board" not in next_steps(replace(proposal, reminded=600, escalated=((7200, "board"),)))
    assert next_steps(make_proposal()) is None


def test_a_later_deadline_brings_back_the_steps_before_it():
    proposal = make_proposal(escalate=(BOARD,))
    assert next_steps(proposal) is None
    assert "*board*" in next_steps(replace(proposal, expires_at=START + timedelta(hours=3)))


def test_where_only_time_inside_counts_the_steps_stand_where_that_puts_them():
    office = Hours(tz="Europe/Berlin", days=(0, 4), start=9 * 60, end=11 * 60 + 30, extend=True)
    proposal = make_proposal(remind=(600, 1800), escalate=(LEAD,), hours=(office,))
    waiting = replace(proposal, expires_at=START + timedelta(days=4))
    friday, monday = START.replace(hour=10, minute=25), START.replace(day=23, hour=8, minute=15)
    expected = (
        f"Reminder {when(friday)} · Reminder {when(monday)} · *lead* may step in {when(monday.replace(minute=5))}"
    )
    assert next_steps(waiting).startswith(expected)


def test_of_many_steps_the_first_are_named_and_the_rest_counted():
    told = next_steps(make_proposal(remind=tuple(range(60, 660, 60))))
    assert told.count("Reminder") == 3
    assert "7 more reminders" in told


@pytest.mark.parametrize(
    ("roles", "pairs", "said"),
    [
        (("support",), [("support", "lead")], "*lead* may decide too."),
        (("finance", "support"), [("finance", "lead"), ("support", "lead")], "*lead* may decide too."),
        (("finance", "support"), [("finance", "lead")], "*lead* for *finance* may decide too."),
        (("finance", "support"), [("finance", "support")], "*support* may decide too."),
        (("support",), [("finance", "lead")], None),
        (("support",), [], None),
    ],
)
def test_who_stands_in_is_said_with_the_places_they_may_fill(roles, pairs, said):
    gate = make_gate(roles=roles, stand_ins=tuple(StandIn(role=role, by=by) for role, by in pairs))
    assert stand_ins(gate) == said


def watched(**changes):
    facts = {"cause": Cause.watch, "tier": Tier.watch, "object_within": 1800, "resolved_at": START}
    return make_proposal(**{"status": Status.approved, **facts, **changes})


def test_people_can_object_to_what_ran_or_may_still_run_and_to_nothing_else():
    unclaimed = "Whoever is in *support* can object until 30 minutes after the agent takes it."
    assert plainly(objection(watched())) == unclaimed
    claimed = "Whoever is in *support* can object until 10:50."
    for status in (Status.claimed, Status.succeeded, Status.unknown):
        assert plainly(objection(watched(status=status, claimed_at=START + timedelta(minutes=5)))) == claimed
    for status in (Status.revoked, Status.lapsed, Status.failed, Status.withdrawn):
        assert objection(watched(status=status)) is None
    assert objection(watched(rollback=Rollback(requested_by="U0BOB", reason="No", requested_at=START))) is None
    assert objection(watched(cause=Cause.reviewer)) is None


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (
            RollbackStatus.requested,
            "*Rollback wanted:* <@U0BOB> objected after the agent took it · 10:15\nThe agent is asked",
        ),
        (RollbackStatus.done, "*Rolled back*, the agent reports · 10:20\n<@U0BOB> objected"),
        (
            RollbackStatus.failed,
            "*Rollback failed*, the agent reports · 10:20. *Somebody must look.*\n<@U0BOB> objected",
        ),
    ],
)
def test_undoing_says_who_wanted_it_and_what_came_of_it(status, said):
    reported_at = None if status is RollbackStatus.requested else START + timedelta(minutes=5)
    rollback = Rollback(requested_by="U0BOB", reason="No", requested_at=START, status=status, reported_at=reported_at)
    assert said in plainly(rollback_line(rollback))
