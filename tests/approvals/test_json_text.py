"""Texts that rows and log keep: those of `as_json`, however often they are asked for and whatever came before."""

import json
from dataclasses import replace

import pytest

from approvals.events import Rejected, Rejudged, as_json, event_facts
from approvals.gate import Reason
from approvals.json_text import LONGEST, MOST, compact, facts_text, json_text, payload_text
from approvals.proposal import Action, Cause
from tests.approvals.situations import after, approved, edited, gate, pending, refund, submission
from tests.making import make_ask


def events():
    proposal = pending()
    return [
        *submission(refund(250.0, note='ü "quoted" \n \x00')),
        *edited(proposal, refund(90)),
        Rejudged(at=after(1), gate=gate(), nonce=None),
        Rejected(at=after(2), cause=Cause.reviewer, by="U0ALICE", reason="No"),
    ]


def test_the_text_of_an_event_is_that_of_its_facts():
    for event in [*events(), *events()]:
        assert facts_text(event) == compact(event_facts(event)) == facts_text(event)


@pytest.mark.parametrize(
    "name", ["ask", "gate", "action", "channels", "status", "nonce", "created_at", "decisions", "escalated", "outcome"]
)
def test_the_text_of_a_value_is_that_of_its_json(name):
    value = getattr(approved(), name)
    assert json_text(value) == compact(as_json(value))


def test_the_text_of_a_payload_keeps_order_and_kinds_of_numbers():
    assert payload_text(Action(name="a.b", payload={"b": 1.0, "a": [1, None, True]})) == '{"b":1.0,"a":[1,null,true]}'


def test_what_is_equal_but_for_what_no_comparison_sees_has_its_own_text():
    once, always = (replace(gate(), risk=(Reason(rule="r", reason="Why", always=each),)) for each in (False, True))
    assert once == always
    assert [json.loads(json_text(each))["risk"][0]["always"] for each in (once, always)] == [False, True]


def test_what_came_before_and_is_gone_lends_nobody_its_text():
    for number in range(3 * MOST):
        said = f"{number}" * (LONGEST if number % 7 == 0 else 1)
        assert json.loads(json_text(make_ask(reasoning=said)))["reasoning"] == said
        assert json.loads(payload_text(Action(name="a.b", payload={"n": said}))) == {"n": said}


def test_what_is_no_json_has_no_text():
    with pytest.raises(TypeError, match="no place in the audit log"):
        json_text(object())


def test_a_short_text_is_made_once_and_a_long_one_is_kept_for_nobody():
    short, long = (Action(name="a.b", payload={"n": "x" * many}) for many in (1, LONGEST))
    assert payload_text(short) is payload_text(short)
    for value in (gate(), make_ask()):
        assert json_text(value) is json_text(value)
    assert payload_text(long) is not payload_text(long)


def test_no_more_texts_are_kept_than_memory_is_meant_for():
    first, others = (Action(name="a.b", payload={"n": -1})), [Action(name="a.b", payload={"n": n}) for n in range(MOST)]
    before = payload_text(first)
    for each in others:
        payload_text(each)
    assert payload_text(first) == before
    assert payload_text(first) is not before
