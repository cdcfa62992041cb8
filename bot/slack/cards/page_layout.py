"""Layout of `Details` on pages of two to three screens of a phone, each of which says what stands on it.

Slack tells nobody how high a block is, so it is estimated: rows of a narrow screen, and what stands around them.
"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bot.slack.blockkit.blocks import Block, json_size
from bot.slack.blockkit.text import length

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

ROW = 40
"""Characters that stand beside one another on a phone, in a box."""
PIECE = 32 * ROW
"""The longest piece of a text in one block, as `room_taken` measures: half a page, so that pages can be filled."""
MOST_HEIGHT = 1_600
"""Pixels of the blocks of a page; what stands around them makes it 1,800 at most."""
MOST_BLOCKS = 80
"""On a page; a modal holds 100, and the page adds its buttons."""
MOST_SIZE = 60_000
"""Of a page, as JSON; a view may have 250 kB, in a count that Slack does not document."""
_MOST_HEADINGS = 3
"""In a row, that wait for what they are about."""
_LINE, _BOX_LINE = 22, 19
"""Pixels of a row of text, and of one in a box."""
_AROUND, _BOX_AROUND = 14, 30
"""What stands between two blocks, and around a box."""


@dataclass(slots=True, kw_only=True)
class Page:
    """What stands on one page."""

    blocks: list[Block] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)
    """What its blocks are about, in order, each once."""
    height: int = 0
    size: int = 0

    def takes(self, *blocks: Block) -> bool:
        """Whether there is room for them; there always is on an empty page."""
        high, large = sum(map(height, blocks)), json_size(blocks)
        fits = self.height + high <= MOST_HEIGHT and self.size + large <= MOST_SIZE
        return not self.blocks or (fits and len(self.blocks) + len(blocks) <= MOST_BLOCKS)

    def add(self, part: str, block: Block) -> None:
        """Puts a block at its end."""
        self.blocks.append(block)
        self.height += height(block)
        self.size += json_size([block])
        if part not in self.parts:
            self.parts.append(part)


def laid_out(blocks: "Iterable[tuple[str, Block]]") -> list[Page]:
    """Blocks, each with what it is about, on as many pages as they need: at least one."""
    pages = [Page()]
    heading: list[tuple[str, Block]] = []
    for part, block in blocks:
        if _is_heading(block) and len(heading) < _MOST_HEADINGS:
            heading.append((part, block))
            continue
        if not pages[-1].takes(*(each for _, each in heading), block):
            pages.append(Page())
        for about, each in (*heading, (part, block)):
            pages[-1].add(about, each)
        heading = []
    for about, each in heading:
        pages[-1].add(about, each)
    return pages


def _is_heading(block: "Mapping[str, Any]") -> bool:
    """Whether it says nothing but what the next block is."""
    parts = block["elements"] if block["type"] == "rich_text" else []
    return len(parts) == 1 and parts[0]["type"] == "rich_text_section" and len(parts[0]["elements"]) == 1


def room_taken(text: str) -> int:
    """How much of a page a text takes, in characters: of each line as many as there are in the rows that it fills."""
    return max(length(text), ROW * rows(text))


def rows(text: str) -> int:
    """How many rows it takes on a phone."""
    return sum(-(-_width(line) // ROW) or 1 for line in text.split("\n"))


def height(block: "Mapping[str, Any]") -> int:
    """About how many pixels a block is high on a phone."""
    kind = block.get("type")
    if kind == "rich_text":
        return sum(_part(part) for part in block["elements"]) + _AROUND
    texts = block["elements"] if kind == "context" else [block.get("text") or {}]
    return sum(rows(str(each.get("text", ""))) for each in texts) * _LINE + _AROUND


def _part(part: "Mapping[str, Any]") -> int:
    if part["type"] == "rich_text_list":
        return sum(_part(each) for each in part["elements"])
    text = "".join(str(each.get("text", "")) for each in part["elements"])
    boxed = part["type"] == "rich_text_preformatted"
    return rows(text) * _BOX_LINE + _BOX_AROUND if boxed else rows(text) * _LINE


def _width(line: str) -> int:
    """Characters as wide as Latin ones: what takes three bytes, as most scripts with wide ones do, counts as two."""
    return len(line) if line.isascii() else (len(line) + len(line.encode("utf-8", "surrogatepass"))) // 2
