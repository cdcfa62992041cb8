"""Which emoji a `:code:` stands for: the one door to rich's table of their names."""

import re

from rich.emoji import Emoji

CODE = r":(?:[+-]1|[a-z0-9_][a-z0-9_+'-]*):(?::skin-tone-[2-6]:)?"
EMOJI = (
    "(?:[\U0001f1e6-\U0001f1ff]{2}"
    "|[\u00a9\u00ae\u203c\u2049\u2122\u2139\u2194-\u21aa\u231a-\u23ff\u24c2\u25aa-\u25fe\u2600-\u27bf\u2934\u2935"
    "\u2b05-\u2b55\u3030\u303d\u3297\u3299\U0001f000-\U0001faff][\ufe0e\ufe0f]?[\U0001f3fb-\U0001f3ff]?)"
)
"""Flags of two letters, and single emoji with their selector and skin; those of several joined parts need no pattern,
since texts with joiners are shown locked."""
_PARTS = re.compile(r"(:[^:]+:)(?::skin-tone-([2-6]):)?")
_SELECTORS = re.compile("[\ufe0e\ufe0f]")


def bare(emoji: str) -> str:
    """The emoji without the selectors that only ask for colour or for black and white."""
    return _SELECTORS.sub("", emoji)


def meant(code: str) -> str | None:
    """The emoji, bare, that a code stands for; None where the code is not known, as those of a workspace."""
    found = _PARTS.fullmatch(code)
    if found is None:
        return None
    name, tone = found.groups()
    emoji = Emoji.replace(name)
    if emoji == name:
        return None
    return bare(emoji) + (chr(0x1F3FB + int(tone) - 2) if tone else "")
