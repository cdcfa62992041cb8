"""Which script a character is written in, and which of ASCII it looks like: the one door to Unicode TS 39's tables."""

import unicodedata
from functools import lru_cache

from confusable_homoglyphs import categories, confusables

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
    found = categories.alias(char)
    if found in _EVERYWHERE:
        return ANY
    return _TOGETHER.get(found) or found.replace("_", " ").title()


@lru_cache(maxsize=8192)
def twin(char: str) -> str | None:
    """What of ASCII the character looks like, an accent aside; None where it looks like itself alone."""
    if char.isascii():
        return None
    if unicodedata.decomposition(char).partition(" ")[0] in _PLAIN_FORMS:
        plain = unicodedata.normalize("NFKC", char)
        if plain.isascii():
            return plain
    if script(char) != LATIN:
        char = unicodedata.normalize("NFD", char)[0]
    return _TWINS.get(char)


def _twins() -> dict[str, str]:
    found: dict[str, str] = {}
    for key, alike in confusables.confusables_data.items():
        char = key.replace(_MARKS_AROUND, "")
        if len(char) != 1 or char.isascii():
            continue
        plain = [each["c"] for each in alike if each["c"].isascii() and each["c"].strip()]
        if plain:
            found[char] = plain[0]
    return found


_TWINS = _twins()
