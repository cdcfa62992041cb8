"""Content: what is left without it is what its entries tell without theirs, and nothing of it is in that."""

import json
from dataclasses import replace

import pytest

from approvals.content import ERASED, joined, parted, parted_facts, without_content
from approvals.events import Erased, Rejected, Rejudged, Revoked, event_facts
from approvals.gate import Fact, Reason
from approvals.json_text import LONGEST, compact, json_text
from approvals.proposal import Action, Cause, ErasedPayload
from approvals.states import after_all
from tests.approvals.situations import after, edited, gate, refund, submission

CANARY = "canary-7f3a"


def story():
    """All that happened, with something written wherever it can be."""
    held = gate(risk=(Reason(rule="r", reason=CANARY),), facts=(Fact(rule="r", name="n", value=CANARY),))
    first, *more = submission(refund(250.0, note=CANARY, text='ü "quoted" \n \x00'))
    asked = replace(first.ask, reasoning=CANARY, summary=CANARY, signals={CANARY: 1}, on_behalf_of=CANARY)
    first = replace(first, ask=asked, gate=held)
    proposal = after_all(None, [first, *more])
    return [
        first,
        *more,
        Rejudged(at=after(1), gate=held, nonce=None),
        *edited(proposal, refund(90, note=f"{CANARY}-2")),
        Revoked(at=after(2), cause=Cause.reviewer, by="U0ALICE", reason=CANARY),
    ]


def test_a_proposal_without_content_is_what_its_events_make_without_theirs():
    events = story()
    whole = after_all(None, events)
    assert without_content(whole) == after_all(None, [without_content(each) for each in events])
    assert CANARY in repr(whole)
    assert CANARY not in repr(without_content(whole))
    assert without_content(without_content(whole)) == without_content(whole)


def test_what_happened_is_kept():
    whole = after_all(None, story())
    left = without_content(whole)
    for name in ("id", "status", "cause", "resolved_by", "resolved_at", "digest", "revision", "round", "nonce"):
        assert getattr(left, name) == getattr(whole, name)
    assert [each.action.digest for each in left.revisions] == [each.action.digest for each in whole.revisions]
    assert left.ask.agent == whole.ask.agent
    assert left.reason == ERASED


@pytest.mark.parametrize("number", range(len(story())))
def test_facts_and_content_together_are_all_that_was_told(number):
    event = story()[number]
    stays, written = parted_facts(event)
    assert stays == compact(event_facts(without_content(event)))
    assert joined(json.loads(stays), json.loads(written or "{}")) == event_facts(event)
    assert CANARY not in stays


def test_what_nobody_wrote_anything_of_is_the_very_same():
    rejected = Rejected(at=after(2), cause=Cause.expired, by=None, reason=None)
    assert without_content(rejected) is rejected
    assert parted_facts(rejected) == (compact(event_facts(rejected)), None)


def test_an_erased_action_keeps_its_digest_and_is_null_as_json():
    action = Action(name="a.b", payload={"n": 1})
    left = without_content(action)
    assert (left.name, left.digest, left.payload) == ("a.b", action.digest, ErasedPayload())
    assert json.loads(json_text(left))["payload"] is None


def test_after_an_erasure_nothing_is_left_of_what_came_before():
    whole = after_all(None, story())
    erased = after_all(whole, [Erased(at=after(9), by="alex", why="asked for", contents=3)])
    assert erased.erased_at == after(9)
    assert replace(erased, erased_at=None, version=whole.version) == without_content(whole)
    assert event_facts(Erased(at=after(9), by="alex", why="w", contents=3)) == {"by": "alex", "why": "w", "contents": 3}


def test_the_same_gate_is_parted_once_and_a_long_one_is_kept_for_nobody():
    short, long = (gate(risk=(Reason(rule="r", reason="x" * many),)) for many in (1, LONGEST))
    assert parted(short) is parted(short)
    assert parted(long) == parted(long)
    assert parted(long) is not parted(long)
