"""What ran at once and is looked over afterwards: drawn by chance, judged once by a person, never told to the agent."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from approvals.events import Actor, SampleDrawn, SampleJudged
from approvals.gate import Tier
from approvals.refusals import AlreadyJudged, Changed, JudgementUnexplained, NotFound, NotYourRole, OwnSample

if TYPE_CHECKING:
    from datetime import datetime

    from approvals.decision import Reviewer
    from approvals.gate import Gate
    from approvals.ports import Clock, Lots, Store
    from approvals.proposal import Proposal


class Judgement(StrEnum):
    """What a person thinks of something that ran without anyone asked."""

    fine = "fine"
    not_fine = "not_fine"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """Somebody's judgement."""

    judgement: Judgement
    by: str
    at: "datetime"
    reason: str | None = None
    """Why it is not fine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A proposal that was drawn. It stands beside the proposal, which never changes by it."""

    proposal_id: str
    roles: tuple[str, ...]
    """Anyone in any of them may judge it, but for whom the proposal's gate excludes."""
    channels: tuple[str, ...]
    nonce: str
    """Known only to its cards: a click carries it."""
    drawn_at: "datetime"
    judged: Judged | None = None


def chosen(gate: "Gate", lots: "Lots") -> bool:
    """Whether the lot falls on what this gate lets run; where nothing is sampled, none is drawn."""
    return gate.tier is Tier.auto and gate.sampling is not None and lots.draw() < gate.sampling.share


def draw(proposal: "Proposal", nonce: str, now: "datetime") -> SampleDrawn:
    """That the proposal was drawn; its gate says for whom."""
    sampling = proposal.gate.sampling
    assert sampling is not None
    return SampleDrawn(
        at=now,
        proposal=proposal.id,
        share=sampling.share,
        roles=sampling.roles,
        channels=sampling.channels,
        nonce=nonce,
    )


def may_judge(sample: Sample, gate: "Gate", reviewer: "Reviewer", nonce: str) -> None:
    """Raises the Refusal that a judgement of this person would meet; `gate` is the proposal's."""
    if nonce != sample.nonce:
        raise Changed
    own = reviewer.user in gate.excluded
    held = reviewer.roles & frozenset(sample.roles)
    if own and not held & gate.self_review:
        raise OwnSample
    if not held:
        raise NotYourRole(sample.roles)
    if sample.judged is not None:
        raise AlreadyJudged(sample.judged.by, sample.judged.at)


def judge(
    sample: Sample,
    gate: "Gate",
    reviewer: "Reviewer",
    judgement: Judgement,
    reason: str | None,
    *,
    nonce: str,
    now: "datetime",
) -> SampleJudged:
    """The person's judgement, or a Refusal raised. What is not fine wants a reason; what is fine has none."""
    may_judge(sample, gate, reviewer, nonce)
    said = (reason or "").strip() if judgement is Judgement.not_fine else None
    if said == "":
        raise JudgementUnexplained
    return SampleJudged(at=now, proposal=sample.proposal_id, judgement=judgement, by=reviewer.user, reason=said)


@dataclass(frozen=True, slots=True)
class Bench:
    """Where samples are judged, over the ports."""

    store: "Store"
    clock: "Clock"

    async def judge(
        self, proposal_id: str, reviewer: "Reviewer", judgement: Judgement, reason: str | None, nonce: str
    ) -> None:
        """Keeps a person's judgement. Raises ReviewerRefusal, NotFound, StoreBusy."""
        async with self.store.transaction() as tx:
            proposal, sample = await tx.load(proposal_id), await tx.sample(proposal_id)
            if sample is None:
                raise NotFound(proposal_id)
            judged = judge(sample, proposal.gate, reviewer, judgement, reason, nonce=nonce, now=self.clock.now())
            actor = Actor(kind="reviewer", id=reviewer.user, team=reviewer.team, proof=reviewer.proof)
            await tx.judge_sample(proposal, judged, actor)
