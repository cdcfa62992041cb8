"""The typed form: what each schema makes of a value, and that what comes back is what was meant."""

import json

import pytest

from bot.slack.forms.fields import FieldType
from bot.slack.forms.parse import read_form
from tests.making import make_proposal
from tests.slack.filling import Filled


def of(value, schema=None, operators=None):
    """A form with the one field `it`."""
    proposal = make_proposal(
        payload={"it": value}, payload_schema=None if schema is None else {"properties": {"it": schema}}
    )
    return Filled(proposal, None if operators is None else {"properties": {"it": operators}})


def typed_into(value, said, schema=None, operators=None):
    """The value after this was typed, or the fault."""
    form = of(value, schema, operators)
    form.type("it", said)
    result = form.read()
    return result.faults[0][1] if result.faults else result.payload["it"]


# Which element a schema makes


@pytest.mark.parametrize(
    ("value", "schema", "kind", "element"),
    [
        ("2026-11-30", {"format": "date"}, FieldType.date, "datepicker"),
        ("mira@example.com", {"format": "email"}, FieldType.email, "email_text_input"),
        ("https://example.com/a?b=c", {"format": "uri"}, FieldType.uri, "url_text_input"),
        ("14:30:00Z", {"format": "time"}, FieldType.text, "plain_text_input"),
        ("2026-11-30T14:30:00+01:00", {"format": "date-time"}, FieldType.text, "plain_text_input"),
        ("eur", {"enum": ["eur", "usd"]}, FieldType.choice, "static_select"),
        ("eur", {"const": "eur"}, FieldType.choice, "static_select"),
        (True, {"type": "boolean"}, FieldType.boolean, "static_select"),
        (5, {"type": "integer"}, FieldType.integer, "plain_text_input"),
        (5, {"type": ["integer", "null"]}, FieldType.scalar, "plain_text_input"),
        (["a"], {"items": {"enum": ["a", "b"]}}, FieldType.several, "multi_static_select"),
        ([], {"items": {"enum": ["a", "b"]}}, FieldType.several, "multi_static_select"),
        ([], {"items": {"type": "string"}}, FieldType.lines, "plain_text_input"),
        ([], {"items": {"type": "number"}}, FieldType.numbers, "plain_text_input"),
    ],
)
def test_a_schema_makes_the_element(value, schema, kind, element):
    form = of(value, schema)
    assert (form.field("it").kind, form.element("it")["type"]) == (kind, element)
    assert of(value, None, schema).field("it").kind is kind, "the operator's schema does as well"


@pytest.mark.parametrize(
    ("value", "schema"),
    [
        ("2026-02-30", {"format": "date"}),
        ("2026-2-3", {"format": "date"}),
        ("20260203", {"format": "date"}),
        ("0999-01-01", {"format": "date"}),
        ("soon", {"format": "date"}),
        ("", {"format": "date"}),
        ("mira@localhost", {"format": "email"}),
        ("Mira <mira@example.com>", {"format": "email"}),
        ("müller@example.com", {"format": "email"}),
        ("", {"format": "email"}),
        ("urn:isbn:1", {"format": "uri"}),
        ("https://exa mple.com", {"format": "uri"}),
        ("http://localhost:80", {"format": "uri"}),
        ("https://example.com/\u00e4", {"format": "uri"}),
        ("2026-11-30", {"format": "hostname"}),
    ],
)
def test_what_an_element_could_not_show_exactly_is_typed_as_text(value, schema):
    form = of(value, schema)
    assert (form.field("it").kind, form.element("it")["type"]) == (FieldType.text, "plain_text_input")
    assert form.element("it").get("initial_value", "") == value


@pytest.mark.parametrize(
    "value",
    [["a", ""], ["a "], ["a\nb"], ["\u00a0a"], ["a", 1], [1, True], [None], [["a"]], [{}], []],
)
def test_a_list_that_lines_could_not_give_back_is_edited_as_json(value):
    assert of(value).field("it").kind is FieldType.json


def test_a_list_with_one_entry_twice_or_one_that_is_not_offered_is_typed():
    enum = {"items": {"enum": ["a", "b"]}}
    assert of(["a", "b", "a"], enum).field("it").kind is FieldType.lines
    assert of(["a", "c"], enum).field("it").kind is FieldType.lines
    assert of([1, 1.0], {"items": {"enum": [1, 2]}}).field("it").kind is FieldType.numbers


def test_two_schemas_are_as_strict_as_both_together():
    form = of("eur", {"enum": ["eur", "usd", "gbp"]}, {"enum": ["usd", "eur", "sek"]})
    assert [text for text, _ in form.field("it").choices] == ["usd", "eur"]
    form = of(5, {"type": "number", "minimum": 1, "maximum": 10}, {"type": "integer", "minimum": 3, "maximum": 20})
    assert form.field("it").kind is FieldType.integer
    assert form.block("it")["hint"]["text"] == "A whole number, at least 3, at most 10."
    assert of("2026-11-30", {"format": "date"}, {"format": "email"}).field("it").kind is FieldType.text


def test_references_and_parts_of_a_schema_are_followed():
    schema = {
        "$defs": {"money": {"allOf": [{"type": "integer"}, {"minimum": 1}]}, "round": {"$ref": "#/$defs/round"}},
        "properties": {"it": {"$ref": "#/$defs/money"}, "odd": {"$ref": "#/$defs/round"}},
    }
    form = Filled(make_proposal(payload={"it": 5, "odd": 5}, payload_schema=schema))
    assert form.block("it")["hint"]["text"] == "A whole number, at least 1."
    assert form.block("odd")["hint"]["text"] == "A number."


def test_a_schema_that_is_not_taken_any_more_says_nothing():
    schema = {"properties": {"it": {"minimum": 1}, "off": {"$ref": "#/nowhere"}}}
    assert Filled(make_proposal(payload={"it": 5}, payload_schema=schema)).block("it")["hint"]["text"] == "A number."


@pytest.mark.parametrize(
    ("value", "schema", "hint"),
    [
        (5, {"exclusiveMinimum": 0, "exclusiveMaximum": 9.5}, "A number, more than 0, less than 9.5."),
        (5, {"multipleOf": 5}, "A number, a multiple of 5."),
        (["a"], {"minItems": 1, "maxItems": 5}, "One per line. At least 1 entry, at most 5 entries."),
        (["a"], {"items": {"maxLength": 3}}, "One per line. Each at most 3 characters."),
        ([1], {"items": {"type": "integer", "maximum": 9}}, "One per line. Each a whole number, at most 9."),
        ("a", {"minLength": 1, "maxLength": 20}, "At least 1 character, at most 20 characters."),
        ("a", {"pattern": "^[a-z]$"}, "Has to match the agent's own pattern, below."),
        (
            "14:30:00Z",
            {"format": "time"},
            "Write a time with its offset from UTC, such as 14:30:00Z or 14:30:00+01:00.",
        ),
        ([None], {}, "JSON."),
    ],
)
def test_what_is_asked_of_a_value_stands_below_its_input(value, schema, hint):
    assert of(value, schema).block("it")["hint"]["text"] == hint


def test_the_operators_pattern_stands_below_the_input():
    assert of("a", operators={"pattern": "^[a-z]$"}).block("it")["hint"]["text"] == "Has to match ^[a-z]$."


def test_a_pattern_of_an_agents_stands_below_the_form_as_code_and_cannot_fill_it():
    form = of("a", {"pattern": "a|" + "\u202e<!channel>" * 500})
    assert form.block("it")["hint"]["text"] == "Has to match the agent's own pattern, below."
    *_, listed = form.view["blocks"][-1]["elements"]
    name, _, pattern = listed["elements"][0]["elements"]
    assert (name["text"], name["style"], pattern["style"]) == ("it", {"bold": True}, {"code": True})
    assert len(pattern["text"]) < 400
    assert "⟨U+202E⟩" in pattern["text"]
    assert "characters more" in pattern["text"]


def test_of_many_patterns_some_are_shown_and_the_rest_is_counted():
    payload = {f"f{number}": "a" for number in range(30)}
    schema = {"properties": {name: {"pattern": "^a"} for name in payload}}
    form = Filled(make_proposal(payload=payload, payload_schema=schema))
    *_, listed = form.view["blocks"][-1]["elements"]
    assert len(listed["elements"]) == 21
    assert listed["elements"][-1]["elements"][0]["text"] == "… and 10 more"


# What may be left empty


@pytest.mark.parametrize(
    ("value", "schema", "optional"),
    [
        ("a", {}, True),
        ("a", {"minLength": 1}, False),
        (" ", {"minLength": 1}, True),
        ("14:30:00Z", {"format": "time"}, False),
        (["a"], {}, True),
        (["a"], {"minItems": 1}, False),
        ([], {"items": {"type": "string"}, "minItems": 1}, True),
        ("2026-11-30", {"format": "date"}, False),
        ("mira@example.com", {"format": "email"}, False),
        (["a"], {"items": {"enum": ["a"]}}, True),
    ],
)
def test_what_the_schema_wants_filled_slack_wants_filled(value, schema, optional):
    form = of(value, schema)
    assert form.block("it")["optional"] is optional
    form.type("it", None)
    assert bool(form.objections()) is not optional


# What comes back


@pytest.mark.parametrize(
    ("value", "schema", "said", "result"),
    [
        ("2026-11-30", {"format": "date"}, "2026-12-01", "2026-12-01"),
        ("mira@example.com", {"format": "email"}, " noor@example.com ", "noor@example.com"),
        ("https://example.com/", {"format": "uri"}, "https://example.com/x", "https://example.com/x"),
        (["a", "b", "a"], {}, "a\nc\na", ["a", "c", "a"]),
        (["a", "b"], {}, "b\n\n  a \n", ["b", "a"]),
        (["01234", "1.0", "true"], {}, "01234\n1.0\ntrue\nnull", ["01234", "1.0", "true", "null"]),
        (["a"], {}, None, []),
        ([1, 1.0, 2], {}, "1\n1.0\n3", [1, 1.0, 3]),
        ([1.5, 2.0], {}, "1.5\n2.0\n4", [1.5, 2.0, 4.0]),
        ([1, 2], {"items": {"type": "integer"}}, "2", [2]),
        ([], {"items": {"type": "integer"}}, "7\n8", [7, 8]),
        (["b", "a"], {"items": {"enum": ["a", "b", "c"]}}, ["a", "b", "c"], ["b", "a", "c"]),
        (["b", "a"], {"items": {"enum": ["a", "b", "c"]}}, ["a"], ["a"]),
        ([2.0], {"items": {"enum": [1, 2.0]}}, ["1", "2.0"], [2.0, 1]),
        (["a"], {"items": {"enum": ["a", "b"]}}, None, []),
    ],
)
def test_what_was_typed_comes_back_in_the_values_own_type(value, schema, said, result):
    made = typed_into(value, said, schema)
    assert json.dumps(made) == json.dumps(result)


@pytest.mark.parametrize(
    ("value", "schema", "said", "fault"),
    [
        (
            [1],
            {},
            "1\ntwo\n3,5",
            "Line 2: Write a number as JSON does, such as 250, -3.5 or 1e3. Line 3: Write a number",
        ),
        ([1], {"items": {"type": "integer"}}, "1\n2.5", "Line 2: Write a whole number."),
        (["a"], {}, "a\n\ud83d", "Line 2: The text has half of a character in it"),
    ],
)
def test_a_line_at_fault_is_named(value, schema, said, fault):
    assert typed_into(value, said, schema).startswith(fault)


def test_what_is_picked_twice_or_in_another_order_is_no_change():
    form = of(["b", "a"], {"items": {"enum": ["a", "b"]}})
    form.type("it", ["a", "b"])
    assert (form.read().changed, form.read().typed) == ((), {})


def test_a_date_that_is_none_is_told_how_one_looks():
    form = of("2026-11-30", {"format": "date"})
    form.state[form.field("it").block_id] = {"input": {"type": "plain_text_input", "value": "soon"}}
    assert form.read().faults[0][1] == "Write a date as year-month-day, such as 2026-11-30."


@pytest.mark.parametrize(
    ("value", "schema", "said", "result"),
    [
        ("2026-11-30", {"format": "date"}, "2026-12-01", "2026-12-01"),
        ("mira@example.com", {"format": "email"}, "noor@example.com", "noor@example.com"),
        ("eur", {"enum": ["eur", "usd"]}, "usd", "usd"),
        (["a"], {"items": {"enum": ["a", "b"]}}, ["a", "b"], ["a", "b"]),
        (5, {"type": "integer"}, "6", 6),
    ],
)
def test_a_form_outlives_a_change_of_the_operators_schema(value, schema, said, result):
    proposal = make_proposal(payload={"it": value})
    with_schema, without = Filled(proposal, {"properties": {"it": schema}}), Filled(proposal)
    with_schema.type("it", said)
    assert read_form(without.shown, with_schema.state).payload == {"it": result}
    without.type("it", "\n".join(said) if isinstance(said, list) else said)
    assert read_form(with_schema.shown, without.state).payload == {"it": result}


def test_an_enum_beyond_all_measure_is_not_read():
    assert of("a", {"enum": ["a", *map(str, range(2000))]}).field("it").constraints.enum is None
