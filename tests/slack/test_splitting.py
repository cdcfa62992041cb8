"""Long texts in parts: cut at good places, and put together again without a character more or less."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.slack.blockkit.text import length
from bot.slack.forms.fields import FieldType, fields
from bot.slack.forms.input_text import MOST_PIECES, PIECE, split
from tests.making import make_proposal
from tests.slack.filling import Filled

LONG = "\r\n\r\n".join(f"Paragraph {number}. " + "It goes on and on. " * 40 for number in range(8)) + "\r\n"


def joined(pieces):
    return "".join(piece.before + piece.text + piece.after for piece in pieces)


def labels(form):
    return [field.name for field in form.shown]


@pytest.mark.parametrize("text", ["", "short", "x" * PIECE, " " * 5000, "\r\n" * 3000, " " * 4000 + "x"])
def test_what_one_input_holds_is_not_split(text):
    assert split(text) is None


def test_what_takes_too_many_parts_is_not_split():
    assert len(split("x" * (PIECE * MOST_PIECES))) == MOST_PIECES
    assert split("x" * (PIECE * MOST_PIECES + 1)) is None


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("a" * 1500 + "\n" + "b" * 600 + "\n\n" + "c" * 300 + "\n" + "d" * 900, "b"),
        ("a" * 1500 + ". " + "b" * 600 + "\n" + "c" * 300 + " " + "d" * 900, "b"),
        ("a" * 1500 + " " + "b" * 600 + ". " + "c" * 300 + " " + "d" * 900, "b."),
        ("a" * 1500 + " " + "b" * 600 + " " + "c" * 300 + " " + "d" * 900, "c"),
        ("a" * 4000, "a"),
    ],
)
def test_the_cut_is_at_a_paragraph_else_a_line_a_sentence_a_word(text, end):
    assert split(text)[0].text.endswith(end)
    assert joined(split(text)) == text


@pytest.mark.parametrize(
    ("whole", "parts"),
    [
        ("e\u0301", ("e", "\u0301")),
        ("\U0001f44b\U0001f3fd", ("\U0001f44b", "\U0001f3fd")),
        ("\U0001f1e9\U0001f1ea", ("\U0001f1e9", "\U0001f1ea")),
        ("\u26a0\ufe0f", ("\u26a0", "\ufe0f")),
        ("\U0001f469\u200d\U0001f4bb", ("\U0001f469", "\u200d", "\U0001f4bb")),
    ],
)
@pytest.mark.parametrize("shift", range(6))
def test_the_cut_never_falls_inside_a_character(whole, parts, shift):
    text = "x" * shift + whole * (2 * PIECE // len(whole))
    pieces = split(text)
    assert joined(pieces) == text
    assert all(not piece.text.endswith(parts[:-1]) or piece.text.endswith(whole) for piece in pieces[:-1])
    assert all(piece.text.startswith(whole) for piece in pieces[1:])


@pytest.mark.parametrize("shift", range(4))
def test_the_cut_never_falls_inside_a_line_end(shift):
    text = "x" * shift + ("y" * 9 + "\r\n") * 600
    pieces = split(text)
    assert joined(pieces) == text
    assert not any(piece.text.endswith("\r") or piece.text.startswith("\n") for piece in pieces)


BITS = st.sampled_from(
    ["word", " ", "\n", "\r\n", "\r", "\n\n", ". ", "\u00a0", "\t", "e\u0301", "\U0001f1e9\U0001f1ea", "&", "x" * 900]
)


@given(text=st.lists(BITS, max_size=60).map("".join))
@example(text="x" * 900 + "\r\n" + " " * 3000 + "y" * 3000)
@settings(deadline=None)
def test_parts_are_short_enough_and_together_the_text(text):
    pieces = split(text)
    if pieces is None:
        return
    assert joined(pieces) == text
    assert all(0 < length(piece.text) <= PIECE for piece in pieces)
    assert all(piece.text == piece.text.strip(" \t\u00a0\r\n") for piece in pieces)


# In the form


def test_a_long_text_has_numbered_inputs_that_are_joined_again():
    form = Filled(make_proposal(payload={"body": LONG, "to": "mira"}))
    parts = len(form.shown) - 1
    assert labels(form) == [*(f"body ({number} of {parts})" for number in range(1, parts + 1)), "to"]
    assert {field.kind for field in form.shown[:-1]} == {FieldType.text}
    assert all(form.element(field.name)["multiline"] for field in form.shown[:-1])
    assert "joined again" in form.block(f"body (1 of {parts})")["hint"]["text"]
    assert form.read().changed == ()


def test_one_part_changed_leaves_the_bytes_of_all_others():
    form = Filled(make_proposal(payload={"body": LONG}))
    second = labels(form)[1]
    form.type(second, form.field(second).shown.replace("\r\n", "\n").replace("Paragraph", "Chapter", 1))
    result = form.read()
    (before,) = [field.shown for field in form.shown if field.name == second]
    assert result.payload["body"] == LONG.replace(before, before.replace("Paragraph", "Chapter", 1))
    assert result.changed == ("body",)
    assert list(result.typed) == [second]


def test_blanks_that_slack_trims_between_parts_are_not_lost():
    form = Filled(make_proposal(payload={"body": LONG}))
    for name in labels(form):
        form.type(name, form.field(name).shown.replace("\r\n", "\n").strip() + "!")
    assert form.read().payload["body"].replace("!", "") == LONG


def test_all_parts_cleared_are_an_empty_text():
    form = Filled(make_proposal(payload={"body": LONG}))
    for name in labels(form):
        form.type(name, None)
    assert form.read().payload == {"body": ""}


def test_a_fault_in_one_part_loses_no_other():
    form = Filled(make_proposal(payload={"body": LONG}))
    form.type(labels(form)[0], "half \ud83d")
    form.type(labels(form)[1], "whole")
    result = form.read()
    assert [block for block, _ in result.faults] == [form.shown[0].block_id]
    assert {*result.typed} == {*labels(form)[:2]}


def test_a_long_text_inside_an_object_is_split_too():
    form = Filled(make_proposal(payload={"mail": {"to": "mira", "body": LONG}}))
    assert labels(form)[1].startswith("mail.body (1 of ")
    form.type(labels(form)[-1], "The end.")
    changed = form.read().payload["mail"]
    assert changed["to"] == "mira"
    assert changed["body"].startswith(LONG[:2000])
    assert changed["body"].endswith("The end. \r\n")


def test_a_long_text_is_locked_rather_than_others_shut_out():
    payload = {"body": "x" * 29_000, **{f"f{number}": "\u00e9" * 400 for number in range(52)}}
    shown = fields(make_proposal(payload=payload))
    assert shown[0].locked == "its 29000 characters do not fit an input"
    assert all(field.locked is None for field in shown[1:])


@given(text=st.lists(BITS, min_size=5, max_size=60).map("".join))
@settings(deadline=None, max_examples=50)
def test_a_long_text_nobody_touched_is_the_very_same(text):
    payload = {"body": text}
    result = Filled(make_proposal(payload=payload)).read()
    assert result.payload["body"] is payload["body"]
    assert (result.changed, result.faults, result.typed) == ((), (), {})
