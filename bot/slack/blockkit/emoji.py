"""Emoji: which one a `:code:` stands for. The one door to rich's table of their names."""

import re

from rich.emoji import Emoji

CODE = r":(?:[+-]1|[a-z0-9_][a-z0-9_+'-]*):(?::skin-tone-[2-6]:)?"
NEWER = (
    "\U0001f6dc\U0001fa75-\U0001fa77\U0001fa87-\U0001fa89\U0001fa8f\U0001faad-\U0001faaf\U0001fabb-\U0001fabf\U0001fac6"
    "\U0001face\U0001facf\U0001fada-\U0001fadc\U0001fadf\U0001fae8\U0001fae9\U0001faf7\U0001faf8"
)
"""Emoji of Unicode 15 and 16, which an older Python takes for unassigned: the inside of a character class."""
_BASE = (
    "[\u00a9\u00ae\u203c\u2049\u2122\u2139\u2194-\u21aa\u231a-\u23ff\u24c2\u25aa-\u25fe\u2600-\u27bf\u2934\u2935"
    "\u2b05-\u2b55\u3030\u303d\u3297\u3299\U0001f000-\U0001faff]"
)
_ONE = f"{_BASE}[\ufe0e\ufe0f]?[\U0001f3fb-\U0001f3ff]?"
KEYCAP = "[0-9#*]\ufe0f?\u20e3"
SUBDIVISION = (
    "\U0001f3f4\U000e0067\U000e0062"
    "(?:\U000e0065\U000e006e\U000e0067|\U000e0073\U000e0063\U000e0074|\U000e0077\U000e006c\U000e0073)\U000e007f"
)
"""The flags of England, Scotland and Wales; no other is drawn."""
SEQUENCE = f"{_ONE}(?:\u200d{_ONE})*"
"""An emoji, or several that are joined into one."""
EMOJI = f"(?:[\U0001f1e6-\U0001f1ff]{{2}}|{KEYCAP}|{SUBDIVISION}|{SEQUENCE})"
"""What people see as one emoji."""
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
