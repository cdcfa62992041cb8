"""Claims: what a card or `Details` says besides the action, each a label of ours and somebody's visible text."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from approvals.past import About
from approvals.remembered.approval import OURS
from bot.slack.blockkit.text import has_invisible, one_line, pretty, spells_out, visible
from bot.slack.cards.redaction import veiled
from bot.slack.words import cards as say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from approvals.gate import Fact
    from approvals.proposal import Ask, Evidence, Proposal

_PERSON = re.compile(r"\b[UW][A-Z0-9]{2,}\b")
_ANY_HOST = "abcdefghijklmnopqrstuvwxyz0123456789.-:[]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One text with its label. `text` is visible already and not empty."""

    label: str
    text: str
    most: int = 1000
    """How much of it a card shows, as it weighs in JSON."""
    rank: int = 0
    """What a crowded card leaves out first has the highest."""
    titled: bool = False
    """Whether the first line of the text is a title."""
    on_card: bool = True
    """Whether a card shows it; `Details` does."""
    abridges: bool = False
    """Whether a card shows of a long one only the beginning, and what can be compared with the payload."""


def summary(proposal: "Proposal") -> str | None:
    """The agent's line for lists, on one line."""
    told = veiled(proposal).ask.summary
    return one_line(told) if told else None


def payload(proposal: "Proposal") -> str:
    """The payload that would run, as JSON with nothing hidden but what the policy redacts."""
    return visible(pretty(veiled(proposal).action.payload))


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """Why a person is asked: a rule's words, or what we found in our own records. Both visible, on one line."""

    text: str
    rule: str
    who: str | None = None
    """A person whom `text` names by id: who rejected the same before."""
    known: bool = False
    """Whether it is from our records."""
    always: bool = False
    """Whether it is so for every such action."""
    new: str | None = None
    """The field whose value was never approved before, where that is all that our records say."""


def policy_reasons(proposal: "Proposal") -> list[Ground]:
    """All there are: each rule's words, and right below them what our records say for that rule.

    What a person rejected before comes first: a reader with little time should not miss it.
    """
    found: list[Ground] = []
    facts = list(proposal.gate.facts)
    repeats = {fact.rule for fact in facts if fact.name == About.repeat}
    for reason in sorted(proposal.gate.risk, key=lambda reason: reason.rule not in repeats):
        found.append(
            Ground(text=one_line(reason.reason) or "(no words)", rule=one_line(reason.rule), always=reason.always)
        )
        found += [_known(fact) for fact in facts if fact.rule == reason.rule]
        facts = [fact for fact in facts if fact.rule != reason.rule]
    return [*found, *map(_known, facts)]


def _known(fact: "Fact") -> Ground:
    text = one_line(fact.value) or one_line(fact.name) or "(no words)"
    named = _PERSON.search(text) if fact.name == About.repeat or fact.rule == OURS else None
    about, _, field = fact.name.partition(" ")
    return Ground(
        text=text,
        rule=one_line(fact.rule),
        who=named.group() if named else None,
        known=True,
        new=one_line(field.removeprefix("payload.")) if about == About.first_time else None,
    )


def claims(ask: "Ask") -> "Iterator[Claim]":
    """What the agent says around its action, none of it checked: why first, then its evidence."""
    why = visible(ask.reasoning) or "(nothing)"
    yield Claim(label="Why", text=why, most=1500, abridges=bool(ask.context))  # without evidence it is all there is
    for number, each in enumerate(ask.context, 1):
        yield Claim(label=f"Evidence {number}", text=_evidence(each), most=1000, rank=1, titled=True, abridges=True)
    if ask.rollback_plan:
        yield Claim(label=say.HOW_IT_WOULD_BE_ROLLED_BACK, text=visible(ask.rollback_plan), on_card=False)
    if ask.preconditions:
        held = "\n".join(f"{number}. {one_line(each)}" for number, each in enumerate(ask.preconditions, 1))
        yield Claim(label=say.WHAT_MUST_HOLD_WHEN_IT_RUNS, text=held, most=700, rank=2)
    if ask.signals:
        measured = "\n".join(f"{one_line(name)}: {visible(pretty(value))}" for name, value in ask.signals.items())
        yield Claim(label=say.WHAT_THE_AGENT_MEASURED, text=measured, most=400, rank=4)
    if ask.confidence is not None:
        yield Claim(label=say.CONFIDENCE, text=str(ask.confidence), on_card=False)


def hides(ask: "Ask", *shown: str | None) -> bool:
    """Whether the texts already `shown`, or anything else the agent says, hold characters that do not show."""
    said = (ask.summary, ask.on_behalf_of, ask.run_id)
    return any(spells_out(text) for text in (*shown, *(claim.text for claim in claims(ask))) if text) or any(
        has_invisible(text) for text in said if text
    )


def _evidence(each: "Evidence") -> str:
    lines = [one_line(each.title) or "?"]
    if each.text:
        lines.append(visible(each.text))
    if each.url:
        lines.append(_address(each.url))
    return "\n".join(lines)


def _address(url: str) -> str:
    """The URL as text, and where it really leads if it is written to mislead."""
    shown = one_line(url)
    try:
        parts = urlsplit(url)
        host, odd = parts.hostname or "", parts.username is not None
    except ValueError:
        return say.leads_nowhere(shown)
    if odd or any(char not in _ANY_HOST for char in host):
        return f"{shown} (leads to {_punycode(host)})"
    return shown


def web_host(url: str) -> str | None:
    """The host that a web address leads to, whoever reads it; None for what is none, or is read in two ways."""
    if not url[:8].lower().startswith(("https://", "http://")) or "\\" in url:
        return None
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return None
    return host if host and all(char in _ANY_HOST for char in host) else None


def _punycode(host: str) -> str:
    return ".".join(
        label if label.isascii() else f"xn--{label.encode('punycode').decode('ascii')}" for label in host.split(".")
    )
