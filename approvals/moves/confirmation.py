"""Confirmations: what an approval takes beside the click, a second question or words to type. Pure."""

import json
import math
import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from approvals.card_title import Slot, parse_title
from approvals.gate import Tier
from approvals.patch import changed_fields
from approvals.paths import is_redacted, path_text, value_at
from approvals.refusals import NotTyped, Tired

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from approvals.digest import JSON
    from approvals.gate import Gate
    from approvals.proposal import Proposal

CODE = "\0code"
"""Stands for the code of a second factor; no path is written so."""
NAME = ""
"""Stands for the action's name where a field of the payload would stand."""
MOST_WORDS = 10
"""So many are typed at most, whatever the rules ask for together."""
LONGEST = 100
"""Characters of a text that somebody can be asked to type."""
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]{1,3})?")
_SIX_DIGITS = re.compile("[0-9]{6}")
_DIGITS = 15
"""So many digits of a number are typed at most; a double keeps so many of whatever was written down."""
_PLAIN = str.maketrans(
    {
        **dict.fromkeys("\u2018\u2019\u201a\u201b\u02bc\u2032", "'"),
        **dict.fromkeys("\u201c\u201d\u201e\u201f\u00ab\u00bb\u2033", '"'),
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"),
        "\u2026": "...",
    }
)
"""What the keyboards of telephones and desks put in the place of what was typed."""
_FILLERS = frozenset("\u115f\u1160\u3164\uffa0")
"""Letters by their category that show nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """One thing to type."""

    field: str
    """Where it stands in the payload, dotted; NAME for the action's name, CODE for what the person's app shows."""
    text: str
    """As it is displayed."""
    number: float | None = None
    """The number that is meant, where another way to write it will do."""

    @property
    def rounded(self) -> bool:
        """Whether the text is the number with fewer digits than the payload has of it."""
        return self.number is not None and float(self.text) != self.number

    def is_said_by(self, said: str) -> bool:
        """Whether that is what was typed.

        Blanks around it do not count, numbers count by their value, and texts by what they are to a reader: telephones
        write other quotes, dashes and dots than are typed. What runs is the payload's, so nothing is loosened by it.
        """
        if self.field == CODE:
            return _SIX_DIGITS.fullmatch("".join(said.split())) is not None  # which they are is asked when it counts
        if self.number is None:
            return _as_read(said) == _as_read(self.text)
        said = said.strip()
        if _NUMBER.fullmatch(said) is None:
            return False
        return Decimal(said) == Decimal(self.text) or (self.rounded and float(said) == self.number)


def takes_words(gate: "Gate") -> bool:
    """Whether an approval has to be typed."""
    return gate.confirmation is not None and gate.confirmation.takes_words


def takes_code(gate: "Gate") -> bool:
    """Whether a code of a second factor is among it."""
    return gate.confirmation is not None and gate.confirmation.code


def code_typed(gate: "Gate", typed: "Sequence[str]") -> str:
    """The code among what was typed: the last of it. Empty where there is none."""
    return typed[-1] if takes_code(gate) and typed else ""


def is_grave(gate: "Gate") -> bool:
    """Whether an approval is to be given with care: where a rule asks for a confirmation, or several have to agree."""
    several = len(gate.roles) * gate.approvals > 1
    return gate.tier is Tier.approve and (gate.confirmation is not None or several)


def asks_again(gate: "Gate") -> bool:
    """Whether a click asks once more before it counts."""
    return is_grave(gate) and not takes_words(gate)


def words(proposal: "Proposal", *, tired: bool = False) -> tuple[Word, ...]:
    """What whoever approves the present revision has to type; nothing where its gate asks for nothing.

    Where a field is missing, redacted, or holds what nobody can type from a screen, the action's name takes its place.
    Whoever is tired types one more of what is grave: the value that weighs most of those that are left.
    """
    action, gate = proposal.action, proposal.gate
    name = Word(field=NAME, text=action.name)
    asked = () if gate.confirmation is None else gate.confirmation.typed
    found = {each.field: each for each in (_asked(action.payload, path, gate.redact) or name for path in asked)}
    more = next(_gravest(proposal, found), None) if tired and is_grave(gate) else None
    code = (Word(field=CODE, text="six digits"),) if takes_code(gate) else ()
    return (*tuple(found.values())[:MOST_WORDS], *(() if more is None else (more,)), *code)


def require_typed(proposal: "Proposal", typed: "Sequence[str]", *, tired: bool = False) -> None:
    """Raises NotTyped unless each word was typed, in the order of `words`, or Tired where that asks for one more."""
    wanted = words(proposal, tired=tired)
    if any(wrong(wanted, typed)):
        raise NotTyped if wanted == words(proposal) else Tired


def wrong(wanted: "Sequence[Word]", typed: "Sequence[str]") -> tuple[bool, ...]:
    """For each word whether it was not typed in its place."""
    said = [*typed, *("" for _ in wanted)]
    return tuple(not each.is_said_by(said[place]) for place, each in enumerate(wanted))


def _gravest(proposal: "Proposal", known: "Collection[str]") -> "Iterator[Word]":
    """What is not known to be typed anyhow, the gravest first, and in the end the action's name.

    What was changed since it was proposed comes before what stands in its title, then what its card shows below that,
    then all else; of each the numbers first.
    """
    payload, gate = proposal.action.payload, proposal.gate
    changed = changed_fields(proposal.revisions[0].action.payload, payload)
    title = () if gate.title is None else parse_title(gate.title)
    ways = (
        tuple(path_text([name]) for name in changed),
        tuple(each.path for each in title if isinstance(each, Slot) and each.path is not None),
        gate.show,
        tuple(path_text([name]) for name in sorted(payload)),
    )
    for group in ways:
        found = [_asked(payload, path, gate.redact) for path in group]
        fresh = [each for each in found if each is not None and each.field not in known]
        yield from sorted(fresh, key=lambda each: each.number is None)
    if NAME not in known:
        yield Word(field=NAME, text=proposal.action.name)


def _asked(payload: "Mapping[str, JSON]", path: str, redact: "Sequence[str]") -> Word | None:
    """What is to be typed for one entry of the gate; None for the action's name."""
    return None if path == NAME or is_redacted(path, redact) else _word(payload, path)


def _word(payload: "Mapping[str, JSON]", path: str) -> Word | None:
    match next(iter(value_at(payload, path)), None):
        case bool() as value:
            return Word(field=path, text=json.dumps(value))
        case int() | float() as value:
            return Word(field=path, text=_spelled(value), number=value)
        case str() as value if _can_be_typed(value.strip()):
            return Word(field=path, text=value.strip())
        case _:
            return None


def _spelled(number: float) -> str:
    """The number as JSON has it; one that a computer came to, such as 0.1 + 0.2, with the digits that people mean."""
    exact = json.dumps(number)
    if isinstance(number, int) or len(re.sub("[eE].*|[^0-9]", "", exact).strip("0")) <= _DIGITS:
        return exact
    rounded = float(f"{number:.{_DIGITS}g}")
    return exact if math.isinf(rounded) else json.dumps(rounded)


def _as_read(text: str) -> str:
    """The text with one kind of quote, dash and dots, composed, and one blank for several."""
    plain = unicodedata.normalize("NFC", text).translate(_PLAIN)
    return " ".join(re.sub("-+", "-", plain).split())


def _can_be_typed(text: str) -> bool:
    """Whether a person can type it as they see it: one short line, no picture, nothing hidden, no second spelling."""
    return (
        0 < len(text) <= LONGEST
        and text.isprintable()
        and " ".join(text.split()) == text
        and unicodedata.is_normalized("NFC", text)
        and not _FILLERS & set(text)
        and not any(unicodedata.category(char) in ("So", "Sk", "Mn", "Me", "Mc", "Co") for char in text)
    )
