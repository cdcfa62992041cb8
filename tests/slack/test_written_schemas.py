"""Schemas as frameworks' own libraries wrote them, each with its version beside it: menus, typed inputs, faults in words."""

import json
from pathlib import Path

import pytest

from bot.slack.forms.fields import FieldType
from bot.slack.forms.parse import errors
from policy.json_schema.schemas import operators_schema
from tests.making import make_proposal
from tests.slack.filling import Filled

WRITTEN = {
    f"{file.stem} {name}": schema
    for file in sorted(Path(__file__).with_name("schemas").glob("*.json"))
    for name, schema in json.loads(file.read_text(encoding="utf-8"))["schemas"].items()
}
PAYLOAD = {
    "amount": 12.5,
    "level": "low",
    "tone": "warm",
    "lines": [{"sku": "A-1", "qty": 2}],
    "day": "2026-11-30",
    "count": None,
    "either": 5,
    "tags": ["a", "b"],
    "done": True,
    "note": "none",
    "extra": {"sku": "B-7", "qty": 1},
}
ELEMENTS = {
    "level": "static_select",
    "tone": "static_select",
    "day": "datepicker",
    "done": "static_select",
    "extra: keep or null": "static_select",
}
each = pytest.mark.parametrize("schema", WRITTEN.values(), ids=WRITTEN)
both = pytest.mark.parametrize("agents", [False, True])


def form_of(schema, *, agents):
    own, theirs = (None, schema) if agents else (schema, None)
    return Filled(make_proposal(payload=PAYLOAD, payload_schema=theirs), own)


def told(form, schema, *, agents):
    """What stands on each input, by label."""
    result = form.read()
    faults = operators_schema(schema).faults(result.payload)
    found = errors(form.shown, faults, result.payload, agents=agents, rows=result.rows)
    names = {field.block_id: field.name for field in form.shown}
    return {names[block]: said for block, said in (result.faults or found.items())}


@each
@both
def test_each_value_has_an_input_of_its_type_and_left_alone_it_stays(schema, agents):
    form = form_of(schema, agents=agents)
    assert {name: form.element(name)["type"] for name in ELEMENTS} == ELEMENTS
    assert [field.name for field in form.shown if field.kind is FieldType.json] == []
    assert form.read().changed == ()
    assert told(form, schema, agents=agents) == {}


@each
@both
def test_what_is_typed_is_what_the_schema_takes(schema, agents):
    form = form_of(schema, agents=agents)
    for name, said in {
        "level": "high",
        "tone": "null: nothing",
        "lines[new row].sku": "C-3",
        "lines[new row].qty": "4",
        "day": "2026-12-01",
        "count": "3",
        "either": "all",
        "tags": "a\nc",
        "extra: keep or null": "null: nothing",
    }.items():
        form.type(name, said)
    assert told(form, schema, agents=agents) == {}
    assert form.read().payload == {
        **PAYLOAD,
        "level": "high",
        "tone": None,
        "lines": [*PAYLOAD["lines"], {"sku": "C-3", "qty": 4}],
        "day": "2026-12-01",
        "count": 3,
        "either": "all",
        "tags": ["a", "c"],
        "extra": None,
    }


@each
def test_a_fault_is_told_in_words_on_its_input(schema):
    form = form_of(schema, agents=False)
    form.type("lines[row 1].qty", "0")
    form.type("lines[row 1].sku", "far too long")
    assert told(form, schema, agents=False) == {
        "lines[row 1].sku": "Too long: write at most 8 characters; there are 12.",
        "lines[row 1].qty": "Too small: write 1 or more.",
    }
    form = form_of(schema, agents=False)
    form.type("count", "many")
    (said,) = told(form, schema, agents=False).values()
    assert said.startswith("Write a number as JSON does")
    assert "leave it empty, for null" in said
