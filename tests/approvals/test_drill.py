"""Drills: what people do to one, what comes of it, and that no way of it leads to anything that runs."""

from dataclasses import replace

import pytest

from approvals import moves
from approvals.agent_stop import EVERYTHING, Stop
from approvals.content import without_content
from approvals.drill import Drill, DrillOrigin, DrillResult
from approvals.events import Approved, Claimed, Decided, Drilled, Edited, Erased, Planted, Submitted, event_facts
from approvals.gate import Escalation, Tier
from approvals.moves.drills import may_plant, of_drill
from approvals.proposal import Cause, Status
from approvals.refusals import Expired
from approvals.states import OF_DRILLS, Impossible, after, after_all
from tests.approvals.situations import ALICE, BOB, NONCE, edited, gate, pending, refund, submission
from tests.approvals.situations import after as later
from tests.approvals.test_states import sample
from tests.house.every import events
from tests.making import make_ask

DRILL = Drill(origin=DrillOrigin.library, wrong="It goes to another card.", look_at="The last four digits of `to`.")


def plant(**changes):
    """The events of a drill of the very action that most tests propose."""
    (submitted, *_) = submission()
    return moves.plant(
        proposal_id="prp_drill",
        action=submitted.action,
        ask=make_ask(agent="support-bot", expires_in=None),
        gate=gate(**changes),
        nonce=NONCE,
        drill=DRILL,
        now=later(),
    )


def planted(**changes):
    return after_all(None, plant(**changes))


def ended(drill, happened):
    """The drill after what its moves became."""
    return after_all(drill, of_drill(drill, happened))


def result_of(drill):
    return drill.status, drill.cause, drill.drill.result, drill.resolved_by


def test_a_drill_waits_exactly_as_a_proposal_of_its_agent_would():
    real = pending()
    assert replace(planted(), id=real.id, drill=None) == replace(real, idempotency_key=None, fingerprint="")


def test_a_drill_that_comes_when_nobody_is_there_is_escalated_as_a_proposal_would_be():
    step = Escalation(after=0, to="lead", channel="C0LEAD", roles=("support",))
    assert planted(escalate=(step,)).escalated_to == pending(escalate=(step,)).escalated_to


@pytest.mark.parametrize(
    ("changes", "may"),
    [
        ({}, True),
        ({"tier": Tier.auto}, False),
        ({"tier": Tier.block}, False),
        ({"quorum_unreachable": "Nobody is left."}, False),
        ({"channels": ()}, False),
    ],
)
def test_only_what_people_would_be_asked_and_could_answer_is_planted(changes, may):
    assert may_plant(gate(**changes)) is may


def test_a_no_catches_it():
    drill = planted()
    caught = ended(drill, moves.reject(drill, BOB, "Another card.", NONCE, later(10)))
    assert result_of(caught) == (Status.rejected, Cause.drill, DrillResult.caught, "U0BOB")
    assert caught.decisions[-1].reason == "Another card."


def test_an_approval_that_is_enough_misses_it_and_approves_nothing():
    drill = planted()
    happened = moves.approve(drill, ALICE, NONCE, later(10))
    assert [type(each) for each in happened] == [Decided, Approved]
    assert [type(each) for each in of_drill(drill, happened)] == [Decided, Drilled]
    missed = ended(drill, happened)
    assert result_of(missed) == (Status.rejected, Cause.drill, DrillResult.missed, "U0ALICE")
    assert (missed.execute_by, missed.claimable_at) == (None, None)


def test_an_approval_that_is_not_enough_leaves_it_waiting_as_a_proposal_would():
    drill = planted(approvals=2)
    once = ended(drill, moves.approve(drill, ALICE, NONCE, later(10)))
    assert (once.status, once.drill) == (Status.pending, DRILL)
    undone = ended(once, moves.retract(once, "U0ALICE", NONCE, "n", later(15)))
    assert (undone.status, undone.active_decisions, undone.nonce) == (Status.pending, (), "n")
    twice = ended(once, moves.approve(once, BOB, NONCE, later(20)))
    assert result_of(twice)[2:] == (DrillResult.missed, "U0BOB")


@pytest.mark.parametrize("approvals", [1, 2])
def test_a_change_ends_it_whether_or_not_the_change_would_have_been_enough(approvals):
    drill = planted(approvals=approvals)
    changed = ended(drill, edited(drill, refund(9), approvals=approvals))
    assert result_of(changed)[:3] == (Status.rejected, Cause.drill, DrillResult.edited)
    assert changed.resolved_by == changed.revisions[-1].editor
    assert changed.action == refund(9)


def test_a_question_ends_it_and_is_not_kept_for_an_agent_that_never_asked():
    drill = planted()
    asked = ended(drill, moves.ask(drill, BOB, "Whose card is this?", NONCE, later(10)))
    assert result_of(asked) == (Status.rejected, Cause.drill, DrillResult.asked, "U0BOB")
    assert asked.questions == ()


def test_silence_is_no_miss():
    drill = planted()
    (over,) = moves.run_out(drill, drill.expires_at)
    assert result_of(after(drill, over)) == (Status.rejected, Cause.drill, DrillResult.unanswered, None)
    with pytest.raises(Expired):
        moves.approve(drill, ALICE, NONCE, drill.expires_at)


STOP = Stop(agent=EVERYTHING, by="U0OPS", team="T0TEAM", at=later(5), reason=None)


@pytest.mark.parametrize(
    "happened",
    [
        lambda drill: moves.suspend(drill, STOP, "n", later(10)),
        lambda drill: moves.end_for_stopped_agent(drill, "U0OPS", None, later(10)),
        lambda drill: moves.rejudge(drill, gate(approvals=2), "n", later(10)),
        lambda drill: moves.rejudge(drill, gate(report_within=9), "n", later(10)),
        lambda drill: moves.rejudge(drill, None, "n", later(10)),
    ],
)
def test_a_stop_and_another_policy_call_it_off(happened):
    drill = planted()
    assert result_of(ended(drill, happened(drill))) == (Status.rejected, Cause.drill, DrillResult.called_off, None)


def test_time_does_to_it_what_it_does_to_a_proposal():
    drill = planted(
        remind=(10,),
        max_expires_in=9000,
        escalate=(Escalation(after=20, to="lead", channel="C0LEAD", roles=("support",)),),
    )
    real = pending(
        remind=(10,),
        max_expires_in=9000,
        escalate=(Escalation(after=20, to="lead", channel="C0LEAD", roles=("support",)),),
    )
    assert of_drill(drill, moves.due(drill, later(30))) == moves.due(real, later(30))
    assert of_drill(drill, moves.extend(drill, BOB, NONCE, later(10))) == moves.extend(real, BOB, NONCE, later(10))


def test_what_is_done_to_a_proposal_is_recorded_as_it_is():
    happened = moves.approve(pending(), ALICE, NONCE, later(10))
    assert of_drill(pending(), happened) == happened
    assert of_drill(None, submission()) == submission()


@pytest.mark.parametrize("kind", events(), ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("over", [False, True])
def test_nothing_happens_to_a_drill_but_what_its_table_names(kind, over):
    drill = planted()
    if over:
        drill = ended(drill, moves.reject(drill, BOB, "No.", NONCE, later(10)))
    table = OF_DRILLS[drill.status]
    event = of_its_own(kind)
    if kind in table:
        assert after(drill, event).status is table[kind]
    else:
        with pytest.raises(Impossible):
            after(drill, event)


def of_its_own(kind):
    if kind is Drilled:
        return Drilled(at=later(10), result=DrillResult.caught, by="U0BOB", wrong="w", look_at="l")
    if kind is Planted:
        return plant()[0]
    return sample(kind)


@pytest.mark.parametrize("kind", [Drilled, Planted])
@pytest.mark.parametrize("status", Status)
def test_no_proposal_ever_ends_as_a_drill(kind, status):
    proposal = replace(pending(), status=status)
    with pytest.raises(Impossible):
        after(proposal, of_its_own(kind))


def test_even_an_approval_that_was_recorded_past_the_moves_is_none():
    drill = planted()
    for event in (
        Approved(at=later(10), cause=Cause.reviewer, by="U0ALICE", execute_by=later(99)),
        Claimed(at=later(10), digest=drill.digest, claimant=None, report_by=later(99)),
    ):
        with pytest.raises(Impossible, match="of a drill"):
            after(drill, event)


def test_erasing_takes_what_was_written_of_it_and_leaves_how_it_ended():
    drill = planted()
    missed = ended(drill, moves.approve(drill, ALICE, NONCE, later(10)))
    gone = after(missed, Erased(at=later(9999), by="alex", why="asked for", contents=3))
    assert gone.drill == Drill(
        origin=DrillOrigin.library, wrong="[erased]", look_at="[erased]", result=DrillResult.missed
    )
    assert without_content(of_its_own(Drilled)).wrong == "[erased]"


def test_no_entry_of_a_drill_holds_the_secret_of_its_cards_nor_is_one_of_a_submission():
    (event,) = plant()
    assert NONCE not in str(event_facts(event))
    assert event.tag != Submitted.tag
    assert Edited.tag != Planted.tag
