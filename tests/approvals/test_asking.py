"""A reviewer asks the agent, and the agent replies: who may, until when, once, and what becomes of the payload."""

from dataclasses import replace

import pytest

from approvals import moves
from approvals.events import Asked, Extended, Replied, Revised
from approvals.gate import Reason, Tier
from approvals.moves.questions import LONGEST_QUESTION, NotAsked, QuestionOpen, QuestionUnfit, RevisionBlocked
from approvals.proposal import Cause, Inquiry, Status
from approvals.refusals import (
    AlreadyResolved,
    CannotExtend,
    Changed,
    Expired,
    Fault,
    NotApproved,
    NotYourRole,
    OwnProposal,
    SchemaFailed,
)
from approvals.remembered.approval import may_remember
from approvals.reviewer import DelegatedRoles
from approvals.states import after_all
from tests.approvals.situations import (
    ALICE,
    BOB,
    CAROL,
    MILLISECOND,
    NONCE,
    OWNER,
    STRANGER,
    after,
    approved,
    edited,
    gate,
    handed,
    pending,
    refund,
)
from tests.making import make_reviewer

HOUR = after(3600)


def ask(proposal, text="Which invoice?", reviewer=BOB, at=None, **more):
    return moves.ask(proposal, reviewer, text, proposal.nonce, at or after(10), **more)


def asked(proposal=None, *args, **more):
    proposal = proposal or pending()
    return after_all(proposal, ask(proposal, *args, **more))


def reply(proposal, text="Invoice 4711.", action=None, *, question=None, at=None, faults=(), **changes):
    offered = None
    if action is not None:
        offered = moves.Offered(
            action=action, gate=replace(proposal.gate, **changes), faults=faults, nonce="nonce-of-the-reply"
        )
    said = moves.AgentReply(text=text, payload=None if action is None else action.payload, question=question)
    return moves.reply(proposal, said, offered, at or after(20))


def replied(proposal=None, *args, **more):
    proposal = proposal or asked()
    return after_all(proposal, reply(proposal, *args, **more))


def test_a_question_is_kept_and_nothing_else_changes():
    proposal = pending()
    (event,) = ask(proposal, "  Which invoice?\n")
    question = Inquiry(number=1, text="Which invoice?", asked_by="U0BOB", asked_at=after(10))
    assert event == Asked(at=after(10), question=question)
    made = after_all(proposal, [event])
    assert made == replace(proposal, questions=(question,), version=2)
    assert (made.open_question, question.id) == (question, "q1")


@pytest.mark.parametrize("reviewer", [ALICE, BOB, OWNER], ids=lambda each: each.user)
def test_whoever_may_say_yes_or_no_may_ask(reviewer):
    moves.may_ask(pending(), reviewer, NONCE, after(10))
    assert asked(reviewer=reviewer).open_question.asked_by == reviewer.user


def test_whoever_was_called_in_or_borrows_a_place_may_ask():
    lead = make_reviewer(user="U0LEAD", roles=frozenset({"lead"}))
    assert asked(handed(pending()), reviewer=lead).open_question
    borrowing = replace(STRANGER, delegated=(DelegatedRoles(by="U0BOB", roles=frozenset({"support"})),))
    assert asked(reviewer=borrowing).open_question


def test_an_approval_so_far_does_not_stop_a_question_and_stays():
    proposal = pending(approvals=2)
    waiting = after_all(proposal, moves.approve(proposal, BOB, NONCE, after(5)))
    assert len(asked(waiting).active_decisions) == 1


@pytest.mark.parametrize("reviewer", [STRANGER, CAROL], ids=lambda each: each.user)
def test_nobody_else_may_ask(reviewer):
    with pytest.raises(NotYourRole):
        asked(reviewer=reviewer)
    with pytest.raises(NotYourRole):
        moves.may_ask(pending(), reviewer, NONCE, after(10))


def test_a_question_from_an_old_card_is_refused():
    with pytest.raises(Changed):
        moves.ask(pending(), BOB, "Why?", "another", after(10))
    with pytest.raises(Changed):
        moves.may_ask(pending(), BOB, "another", after(10))


def test_nothing_is_asked_at_the_deadline_or_once_it_is_decided():
    assert asked(at=HOUR - MILLISECOND).open_question
    with pytest.raises(Expired):
        asked(at=HOUR)
    with pytest.raises(AlreadyResolved):
        asked(approved())
    with pytest.raises(Expired):
        moves.may_ask(pending(), BOB, NONCE, HOUR)
    with pytest.raises(AlreadyResolved):
        moves.may_ask(approved(), BOB, NONCE, after(20))


@pytest.mark.parametrize("text", ["", " \n ", "x" * (LONGEST_QUESTION + 1)])
def test_a_question_has_words_and_not_too_many(text):
    with pytest.raises(QuestionUnfit):
        asked(text=text)
    assert asked(text="x" * LONGEST_QUESTION).open_question


def test_one_question_is_open_at_a_time_and_the_same_again_changes_nothing():
    proposal = asked()
    assert ask(proposal) == []
    with pytest.raises(QuestionOpen):
        ask(proposal, reviewer=ALICE)
    with pytest.raises(QuestionOpen):
        ask(proposal, "Another?")
    with pytest.raises(QuestionOpen):
        moves.may_ask(proposal, BOB, NONCE, after(10))
    again = asked(replied(proposal))
    assert [each.id for each in again.questions] == ["q1", "q2"]


def test_more_time_moves_the_deadline_within_the_bounds_of_an_extension():
    proposal = pending(max_expires_in=5400)
    asking, extended = ask(proposal, more_time=True)
    assert extended == Extended(at=after(10), expires_at=after(5400), by="U0BOB")
    longer = after_all(proposal, [asking, extended])
    assert longer.expires_at == after(5400)
    with pytest.raises(CannotExtend):
        ask(replied(longer), "Why?", more_time=True)
    assert ask(replied(longer), "Why?")


@pytest.mark.parametrize("longest", [None, 3600])
def test_without_leave_of_the_policy_a_question_moves_no_deadline(longest):
    with pytest.raises(CannotExtend):
        ask(pending(max_expires_in=longest), more_time=True)


def test_who_is_excluded_asks_without_more_time():
    with pytest.raises(OwnProposal):
        ask(pending(max_expires_in=5400), reviewer=OWNER, more_time=True)


def test_a_reply_in_words_answers_the_question_and_changes_nothing_else():
    proposal = asked()
    (event,) = reply(proposal)
    assert isinstance(event, Replied)
    made = after_all(proposal, [event])
    (question,) = made.questions
    assert question == replace(proposal.open_question, reply="Invoice 4711.", replied_at=after(20), digest=None)
    assert made == replace(proposal, questions=made.questions, version=3)
    assert made.open_question is None


def test_a_reply_waits_for_a_question():
    for proposal in (pending(), replied()):
        with pytest.raises(NotAsked):
            reply(proposal, "Something else.")


def test_a_reply_that_names_a_question_answers_no_other():
    second = asked(replied(), "And who pays?")
    with pytest.raises(NotAsked):
        reply(second, "Something else.", question="q1")
    assert reply(second, "Invoice 4711.", question="q1") == [], "it was given before"
    assert replied(second, "The shop.", question="q2").questions[1].reply == "The shop."
    assert replied(second, "Invoice 4711.").questions[1].reply == "Invoice 4711.", "unnamed, it answers the open one"


def test_the_same_reply_again_changes_nothing_however_it_stands_by_then():
    proposal = replied()
    assert reply(proposal, at=after(30)) == []
    agreed = after_all(proposal, moves.approve(proposal, ALICE, NONCE, after(30)))
    assert reply(agreed, at=after(40)) == []
    assert reply(proposal, at=HOUR) == []
    with pytest.raises(NotAsked):
        reply(proposal, "Invoice 4712.")
    with pytest.raises(NotAsked):
        reply(proposal, action=refund(1))


def test_the_same_reply_is_told_by_the_canonical_payload():
    proposal = replied(action=refund(200))
    assert reply(proposal, action=refund(200.0)) == []
    for other in (None, refund(201)):
        with pytest.raises(NotAsked):
            reply(proposal, action=other)


@pytest.mark.parametrize("status", [Status.approved, Status.rejected])
def test_a_reply_is_too_late_once_it_is_decided_or_the_deadline_has_passed(status):
    proposal = asked()
    assert reply(proposal, at=HOUR - MILLISECOND)
    if status is Status.rejected:
        with pytest.raises(NotApproved) as no:
            reply(proposal, at=HOUR)
    else:
        agreed = after_all(proposal, moves.approve(proposal, ALICE, NONCE, after(15)))
        with pytest.raises(NotApproved) as no:
            reply(agreed)
    assert no.value.status is status


def test_a_question_left_open_expires_with_its_proposal():
    proposal = asked()
    ended = after_all(proposal, moves.due(proposal, HOUR))
    assert (ended.cause, ended.reason) == (Cause.expired, None)


def test_another_payload_makes_a_revision_by_the_agent_and_deciding_begins_anew():
    proposal = pending(approvals=2)
    proposal = asked(after_all(proposal, moves.approve(proposal, ALICE, NONCE, after(5))))
    answered, revised = reply(proposal, action=refund(200, note="late parcel"), roles=("finance", "support"))
    assert isinstance(answered, Replied)
    assert isinstance(revised, Revised)
    made = after_all(proposal, [answered, revised])
    assert (made.revision, made.round, made.nonce) == (2, 2, "nonce-of-the-reply")
    assert made.action.payload == {"amount": 200, "note": "late parcel"}
    assert made.revisions[1].patch == ({"op": "replace", "path": "/amount", "value": 200},)
    assert (made.active_decisions, len(made.decisions)) == ((), 1)
    assert (made.expires_at, made.gate.roles) == (proposal.expires_at, ("finance", "support"))
    assert made.questions[0].digest == made.digest
    with pytest.raises(Changed):
        moves.approve(made, BOB, NONCE, after(30))


def test_the_agents_revision_is_no_edit_by_a_reviewer():
    proposal = replied(asked(pending(second_person=True)), action=refund(200))
    assert (proposal.edited, proposal.revised, proposal.editors) == (False, True, frozenset())
    agreed = after_all(proposal, moves.approve(proposal, ALICE, proposal.nonce, after(30)))
    assert agreed.status is Status.approved, "nobody edited, so one person is enough"
    changed = after_all(proposal, edited(proposal, refund(190), at=after(30)))
    assert (changed.edited, changed.revised, changed.editors) == (True, True, {"U0ALICE"})
    assert changed.status is Status.pending


def test_what_the_agent_changed_stands_for_nothing_else():
    from approvals.gate import ApprovalTerms  # noqa: PLC0415

    proposal = pending(remember_approval=ApprovalTerms(may_differ=(), lasts=60, most=3))
    assert may_remember(proposal)
    assert not may_remember(replied(asked(proposal), action=refund(200)))


def test_the_payload_as_it_is_makes_no_revision():
    proposal = asked()
    (event,) = reply(proposal, action=refund(250.0, note="late parcel"), faults=(Fault("/amount", "odd"),))
    made = after_all(proposal, [event])
    assert (made.revision, made.nonce, made.questions[0].digest) == (1, NONCE, proposal.digest)


def test_a_payload_that_fails_its_schema_changes_nothing():
    with pytest.raises(SchemaFailed) as no:
        reply(asked(), action=refund(200), faults=(Fault("/amount", "odd"),))
    assert no.value.faults == (Fault("/amount", "odd"),)


@pytest.mark.parametrize(
    "changes",
    [{"tier": Tier.block, "risk": (Reason(rule="r", reason="Never"),)}, {"quorum_unreachable": "Never"}],
    ids=["blocked", "quorum_unreachable"],
)
def test_a_payload_that_nobody_may_let_run_changes_nothing(changes):
    with pytest.raises(RevisionBlocked, match="Never") as no:
        reply(asked(), action=refund(200), **changes)
    assert no.value.reasons == ("Never",)


def test_whoever_was_called_in_stays_called_in_when_the_agent_changes_the_payload():
    both = replied(asked(handed(pending())), action=refund(200), roles=("finance", "support"), stand_ins=())
    assert "lead" in both.gate.asked
    proposal = replied(asked(handed(pending())), action=refund(200), roles=("finance",), stand_ins=(), channels=())
    assert "lead" not in proposal.gate.asked, "it was support's place that was handed over"
    assert "C0LEAD" in proposal.channels


def test_a_question_stays_open_through_a_changed_policy():
    proposal = asked()
    again = after_all(proposal, moves.rejudge(proposal, gate(approvals=2), "n", after(15)))
    assert replied(again).questions[0].reply == "Invoice 4711."
