"""Visible text: how foreign text is shown, nothing hidden, nothing parsed, nothing cut without a word about it.

`visible` first, then a limit; what is cut is what people see. Lengths are those Slack counts: UTF-16 units of the
text after Slack's own escaping.
"""

import hashlib
import json
import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from bot.slack.blockkit.direction import ISOLATES, isolates, marked
from bot.slack.blockkit.emoji import EMOJI
from bot.slack.blockkit.lookalikes import look_alikes
from bot.slack.blockkit.ordinary import BLANK_ALTHOUGH_NAMED, ends_a_character, in_place

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from approvals.digest import JSON


TOKEN = re.compile(r"⟨U\+([0-9A-F]{4,6})(?: x(\d+)| ([^⟨⟩]*))?⟩")
"""What `visible` writes for a character that does not show, or for so many; or for one that passes for another."""
MARK = "▮"
"""Stands for what is redacted; spelled out in foreign text, so that nobody else can write it."""
VEILED = "\udcae"
"""Becomes the mark where text is made visible; no text of an agent holds it, for it is half of a character."""
_LONGEST_TOKEN = 64
_WORTH_REMEMBERING = 2000
"""Characters of a line."""
_HARMLESS = frozenset({"0009", "000A", "000D", "0020", "0026", "25AE", "27E8"})
_HIDDEN_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Zs"})
_OWN = frozenset({"⟨", MARK})
"""What only we write."""
_JAMO = frozenset([*range(0x1100, 0x1200), *range(0xA960, 0xA980), *range(0xD7B0, 0xD800)])
_PADDING = re.compile(r"(?m)(?<![ \n]) {16,}|^ {65,}| +$|\A +|\n{4,}|\A\n+|\n+\Z")
_OURS = frozenset(
    ("header", "section", "context", "divider", "actions", "rich_text", "rich_text_list", "button", "overflow")
)
_PARTS = ("title", "label", "text", "fields", "accessory", "elements", "element", "options", "confirm", "deny")
_ENTITY = re.compile(r"&(?=(?:amp|lt|gt);)")
_LINE = re.compile(r"[^\n]+")
_CODE = re.compile(r":(?:[+-]1|[a-z][a-z0-9_+'-]*):")
_EMOJI = re.compile(f"(?!{MARK}){EMOJI}")
_LETTERLIKE = frozenset("©®™")
_PERSON = re.compile(r"<([@#][A-Z0-9]+|!subteam\^[A-Z0-9]+)\|[^<>]*>")


def escape(text: str) -> str:
    """For Slack's mrkdwn: the three characters that begin or end markup as entities."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def unescape(text: str) -> str:
    """The inverse of `escape`."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def visible(text: str) -> str:
    """The text with all that could deceive spelled out, as `⟨U+202E⟩` or `⟨U+0430 Cyrillic, like a⟩`.

    Equal results mean equal texts. Spelled out are control, format, bidi, tag, blank and unassigned characters where
    no script or emoji asks for them, marks that only pile up, letters that look like others, padding, and what Slack
    would read as an entity. Line breaks, single blanks, and what is ordinary in its place stay.
    """
    shown = _ENTITY.sub("⟨U+0026⟩", _PADDING.sub(_run, _LINE.sub(_spelled, text)))
    return marked(shown)


def one_line(text: str) -> str:
    """As `visible`, with line breaks spelled out too, for text beside a label that it must not imitate."""
    return visible(text).replace("\n", "⟨U+000A⟩")


def has_invisible(text: str) -> bool:
    """Whether the text holds characters that people cannot see or take for others; tabs and blanks are none."""
    return spells_out(visible(text))


def named_emoji(shown: str) -> str:
    """A visible text with its emoji by name, like `⟨U+2705 white heavy check mark⟩`: none can pass for a sign."""
    return shown if shown.isascii() else _EMOJI.sub(_named, shown)


def spells_out(shown: str) -> bool:
    """Whether a visible text spells out characters that people cannot see or take for others."""
    return any(code not in _HARMLESS for code, _, _ in TOKEN.findall(shown))


def passes_for_other(text: str) -> bool:
    """Whether the text holds characters that people could take for others, and none that they cannot see."""
    told = [like for code, _, like in TOKEN.findall(visible(text)) if code not in _HARMLESS]
    return bool(told) and all(told)


def length(text: str) -> int:
    """How long Slack finds the text as it is sent: UTF-16 units, with `&`, `<` and `>` as the entities they become.

    A text with parts from right to left may be a little shorter than that.
    """
    return (
        isolates(text)
        + len(text.encode("utf-16-le", "surrogatepass")) // 2
        + 4 * text.count("&")
        + 3 * (text.count("<") + text.count(">"))
    )


def text_weight(text: str) -> int:
    """How much the text adds to a message written out as JSON, in UTF-16 units."""
    return length(json.dumps(text, ensure_ascii=False)) - 2


def shorten(text: str, limit: int, measure: "Callable[[str], int]" = length) -> tuple[str, int]:
    """The beginning of a visible text that measures at most `limit`, and how many characters are missing."""
    # No measure finds a text shorter than its characters; a long one is not measured to find out.
    if len(text) <= limit and measure(text) <= limit:
        return text, 0
    end = _fitting(text, 0, limit, measure)
    return text[:end], len(text) - end


def chunks(text: str, limit: int, measure: "Callable[[str], int]" = length) -> "Iterator[tuple[str, bool]]":
    """The whole visible text in pieces that measure at most `limit`, and for each whether its line goes on after it.

    Pieces end at a line break where one is near, which is then left out: a piece after which the line does not go
    on is followed by one.
    """
    start = 0
    while start < len(text):
        end = max(_fitting(text, start, limit, measure), start + 1)
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


def word_count(words: str) -> int:
    """How many words there are to read in what `words_of` found; a lone sign is none, nor what a button does."""
    lines = (line.split() for line in words.split("\n") if not line.startswith("⟦"))
    return sum(any(map(str.isalnum, word)) for line in lines for word in line)


def _spelled(found: "re.Match[str]") -> str:
    line = found.group()
    if line.isascii():
        return line.translate(_SHOWN)
    return _remembered(line) if len(line) <= _WORTH_REMEMBERING else _spell(line)


def _spell(line: str) -> str:
    named = look_alikes(line)
    if all(map(_is_plain, {*line})):
        parts: list[str] = []
        done = 0
        for place in sorted(named):
            parts += [line[done:place].translate(_SHOWN), _token(ord(line[place]), named[place])]
            done = place + 1
        return "".join([*parts, line[done:].translate(_SHOWN)])
    kept = in_place(line)
    spelled: list[str] = []
    for at, char in enumerate(line):
        if at in named:
            shown = _token(ord(char), named[at])
        elif at in kept and char not in _OWN and not (at and len(spelled[-1]) > 1):
            shown = char
        elif unicodedata.category(char)[0] == "M" or _is_another_spelling(char):
            shown = _token(ord(char))
        else:
            shown = _SHOWN[ord(char)]
        spelled.append(shown)
    return "".join(spelled)


@lru_cache(maxsize=8192)
def _is_plain(char: str) -> bool:
    """Whether the character is shown alike wherever it stands."""
    return len(_SHOWN[ord(char)]) == 1 and unicodedata.category(char)[0] != "M" and not _is_another_spelling(char)


@lru_cache(maxsize=8192)
def _is_another_spelling(char: str) -> bool:
    """Whether another single character is the same by Unicode's own rules; or a part of a Korean syllable is alone."""
    composed = unicodedata.normalize("NFC", char)
    return (len(composed) == 1 and composed != char) or ord(char) in _JAMO


_remembered = lru_cache(maxsize=1024)(_spell)
"""A card looks at the same lines many times over."""


def _named(found: "re.Match[str]") -> str:
    if found.group() in _LETTERLIKE:
        return found.group()
    return "".join(
        char if char.isascii() else _token(ord(char), unicodedata.name(char, "").lower()) for char in found.group()
    )


def _token(code: int, like: str = "") -> str:
    return f"⟨U+{code:04X}{' ' if like else ''}{like}⟩"


class _Shown(dict[int, str]):
    """What is shown for a code point, found once for each of the basic plane."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        hidden = unicodedata.category(char) in _HIDDEN_CATEGORIES or code in BLANK_ALTHOUGH_NAMED or char in _OWN
        shown = MARK if char == VEILED else _token(code) if hidden and char != " " else char
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
        if opened >= start and text.find("⟩", opened, end) < 0:
            end = opened
        while end > start + 1 and not ends_a_character(text, end):
            end -= 1
    return end


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
    text = ISOLATES.sub("", text)
    text = _EMOJI.sub("☺", _PERSON.sub(r"<\1>", unescape(text)))
    alike = _CODE.sub("☺", "".join("☺" if _is_emoji(char) else char for char in text))
    return re.sub("☺[☺\ufe0e\ufe0f]*", "☺", unicodedata.normalize("NFC", alike))


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


_encode = json.JSONEncoder(ensure_ascii=False).encode


def indented(value: "JSON") -> str:
    """The text; keys in the order they have."""
    pieces: list[str] = []
    _write(value, "\n", pieces)
    return "".join(pieces)


def _write(value: "JSON", line: str, pieces: list[str]) -> None:
    """`line` is a line break with the blanks that its line begins with."""
    if not value or not isinstance(value, (dict, list)):
        pieces.append(_encode(value))
        return
    inner = line + "  "
    if isinstance(value, list):
        between = "[" + inner
        for member in value:
            pieces.append(between)
            _write(member, inner, pieces)
            between = "," + inner
        pieces.append(line + "]")
        return
    between = "{" + inner
    for key, member in value.items():
        pieces.append(f"{between}{_encode(key)}: ")
        _write(member, inner, pieces)
        between = "," + inner
    pieces.append(line + "}")


def characters(count: int) -> str:
    """So many characters, as people write it."""
    return f"{count:,} character{'' if count == 1 else 's'}"
