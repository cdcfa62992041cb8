"""Card sharing: whether a proposal has a card of its own, shares a batch's or, in a channel, a flood's.

Decided before a write, from what is known of the other cards, and given to it: the store keeps it and decides nothing.
"""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from approvals.proposal import Status

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from approvals.proposal import Proposal

FLOOD = 10
"""So many cards of one agent may wait to be posted in a channel; what it proposes beyond joins the flood there."""
LULL = timedelta(seconds=10)
"""Without another one for longer than this a flood is over: until then all that comes joins the flood."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenBatch:
    """A batch of the proposal's agent, action, role and channel that takes one more by its own rules."""

    lead: str
    """The id of the proposal that came first, on whose card the others are."""
    opened_at: "datetime"
    members: int
    """How many there are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Traffic:
    """What the proposal's agent has in one channel."""

    lead: str | None
    """The first on its newest flood on which something still waits; None if there is none."""
    joined_at: "datetime | None"
    """When the last one joined that flood."""
    backlog: int
    """Cards of what is pending that wait to be posted, counted up to FLOOD; a batch's card counts once. Of no interest,
    and not counted, while a flood goes on: whatever comes then joins it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbours:
    """What the store knows of the other cards, before the write."""

    batch: tuple[str, ...] = ()
    """The ids of all in the batch that the proposal is in, its lead first; empty if it is in none."""
    open_batches: "tuple[OpenBatch, ...]" = ()
    """For a new proposal that may share a card: those that it may join, the newest first."""
    traffic: "Mapping[str, Traffic]" = field(default_factory=dict)
    """By channel, for those in which the proposal has no card yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CardSharing:
    """What a write changes about who is on which card."""

    batch: str | None = None
    """The lead of the batch that it joins from now on; its own id if it opens one."""
    leaves: tuple[str, ...] = ()
    """The batch that it leaves, as in Neighbours; without its lead a batch is over."""
    floods: "Mapping[str, str]" = field(default_factory=dict)
    """By channel, the lead of the flood that it joins there; its own id where it begins one."""
    others: tuple[str, ...] = ()
    """The ids of the others whose cards are different from now on."""
    reminds: bool = False
    """Whether people are to be reminded below each flood that it is on."""


def card_of(before: "Proposal | None", proposal: "Proposal", neighbours: Neighbours, now: "datetime") -> CardSharing:
    """Which card the proposal is on from this write on.

    On somebody else's card it joins no flood, whatever comes: that card is there already. On a flood it shares no
    other card. What waits for nobody has a card of its own.
    """
    goes = before is not None and leaves(before, proposal)
    batch = join_batch(proposal, neighbours.open_batches, now) if may_join_batch(before, proposal) else None
    found = batch if before is None else None if goes else next(iter(neighbours.batch), None)
    floods: dict[str, str] = {}
    if found is None or found == proposal.id:
        for channel in new_channels(before, proposal):
            if (lead := join_flood(proposal.id, neighbours.traffic[channel], now)) is not None:
                floods[channel] = lead
    sharing = CardSharing(
        batch=None if floods else batch,
        floods=floods,
        reminds=before is not None and proposal.reminded > before.reminded,
    )
    return _leave(sharing, proposal.id, neighbours.batch) if goes or floods else sharing


def join_batch(proposal: "Proposal", batches: "Sequence[OpenBatch]", now: "datetime") -> str | None:
    """The lead of the newest batch that the proposal's own rules let it join; itself where it opens one."""
    rules = proposal.gate.batch
    if rules is None:
        return None
    for batch in batches:
        if batch.members < rules.most and now < batch.opened_at + timedelta(seconds=rules.window):
            return batch.lead
    return proposal.id


def join_flood(proposal_id: str, traffic: Traffic, now: "datetime") -> str | None:
    """The lead of the flood that it joins in a channel, itself where it begins one; None: a card of its own."""
    if not goes_on(traffic.joined_at, now) and traffic.backlog < FLOOD:
        return None
    return traffic.lead or proposal_id


def goes_on(joined_at: "datetime | None", now: "datetime") -> bool:
    """Whether a flood that was joined then, if there is one, takes whatever comes now."""
    return joined_at is not None and now - joined_at <= LULL


def _leave(sharing: CardSharing, proposal_id: str, batch: tuple[str, ...]) -> CardSharing:
    lead, *rest = batch or (proposal_id,)
    return replace(sharing, leaves=batch, others=tuple(rest) if lead == proposal_id else (lead,))


def may_join_batch(before: "Proposal | None", proposal: "Proposal") -> bool:
    """Only as it is submitted: those who are asked later would be asked about something that they saw already."""
    return before is None and proposal.status is Status.pending and proposal.gate.batch is not None


def leaves(before: "Proposal", proposal: "Proposal") -> bool:
    """Whether it may no longer share a card: its rules say so, or others are asked."""
    stays = proposal.gate.batch is not None and proposal.gate.roles == before.gate.roles
    return before.gate.batch is not None and not stays


def new_channels(before: "Proposal | None", proposal: "Proposal") -> list[str]:
    """Where people are asked from this write on, and were not before."""
    if proposal.status is not Status.pending:
        return []
    return [each for each in proposal.channels if before is None or each not in before.channels]
