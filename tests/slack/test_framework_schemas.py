"""What frameworks write into schemas, as inputs: what stands in them, what typed text becomes, and what is said of it.

pydantic, zod, OpenAPI, MCP's tools and OpenAI's strict ones write these shapes; none of them is made up.
"""

import json
import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Literal
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, Field, HttpUrl

from bot.slack.forms.constraints import Constraints
from bot.slack.forms.errors import FORMATS
from bot.slack.forms.fields import FieldType
from bot.slack.forms.parse import ACTION, errors
from bot.slack.forms.spelling import spelling_of
from policy.json_schema.schemas import operators_schema
from tests.making import make_proposal
from tests.slack.filling import Filled

NULL = {"type": "null"}
LEVEL = {"enum": ["low", "medium", "high"], "type": "string"}
PRIORITY = {"oneOf": [{"const": 1, "title": "Urgent"}, {"const": 2, "title": "Normal"}, {"const": 3}]}
MONEY = {
    "anyOf": [
        {"type": "number"},
        {"type": "string", "pattern": r"^(?!^[-+.]*$)[+-]?0*(?:\d{0,3}|(?=[\d.]{1,6}0*$)\d{0,3}\.\d{0,2}0*$)$"},
    ]
}


def form_of(value, schema, *, agents=False):
    whole = {"properties": {"it": schema}, "$defs": {"Level": LEVEL}}
    own, theirs = (None, whole) if agents else (whole, None)
    return Filled(make_proposal(payload={"it": value}, payload_schema=theirs), own), whole


def said_of(value, schema, said, *, agents=False):
    """What becomes of this where it is typed or picked: the value as JSON, or the fault."""
    form, whole = form_of(value, schema, agents=agents)
    form.type("it", said)
    result = form.read()
    if result.faults:
        return result.faults[0][1]
    faults = operators_schema(whole).faults(result.payload)
    found = errors(form.shown, faults, result.payload, agents=agents)
    return next(iter(found.values())) if found else json.dumps(result.payload["it"], ensure_ascii=False)


# Null, an empty text, and nothing


@pytest.mark.parametrize(
    ("value", "schema", "shown", "hint"),
    [
        (5, {"anyOf": [{"type": "integer"}, NULL]}, "5", "A whole number. Empty means null: nothing."),
        (None, {"anyOf": [{"type": "integer"}, NULL]}, "", "A whole number. Empty means null: nothing."),
        (None, {"type": ["number", "null"], "minimum": 0}, "", "A number, at least 0. Empty means null: nothing."),
        (5, {"type": "integer", "nullable": True}, "5", "A whole number. Empty means null: nothing."),
        ("a", {"anyOf": [{"type": "string"}, NULL]}, "a", 'Empty means null: nothing. Write "" for an empty text.'),
        (None, {"type": ["string", "null"]}, "", 'Empty means null: nothing. Write "" for an empty text.'),
        ("", {"type": ["string", "null"]}, '""', 'Empty means null: nothing. Write "" for an empty text.'),
        ("null", {"type": ["string", "null"]}, '"null"', 'Empty means null: nothing. Write "" for an empty text.'),
        (
            None,
            {"anyOf": [{"type": "array", "items": {"type": "string"}}, NULL]},
            "",
            "One per line. Empty means null: nothing. Write [] for",
        ),
        (
            [],
            {"anyOf": [{"type": "array", "items": {"type": "integer"}}, NULL]},
            "[]",
            "One per line. Each a whole number. Empty means null: nothing. Write [] for",
        ),
        (
            ["a"],
            {"anyOf": [{"type": "array", "items": {"type": "string"}}, NULL]},
            "a",
            "Empty means null: nothing. Write [] for an empty list.",
        ),
        (None, {"anyOf": [{"type": "array", "items": LEVEL}, NULL]}, "", "Nothing picked means null: nothing."),
        (
            ["low"],
            {"anyOf": [{"type": "array", "items": LEVEL}, NULL]},
            "low",
            "Nothing picked means an empty list, not null.",
        ),
    ],
)
def test_an_input_that_may_be_null_says_how_null_is_said(value, schema, shown, hint):
    form, _ = form_of(value, schema)
    assert form.field("it").shown == shown
    assert hint in form.block("it")["hint"]["text"]
    assert form.block("it")["optional"] is True


@pytest.mark.parametrize(
    ("value", "schema", "said", "result"),
    [
        (5, {"anyOf": [{"type": "integer"}, NULL]}, None, "null"),
        (5, {"anyOf": [{"type": "integer"}, NULL]}, "null", "null"),
        (None, {"anyOf": [{"type": "integer"}, NULL]}, "7", "7"),
        (2.5, {"anyOf": [{"type": "number"}, NULL]}, "3", "3.0"),
        (None, {"type": ["string", "null"]}, "a", '"a"'),
        (None, {"type": ["string", "null"]}, "5", '"5"'),
        (None, {"type": ["string", "null"]}, '""', '""'),
        ("a", {"type": ["string", "null"]}, None, "null"),
        ("a", {"type": ["string", "null"]}, '""', '""'),
        ("a", {"type": ["string", "null"]}, '"null"', '"null"'),
        ("", {"type": ["string", "null"]}, None, "null"),
        ("a", {"type": "string", "nullable": True}, None, "null"),
        ("a", {"type": "string"}, None, '""'),
        (True, {"anyOf": [{"type": "boolean"}, NULL]}, "null", "null"),
        (None, {"anyOf": [{"type": "boolean"}, NULL]}, "false", "false"),
        ("2026-11-30", {"anyOf": [{"type": "string", "format": "date"}, NULL]}, None, "null"),
        (None, {"anyOf": [{"type": "string", "format": "date"}, NULL]}, "2026-12-01", '"2026-12-01"'),
        (None, {"anyOf": [{"type": "string", "format": "email"}, NULL]}, "mira@example.com", '"mira@example.com"'),
        ("https://a.example/", {"anyOf": [{"type": "string", "format": "uri"}, NULL]}, None, "null"),
        (["a"], {"anyOf": [{"type": "array", "items": {"type": "string"}}, NULL]}, None, "null"),
        (["a"], {"anyOf": [{"type": "array", "items": {"type": "string"}}, NULL]}, "[]", "[]"),
        (None, {"anyOf": [{"type": "array", "items": {"type": "integer"}}, NULL]}, "1\n2", "[1, 2]"),
        (["low"], {"anyOf": [{"type": "array", "items": LEVEL}, NULL]}, None, "[]"),
        (None, {"anyOf": [{"type": "array", "items": LEVEL}, NULL]}, ["high"], '["high"]'),
        (None, {"anyOf": [{"type": "array", "items": {"type": "object"}}, NULL]}, '[{"a": 1}]', '[{"a": 1}]'),
        (None, {"anyOf": [{"type": "object"}, NULL]}, '{"a": 1}', '{"a": 1}'),
    ],
)
def test_null_an_empty_text_and_an_empty_list_are_three_things(value, schema, said, result):
    assert said_of(value, schema, said) == result


def test_the_word_null_is_asked_about_where_it_could_be_a_text():
    told = said_of("a", {"type": ["string", "null"]}, "null")
    assert told == 'Leave it empty for null. The text null stands in quotes: "null".'


def test_what_is_empty_in_a_form_from_before_null_was_allowed_is_not_taken_for_null():
    payload = {"it": "a"}
    before, now = (
        Filled(make_proposal(payload=payload)),
        Filled(make_proposal(payload=payload), {"properties": {"it": {"type": ["string", "null"]}}}),
    )
    assert before.field("it").block_id != now.field("it").block_id


@pytest.mark.parametrize("value", ["a" * 2000 + "\n" + "b" * 2000, ["[]"]])
def test_what_could_not_say_null_is_edited_as_if_it_were_not_allowed(value):
    form, _ = form_of(value, {"type": ["string", "array", "null"], "items": {"type": "string"}})
    assert all(field.locked is None for field in form.shown)
    assert form.read().changed == ()


SCALARS = (
    st.none()
    | st.text(max_size=8)
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
)
ODD = st.sampled_from(["", " ", "null", '"', '""', '"a"', '"a', "5", "1e3", "true", "\n", "[]", '"\\u0061"', "-0"])


@given(value=SCALARS | ODD, types=st.sets(st.sampled_from(["string", "number", "integer", "null"]), min_size=1))
@settings(deadline=None)
def test_whatever_stands_in_an_input_is_read_as_the_value_that_it_was_made_of(value, types):
    constraints = Constraints(types=frozenset(types))
    spelling = spelling_of(value, constraints)
    if spelling is None:
        return
    kind, text = spelling.read(spelling.spelled(value))
    back = None if kind == "null" else text if kind == "text" else json.loads(text)
    assert (kind != "unclear", back, type(back)) == (True, value, type(value))


# Menus


@pytest.mark.parametrize(
    ("value", "schema", "labels"),
    [
        ("low", LEVEL, ["low", "medium", "high"]),
        ("low", {"$ref": "#/$defs/Level"}, ["low", "medium", "high"]),
        ("low", {"allOf": [{"$ref": "#/$defs/Level"}], "default": "low"}, ["low", "medium", "high"]),
        ("low", {"anyOf": [{"$ref": "#/$defs/Level"}, NULL]}, ["low", "medium", "high", "null: nothing"]),
        (None, {"anyOf": [LEVEL, NULL]}, ["low", "medium", "high", "null: nothing"]),
        ("low", {"type": ["string", "null"], "enum": ["low", "high", None]}, ["low", "high", "null: nothing"]),
        ("low", {"type": "string", "enum": ["low", "high"], "nullable": True}, ["low", "high", "null: nothing"]),
        ("low", {"type": ["string", "null"], "enum": ["low", "high"]}, ["low", "high"]),
        (1, PRIORITY, ["1 · Urgent", "2 · Normal", "3"]),
        (2, {"anyOf": [*PRIORITY["oneOf"], NULL]}, ["1 · Urgent", "2 · Normal", "3", "null: nothing"]),
        ("a", {"oneOf": [{"const": "a", "title": "a"}, {"const": "b", "title": "B" * 80}]}, ["a", "b"]),
        ("a", {"anyOf": [{"enum": ["a", "b"]}, {"const": "c"}]}, ["a", "b", "c"]),
        (True, {"type": ["boolean", "null"]}, ["true", "false", "null: nothing"]),
        (None, {"type": "boolean", "nullable": True}, ["true", "false", "null: nothing"]),
    ],
)
def test_what_can_only_be_a_few_values_is_a_menu(value, schema, labels):
    form, _ = form_of(value, schema)
    assert [option["text"]["text"] for option in form.element("it")["options"]] == labels
    assert form.read().changed == ()
    assert all(
        said_of(value, schema, label)
        == json.dumps(
            None
            if "null" in label
            else json.loads(label)
            if label in ("true", "false")
            else type(value)(label.split(" ·")[0])
        )
        for label in labels
        if value is not None and not isinstance(value, bool)
    )


def test_the_titles_of_an_agents_own_schema_are_no_labels_of_ours():
    form, _ = form_of(1, PRIORITY, agents=True)
    assert [option["text"]["text"] for option in form.element("it")["options"]] == ["1", "2", "3"]


@pytest.mark.parametrize(
    "schema", [{"enum": ["a", "null", None]}, {"enum": ["5", 5]}, {"enum": [True, "a"]}, {"enum": [[1], "a"]}]
)
def test_values_that_a_menu_could_not_tell_apart_are_typed(schema):
    form, _ = form_of("a", schema)
    assert form.element("it")["type"] == "plain_text_input"


# Several types


@pytest.mark.parametrize(
    ("value", "schema", "said", "result"),
    [
        (5, {"anyOf": [{"type": "integer"}, {"type": "string"}]}, "7", "7"),
        (5, {"anyOf": [{"type": "integer"}, {"type": "string"}]}, "all", '"all"'),
        (5, {"anyOf": [{"type": "integer"}, {"type": "string"}]}, '"7"', '"7"'),
        (5, {"type": ["integer", "string"]}, "7.5", "Write a whole number."),
        ("5", {"anyOf": [{"type": "integer"}, {"type": "string"}]}, "7", '"7"'),
        ("01234", {"type": ["string", "integer", "null"]}, "0777", '"0777"'),
        (None, {"type": ["string", "integer", "null"]}, "7", "7"),
        (None, {"type": ["string", "integer", "null"]}, "seven", '"seven"'),
        (5, {"type": ["integer", "string", "null"]}, None, "null"),
        (12.5, MONEY, "13.75", "13.75"),
        ("12.50", MONEY, "13.75", '"13.75"'),
        ("12.50", {"anyOf": [*MONEY["anyOf"], NULL]}, "13.75", '"13.75"'),
        (5, {"anyOf": [{"const": "auto"}, {"type": "integer", "minimum": 1}]}, "auto", '"auto"'),
        ([1], {"anyOf": [{"type": "array", "items": {"type": "integer"}}, {"type": "string"}]}, "2", "[2]"),
        ("a", {"anyOf": [{"type": "array"}, {"type": "string"}]}, "b", '"b"'),
    ],
)
def test_what_is_typed_becomes_what_the_value_was_and_else_what_it_looks_like(value, schema, said, result):
    assert said_of(value, schema, said) == result


def test_a_number_or_a_text_says_how_a_text_of_digits_is_written():
    form, _ = form_of(5, {"anyOf": [{"type": "integer", "minimum": 1}, {"type": "string"}]})
    assert form.block("it")["hint"]["text"] == (
        "A whole number, at least 1. Or text; what looks like a number is text in quotes."
    )


# Faults in words


@pytest.mark.parametrize(
    ("value", "schema", "said", "sentence"),
    [
        (5, {"anyOf": [{"type": "integer", "maximum": 9}, NULL]}, "10", "Too large: write 9 or less."),
        (
            5,
            {"anyOf": [{"type": "integer"}, NULL]},
            "x",
            "Write a number as JSON does, such as 250, -3.5 or 1e3. Or leave it empty, for null.",
        ),
        (5, {"type": "integer"}, None, "Write a number as JSON does"),
        ("odd", {"anyOf": [LEVEL, NULL]}, "even", "Choose one of low, medium, high, or leave it empty."),
        ("odd", {"enum": [1, "a"]}, "1", "Choose one of 1, a."),
        ("odd", {"oneOf": [{"const": "low"}, {"const": "high"}]}, "even", "Choose one of low, high."),
        (
            "12.50",
            MONEY,
            "12.505",
            "Write a decimal number, such as 12.50, at most 3 digits before the point, at most 2 digits after it.",
        ),
        ("12.50", {"anyOf": [*MONEY["anyOf"], NULL]}, "x", "Write a decimal number, such as 12.50"),
        (
            5,
            {"anyOf": [{"type": "integer", "minimum": 1}, {"type": "string", "maxLength": 3}]},
            "0",
            "Too small: write 1 or more.",
        ),
        (
            5,
            {"anyOf": [{"type": "integer", "minimum": 1}, {"type": "string", "maxLength": 3}]},
            "four",
            "Too long: write at most 3 characters",
        ),
        (
            "2026-11-30T14:30:00Z",
            {"format": "date-time"},
            "2026-11-30T14:30:00",
            "The offset from UTC is missing: write 2026-11-30T14:30:00Z for UTC, or such as 2026-11-30T14:30:00+01:00.",
        ),
        (
            "2026-11-30T14:30:00Z",
            {"format": "date-time"},
            "2026-11-30 14:30:00.5",
            "The offset from UTC is missing: write 2026-11-30T14:30:00.5Z",
        ),
        ("14:30:00Z", {"format": "time"}, "14:30:00", "The offset from UTC is missing: write 14:30:00Z"),
        ("14:30:00Z", {"format": "time"}, "noon", "Write a time with its offset from UTC"),
        ("P1D", {"format": "duration"}, "one day", "Write a duration as ISO 8601 does, such as P1DT2H30M."),
        ("123e4567-e89b-12d3-a456-426614174000", {"format": "uuid"}, "123", "Write a UUID, such as"),
        ("192.0.2.1", {"format": "ipv4"}, "300.1.1.1", "Write an IPv4 address"),
        ("2001:db8::1", {"format": "ipv6"}, "x", "Write an IPv6 address"),
        ("shop.example.com", {"format": "hostname"}, "-", "Write the name of a host"),
        (5, {"anyOf": [{"const": "auto"}, {"type": "integer"}]}, "x", 'Choose one of "auto", a whole number.'),
        (
            "odd",
            {"anyOf": [LEVEL, {"type": "boolean"}]},
            "even",
            'Choose one of "low", "medium", "high", true or false.',
        ),
        ("a", {"pattern": "^(?!.*x)[a-z]+$"}, "axe", "Make it not match ^(?:.*x)."),
        ("a", {"type": ["integer", "null"]}, "b", "This has to be a whole number, or empty for null."),
        ([{"a": 1}, 2], {"type": "array"}, '"x"', "This has to be a list."),
        (None, {"anyOf": [{"type": "object"}, NULL]}, "5", "This has to be an object, or empty for null."),
    ],
)
def test_a_fault_is_said_in_words_on_the_field(value, schema, said, sentence):
    assert said_of(value, schema, said).startswith(sentence)


@pytest.mark.parametrize(
    ("schema", "value", "said"),
    [
        ({"anyOf": [LEVEL, NULL]}, "odd", "even"),
        ({"anyOf": [{"type": "integer"}, {"const": "auto"}]}, 5, "x"),
        ({"oneOf": [{"type": "string", "pattern": "^a"}, {"type": "string", "pattern": "^b"}]}, "a", "c"),
        ({"oneOf": [{"type": "string", "pattern": "a"}, {"type": "string", "pattern": "b"}]}, "a", "ab"),
        ({"anyOf": [{"type": "array", "items": {"type": "integer"}}, NULL]}, [1], "[]"),
        ({"pattern": "^(?!.*x)[a-z]+$"}, "a", "x"),
        ({"anyOf": [{"type": "object", "required": ["a"]}, {"type": "object", "required": ["b"]}]}, {}, '{"c": 1}'),
    ],
)
@pytest.mark.parametrize("agents", [False, True])
def test_nobody_ever_reads_the_validators_own_sentence_about_a_union(schema, value, said, agents):
    told = said_of(value, schema, said, agents=agents)
    assert "any of the schemas" not in told
    assert "keyword" not in told
    assert told


def test_a_list_of_what_an_enum_or_null_offers_names_the_line():
    schema = {"items": {"anyOf": [LEVEL, NULL]}}
    assert said_of(["odd"], schema, "low\neven") == "Line 2: Choose one of low, medium, high, or leave it empty."


def test_a_fault_of_an_agents_enum_repeats_none_of_its_words():
    told = said_of("odd", {"anyOf": [LEVEL, NULL]}, "even", agents=True)
    assert told == "Choose one of the values that the agent's own schema lists, or leave it empty."


# Branches of objects

CARD = {
    "type": "object",
    "properties": {"kind": {"const": "card"}, "last4": {"type": "string", "pattern": "^[0-9]{4}$"}},
    "required": ["kind", "last4"],
}
BANK = {
    "type": "object",
    "properties": {
        "kind": {"const": "bank"},
        "day": {"type": "string", "format": "date"},
        "share": {"type": "integer", "minimum": 1},
    },
    "required": ["kind", "day"],
}
WAYS = {"oneOf": [CARD, BANK], "discriminator": {"propertyName": "kind"}}


def test_the_inputs_of_an_object_are_those_of_the_branch_that_its_tag_names():
    form, _ = form_of({"kind": "bank", "day": "2026-11-30", "share": 5}, WAYS)
    assert [form.element(f"it.{name}")["type"] for name in ("kind", "day", "share")] == [
        "static_select",
        "datepicker",
        "plain_text_input",
    ]
    assert form.block("it.share")["hint"]["text"] == "A whole number, at least 1."
    assert [option["value"] for option in form.element("it.kind")["options"]] == ["card", "bank"]


@pytest.mark.parametrize("value", [{"kind": "cash"}, {"day": "2026-11-30"}, {"kind": ["bank"]}])
def test_an_object_of_no_branch_is_asked_for_nothing(value):
    form, _ = form_of(value, WAYS)
    assert all(field.constraints.format is None for field in form.shown)


def test_a_tag_changed_is_held_against_the_branch_that_it_names_then():
    form, whole = form_of({"kind": "bank", "day": "2026-11-30"}, WAYS)
    form.type("it.kind", "card")
    result = form.read()
    found = errors(form.shown, operators_schema(whole).faults(result.payload), result.payload)
    assert [*found.values()] == ["last4: is missing"]


def test_unions_in_unions_end():
    deep = {"type": "integer"}
    for _ in range(12):
        deep = {"anyOf": [deep, NULL]}
    form, _ = form_of(5, deep)
    assert form.read().changed == ()


@pytest.mark.parametrize(
    "schema", [{"anyOf": []}, {"anyOf": [NULL]}, {"anyOf": [True, NULL]}, {"anyOf": "a"}, {"oneOf": [{"enum": []}, {}]}]
)
def test_a_union_that_says_nothing_of_a_value_changes_nothing(schema):
    form = Filled(make_proposal(payload={"it": 5}, payload_schema={"properties": {"it": schema}}))
    assert form.field("it").kind is FieldType.number


def test_half_a_character_in_quotes_is_a_fault():
    assert "half of a character" in said_of("a", {"type": ["string", "null"]}, '"\\ud83d"')


def test_a_number_whose_digits_would_be_lost_is_a_fault_where_null_may_stand_too():
    form, _ = form_of(5, {"type": ["integer", "null"]})
    form.state[form.field("it").block_id][ACTION]["value"] = "9007199254740993"
    assert "2^53" in form.read().faults[0][1]


# Advice that is given is taken

EXAMPLE = re.compile("such as ([^ ,]+?)[.,]?(?= |$)")


@pytest.mark.parametrize(("name", "advice"), FORMATS.items())
def test_what_a_format_is_said_to_look_like_is_taken(name, advice):
    (example, *_) = EXAMPLE.findall(advice)
    schema = operators_schema({"properties": {"it": {"type": "string", "format": name}}})
    assert schema.faults({"it": example}) == ()
    assert said_of("anything", {"type": "string", "format": name}, example) == json.dumps(example)


@pytest.mark.parametrize(
    ("value", "schema", "wrong", "advised", "result"),
    [
        (5, {}, "five", "250", "250"),
        (5, {}, "five", "-3.5", "-3.5"),
        (5.0, {}, "five", "1e3", "1000.0"),
        ([1, "a"], {}, "", "null", "null"),
        ([1, "a"], {}, "{“a”: 1}", '{"a": 1}', '{"a": 1}'),
        ("a", {"type": ["string", "null"]}, "null", '"null"', '"null"'),
        ("a", {"type": ["string", "null"]}, "null", None, "null"),
        (5, {"type": ["integer", "null"]}, "five", None, "null"),
        ("odd", {"anyOf": [LEVEL, NULL]}, "even", "medium", '"medium"'),
        ("odd", {"anyOf": [LEVEL, NULL]}, "even", None, "null"),
        ("12.50", MONEY, "x", "12.50", '"12.50"'),
        (
            "2026-11-30T14:30:00Z",
            {"format": "date-time"},
            "2026-11-30 14:30:00",
            "2026-11-30T14:30:00Z",
            '"2026-11-30T14:30:00Z"',
        ),
        (
            "2026-11-30T14:30:00Z",
            {"format": "date-time"},
            "2026-11-30T14:30:00",
            "2026-11-30T14:30:00+01:00",
            '"2026-11-30T14:30:00+01:00"',
        ),
    ],
)
def test_whoever_does_what_a_fault_says_is_done_with_it(value, schema, wrong, advised, result):
    assert said_of(value, schema, wrong) != json.dumps(wrong)
    assert said_of(value, schema, advised) == result


# What pydantic itself writes


class Level(StrEnum):
    low = "low"
    high = "high"


class Line(BaseModel):
    sku: str = Field(max_length=8)
    qty: int = Field(ge=1, lt=100)


class Card(BaseModel):
    kind: Literal["card"]
    last4: str


class Bank(BaseModel):
    kind: Literal["bank"]
    day: date


class Order(BaseModel):
    model_config = ConfigDict(extra="forbid")

    level: Level
    maybe: Level | None
    tone: Literal["warm", "cold"] | None
    count: int | None
    either: int | str
    price: Decimal
    day: date | None
    at: datetime
    took: timedelta
    ref: UUID
    page: HttpUrl | None
    lines: list[Line]
    quotas: dict[str, int]
    pay: Card | Bank = Field(discriminator="kind")
    tags: list[str] | None
    pair: tuple[int, str]
    done: bool | None


ORDER = Order(
    level=Level.low,
    maybe=None,
    tone="warm",
    count=None,
    either=5,
    price=Decimal("12.50"),
    day=None,
    at=datetime(2026, 11, 30, 14, 30, tzinfo=UTC),
    took=timedelta(hours=2),
    ref=UUID(int=7),
    page=None,
    lines=[Line(sku="A-1", qty=2)],
    quotas={"cpu": 4},
    pay=Bank(kind="bank", day=date(2026, 11, 30)),
    tags=None,
    pair=(1, "a"),
    done=None,
).model_dump(mode="json")
ELEMENTS = {
    "level": "static_select",
    "maybe": "static_select",
    "tone": "static_select",
    "count": "plain_text_input",
    "either": "plain_text_input",
    "price": "plain_text_input",
    "day": "datepicker",
    "at": "plain_text_input",
    "took": "plain_text_input",
    "ref": "plain_text_input",
    "page": "url_text_input",
    "lines[row 1].sku": "plain_text_input",
    "lines[row 1].qty": "plain_text_input",
    "lines: rows to keep": "multi_static_select",
    "lines[new row].sku": "plain_text_input",
    "lines[new row].qty": "plain_text_input",
    "lines: new rows": "plain_text_input",
    "quotas.cpu": "plain_text_input",
    "quotas: new fields": "plain_text_input",
    "pay.kind": "static_select",
    "pay.day": "datepicker",
    "tags": "plain_text_input",
    "pair": "plain_text_input",
    "done": "static_select",
    "fields to keep": "multi_static_select",
}
CHANGES = {
    "maybe": ("high", Level.high),
    "tone": ("null", None),
    "count": ("3", 3),
    "either": ("all", "all"),
    "price": ("13.75", Decimal("13.75")),
    "day": ("2026-12-01", date(2026, 12, 1)),
    "took": ("PT3H", timedelta(hours=3)),
    "page": ("https://example.com/a", HttpUrl("https://example.com/a")),
    "lines: new rows": ('{"sku": "B-7", "qty": 9}', [Line(sku="A-1", qty=2), Line(sku="B-7", qty=9)]),
    "quotas: new fields": ("gpu: 1", {"cpu": 4, "gpu": 1}),
    "tags": ("a\nb", ["a", "b"]),
    "done": ("false", False),
}


@pytest.mark.parametrize("agents", [False, True])
def test_a_model_of_pydantic_is_a_form_of_which_nothing_is_json_but_its_tuple(agents):
    schema = Order.model_json_schema()
    own, theirs = (None, schema) if agents else (schema, None)
    form = Filled(make_proposal(payload=ORDER, payload_schema=theirs), own)
    assert {field.name: form.element(field.name)["type"] for field in form.shown} == ELEMENTS
    assert [field.name for field in form.shown if field.kind is FieldType.json] == ["pair"]
    assert form.read().changed == ()


@pytest.mark.parametrize("name", CHANGES)
def test_what_is_typed_into_it_is_what_the_model_takes(name):
    said, value = CHANGES[name]
    form = Filled(make_proposal(payload=ORDER), Order.model_json_schema())
    form.type(name, said)
    result = form.read()
    assert result.faults == ()
    assert operators_schema(Order.model_json_schema()).faults(result.payload) == ()
    taken = Order.model_validate(result.payload)
    before = Order.model_validate(ORDER)
    assert getattr(taken, name.partition(":")[0]) == value
    assert taken == before.model_copy(update={name.partition(":")[0]: value})


# What is too much to be read


@pytest.mark.parametrize("count", [70, 100])
def test_a_menu_has_every_constant_of_a_union_or_there_is_none(count):
    schema = {"oneOf": [{"const": f"c{number}"} for number in range(count)]}
    form, _ = form_of("c0", schema)
    assert len(form.element("it")["options"]) == count
    form, _ = form_of("c0", {"anyOf": [schema, {"oneOf": [{"const": f"d{number}"} for number in range(450)]}]})
    assert form.element("it")["type"] == "plain_text_input"


def test_a_union_of_unions_of_unions_is_looked_at_for_a_while_and_then_not_shown():
    defs = {f"u{level}": {"anyOf": [{"$ref": f"#/$defs/u{level + 1}"}] * 10} for level in range(4)}
    schema = {"properties": {"it": {"$ref": "#/$defs/u0"}}, "$defs": {**defs, "u4": {"type": "integer"}}}
    form = Filled(make_proposal(payload={"it": 5}, payload_schema=schema))
    assert form.field("it").kind is FieldType.number
