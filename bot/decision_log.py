"""Decisions in the process's log: one line for each change of what people were asked, in ids and digests alone.

For whoever watches many services by their logs. The audit log is the record: it is sealed, and this is not.
"""

from typing import TYPE_CHECKING

import structlog

from approvals.gate import Tier

if TYPE_CHECKING:
    from approvals.proposal import Proposal

log = structlog.get_logger("decisions")


def log_decision(proposal: "Proposal") -> None:
    """Writes the line. What runs by itself has none, nor has a new proposal: there are many, and nobody decided."""
    if proposal.gate.tier is Tier.auto or proposal.version == 1:
        return
    newest = proposal.active_decisions[-1] if proposal.active_decisions else None
    log.info(
        "decision",
        proposal=proposal.id,
        agent=proposal.ask.agent,
        status=str(proposal.status),
        cause=None if proposal.cause is None else str(proposal.cause),
        by=proposal.resolved_by or (newest.reviewer if newest is not None else None),
        decisions=len(proposal.active_decisions),
        revision=proposal.revision,
        digest=proposal.digest,
    )
