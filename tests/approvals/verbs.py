"""What the tests of the verbs over the real store have in common."""

import asyncio
from contextlib import closing

from approvals.lifecycle import Submission
from approvals.proposal import Action
from approvals.refusals import (
    Refusal,
)
from tests.databases import hand_at
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


class SeenBefore:
    """The store of somebody who looked for what is due before another was quicker: `found` by the name of the look."""

    def __init__(self, store, **found):
        self._store, self._found = store, found

    def __getattr__(self, name):
        if name not in self._found:
            return getattr(self._store, name)

        async def look(*_):
            return self._found[name]

        return look


def damage(tmp_path, proposal_id):
    """Sets a row to approved past the store, as somebody with the database's password could."""
    with closing(hand_at(tmp_path / "signoff.db")) as connection:
        connection.execute(
            "UPDATE proposals SET status = 'approved', cause = 'reviewer', resolved_at = created_at,"
            " resolved_by = 'U0ALICE', execute_by = created_at + 1000, due_at = created_at + 1000 WHERE id = ?",
            [proposal_id],
        )
