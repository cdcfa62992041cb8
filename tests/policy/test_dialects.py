"""What frameworks write, in whatever dialect: taken as the dialect's own validator takes it, or refused by name."""

import itertools
import re

import jsonschema_rs
import pytest

from approvals.refusals import Fault
from policy.json_schema.dialects import Draft
from policy.json_schema.patterns import Digits, decimal, without_looking_ahead
from policy.json_schema.schemas import UnusableSchema, agents_schema, operators_schema
from policy.json_schema.translation import MOST_COPIED, plain, translated

D4 = "http://json-schema.org/draft-04/schema#"
D6 = "http://json-schema.org/draft-06/schema#"
D7 = "http://json-schema.org/draft-07/schema#"
D2019 = "https://json-schema.org/draft/2019-09/schema"
D2020 = "https://json-schema.org/draft/2020-12/schema"
OWN = {
    D4: jsonschema_rs.Draft4Validator,
    D6: jsonschema_rs.Draft6Validator,
    D7: jsonschema_rs.Draft7Validator,
    D2019: jsonschema_rs.Draft201909Validator,
    D2020: jsonschema_rs.Draft202012Validator,
}
VALUES = [None, True, 0, 1, 5, 6, 2.5, "", "a", "5", [], [1], ["a"], ["a", 1], ["a", 1, 2], [None], {}]
PAYLOADS = [
    {},
    *({"it": value} for value in VALUES),
    *({"it": 5, "other": value} for value in VALUES),
    *({"it": {"it": value}} for value in VALUES),
    *({"it": {"next": {"it": value}}, "next": {"it": value}} for value in VALUES),
]
WRITTEN = {
    "a list of items": (D7, {"properties": {"it": {"items": [{"type": "string"}, {"type": "integer"}]}}}),
    "a list of items and no more": (
        D7,
        {"properties": {"it": {"items": [{"type": "string"}], "additionalItems": False}}},
    ),
    "a reference into a list of items": (
        D7,
        {"properties": {"it": {"items": [{"type": "string"}]}, "other": {"$ref": "#/properties/it/items/0"}}},
    ),
    "what one field needs beside it": (D7, {"dependencies": {"it": ["other"]}}),
    "what one field asks of the rest": (D7, {"dependencies": {"it": {"properties": {"other": {"type": "string"}}}}}),
    "definitions and a reference at the top": (
        D7,
        {"$ref": "#/definitions/M", "definitions": {"M": {"properties": {"it": {"type": "integer"}}}}},
    ),
    "a reference with words beside it that assert nothing": (
        D7,
        {
            "properties": {"it": {"$ref": "#/definitions/n", "description": "a number", "default": 1}},
            "definitions": {"n": {"type": "number"}},
        },
    ),
    "an address, and references relative to it": (
        D7,
        {
            "$id": "https://example.com/schemas/order",
            "properties": {"it": {"$ref": "line"}, "other": {"$ref": "order#/definitions/n"}},
            "definitions": {"l": {"$id": "line", "type": "string"}, "n": {"type": "integer"}},
        },
    ),
    "a pointer from an address of its own": (
        D7,
        {
            "$id": "https://example.com/order",
            "properties": {"it": {"$ref": "https://example.com/line#/definitions/n"}},
            "definitions": {"l": {"$id": "line", "definitions": {"n": {"type": "integer"}}}},
        },
    ),
    "an address that says nothing": (D4, {"id": "#", "properties": {"it": {"type": "string"}}}),
    "an anchor of draft-07": (
        D7,
        {"properties": {"it": {"$ref": "#n"}}, "definitions": {"l": {"$id": "#n", "type": "integer"}}},
    ),
    "bounds of draft-04": (
        D4,
        {"properties": {"it": {"minimum": 1, "exclusiveMinimum": True, "maximum": 6, "exclusiveMaximum": False}}},
    ),
    "an address of draft-04": (
        D4,
        {
            "id": "http://example.com/order",
            "properties": {"it": {"$ref": "line"}},
            "definitions": {"l": {"id": "line", "type": "string"}},
        },
    ),
    "a field that is called id": (D4, {"properties": {"id": {"type": "string"}, "it": {"enum": [1, "a"]}}}),
    "const and contains": (D6, {"properties": {"it": {"contains": {"const": 1}}}}),
    "conditions": (D7, {"if": {"required": ["other"]}, "then": {"properties": {"it": {"const": 6}}}, "else": True}),
    "the whole again": (D2019, {"properties": {"it": {"type": ["integer", "object"]}, "next": {"$recursiveRef": "#"}}}),
    "the whole again, wherever it is": (
        D2019,
        {
            "$recursiveAnchor": True,
            "properties": {"it": {"type": ["integer", "object"]}, "next": {"$recursiveRef": "#"}},
        },
    ),
    "an anchor": (D2019, {"properties": {"it": {"$ref": "#n"}}, "$defs": {"l": {"$anchor": "n", "type": "integer"}}}),
    "more words beside a reference": (
        D2019,
        {"properties": {"it": {"$ref": "#/$defs/n", "maximum": 5}}, "$defs": {"n": {"type": "integer"}}},
    ),
    "what nothing else has seen": (D2019, {"properties": {"it": {}}, "unevaluatedProperties": False}),
    "a dynamic anchor": (
        D2020,
        {
            "$dynamicAnchor": "node",
            "properties": {"it": {"type": ["integer", "object"]}, "next": {"$dynamicRef": "#node"}},
        },
    ),
    "items after the first": (D2020, {"properties": {"it": {"prefixItems": [{"type": "string"}], "items": False}}}),
    "a reference to anything": (
        D2020,
        {"properties": {"it": {"$ref": "#/$defs/any", "minLength": 1}}, "$defs": {"any": True}},
    ),
    "a reference to nothing": (D2020, {"properties": {"it": {"$ref": "#/$defs/no"}}, "$defs": {"no": False}}),
    "parts where nobody looks for any": (
        D7,
        {
            "properties": {
                "it": {"$ref": "#/components/schemas/it"},
                "other": {"$ref": "#/components/schemas/it/items/0"},
            },
            "components": {"schemas": {"it": {"items": [{"type": "string"}]}}},
        },
    ),
}


@pytest.mark.parametrize("case", WRITTEN)
@pytest.mark.parametrize("take", [operators_schema, agents_schema])
def test_a_schema_means_what_its_own_dialect_says(case, take):
    address, schema = WRITTEN[case]
    schema = {"$schema": address, **schema}
    own, ours = OWN[address](schema), take(schema)
    judged = {repr(payload): (own.is_valid(payload), not ours.faults(payload)) for payload in PAYLOADS}
    assert {payload: both for payload, both in judged.items() if both[0] != both[1]} == {}
    assert {True, False} == {valid for valid, _ in judged.values()}, "a table that tells nothing"


@pytest.mark.parametrize("case", WRITTEN)
def test_what_was_translated_once_is_left_alone(case):
    address, schema = WRITTEN[case]
    once = translated({"$schema": address, **schema})
    assert translated(once) == once


@pytest.mark.parametrize("case", WRITTEN)
def test_what_was_written_stays_as_it_is(case):
    address, schema = WRITTEN[case]
    before = repr(schema)
    translated({"$schema": address, **schema})
    assert repr(schema) == before


NULLABLE = [
    {"type": "string"},
    {"type": ["string", "integer"]},
    {"type": "string", "enum": ["a", "5"]},
    {"enum": ["a"]},
    {"type": "integer", "minimum": 5},
    {"$ref": "#/$defs/a"},
    {"allOf": [{"$ref": "#/$defs/a"}]},
    {"anyOf": [{"type": "integer"}, {"const": "a"}]},
    {"const": 5},
    {"type": "string", "title": "Note", "default": None},
]


@pytest.mark.parametrize("inner", NULLABLE)
def test_nullable_is_null_or_what_the_rest_says(inner):
    defs = {"a": {"enum": ["a"]}}
    ours = agents_schema({"properties": {"it": {**inner, "nullable": True}}, "$defs": defs})
    without = agents_schema({"properties": {"it": {**inner, "nullable": False}}, "$defs": defs})
    assert ours.faults({"it": None}) == ()
    assert without.faults({"it": None}) != ()
    for value in VALUES[1:]:
        assert bool(ours.faults({"it": value})) == bool(without.faults({"it": value}))


def test_what_refers_to_something_nullable_may_be_null_as_well():
    schema = {
        "properties": {"it": {"$ref": "#/$defs/a"}},
        "$defs": {"a": {"$ref": "#/$defs/b", "nullable": True}, "b": {"const": 1}},
    }
    assert [bool(agents_schema(schema).faults({"it": value})) for value in (None, 1, 2)] == [False, False, True]


def test_a_field_may_have_the_name_of_a_keyword():
    fields = ("nullable", "items", "dependencies", "$id", "divisibleBy", "exclusiveMinimum", "pattern")
    schema = agents_schema({"properties": {name: {"type": "integer"} for name in fields}, "required": [*fields]})
    assert schema.faults(dict.fromkeys(fields, 1)) == ()
    assert len(schema.faults(dict.fromkeys(fields, "a"))) == len(fields)


def test_what_is_only_an_example_is_never_rewritten():
    odd = {"nullable": True, "items": [1], "$id": "x", "pattern": "(?=a)"}
    schema = {"properties": {"it": {"const": odd, "default": odd}, "other": {"enum": [odd]}}}
    assert agents_schema(schema).faults({"it": odd, "other": odd}) == ()


@pytest.mark.parametrize(
    ("schema", "said"),
    [
        (
            {"$schema": D7, "properties": {"a": {"$ref": "#/definitions/a", "maxLength": 3}}, "definitions": {"a": {}}},
            "properties/a: `maxLength` beside `$ref` would be ignored by draft-07",
        ),
        ({"$schema": D7, "prefixItems": []}, "`prefixItems` would be ignored, draft-07 does not have it: name 2020-12"),
        ({"$schema": D7, "unevaluatedProperties": False}, "name 2019-09 as `$schema`"),
        ({"$schema": D4, "properties": {"a": {"const": 1}}}, "properties/a: `const` would be ignored, draft-04"),
        ({"$schema": D2020, "dependencies": {"a": ["b"]}}, "write `dependentRequired` or `dependentSchemas`"),
        ({"$schema": D2020, "items": [{}]}, "write `prefixItems`"),
        ({"$schema": D2020, "$recursiveRef": "#"}, "write `$ref`"),
        (
            {"properties": {"a": {"items": {}, "additionalItems": False}}},
            "properties/a: `additionalItems` would be ignored",
        ),
        ({"properties": {"a": {"exclusiveMinimum": True}}}, "without `minimum` would be ignored: write the number"),
        (
            {"$schema": D7, "minimum": 1, "exclusiveMinimum": True},
            "`exclusiveMinimum` is true: draft-07 wants the number",
        ),
        ({"then": {}}, "`then` without `if`"),
        ({"items": {"minContains": 2}}, "items: `minContains` without `contains`"),
        ({"properties": {"a": {"required": True}}}, "list the names of fields under `required` of their object"),
        ({"properties": {"a": {"type": "float"}}}, "properties/a: `type` float is none of JSON Schema's: write number"),
        ({"properties": {"a": {"type": ["str", "null"]}}}, "write string"),
        ({"properties": {"a": {"type": "any"}}}, "leave it out for any"),
        ({"properties": {"a": {"type": "blob"}}}, "write one of JSON's own"),
        ({"properties": {"a": {"divisibleBy": 2}}}, "`divisibleBy` is of draft-03: write `multipleOf`"),
        ({"properties": {"a": {"nullable": "yes"}}}, "`nullable` has to be true or false"),
        ({"dependencies": {"a": ["b"]}, "dependentRequired": {"a": ["c"]}}, "write it once"),
        ({"dependencies": {"a": ["b"]}, "dependentRequired": []}, "write it once"),
        ({"properties": {"a": {"pattern": "a(?!b)"}}}, "properties/a: pattern a(?!b) looks around with (?!…)"),
        ({"properties": {"a": {"pattern": r"(.)\1" + "x" * 50}}}, "refers back to what it matched before"),
        ({"patternProperties": {"^(?!x-)": {}}}, "`patternProperties`: ^(?!x-) looks ahead"),
        ({"patternProperties": {"(?<!x)a": {}}}, "looks around with (?<!…)"),
        (
            {"$id": "https://example.com/a", "$defs": {"a": {"$id": "b"}}, "$dynamicRef": "#x"},
            "may mean something else for each `$id`",
        ),
        ({"$defs": {"a": {"$id": "b"}, "c": {"$id": "b"}}}, "$id b stands twice"),
        ({"$ref": "#/$defs/a", "$dynamicRef": "#/$defs/a", "$defs": {"a": {}}}, "`$dynamicRef` beside `$ref`"),
        ({"properties": {"a": {"$ref": "#/x"}}, "x": "a text"}, "properties/a: it refers to #/x, which is no schema"),
        ({"$ref": "#/x", "x": {}, "$defs": 1}, "not under `$defs`"),
        ({"$ref": "#/x", "x": {"enum": [[]] * (MOST_COPIED + 1)}}, "too much that is not under `$defs`"),
        ({"allOf": 1, "pattern": "^(?=a)b"}, "allOf: the value is not of type"),
        ({"$schema": "x" * 100}, "x" * 60 + "… is not known"),
        ({"$id": "https://example.com/a", "$ref": "http://[x"}, "it may refer only to its own parts"),
        ({"$id": "https://example.com/a", "$defs": {"a": {"$id": "http://[x"}}}, "it may refer only to its own parts"),
        ({"$defs": {"a": {"$id": 5}}}, "$defs/a/$id: "),
    ],
)
def test_what_would_be_ignored_or_cannot_be_done_is_named_with_its_place_and_what_to_write(schema, said):
    with pytest.raises(UnusableSchema) as refused:
        operators_schema(schema)
    assert said in str(refused.value)


def test_every_draft_has_the_name_that_people_write():
    assert [draft.title for draft in Draft] == ["draft-04", "draft-06", "draft-07", "2019-09", "2020-12"]


def test_a_form_reads_nothing_from_a_schema_that_is_not_taken_any_more():
    assert plain({"properties": {"a": {"$ref": "https://example.com/x"}}}) == {}
    assert plain({"properties": {"a": {"type": "string", "nullable": True}}}) == {
        "properties": {"a": {"type": ["string", "null"]}}
    }


# Patterns


def decimals(digits, places):
    """The pattern that pydantic writes for a Decimal."""
    start = r"^(?!^[-+.]*$)[+-]?0*"
    if digits is not None and places is not None:
        before = max(0, digits - places)
        return start + rf"(?:\d{{0,{before}}}|(?=[\d.]{{1,{digits + 1}}}0*$)\d{{0,{before}}}\.\d{{0,{places}}}0*$)$"
    if digits is not None:
        return start + rf"(?:\d{{0,{digits}}}|(?=[\d.]{{1,{digits + 1}}}0*$)\d*\.\d*0*$)$"
    return start + (rf"\d*\.?\d{{0,{places}}}0*$" if places is not None else r"\d*\.?\d*$")


DECIMALS = {
    (None, None): Digits(),
    (5, 2): Digits(before=3, after=2),
    (3, None): Digits(all=3),
    (None, 2): Digits(after=2),
    (2, 2): Digits(before=0, after=2),
    (1, 3): Digits(before=0, after=1),
    (3, 0): Digits(before=3, after=0),
}
TEXTS = ["".join(text) for length in range(7) for text in itertools.product("-.01a", repeat=length)]
TEXTS += ["".join(text) for text in itertools.product("0.1", repeat=8)]


@pytest.mark.parametrize(("kind", "digits"), DECIMALS.items())
def test_pydantics_decimals_are_written_anew_and_match_the_very_same_texts(kind, digits):
    pattern = decimals(*kind)
    asked, forbidden = without_looking_ahead(pattern)
    assert forbidden == ()
    assert decimal(asked) == digits
    before, after = re.compile(pattern, re.ASCII), [re.compile(each) for each in asked]
    matched = [text for text in TEXTS if before.search(text)]
    assert matched == [text for text in TEXTS if all(each.search(text) for each in after)]
    assert len(matched) > 50
    schema = agents_schema(
        {"properties": {"it": {"anyOf": [{"type": "number"}, {"type": "string", "pattern": pattern}]}}}
    )
    for text in TEXTS[::97]:
        assert (schema.faults({"it": text}) == ()) is bool(before.search(text)), text


@pytest.mark.parametrize(
    "pattern",
    [
        r"^(?=.*[A-Z])(?=.*\d).{3,}$",
        r"^(?!.*admin)[a-z]+$",
        r"^(?!\d+$).+",
        r"^(?![abc]*$)[a-e]+$",
        r"^(?![^abc]*$)[a-e]+$",
        r"^(?=a|b)[a-d]+$",
        r"^(?=a\)|[)b])[a-d)]+",
        r"^(?!^[-+.]*$)[a.]*$",
    ],
)
def test_a_look_ahead_that_stands_first_is_held_together_with_the_rest(pattern):
    own = re.compile(pattern)
    texts = ["".join(text) for length in range(5) for text in itertools.product("aAd1)", repeat=length)]
    texts += ["admin", "aadmin", "adminx", "...", "a.."]
    schema = agents_schema({"properties": {"it": {"pattern": pattern}}})
    judged = {text: not schema.faults({"it": text}) for text in texts}
    assert judged == {text: bool(own.search(text)) for text in texts}
    assert {*judged.values()} == {True, False}
    assert schema.faults({"it": 5}) == (), "a pattern is about texts"


@pytest.mark.parametrize(
    "pattern",
    [
        r"(?=a)b",
        r"^(?=a)b|c",
        r"^(?=(?!b)a)c",
        r"^(?=a)*b",
        r"^(?=a",
        r"^a(?<=b)",
        decimals(5, 2).replace("{1,6}", "{1,4}"),
        decimals(5, None).replace("{1,6}", "{1,5}"),
        "^(?!^[-+.]*$)" + decimals(5, 2).removeprefix("^(?!^[-+.]*$)").replace("{0,2}", "{0,3}"),
    ],
)
def test_any_other_look_around_is_refused(pattern):
    with pytest.raises(UnusableSchema, match="looks around with"):
        agents_schema({"properties": {"it": {"pattern": pattern}}})


@pytest.mark.parametrize(
    "patterns",
    [
        (),
        ("^a$",),
        ("[^-+.]",),
        ("[^-+.]", "^a$"),
        ("^[+-]?[0-9]*[.]?[0-9]*$",),
        ("[^-+.]", "^[+-]?[0-9]*[.]?[0-9]*$", "^a"),
        ("[^-+.]", "^[+-]?(0*[0-9]{0,3}|[0-9]*[.][0-9]*)$", "^[+-]?0*([0-9]{0,3}|[0-9.]{1,9}0*)$"),
    ],
)
def test_other_patterns_are_not_taken_for_those_of_a_decimal(patterns):
    assert decimal(patterns) is None


# Faults of unions


def faults(schema, value, **more):
    return agents_schema({"properties": {"it": schema}, **more}).faults({"it": value})


CARD = {"properties": {"kind": {"const": "card"}, "last4": {"pattern": "^[0-9]{4}$"}}, "required": ["kind", "last4"]}
BANK = {"properties": {"kind": {"const": "bank"}, "iban": {"minLength": 5}}, "required": ["kind", "iban"]}
WAYS = {"oneOf": [{"type": "object", **CARD}, {"type": "object", **BANK}]}


@pytest.mark.parametrize(
    ("schema", "value", "told"),
    [
        (
            {"anyOf": [{"type": "integer", "maximum": 4}, {"type": "null"}]},
            7,
            [("/it", "is greater than the maximum of 4")],
        ),
        ({"anyOf": [{"type": "integer"}, {"type": "null"}]}, "x", [("/it", 'is not of types "integer", "null"')]),
        (
            {"anyOf": [{"enum": ["low", "high"], "type": "string"}, {"type": "null"}]},
            5,
            [("/it", 'is not one of "low", "high", null')],
        ),
        ({"oneOf": [{"const": "low"}, {"const": "high"}]}, "mid", [("/it", 'is not one of "low", "high"')]),
        (
            {"anyOf": [{"const": "auto"}, {"type": "integer", "minimum": 1}]},
            0,
            [("/it", "is less than the minimum of 1")],
        ),
        ({"anyOf": [{"const": "auto"}, {"type": "integer"}]}, "x", [("/it", 'is not one of "auto", nor of "integer"')]),
        (WAYS, {"kind": "bank"}, [("/it/iban", "is missing")]),
        (WAYS, {"kind": "card", "last4": "x", "iban": "abcdef"}, [("/it/last4", 'does not match "^[0-9]{4}$"')]),
        (
            {
                "oneOf": [
                    {"properties": {"kind": {"const": "a"}}},
                    {"properties": {"kind": {"const": "b"}}, "required": ["x", "y"]},
                ]
            },
            {"kind": "b"},
            [("/it/x", "is missing"), ("/it/y", "is missing")],
        ),
        (WAYS, 5, [("/it", 'is not of types "object"')]),
        (
            {"anyOf": [{"anyOf": [{"type": "integer", "maximum": 4}, {"type": "null"}]}, {"type": "string"}]},
            7,
            [("/it", "is greater than the maximum of 4")],
        ),
        (
            {"oneOf": [{"type": "integer"}, {"type": "number"}]},
            7,
            [("/it", "fits more than one of what oneOf lists, and may fit only one")],
        ),
        ({"anyOf": [False, False]}, 7, [("/it", "fits none of what it may be")]),
        ({"pattern": "^(?!.*x)[a-z]+$"}, "axa", [("/it", "must not match ^(?:.*x)")]),
        ({"pattern": f"^(?!.*{'x' * 400})[a-z]+$"}, "x" * 400, [("/it", "fails not")]),
        ({"anyOf": [{"const": "x" * 400}, {"const": "y"}]}, 1, [("/it", "fails enum")]),
    ],
)
def test_of_a_union_the_branch_that_fits_best_says_what_is_wrong(schema, value, told):
    assert faults(schema, value) == tuple(Fault(*each) for each in told)


def test_a_fault_of_a_union_never_repeats_what_may_be_secret():
    assert "hunter2" not in str(faults({"anyOf": [{"const": 1}, {"type": "integer"}, WAYS]}, "hunter2"))
