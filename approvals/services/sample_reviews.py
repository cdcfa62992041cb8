"""Sample reviews: the verb that judges a sample, over the ports."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from approvals.events import Actor
from approvals.moves.samples import review_sample
from approvals.refusals import NotFound
from approvals.sample import SampleVerdict
from approvals.transactional import transactional

if TYPE_CHECKING:
    from approvals.ports import Clock, Store, Transaction
    from approvals.reviewer import Reviewer


@dataclass(frozen=True, slots=True)
class SampleReviews:
    """Where samples are judged, over the ports."""

    store: "Store"
    clock: "Clock"

    @transactional
    async def judge(
        self,
        tx: "Transaction",
        proposal_id: str,
        reviewer: "Reviewer",
        judgement: SampleVerdict,
        reason: str | None,
        nonce: str,
    ) -> None:
        """Keeps a person's judgement. Raises ReviewerRefusal, NotFound, StoreBusy."""
        proposal, sample = await tx.load(proposal_id), await tx.sample(proposal_id)
        if sample is None:
            raise NotFound(proposal_id)
        judged = review_sample(sample, proposal.gate, reviewer, judgement, reason, nonce=nonce, now=self.clock.now())
        actor = Actor(kind="reviewer", id=reviewer.user, team=reviewer.team, proof=reviewer.proof)
        await tx.judge_sample(proposal, judged, actor)
