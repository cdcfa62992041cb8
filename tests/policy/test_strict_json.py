import pytest

from policy.file.strict_json import DEPTH, NotJSON, parse_json, too_deep


def test_numbers_keep_the_kind_they_were_written_in():
    assert repr(parse_json('{"a": 250, "b": 250.0, "c": [true, null, "x"]}')) == (
        "{'a': 250, 'b': 250.0, 'c': [True, None, 'x']}"
    )


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{", "is not JSON"),
        ('{"a": 1, "a": 2}', "'a' twice"),
        ('{"a": NaN}', "NaN"),
        ('{"a": 1e999}', "out of range"),
        ('{"a": 9007199254740993}', "beyond 2"),
        ('{"a": ' + "9" * 5000 + "}", "beyond 2"),
        (r'"\ud800"', "surrogate"),
        ("[" * 100 + "]" * 100, "nested deeper"),
        ("[" * 200_000 + "]" * 200_000, "nested deeper"),
    ],
)
def test_what_the_canonical_form_cannot_carry_is_refused(text, why):
    with pytest.raises(NotJSON, match=why):
        parse_json(text)


def test_depth_counts_lists_and_objects_alike():
    value = 1
    for level in range(DEPTH):
        value = [value] if level % 2 else {"a": value}
    assert not too_deep(value)
    assert too_deep([value])
