"""One reader for all JSON texts: what is a flaw is the reader's to say, its place and kind are told."""

import json
import math

import pytest

from approvals.strict_json import EXACT, Bounds, Flaw, Flawed, FlawKind, read_json, too_deep

ALL = Bounds(depth=3, most=20)
SAMPLES = {
    FlawKind.twice: '{"a": [{"b": 1, "b": 2}]}',
    FlawKind.integer: f"[{EXACT + 1}]",
    FlawKind.large: "[1e999]",
    FlawKind.small: "[1e-999]",
    FlawKind.digits: "[0.1234567890123456789]",
    FlawKind.constant: "[NaN]",
    FlawKind.half: '["\\ud800"]',
    FlawKind.half_key: '{"\\ud800": 1}',
    FlawKind.deep: "[[[[]]]]",
}


def flaws(text, bounds=ALL):
    with pytest.raises(Flawed) as caught:
        read_json(text, bounds)
    return list(caught.value.flaws)


@pytest.mark.parametrize("kind", FlawKind)
def test_every_kind_of_flaw_is_found_and_taken_by_whoever_does_not_refuse_it(kind):
    assert [flaw.kind for flaw in flaws(SAMPLES[kind])] == [kind]
    read_json(SAMPLES[kind], Bounds(depth=3, refused=frozenset(FlawKind) - {kind}))


def test_a_flaw_has_its_place_and_the_name_that_it_is_about():
    assert flaws('{"a": [{"b/c": 1, "b/c": 2}, Infinity]}') == [
        Flaw(FlawKind.twice, "/a/0/b~1c", "b/c"),
        Flaw(FlawKind.constant, "/a/1", "Infinity"),
    ]


def test_what_is_not_refused_is_read_as_a_lenient_reader_reads_it():
    lenient = Bounds(refused=frozenset())
    assert read_json('{"a": 1, "a": 1e999}', lenient) == {"a": math.inf}
    assert read_json(f"[{EXACT + 1}, {'9' * 40}, 1e-999, -Infinity]", lenient) == [
        EXACT + 1,
        int("9" * 40),
        0,
        -math.inf,
    ]
    with pytest.raises(ValueError, match="4300"):
        read_json("9" * 5000, lenient)


def test_the_bounds_are_the_readers():
    assert flaws("[9]", Bounds(integer=8)) == [Flaw(FlawKind.integer, "/0")]
    assert read_json("[8]", Bounds(integer=8)) == [8]
    assert flaws("[[]]", Bounds(depth=1)) == [Flaw(FlawKind.deep, "/0")]
    assert read_json("[1]", Bounds(depth=1)) == [1]
    assert len(flaws("[NaN, NaN, NaN]", Bounds(most=2))) == 2


def test_half_of_a_pair_is_found_also_in_a_text_that_holds_it_as_it_is():
    assert flaws('["\ud800"]') == [Flaw(FlawKind.half, "/0")]
    assert flaws('{"\udfff": 1}') == [Flaw(FlawKind.half_key, "")]


def test_what_no_reader_can_hold_is_too_deep_whoever_asks():
    text = "[" * 100_000 + "]" * 100_000
    assert flaws(text, Bounds(refused=frozenset())) == [Flaw(FlawKind.deep, "")]


def test_what_is_no_json_is_said_with_its_line():
    with pytest.raises(json.JSONDecodeError, match="line 1 column 2"):
        read_json("{", ALL)


def test_the_depth_of_a_value_is_told_without_recursing():
    value = []
    for _ in range(100_000):
        value = [value]
    assert too_deep(value, 64)
    assert not too_deep([{"a": 1}], 2)
    assert too_deep([{"a": []}], 2)


def test_a_flaw_below_the_depth_of_a_reader_to_whom_depth_is_none_is_found():
    text = "[" * 50 + '{"a": 1, "a": 2}' + "]" * 50
    assert [flaw.kind for flaw in flaws(text, Bounds(depth=3, refused=frozenset({FlawKind.twice})))] == [FlawKind.twice]
