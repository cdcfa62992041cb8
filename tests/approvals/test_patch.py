"""What an edit changed, and that the record of it is right even where the library is not."""

import copy

import jsonpatch
import pytest
from hypothesis import given
from hypothesis import strategies as st

from approvals.digest import canonical
from approvals.patch import changed_fields, patch_between

SCALARS = st.none() | st.booleans() | st.integers(-2, 2) | st.sampled_from(["", "a", "/", "~", 0.5, 1.0])
KEYS = st.sampled_from(["", "a", "b", "0", "-", "/", "~1"])
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4), max_leaves=10
)
PAYLOADS = st.dictionaries(KEYS, VALUES, max_size=3)


def test_a_changed_field_is_one_operation():
    assert patch_between({"amount": 250, "note": "x"}, {"amount": 90, "note": "x"}) == (
        {"op": "replace", "path": "/amount", "value": 90},
    )


def test_a_number_that_becomes_a_boolean_is_a_change():
    assert patch_between({"x": 1}, {"x": True}) == ({"op": "replace", "path": "/x", "value": True},)
    assert changed_fields({"x": 1}, {"x": True}) == ("x",)


def test_a_number_written_otherwise_is_no_change():
    assert changed_fields({"x": 250}, {"x": 250.0}) == ()


@given(PAYLOADS, PAYLOADS)
def test_the_operations_turn_one_payload_into_the_other(before, after):
    kept = copy.deepcopy(before)
    operations = list(patch_between(before, after))
    assert canonical(jsonpatch.apply_patch(before, operations)) == canonical(after)
    assert canonical(before) == canonical(kept)


@given(PAYLOADS)
def test_no_change_is_no_operation(payload):
    assert patch_between(payload, copy.deepcopy(payload)) == ()


@pytest.mark.parametrize(
    ("why", "wrong"),
    [
        ("another result", [{"op": "replace", "path": "/v", "value": ["c"]}]),
        ("a conflict", [{"op": "remove", "path": "/gone"}]),
        ("an index out of bounds", [{"op": "replace", "path": "/v/7/x", "value": 1}]),
        ("a member of a string", [{"op": "move", "from": "/v/0/0", "path": "/w"}]),
    ],
)
def test_where_the_library_errs_the_whole_payload_is_recorded(monkeypatch, why, wrong):
    monkeypatch.setattr(jsonpatch, "make_patch", lambda _before, _after: jsonpatch.JsonPatch(wrong))
    before, after = {"v": ["a"]}, {"v": ["b"]}
    operations = patch_between(before, after)
    assert operations == ({"op": "replace", "path": "", "value": after},)
    assert jsonpatch.apply_patch(before, list(operations)) == after


@given(PAYLOADS, PAYLOADS)
def test_the_changed_fields_are_those_without_which_the_payloads_agree(before, after):
    changed = changed_fields(before, after)
    assert list(changed) == sorted(set(changed))
    assert canonical({key: before[key] for key in before if key not in changed}) == canonical(
        {key: after[key] for key in after if key not in changed}
    )
    for name in changed:
        assert name not in before or name not in after or canonical(before[name]) != canonical(after[name])


def test_a_field_that_comes_or_goes_has_changed():
    assert changed_fields({"a": 1, "b": 2}, {"b": 2, "c": None}) == ("a", "c")
