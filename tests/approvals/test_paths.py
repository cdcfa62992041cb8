"""One language for the fields of a payload: any key of JSON has a path, and every path means one field."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from approvals.gate import Confirmation
from approvals.moves.confirmation import NAME, words
from approvals.paths import DEEPEST, BadPath, canonical_path, is_redacted, path_text, steps, value_at
from approvals.remembered.likeness import alike
from tests.making import make_proposal

names = st.text(st.characters(exclude_categories=["Cs"]), max_size=6) | st.sampled_from(
    ["payload", "tls.key", "", '"', "a b", "{", "ключ", "0", "\\", "\x00", "\x7f", "."]
)


@given(st.lists(names, min_size=1, max_size=DEEPEST))
def test_any_keys_of_json_have_a_path_that_leads_to_them_alone(way):
    path = canonical_path("payload." + path_text(way))
    assert steps(path) == tuple(way)
    assert canonical_path(path) == path
    payload = leaf = {}
    for name in way[:-1]:
        leaf = leaf.setdefault(name, {})
    leaf[way[-1]] = 7
    assert value_at(payload, path) == (7,)
    assert value_at({}, path) == ()


@pytest.mark.parametrize(
    ("path", "names_in_it"),
    [
        ("amount", ["amount"]),
        ("payload.amount", ["amount"]),
        ("customer.name", ["customer", "name"]),
        ('data."tls.key"', ["data", "tls.key"]),
        ('payload."payload".x', ["payload", "x"]),
        ('"payload"', ["payload"]),
        ("payload.payload", ["payload"]),
        ('""', [""]),
        ('a.""', ["a", ""]),
        ('"say \\"hi\\""', ['say "hi"']),
        ('"\\u00e4".b c', ["ä", "b c"]),
        ("größe.ключ", ["größe", "ключ"]),
    ],
)
def test_a_path_is_names_with_dots_between_and_quotes_where_needed(path, names_in_it):
    assert list(steps(path)) == names_in_it


@pytest.mark.parametrize(
    "path",
    [
        "",
        ".",
        "a.",
        ".a",
        "a..b",
        "payload",
        "payload.",
        '"a',
        'a"b"',
        '"a"b',
        "a\nb",
        '"\\x"',
        '"\\ud800"',
        "a" * 1001,
        ".".join("a" * 17),
    ],
)
def test_what_names_no_field_is_refused(path):
    with pytest.raises(BadPath):
        steps(path)


@pytest.mark.parametrize(
    ("redact", "path"),
    [
        ("data.tls.key", 'data."tls.key"'),
        ('data."tls.key"', "data.tls.key"),
        ("headers.authorization", "headers.Authorization"),
        ("card", "card.number"),
        ("card.number", "card"),
        ("payload.x", '"payload".x'),
    ],
)
def test_what_a_path_hides_is_hidden_in_all_that_it_could_mean(redact, path):
    assert is_redacted(path, [redact])
    assert not is_redacted(path, ["other", "car", "head"])


def test_a_value_to_type_is_found_by_a_quoted_path():
    asked = make_proposal(
        payload={"tls.key": {"a b": 12}}, confirmation=Confirmation(typed=('"tls.key".a b', '"payload"'))
    )
    assert [word.text for word in words(asked)] == ["12", asked.action.name]


def test_what_may_differ_is_found_by_a_quoted_path():
    first, second, third = (
        make_proposal(payload=payload).action
        for payload in ({"a": {"b.c": 1}}, {"a": {"b.c": 2}}, {"a": {"b": {"c": 2}}})
    )
    assert alike(first, ['payload.a."b.c"']) == alike(second, ['payload.a."b.c"'])
    assert alike(first, ["payload.a.b.c"]) != alike(second, ["payload.a.b.c"])
    assert json.dumps(dict(third.payload)) == '{"a": {"b": {"c": 2}}}'


def test_the_actions_name_is_no_path_and_a_field_without_a_name_is_one():
    asked = make_proposal(
        payload={"": 12, "a": 1}, confirmation=Confirmation(typed=(NAME, '""', "a")), redact=("a", '""')
    )
    assert [word.text for word in words(asked)] == [asked.action.name]
    asked = make_proposal(payload={"": 12}, confirmation=Confirmation(typed=(NAME, '""')))
    assert [word.text for word in words(asked)] == [asked.action.name, "12"]
