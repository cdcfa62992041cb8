"""An object that is null, and may be one: an input for each of its fields, instead of JSON."""

import pytest

from bot.slack.forms.parse import errors
from policy.json_schema.schemas import operators_schema
from tests.making import make_proposal
from tests.slack.filling import Filled

NULL = {"type": "null"}
ADDRESS = {
    "type": "object",
    "properties": {"city": {"type": "string"}, "zip": {"type": "string", "minLength": 4}, "floor": {"type": "integer"}},
    "required": ["city", "zip"],
    "additionalProperties": False,
}
SCHEMA = {
    "properties": {
        "order": {"type": "string"},
        "address": {"anyOf": [ADDRESS, NULL]},
        "customer": {
            "type": ["object", "null"],
            "properties": {"name": {"type": "string"}, "home": {"oneOf": [NULL, ADDRESS]}},
        },
        "lines": {
            "type": "array",
            "items": {"properties": {"sku": {"type": "string"}, "to": {"anyOf": [ADDRESS, NULL]}}},
        },
        "either": {"anyOf": [ADDRESS, NULL, {"type": "string"}]},
    },
}
EMPTY = {"order": "A-1", "address": None}


def opened(payload, **changes):
    return Filled(make_proposal(payload=payload, **changes), SCHEMA)


def names(form):
    return [field.name for field in form.shown]


@pytest.mark.parametrize("agents", [True, False])
def test_it_has_an_input_for_each_field_that_the_object_may_have(agents):
    form = Filled(make_proposal(payload=EMPTY, payload_schema=SCHEMA), None) if agents else opened(EMPTY)
    assert names(form)[:4] == ["order", "address.city", "address.zip", "address.floor"]
    assert "address" not in names(form)
    assert "null now" in str(form.block("address.city")["hint"])
    assert form.objections() == {}


def test_what_is_filled_in_makes_the_object_and_all_else_is_as_it_was():
    form = opened(EMPTY)
    form.type("address.city", "Ulm")
    form.type("address.floor", "3")
    read = form.read()
    assert read.payload == {"order": "A-1", "address": {"city": "Ulm", "floor": 3}}
    assert read.changed == ("address",)
    assert read.faults == ()


def test_while_all_of_it_is_empty_it_stays_null():
    form = opened(EMPTY)
    assert form.read().payload == EMPTY
    assert form.read().changed == ()


def test_a_field_that_the_object_needs_says_so_on_its_input():
    form = opened(EMPTY)
    form.type("address.city", "Ulm")
    payload = form.read().payload
    told = errors(form.shown, operators_schema(SCHEMA).faults(payload), payload)
    assert set(told) == {form.field("address.zip").block_id}, told


def test_what_one_of_its_fields_cannot_be_is_said_on_that():
    form = opened(EMPTY)
    form.type("address.zip", "12")
    form.type("address.city", "Ulm")
    payload = form.read().payload
    told = errors(form.shown, operators_schema(SCHEMA).faults(payload), payload)
    assert set(told) == {form.field("address.zip").block_id}, told


def test_inside_of_an_object_and_of_a_row_it_has_inputs_too():
    form = opened(
        {"customer": {"name": "Ann", "home": None}, "lines": [{"sku": "a", "to": None}, {"sku": "b", "to": None}]}
    )
    form.type("customer.home.city", "Ulm")
    form.type("lines[row 2].to.zip", "8001")
    read = form.read()
    assert read.payload["customer"] == {"name": "Ann", "home": {"city": "Ulm"}}
    assert read.payload["lines"] == [{"sku": "a", "to": None}, {"sku": "b", "to": {"zip": "8001"}}]
    assert read.faults == ()


def test_what_was_typed_in_a_row_that_is_taken_out_is_asked_about():
    form = opened({"lines": [{"sku": "a", "to": None}, {"sku": "b", "to": None}]})
    form.type("lines[row 2].to.zip", "8001")
    rows = next(field for field in form.shown if field.kind == "rows")
    form.state[rows.block_id]["input"] = {"selected_options": [{"value": rows.choices[0][0]}]}
    assert [block for block, _ in form.read().faults] == [form.field("lines[row 2].to.zip").block_id]


def test_where_a_text_may_stand_too_it_is_typed_as_before():
    form = opened({"either": None})
    assert "either" in names(form)


@pytest.mark.parametrize("changes", [{"edit": ("order",)}, {"redact": ("address.zip",)}])
def test_what_may_not_be_changed_or_seen_gets_no_inputs(changes):
    form = opened(EMPTY, **changes)
    assert "address" in names(form)
    assert "address.zip" not in names(form)
