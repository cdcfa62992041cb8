"""What the tests of the verbs over the real store have in common."""

import asyncio

from approvals.lifecycle import Submission
from approvals.proposal import Action
from approvals.refusals import (
    Refusal,
)
from tests.making import make_ask

AGENT = "support-bot"


def ask_for(
    name="refund.create",
    agent=AGENT,
    expires_in=None,
    *,
    key=None,
    fingerprint="f",
    claim=False,
    claimant=None,
    **payload,
):
    """A submission; the payload is given by its fields."""
    return Submission(
        action=Action(name=name, payload=payload or {"amount": 250}),
        ask=make_ask(agent=agent, expires_in=expires_in),
        idempotency_key=key,
        fingerprint=fingerprint,
        claim=claim,
        claimant=claimant,
    )


async def tags(store, proposal_id=None):
    """The audit log as tags, of one proposal or of all."""
    entries = await store.audit.entries(0, 1000)
    return [entry.tag for entry in entries if proposal_id in (None, entry.proposal_id)]


async def outcomes(*attempts):
    """What came of attempts made at once: proposals and the types of refusals."""
    made = await asyncio.gather(*attempts, return_exceptions=True)
    assert all(not isinstance(each, BaseException) or isinstance(each, Refusal) for each in made), made
    return [type(each) if isinstance(each, Refusal) else each.status for each in made]
