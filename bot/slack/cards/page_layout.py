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
PIECE = 36 * ROW
"""The longest piece of a text in one block, as `room_taken` measures: half a page, so that pages can be filled."""
MOST_HEIGHT = 1_600
"""Pixels of the blocks of a page; what stands around them makes it 1,800 at most."""
MOST_BLOCKS = 80
"""On a page; a modal holds 100, and the page adds its buttons."""
MOST_SIZE = 60_000
"""Of a page, as JSON; a view may have 250 kB, in a count that Slack does not document."""
_WIDE = "\u1100"
"""From here on a character is counted as two: most scripts with wide ones, and emoji, come after."""
_LINE, _AROUND = 22, 14
"""Pixels of a row, and of what stands between two parts."""


@dataclass(slots=True, kw_only=True)
class Page:
    """What stands on one page."""

    blocks: list[Block] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)
    """What its blocks are about, in order, each once."""
    height: int = 0
    size: int = 0

    def takes(self, block: Block) -> bool:
        """Whether there is room for it; there always is on an empty page."""
        fits = self.height + height(block) <= MOST_HEIGHT and self.size + json_size([block]) <= MOST_SIZE
        return not self.blocks or (fits and len(self.blocks) < MOST_BLOCKS)

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
    for part, block in blocks:
        if not pages[-1].takes(block):
            pages.append(Page())
        pages[-1].add(part, block)
    return pages


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
    return rows(text) * _LINE + (_AROUND if part["type"] == "rich_text_preformatted" else 0)


def _width(line: str) -> int:
    return len(line) if line.isascii() else len(line) + sum(char >= _WIDE for char in line)
