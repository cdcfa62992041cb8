"""The table of states, and that what it does not name cannot happen."""

from dataclasses import replace

import pytest

from approvals import moves
from approvals.agent_stop import EVERYTHING, Stop
from approvals.content import without_content
from approvals.events import (
    Approved,
    Asked,
    Claimed,
    Decided,
    Drilled,
    Edited,
    Erased,
    Escalated,
    Extended,
    Failed,
    Lapsed,
    Objected,
    OutcomeUnknown,
    Overdue,
    Planted,
    Rejected,
    Rejudged,
    Reminded,
    Replied,
    Resumed,
    Retracted,
    Revised,
    Revoked,
    RolledBack,
    Submitted,
    Succeeded,
    Suspended,
    Withdrawn,
)
from approvals.gate import Escalation
from approvals.proposal import Cause, Inquiry, Revision, Rollback, RollbackStatus, Status, Suspension
from approvals.states import FINAL, TRANSITIONS, Impossible, after, after_all
from tests.approvals.situations import (
    ALICE,
    BOB,
    NONCE,
    approved,
    claimed,
    edited,
    gate,
    in_status,
    objected,
    outcome,
    pending,
    refund,
    running,
    submission,
)
from tests.approvals.situations import after as later
from tests.house.every import events as every_event

SETTLED = (Status.succeeded, Status.unknown)


def events():
    """Those of proposals; the two that drills alone have are in test_drill.py."""
    return [each for each in every_event() if each not in (Planted, Drilled)]


RAN = (*SETTLED, Status.failed)


def sample(kind):
    """Some event of the kind."""
    at = later(40)
    decision = moves.approve(pending(), ALICE, NONCE, later(10))[0].decision
    return {
        Submitted: submission()[0],
        Decided: Decided(at=at, decision=decision),
        Edited: Edited(
            at=at, revision=Revision(number=2, action=refund(9), at=at, editor="U0BOB"), gate=gate(), nonce="n"
        ),
        Rejudged: Rejudged(at=at, gate=gate(report_within=9), nonce=None),
        Approved: Approved(at=at, cause=Cause.reviewer, by="U0BOB", execute_by=later(99)),
        Rejected: Rejected(at=at, cause=Cause.reviewer, by="U0BOB", reason="No."),
        Withdrawn: Withdrawn(at=at, reason="Done otherwise."),
        Revoked: Revoked(at=at, cause=Cause.reviewer, by="U0BOB", reason="Wait."),
        Retracted: Retracted(at=at, by="U0ALICE", nonce="n"),
        Suspended: Suspended(at=at, suspension=Suspension(by="U0OPS", reason="All.", since=at, again=True), nonce="n"),
        Resumed: Resumed(at=at, again=True),
        Claimed: Claimed(at=at, digest="sha256:0", claimant=None, report_by=later(99)),
        Lapsed: Lapsed(at=at),
        Overdue: Overdue(at=at),
        Succeeded: Succeeded(at=at, outcome=outcome(Status.succeeded)),
        Failed: Failed(at=at, outcome=outcome(Status.failed)),
        OutcomeUnknown: OutcomeUnknown(at=at, outcome=outcome(Status.unknown)),
        Objected: Objected(at=at, rollback=Rollback(requested_by="U0BOB", reason="No.", requested_at=at)),
        RolledBack: RolledBack(
            at=at,
            rollback=Rollback(
                requested_by="U0BOB", reason="No.", requested_at=at, status=RollbackStatus.done, reported_at=at
            ),
        ),
        Reminded: Reminded(at=at, after=600),
        Escalated: Escalated(at=at, to="lead", channel="C0LEAD", by=None, after=1200, roles=("support",)),
        Extended: Extended(at=at, expires_at=later(9999), by="U0BOB"),
        Asked: Asked(at=at, question=Inquiry(number=1, text="Why?", asked_by="U0BOB", asked_at=at)),
        Replied: Replied(
            at=at,
            question=Inquiry(
                number=1, text="Why?", asked_by="U0BOB", asked_at=at, reply="It was lost.", replied_at=later(50)
            ),
        ),
        Erased: Erased(at=at, by="alex", why="asked for", contents=3),
        Revised: Revised(at=at, revision=Revision(number=2, action=refund(9), at=at), gate=gate(), nonce="n"),
    }[kind]


def test_the_table_is_the_one_that_was_promised():
    promised = {
        Status.pending: {Status.approved, Status.rejected, Status.withdrawn},
        Status.approved: {Status.pending, Status.claimed, Status.revoked, Status.lapsed, Status.withdrawn},
        Status.claimed: {Status.succeeded, Status.failed, Status.unknown},
        Status.unknown: {Status.succeeded, Status.failed},
    }
    for status in Status:
        assert set(TRANSITIONS[status].values()) - {status} == promised.get(status, set())


def test_what_has_no_way_on_is_final():
    assert {Status.rejected, Status.withdrawn, Status.revoked, Status.lapsed, Status.succeeded, Status.failed} == FINAL


@pytest.mark.parametrize("kind", events(), ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("status", Status, ids=str)
def test_an_event_happens_where_the_table_names_it_and_nowhere_else(status, kind):
    proposal = in_status(status)
    assert proposal.status is status
    if kind in TRANSITIONS[status]:
        assert after(proposal, sample(kind)).status is TRANSITIONS[status][kind]
    else:
        with pytest.raises(Impossible, match=f"{kind.tag} in status {status}"):
            after(proposal, sample(kind))


@pytest.mark.parametrize("kind", [kind for kind in events() if kind is not Submitted], ids=lambda kind: kind.__name__)
def test_nothing_happens_to_a_proposal_before_it_is_submitted(kind):
    with pytest.raises(Impossible, match="before proposal:submitted"):
        after(None, sample(kind))


def test_every_change_makes_a_new_version():
    proposal = pending()
    assert proposal.version == 1
    assert after(proposal, sample(Decided)).version == 2
    assert claimed().version == 4


@pytest.mark.parametrize("kind", [each for each in events() if each not in (Submitted, Lapsed)])
def test_every_event_leaves_more_on_the_proposal_than_a_version_and_a_status(kind):
    found = [in_status(status) for status, follows in TRANSITIONS.items() if kind in follows]
    if kind is Resumed:  # which ends what Suspended began
        found = [after(each, sample(Suspended)) for each in found]
    changed = [(before, after(before, sample(kind))) for before in found]
    assert [
        after for before, after in changed if replace(after, version=before.version, status=before.status) != before
    ]


def test_a_submission_is_revision_1_of_round_1():
    proposal = pending()
    assert (proposal.revision, proposal.round, proposal.edited) == (1, 1, False)
    assert proposal.created_at == later()
    assert proposal.channels == ("C0SUPPORT",)


def test_an_edit_begins_a_new_round_with_a_new_secret_and_keeps_the_deadline():
    before = after(pending(), sample(Decided))
    proposal = after(before, sample(Edited))
    assert (proposal.revision, proposal.round, proposal.nonce, proposal.edited) == (2, 2, "n", True)
    assert proposal.action == refund(9)
    assert proposal.active_decisions == ()
    assert proposal.decisions == before.decisions
    assert proposal.expires_at == before.expires_at


def test_a_gate_judged_anew_without_a_new_secret_lets_the_round_go_on():
    before = after(pending(), sample(Decided))
    proposal = after(before, Rejudged(at=later(40), gate=gate(report_within=9), nonce=None))
    assert (proposal.round, proposal.nonce) == (1, NONCE)
    assert proposal.active_decisions == before.decisions


def test_a_gate_judged_anew_with_a_new_secret_begins_a_new_round():
    before = after(pending(), sample(Decided))
    proposal = after(before, Rejudged(at=later(40), gate=gate(approvals=2), nonce="n"))
    assert (proposal.round, proposal.nonce) == (2, "n")
    assert proposal.active_decisions == ()
    assert proposal.revision == 1


@pytest.mark.parametrize("kind", [Edited, Rejudged])
def test_every_channel_that_ever_had_a_card_is_remembered(kind):
    elsewhere = gate(channels=("C0FINANCE",))
    event = {
        Edited: Edited(at=later(1), revision=pending().revisions[0], gate=elsewhere, nonce="n"),
        Rejudged: Rejudged(at=later(1), gate=elsewhere, nonce=None),
    }[kind]
    assert after(pending(), event).channels == ("C0FINANCE", "C0SUPPORT")


def test_a_report_settles_what_was_overdue():
    late = after(claimed(), Overdue(at=later(9999)))
    assert late.overdue
    assert not after(late, sample(Succeeded)).overdue


def test_every_arrow_of_the_table_is_made_by_some_move():
    made = set()

    def follow(proposal, happened):
        for event in happened:
            made.add((proposal.status, type(event)))
            proposal = after(proposal, event)
        return proposal

    waiting, agreed, taken = pending(), in_status(Status.approved), claimed()
    doubtful = in_status(Status.unknown)
    follow(waiting, edited(waiting, refund(9)))
    follow(waiting, moves.reject(waiting, BOB, "No.", NONCE, later(10)))
    follow(waiting, moves.withdraw(waiting, "No longer.", later(10)))
    follow(waiting, moves.rejudge(waiting, gate(approvals=2), "n", later(10)))
    once = follow(pending(approvals=2), moves.approve(pending(approvals=2), ALICE, NONCE, later(10)))
    follow(once, moves.retract(once, "U0ALICE", NONCE, "n", later(15)))
    settles = approved(undo_window=10)
    follow(settles, moves.retract(settles, "U0ALICE", NONCE, "n", later(15)))
    stop = Stop(agent=EVERYTHING, by="U0OPS", team="T0TEAM", at=later(5), reason=None)
    for proposal in (waiting, agreed):
        held = follow(proposal, moves.suspend(proposal, stop, "n", later(15)))
        follow(held, moves.resume(held, later(20)))
    follow(agreed, moves.revoke(agreed, BOB, "Wait.", NONCE, later(20)))
    follow(agreed, moves.due(agreed, later(9999)))
    follow(agreed, moves.withdraw(agreed, "No longer.", later(20)))
    follow(agreed, moves.claim(agreed, agreed.digest, None, later(20)))
    follow(agreed, moves.rejudge(agreed, gate(effects=("e" * 64,)), "n", later(20)))
    follow(taken, moves.due(taken, later(9999)))
    for status in (Status.succeeded, Status.failed, Status.unknown):
        follow(taken, moves.report(taken, outcome(status)))
    for status in (Status.succeeded, Status.failed):
        follow(doubtful, moves.report(doubtful, outcome(status)))
    timed = pending(
        remind=(10,),
        escalate=(Escalation(after=20, to="lead", channel="C0LEAD", roles=("support",)),),
        max_expires_in=9000,
    )
    follow(timed, moves.due(timed, later(30)))
    follow(timed, moves.extend(timed, BOB, NONCE, later(10)))
    asked = follow(waiting, moves.ask(waiting, BOB, "Why?", NONCE, later(10)))
    offered = moves.Offered(action=refund(9), gate=gate(), faults=(), nonce="n")
    follow(asked, moves.reply(asked, moves.AgentReply(text="So."), offered, later(20)))
    watched = running()
    for proposal in (watched, *(after_all(watched, moves.report(watched, outcome(each))) for each in SETTLED)):
        follow(proposal, moves.object(proposal, BOB, "No.", NONCE, later(40)))
    for proposal in (objected(), *(after_all(objected(), moves.report(objected(), outcome(each))) for each in RAN)):
        follow(proposal, moves.rollback(proposal, RollbackStatus.done, None, later(50)))
    for proposal in (after(taken, sample(Overdue)), doubtful, *(in_status(each) for each in FINAL)):
        follow(proposal, moves.erase(proposal, by="alex", why="asked for", contents=3, counts=False, now=later(9999)))
    assert made == {(status, event) for status, follows in TRANSITIONS.items() for event in follows}


def test_a_final_state_is_left_as_it_is_by_everything_but_undoing():
    for status in FINAL:
        assert set(TRANSITIONS[status]) <= {Objected, RolledBack, Erased}
        for kind, follows in TRANSITIONS[status].items():
            before, changed = in_status(status), after(in_status(status), sample(kind))
            assert follows is status
            left = replace(without_content(before), erased_at=changed.erased_at) if kind is Erased else before
            assert replace(changed, rollback=None, version=0) == replace(left, rollback=None, version=0)
