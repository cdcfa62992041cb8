"""What can be wrong with a receipt: each thing is said."""

import copy
from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from approvals.decision import Decision, Verdict, tally
from approvals.events import as_json
from approvals.gate import StandIn
from approvals.proposal import Status
from approvals.states import FINAL, TRANSITIONS
from signoff_client import proof
from storage import Entry
from tests.approvals.stories import one, said, two_of_two_roles
from tests.making import START, make_gate
from tests.recording import (
    ALICE,
    Story,
    changed,
    edited_and_run,
    entry,
    hashed,
    without,
)

OTHER = "sha256:" + "0" * 64


# what does not


@pytest.mark.parametrize(
    "junk", [None, [], "receipt", {}, {"form": 1}, {"form": 1, "revisions": {}}, {"form": 1, "revisions": [None]}]
)
def test_what_is_no_receipt_is_said_to_be_none(junk):
    assert one(junk).startswith("The receipt is not made as receipts are: ")


def test_another_form_is_not_guessed_at():
    assert one({"form": 2}) == "The receipt has the form 2; this program knows 1."


def test_one_byte_of_any_payload_is_missed():
    receipt = edited_and_run().receipt()
    for number in (0, 1):
        tampered = changed(receipt, ("revisions", number, "action", "payload", "order"), "1002")
        assert one(tampered).startswith(f"Revision {number + 1}: its action and payload have the digest sha256:")


def test_a_revision_in_anothers_place_is_said():
    receipt = edited_and_run().receipt()
    assert "Revision 7 stands in the place of revision 1." in said(changed(receipt, ("revisions", 0, "number"), 7))


@pytest.mark.parametrize(("name", "value"), [("digest", OTHER), ("action", "refund.all"), ("revision", 1)])
def test_the_record_names_what_its_last_revision_is(name, value):
    found = said(changed(edited_and_run().receipt(), ("proposal", name), value))
    assert "The proposal names another action, revision or digest than its last revision has." in found


@pytest.mark.parametrize("name", proof.HASHED)
def test_any_part_of_any_entry_is_under_its_hash(name):
    receipt = edited_and_run().receipt()
    for number, each in enumerate(receipt["entries"]):
        other = 999 if isinstance(each[name], int) else "other"
        found = said(changed(receipt, ("entries", number, name), other))
        assert any("its content is not what its hash was made over" in sentence for sentence in found)


def test_an_entry_of_another_proposal_does_not_belong_in_it():
    receipt = edited_and_run().receipt()
    foreign = hashed(changed(receipt, ("entries", 1, "proposal_id"), "prp_other"))
    assert one(foreign) == "Entry 2 is about prp_other, not about this proposal."


def test_entries_out_of_order_are_said():
    receipt = edited_and_run().receipt()
    receipt["entries"][0:2] = receipt["entries"][1::-1]
    assert "Entry 1 stands after entry 2: they are out of order." in said(receipt)


def test_an_entry_that_was_exchanged_does_not_follow():
    receipt = edited_and_run().receipt()
    alone = changed(receipt, ("entries", 1, "facts"), "{}")
    alone["entries"] = [
        hashed({"entries": [each]})["entries"][0] if number == 1 else each
        for number, each in enumerate(alone["entries"])
    ]
    assert one(alone) == "Entry 3 does not follow from entry 2."


def test_entries_of_others_in_between_are_no_fault():
    receipt = edited_and_run().receipt()
    del receipt["entries"][1]
    assert said(receipt) == []


def test_a_record_without_its_beginning_is_none():
    found = said(without(edited_and_run().receipt(), "submitted"))
    assert "Entry 2 (edited) does not begin the proposal, or begins it again." in found


def test_a_record_without_entries_proves_nothing():
    assert one({**edited_and_run().receipt(), "entries": []}) == "No entry tells how the proposal came about."


def test_nothing_begins_twice():
    receipt = edited_and_run().receipt()
    receipt["entries"].append({**receipt["entries"][0], "seq": len(receipt["entries"]) + 1})
    again = f"Entry {len(receipt['entries'])} (submitted) does not begin the proposal, or begins it again."
    assert again in said(hashed(receipt))


@pytest.mark.parametrize(
    ("left_out", "what"), [("approved", "what is pending cannot be claimed"), ("claimed", "what is approved cannot be")]
)
def test_what_cannot_have_happened_did_not(left_out, what):
    assert any(what in sentence for sentence in said(without(edited_and_run().receipt(), left_out)))


def test_a_decision_is_that_of_the_person_who_made_the_entry():
    receipt = edited_and_run().receipt()
    number = entry(receipt, "decided")
    for name, value in (("actor_id", "U0BOB"), ("actor_kind", "system")):
        forged = hashed(changed(receipt, ("entries", number, name), value))
        assert one(forged) == f"Entry {number + 1}: the decision is not that of the person who made the entry."


def lacking(receipt, what):
    """The receipt with the same said in its entries and in its record."""
    return any(sentence.endswith(what) for sentence in said(hashed(receipt)))


def test_an_approval_without_its_decision_fills_no_gate():
    receipt = without(edited_and_run().receipt(), "decided")
    assert lacking({**receipt, "decisions": []}, "do not fill the gate: a place of support is empty.")


def test_an_approval_of_an_earlier_round_fills_no_gate():
    receipt = edited_and_run().receipt()
    early = changed(receipt, ("entries", entry(receipt, "decided"), "facts", "decision", "round"), 1)
    assert lacking(changed(early, ("decisions", 0, "round"), 1), "a place of support is empty.")


def test_an_approval_in_another_role_fills_no_gate():
    receipt = edited_and_run().receipt()
    other = changed(receipt, ("entries", entry(receipt, "decided"), "facts", "decision", "roles"), ["finance"])
    assert lacking(changed(other, ("decisions", 0, "roles"), ["finance"]), "a place of support is empty.")


def test_one_person_fills_one_place():
    receipt = two_of_two_roles().receipt()
    number = entry(receipt, "decided")
    alone = copy.deepcopy(receipt)
    second = [each["tag"] for each in alone["entries"]].index("proposal:decided", number + 1)
    for part in ("facts", "actor_id"):
        alone["entries"][second][part] = alone["entries"][number][part]
    alone["decisions"][1] = alone["decisions"][0]
    assert any("do not fill the gate" in sentence for sentence in said(hashed(alone)))


def test_an_approval_beside_a_rejection_is_none():
    receipt = two_of_two_roles().receipt()
    no = changed(receipt, ("entries", entry(receipt, "decided"), "facts", "decision", "verdict"), "reject")
    assert lacking(changed(no, ("decisions", 0, "verdict"), "reject"), "somebody had rejected it.")


@pytest.mark.parametrize("path", [("excluded",), ("roles",)])
def test_nobody_fills_a_place_that_is_not_theirs(path):
    story = Story().approve()
    receipt = story.receipt()
    value = [ALICE.user] if path == ("excluded",) else ["finance"]
    told = changed(receipt, ("entries", 0, "facts", "gate", *path), value)
    assert lacking(changed(told, ("gate", *path), value), "is empty.")


def test_editors_alone_are_no_second_person():
    receipt = edited_and_run().receipt()
    told = changed(receipt, ("entries", entry(receipt, "edited"), "facts", "gate", "second_person"), True)
    asked_for = changed(told, ("gate", "second_person"), True)
    assert lacking(asked_for, "nobody but its editors agreed, and the gate asks for a second person.")


def test_what_asks_people_was_not_approved_by_itself():
    receipt = edited_and_run().receipt()
    told = changed(receipt, ("entries", entry(receipt, "approved"), "facts", "cause"), "auto")
    assert lacking(changed(told, ("proposal", "cause"), "auto"), "approved as auto, and its gate asks for approve.")


def test_what_was_claimed_is_what_was_approved():
    receipt = edited_and_run().receipt()
    number = entry(receipt, "claimed")
    told = hashed(changed(receipt, ("entries", number, "facts", "digest"), OTHER))
    assert one(told) == f"Entry {number + 1}: {OTHER} was claimed, and that is not what was approved."


SAID = [
    ("proposal", "status"),
    ("proposal", "cause"),
    ("proposal", "reason"),
    ("proposal", "round"),
    ("proposal", "agent"),
    ("proposal", "created_at"),
    ("proposal", "expires_at"),
    ("proposal", "resolved_at"),
    ("proposal", "resolved_by"),
    ("proposal", "claimable_at"),
    ("proposal", "execute_by"),
    ("proposal", "claimed_at"),
    ("proposal", "report_by"),
    ("proposal", "overdue"),
    ("proposal", "ask", "reasoning"),
    ("proposal", "ask", "context"),
    ("final",),
    ("revisions", 1, "editor"),
    ("gate", "tier"),
    ("gate", "approvals"),
    ("decisions", 0, "reviewer"),
    ("decisions", 0, "rushed"),
    ("decisions",),
    ("questions",),
    ("outcome",),
    ("outcome", "status"),
    ("rollback",),
]


@pytest.mark.parametrize("path", SAID, ids=str)
def test_the_record_says_what_its_entries_tell(path):
    name = path[1] if path[0] == "proposal" else path[0]
    found = said(changed(edited_and_run().receipt(), path, ["something else"]))
    assert f"The record's {name} is not what its entries tell." in found


def test_true_is_not_one_and_false_not_nothing():
    receipt = edited_and_run().receipt()
    assert said(changed(receipt, ("gate", "approvals"), True))
    assert said(changed(receipt, ("proposal", "overdue"), 0))


@pytest.mark.parametrize("name", ["iss", "sub", "act", "digest", "agent", "iat", "exp"])
def test_the_permit_is_bound_to_the_record(name):
    receipt = edited_and_run().receipt()
    assert one(changed(receipt, ("permit", name), "other")).startswith(f"The permit is bound to {name} 'other'")
    assert f"The permit is bound to {name} None" in " ".join(said({**receipt, "permit": None}))


def test_a_time_in_no_time_zone_is_none_to_report_by():
    """It would be another moment on every machine, and the receipt hold on some alone."""
    receipt, naive = edited_and_run().receipt(), "2026-11-20T11:15:00.000"
    told = changed(receipt, ("entries", entry(receipt, "claimed"), "facts", "report_by"), naive)
    assert one(hashed(changed(told, ("proposal", "report_by"), naive))) == (
        f"It was to be reported by {naive}, which is in no time zone."
    )


def test_as_many_places_as_somebody_likes_to_write_are_not_counted_out():
    receipt = edited_and_run().receipt()
    facts = ("entries", entry(receipt, "edited"), "facts", "gate", "approvals")
    assert any("do not fill the gate" in each for each in said(hashed(changed(receipt, facts, 2**53 - 1))))


@pytest.mark.parametrize("at", [2**53 - 1, -(2**53 - 1), 1e300])
def test_a_time_that_no_calendar_has_is_said(at):
    receipt = changed(edited_and_run().receipt(), ("entries", 0, "at"), at)
    assert any("not made as receipts are" in each for each in said(hashed(receipt)))


def test_there_is_no_permit_without_a_claim():
    receipt = Story().approve().receipt()
    assert one({**receipt, "permit": {"sub": receipt["proposal"]["id"]}}) == (
        "It has a permit, but no entry tells of a claim."
    )


# what it knows of the domain


def test_it_knows_every_event_that_moves_a_proposal_and_from_where():
    moving = {
        event.tag.removeprefix("proposal:"): (str(to), {str(of) for of, each in TRANSITIONS.items() if event in each})
        for status, follows in TRANSITIONS.items()
        for event, to in follows.items()
        if to is not status
    }
    assert moving == proof.FOLLOWS
    assert {str(status) for status in FINAL} == proof.FINAL
    assert {str(status) for status in Status} >= {after for after, _ in proof.FOLLOWS.values()}


def test_it_knows_what_an_entry_is_hashed_over():
    assert {field.name for field in fields(Entry)} == {*proof.HASHED, "previous", "hash", "seal", "content"}


@given(
    st.lists(st.tuples(st.sampled_from("ABCDE"), st.sets(st.sampled_from(["lead", "support", "finance"]))), max_size=8),
    st.integers(1, 3),
    st.sets(st.sampled_from("ABC")),
    st.integers(0, 2),
)
def test_it_seats_people_as_the_tally_does(votes, approvals, backups, most):
    backed = (StandIn(role="support", by="boss", most=most),)
    gate = make_gate(roles=("finance", "lead", "support"), approvals=approvals, stand_ins=backed)
    decisions = [
        Decision(
            reviewer=who,
            verdict=Verdict.approve,
            revision=1,
            round=1,
            at=START,
            roles=tuple(sorted(roles)),
            backup=("support",) if who in backups and "support" in roles else (),
        )
        for who, roles in votes
    ]
    people = {}
    for each in decisions:
        people.setdefault(each.reviewer, set()).update(proof._places(as_json(each), as_json(gate)))
    missing = proof._missing(list(gate.roles), approvals, people)
    assert missing == [role for role, _ in tally(decisions, gate).missing]
