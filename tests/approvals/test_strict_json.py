"""One reader for all JSON texts: what is a flaw is the reader's to say, its place and kind are told."""

import json
import math

import pytest

from approvals.strict_json import EXACT, Bounds, Flaw, Flawed, Kind, read, too_deep

ALL = Bounds(depth=3, most=20)
SAMPLES = {
    Kind.twice: '{"a": [{"b": 1, "b": 2}]}',
    Kind.integer: f"[{EXACT + 1}]",
    Kind.large: "[1e999]",
    Kind.small: "[1e-999]",
    Kind.digits: "[0.1234567890123456789]",
    Kind.constant: "[NaN]",
    Kind.half: '["\\ud800"]',
    Kind.half_key: '{"\\ud800": 1}',
    Kind.deep: "[[[[]]]]",
}


def flaws(text, bounds=ALL):
    with pytest.raises(Flawed) as caught:
        read(text, bounds)
    return list(caught.value.flaws)


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_of_flaw_is_found_and_taken_by_whoever_does_not_refuse_it(kind):
    assert [flaw.kind for flaw in flaws(SAMPLES[kind])] == [kind]
    read(SAMPLES[kind], Bounds(depth=3, refused=frozenset(Kind) - {kind}))


def test_a_flaw_has_its_place_and_the_name_that_it_is_about():
    assert flaws('{"a": [{"b/c": 1, "b/c": 2}, Infinity]}') == [
        Flaw(Kind.twice, "/a/0/b~1c", "b/c"),
        Flaw(Kind.constant, "/a/1", "Infinity"),
    ]


def test_what_is_not_refused_is_read_as_a_lenient_reader_reads_it():
    lenient = Bounds(refused=frozenset())
    assert read('{"a": 1, "a": 1e999}', lenient) == {"a": math.inf}
    assert read(f"[{EXACT + 1}, {'9' * 40}, 1e-999, -Infinity]", lenient) == [EXACT + 1, int("9" * 40), 0, -math.inf]
    with pytest.raises(ValueError, match="4300"):
        read("9" * 5000, lenient)


def test_the_bounds_are_the_readers():
    assert flaws("[9]", Bounds(integer=8)) == [Flaw(Kind.integer, "/0")]
    assert read("[8]", Bounds(integer=8)) == [8]
    assert flaws("[[]]", Bounds(depth=1)) == [Flaw(Kind.deep, "/0")]
    assert read("[1]", Bounds(depth=1)) == [1]
    assert len(flaws("[NaN, NaN, NaN]", Bounds(most=2))) == 2


def test_half_of_a_pair_is_found_also_in_a_text_that_holds_it_as_it_is():
    assert flaws('["\ud800"]') == [Flaw(Kind.half, "/0")]
    assert flaws('{"\udfff": 1}') == [Flaw(Kind.half_key, "")]


def test_what_no_reader_can_hold_is_too_deep_whoever_asks():
    text = "[" * 100_000 + "]" * 100_000
    assert flaws(text, Bounds(refused=frozenset())) == [Flaw(Kind.deep, "")]


def test_what_is_no_json_is_said_with_its_line():
    with pytest.raises(json.JSONDecodeError, match="line 1 column 2"):
        read("{", ALL)


def test_the_depth_of_a_value_is_told_without_recursing():
    value = []
    for _ in range(100_000):
        value = [value]
    assert too_deep(value, 64)
    assert not too_deep([{"a": 1}], 2)
    assert too_deep([{"a": []}], 2)


def test_a_flaw_below_the_depth_of_a_reader_to_whom_depth_is_none_is_found():
    text = "[" * 50 + '{"a": 1, "a": 2}' + "]" * 50
    assert [flaw.kind for flaw in flaws(text, Bounds(depth=3, refused=frozenset({Kind.twice})))] == [Kind.twice]
