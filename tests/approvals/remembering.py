"""The remembered decisions of a store, by what they came with."""

from approvals.decision import Verdict


async def remembered(store, verdict, proposal_id):
    """The one with this verdict that came with the proposal and is sound, or None."""
    return next((each for each in await store.remembered.of(proposal_id) if each.verdict is verdict), None)


async def the_approval(store, proposal_id):
    return await remembered(store, Verdict.approve, proposal_id)


async def the_rejection(store, proposal_id):
    return await remembered(store, Verdict.reject, proposal_id)
