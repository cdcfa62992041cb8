"""Lookalikes: letters, digits and punctuation that look like others, after Unicode TS 39, and how each is named.

Ordinary is a word of one script that cannot be taken for Latin, or that stands in a line of its own script. In such a
line a whole word of letters that two scripts share can be either; in a host, an address, an identifier it is named.
"""

import re
import unicodedata
from functools import cache, lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


LATIN, CJK, ANY = "Latin", "CJK", ""
_EVERYWHERE = frozenset({"COMMON", "INHERITED", "Unknown"})
_TOGETHER = dict.fromkeys(("HAN", "HIRAGANA", "KATAKANA", "BOPOMOFO", "HANGUL"), CJK)
"""Scripts that one word of Chinese, Japanese or Korean mixes."""
_ARABIC_DIGITS = range(0x0660, 0x066A)
_MARKS_AROUND = "\u200e"
"""How the tables keep letters that run from right to left."""
_PLAIN_FORMS = ("<font>", "<wide>", "<narrow>")


@lru_cache(maxsize=8192)
def script(char: str) -> str:
    """Its name, such as Cyrillic; CJK for all that Chinese, Japanese and Korean use; ANY for what several share."""
    if char.isascii():
        return LATIN if char.isalpha() else ANY
    if ord(char) in _ARABIC_DIGITS:
        return "Arabic"  # by the standard's letter it is common to several, all of which write from right to left
    from confusable_homoglyphs import categories  # noqa: PLC0415 two megabytes, for those who are shown more than ASCII

    found = categories.alias(char)
    if found in _EVERYWHERE:
        return ANY
    return _TOGETHER.get(found) or found.replace("_", " ").title()


@lru_cache(maxsize=8192)
def lookalike(char: str) -> str | None:
    """What of ASCII the character looks like, an accent aside; None where it looks like itself alone."""
    if char.isascii():
        return None
    if unicodedata.decomposition(char).partition(" ")[0] in _PLAIN_FORMS:
        plain = unicodedata.normalize("NFKC", char)
        if plain.isascii():
            return plain
    if script(char) != LATIN:
        char = unicodedata.normalize("NFD", char)[0]
    return _lookalikes().get(char)


@cache
def _lookalikes() -> dict[str, str]:
    from confusable_homoglyphs import confusables  # noqa: PLC0415 six megabytes more

    found: dict[str, str] = {}
    for key, alike in confusables.confusables_data.items():
        char = key.replace(_MARKS_AROUND, "")
        if len(char) != 1 or char.isascii():
            continue
        plain = [each["c"] for each in alike if each["c"].isascii() and each["c"].strip()]
        if plain:
            found[char] = plain[0]
    confusables.confusables_data = {}  # nobody else asks it
    return found


_CHUNK = re.compile(r"(?:\\(?:u[0-9a-fA-F]{4}|[bfnrt\"\\/])|[\s\"'“”„«»()\[\]{}<>,;])+")
"""What stands between chunks: blanks, quotes, brackets, and JSON's escapes, whose letters are no letters."""
_RUN = re.compile(r"[^\W_](?:[^\W_]|[\u0300-\u036f\u200c\u200d])*")
_HOST = re.compile(r"://|@|[^\W_]\.[^\W\d_]{2}|\bxn--|^www\.", re.IGNORECASE)
_IDENTIFIER = re.compile(r"[A-Za-z]|[^\W_][@._/\\:=][^\W_]|_|[^\W\d_]\d\w\w|\w[^\W\d_]\d\w|\w\w[^\W\d_]\d")
_SUSPECT = re.compile(r"[A-Za-z0-9@._/\\:=]")
"""Without any of these a word of one script that is at home in its line has nothing to look for."""
_WORTH_REMEMBERING = 64
_LOOKED_AT = 4000
"""So many words of one line are looked at closely; of those after them whatever has a twin is named."""
_ORTHOGRAPHY = frozenset("æÆœŒıơƠƁƊƘƳʋɣ")
"""Latin letters of living languages that the tables count as twins."""
_MEASURES = frozenset("μΩΔ")
"""Greek, and beside Latin letters in units and formulas; none looks like a Latin letter."""
_HYPHENS = "\u2010\u2011\u2212"
_TYPOGRAPHY = frozenset("‘’‚‛“”„‟′″‴´¸ˆ˜˝˛˘…‥–—‒‹›«»≪≫‼⁇⁈⁉№×∞℮℅₨™•·∼∪∨⊤∥‖＿➕➖❮❯❨❩〃〔〕⁓ʻʼʹʺʽʾːˈˊˋ゠ℹ" + _HYPHENS)
"""What people and their programs write in any prose, and what is plainly another sign for who looks."""
_WIDE = range(0xFF01, 0xFFEF)
_DOTTED = re.compile(r"[ijіјıȷ]\u0307")
_OVERLAYS = re.compile(r"[^\W\d_][\u0335-\u0338]")


def look_alikes(line: str) -> dict[int, str]:
    """The places of one line whose character could be taken for another, each with what is said of it there."""
    if line.isascii():
        return {}
    letters = {*line}
    around = frozenset(script(char) for char in letters if _tells(char))
    foreign = {script(char) for char in letters if char.isalnum()} - {ANY, LATIN}
    alone = len(foreign) == 1 and foreign <= around  # so a word of nothing else is ordinary
    signs = any(script(char) in (ANY, LATIN) and lookalike(char) is not None for char in letters)
    named: dict[int, str] = {}
    start, left = 0, _LOOKED_AT
    for gap in (*_CHUNK.finditer(line), None):
        end = len(line) if gap is None else gap.start()
        chunk = line[start:end]
        if left and not chunk.isascii() and (signs or not alone or _SUSPECT.search(chunk)):
            left -= 1
            found = _remembered(chunk, around) if len(chunk) <= _WORTH_REMEMBERING else _in_chunk(chunk, around)
            named.update((start + at, said) for at, said in found)
        elif not left and not chunk.isascii():
            named.update((start + at, _named(char)) for at, char in enumerate(chunk) if lookalike(char) is not None)
        start = end if gap is None else gap.end()
    for pattern in (_DOTTED, _OVERLAYS):
        named.update({found.end() - 1: "" for found in pattern.finditer(line)})
    return named


def _tells(char: str) -> bool:
    """Whether nobody takes the letter or digit for one of Latin."""
    return not char.isascii() and char.isalnum() and lookalike(char) is None


def _in_chunk(chunk: str, around: frozenset[str]) -> list[tuple[int, str]]:
    letters = {*chunk}
    host = _HOST.search(chunk) is not None
    if host or _IDENTIFIER.search(chunk):
        around = frozenset(script(char) for char in letters if _tells(char))
    found: list[tuple[int, str]] = []
    if signs := {char for char in letters if script(char) in (ANY, LATIN) and lookalike(char) is not None}:
        odd = (at for at, char in enumerate(chunk) if char in signs)
        found = [(at, _named(chunk[at])) for at in odd if _odd_sign(chunk, at, host=host, beside_cjk=CJK in around)]
    for run in _RUN.finditer(chunk):
        if not run.group().isascii():
            found += [(run.start() + at, said) for at, said in _in_run(run.group(), around)]
    return found


_remembered = lru_cache(maxsize=4096)(_in_chunk)
"""The same words come again and again."""


def _odd_sign(chunk: str, at: int, *, host: bool, beside_cjk: bool) -> bool:
    """Whether a character that belongs to no script, or to Latin, is there for another."""
    char = chunk[at]
    if ord(char) in _WIDE:
        beside = chunk[max(at - 1, 0) : at], chunk[at + 1 : at + 2]
        joins = all(each.isascii() and each.isalnum() for each in beside)
        return not beside_cjk or host or (joins and char in "．／＠＿－＼")
    if char in _HYPHENS:
        return host or (at == 0 and chunk[1:2].isalpha())
    return host or char not in (_ORTHOGRAPHY if script(char) == LATIN else _TYPOGRAPHY)


def _in_run(run: str, around: frozenset[str]) -> "Iterator[tuple[int, str]]":
    """One word of letters: those of scripts that do not belong with the rest, or that pose as Latin all together."""
    letters = {*run}
    one_script = len({script(char) for char in letters if char.isalnum()} - {ANY}) <= 1
    if one_script and any(map(_tells, letters)) and not any(char.isdecimal() for char in letters):
        return
    scripts = [script(char) if char.isalnum() else ANY for char in run]
    counted = {each: scripts.count(each) for each in {*scripts} - {ANY}}
    strangers: set[str] = set()
    if len(counted) == 1:
        (only,) = counted
        poses = only != LATIN and only not in around and all(not _tells(char) for char in run)
        strangers = {only} if poses else strangers
    elif counted.keys() == {LATIN, CJK}:
        strangers = strangers if any(_tells(char) for char in run if script(char) == CJK) else {CJK}
    elif counted and not _is_a_measure(run, counted):
        own = {script(char) for char in run if _tells(char)} | {LATIN}
        kept = max(counted.keys() & own or counted, key=lambda each: (counted[each], each == LATIN))
        strangers = {*counted} - {kept}
    numerals = _other_numerals(run)
    for at, char in enumerate(run):
        if scripts[at] in strangers or char in numerals:
            yield at, _named(char)


def _is_a_measure(run: str, counted: "Mapping[str, int]") -> bool:
    one = counted.keys() == {LATIN, "Greek"} and counted["Greek"] == 1
    return one and (run[0] in _MEASURES or run[-1] in _MEASURES)


def _other_numerals(run: str) -> set[str]:
    """Digits of one word that are of other numerals than its first; ASCII's own where it has any."""
    zeros = {char: ord(char) - unicodedata.decimal(char) for char in run if char.isdecimal()}
    kept = ord("0") if ord("0") in zeros.values() else next(iter(zeros.values()), 0)
    return {char for char, zero in zeros.items() if zero != kept}


def _named(char: str) -> str:
    """`Cyrillic, like a`; only what is known of it."""
    like = lookalike(char)
    kind = script(char)
    return ", ".join(
        [*([kind] if kind != ANY and not (kind == LATIN and like) else []), *([f"like {like}"] if like else [])]
    )
