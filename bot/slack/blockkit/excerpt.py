"""Excerpts of long texts below a label of ours: whole in pieces, or the beginning with how much is missing."""

from bot.slack.blockkit import words
from bot.slack.blockkit.blocks import Block, boxed, paragraph, quote, rich, run
from bot.slack.blockkit.text import characters, chunks, shorten, text_weight

PIECE = 2_900
"""The longest text in one element."""


def labelled(label: str, text: str, *, small: bool = False, note: str = "") -> Block:
    """A whole visible text in boxes below its label, behind a bar if `small`; pieces say where their line goes on.

    `note` is small print of ours beside the label.
    """
    parts = [paragraph(run(label, bold=True), *([run(f" · {note}", italic=True)] if note else []))]
    for piece, goes_on in chunks(text, PIECE):
        parts.append(quote(piece) if small else boxed(piece))
        if goes_on:
            parts.append(paragraph(run(words.THE_LINE_GOES_ON, italic=True)))
    if len(parts) == 1:
        parts.append(paragraph(run("(empty)", italic=True)))
    return rich(*parts)


def beginning(label: str, text: str, most: int) -> list[Block]:
    """A visible text below its label, at most `most` of it as it weighs in JSON, and how much is missing."""
    shown, left = shorten(text, most, text_weight)
    if not left:
        return [labelled(label, text)]
    return [
        rich(
            paragraph(run(words.only_the_beginning(label), bold=True)),
            boxed(shown),
            paragraph(run(words.missing_here(characters(left)), bold=True)),
        )
    ]
