"""Effect keys: what an action does in the world, named by its payload, so that two who name the same are one.

Where two spellings might be one thing they are one: to ask once too often costs a question, to tell apart what is the
same lets it happen twice. Only the digest of a key is kept for good, since what a payload holds may have to be erased.
"""

import hashlib
import re
import unicodedata
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from approvals.card_title import Slot, parse_title
from approvals.digest import canonical
from approvals.paths import PAYLOAD, value_at

if TYPE_CHECKING:
    from approvals.digest import JSON
    from approvals.proposal import Action

LONGEST = 256
"""Characters of a value that names an effect; a longer one is a text, and names nothing."""
_NUMBER = re.compile(r"([+-]?)([0-9]+)(?:\.([0-9]+))?")
_TURNS = 3
"""What is left out may have stood between letters that then become one, once more."""
_UNSEEN = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0]")
"""What shows nothing and is none of the classes below."""


class EffectKey(NamedTuple):
    """An effect's name."""

    digest: str
    """SHA-256 in hex over the canonical form: the words of the rule and the values apart, so that no value can reach
    across a separator."""
    text: str
    """For people, and erased with the payload."""


class Unnamed(NamedTuple):
    """An effect that has no name here."""

    why: str
    """Half a sentence, without a value of the payload."""


def effect_key(template: str, action: "Action") -> EffectKey | Unnamed:
    """The key that a template of the policy makes of an action; why not, where a field is missing or no name."""
    parts: list[JSON] = []
    text = ""
    for piece in _pieces(template):
        if isinstance(piece, str):
            parts.append([0, _folded(piece)])
            text += piece
            continue
        value = _value(piece.path, action)
        if isinstance(value, Unnamed):
            return value
        parts.append([1, value])
        text += value
    return EffectKey(hashlib.sha256(canonical(parts)).hexdigest(), text)


@lru_cache(maxsize=1024)
def _pieces(template: str) -> tuple[str | Slot, ...]:
    """Words and places, no two words side by side."""
    found: list[str | Slot] = []
    for piece in parse_title(template):
        if isinstance(piece, str) and found and isinstance(before := found[-1], str):
            found[-1] = before + piece
        else:
            found.append(piece)
    return tuple(found)


def _value(path: str | None, action: "Action") -> str | Unnamed:
    if path is None:
        return action.name
    name = f"{PAYLOAD}.{path}"
    values = value_at(action.payload, name)
    if not values:
        return Unnamed(f"{name} is missing")
    (value,) = values
    if value is None or isinstance(value, (list, dict)):
        return Unnamed(f"{name} is {'empty' if value is None else 'no single value'}")
    if isinstance(value, str) and len(value) > LONGEST:
        return Unnamed(f"{name} is longer than {LONGEST} characters")
    spelled = _spelled(value)
    if not spelled:
        return Unnamed(f"{name} is empty")
    return Unnamed(f"{name} is longer than {LONGEST} characters") if len(spelled) > LONGEST else spelled


def _spelled(value: str | float) -> str:
    """One spelling for all that a person reads as the same: 5, 5.0, "5" and "05"; any case, width and blanks."""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = _folded(value) if isinstance(value, str) else f"{Decimal(repr(value)):f}"
    number = _NUMBER.fullmatch(text)
    if number is None:
        return text
    sign, whole, rest = number[1], number[2].lstrip("0") or "0", (number[3] or "").rstrip("0")
    figure = f"{whole}.{rest}" if rest else whole
    return f"-{figure}" if sign == "-" and figure != "0" else figure


def _folded(text: str) -> str:
    """Without case, width, what cannot be seen, and blanks that are more than one; folded again it stays as it is."""
    folded = text
    for _ in range(_TURNS):
        seen = "".join(_visible(char) for char in folded)
        folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", _UNSEEN.sub("", seen)).casefold())
    return " ".join(folded.split())


def _visible(char: str) -> str:
    kind = unicodedata.category(char)
    return "" if kind == "Cf" else " " if kind == "Cc" else char
