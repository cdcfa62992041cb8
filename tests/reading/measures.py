"""What a card costs its reader, counted: its height on a phone, blocks, words, and how often it says one thing.

How often a value stands there is counted outside of quotes, which hold the agent's words, and beside the payload's own
text: 1 is the payload alone, 2 the title too.
"""

import json
import re
from dataclasses import dataclass
from statistics import median

from bot.slack.blockkit.text import word_count, words_of
from tests.town import without_moments

SCREEN = (390, 844)
"""A phone's, in CSS pixels."""
_SHORTEST = 4
"""A shorter value may stand anywhere by chance."""
_ON_PAGE = """([title, last]) => {
  const box = title.closest(".card").getBoundingClientRect();
  return [Math.round(box.height), Math.round((last ?? title).getBoundingClientRect().bottom - title.getBoundingClientRect().top)];
}"""
_ROW = "{:>6} {:<9} {:>6} {:>6} {:>6} {:>6} {:>6}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measures:
    """Of one card."""

    number: int
    group: str
    blocks: int
    words: int
    repeats: int
    """How often the most repeated value of the payload stands there."""
    height: int | None = None
    """In CSS pixels; None where no browser looked."""
    span: int | None = None
    """From the top of its title to the bottom of its Approve button; None without such a button."""

    @property
    def one_screen(self):
        """Whether title and Approve are on one screen together."""
        return self.span is not None and self.span <= SCREEN[1]


def counted(reading, blocks):
    """What can be counted without a browser."""
    return {
        "number": reading.number,
        "group": reading.group,
        "blocks": len(blocks),
        "words": words(blocks),
        "repeats": repeats(reading.payload, blocks),
    }


def words(blocks):
    """How many there are to read: without buttons and menus, and what they ask only once they are pressed."""
    read = [{**block, "accessory": None} for block in blocks if block["type"] != "actions"]
    return word_count(without_moments(words_of(read)))


def repeats(payload, blocks):
    """How often the value stands there that stands there most often."""
    shown, own = outside_quotes(blocks), json.dumps(payload, ensure_ascii=False)
    values = {text for text in map(_written, leaves(payload)) if len(text) >= _SHORTEST and "\n" not in text}
    return max((_times(text, shown) - _times(text, own) + 1 for text in values), default=1)


def leaves(value):
    """Every text, number and truth in the payload."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return [leaf for each in value for leaf in leaves(each)]
    return [value]


def outside_quotes(value):
    """The text of the blocks but for quotes: what is ours, and the payload."""
    if isinstance(value, list):
        return "\n".join(outside_quotes(each) for each in value)
    if not isinstance(value, dict) or value.get("type") == "rich_text_quote":
        return ""
    if value.get("type") in ("rich_text_section", "rich_text_preformatted"):
        return "".join(each.get("text", "") for each in value["elements"])
    if isinstance(value.get("text"), str):
        return value["text"]
    return "\n".join(outside_quotes(value[part]) for part in ("text", "fields", "elements") if part in value)


async def on_page(article):
    """The height of the card in an article of the page, and how far it is from its title to its Approve."""
    title = await article.locator(".block").first.element_handle()
    approve = article.get_by_role("button", name=re.compile("^Approve"))
    last = await approve.first.element_handle() if await approve.count() else None
    height, span = await article.page.evaluate(_ON_PAGE, [title, last])
    return {"height": height, "span": span if last else None}


def table(measured):
    """All of them as lines of text, with the medians below."""
    lines = [_ROW.format("card", "group", "height", "screen", "blocks", "words", "repeat")]
    for each in measured:
        screen = "-" if each.span is None else "yes" if each.one_screen else "no"
        lines.append(_ROW.format(each.number, each.group, each.height, screen, each.blocks, each.words, each.repeats))
    columns = (median(getattr(each, name) for each in measured) for name in ("height", "blocks", "words", "repeats"))
    height, *others = (f"{number:g}" for number in columns)
    one = f"{sum(each.one_screen for each in measured)}/{len(measured)}"
    return "\n".join([*lines, _ROW.format("median", "", height, one, *others)]) + "\n"


def _written(value):
    return value if isinstance(value, str) else json.dumps(value)


def _times(text, within):
    return len(re.findall(rf"(?<!\w){re.escape(text)}(?!\w)", within))
