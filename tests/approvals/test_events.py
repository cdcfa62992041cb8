"""Facts: their tags, and what of them the audit log keeps."""

import hashlib
import json
import re
from dataclasses import FrozenInstanceError, dataclass
from datetime import UTC, datetime

import pytest

from approvals.events import Claimed, Decided, Edited, Rejudged, Submitted, as_json, event_facts, instant
from approvals.gate import Tier
from approvals.proposal import Source, Status
from tests.approvals.situations import ALICE, NONCE, after, approved, edited, gate, pending, refund, submission
from tests.house.every import events, notes

KINDS = [*events(), *notes()]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_a_tag_is_a_noun_and_a_participle(kind):
    assert re.fullmatch(r"[a-z]+(_[a-z]+)?:[a-z]+(_[a-z]+)?", kind.tag)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_a_tag_ends_in_the_name_of_its_event_which_may_say_the_noun_or_that_it_is_an_outcome_too(kind):
    noun, _, participle = kind.tag.replace("_", "").partition(":")
    assert kind.__name__.lower() in (participle, noun + participle, "outcome" + participle)


def test_no_two_events_share_a_tag():
    assert len({kind.tag for kind in KINDS}) == len(KINDS)


def test_what_changes_a_proposal_is_about_the_proposal():
    assert {kind.tag.partition(":")[0] for kind in events()} == {"proposal"}


def test_an_event_cannot_be_altered():
    with pytest.raises(FrozenInstanceError):
        submission()[0].at = after(1)


def test_facts_leave_out_the_time_that_the_entry_carries():
    assert "at" not in event_facts(submission()[0])


def test_facts_are_json_whatever_the_event():
    proposal = pending()
    change = edited(proposal, refund(90))
    for event in [*submission(), *change]:
        assert json.loads(json.dumps(event_facts(event))) == event_facts(event)


def test_facts_of_a_submission_hold_the_exact_payload_and_its_digest():
    kept = event_facts(submission(refund(250.0, note="ü"))[0])["action"]
    assert json.dumps(kept["payload"]) == json.dumps({"amount": 250.0, "note": "ü"})
    assert kept["digest"] == refund(250, note="ü").digest


def test_facts_of_a_decision_say_who_what_on_which_revision_and_in_which_role():
    kept = event_facts(Decided(at=after(10), decision=approved().decisions[0]))["decision"]
    assert (kept["reviewer"], kept["verdict"], kept["revision"], kept["roles"]) == (
        ALICE.user,
        "approve",
        1,
        ["support"],
    )
    assert kept["at"] == "2026-11-20T10:15:10.000Z"


@pytest.mark.parametrize("kind", [Submitted, Edited, Rejudged])
def test_the_secret_of_a_card_never_enters_the_log(kind):
    proposal = pending()
    made = {
        Submitted: submission()[0],
        Edited: edited(proposal, refund(90), new_nonce=NONCE)[0],
        Rejudged: Rejudged(at=after(1), gate=gate(), nonce=NONCE),
    }[kind]
    kept = event_facts(made)
    assert NONCE not in json.dumps(kept)
    assert kept["nonce"] == "sha256:" + hashlib.sha256(NONCE.encode()).hexdigest()


def test_the_log_tells_a_new_round_from_one_that_goes_on():
    assert event_facts(Rejudged(at=after(1), gate=gate(), nonce=None))["nonce"] is None


def test_the_claimant_is_kept_as_the_hash_it_came_as():
    claim = Claimed(at=after(1), digest="sha256:0", claimant="c" * 64, report_by=after(60))
    assert event_facts(claim) == {"digest": "sha256:0", "claimant": "c" * 64, "report_by": "2026-11-20T10:16:00.000Z"}


def test_sets_are_written_in_order():
    assert as_json(frozenset({"b", "a", "c"})) == ["a", "b", "c"]
    assert as_json({"b", "a"}) == ["a", "b"]


def test_members_of_an_enum_are_written_as_their_value():
    assert as_json([Status.pending, Tier.block, Source.untrusted]) == ["pending", "block", "untrusted"]


@pytest.mark.parametrize("value", [250, 250.0, True, None, "x", [1, [2]], {"a": {"b": None}}])
def test_json_stays_what_it_is(value):
    assert json.dumps(as_json(value)) == json.dumps(value)


def test_a_type_is_no_fact():
    @dataclass
    class Unheard:
        pass

    with pytest.raises(TypeError, match="type has no place in the audit log"):
        as_json(Unheard)


def test_what_has_no_place_in_the_log_is_refused_rather_than_guessed():
    with pytest.raises(TypeError, match="bytes has no place in the audit log"):
        as_json({"x": b"bytes"})


@pytest.mark.parametrize(
    ("microsecond", "written"), [(0, "000"), (1_000, "001"), (123_000, "123"), (123_999, "123"), (999_999, "999")]
)
def test_a_time_is_written_in_utc_with_milliseconds(microsecond, written):
    at = datetime(2026, 11, 20, 10, 15, 0, microsecond, tzinfo=UTC)
    assert instant(at) == f"2026-11-20T10:15:00.{written}Z"
