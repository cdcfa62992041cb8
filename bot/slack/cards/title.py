"""Titles in the policy's words, with the fields it puts first, and the notification, one line of text.

Texts of the agent stand in “ ”, on one line, and hold no such marks themselves: no value can read like our words.
"""

import re
import unicodedata
from functools import cache
from typing import TYPE_CHECKING, Final

from approvals.card_title import Slot, parse_title
from approvals.moves.reviewer import open_to_objection
from approvals.paths import steps
from approvals.proposal import Status
from bot.slack.blockkit.text import VEILED, characters, escape, length, one_line, pretty, shorten
from bot.slack.cards.claims import summary, web_host
from bot.slack.cards.figures import reading_form
from bot.slack.cards.warnings import policy_reasons
from bot.slack.words import cards as say
from bot.slack.words import shared
from bot.slack.words.shared import ROLLBACKS, STATUSES, state

if TYPE_CHECKING:
    from collections.abc import Mapping

    from approvals.digest import JSON
    from approvals.proposal import Proposal


LONGEST = 150
"""Of a header."""
_VALUES = (60, 40, 28, 18, 12)
"""How much of each text a title shows: the most with which all of it fits."""
_MOST_MEMBERS = 2
_LONGEST_HOST = 60
_MISSING: Final = object()
_PLAIN = re.compile(r"[A-Za-z0-9](?:[\w.@/+#:-]*[A-Za-z0-9])?", re.ASCII)
_STATES = frozenset(
    (
        *(word for _, words in (*STATUSES.values(), *ROLLBACKS.values()) for word in words.casefold().split()),
        *("overdue", "expired", "approval", "needed"),
    )
)


def headline(proposal: "Proposal") -> str:
    """The first line of the card, at most 150 long: the policy's title, else the action; before it how it stands."""
    worded = title(proposal)
    waits = proposal.status is Status.pending
    if worded is None:
        word = "Approval needed" if waits else state(proposal)[1]
        return f"{word}: {shorten(one_line(proposal.action.name), 110)[0]}"
    return worded if waits else _fitted(f"{state(proposal)[1]}: {worded}")


def title(proposal: "Proposal") -> str | None:
    """The policy's title, filled from the present revision; None where it gives none."""
    if proposal.gate.title is None or proposal.erased_at is not None:
        return None
    pieces = parse_title(proposal.gate.title)
    for most in _VALUES:
        worded = "".join(_ours(each) if isinstance(each, str) else _at(proposal, each, most) for each in pieces)
        if length(worded) <= LONGEST:
            break
    return _fitted(worded)


def caption(proposal: "Proposal") -> str:
    """What a list calls it: the title, else the action."""
    return title(proposal) or shorten(one_line(proposal.action.name), 100)[0]


def in_brief(proposal: "Proposal", most: int) -> str:
    """The same on one line of at most so many characters; what does not fit is left out."""
    if proposal.erased_at is not None:
        return say.ERASED
    told = ""
    for path in proposal.gate.show:
        each = f"{path} {value_on_a_line(_value(proposal, path)[0], 30)}"
        if len(told) + len(each) <= most:
            told = f"{told}, {each}" if told else each
    return told


def value_in_a_title(name: str, value: object, siblings: "Mapping[str, JSON]", most: int) -> str:
    """A value as people read it: an amount grouped, an IBAN in groups, and what is one plain word without quotes.

    A word that we use ourselves for how a proposal stands keeps its quotes. Of a web address a title says where it
    leads, which no long beginning hides.
    """
    match value:
        case bool():
            return value_on_a_line(value, most)
        case int() | float():
            return reading_form(name, value, siblings) or value_on_a_line(value, most)
        case str() if (host := web_host(value)) is not None:
            end = host if len(host) <= _LONGEST_HOST else f"…{host[-_LONGEST_HOST:]}"  # whose it is stands at its end
            return end if value.partition("://")[2] == host else f"{end}/…"
        case str() if len(value) <= most and _PLAIN.fullmatch(value) and value.casefold() not in _STATES:
            grouped = reading_form(name, value, siblings) if " " not in value else None
            return grouped if grouped and grouped.replace(" ", "") == value else value
        case [str()]:
            return value_in_a_title(name, value[0], {}, most)
        case _:
            return value_on_a_line(value, most)


def value_on_a_line(value: object, most: int) -> str:
    """A value on one line: a text in “ ”, shortened with its length told; what is not there says so."""
    match value:
        case str():
            return one_line(value) if value.startswith(VEILED * 3) else quoted(value, most)
        case list() if value and all(isinstance(each, str) for each in value):
            shown = ", ".join(value_on_a_line(each, most) for each in value[:_MOST_MEMBERS])
            more = len(value) - _MOST_MEMBERS
            return f"{shown} and {more} more" if more > 0 else shown
        case list():
            return say.a_list_of(len(value))
        case dict():
            return f"({len(value)} field{'' if len(value) == 1 else 's'})"
        case None | bool() | int() | float():
            return pretty(value)
        case _:
            return "(missing)"


def quoted(text: str, most: int) -> str:
    """Somebody's text on one line in “ ”, shortened where it is longer than `most`, with its length told."""
    spelled = "".join(_unquoted(char) for char in one_line(text))
    shown, left = shorten(spelled, most)
    return f"“{shown}…” ({characters(len(text))})" if left else f"“{shown}”"


@cache
def _unquoted(char: str) -> str:
    """A character that could be taken for the end of a quotation spelled out; any other as it is."""
    if char.isascii():
        return "⟨U+0022⟩" if char == '"' else char
    kind = unicodedata.name(char, "")
    closes = "QUOTATION" in kind or "DOUBLE PRIME" in kind or kind.endswith("DITTO MARK")
    return f"⟨U+{ord(char):04X}⟩" if closes else char


def _ours(text: str) -> str:
    """Words of the policy, with the blanks at their ends."""
    return " ".join(map(one_line, text.split(" ")))


def _at(proposal: "Proposal", place: Slot, most: int) -> str:
    if place.path is None:
        return one_line(proposal.action.name)
    value, siblings = _value(proposal, place.path)
    return value_in_a_title(steps(place.path)[-1], value, siblings, most)


def _value(proposal: "Proposal", path: str) -> "tuple[object, Mapping[str, JSON]]":
    """What stands there, and what the object has in which it stands."""
    found: object = proposal.action.payload
    siblings: Mapping[str, JSON] = {}
    for step in steps(path):
        if isinstance(found, str) and found.startswith(VEILED * 3):
            return found, {}  # something above it is redacted
        if not isinstance(found, dict) or step not in found:
            return _MISSING, {}
        siblings = found
        found = siblings[step]
    return found, siblings


def _fitted(text: str) -> str:
    shown, left = shorten(text, LONGEST - 1)
    return f"{shown}…" if left else text


_TAKEN_UP = re.compile(r"(?<=:)(?=//)|(?<=:)(?=[a-z0-9_+'-]+:)|(?i:(?<=mailto:))|[*~`]|\b_|_\b")
"""Where Slack would see a link, an emoji code or a style in a notification: a blank goes in there."""


def notification(proposal: "Proposal") -> str:
    """Who, what, how much, to whom and why in the first 300 characters; of a veiled proposal.

    Escaped, and no link or emoji, for Slack reads it as markup.
    """
    action, worded = shorten(one_line(proposal.action.name), 80)[0], title(proposal)
    agent = shorten(one_line(proposal.ask.agent), 40)[0]
    amount = _how_much(proposal)
    parts = []
    if worded is None:
        told = f" ({amount})" if amount else ""
        waits = say.asks_to_run(agent, action, told)
        over = f"{state(proposal)[1]}: {action} of {agent}{told}"
    else:
        more = f" ({shown})" if (shown := in_brief(proposal, 70)) else ""
        waits, over = f"{agent} asks: {worded}{more}", f"{state(proposal)[1]}: {worded}, of {agent}{more}"
    parts = [waits if proposal.status is Status.pending else over]
    if proposal.status is Status.pending and (found := policy_reasons(proposal)):
        parts.append(f"Why: {shorten(found[0].text, 90)[0]}")
    if (line := summary(proposal)) is not None:
        parts.append(shared.the_agent_says(quoted(line, 300)))
    if proposal.status is Status.pending:
        parts.append(say.rejected_unanswered(proposal.expires_at))
    elif open_to_objection(proposal):
        until = f" until {proposal.object_until:%Y-%m-%d %H:%M} UTC" if proposal.claimed_at else ""
        parts.append(say.you_can_object(until))
    return notified(". ".join(parts))


def _how_much(proposal: "Proposal") -> str:
    """The plain values at the top of the payload, numbers first, as far as a line holds them."""
    values = sorted(proposal.action.payload.items(), key=lambda pair: (not _is_number(pair[1]), pair[0]))
    told = ""
    for key, value in values:
        if isinstance(value, (dict, list)) or value is None:
            continue
        each = f"{one_line(key)} {value_on_a_line(value, 40)}"
        if len(told) + len(each) > 110:
            continue
        told = f"{told}, {each}" if told else each
    return told


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def notified(text: str) -> str:
    """For a notification: escaped, and no link, emoji code or style in it, for Slack reads it as markup."""
    return escape(_TAKEN_UP.sub(" ", text))
