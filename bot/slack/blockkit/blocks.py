"""Blocks as plain dicts. Foreign text goes only where Slack parses nothing: `plain` and the rich text ones."""

import json
import re
from datetime import UTC, datetime
from math import ceil
from typing import TYPE_CHECKING, Any, TypeAlias

from bot.slack.blockkit.direction import isolated
from bot.slack.blockkit.text import escape, length, one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Block: TypeAlias = dict[str, Any]

_PERSON = re.compile(r"[UW][A-Z0-9]{2,}")
_CHANNEL = re.compile(r"[CGD][A-Z0-9]{2,}")


def plain_text(text: str) -> Block:
    """Text that Slack shows as it is, of 1 to 3000 characters."""
    return {"type": "plain_text", "text": isolated(text), "emoji": False}


def ours(markup: str) -> Block:
    """Markup of this program: never with foreign text in it."""
    return {"type": "mrkdwn", "text": isolated(markup), "verbatim": True}


def header(text: str) -> Block:
    """A title of at most 150 characters."""
    return {"type": "header", "text": plain_text(text)}


def section(text: Block, accessory: Block | None = None) -> Block:
    """A paragraph, with a button or menu beside it if there is one."""
    block: Block = {"type": "section", "text": text}
    return block if accessory is None else {**block, "accessory": accessory}


def context_block(*texts: Block) -> Block:
    """Small print: up to ten texts in one row."""
    return {"type": "context", "elements": list(texts)}


def divider() -> Block:
    """A line across."""
    return {"type": "divider"}


def rich(*parts: Block) -> Block:
    """A block of rich text."""
    return {"type": "rich_text", "elements": list(parts)}


def run(text: str, **style: bool) -> Block:
    """A piece of a line of rich text, of at least one character; `style` is bold, italic or code."""
    made: Block = {"type": "text", "text": isolated(text)}
    return {**made, "style": dict(style)} if style else made


def paragraph(*runs: Block) -> Block:
    """A line of rich text."""
    return {"type": "rich_text_section", "elements": list(runs)}


def quote(text: str) -> Block:
    """Somebody else's words, behind a bar on every line."""
    return {"type": "rich_text_quote", "elements": [run(text)]}


def boxed(text: str) -> Block:
    """Fixed-width text in a box."""
    return {"type": "rich_text_preformatted", "elements": [run(text)]}


def bullets(paragraphs: "Iterable[Block]") -> Block:
    """A list of paragraphs."""
    return {"type": "rich_text_list", "style": "bullet", "elements": list(paragraphs)}


def actions(*elements: Block) -> Block:
    """A row of buttons and menus."""
    return {"type": "actions", "elements": list(elements)}


def button(label: str, action_id: str, value: str, *, said: str, style: str | None = None) -> Block:
    """A button; `said` is what a screen reader says, at most 75 characters."""
    made: Block = {
        "type": "button",
        "text": plain_text(label),
        "action_id": action_id,
        "value": value,
        "accessibility_label": said,
    }
    return made if style is None else {**made, "style": style}


def confirming(made: Block, title: str, text: str, yes: str) -> Block:
    """The button with a question before it counts: a title of at most 100, a text of 300, a yes of 30 characters."""
    asked = {
        "title": plain_text(title),
        "text": plain_text(text),
        "confirm": plain_text(yes),
        "deny": plain_text("Cancel"),
    }
    return {**made, "confirm": asked}


def overflow(action_id: str, options: "Sequence[tuple[str, str]]") -> Block:
    """A menu of up to five pairs of label and value."""
    return {
        "type": "overflow",
        "action_id": action_id,
        "options": [{"text": plain_text(label), "value": value} for label, value in options],
    }


def json_size(blocks: "Sequence[Block]") -> int:
    """How long Slack finds the blocks, written out as JSON."""
    return length(json.dumps(list(blocks), ensure_ascii=False, separators=(",", ":")))


def person(user: str) -> str:
    """Markup that shows a person's name; what is no user id is shown as text."""
    return f"<@{user}>" if _PERSON.fullmatch(user) else escape(one_line(user))


def somebody(user: str) -> Block:
    """A person's name in a line of rich text: calls nobody in a view, but would in a message."""
    return {"type": "user", "user_id": user} if _PERSON.fullmatch(user) else run(one_line(user) or "?")


def channel(name: str) -> str:
    """Markup that shows a channel's name; what is no channel id is shown as text."""
    return f"<#{name}>" if _CHANNEL.fullmatch(name) else escape(one_line(name))


def when(at: "datetime", *, seconds: bool = False) -> str:
    """Markup that shows a time in the reader's own zone; `seconds` of a moment are rounded up."""
    if not seconds:
        return f"<!date^{int(at.timestamp())}^{{date_short_pretty}} {{time}}|{at:%Y-%m-%d %H:%M} UTC>"
    full = datetime.fromtimestamp(ceil(at.timestamp()), UTC)
    return f"<!date^{int(full.timestamp())}^{{date_short_pretty}} {{time_secs}}|{full:%Y-%m-%d %H:%M:%S} UTC>"
