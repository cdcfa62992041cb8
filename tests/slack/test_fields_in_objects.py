"""Objects taken apart in a form, what faults say there, and the laws of any payload under any schemas."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from approvals.patch import changed_fields
from bot.slack.forms.field_types import CONTROLS
from bot.slack.forms.fields import NO_ROOM, FieldType, fields
from bot.slack.forms.parse import errors
from bot.slack.forms.places import DEEPEST, MOST_VALUES
from policy.json_schema.schemas import operators_schema
from tests.making import make_proposal
from tests.slack.filling import Filled

ADDRESS = {"street": "Main St 1", "city": "Utrecht", "zip": "01234", "floor": 2}


def told(payload, schema, *, agents=False, **said):
    """What stands on each input after these were typed into it, by label; the schema is the operator's, or the agent's."""
    own, theirs = (None, schema) if agents else (schema, None)
    form = Filled(make_proposal(payload=payload, payload_schema=theirs), own)
    for name, text in said.items():
        form.type(name, text)
    result = form.read()
    assert not result.faults
    found = errors(form.shown, operators_schema(schema).faults(result.payload), result.payload, agents=agents)
    names = {field.block_id: field.name for field in form.shown}
    return {names[block]: sentence for block, sentence in found.items()}


# Objects taken apart


def test_an_object_has_an_input_a_value_labelled_by_its_place():
    form = Filled(make_proposal(payload={"customer": {"name": "Mira", "address": ADDRESS}, "amount": 5}))
    assert [field.name for field in form.shown] == [
        "customer.name",
        "customer.address.street",
        "customer.address.city",
        "customer.address.zip",
        "customer.address.floor",
        "amount",
    ]
    form.type("customer.address.city", "Delft")
    result = form.read()
    assert json.dumps(result.payload) == json.dumps(
        {"customer": {"name": "Mira", "address": {**ADDRESS, "city": "Delft"}}, "amount": 5}
    )
    assert result.changed == ("customer",)


def test_two_changes_in_one_object_both_hold_and_the_proposals_own_stays_as_it_was():
    payload = {"customer": {"name": "Mira", "address": dict(ADDRESS)}}
    form = Filled(make_proposal(payload=payload))
    form.type("customer.address.city", "Delft")
    form.type("customer.address.floor", "3")
    form.type("customer.name", "Noor")
    changed = form.read().payload
    assert changed == {"customer": {"name": "Noor", "address": {**ADDRESS, "city": "Delft", "floor": 3}}}
    assert payload == {"customer": {"name": "Mira", "address": ADDRESS}}


def test_names_with_dots_cannot_be_taken_for_places():
    payload = {"a": {"b.c": 1, "b": {"c": 2}}, "a.b.c": 3, "a.b": {"c": 4}, 'x".': {"y": 5}, "plain.name": 6}
    form = Filled(make_proposal(payload=payload))
    assert [field.name for field in form.shown] == [
        'a."b.c"',
        "a.b.c",
        '"a.b.c"',
        '"a.b".c',
        '"x\\".".y',
        "plain.name",
    ]
    for number, field in enumerate(form.shown):
        form.type(field.name, str(number + 10))
    assert form.read().payload == {
        "a": {"b.c": 10, "b": {"c": 11}},
        "a.b.c": 12,
        "a.b": {"c": 13},
        'x".': {"y": 14},
        "plain.name": 15,
    }


NAMES = st.sampled_from(["a", "b", "a.b", '"a"', '"a.b"', '"', ".", "a.", 'a"b', "\\"])


@given(
    payload=st.dictionaries(
        NAMES, st.recursive(st.just(1), lambda inner: st.dictionaries(NAMES, inner, max_size=3), max_leaves=6)
    )
)
@settings(deadline=None)
def test_no_two_inputs_have_one_label(payload):
    names = [field.name for field in fields(make_proposal(payload=payload))]
    assert len(names) == len({*names})


def test_what_lies_too_deep_or_is_too_much_is_edited_as_json():
    deep = {"v": 1}
    for _ in range(DEEPEST + 1):
        deep = {"n": deep}
    (field,) = fields(make_proposal(payload={"it": deep}))
    assert (field.name, field.kind) == ("it" + ".n" * (DEEPEST - 1), FieldType.json)
    (field,) = fields(make_proposal(payload={"it": {f"k{number}": 1 for number in range(MOST_VALUES + 1)}}))
    assert (field.name, field.kind) == ("it", FieldType.json)


def test_objects_stay_whole_where_their_values_would_not_all_fit():
    payload = {f"o{number}": {f"k{key}": "x" for key in range(20)} for number in range(6)}
    shown = fields(make_proposal(payload=payload))
    assert [(field.name, field.kind, field.locked) for field in shown] == [
        (name, FieldType.json, None) for name in payload
    ]


@pytest.mark.parametrize("name", ["", " ", "a\nb", "a\u202e"])
def test_an_object_with_a_name_that_cannot_stand_over_an_input_is_edited_as_json(name):
    (field,) = fields(make_proposal(payload={"it": {name: 1}}))
    assert (field.name, field.kind) == ("it", FieldType.json)


def test_values_follow_the_field_of_the_policys_list_that_they_are_in():
    proposal = make_proposal(payload={"to": {"name": "Mira", "zip": "1"}, "by": {"name": "Noor"}}, edit=("to",))
    assert [(field.name, field.locked) for field in fields(proposal)] == [
        ("to.name", None),
        ("to.zip", None),
        ("by", "the policy does not let reviewers change it"),
    ]


def test_one_value_with_invisible_characters_locks_itself_alone():
    shown = fields(make_proposal(payload={"to": {"name": "Mira\u200b", "zip": "1"}}))
    assert [(field.name, field.locked) for field in shown] == [
        ("to.name", "it has invisible characters"),
        ("to.zip", None),
    ]


def test_json_deep_in_an_object_is_read_at_the_depth_where_it_stands():
    form = Filled(make_proposal(payload={"a": {"b": {"c": [None]}}}))
    form.type("a.b.c", "[" * 28 + "]" * 28)
    assert form.read().faults == ()
    form.type("a.b.c", "[" * 29 + "]" * 29)
    assert "deeper" in form.read().faults[0][1]


# Faults


ORDER = {
    "properties": {
        "amount": {"type": "integer", "minimum": 1, "maximum": 500},
        "share": {"exclusiveMinimum": 0, "exclusiveMaximum": 1},
        "step": {"multipleOf": 5},
        "code": {"pattern": "^A-[0-9]+$", "maxLength": 5, "minLength": 2},
        "mail": {"format": "email"},
        "page": {"format": "uri"},
        "day": {"format": "date"},
        "at": {"format": "date-time"},
        "from": {"format": "time"},
        "tone": {"enum": ["warm", "x" * 80]},
        "tags": {"items": {"maxLength": 3, "pattern": "^[a-z]+$"}, "minItems": 2, "maxItems": 3, "uniqueItems": True},
        "to": {"properties": {"zip": {"minLength": 4}, "more": {"properties": {"a": {"type": "string"}}}}},
    }
}


GOOD = {
    "amount": 5,
    "share": 0.5,
    "step": 5,
    "code": "A-1",
    "mail": "mira@localhost.example",
    "page": "urn:isbn:1",
    "day": "2026-02-28",
    "at": "2026-11-30T14:30:00Z",
    "from": "14:30:00Z",
    "tone": "warm",
    "tags": ["aa", "bb"],
    "to": {"zip": "01234", "more": {"a": "x"}},
}


@pytest.mark.parametrize(
    ("name", "said", "sentence"),
    [
        ("amount", "0", "Too small: write 1 or more."),
        ("amount", "501", "Too large: write 500 or less."),
        ("share", "0", "Too small: write more than 0."),
        ("share", "1.0", "Too large: write less than 1."),
        ("step", "7", "Write a multiple of 5."),
        ("code", "B-1", "Make it match ^A-[0-9]+$."),
        ("code", "A-1234", "Too long: write at most 5 characters; there are 6."),
        (
            "code",
            "A",
            "Too short: write at least 2 characters; there are 1. Make it match ^A-[0-9]+$.",
        ),
        ("mail", "mira", "Write one e-mail address, such as mira@example.com."),
        ("page", "not one", "Write a whole web address, such as https://example.com/page."),
        ("at", "2026-11-30 14:30", "Write date and time with the offset from UTC, such as 2026-11-30T14:30:00Z."),
        ("from", "14:30", "Write a time with its offset from UTC, such as 14:30:00Z or 14:30:00+01:00."),
        ("tone", "cold", "Choose one of warm, " + "x" * 80 + "."),
        ("tags", "aa", "Too few: there have to be at least 2, and there are 1."),
        ("tags", "a\nb\nc\nd", "Too many: there may be at most 3, and there are 4."),
        ("tags", "a\na", "Each entry may be here only once: remove the others."),
        (
            "tags",
            "a\nbbbb\nC",
            ("Line 2: Too long: write at most 3 characters; there are 4. Line 3: Make it match ^[a-z]+$."),
        ),
        ("to.zip", "1", "Too short: write at least 4 characters; there are 1."),
        ("to.zip", None, "This must not be empty: write something."),
    ],
)
def test_a_fault_says_what_to_do_on_the_very_input(name, said, sentence):
    assert told(GOOD, ORDER, **{name: said}) == {name: sentence}


@pytest.mark.parametrize(
    ("name", "said", "sentence"),
    [
        ("amount", "0", "Too small: write 1 or more."),
        ("code", "B-1", "Make it match the agent's own pattern, below the fields."),
        ("tone", "cold", "Choose one of the values that the agent's own schema lists."),
        ("tags", "aa\nC", "Line 2: Make it match the agent's own pattern, below the fields."),
    ],
)
def test_what_the_agents_own_schema_wants_is_told_without_its_words(name, said, sentence):
    assert told(GOOD, ORDER, agents=True, **{name: said}) == {name: sentence}


def test_all_faults_are_told_at_once():
    said = {"amount": "0", "mail": "x", "tags": "aa", "to.zip": "1"}
    assert list(told(GOOD, ORDER, **said)) == list(said)


def test_a_fault_of_an_object_stands_on_one_of_its_inputs():
    schema = {"properties": {"to": {"required": ["city"]}}, "required": ["since"]}
    proposal = make_proposal(payload={"first": 1, "to": {"zip": "1"}}, payload_schema=schema)
    shown = fields(proposal)
    assert errors(shown, operators_schema(schema).faults(proposal.action.payload), proposal.action.payload) == {
        shown[0].block_id: "/since: is missing",
        shown[1].block_id: "/to/city: is missing",
    }


def test_what_the_schema_says_in_words_of_its_own_is_kept():
    schema = {"properties": {"amount": {"maximum": 9, "not": {"const": 12}}}}
    assert told({"amount": 5}, schema, amount="12") == {
        "amount": 'Too large: write 9 or less. {"const":12} is not allowed for the value'
    }


# Any payload, any schema


TEXTS = st.text(st.characters(codec="utf-8"), max_size=6) | st.sampled_from(
    ["a", "b", "01234", "2026-11-30", "mira@example.com", "https://example.com/", "x" * 3100, "a\r\nb", "", "1.0"]
)


NUMBERS = st.integers(-9, 9) | st.sampled_from([1.0, 2.5, -0.0, 1e300, 2**53 - 1])


SCALARS = TEXTS | NUMBERS | st.booleans() | st.none()


SCHEMA_NAMES = st.sampled_from(["a", "b", "c.d", "e"])


VALUES = st.recursive(
    SCALARS | st.lists(TEXTS, max_size=4) | st.lists(NUMBERS, max_size=4),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(SCHEMA_NAMES, inner, max_size=3),
    max_leaves=6,
)


PAYLOADS = st.dictionaries(SCHEMA_NAMES, VALUES, max_size=4)


LEAVES = st.fixed_dictionaries(
    {},
    optional={
        "type": st.sampled_from(["string", "integer", "number", "array", "boolean", ["string", "null"]]),
        "format": st.sampled_from(["date", "time", "date-time", "email", "uri", "hostname"]),
        "enum": st.lists(SCALARS, min_size=1, max_size=4, unique_by=repr),
        "const": SCALARS,
        "minimum": NUMBERS,
        "exclusiveMaximum": NUMBERS,
        "minLength": st.integers(0, 5),
        "maxLength": st.integers(0, 5000),
        "minItems": st.integers(0, 3),
        "pattern": st.sampled_from(["^a", "x" * 300, "\u202e"]),
        "uniqueItems": st.booleans(),
        "$ref": st.sampled_from(["#", "#/properties/a", "#/nowhere"]),
    },
)


SCHEMAS = st.recursive(
    LEAVES,
    lambda inner: st.fixed_dictionaries(
        {},
        optional={
            "properties": st.dictionaries(SCHEMA_NAMES, inner, max_size=3),
            "items": inner,
            "allOf": st.lists(inner, max_size=2),
            "additionalProperties": inner,
        },
    ),
    max_leaves=8,
)


@given(payload=PAYLOADS, agents=SCHEMAS, operators=SCHEMAS)
@settings(deadline=None, max_examples=150)
def test_a_form_nobody_typed_into_gives_the_very_same_payload_whatever_the_schemas(payload, agents, operators):
    form = Filled(make_proposal(payload=payload, payload_schema=agents), operators)
    result = form.read()
    assert (result.faults, result.changed, result.typed) == ((), (), {})
    assert json.dumps(result.payload) == json.dumps(payload)
    assert all(result.payload[name] is payload[name] for name in payload)


@given(payload=PAYLOADS, agents=SCHEMAS, choose=st.randoms(use_true_random=False), text=TEXTS, number=NUMBERS)
@settings(deadline=None, max_examples=150)
def test_one_typed_change_is_exactly_that_change_whatever_the_schema(payload, agents, choose, text, number):
    form = Filled(make_proposal(payload=payload, payload_schema=agents))
    inputs = [field for field in form.shown if field.locked is None]
    if not inputs:
        return
    field = choose.choice(inputs)
    form.state[field.block_id]["input"] = typed(form.element(field.name), field, choose, text, number)
    result = form.read()
    if result.faults:
        assert [block for block, _ in result.faults] == [field.block_id]
        assert json.dumps(result.payload) == json.dumps(payload)
        return
    if field.blank or field.kind in CONTROLS:
        assert {*result.changed} == {*changed_fields(payload, result.payload)}
        assert {*result.changed} <= {*(field.path[:1] or (*payload, *result.payload))}
        return
    after = json.loads(json.dumps(payload))
    here = after
    for name in field.path[:-1]:
        here = here[name]
    here[field.path[-1]] = reached(result.payload, field.path)
    assert json.dumps(result.payload) == json.dumps(after)
    assert {*result.changed} == {*changed_fields(payload, result.payload)} <= {field.path[0]}


def reached(payload, path):
    for name in path:
        payload = payload[name]
    return payload


def typed(element, field, choose, text, number):
    match element["type"]:
        case "static_select":
            return {"selected_option": choose.choice(element["options"])}
        case "multi_static_select":
            return {"selected_options": choose.sample(element["options"], choose.randint(0, len(element["options"])))}
        case "datepicker":
            return {"selected_date": "2026-12-01"}
        case _:
            return {
                "value": json.dumps(number)
                if field.kind in (FieldType.number, FieldType.integer, FieldType.json)
                else text or None
            }


def test_too_many_values_of_all_kinds_are_locked_as_ever():
    shown = fields(make_proposal(payload={f"f{number}": [f"{number}"] for number in range(120)}))
    assert {field.locked for field in shown} == {None, NO_ROOM}
