"""What comes into a payload by a form, and what goes: blank inputs, a new row, fields taken out, null for all of it."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.slack.forms.blanks import MOST_BLANKS
from bot.slack.forms.fields import FieldType
from bot.slack.forms.parse import errors
from policy.json_schema.schemas import operators_schema
from tests.making import make_proposal
from tests.slack.filling import Filled

NULL = {"type": "null"}
LINE = {
    "type": "object",
    "properties": {
        "sku": {"type": "string", "maxLength": 5},
        "qty": {"type": "integer", "minimum": 1},
        "unit": {"enum": ["piece", "box"]},
    },
    "required": ["sku", "qty"],
    "additionalProperties": False,
}
ORDER = {
    "properties": {
        "amount": {"type": "number"},
        "note": {"type": "string", "minLength": 3},
        "level": {"anyOf": [{"enum": ["low", "high"]}, NULL]},
        "express": {"type": "boolean"},
        "day": {"type": "string", "format": "date"},
        "mail": {"type": "string", "format": "email"},
        "count": {"type": ["integer", "null"], "minimum": 1},
        "tags": {"type": "array", "items": {"type": "string"}},
        "kinds": {"type": "array", "items": {"enum": ["a", "b"]}},
        "to": {"type": "object"},
        "either": {"type": ["integer", "string"]},
        "lines": {"type": "array", "items": LINE, "maxItems": 4},
    },
    "required": ["amount", "lines"],
    "additionalProperties": False,
}
ROWS = [{"sku": "A-1", "qty": 2}, {"sku": "B-7", "qty": 5}]
PAYLOAD = {"amount": 5, "lines": ROWS}


def form_of(payload=PAYLOAD, schema=ORDER, *, agents=False, **changes):
    return Filled(
        make_proposal(payload=payload, payload_schema=schema if agents else None, **changes), None if agents else schema
    )


def told(form, schema=ORDER):
    """What stands on each input, by label."""
    result = form.read()
    found = errors(form.shown, operators_schema(schema).faults(result.payload), result.payload, rows=result.rows)
    names = {field.block_id: field.name for field in form.shown}
    return {names[block]: said for block, said in (result.faults or found.items())}


def typed(form, **said):
    for name, text in said.items():
        form.type(name, text)
    return form.read()


def names(form):
    return [field.name for field in form.shown]


# Declared fields that are absent


@pytest.mark.parametrize("agents", [False, True])
def test_a_declared_field_that_is_absent_has_an_empty_input_of_its_type(agents):
    form = form_of(agents=agents)
    assert {field.name: form.element(field.name)["type"] for field in form.shown if len(field.path) == 1} == {
        "note": "plain_text_input",
        "level": "static_select",
        "express": "static_select",
        "day": "datepicker",
        "mail": "email_text_input",
        "count": "plain_text_input",
        "tags": "plain_text_input",
        "kinds": "multi_static_select",
        "to": "plain_text_input",
        "either": "plain_text_input",
    } | {name: form.element(name)["type"] for name in ("amount", "lines: rows to keep", "lines: new rows")}
    assert form.block("note")["hint"]["text"] == "At least 3 characters. Not there yet; empty leaves it out."
    assert form.objections() == {}
    assert (form.read().changed, form.read().typed) == ((), {})


@pytest.mark.parametrize(
    ("name", "said", "value"),
    [
        ("note", "By phone", "By phone"),
        ("note", '"By phone"', '"By phone"'),
        ("note", " null ", " null "),
        ("level", "high", "high"),
        ("level", "null: nothing", None),
        ("express", "false", False),
        ("day", "2026-12-01", "2026-12-01"),
        ("mail", "mira@example.com", "mira@example.com"),
        ("count", "3", 3),
        ("count", "null", None),
        ("tags", "a\nb", ["a", "b"]),
        ("kinds", ["b"], ["b"]),
        ("to", '{"city": "Delft"}', {"city": "Delft"}),
        ("either", "3", 3),
        ("either", "three", "three"),
    ],
)
def test_what_is_typed_into_it_comes_in_behind_all_that_was_there(name, said, value):
    form = form_of()
    result = typed(form, **{name: said})
    assert (result.faults, result.changed) == ((), (name,))
    assert json.dumps(result.payload) == json.dumps({**PAYLOAD, name: value})
    assert result.payload["lines"] is form.field("lines: rows to keep").top, "what was left alone is the very same"
    assert result.blocks == (form.field(name).block_id,)


@pytest.mark.parametrize(
    ("name", "said", "fault"),
    [
        ("note", "a", "Too short: write at least 3 characters; there are 1."),
        ("count", "0", "Too small: write 1 or more."),
        ("count", "many", "Write a number as JSON does"),
        ("count", "1.5", "Write a whole number."),
        ("to", "{", "This is not JSON"),
        ("to", "5", "This has to be an object."),
    ],
)
def test_a_fault_of_it_stands_on_it(name, said, fault):
    form = form_of()
    form.type(name, said)
    (label,) = told(form)
    assert label == name
    assert fault in told(form)[name]
    assert form.read().typed == {name: said}, "and what was typed is kept"
    assert Filled(make_proposal(payload=PAYLOAD), ORDER, typed={name: said}).element(name)["initial_value"] == said


def test_a_field_that_must_be_there_and_is_not_says_so_on_its_input():
    schema = {**ORDER, "required": ["amount", "lines", "note"]}
    form = form_of(schema=schema)
    assert told(form, schema) == {"note": "This is needed: fill it in."}


def test_a_field_that_reviewers_may_not_change_cannot_come_in_either():
    form = form_of(edit=("amount", "note"))
    assert [field.name for field in form.shown if field.blank] == ["note"]
    form = form_of(schema={"additionalProperties": True}, edit=("amount", "why"))
    assert [field.name for field in form.shown if field.locked is None] == ["amount", "why", "fields to keep"]
    assert not any(field.blank for field in form_of(edit=()).shown)


@pytest.mark.parametrize("redact", ["note", "payload.note", "note.inside"])
def test_a_field_that_the_policy_redacts_cannot_come_in(redact):
    assert "note" not in names(form_of(redact=(redact,)))


def test_what_is_too_much_for_blank_inputs_comes_in_by_name():
    properties = {f"f{number}": {"type": "integer"} for number in range(MOST_BLANKS + 1)}
    form = form_of({"amount": 5}, {"properties": properties})
    assert names(form) == ["amount", "new fields"]
    assert form.block("new fields")["hint"]["text"].endswith(
        "Only these: f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12."
    )
    assert typed(form, **{"new fields": "f3: 7"}).payload == {"amount": 5, "f3": 7}
    full = {f"x{number}": number for number in range(75)}
    form = form_of(full, {"properties": {f"f{number}": {} for number in range(9)}})
    assert names(form) == [*full, "new fields"], "a form has no room for more than 80 inputs"


def test_an_object_that_may_have_any_field_takes_them_by_name_beside_those_with_an_input():
    schema = {"properties": {"note": {"type": "string"}}, "additionalProperties": {"type": "integer"}}
    form = form_of({"amount": 5}, schema)
    result = typed(form, **{"note": "why", "new fields": "size: 3"})
    assert result.payload == {"amount": 5, "note": "why", "size": 3}
    assert set(result.changed) == {"note", "size"}
    form.type("new fields", "note: again")
    assert told(form, schema) == {"new fields": "note is there already: change it in its own input."}
    form = form_of({"amount": 5}, schema)
    form.type("new fields", "size: big\ncolour: red")
    assert told(form, schema)["new fields"].startswith("Line 1: This is not JSON")


# Fields that are taken out

CUSTOMER = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "phone": {"type": "string"}, "fax": {"type": "string"}},
    "required": ["name"],
}


def keep(form, *kept, label="fields to keep"):
    """Picks what stays: fields by what people read, rows by their number from 0."""
    options = {each["text"]["text"]: each["value"] for each in form.element(label)["options"]}
    numbers = dict(zip(options, range(len(options)), strict=True)) if label != "fields to keep" else {}
    form.type(label, [value for text, value in options.items() if text in kept or numbers.get(text) in kept])


def test_a_field_that_no_schema_requires_can_be_taken_out():
    payload = {**PAYLOAD, "note": "By phone", "day": "2026-12-01"}
    form = form_of(payload)
    assert [each["text"]["text"] for each in form.element("fields to keep")["options"]] == ["note", "day"]
    assert form.block("fields to keep")["hint"]["text"] == "A field that is not picked is taken out."
    keep(form, "day")
    result = form.read()
    assert (result.changed, result.blocks) == (("note",), (form.field("fields to keep").block_id,))
    assert json.dumps(result.payload) == json.dumps({**PAYLOAD, "day": "2026-12-01"})


def test_a_field_inside_an_object_can_be_taken_out():
    form = form_of(
        {"to": {"name": "Mira", "phone": "1", "fax": "2"}}, {"properties": {"to": CUSTOMER}, "required": ["to"]}
    )
    assert [each["text"]["text"] for each in form.element("fields to keep")["options"]] == ["to.phone", "to.fax"]
    keep(form, "to.fax")
    assert form.read().payload == {"to": {"name": "Mira", "fax": "2"}}


def test_of_an_object_that_may_have_any_field_any_can_be_taken_out_and_others_put_in():
    schema = {"properties": {"quotas": {"type": "object", "additionalProperties": {"type": "integer"}}}}
    form = form_of({"quotas": {"cpu": 1, "gpu": 2}}, {**schema, "required": ["quotas"]})
    keep(form, "quotas.gpu")
    form.type("quotas: new fields", "disk: 7")
    assert form.read().payload == {"quotas": {"gpu": 2, "disk": 7}}


def test_what_was_typed_into_a_field_that_is_taken_out_is_asked_about():
    form = form_of({**PAYLOAD, "note": "By phone"})
    form.type("note", "By mail")
    keep(form)
    assert told(form) == {
        "note": "You changed this, but it is taken out below: pick its field again, or leave this as it was."
    }
    assert form.read().typed.keys() == {"note", "fields to keep"}, "and nothing of it is lost"


def test_too_few_fields_are_told_where_they_are_picked():
    schema = {"properties": {"quotas": {"additionalProperties": True, "minProperties": 2}}, "required": ["quotas"]}
    form = form_of({"quotas": {"cpu": 1, "gpu": 2}}, schema)
    keep(form, "quotas.gpu")
    assert [*told(form, schema)] == ["quotas: new fields"]


@pytest.mark.parametrize(
    "schema", [None, {}, {"properties": {"amount": {}}, "required": ["amount"]}, {"properties": {"else": {}}}]
)
def test_a_field_of_which_no_schema_says_that_it_may_go_stays(schema):
    assert "fields to keep" not in names(form_of({"amount": 5}, schema))


def test_a_field_that_reviewers_may_not_change_or_see_stays():
    payload = {"amount": 5, "note": "By phone", "day": "2026-12-01", "mail": "a@example.com"}
    form = form_of(payload, {"properties": ORDER["properties"]}, edit=("note", "mail"), redact=("mail",))
    assert [path for _, path in form.field("fields to keep").choices] == [["note"]]


@given(
    payload=st.dictionaries(
        st.sampled_from("abcd"), st.integers(0, 9) | st.lists(st.integers(0, 9), max_size=2), min_size=1
    ),
    required=st.sets(st.sampled_from("abcd")),
    choose=st.randoms(use_true_random=False),
)
@settings(deadline=None)
def test_whatever_is_taken_out_all_else_is_the_very_same(payload, required, choose):
    schema = {"properties": {name: {} for name in "abcd"}, "required": sorted(required)}
    form = form_of(payload, schema)
    optional = [name for name in payload if name not in required]
    kept = [name for name in optional if choose.random() < 0.5]
    if optional:
        keep(form, *kept)
    result = form.read()
    assert json.dumps(result.payload) == json.dumps(
        {name: value for name, value in payload.items() if name in required or name in kept}
    )
    assert set(result.changed) == {*optional} - {*kept}


def test_a_field_can_go_from_a_row_and_with_all_that_is_in_it():
    schema = {"properties": {"lines": {"items": LINE}, "to": CUSTOMER}, "required": ["lines"]}
    form = form_of({"lines": [{**ROWS[0], "unit": "box"}, ROWS[1]], "to": {"name": "Mira", "fax": "2"}}, schema)
    assert [each["text"]["text"] for each in form.element("fields to keep")["options"]] == [
        "lines[row 1].unit",
        "to",
        "to.fax",
    ]
    keep(form)
    result = form.read()
    assert (result.faults, result.payload, set(result.changed)) == ((), {"lines": ROWS}, {"lines", "to"})


def test_a_menu_lists_as_many_as_slack_lets_it_and_says_how_many_more_there_are():
    many = {f"f{number}": "\u200b" for number in range(130)}
    form = form_of(many, {"additionalProperties": True})
    assert len(form.element("fields to keep")["options"]) == 100
    assert "30 more could go" in form.block("fields to keep")["hint"]["text"]
    keep(form, *(f"f{number}" for number in range(99)))
    assert set(many) - set(form.read().payload) == {"f99"}


def test_where_a_form_has_no_room_for_it_it_says_so():
    form = form_of({f"f{number}": number for number in range(90)}, {"additionalProperties": True})
    assert form.field("fields to keep").locked == "there are more fields than fit one form"
    assert "fields to keep" in json.dumps(form.view)


# Null in place of it all

NULLABLE = {
    "properties": {
        "to": {"anyOf": [CUSTOMER, NULL]},
        "lines": {"anyOf": [{"type": "array", "items": LINE}, NULL]},
        "kinds": {"anyOf": [{"type": "array", "items": {"enum": ["a", "b"]}}, NULL]},
        "body": {"anyOf": [{"type": "string"}, NULL]},
    },
    "required": ["to", "lines", "kinds", "body"],
}
WHOLE = {"to": {"name": "Mira", "phone": "1"}, "lines": ROWS, "kinds": ["a"], "body": "x " * 2000}


@pytest.mark.parametrize("name", ["to", "lines", "kinds"])
def test_null_can_take_the_place_of_an_object_a_table_or_a_list(name):
    form = form_of(WHOLE, NULLABLE)
    label = f"{name}: keep or null"
    assert [each["text"]["text"] for each in form.element(label)["options"]] == ["keep", "null: nothing"]
    form.type(label, "null: nothing")
    assert form.objections() == {}
    result = form.read()
    assert (result.faults, result.changed) == ((), (name,))
    assert result.payload == {**WHOLE, name: None}
    assert told(form, NULLABLE) == {}


def test_a_long_text_all_of_whose_parts_are_cleared_is_null_where_null_may_stand():
    form = form_of(WHOLE, NULLABLE)
    parts = [field.name for field in form.shown if field.path == ("body",)]
    assert "All parts empty means null" in form.block(parts[0])["hint"]["text"]
    for part in parts:
        form.type(part, None)
    assert form.read().payload == {**WHOLE, "body": None}


def test_what_was_typed_where_null_is_to_stand_is_asked_about():
    form = form_of(WHOLE, NULLABLE)
    form.type("lines[row 1].qty", "9")
    form.type("lines[new row].sku", "C-1")
    form.type("lines: keep or null", "null: nothing")
    assert set(told(form, NULLABLE)) == {"lines[row 1].qty", "lines[new row].sku"}
    assert "null is to take its place" in told(form, NULLABLE)["lines[new row].sku"]


def test_where_null_may_not_stand_nothing_offers_it():
    assert not any(field.kind is FieldType.null for field in form_of().shown)


# A new row, a column an input


def test_a_new_row_has_an_input_a_column_and_is_there_once_one_is_filled_in():
    form = form_of()
    assert [name for name in names(form) if "new row]" in name] == [
        "lines[new row].sku",
        "lines[new row].qty",
        "lines[new row].unit",
    ]
    assert form.block("lines[new row].qty")["hint"]["text"] == (
        "A whole number, at least 1. Of a new row; empty leaves it out."
    )
    result = typed(form, **{"lines[new row].sku": "C-3", "lines[new row].qty": "4", "lines[new row].unit": "box"})
    assert (result.faults, result.changed) == ((), ("lines",))
    assert json.dumps(result.payload) == json.dumps(
        {"amount": 5, "lines": [*ROWS, {"sku": "C-3", "qty": 4, "unit": "box"}]}
    )


def test_a_fault_of_the_new_row_stands_on_its_column():
    form = form_of()
    form.type("lines[new row].sku", "far too long")
    assert told(form) == {
        "lines[new row].sku": "Too long: write at most 5 characters; there are 12.",
        "lines[new row].qty": "This is needed: fill it in.",
    }


@pytest.mark.parametrize("own", [False, True])
def test_more_new_rows_come_after_it_and_their_faults_are_counted_from_their_own_first(own):
    form = form_of()
    keep(form, 1, label="lines: rows to keep")
    if own:
        typed(form, **{"lines[new row].sku": "C-3", "lines[new row].qty": "4"})
    form.type("lines: new rows", '{"sku": "D-9", "qty": 1}\n{"sku": "E-2"}')
    rows = form.read().payload["lines"]
    assert rows == [ROWS[1], *([{"sku": "C-3", "qty": 4}] if own else []), {"sku": "D-9", "qty": 1}, {"sku": "E-2"}]
    assert told(form) == {"lines: new rows": "New row 2, qty: is missing"}


def test_a_table_without_a_schema_has_the_columns_and_the_types_of_its_last_row():
    form = form_of({"lines": [{"sku": "A", "n": 1, "on": True, "more": {"a": 1}}]}, None)
    assert form.element("lines[new row].on")["type"] == "static_select"
    result = typed(
        form,
        **{
            "lines[new row].sku": "7",
            "lines[new row].n": "7",
            "lines[new row].on": "false",
            "lines[new row].more": '{"a": 2}',
        },
    )
    assert json.dumps(result.payload["lines"][1]) == '{"sku": "7", "n": 7, "on": false, "more": {"a": 2}}'


def test_a_full_table_has_no_inputs_for_a_new_row_and_one_with_too_many_columns_none_either():
    full = {"properties": {"lines": {"type": "array", "items": LINE, "minItems": 2, "maxItems": 2}}}
    assert not any(field.blank and len(field.path) > 1 for field in form_of({"lines": ROWS}, full).shown)
    wide = [{f"c{number}": number for number in range(MOST_BLANKS + 1)}]
    form = form_of({"lines": wide}, None)
    assert not any(field.blank for field in form.shown)
    assert form.block("lines: new rows")["hint"]["text"].startswith("Write each new row on a line")


def test_a_new_row_of_a_table_in_a_row_goes_into_that_row():
    payload = {"a": [{"parts": [{"id": 1}]}, {"parts": [{"id": 3}]}]}
    form = form_of(payload, None)
    assert "a[row 2].parts[new row].id" in names(form)
    result = typed(form, **{"a[row 2].parts[new row].id": "4"})
    assert result.payload == {"a": [{"parts": [{"id": 1}]}, {"parts": [{"id": 3}, {"id": 4}]}]}
    assert payload["a"][1] == {"parts": [{"id": 3}]}


def test_a_new_row_beside_a_row_that_goes_is_the_last():
    form = form_of()
    keep(form, 0, label="lines: rows to keep")
    result = typed(form, **{"lines[new row].sku": "C-3", "lines[new row].qty": "0"})
    assert result.payload["lines"] == [ROWS[0], {"sku": "C-3", "qty": 0}]
    assert told(form) == {"lines[new row].qty": "Too small: write 1 or more."}
