"""Doubts: the values of a payload that stand in none of the agent's evidence, each with what a card says of it.

Said without judging. What is harmless says so beside its value and nowhere else. What stands out is named at the top:
where money, data or rights go, and what the evidence has nearly.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from bot.slack.cards.evidence import held_against_evidence, leaves
from bot.slack.cards.near_misses import near_misses
from bot.slack.cards.redaction import veiled
from bot.slack.cards.stakes import at_stake

if TYPE_CHECKING:
    from collections.abc import Mapping

    from approvals.proposal import Proposal
    from bot.slack.cards.evidence import Path


class Doubt(NamedTuple):
    """What is said of one value."""

    near: tuple[str, ...] = ()
    """What the evidence has that is nearly it, visible."""
    stakes: bool = False
    """Whether by it money, data or rights go to somebody."""
    entries: tuple[str, ...] = ()
    """Of a list that the evidence holds in part, those of which it is said, visible; nothing where it is of all."""

    @property
    def stands_out(self) -> bool:
        """Whether it belongs at the top of a card."""
        return self.stakes or bool(self.near)


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubts:
    """Of a whole payload."""

    found: "Mapping[Path, Doubt]"
    """By the way to each value."""
    nothing: bool = False
    """Whether the evidence holds no value of it at all, nor one nearly: one sentence says that, and no mark does."""

    @property
    def stand_out(self) -> bool:
        """Whether anything belongs at the top of a card."""
        return self.nothing or any(each.stands_out for each in self.found.values())


def doubts(proposal: "Proposal") -> Doubts:
    """Of the present payload, as people may see it."""
    proposal = veiled(proposal)
    held = held_against_evidence(proposal)
    near = near_misses(proposal, [path for path, instead in held.instead.items() if not instead])
    said = {path: instead or near.get(path, ()) for path, instead in held.instead.items()}
    if held.nothing and not any(said.values()):
        return Doubts(found={}, nothing=True)
    values = {path: leaf for path, leaf in leaves(proposal.action.payload) if path in said}
    return Doubts(found={path: Doubt(each, at_stake(path, values[path])) for path, each in said.items()})
