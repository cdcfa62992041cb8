"""The remembered decisions of a store, by what they came with."""

from approvals.decision import Verdict
from approvals.gate import ApprovalTerms

TERMS = ApprovalTerms(may_differ=("payload.note",), lasts=3600, most=2)
OPEN = {"remember_approval": TERMS}
"""A gate whose approval may be remembered."""


async def remembered(store, verdict, proposal_id):
    """The one with this verdict that came with the proposal and is sound, or None."""
    return next((each for each in await store.remembered.of(proposal_id) if each.verdict is verdict), None)


async def the_approval(store, proposal_id):
    return await remembered(store, Verdict.approve, proposal_id)


async def the_rejection(store, proposal_id):
    return await remembered(store, Verdict.reject, proposal_id)
