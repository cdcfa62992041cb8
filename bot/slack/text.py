"""How foreign text is shown in Slack: nothing hidden, nothing parsed, nothing cut without a word about it.

`visible` first, then a limit; what is cut is what people see. Lengths are those Slack counts: UTF-16 units of the
text after Slack's own escaping.
"""

import hashlib
import json
import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from bot.slack.indent import indented

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from approvals.proposal import JSON

TOKEN = re.compile(r"⟨U\+([0-9A-F]{4,6})(?: x(\d+))?⟩")
"""What `visible` writes for a character that does not show, or for so many of them."""
MARK = "▮"
"""Stands for what is redacted; spelled out in foreign text, so that nobody else can write it."""
VEILED = "\udcae"
"""Becomes the mark where text is made visible; no text of an agent holds it, for it is half of a character."""
_LONGEST_TOKEN = 24
_WORTH_REMEMBERING = 2000
"""Characters of a word."""
_HARMLESS = frozenset({"0009", "000A", "000D", "0020", "0026", "25AE", "27E8"})
_HIDDEN_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Zs"})
_FILLERS = (0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0, 0x16FE4, 0x1D159)
_SELECTORS = (*range(0x180B, 0x1810), *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))
_BLANK_ALTHOUGH_NAMED = frozenset({*_FILLERS, *_SELECTORS})
"""Characters that their category calls letters, marks or symbols and that show nothing: fillers, joiners, selectors."""
_OWN = frozenset({"⟨", MARK})
"""What only we write."""
_JAMO = frozenset([*range(0x1100, 0x1200), *range(0xA960, 0xA980), *range(0xD7B0, 0xD800)])
_MARKS_ON_ONE_LETTER = 3
_PADDING = re.compile(r"(?m)(?<![ \n]) {16,}|^ {65,}| +$|\A +|\n{4,}|\A\n+|\n+\Z")
_OURS = frozenset(
    ("header", "section", "context", "divider", "actions", "rich_text", "rich_text_list", "button", "overflow")
)
_PARTS = ("title", "label", "text", "fields", "accessory", "elements", "element", "options", "confirm", "deny")
_ENTITY = re.compile(r"&(?=(?:amp|lt|gt);)")
_WORD = re.compile(r"[^ \n]+")
_CODE = re.compile(r":(?:[+-]1|[a-z][a-z0-9_+'-]*):")
_PERSON = re.compile(r"<([@#][A-Z0-9]+|!subteam\^[A-Z0-9]+)\|[^<>]*>")


def escape(text: str) -> str:
    """For Slack's mrkdwn: the three characters that begin or end markup as entities."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def unescape(text: str) -> str:
    """The inverse of `escape`."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def visible(text: str) -> str:
    """The text with all that does not show spelled out as `⟨U+202E⟩`; equal results mean equal texts.

    Spelled out are control, format, bidi, tag, blank and unassigned characters, marks that only pile up or have a
    composed twin, padding, and what Slack would read as an entity. Line breaks and single blanks stay.
    """
    return _ENTITY.sub("⟨U+0026⟩", _PADDING.sub(_run, _WORD.sub(_spelled, text)))


def one_line(text: str) -> str:
    """As `visible`, with line breaks spelled out too, for text beside a label that it must not imitate."""
    return visible(text).replace("\n", "⟨U+000A⟩")


def has_invisible(text: str) -> bool:
    """Whether the text holds characters that people cannot see; tabs, blanks and line breaks are not among them."""
    return spells_out(visible(text))


def spells_out(shown: str) -> bool:
    """Whether a visible text spells out characters that people cannot see."""
    return any(code not in _HARMLESS for code, _ in TOKEN.findall(shown))


def length(text: str) -> int:
    """How long Slack finds the text: UTF-16 units, with `&`, `<` and `>` as the entities it makes of them."""
    return (
        len(text.encode("utf-16-le", "surrogatepass")) // 2
        + 4 * text.count("&")
        + 3 * (text.count("<") + text.count(">"))
    )


def weight(text: str) -> int:
    """How much the text adds to a message written out as JSON, in UTF-16 units."""
    return length(json.dumps(text, ensure_ascii=False)) - 2


def shorten(text: str, limit: int, measure: "Callable[[str], int]" = length) -> tuple[str, int]:
    """The beginning of a visible text that measures at most `limit`, and how many characters are missing."""
    # No measure finds a text shorter than its characters; a long one is not measured to find out.
    if len(text) <= limit and measure(text) <= limit:
        return text, 0
    end = _fitting(text, 0, limit, measure)
    return text[:end], len(text) - end


def chunks(text: str, limit: int) -> "Iterator[tuple[str, bool]]":
    """The whole visible text in pieces of at most `limit`, and for each whether the same line goes on after it.

    Pieces end at a line break where one is near, which is then left out: a piece after which the line does not go
    on is followed by one.
    """
    start = 0
    while start < len(text):
        end = _fitting(text, start, limit, length)
        if end >= len(text):
            yield text[start:], False
            return
        broken = text.rfind("\n", start + (end - start) // 2, end + 1)
        if broken > start:
            yield text[start:broken], False
            start = broken + 1
        else:
            yield text[start:end], True
            start = end


def pretty(value: "JSON | Mapping[str, JSON]") -> str:
    """JSON over several lines, keys in the order of RFC 8785, numbers of the kind they were sent as."""
    return indented(_ordered(value))


def words_of(blocks: "Iterable[Mapping[str, Any]]") -> str:
    """The words a person sees in the blocks, alike for blocks as we send them and as Slack gives them back.

    A line a text, and one for what each button does and for each block of a kind that we never send. Other ids, flags
    and styles do not count, nor how rich text is cut into elements, nor the kind of blank; emoji, which Slack may
    turn into codes, all count alike.
    """
    lines = (" ".join(_settled(text).split()) for block in blocks for text in _texts(block))
    return "\n".join(line for line in lines if line)


def _spelled(found: "re.Match[str]") -> str:
    word = found.group()
    if word.isascii():
        return word.translate(_SHOWN)
    return _remembered(word) if len(word) <= _WORTH_REMEMBERING else _spell(word)


def _spell(word: str) -> str:
    stable = unicodedata.is_normalized("NFC", word)
    spelled: list[str] = []
    room = 0
    for char in word:
        shown = _SHOWN[ord(char)]
        kind = unicodedata.category(char)[0]
        if kind == "M":
            kept = stable and room > 0
            room -= 1
        else:
            kept = stable or (unicodedata.normalize("NFC", char) == char and ord(char) not in _JAMO)
            room = _MARKS_ON_ONE_LETTER if kind in "LNS" else 0
        if not kept:
            shown = _token(ord(char))
        if len(shown) > 1:
            room = 0
        spelled.append(shown)
    return "".join(spelled)


_remembered = lru_cache(maxsize=1024)(_spell)
"""A card looks at the same words many times over."""


def _token(code: int) -> str:
    return f"⟨U+{code:04X}⟩"


class _Shown(dict[int, str]):
    """What is shown for a code point, found once for each of the basic plane."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        hidden = unicodedata.category(char) in _HIDDEN_CATEGORIES or code in _BLANK_ALTHOUGH_NAMED or char in _OWN
        shown = MARK if char == VEILED else _token(code) if hidden else char
        if code < 0x10000:
            self[code] = shown
        return shown


_SHOWN = _Shown()


def _run(found: "re.Match[str]") -> str:
    blanks = found.group()
    code = ord(blanks[0])
    return _token(code) if len(blanks) == 1 else f"⟨U+{code:04X} x{len(blanks)}⟩"


def _fitting(text: str, start: int, limit: int, measure: "Callable[[str], int]") -> int:
    """The largest end such that text[start:end] fits and is cut neither in a token nor before a mark."""
    low, high = start, min(len(text), start + limit)
    while low < high:
        middle = (low + high + 1) // 2
        if measure(text[start:middle]) <= limit:
            low = middle
        else:
            high = middle - 1
    end = low
    if end < len(text):
        opened = text.rfind("⟨", max(start, end - _LONGEST_TOKEN), end)
        if opened > start and text.find("⟩", opened, end) < 0:
            end = opened
        while end > start + 1 and unicodedata.category(text[end])[0] == "M":
            end -= 1
    return max(end, start + 1)


def _ordered(value: "JSON | Mapping[str, JSON]") -> Any:
    if isinstance(value, list):
        return [_ordered(member) for member in value]
    if value is None or isinstance(value, (str, int, float)):
        return value
    return {key: _ordered(value[key]) for key in sorted(value, key=_utf16)}


def _utf16(key: str) -> bytes:
    return key.encode("utf-16-be", "surrogatepass")


def _settled(text: str) -> str:
    """Entities undone, names beside ids left out, emoji and their codes alike."""
    alike = _CODE.sub("☺", "".join("☺" if _is_emoji(char) else char for char in _PERSON.sub(r"<\1>", unescape(text))))
    return re.sub("☺[☺\ufe0f]*", "☺", alike)


def _is_emoji(char: str) -> bool:
    return (
        char > "\u00a8"
        and char != MARK
        and (unicodedata.category(char) == "So" or "\U0001f3fb" <= char <= "\U0001f3ff")
    )


def _texts(value: Any) -> "Iterator[str]":
    """The texts of a block in reading order; inline elements of rich text run together."""
    if isinstance(value, list):
        for member in value:
            yield from _texts(member)
    elif isinstance(value, dict):
        kind = value.get("type")
        if kind in ("plain_text", "mrkdwn"):
            yield str(value.get("text", ""))
        elif kind in ("rich_text_section", "rich_text_preformatted", "rich_text_quote"):
            yield "".join(_inline(element) for element in value.get("elements", ()))
        else:
            if kind is not None and kind not in _OURS:
                yield f"⟦{kind}⟧"
            for key in _PARTS:
                if isinstance(value.get(key), (dict, list)):
                    yield from _texts(value[key])
            if "value" in value:
                yield _effect(value)


def _effect(control: "Mapping[str, Any]") -> str:
    """What pressing it does, with its value told apart but not told: it holds a card's secret."""
    value = hashlib.sha256(str(control["value"]).encode("utf-8", "surrogatepass")).hexdigest()
    return f"⟦{control.get('action_id', '')} {value[:16]}⟧"


def _inline(element: "Mapping[str, Any]") -> str:
    match element.get("type"):
        case "user":
            return f"<@{element.get('user_id')}>"
        case "usergroup":
            return f"<!subteam^{element.get('usergroup_id')}>"
        case "channel":
            return f"<#{element.get('channel_id')}>"
        case "broadcast":
            return f"<!{element.get('range')}>"
        case "emoji":
            return "☺"
        case "link":
            return f"{element.get('text', '')}<{element.get('url')}>"
        case _:
            return str(element.get("text", ""))
