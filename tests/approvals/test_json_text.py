"""Texts that rows and log keep: those of `as_json`, however often they are asked for and whatever came before."""

import json
from dataclasses import replace

import pytest

from approvals.events import as_json
from approvals.gate import Reason
from approvals.json_text import LONGEST, MOST, compact, json_text, payload_text
from approvals.proposal import Action
from tests.approvals.situations import approved, gate
from tests.making import make_ask


@pytest.mark.parametrize(
    "name",
    [
        "ask",
        "gate",
        "action",
        "channels",
        "status",
        "nonce",
        "created_at",
        "decisions",
        "escalated",
        "outcome",
        "overdue",
    ],
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
