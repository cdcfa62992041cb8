"""Whom a line calls when what was let run went wrong: exactly those who approved it, each in one channel."""

from dataclasses import replace
from datetime import timedelta

import pytest

from approvals.decision import Decision, Verdict
from approvals.effects import FOLLOWS
from approvals.events import Actor
from approvals.ports import Line
from approvals.proposal import Cause, Rollback, RollbackStatus, Status
from bot.slack.outbound.mentions import answerable
from bot.slack.words.history import lines
from policy import Role
from tests.making import START, make_proposal

SUPPORT = Role(name="support", channel="C0SUPPORT", members=("U0ALICE", "U0BOB"))
FINANCE = Role(name="finance", channel="C0FINANCE", members=("U0CAROL", "U0BOB"))
ROLES = {role.name: role for role in (SUPPORT, FINANCE)}


def line(tag, **facts):
    return Line(tag=tag, facts=facts, actor=Actor(kind="agent", id="shop"), at=START)


FAILED, OVERDUE, UNKNOWN = (line(f"proposal:{verb}") for verb in ("failed", "overdue", "unknown"))
UNDONE = line("proposal:rolled_back", rollback={"status": "failed"})


def ran(status=Status.failed, *approved, **changes):
    """What Alice of support and Carol of finance let run, unless `approved` says otherwise."""
    decisions = tuple(
        Decision(reviewer=user, verdict=Verdict.approve, revision=1, round=1, at=START, roles=roles)
        for user, roles in approved or (("U0ALICE", ("support",)), ("U0CAROL", ("finance",)))
    )
    late = START + timedelta(hours=1)
    known = {
        "roles": ("finance", "support"),
        "channels": ("C0FINANCE", "C0SUPPORT"),
        "status": status,
        "cause": Cause.reviewer,
        "resolved_at": START,
        "claimed_at": START,
        "report_by": late,
        "decisions": decisions,
    }
    return make_proposal(**{**known, **changes})


def both(proposal, *told):
    return [answerable(proposal, told, channel, ROLES) for channel in ("C0SUPPORT", "C0FINANCE")]


@pytest.mark.parametrize(
    ("told", "proposal"),
    [
        (FAILED, ran()),
        (OVERDUE, ran(Status.claimed, overdue=True)),
        (UNKNOWN, ran(Status.unknown)),
        (UNDONE, ran(Status.succeeded, rollback=Rollback(requested_by="U0BOB", reason="?", requested_at=START, status=RollbackStatus.failed))),
    ],
    ids=lambda each: getattr(each, "tag", ""),
)  # fmt: skip
def test_each_of_those_who_approved_is_called_below_the_card_of_their_role(told, proposal):
    assert both(proposal, told) == [("U0ALICE",), ("U0CAROL",)]


@pytest.mark.parametrize(
    ("told", "proposal"),
    [
        (line("proposal:succeeded"), ran(Status.succeeded)),
        (line("proposal:claimed"), ran(Status.claimed)),
        (OVERDUE, ran(Status.succeeded)),
        (UNKNOWN, ran(Status.succeeded)),
        (UNDONE, ran(Status.succeeded, rollback=Rollback(requested_by="U0BOB", reason="?", requested_at=START, status=RollbackStatus.done))),
        (UNDONE, ran(Status.succeeded)),
    ],
)  # fmt: skip
def test_nobody_is_called_while_all_is_well_or_well_again(told, proposal):
    assert both(proposal, told) == [(), ()]


def test_who_may_approve_in_both_roles_is_called_once():
    proposal = ran(Status.failed, ("U0BOB", ("finance", "support")), ("U0ALICE", ("support",)))
    assert both(proposal, FAILED) == [("U0ALICE",), ("U0BOB",)]


def test_approvals_before_an_edit_and_whoever_said_no_are_not_called():
    earlier, later = ran(Status.failed).decisions
    no = Decision(reviewer="U0DAVE", verdict=Verdict.reject, revision=1, round=2, at=START)
    proposal = ran(Status.failed, round=2)
    proposal = replace(proposal, decisions=(earlier, replace(later, round=2), no))
    assert both(proposal, FAILED) == [(), ("U0CAROL",)]


def test_a_role_that_left_the_policy_or_the_card_is_no_home_and_the_first_card_is():
    proposal = ran(Status.failed, ("U0ALICE", ("gone",)), ("U0CAROL", ("finance",)))
    assert both(proposal, FAILED) == [(), ("U0ALICE", "U0CAROL")]
    alone = ran(Status.failed, ("U0ALICE", ("support",)), channels=("C0FINANCE",))
    assert both(alone, FAILED) == [(), ("U0ALICE",)]


def test_who_approved_it_beforehand_is_called():
    proposal = replace(ran(cause=Cause.remembered_approval, resolved_by="U0BOB", channels=("C0SUPPORT",)), decisions=())
    assert both(proposal, FAILED) == [("U0BOB",), ()]


@pytest.mark.parametrize("cause", [Cause.auto, Cause.watch])
def test_nobody_is_called_for_what_nobody_approved_but_who_wanted_it_undone(cause):
    proposal = replace(ran(cause=cause), decisions=())
    assert both(proposal, FAILED) == [(), ()]
    rollback = Rollback(requested_by="U0BOB", reason="?", requested_at=START, status=RollbackStatus.failed)
    assert both(replace(proposal, rollback=rollback), UNDONE) == [(), ("U0BOB",)]


def test_what_went_to_no_channel_calls_nobody():
    assert both(ran(channels=()), FAILED) == [(), ()]


def test_a_message_of_several_lines_calls_each_once():
    blocks, text = lines([OVERDUE, FAILED], approvers="<@U0ALICE>")
    assert text.count("<@U0ALICE>") == 1
    assert str(blocks).count("<@U0ALICE>") == 1
    assert text.startswith(":bell: Please look")
    assert "Please look" not in str(lines([FAILED])[0])


def test_the_table_of_events_names_exactly_those_that_may_have_somebody_called():
    went_wrong = [
        ran(),
        ran(Status.claimed, overdue=True),
        ran(Status.unknown),
        ran(rollback=Rollback(requested_by="U0BOB", reason="?", requested_at=START, status=RollbackStatus.failed)),
    ]
    calling = {event for event in FOLLOWS if any(both(each, line(event.tag)) != [(), ()] for each in went_wrong)}
    assert calling == {event for event, follows in FOLLOWS.items() if follows.calls}
