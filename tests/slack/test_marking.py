"""Many values are found in one pass, like each by itself; where that would take too long, all is replaced."""

import re

from hypothesis import example, given
from hypothesis import strategies as st

from bot.slack.cards.redaction import BOUNDED, MOST_WORK, Marking

VALUES = st.lists(st.text("ab1. ", min_size=1, max_size=12), max_size=80, unique=True)
TEXTS = st.text("ab1. _é", max_size=60)


def gone(text):
    return f"[all {len(text)}]"


def one_by_one(values, text):
    """The same by a pattern of all values, the longest first, which takes values times text."""
    patterns = [
        rf"(?<!\w){re.escape(value)}(?!\w)"
        if len(value) < BOUNDED or re.fullmatch(r"[\d.eE+-]+", value)
        else re.escape(value)
        for value in sorted(values, key=len, reverse=True)
    ]
    return re.sub("|".join(patterns), lambda found: f"<{len(found.group())}>", text) if values else text


@given(values=VALUES, text=TEXTS)
@example(values=["abab", "ababab1"], text="abababab1")
@example(values=["1111", "1.11"], text="a1111 1111 1.11.")
@example(values=[f"{number:08b}".replace("0", "a") for number in range(80)], text="a111a1a1 aaaaaaaa")
def test_each_value_is_marked_where_it_stands_the_longest_first(values, text):
    marking = Marking({value: f"<{len(value)}>" for value in values}, gone)
    assert marking(text) == one_by_one(values, text)


def test_thousands_of_values_are_found_within_the_budget():
    words = [f"customer-{number:05}" for number in range(6000)]
    marking = Marking(dict.fromkeys(words, "*"), gone)
    assert marking(" ".join(words)) == " ".join("*" * len(words))
    assert marking("none of them") == "none of them"


def test_beyond_the_budget_all_of_a_text_is_replaced_and_of_each_after_it():
    values = ["a" * length for length in range(BOUNDED, 700)]
    text = ("a" * 690 + "b") * 300
    marking = Marking(dict.fromkeys(values, "*"), gone)
    assert marking("b aaaaa b") == "b * b"
    worst = Marking({value + "c": "*" for value in values}, gone)
    assert worst(text) == gone(text)
    assert worst("b aaaaac b") == gone("b aaaaac b")
    assert Marking({"secret": "*"}, gone, budget=3)("a secret") == gone("a secret")
    assert len(values) * len(text) > MOST_WORK


def test_nothing_is_looked_for_where_nothing_is_redacted():
    assert Marking({}, gone, budget=0)("a text") == "a text"
    assert Marking({"": "*"}, gone)("a text") == "a text"
