"""What each value of a payload is typed in, and what is read from there."""

import json

import pytest

from bot.slack.forms.dialogs import edit_form
from bot.slack.forms.fields import FieldType
from bot.slack.forms.parse import ACTION, fields, read_form
from tests.making import make_proposal
from tests.slack.forms import one, opened, typed_into, typing
from tests.slack.view_limits import inputs

# What each value is typed in


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("Hello", FieldType.text),
        ("01234", FieldType.text),
        ("true", FieldType.text),
        ("", FieldType.text),
        (250, FieldType.number),
        (250.5, FieldType.number),
        (True, FieldType.boolean),
        (False, FieldType.boolean),
        (None, FieldType.json),
        ([1], FieldType.numbers),
        (["a", "b"], FieldType.lines),
        ([], FieldType.json),
        ([1, "a"], FieldType.json),
        ([True], FieldType.json),
        ([{"a": 1}, 2], FieldType.json),
        ({}, FieldType.json),
        ({"": 1}, FieldType.json),
    ],
)
def test_every_json_type_has_its_input(value, kind):
    assert one(value).kind is kind


def test_one_input_a_field_in_the_payloads_order_labelled_with_its_name():
    proposal = make_proposal(payload={"zeta": "a", "alpha": 1, "mid": None})
    assert list(inputs(edit_form(proposal, "frm_1", fields(proposal), {}))) == ["zeta", "alpha", "mid"]


def test_a_text_may_be_cleared_and_nothing_else_may():
    view = edit_form(
        proposal := make_proposal(payload={"t": "a", "n": 1, "b": True, "j": None}), "frm_1", fields(proposal), {}
    )
    assert {label: block["optional"] for label, block in inputs(view).items()} == {
        "t": True,
        "n": False,
        "b": False,
        "j": False,
    }


@pytest.mark.parametrize(
    ("value", "multiline"), [("short", False), ("two\nlines", True), ("x" * 81, True), (5, False), ([], True)]
)
def test_long_texts_and_json_have_several_lines(value, multiline):
    assert one(value).multiline is multiline


def test_a_schema_makes_a_menu_of_its_enum():
    schema = {"properties": {"it": {"enum": ["eur", "usd"]}}}
    assert one("eur", payload_schema=schema).kind is FieldType.choice
    assert typed_into("eur", "usd", payload_schema=schema) == "usd"


def test_a_menu_gives_the_values_of_the_schema_not_their_texts():
    assert typed_into(1, "2.5", payload_schema={"properties": {"it": {"enum": [1, 2.5]}}}) == 2.5


@pytest.mark.parametrize(
    ("value", "enum"),
    [
        ("eur", ["usd"]),
        ("eur", ["eur", 1]),
        (True, [True, False]),
        (1, [1, True]),
        ("a", ["a", ""]),
        ("a", ["a", "x" * 76]),
        ("a", ["a", "b\u202e"]),
        ("a", ["a", "a"]),
        ("a", ["a", *(str(number) for number in range(100))]),
        ("a", "a"),
    ],
)
def test_an_enum_that_no_menu_can_show_is_typed(value, enum):
    assert one(value, payload_schema={"properties": {"it": {"enum": enum}}}).kind is not FieldType.choice


def test_a_picked_emoji_is_never_taken_for_another_option():
    schema = {"properties": {"it": {"enum": ["🎉", ":tada:"]}}}
    assert typed_into("🎉", ":tada:", payload_schema=schema) == ":tada:"


def test_a_schema_of_another_type_than_the_value_decides_nothing():
    assert one("01234", payload_schema={"properties": {"it": {"type": "integer"}}}).kind is FieldType.text
    assert one(2.5, payload_schema={"properties": {"it": {"type": "integer"}}}).kind is FieldType.number


@pytest.mark.parametrize(
    "schema", [{"properties": []}, {"properties": {"it": True}}, {"properties": {"it": {"type": ["text"]}}}, {}]
)
def test_a_schema_that_says_nothing_of_the_field_changes_nothing(schema):
    assert one(250, payload_schema=schema).kind is FieldType.number


def test_fields_of_which_no_schema_says_anything_are_not_offered():
    proposal = make_proposal(payload={"a": 1}, payload_schema={"properties": {"a": {}}, "required": ["a"]})
    assert [field.name for field in fields(proposal)] == ["a"]


# Numbers


@pytest.mark.parametrize(
    ("value", "said", "result"),
    [
        (250, "99", 99),
        (250, " 99 ", 99),
        (250, "99.5", 99.5),
        (250, "99.0", 99),
        (250, "1e3", 1000),
        (250, "1e300", 1e300),
        (250.0, "99", 99.0),
        (250.0, "99.5", 99.5),
        (1e300, "1e301", 1e301),
        (0.0, "-5", -5.0),
        (5, "9007199254740991", 9007199254740991),
        (5, "9007199254740992.0", 9007199254740992.0),
    ],
)
def test_a_number_keeps_its_kind_wherever_that_can_hold_it(value, said, result):
    typed = typed_into(value, said)
    assert (typed, type(typed)) == (result, type(result))


@pytest.mark.parametrize(
    ("value", "said"), [(250, "250.0"), (250.0, "250"), (-0.0, "0"), (1e21, "1000000000000000000000.0"), (1000, "1e3")]
)
def test_another_spelling_of_a_number_changes_nothing(value, said):
    result = typing(make_proposal(payload={"it": value}), it=said)
    assert result.changed == ()
    assert result.payload["it"] is value


@pytest.mark.parametrize(
    "said",
    [
        "",
        "abc",
        "1,000",
        "+5",
        ".5",
        "5.",
        "05",
        "0x10",
        "1_000",
        "NaN",
        "Infinity",
        "-Infinity",
        "1e999",
        "9007199254740992",
        "٣",
        "true",
        "null",
        '"5"',
        "1 2",
    ],
)
def test_what_is_no_json_number_is_a_fault_on_the_field(said):
    shown, state = opened(proposal := make_proposal(payload={"it": 250}))
    state[shown[0].block_id][ACTION]["value"] = said
    result = read_form(shown, state)
    assert [block for block, _ in result.faults] == [shown[0].block_id]
    assert result.payload == proposal.action.payload
    assert result.changed == ()


def test_an_integer_of_the_schema_stays_whole():
    schema = {"properties": {"it": {"type": "integer"}}}
    assert typed_into(250, "99.5", payload_schema=schema) == "Write a whole number."
    assert typed_into(250, "300.0", payload_schema=schema) == 300
    assert isinstance(typed_into(250, "300.0", payload_schema=schema), int)


# Texts, booleans and JSON


@pytest.mark.parametrize("said", ["01234", "5", "true", "null", "{}", "a\nb", "<@U0ALICE> & :tada:"])
def test_a_text_stays_a_text_whatever_it_looks_like(said):
    assert typed_into("before", said) == said


@pytest.mark.parametrize("said", [None, ""])
def test_a_cleared_text_is_empty(said):
    result = typing(make_proposal(payload={"it": "before"}), it=said)
    assert result.payload == {"it": ""}
    assert result.changed == ("it",)


def test_booleans_are_picked():
    assert typed_into(True, "false") is False
    assert typed_into(False, "true") is True
    assert typed_into(True, "maybe") == "Pick one of the options."


def test_nothing_picked_is_a_fault():
    shown, state = opened(make_proposal(payload={"it": True}))
    state[shown[0].block_id][ACTION] = {"type": "static_select", "selected_option": None}
    assert read_form(shown, state).faults == ((shown[0].block_id, "Pick one of the options."),)


@pytest.mark.parametrize("result", [None, 5, 5.0, "text", [1, 2.0], {"b": 1, "a": [None, True]}])
def test_json_fields_take_any_json(result):
    typed = typed_into([{"old": 1}, 2], json.dumps(result))
    assert (typed, type(typed)) == (result, type(result))


def test_null_is_edited_as_json():
    assert typed_into(None, '"now a text"') == "now a text"


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (None, "null stands for nothing"),
        ("  ", "null stands for nothing"),
        ('{"a": 1, "a": 2}', "more than once"),
        ("[NaN]", "NaN"),
        ("[Infinity]", "Infinity"),
        ("[1e999]", "too large"),
        ("[9007199254740992]", "2^53"),
        ('["\\ud800"]', "surrogate"),
        ('{"\\ud800": 1}', "surrogate"),
        ("[" * 31 + "]" * 31, "deeper"),
        ("[" * 1400 + "]" * 1400, "deeper"),
        ("{a: 1}", "This is not JSON"),
        ("{“a”: 1}", "straight quotes"),
        ("[1] [2]", "This is not JSON"),
        ('1}, "x": {"y": 1', "This is not JSON"),
    ],
)
def test_json_is_read_as_strictly_as_an_agents(said, why):
    assert why in typed_into([None], said)


def test_json_takes_floats_beyond_the_integers():
    assert typed_into([], "9007199254740992.0") == 9007199254740992.0


def test_json_may_be_as_deep_as_a_body_lets_it_be():
    deep = "[" * 30 + "]" * 30
    assert typed_into([None], deep) == json.loads(deep)


@pytest.mark.parametrize("value", ["text", [None], ["text"]])
def test_half_a_character_is_a_fault(value):
    assert "half of a character" in typed_into(value, "a\ud83d")


def test_json_that_only_looks_otherwise_is_left_alone():
    value = [{"b": [1, 2], "a": None}]
    result = typing(make_proposal(payload={"it": value}), it='[{"a":null,"b":[1,2.0]}]')
    assert result.payload["it"] is value
    assert result.changed == ()
