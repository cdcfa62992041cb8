"""The digest: one for each action and payload, whatever the way it was written down."""

import hashlib
import json
import math

import pytest
import rfc8785
from hypothesis import example, given, settings
from hypothesis import strategies as st

from approvals.digest import EXACT, canonical, canonical_record, digest
from approvals.proposal import Action
from tests.laws import examples

SAFE = 2**53 - 1
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-SAFE, SAFE)
    | st.floats(-SAFE, SAFE)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
)
PAYLOADS = st.dictionaries(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=6),
    st.recursive(
        SCALARS,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab", max_size=3), inner, max_size=3),
    ),
    max_size=4,
)


def test_a_digest_is_the_sha256_of_the_canonical_action_and_payload():
    canonical_bytes = b'{"action":"refund.create","payload":{"amount":250,"note":"\xc3\xa9"}}'
    expected = "sha256:" + hashlib.sha256(canonical_bytes).hexdigest()
    assert digest("refund.create", {"note": "é", "amount": 250}) == expected


def test_the_example_of_rfc_8785_comes_out_as_printed_there():
    value = {
        "numbers": [333333333.33333329, 1e30, 4.50, 2e-3, 0.000000000000000000000000001],
        "string": "\u20ac$\u000f\u000aA'\u0042\u0022\u005c\\\"/",
        "literals": [None, True, False],
    }
    printed = (
        '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],'
        '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'
    )
    assert canonical(value).decode() == printed


def test_keys_are_ordered_by_their_utf_16_units():
    assert canonical({"\ufb33": 1, "\U0001f600": 2, "\u20ac": 3, "1": 4}).decode() == '{"1":4,"€":3,"😀":2,"\ufb33":1}'


def test_250_and_250_point_0_share_a_digest():
    assert digest("refund.create", {"amount": 250}) == digest("refund.create", {"amount": 250.0})


def test_true_and_1_do_not_share_a_digest():
    assert digest("a", {"x": True}) != digest("a", {"x": 1})


def test_null_and_a_missing_field_do_not_share_a_digest():
    assert digest("a", {"x": None}) != digest("a", {})


def test_the_action_is_part_of_the_digest():
    assert digest("refund.create", {"amount": 1}) != digest("refund.delete", {"amount": 1})


def test_a_payload_cannot_pose_as_the_action():
    assert digest("a", {"action": "b"}) != digest("b", {"action": "a"})


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, 2**53, -(2**53), "\ud800", {"\udfff": 1}, {True: 1}])
def test_what_i_json_cannot_carry_has_no_digest(value):
    with pytest.raises(ValueError):  # noqa: PT011  the library's own words
        digest("a", {"x": value})


@given(PAYLOADS)
def test_the_order_of_keys_does_not_matter(payload):
    backwards = dict(reversed(list(payload.items())))
    assert digest("a", payload) == digest("a", backwards)


@given(PAYLOADS)
def test_the_canonical_bytes_read_back_as_the_same_value(payload):
    assert canonical(json.loads(canonical(payload))) == canonical(payload)


@given(PAYLOADS, PAYLOADS)
def test_equal_digests_mean_equal_bytes(one, other):
    assert (digest("a", one) == digest("a", other)) == (canonical(one) == canonical(other))


def test_an_action_carries_its_digest_and_does_not_take_another():
    action = Action(name="refund.create", payload={"amount": 250})
    assert action.digest == digest("refund.create", {"amount": 250})
    with pytest.raises(TypeError):
        Action(name="refund.create", payload={"amount": 250}, digest="sha256:0")


TRICKY = st.sampled_from(
    [
        "1",
        "-0",
        "true",
        "null",
        "a\ud800",
        "\U0001f600",
        "\ufb33",
        "\ue000",
        '"1":',
        "\\",
        '\\"',
        "\x7f",
        "\x1f",
        ".",
        "e",
    ]
)
NAMES = TRICKY | st.text(max_size=3) | st.integers(-2, 2) | st.booleans() | st.none() | st.floats()
ANYTHING = st.recursive(
    SCALARS
    | TRICKY
    | st.floats()
    | st.decimals(-(10**15), 10**15, places=2).map(float)
    | st.integers()
    | st.integers(10**14, 10**16)
    | st.tuples(st.integers())
    | st.binary(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4),
)


def bytes_or_fault(write, value):
    try:
        return write(value)
    except (ValueError, TypeError, RecursionError) as fault:
        return type(fault), str(fault)


@settings(max_examples=examples(500))
@given(ANYTHING)
@example({"\ufb33": 1, "\U0001f600": 2})
@example({1: "a"})
@example({"1": "a"})
@example({"a": 1, True: 2})
@example([2**53])
@example([1e16, 1e-5, -0.0, 250.0])
@example(1e16)
@example([249.9, 250.0, 0.05, -0.01, 1e-6, 1e-4, 123456789012.25, 1234567890123456.5, 0.30000000000000004])
@example({".0": [1.5, 1.0, 10.01], "a": -0.0})
@example(["\ud800"])
@example({"\udfff": 1})
@example(["1e5", "2.5", True, False, None])
def test_the_bytes_are_those_of_the_library_of_rfc_8785_and_so_is_every_refusal(value):
    assert bytes_or_fault(canonical, value) == bytes_or_fault(rfc8785.dumps, value)


@pytest.mark.parametrize("depth", [10, 100_000])
def test_however_deep_it_is_the_bytes_and_the_refusal_are_the_librarys(depth):
    value = []
    for _ in range(depth):
        value = [value]
    same = [bytes_or_fault(write, value) for write in (canonical, rfc8785.dumps)]
    assert same[0] == same[1] or same[0][0] is same[1][0] is RecursionError


RECORDS = st.dictionaries(st.text("abc_", max_size=3), st.none() | st.integers(-(2**54), 2**54) | st.text(max_size=6))


@given(RECORDS)
@example({"a": EXACT, "b": -EXACT})
@example({"a": EXACT + 1})
@example({"a": "\ud800"})
def test_a_record_of_texts_and_integers_has_the_same_bytes_and_is_refused_alike(record):
    try:
        expected = canonical(record)
    except ValueError:
        with pytest.raises(ValueError):  # noqa: PT011 each says in its own words what cannot be written
            canonical_record(record)
    else:
        assert canonical_record(record) == expected
