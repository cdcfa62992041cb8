"""Remembered approvals: a yes that also covers the next proposals like it, on the terms of the rule. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from approvals.decision import CLICK_ALONE, Attestation, Verdict
from approvals.digest import canonical
from approvals.events import Note
from approvals.gate import Fact, Gate
from approvals.moves.reviewer import approve, granted
from approvals.proposal import Action, Cause, Source, Status
from approvals.refusals import CannotRemember
from approvals.remembered.decision import RememberedDecision
from approvals.remembered.likeness import alike, of_a_kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from approvals.events import Event
    from approvals.proposal import Ask, Proposal
    from approvals.reviewer import Reviewer

OURS = "remembered_approval"
"""Stands for a rule where a proposal waits for none, because an approval is remembered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RememberedApproval(RememberedDecision):
    """One person's yes to what is like a proposal, for so long and so often, under no stricter gate than it met."""

    verdict = Verdict.approve
    content = frozenset({"on_behalf_of"})
    alike: str
    """The digest of what was approved, without what may differ."""
    on_behalf_of: str | None
    source: Source
    may_differ: tuple[str, ...]
    most: int

    @property
    def left(self) -> int:
        """How many more it may approve, as far as it goes by number."""
        return self.most - self.used

    @property
    def counts_from(self) -> datetime:
        """From when on it may be used: not while the approval that it came with can be taken back without a word."""
        return self.at + timedelta(seconds=self.gate.undo_window or 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class RememberedApprovalBegun(Note):
    """Somebody approved a proposal and the next like it."""

    tag = "remembered_approval:begun"
    decision: RememberedApproval


def may_remember(proposal: "Proposal") -> bool:
    """Whether whoever approves it may have that remembered: it is as proposed, and nobody was called in."""
    return (
        proposal.status is Status.pending
        and proposal.gate.may_remember_approval
        and proposal.revision == 1
        and not proposal.escalated_to
    )


def approve_and_next(
    proposal: "Proposal", reviewer: "Reviewer", nonce: str, now: datetime, attestation: Attestation = CLICK_ALONE
) -> "tuple[list[Event], RememberedApproval]":
    """The approval of the proposal, and the remembered one. Raises what an approval raises, and CannotRemember."""
    events = approve(proposal, reviewer, nonce, now, attestation=attestation)
    gate = proposal.gate
    if gate.remember_approval is None or not may_remember(proposal) or reviewer.user in gate.excluded:
        raise CannotRemember
    if not gate.covered(reviewer.roles):
        raise CannotRemember  # a place that was lent ends with the delegation; this would go on
    return events, RememberedApproval(
        id=proposal.id,
        agent=proposal.ask.agent,
        action=proposal.action.name,
        alike=alike(proposal.action, gate.remember_approval.may_differ),
        on_behalf_of=proposal.ask.on_behalf_of,
        source=proposal.ask.source,
        by=reviewer.user,
        gate=gate,
        may_differ=gate.remember_approval.may_differ,
        at=now,
        until=now + timedelta(seconds=gate.remember_approval.lasts),
        most=gate.remember_approval.most,
    )


def approve_at_once(submitted: "Sequence[Event]", gate: Gate, by: str, now: datetime) -> "list[Event]":
    """A submission for which a remembered approval was used: it does not wait."""
    return [submitted[0], granted(gate, Cause.remembered_approval, by, now)]


def covers(approval: RememberedApproval, first: "Proposal", ask: "Ask", action: Action, gate: Gate) -> bool:
    """Whether what is proposed is like `first`, with which it came, and the present policy asks nothing more of it.

    Whatever the past has to say of it (a rate, an unusual number, a rejection) is for people to weigh. The agent's own
    schema has to be the one under which people approved the first: it holds what may differ as much as the policy's.
    """
    return (
        still_satisfied(approval, gate)
        and not gate.facts
        and (ask.agent, ask.on_behalf_of, action.name) == (approval.agent, approval.on_behalf_of, approval.action)
        and ask.source in (Source.trusted, approval.source)
        and approval.by not in gate.excluded
        and alike(action, approval.may_differ) == approval.alike
        and of_a_kind(first.action, action, approval.may_differ)
        and _schema(ask) == _schema(first.ask)
    )


def still_satisfied(approval: RememberedApproval, gate: Gate) -> bool:
    """Whether a gate judged afresh is met by the approval as well as the one that it was given for."""
    terms = gate.remember_approval
    return (
        terms is not None
        and gate.may_remember_approval
        and not gate.asks_otherwise_than(approval.gate)
        and set(gate.rules) <= set(approval.gate.rules)
        and set(gate.risk) <= set(approval.gate.risk)
        and set(approval.may_differ) <= set(terms.may_differ)
    )


def left_by(gate: Gate, approval: RememberedApproval) -> tuple[datetime, int]:
    """Until when and how often it may be used under a gate whose terms may have become narrower."""
    terms = gate.remember_approval
    assert terms is not None
    return min(approval.until, approval.at + timedelta(seconds=terms.lasts)), min(approval.most, terms.most)


def fact_of_use(approval: RememberedApproval) -> Fact:
    """What a proposal's gate keeps of the approval that was just used for it."""
    value = f"{approval.by} approved {approval.id} and the next like it; this is {approval.used} of {approval.most}."
    return Fact(rule=OURS, name=f"{OURS} {approval.id}", value=value)


def _schema(ask: "Ask") -> bytes:
    return canonical(None if ask.payload_schema is None else dict(ask.payload_schema))
