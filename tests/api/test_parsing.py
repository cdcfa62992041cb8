"""Strict JSON: no two readers may understand one body differently."""

import json
import math
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from approvals.strict_json import MAX_POINTER, pointer
from bot.api.strict_json import MAX_FAULTS, MAX_INTEGER, Faulty, Malformed, parse_request

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-MAX_INTEGER, MAX_INTEGER)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=20,
)


def faults_of(raw):
    with pytest.raises(Faulty) as caught:
        parse_request(raw)
    return [fault.pointer for fault in caught.value.faults]


@given(JSON)
def test_what_every_reader_takes_comes_through_with_the_kinds_of_its_numbers(value):
    read = parse_request(json.dumps(value).encode())
    assert read == value
    assert json.dumps(read) == json.dumps(value)


@given(st.binary(max_size=200))
def test_any_bytes_are_json_that_can_be_written_again_or_refused(raw):
    with suppress(Malformed, Faulty):
        assert parse_request(json.dumps(parse_request(raw), allow_nan=False).encode()) == json.loads(raw)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"{'a': 1}",
        b'{"a": 1,}',
        b'{"a": 01}',
        b'"\n"',
        b"nul",
        b"\xef\xbb\xbf",
        b"\xef\xbb\xbf\xef\xbb\xbf{}",
        b"1 2",
    ],
)
def test_what_is_not_json_is_malformed(raw):
    with pytest.raises(Malformed, match="not JSON"):
        parse_request(raw)


@pytest.mark.parametrize(
    "raw", [b'"\xff"', b'"\xed\xa0\x80"', b'"\xc0\xaf"', '"ä"'.encode("latin-1"), '{"a": 1}'.encode("utf-16")]
)
def test_what_is_not_utf8_is_malformed(raw):
    with pytest.raises(Malformed, match="not UTF-8"):
        parse_request(raw)


def test_a_duplicate_key_is_a_fault_at_its_place_also_when_both_values_are_equal():
    assert faults_of(b'{"a": [{"b/c": 1, "x": 2, "b/c": 1}]}') == ["/a/0/b~1c"]
    assert faults_of(b'{"a": 1, "\\u0061": 1}') == ["/a"]


@pytest.mark.parametrize(
    "number",
    [
        "NaN",
        "Infinity",
        "-Infinity",
        "1e999",
        "-1e999",
        "1e-999",
        "9007199254740992",
        "-9007199254740992",
        "1" + "0" * 5000,
        "1.00000000000000001",
        "12345678901234567.5",
        "0.30000000000000001",
        "-1.2200000000000000000001e-7",
        "9007199254740993.0",
        "1." + "0" * 5000 + "1",
    ],
)
def test_a_number_that_readers_disagree_about_is_a_fault_at_its_place(number):
    assert faults_of(f'{{"payload": {{"amount": [0, {number}]}}}}'.encode()) == ["/payload/amount/1"]


@pytest.mark.parametrize(
    "number",
    [
        "0.1",
        "0.30000000000000004",
        "0.10000000000000001",
        "0.1000000000000000055511151231257827021181583404541015625",
        "1.10000000000000000000",
        "1e22",
        "100000000000000000000.0",
        "5e-324",
        "-0.0",
        "0e99999999999999999999999999",
        "-0.0e-99999999999999999999999999",
    ],
)
def test_a_number_that_a_double_gives_back_is_taken_however_it_is_written(number):
    assert parse_request(number.encode()) == float(number)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_what_any_writer_of_doubles_sends_is_taken(number):
    assert parse_request(repr(number).encode()) == parse_request(f"{number:.16e}".encode()) == number


def test_a_byte_order_mark_is_no_part_of_the_body():
    assert parse_request(b'\xef\xbb\xbf{"a": 1}') == {"a": 1}


def test_the_largest_exact_integers_and_signed_zeros_are_taken():
    read = parse_request(b"[9007199254740991, -9007199254740991, 0.0e5, -0.0, 0]")
    assert read[:2] == [MAX_INTEGER, -MAX_INTEGER]
    assert math.copysign(1, read[3]) == -1


@pytest.mark.parametrize("raw", [b'{"a": ["\\ud800"]}', b'{"a": ["x\\udfff\\ud800"]}'])
def test_half_a_surrogate_pair_is_a_fault_at_its_place(raw):
    assert faults_of(raw) == ["/a/0"]


def test_half_a_surrogate_pair_in_a_key_is_a_fault_at_its_object():
    assert faults_of(b'{"a": {"\\ud800": 1}}') == ["/a"]


def test_a_whole_surrogate_pair_is_one_character():
    assert parse_request(b'"\\ud83d\\ude00"') == "\U0001f600"


def test_thirty_two_levels_are_taken_and_thirty_three_are_not():
    assert parse_request(b"[" * 32 + b"]" * 32)
    assert faults_of(b'{"a":' * 33 + b"1" + b"}" * 33) == ["/a" * 32]


def test_a_hundred_thousand_levels_are_a_fault_and_no_crash():
    assert faults_of(b"[" * 100_000 + b"]" * 100_000) == [""]


def test_every_fault_is_told_in_reading_order_up_to_a_limit():
    assert faults_of(b'{"a": NaN, "b": {"c": 1, "c": 2}, "d": [1e999]}') == ["/a", "/b/c", "/d/0"]
    assert len(faults_of(b"[" + b",".join([b"NaN"] * 10_000) + b"]")) == MAX_FAULTS


def test_a_pointer_grows_only_so_long_whatever_the_keys():
    raw = json.dumps({"k" * 100_000: [math.nan] * 50}).encode()
    assert all(len(where) <= MAX_POINTER for where in faults_of(raw))


def test_a_pointer_escapes_as_rfc_6901_says():
    assert pointer(["a/b", "m~n", 0, ""]) == "/a~1b/m~0n/0/"


@pytest.mark.parametrize("escape", ["\\ud83d\\ude00", "\\uD83D\\uDE00", "\\u0064\\u0038"])
def test_what_only_looks_like_half_a_pair_is_taken(escape):
    assert parse_request(f'{{"a": ["{escape}"]}}'.encode()) == {"a": [json.loads(f'"{escape}"')]}


@pytest.mark.parametrize("half", ["\\uD800", "\\udfff", "\\uDbFf"])
def test_half_a_pair_is_found_however_it_is_written_and_deep_inside(half):
    with pytest.raises(Faulty) as caught:
        parse_request(f'{{"a": [[], {{"b": "{half}"}}]}}'.encode())
    assert [fault.pointer for fault in caught.value.faults] == ["/a/1/b"]
