"""Payloads, whole, as people read them: a mail as a mail, SQL as SQL, anything else as JSON.

Equal display means equal payload: each field stands either under its own name with its exact text, or in the JSON.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.slack.blockkit.blocks import Block, paragraph, rich, run
from bot.slack.blockkit.excerpt import labelled
from bot.slack.blockkit.text import length, one_line, pretty, visible
from bot.slack.words import cards as say

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from approvals.digest import JSON

PAYLOAD = say.EXACTLY_WHAT_WILL_RUN
REST = say.AND_ALL_ITS_OTHER_FIELDS
_ADDRESSES = ("to", "cc", "bcc")
_TEXTS = ("body", "text")
_STATEMENTS = ("sql", "query", "statement")
_MOST_LINE = 1_000
_MOST_LINES = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """A payload as it is shown: single lines by name first, then texts in boxes, each below what it is."""

    kind: str = ""
    """What it is shown as, to follow its label; empty for plain JSON."""
    lines: tuple[tuple[str, str], ...] = ()
    boxes: tuple[tuple[str, str], ...]
    """A label, empty for the payload's own, and a visible text."""


def whole(payload: "Mapping[str, JSON]") -> Whole:
    """How the payload is shown."""
    return _mail(payload) or _sql(payload) or Whole(boxes=(("", visible(pretty(payload))),))


def texts(payload: "Mapping[str, JSON]") -> str:
    """All that is shown of the payload, as one visible text."""
    shown = whole(payload)
    return "\n".join([*(text for _, text in shown.lines), *(text for _, text in shown.boxes)])


def payload_blocks(payload: "Mapping[str, JSON]", label: str = PAYLOAD) -> list[Block]:
    """The payload in blocks: what stands in single lines, then one for each text."""
    shown = whole(payload)
    return [*head(shown, label), *(labelled(name or label, text) for name, text in shown.boxes)]


def head(shown: Whole, label: str) -> list[Block]:
    """What it is, with its single lines; nothing for plain JSON, whose box has the label."""
    if not shown.kind:
        return []
    lines = (_line(name, text) for name, text in shown.lines)
    return [rich(paragraph(run(f"{label}, {shown.kind}", bold=True)), *lines)]


def _line(name: str, text: str) -> Block:
    return paragraph(run(f"{name} ", bold=True), run(text, code=True) if text else run("(empty)", italic=True))


def _mail(payload: "Mapping[str, JSON]") -> Whole | None:
    """A mail: to somebody, about something, with a text; None where it is none, or its head is too long to read."""
    subject = payload.get("subject")
    bodies = [(name, text) for name in _TEXTS if isinstance(text := payload.get(name), str)]
    if not isinstance(subject, str) or not bodies or not _people(payload.get("to")):
        return None
    lines: list[tuple[str, str]] = []
    shown = {"subject", *(name for name, _ in bodies)}
    for name in _ADDRESSES:
        if _people(payload.get(name)):
            lines += _to(name.capitalize(), payload[name])
            shown.add(name)
    lines.append(("Subject", one_line(subject)))
    if len(lines) > _MOST_LINES or any(length(text) > _MOST_LINE for _, text in lines):
        return None
    texts_below = [(name.capitalize(), visible(text)) for name, text in bodies]
    return Whole(kind=say.AS_A_MAIL, lines=tuple(lines), boxes=(*texts_below, *_others(payload, shown)))


def _people(value: "JSON") -> bool:
    """Whether these are addresses that can stand one a line: a text, or a list of texts that is not empty."""
    return isinstance(value, str) or (
        isinstance(value, list) and bool(value) and all(isinstance(each, str) for each in value)
    )


def _to(label: str, people: "JSON") -> "Iterator[tuple[str, str]]":
    """One line each; a list says so with its numbers, even of one."""
    if isinstance(people, list):
        yield from (
            (f"{label} {number} of {len(people)}", one_line(str(each))) for number, each in enumerate(people, 1)
        )
    else:
        yield label, one_line(str(people))


def _sql(payload: "Mapping[str, JSON]") -> Whole | None:
    """A statement with its line breaks; None where there is none."""
    said = [(name, text) for name in _STATEMENTS if isinstance(text := payload.get(name), str) and text]
    if not said:
        return None
    boxes = [(name, visible(text)) for name, text in said]
    return Whole(kind="as SQL", boxes=(*boxes, *_others(payload, {name for name, _ in said})))


def _others(payload: "Mapping[str, JSON]", shown: "set[str]") -> "Iterator[tuple[str, str]]":
    rest = {name: value for name, value in payload.items() if name not in shown}
    if rest:
        yield REST, visible(pretty(rest))
