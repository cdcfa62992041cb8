"""One language of references, read once: as the validator reads them, or not at all."""

import json
from urllib.parse import quote

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy.json_schema.references import Unresolvable, resolved
from policy.json_schema.schemas import UnusableSchema, agents_schema, operators_schema
from tests.policy.files import ask, faults_with, policy_with, refund

NAMES = ["a", "a b", "a/b", "a~b", "a%b", "%61", "~1", "~01", "ä", "", "0", '"', "a+b", "\u017f", "日"]
DEFINED = {name: {"const": number} for number, name in enumerate(NAMES)}


def pointer(name):
    return "#/$defs/" + quote(name.replace("~", "~0").replace("/", "~1"), safe="~!$&'()*+,;=:@")


@pytest.mark.parametrize("name", NAMES)
def test_every_name_can_be_referred_to_as_the_rfcs_say(name):
    schema = {"$defs": DEFINED, "properties": {"x": {"$ref": pointer(name)}}}
    assert resolved(schema, pointer(name)) == DEFINED[name]
    for usable in (agents_schema, operators_schema):
        assert usable(schema).faults({"x": NAMES.index(name)}) == ()
        assert usable(schema).faults({"x": -1}) != ()


@pytest.mark.parametrize(
    ("reference", "found"),
    [
        ("#", "whole"),
        ("#/$defs/%61", {"const": 0}),
        ("#/%24defs/a", {"const": 0}),
        ("#/$defs/a%7E1b", {"const": 2}),
        ("#/$defs/a%2Fb", "a/b is two steps"),
        ("#/$defs/a~0b", {"const": 3}),
        ("#/allOf/0", {"title": "first"}),
        ("#/allOf/1", True),
    ],
)
def test_a_fragment_is_decoded_before_it_is_read_as_a_pointer(reference, found):
    schema = {"$defs": DEFINED, "allOf": [{"title": "first"}, True]}
    if found == "a/b is two steps":
        with pytest.raises(Unresolvable, match="not there"):
            resolved(schema, reference)
    else:
        assert resolved(schema, reference) == (schema if found == "whole" else found)


@pytest.mark.parametrize(
    "reference",
    [
        "",
        "#name",
        "/$defs/a",
        "%23/$defs/a",
        "#%2F$defs%2Fa",
        "other.json#/a",
        "https://example.com/x",
        "urn:x#/a",
        "?#/$defs/a",
        "#/$defs/%ff",
        "#/$defs/%",
        "#/$defs/%6",
        "#/$defs/a~2",
        "#/$defs/a~",
        "#/$defs/nothing",
        "#/$DEFS/a",
        "#/$defs/a/const/0",
        "#/allOf/00",
        "#/allOf/2",
        "#/allOf/-",
        "#/allOf/-1",
        "#/allOf/\u0660",
        "#/allOf/" + "9" * 5000,
    ],
)
def test_what_cannot_be_followed_is_refused_from_an_agent_and_a_fault_of_the_policy(tmp_path, reference):
    schema = {"$defs": DEFINED, "allOf": [{"title": "first"}, True], "properties": {"x": {"$ref": reference}}}
    with pytest.raises(Unresolvable):
        resolved(schema, reference)
    for usable in (agents_schema, operators_schema):
        with pytest.raises(UnusableSchema):
            usable(schema)
    (fault,) = policy_with(tmp_path).all_faults(ask(payload_schema=schema), refund())
    assert "payload_schema is unusable" in fault.detail
    (tmp_path / "refund.json").write_text(json.dumps(schema), encoding="utf-8")
    (fault,) = faults_with(tmp_path, schemas={"refund.create": "refund.json"})
    assert fault.key == "schemas.refund.create"


@pytest.mark.parametrize(
    "schema",
    [
        {"properties": {"x": {"$dynamicRef": "#x"}}},
        {"$recursiveRef": "#"},
        {"properties": {"x": {"$id": "https://example.com/x", "$ref": "#/$defs/a"}}, "$defs": {"a": {}}},
        {"$defs": {"x": {"$id": "https://example.com/x"}, "y": {"$id": "https://example.com/x"}}},
        {"$defs": {"x": {"$id": "https://example.com/x"}}, "properties": {"y": {"$recursiveRef": "#"}}},
        {"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}}},
        {"allOf": [{"$ref": "#"}]},
        {"$ref": "#/title", "title": "no schema"},
        {"$ref": "#/$defs", "$defs": [{}]},
    ],
)
def test_scopes_circles_and_what_is_no_schema_are_refused(schema):
    for usable in (agents_schema, operators_schema):
        with pytest.raises(UnusableSchema):
            usable(schema)


def test_a_schema_may_say_what_it_is_and_that_changes_nothing():
    named = {"$id": "https://example.com/refund", "$ref": "#/$defs/a", "$defs": {"a": {"required": ["x"]}}}
    for usable in (agents_schema, operators_schema):
        assert usable(named).faults({}) != ()
        assert usable(named).faults({"x": 1}) == ()


def test_what_is_only_data_is_no_reference():
    data = {"$ref": "https://example.com/x", "$id": "y", "$dynamicRef": "#z"}
    schema = {"properties": {"x": {"const": data, "default": data, "examples": [data]}, "$ref": {"enum": [data]}}}
    for usable in (agents_schema, operators_schema):
        assert usable(schema).faults({"x": data, "$ref": data}) == ()


@given(
    steps=st.lists(st.sampled_from([*NAMES, "$defs", "allOf", "1", "const", "x"]), max_size=3),
    escapes=st.randoms(use_true_random=False),
)
def test_whatever_the_validator_follows_is_followed_to_the_same_place(steps, escapes):
    """The validator's own reading, from the values that it takes, against ours."""
    marked = {name: {"const": number} for number, name in enumerate(NAMES)}
    written = "#" + "".join("/" + _escaped(step, escapes) for step in steps)
    schema = {
        "$defs": marked,
        "allOf": [{}, {"properties": {"y": {"const": "one"}}}],
        "properties": {"x": {"$ref": written}},
    }
    try:
        validator = jsonschema_rs.Draft202012Validator(schema)
    except (ValueError, jsonschema_rs.ReferencingError, jsonschema_rs.ValidationError):
        return
    found = resolved(schema, written)
    for number in range(len(NAMES)):
        own = jsonschema_rs.Draft202012Validator(
            {"$defs": marked, "allOf": schema["allOf"], "properties": {"x": found}}
        )
        assert own.is_valid({"x": number}) == validator.is_valid({"x": number})


def _escaped(step, escapes):
    told = step.replace("~", "~0").replace("/", "~1")
    if escapes.random() < 0.2:
        told = step  # as it is: mostly wrong
    return "".join(
        "".join(f"%{byte:02X}" for byte in each.encode()) if escapes.random() < 0.3 else quote(each, safe="~$%+")
        for each in told
    )
