"""Tables edited row by row, rows taken out and added, and fields added to objects that may have more."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.slack.forms.controls import Arrangement, arrange
from bot.slack.forms.edit_conflict import carried
from bot.slack.forms.fields import FieldType, fields
from bot.slack.forms.parse import errors, read_form
from bot.slack.forms.places import MOST_CELLS, Place, labels
from policy.json_schema.schemas import operators_schema
from tests.making import make_proposal
from tests.slack.filling import Filled

ROWS = [{"sku": "A-1", "qty": 2}, {"sku": "B-7", "qty": 5}, {"sku": "C-3", "qty": 1}]
LINE = {
    "type": "object",
    "properties": {"sku": {"type": "string", "maxLength": 5}, "qty": {"type": "integer", "minimum": 1}},
    "required": ["sku", "qty"],
    "additionalProperties": False,
}
ORDER = {"properties": {"lines": {"type": "array", "items": LINE, "minItems": 2, "maxItems": 4}}}


def ordered(rows=ROWS, schema=ORDER, *, agents=None):
    return Filled(make_proposal(payload={"lines": rows, "note": "x"}, payload_schema=agents), schema)


def option(form, row):
    """The option of a row, by its number."""
    return next(text for text, at in form.field("lines: rows to keep").choices if at == row - 1)


def keep(form, *rows):
    form.type("lines: rows to keep", [option(form, row) for row in rows])


def told(form, schema=ORDER, *, agents=False):
    """What stands on each input, by label."""
    result = form.read()
    names = {field.block_id: field.name for field in form.shown}
    if result.faults:
        return {names[block]: said for block, said in result.faults}
    faults = operators_schema(schema).faults(result.payload)
    found = errors(form.shown, faults, result.payload, agents=agents, rows=result.rows)
    return {names[block]: said for block, said in found.items()}


# Rows


def test_each_value_of_each_row_has_an_input_of_its_own():
    form = ordered()
    assert [field.name for field in form.shown] == [
        "lines[row 1].sku",
        "lines[row 1].qty",
        "lines[row 2].sku",
        "lines[row 2].qty",
        "lines[row 3].sku",
        "lines[row 3].qty",
        "lines: rows to keep",
        "lines[new row].sku",
        "lines[new row].qty",
        "lines: new rows",
        "note",
        "fields to keep",
    ]
    assert form.block("lines[row 2].qty")["hint"]["text"] == "A whole number, at least 1."
    form.type("lines[row 2].qty", "6")
    result = form.read()
    assert json.dumps(result.payload["lines"]) == json.dumps([ROWS[0], {"sku": "B-7", "qty": 6}, ROWS[2]])
    assert result.payload["lines"][0] is ROWS[0], "what was left alone is the very same"
    assert (ROWS[1]["qty"], result.changed) == (5, ("lines",))


def test_a_row_that_is_not_picked_is_taken_out():
    form = ordered()
    assert [each["text"]["text"] for each in form.element("lines: rows to keep")["options"]] == [
        "row 1 · A-1 · 2",
        "row 2 · B-7 · 5",
        "row 3 · C-3 · 1",
    ]
    keep(form, 1, 3)
    assert form.read().payload["lines"] == [ROWS[0], ROWS[2]]


@pytest.mark.parametrize(
    "said",
    [
        '{"sku": "D-9", "qty": 4}',
        '{\n  "sku": "D-9",\n  "qty": 4\n}',
        '[{"sku": "D-9", "qty": 4}]',
    ],
)
def test_a_row_is_added_as_the_hint_says(said):
    form = ordered()
    assert form.block("lines: new rows")["hint"]["text"] == (
        'Write each new row on a line, as JSON: {"sku": …, "qty": …}'
    )
    form.type("lines: new rows", said)
    assert form.read().payload["lines"] == [*ROWS, {"sku": "D-9", "qty": 4}]


def test_values_rows_that_go_and_rows_that_come_hold_together():
    form = ordered()
    form.type("lines[row 3].qty", "9")
    keep(form, 2, 3)
    form.type("lines: new rows", '{"sku": "D-9", "qty": 4}\n\n{"sku": "E-2", "qty": 1}')
    result = form.read()
    assert result.payload["lines"] == [
        ROWS[1],
        {"sku": "C-3", "qty": 9},
        {"sku": "D-9", "qty": 4},
        {"sku": "E-2", "qty": 1},
    ]
    assert told(form) == {}


def test_what_was_typed_into_a_row_that_is_taken_out_is_asked_about():
    form = ordered()
    form.type("lines[row 2].qty", "9")
    keep(form, 1, 3)
    assert told(form) == {
        "lines[row 2].qty": "You changed this, but its row is taken out below: pick the row again, or leave this as it was."
    }


def test_a_fault_stands_on_the_row_that_the_form_shows_whichever_went_before_it():
    form = ordered()
    keep(form, 2, 3)
    form.type("lines[row 3].qty", "0")
    form.type("lines: new rows", '{"sku": "D-9"}\n{"sku": "far too long", "qty": 1}')
    assert told(form) == {
        "lines[row 3].qty": "Too small: write 1 or more.",
        "lines: new rows": "New row 1, qty: is missing New row 2, sku: is longer than 5 characters",
    }


def test_too_few_rows_and_too_many_are_told_on_the_rows():
    form = ordered()
    keep(form, 1)
    assert told(form) == {"lines: rows to keep": "Too few: there have to be at least 2, and there are 1."}
    form = ordered()
    form.type("lines: new rows", '{"sku": "D", "qty": 4}\n{"sku": "E", "qty": 4}')
    assert told(form) == {"lines: rows to keep": "Too many: there may be at most 4, and there are 5."}


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        ("D-9, 4", 'Write each new row on a line, as JSON: {"sku": …, "qty": …} This is not JSON'),
        ("5", "Write each new row on a line, as JSON"),
        ('{"sku": "D"}\nE', "Line 2: This is not JSON"),
        ('{"sku": "D"}\n[1]', "Write each new row on a line, as JSON"),
        ("{“sku”: 1}", "straight quotes"),
        ("[" * 40 + "]" * 40, "deeper"),
    ],
)
def test_a_new_row_that_is_none_says_how_one_is_written(said, fault):
    form = ordered()
    form.type("lines: new rows", said)
    assert fault in told(form)["lines: new rows"]
    assert form.read().changed == ()


def test_a_table_that_may_neither_grow_nor_shrink_offers_neither():
    fixed = {"properties": {"lines": {"items": LINE, "minItems": 3, "maxItems": 3}}}
    assert not {"lines: rows to keep", "lines: new rows"} & {field.name for field in ordered(schema=fixed).shown}


def test_a_table_with_too_many_values_is_edited_a_row_an_input_and_one_with_too_many_rows_as_json():
    rows = [{"sku": f"A-{number}", "qty": number} for number in range(MOST_CELLS // 2 + 1)]
    form = Filled(make_proposal(payload={"lines": rows}))
    assert [(field.name, field.kind) for field in form.shown][:1] == [("lines[row 1]", FieldType.json)]
    form.type("lines[row 2]", '{"sku": "new", "qty": 7}')
    assert form.read().payload["lines"] == [rows[0], {"sku": "new", "qty": 7}, *rows[2:]]
    (field,) = fields(make_proposal(payload={"lines": rows * 2}))
    assert (field.name, field.kind) == ("lines", FieldType.json)


@pytest.mark.parametrize("value", [[], [{}], [{"a": 1}, 2], [{"a": 1}, {}], [[{"a": 1}]]])
def test_what_is_no_table_stays_one_input(value):
    (field,) = fields(make_proposal(payload={"it": value}))
    assert field.name == "it"


def test_a_table_in_a_table_is_edited_innermost_first():
    inner = [{"id": 1}, {"id": 2}]
    form = Filled(make_proposal(payload={"a": [{"parts": inner}, {"parts": inner}]}))
    names = [field.name for field in form.shown]
    assert "a[row 2].parts[row 1]" in names
    picked = form.field("a[row 2].parts: rows to keep").choices[1][0]
    form.type("a[row 2].parts: rows to keep", [picked])
    form.type("a: rows to keep", [form.field("a: rows to keep").choices[1][0]])
    assert form.read().payload == {"a": [{"parts": [{"id": 2}]}]}


def test_a_table_that_reviewers_may_not_change_has_no_controls():
    shown = fields(make_proposal(payload={"lines": ROWS, "note": "x"}, edit=("note",)))
    assert [(field.name, bool(field.locked)) for field in shown] == [("lines", True), ("note", False)]


ROWS_OF = st.lists(
    st.dictionaries(st.sampled_from("abc"), st.integers(0, 9) | st.text("xy", max_size=3), min_size=1),
    min_size=1,
    max_size=4,
)


@given(rows=ROWS_OF, choose=st.randoms(use_true_random=False))
@settings(deadline=None)
def test_whatever_rows_go_and_come_all_others_are_the_very_same(rows, choose):
    form = Filled(make_proposal(payload={"lines": rows, "note": "x"}))
    assert form.read().changed == ()
    kept = [row for row in range(1, len(rows) + 1) if choose.random() < 0.6]
    keep(form, *kept)
    new = [{"n": number} for number in range(choose.randrange(3))]
    form.type("lines: new rows", "\n".join(map(json.dumps, new)) or None)
    result = form.read()
    assert not result.faults
    assert json.dumps(result.payload["lines"]) == json.dumps([*(rows[row - 1] for row in kept), *new])
    assert all(one is rows[row - 1] for one, row in zip(result.payload["lines"], kept, strict=False))
    assert list(result.payload) == ["lines", "note"]


STEPS = st.one_of(
    st.sampled_from(["a", "b: rows to keep", "a[row 1]", "[row 1].a", "a: new rows", "row 1"]), st.integers(0, 2)
)
CONTROL = st.sampled_from([None, None, FieldType.rows, FieldType.new_rows, FieldType.new_fields])


@given(
    places=st.lists(
        st.tuples(
            st.sampled_from(["a", "a: rows to keep", "a[row 1]", "a[row 1].a"]), st.lists(STEPS, max_size=2), CONTROL
        ),
        unique_by=lambda each: (each[0], *map(repr, each[1]), each[2]),
    )
)
def test_no_two_places_have_one_label(places):
    made = labels([Place((top, *steps), None, control) for top, steps, control in places])
    assert len({*made}) == len(made)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Place(("a", "b: rows to keep"), 1), Place(("a", "b"), [], FieldType.rows)),
        (Place(("a", "b[row 1]"), 1), Place(("a", "b", 0), 1)),
        (Place(("a", "b.c"), 1), Place(("a", "b", "c"), 1)),
        (Place(("a: new fields",), 1), Place(("a",), {}, FieldType.new_fields)),
        (Place(("a[row 1]",), 1), Place(("a", 0), 1)),
    ],
)
def test_a_name_that_looks_like_a_place_of_its_own_is_quoted(one, other):
    first, second = labels([one, other])
    assert first != second
    assert '"' in first


def test_controls_are_done_innermost_first_in_whatever_order_they_come():
    payload = {"a": [{"parts": [1, 2]}, {"parts": [3, 4]}]}
    outer, inner = {("a",): Arrangement(kept=(1,))}, {("a", 1, "parts"): Arrangement(kept=(0,))}
    for controls in (outer | inner, inner | outer):
        made = dict(payload)
        arrange(made, controls)
        assert made == {"a": [{"parts": [3]}]}


# Somebody else was faster


def rewritten(proposal, **payload):
    """The same proposal with another payload."""
    return make_proposal(payload={**proposal.action.payload, **payload})


def carry(before, after, **typed):
    shown = [fields(each) for each in (before, after)]
    return carried(after, "U0CAROL", 1, *shown, {name.replace("__", " "): said for name, said in typed.items()})


def test_what_was_typed_into_a_row_is_not_carried_silently_into_another():
    before = make_proposal(payload={"lines": [{"sku": "A", "qty": 5}, {"sku": "B", "qty": 5}]})
    after = rewritten(before, lines=[{"sku": "B", "qty": 5}])
    kept = carry(before, after, **{"lines[row__1].qty": "9"})
    assert kept.both == {"lines[row 1].qty": "5"}


def test_rows_picked_among_others_than_there_are_now_are_picked_again():
    before = make_proposal(payload={"lines": ROWS})
    form = Filled(before)
    picked = "\n".join([option(form, 1), option(form, 3)])
    after = rewritten(before, lines=[*ROWS[1:], {"sku": "D-9", "qty": 4}])
    again = Filled(after, typed={"lines: rows to keep": picked})
    assert again.read().changed == ()
    assert "type it again" in json.dumps(again.view)


def test_a_form_from_before_the_rows_changed_is_out_of_date_and_says_so():
    before, now = ordered(ROWS), ordered(ROWS[:2])
    keep(before, 1)
    assert read_form(now.shown, before.state).stale


# New fields

QUOTAS = {
    "type": "object",
    "properties": {"cpu": {"type": "integer"}},
    "additionalProperties": {"type": "integer", "minimum": 0},
}
CLOSED = {
    "type": "object",
    "properties": {"city": {"type": "string"}, "zip": {"type": "string"}, "floor": {"type": ["integer", "null"]}},
    "additionalProperties": False,
}


def grown(value, schema, said, *, agents=False):
    whole = {"properties": {"it": schema}}
    own, theirs = (None, whole) if agents else (whole, None)
    form = Filled(make_proposal(payload={"it": value}, payload_schema=theirs), own)
    form.type("it: new fields", said)
    wrong = told(form, whole, agents=agents)
    return wrong.get("it: new fields", wrong) if wrong else form.read().payload["it"]


@pytest.mark.parametrize(
    ("value", "schema", "hint"),
    [
        ({"cpu": 1}, QUOTAS, "One per line: a name, a colon and a value, such as size: 5."),
        (
            {"city": "Delft"},
            CLOSED,
            "One per line: a name, a colon and a value, such as size: 5. Only these: zip, floor.",
        ),
        ({"a": 1}, {"additionalProperties": True, "properties": {"b": {}}}, "Such as b."),
        (
            {"a": 1},
            {"properties": {f"b{number}": {} for number in range(30)}, "additionalProperties": False},
            "b19 and 10 more.",
        ),
    ],
)
def test_an_object_that_may_have_more_says_what(value, schema, hint):
    form = Filled(make_proposal(payload={"it": value}), {"properties": {"it": schema}})
    assert form.block("it: new fields")["hint"]["text"].endswith(hint)
    assert form.read().changed == ()


def test_the_names_of_an_agents_own_schema_are_not_ours_to_say():
    form = Filled(make_proposal(payload={"it": {"city": "Delft"}}, payload_schema={"properties": {"it": CLOSED}}))
    assert form.block("it: new fields")["hint"]["text"].endswith("Only what the agent's own schema names.")


@pytest.mark.parametrize(
    ("value", "schema"),
    [
        ({"a": 1}, {}),
        ({"a": 1}, {"properties": {"a": {}}}),
        ({"city": "Delft", "zip": "1", "floor": None}, CLOSED),
        ({"a": 1}, {"properties": {"a": {}, "b": False}}),
    ],
)
def test_an_object_of_which_no_schema_says_that_it_may_have_more_offers_nothing(value, schema):
    form = Filled(make_proposal(payload={"it": value}), {"properties": {"it": schema}})
    assert all(field.kind is not FieldType.new_fields for field in form.shown)


@pytest.mark.parametrize(
    ("value", "schema", "said", "result"),
    [
        ({"cpu": 1}, QUOTAS, "size: 5", {"cpu": 1, "size": 5}),
        ({"cpu": 1}, QUOTAS, "size: 5\n\n gpu : 0 ", {"cpu": 1, "size": 5, "gpu": 0}),
        ({"cpu": 1}, QUOTAS, '"a: b": 5', {"cpu": 1, "a: b": 5}),
        ({"cpu": 1}, QUOTAS, '{"size": 5, "gpu": 0}', {"cpu": 1, "size": 5, "gpu": 0}),
        ({"city": "Delft"}, CLOSED, "zip: 01234", {"city": "Delft", "zip": "01234"}),
        ({"city": "Delft"}, CLOSED, 'zip: "01234"', {"city": "Delft", "zip": "01234"}),
        ({"city": "Delft"}, CLOSED, "floor: null", {"city": "Delft", "floor": None}),
        (
            {"a": 1},
            {"additionalProperties": True},
            "b: see https://example.com",
            {"a": 1, "b": "see https://example.com"},
        ),
        ({"a": 1}, {"additionalProperties": True}, 'b: ["x", 1.0]', {"a": 1, "b": ["x", 1.0]}),
        ({"a": "x"}, {"additionalProperties": {"type": ["string", "null"]}}, "b: null", {"a": "x", "b": None}),
        ({"a": "x"}, {"additionalProperties": {"type": ["string", "null"]}}, 'b: "null"', {"a": "x", "b": "null"}),
        ({"a": "x"}, {"patternProperties": {"^x-": {"type": "string"}}}, "x-b: 5", 'x-b: is not of type "string"'),
        ({"cpu": 1}, QUOTAS, "size", "Line 1: Write a name, a colon and a value, such as size: 5."),
        ({"cpu": 1}, QUOTAS, "a: 1\nsize:", "Line 2: Write a name, a colon and a value"),
        ({"cpu": 1}, QUOTAS, "cpu: 2", "Line 1: cpu is there already: change it in its own input."),
        ({"cpu": 1}, QUOTAS, "a: 2\na: 3", "Line 2: a is there already"),
        ({"cpu": 1}, QUOTAS, "size: many", "Line 1: This is not JSON"),
        ({"cpu": 1}, QUOTAS, "size: -1", "size: is less than the minimum of 0"),
        ({"cpu": 1}, QUOTAS, '{"size": 5', "This is not JSON"),
        ({"cpu": 1}, QUOTAS, '"a\\ud83d": 5', "half of a"),
        ({"city": "Delft"}, CLOSED, "street: Main", "street: is not a field of this action"),
    ],
)
def test_a_field_is_added_as_its_schema_says_or_refused_in_words(value, schema, said, result):
    got = grown(value, schema, said)
    assert (result in got) if isinstance(result, str) else json.dumps(got) == json.dumps(result)


def test_a_closed_object_of_an_agents_own_schema_refuses_a_field_too():
    assert grown({"city": "Delft"}, CLOSED, "street: Main", agents=True) == "street: is not a field of this action"
