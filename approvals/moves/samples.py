"""Sample moves: what ran at once is drawn by chance, then judged once by a person; the agent never learns of it."""

from typing import TYPE_CHECKING

from approvals.events import SampleDrawn, SampleJudged
from approvals.refusals import AlreadyJudged, Changed, JudgementUnexplained, NotYourRole, OwnSample
from approvals.sample import Sample, SampleVerdict

if TYPE_CHECKING:
    from datetime import datetime

    from approvals.gate import Gate
    from approvals.proposal import Proposal
    from approvals.reviewer import Reviewer


def draw_sample(proposal: "Proposal", nonce: str, now: "datetime") -> SampleDrawn:
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


def review_sample(
    sample: Sample,
    gate: "Gate",
    reviewer: "Reviewer",
    judgement: SampleVerdict,
    reason: str | None,
    *,
    nonce: str,
    now: "datetime",
) -> SampleJudged:
    """The person's judgement, or a Refusal raised. What is not fine wants a reason; what is fine has none."""
    may_judge(sample, gate, reviewer, nonce)
    said = (reason or "").strip() if judgement is SampleVerdict.not_fine else None
    if said == "":
        raise JudgementUnexplained
    return SampleJudged(at=now, proposal=sample.proposal_id, judgement=judgement, by=reviewer.user, reason=said)
