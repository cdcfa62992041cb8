"""Alertness of whoever approves: read off their decisions each time, so that every process and every start knows it.

It only ever asks for more: who may decide, until when, and what a no takes stay as they are.
"""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from approvals.events import Approved, Decided
from approvals.fatigue import MOST
from approvals.moves.confirmation import is_grave
from approvals.refusals import SomebodyElseFirst
from approvals.reviewer import Reviewer
from approvals.seats import approval
from approvals.states import after_all

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from approvals.decision import Attestation
    from approvals.events import Event
    from approvals.gate import Gate
    from approvals.ports import Policy, Store, Transaction
    from approvals.proposal import Proposal

MOST_OTHERS = 20
"""So many people are asked for whether they are less tired."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alertness:
    """What a person's decisions say of the next one that is grave."""

    tired: bool = False
    others_first: bool = False
    """Whether somebody else of the role comes first."""

    def marked(self, attestation: "Attestation") -> "Attestation":
        """The manner of the verdict with that. Who was asked for more once is not asked for less."""
        return replace(attestation, tired=attestation.tired or self.tired)


AWAKE = Alertness()


async def alertness(
    known: "Transaction | Store", policy: "Policy", gate: "Gate", person: str, now: "datetime"
) -> Alertness:
    """How alert the person is for what stands under this gate. What is not grave asks nothing of anybody."""
    terms = policy.fatigue(gate.asked) if is_grave(gate) else ()
    if not terms:
        return AWAKE
    since = now - timedelta(seconds=max(each.within for each in terms))
    recent = await known.recent_decisions(person, since, MOST)
    met = [each for each in terms if each.tires(recent, now)]
    return Alertness(tired=bool(met), others_first=any(each.somebody_else for each in met))


async def require_turn(
    known: "Transaction | Store",
    policy: "Policy",
    proposal: "Proposal",
    events: "Sequence[Event]",
    alert: Alertness,
    now: "datetime",
) -> None:
    """Raises SomebodyElseFirst where the approval among the events is a tired person's and others can give it.

    Only while somebody whom the policy names could approve in its place and need not wait for others themselves, and
    only for the first half of the time there is: so there is always somebody who may.
    """
    decided = next((each.decision for each in events if isinstance(each, Decided)), None)
    until = proposal.created_at + (proposal.expires_at - proposal.created_at) / 2
    if decided is None or not alert.others_first or now >= until:
        return
    before = after_all(proposal, [each for each in events if not isinstance(each, (Decided, Approved))])
    others = [each for each in _others(policy, before, now, decided.roles) if each != decided.stands_in_for]
    for person in [each for each in others if each != decided.reviewer][:MOST_OTHERS]:
        if not (await alertness(known, policy, before.gate, person, now)).others_first:
            raise SomebodyElseFirst(until)


def _others(policy: "Policy", proposal: "Proposal", now: "datetime", roles: "Iterable[str]") -> "Iterator[str]":
    """Who could approve in one of the roles, as far as the policy names them."""
    for person, held in sorted(policy.named(proposal.gate.asked).items()):
        reviewer = Reviewer(user=person, team="", name=person, roles=held)
        could = approval(proposal, reviewer, now)
        if could is not None and set(could.roles) & set(roles):
            yield person
