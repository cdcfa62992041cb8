"""edit: a new revision under a gate judged anew, and the editor's own approval where it counts."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from approvals import moves
from approvals.decision import tally
from approvals.events import Approved, Decided, Edited, Escalated
from approvals.gate import Escalation, Reason, Tier
from approvals.proposal import Action, Status
from approvals.refusals import (
    AlreadyDecided,
    AlreadyResolved,
    Changed,
    EditBlocked,
    EditFaulty,
    Expired,
    Fault,
    FieldLocked,
    NobodyLeft,
    NotYourRole,
    OwnProposal,
    RoleFull,
)
from approvals.states import after_all
from tests.approvals.situations import (
    ALICE,
    BOB,
    CAROL,
    NONCE,
    OWNED,
    OWNER,
    STRANGER,
    after,
    edited,
    gate,
    in_status,
    pending,
    refund,
)
from tests.making import make_reviewer

BOTH = ("finance", "support")
FAULT = Fault("/amount", "must be at most 1000")


def test_an_edit_is_a_new_revision_that_its_editor_approves():
    events = edited(pending(), refund(90, note="late parcel"))
    assert [type(event) for event in events] == [Edited, Decided, Approved]
    proposal = after_all(pending(), events)
    assert (proposal.status, proposal.revision, proposal.resolved_by) == (Status.approved, 2, ALICE.user)
    assert proposal.action == refund(90, note="late parcel")
    assert proposal.digest == refund(90, note="late parcel").digest


def test_the_revision_says_who_when_and_what():
    revision = edited(pending(), refund(90, note="late parcel"))[0].revision
    assert (revision.number, revision.editor, revision.at) == (2, ALICE.user, after(10))
    assert revision.patch == ({"op": "replace", "path": "/amount", "value": 90},)


def test_the_agents_own_revision_is_kept():
    proposal = after_all(pending(), edited(pending(), refund(90)))
    assert proposal.revisions[0] == pending().revisions[0]


def test_earlier_approvals_are_void():
    waiting = pending(approvals=2)
    once = after_all(waiting, moves.approve(waiting, BOB, NONCE, after(5)))
    proposal = after_all(once, edited(once, refund(9)))
    assert proposal.status is Status.pending
    assert tally(proposal.active_decisions, proposal.gate).approved_by == (ALICE.user,)


def test_the_deadline_stays_whatever_the_new_gate_would_give():
    proposal = after_all(pending(approvals=2), edited(pending(approvals=2), refund(9), expires_in=9999))
    assert proposal.expires_at == pending().expires_at


def test_the_hours_to_run_are_those_of_the_new_gate():
    assert after_all(pending(), edited(pending(), refund(9), execute_within=60)).execute_by == after(70)


def test_the_editor_fills_one_place_of_two():
    waiting = pending(approvals=2)
    proposal = after_all(waiting, edited(waiting, refund(9)))
    assert proposal.status is Status.pending
    with pytest.raises(AlreadyDecided):
        moves.approve(proposal, ALICE, proposal.nonce, after(11))
    assert after_all(proposal, moves.approve(proposal, BOB, proposal.nonce, after(11))).status is Status.approved


def test_an_editor_who_had_agreed_before_counts_once():
    waiting = pending(approvals=2)
    once = after_all(waiting, moves.approve(waiting, ALICE, NONCE, after(5)))
    proposal = after_all(once, edited(once, refund(9)))
    assert tally(proposal.active_decisions, proposal.gate).missing == (("support", 1),)


def test_an_editor_without_a_place_in_the_new_gate_does_not_approve():
    events = edited(pending(), refund(9000), roles=("finance",))
    assert [type(event) for event in events] == [Edited]
    proposal = after_all(pending(), events)
    assert proposal.status is Status.pending
    with pytest.raises(NotYourRole):
        moves.approve(proposal, ALICE, proposal.nonce, after(11))


def test_an_editor_of_one_role_does_not_fill_the_gate_that_rose_to_two():
    proposal = after_all(pending(), edited(pending(), refund(9000), roles=BOTH))
    assert tally(proposal.active_decisions, proposal.gate).missing == (("finance", 1),)
    assert after_all(proposal, moves.approve(proposal, CAROL, proposal.nonce, after(11))).status is Status.approved


def test_an_editor_of_both_roles_does_not_fill_a_gate_of_two_alone():
    both = make_reviewer(user="U0BOTH", roles=frozenset(BOTH))
    proposal = after_all(pending(), edited(pending(), refund(9000), editor=both, roles=BOTH))
    assert proposal.status is Status.pending


def test_an_edit_into_what_is_blocked_is_refused_with_the_words_of_the_rule():
    with pytest.raises(EditBlocked) as refused:
        edited(pending(), refund(9), tier=Tier.block, risk=(Reason(rule="r", reason="Never"),))
    assert refused.value.reasons == ("Never",)


def test_an_edit_that_fails_a_schema_is_refused_with_its_faults():
    with pytest.raises(EditFaulty) as refused:
        moves.edit(pending(), ALICE, refund(9999), gate(), (FAULT,), nonce=NONCE, new_nonce="n2", now=after(10))
    assert refused.value.faults == (FAULT,)


def test_a_locked_field_does_not_change():
    waiting = pending(refund(250, note="x", account="A1"), edit=("note",))
    with pytest.raises(FieldLocked) as refused:
        edited(waiting, refund(251, note="y", account="A2"))
    assert refused.value.fields == ("account", "amount")


def test_a_field_that_is_not_named_cannot_be_added_or_taken_away():
    waiting = pending(refund(250, note="x"), edit=("note",))
    with pytest.raises(FieldLocked):
        edited(waiting, refund(250, note="x", urgent=True))
    with pytest.raises(FieldLocked):
        edited(waiting, Action(name="refund.create", payload={"note": "x"}))


def test_a_named_field_changes():
    waiting = pending(refund(250, note="x"), edit=("note",))
    assert after_all(waiting, edited(waiting, refund(250, note="y"))).status is Status.approved


def test_an_empty_list_locks_everything():
    with pytest.raises(FieldLocked):
        edited(pending(edit=()), refund(9))


def test_an_edit_without_a_change_is_an_approval_of_the_present_revision():
    events = edited(pending(), refund(250, note="late parcel"))
    assert [type(event) for event in events] == [Decided, Approved]
    assert after_all(pending(), events).revision == 1


def test_a_number_written_otherwise_is_no_change_and_keeps_the_bytes():
    proposal = after_all(pending(), edited(pending(), refund(250.0, note="late parcel")))
    assert (proposal.revision, repr(proposal.action.payload["amount"])) == (1, "250")


def test_an_edit_without_a_change_does_not_approve_twice():
    waiting = pending(approvals=2)
    once = after_all(waiting, moves.approve(waiting, ALICE, NONCE, after(5)))
    with pytest.raises(AlreadyDecided):
        edited(once, refund(250, note="late parcel"))


def test_an_edit_without_a_change_needs_no_new_judgement():
    events = moves.edit(
        pending(),
        ALICE,
        refund(250, note="late parcel"),
        gate(tier=Tier.block),
        (FAULT,),
        nonce=NONCE,
        new_nonce="n2",
        now=after(10),
    )
    assert after_all(pending(), events).status is Status.approved


@pytest.mark.parametrize(
    ("who", "refusal"),
    [(OWNER, OwnProposal), (STRANGER, NotYourRole), (CAROL, NotYourRole)],
    ids=["owner", "no", "other"],
)
def test_who_may_not_approve_may_not_edit(who, refusal):
    with pytest.raises(refusal):
        edited(pending(), refund(9), editor=who)
    with pytest.raises(refusal):
        moves.may_edit(pending(), who, NONCE, after(10))


def test_the_one_it_acts_for_does_not_edit_into_their_own_favour():
    with pytest.raises(OwnProposal):
        edited(pending(excluded=OWNED | {ALICE.user}), refund(9))


def test_an_editor_whom_the_new_gate_excludes_does_not_approve():
    events = edited(pending(), refund(9), excluded=OWNED | {ALICE.user})
    assert [type(event) for event in events] == [Edited]


def test_an_edit_at_the_deadline_is_late():
    with pytest.raises(Expired):
        edited(pending(), refund(9), at=after(3600))
    with pytest.raises(Expired):
        moves.may_edit(pending(), ALICE, NONCE, after(3600))


def test_an_edit_of_what_was_edited_meanwhile_is_refused():
    proposal = after_all(pending(approvals=2), edited(pending(approvals=2), refund(9)))
    with pytest.raises(Changed):
        moves.edit(proposal, BOB, refund(8), proposal.gate, (), nonce=NONCE, new_nonce="n3", now=after(11))


@pytest.mark.parametrize("status", [status for status in Status if status is not Status.pending], ids=str)
def test_what_is_resolved_is_not_edited(status):
    with pytest.raises(AlreadyResolved):
        edited(in_status(status), refund(9), at=after(12))


def test_an_edit_of_an_edit_is_a_third_revision():
    waiting = pending(approvals=2)
    second = after_all(waiting, edited(waiting, refund(9)))
    third = after_all(second, edited(second, refund(8), editor=BOB, new_nonce="n3", at=after(11)))
    assert [revision.number for revision in third.revisions] == [1, 2, 3]
    assert (third.round, third.nonce) == (3, "n3")


@given(
    amounts=st.lists(st.integers(0, 5), min_size=1, max_size=4),
    places=st.integers(1, 2),
    who=st.lists(st.sampled_from([ALICE, BOB]), min_size=4, max_size=4),
)
def test_whatever_is_edited_the_approved_payload_is_one_that_enough_people_agreed_to(amounts, places, who):
    proposal = pending(approvals=places)
    for number, (amount, editor) in enumerate(zip(amounts, who, strict=False)):
        try:
            events = edited(proposal, refund(amount), editor=editor, new_nonce=f"n{number}")
        except (AlreadyResolved, AlreadyDecided):
            continue
        proposal = after_all(proposal, events)
    if proposal.status is Status.approved:
        agreed = {each.reviewer for each in proposal.active_decisions if each.revision == proposal.revision}
        assert len(agreed) >= places


def test_whoever_was_called_in_edits_and_counts_in_the_place_they_stand_in_for():
    erin = make_reviewer("U0ERIN", roles=frozenset({"lead"}))
    called = after_all(pending(), [Escalated(at=after(5), to="lead", channel="C0LEAD", by="U0BOB", roles=("support",))])
    events = moves.edit(called, erin, refund(9), gate(), (), nonce=NONCE, new_nonce="n2", now=after(10))
    assert [type(event) for event in events] == [Edited, Decided, Approved]
    assert after_all(called, events).status is Status.approved


def test_the_form_hears_the_same_no_as_the_edit():
    for proposal, nonce in ((pending(), "old"), (in_status(Status.rejected), NONCE)):
        with pytest.raises((Changed, AlreadyResolved)) as foreseen:
            moves.may_edit(proposal, ALICE, nonce, after(20))
        with pytest.raises((Changed, AlreadyResolved)) as met:
            moves.edit(proposal, ALICE, refund(9), gate(), (), nonce=nonce, new_nonce="n", now=after(20))
        assert type(foreseen.value) is type(met.value)


def test_the_gate_of_the_revision_is_the_one_given():
    risen = replace(gate(roles=BOTH), risk=(Reason(rule="r", reason="Large"),), rules=("r",))
    events = moves.edit(pending(), ALICE, refund(9), risen, (), nonce=NONCE, new_nonce="n2", now=after(10))
    assert after_all(pending(), events).gate == risen


def test_where_a_second_person_is_asked_the_editor_alone_approves_nothing():
    events = edited(pending(second_person=True), refund(90))
    assert [type(event) for event in events] == [Edited, Decided]
    proposal = after_all(pending(second_person=True), events)
    assert proposal.editors == {ALICE.user}
    with pytest.raises(AlreadyDecided):
        moves.approve(proposal, ALICE, proposal.nonce, after(20))
    assert after_all(proposal, moves.approve(proposal, BOB, proposal.nonce, after(20))).status is Status.approved


TWO = {"second_person": True, "second_people": ("U0ALICE", "U0BOB")}


def test_the_last_who_could_agree_to_a_change_may_not_make_one_too():
    proposal = after_all(pending(**TWO), edited(pending(**TWO), refund(90)))
    with pytest.raises(NobodyLeft):
        edited(proposal, refund(80), editor=BOB, new_nonce="n3", at=after(11))
    again = after_all(proposal, edited(proposal, refund(80), new_nonce="n3", at=after(11)))
    assert after_all(again, moves.approve(again, BOB, "n3", after(12))).status is Status.approved


def test_neither_may_they_by_a_change_for_which_a_second_person_is_asked_from_then_on():
    proposal = after_all(pending(roles=BOTH), edited(pending(roles=BOTH), refund(90)))
    with pytest.raises(NobodyLeft):
        edited(proposal, refund(80), editor=BOB, new_nonce="n3", at=after(11), **TWO)


@pytest.mark.parametrize(
    "changes",
    [
        {"second_person": False, "second_people": None},
        {"second_people": None},
        {"second_people": ("U0ALICE", "U0BOB", "U0CAROL")},
    ],
)
def test_where_nobody_else_has_to_agree_or_somebody_is_left_or_may_be_a_change_is_made(changes):
    gate = {**TWO, **changes}
    proposal = after_all(pending(**gate), edited(pending(**gate), refund(90), approvals=2, **changes))
    assert after_all(proposal, edited(proposal, refund(80), editor=BOB, new_nonce="n3", at=after(11))).revision == 3


def test_a_role_that_was_called_in_by_hand_may_have_somebody_who_agrees_but_one_of_a_step_is_counted_already():
    step = Escalation(after=1, to="lead", channel="C0LEAD")
    proposal = after_all(pending(**TWO, escalate=(step,)), edited(pending(**TWO, escalate=(step,)), refund(90)))
    proposal = after_all(proposal, moves.due(proposal, after(11)))
    assert [each.to for each in proposal.escalated_to] == ["lead"]
    with pytest.raises(NobodyLeft):
        edited(proposal, refund(80), editor=BOB, new_nonce="n3", at=after(12))
    proposal = after_all(proposal, moves.hand_over(proposal, BOB, "legal", "C0LEGAL", proposal.nonce, after(12)))
    assert edited(proposal, refund(80), editor=BOB, new_nonce="n3", at=after(13))


def test_whoever_edited_before_is_no_second_person_for_the_next_editor():
    proposal = after_all(pending(second_person=True), edited(pending(second_person=True), refund(90)))
    proposal = after_all(proposal, edited(proposal, refund(80), editor=BOB, new_nonce="n3"))
    assert proposal.editors == {ALICE.user, BOB.user}
    with pytest.raises(RoleFull) as no:
        moves.approve(proposal, ALICE, "n3", after(20))
    assert (no.value.people, no.value.missing, no.value.second_person) == (("U0BOB",), (), True)
    erin = make_reviewer("U0ERIN", roles=frozenset({"support"}))
    assert after_all(proposal, moves.approve(proposal, erin, "n3", after(20))).status is Status.approved


def test_an_edit_that_nobody_could_approve_is_refused_with_why():
    with pytest.raises(EditBlocked) as refused:
        edited(pending(), refund(90), quorum_unreachable="Nobody but the owner is in finance.")
    assert refused.value.reasons == ("Nobody but the owner is in finance.",)
