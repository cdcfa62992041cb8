"""Invisible characters that are in their place: as a script or an emoji really uses them."""

import re
import unicodedata
from typing import TYPE_CHECKING

from bot.slack.blockkit.emoji import KEYCAP, NEWER, SEQUENCE, SUBDIVISION
from bot.slack.blockkit.lookalikes import ANY, CJK, script

if TYPE_CHECKING:
    from collections.abc import Iterator

SPACES = "\u00a0\u202f\u2007\u2009"
"""Blanks that hold together what belongs together."""
WIDE_SPACE = "\u3000"
ZWNJ, ZWJ, ZWSP = "\u200c", "\u200d", "\u200b"
_FILLERS = (0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0, 0x16FE4, 0x1D159)
_SELECTORS = (*range(0x180B, 0x1810), *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))
BLANK_ALTHOUGH_NAMED = frozenset({*_FILLERS, *_SELECTORS})
"""Characters that their category calls letters, marks or symbols and that show nothing: fillers, joiners, selectors."""
_EMOJI = re.compile(f"{KEYCAP}|{SUBDIVISION}|{SEQUENCE}")
_NEWER = re.compile(f"[{NEWER}]")
_BESIDE_A_SPACE = frozenset("!?;:%‰»€$£¥°–—‹›«№§")
_WITHOUT_BLANKS = frozenset({"Thai", "Lao", "Khmer", "Myanmar"})
_JOINED = frozenset({"Arabic", "Syriac"})
_VIRAMA = 9
"""Unicode's class of the signs that join two consonants of Indic scripts."""
_MONGOLIAN_SELECTORS = range(0x180B, 0x180E)
_IDEOGRAPH_SELECTORS = range(0xE0100, 0xE01F0)
_JAMO = re.compile("[\u1100-\u1112][\u1161-\u1175][\u11a8-\u11c2]?")
_JAMO_HEADS, _JAMO_TAILS = range(0x1100, 0x1176), range(0x1161, 0x11C3)
_TONES = range(0x1F3FB, 0x1F400)
_FLAGS = range(0x1F1E6, 0x1F200)
_TAGS = range(0xE0020, 0xE0080)
_PLACED = re.compile(f"[{SPACES}{WIDE_SPACE}{ZWNJ}{ZWJ}{ZWSP}\u180b-\u180d\U000e0100-\U000e01ef]")
_MARKS_ON_ONE_LETTER = 3
_MARKS_OF_A_SCRIPT = 6
"""Of scripts that build a syllable of many signs, as Burmese and Tibetan do."""


def in_place(line: str) -> set[int]:
    """The places of one line where a blank, a joiner, a selector, a mark or a jamo is what its script asks for."""
    kept: set[int] = set()
    for pattern in (_EMOJI, _JAMO):
        for found in pattern.finditer(line):
            kept.update(at for at in range(*found.span()) if _is_assigned(line[at]))
    if any(unicodedata.category(char)[0] == "M" for char in {*line}):
        kept.update(_marks(line))
    kept.update(found.start() for found in _PLACED.finditer(line) if _fits(line, found.start(), found.group()))
    return kept


def ends_a_character(text: str, at: int) -> bool:
    """Whether what people see as one character does not stand on both sides of a place within the text."""
    before, after = text[at - 1], text[at]
    if unicodedata.category(after)[0] == "M" or ord(after) in _TONES or ord(after) in _TAGS:
        return False
    if ZWJ in (before, after) or ZWNJ in (before, after):
        return False
    if ord(after) in _JAMO_TAILS and ord(before) in _JAMO_HEADS:
        return False
    flags = 0
    while flags < at and ord(text[at - 1 - flags]) in _FLAGS:
        flags += 1
    return ord(after) not in _FLAGS or flags % 2 == 0


def _is_assigned(char: str) -> bool:
    return unicodedata.category(char) != "Cn" or _NEWER.match(char) is not None


def _fits(line: str, at: int, char: str) -> bool:
    before, after = line[at - 1 : at] if at else "", line[at + 1 : at + 2]
    if char in SPACES:
        return _holds_together(line, at, before, after)
    if char == WIDE_SPACE:
        return _wide_space_fits(line, at)
    if not before:
        return False
    match char:
        case "\u200c" | "\u200d":
            return _joins(char, before, after)
        case "\u200b":
            return script(before) in _WITHOUT_BLANKS and after != "" and script(after) == script(before)
        case _ if ord(char) in _MONGOLIAN_SELECTORS:
            return script(before) == "Mongolian" and before.isalpha()
        case _ if ord(char) in _IDEOGRAPH_SELECTORS:
            return script(before) == CJK and before.isalpha()
        case _:
            return False


def _joins(char: str, before: str, after: str) -> bool:
    if _VIRAMA in (unicodedata.combining(before), unicodedata.combining(after or " ")):
        letter = before if unicodedata.combining(after or " ") == _VIRAMA else "क"
        return letter.isalpha()
    return (
        char == ZWNJ
        and after != ""
        and after.isalpha()
        and script(after) in _JOINED
        and (script(before) in _JOINED or unicodedata.combining(before) > 0)
    )


def _holds_together(line: str, at: int, before: str, after: str) -> bool:
    """A single blank, where typography wants no line to end: at a sign, in a number, at a unit or a short word."""
    if not before or not after or before.isspace() or after.isspace():
        return False
    if before in _BESIDE_A_SPACE or after in _BESIDE_A_SPACE or before.isdigit() or after.isdigit():
        return True
    words = re.findall(r"\w+\.?$", line[max(at - 12, 0) : at]), re.findall(r"^\w+", line[at + 1 : at + 13])
    if not words[0] or not words[1]:
        return False
    left, right = words[0][0], words[1][0]
    return left.endswith(".") or (min(len(left), len(right)) <= 2 < max(len(left), len(right)))


def _wide_space_fits(line: str, at: int) -> bool:
    """One between words of Chinese, Japanese or Korean; one or two before a paragraph of them."""
    before, after = line[max(at - 2, 0) : at], line[at + 1 : at + 3]
    left, right = before.rstrip(WIDE_SPACE)[-1:], after.lstrip(WIDE_SPACE)[:1]
    run = 1 + before.endswith(WIDE_SPACE) + after.startswith(WIDE_SPACE)
    begins = run <= 2 and (left == '"' or (not left and at < 2))
    return _is_cjk(right) and (begins or (run == 1 and _is_cjk(left)))


def _is_cjk(char: str) -> bool:
    return char != "" and (script(char) == CJK or 0x3001 <= ord(char) <= 0x303F or 0xFF01 <= ord(char) <= 0xFFEE)


def _marks(line: str) -> "Iterator[int]":
    """Marks on a letter of their own script, as many as it uses, none twice; what is composed and what is not."""
    base, on_it = "", ""
    for at, char in enumerate(line):
        if char.isascii() or unicodedata.category(char)[0] != "M":
            if char not in (ZWNJ, ZWJ):
                base, on_it = (char if unicodedata.category(char)[0] in "LNS" else ""), ""
            continue
        own = script(char)
        fits = base and ord(char) not in BLANK_ALTHOUGH_NAMED and char not in on_it and own in (ANY, script(base))
        if fits and len(on_it) < (_MARKS_ON_ONE_LETTER if own == ANY else _MARKS_OF_A_SCRIPT):
            yield at
        on_it += char
