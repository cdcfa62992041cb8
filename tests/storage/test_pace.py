"""What a person decided lately is read off the audit log: by whom, since when, and whether it was rushed."""

from datetime import timedelta

from approvals.decision import Attestation, FirstSeen
from tests.making import START
from tests.storage.town import ALICE, BOB, by_hand, submission


async def decide(lifecycle, clock, verb, who, *, fast):
    proposal, _ = await lifecycle.submit(submission())
    seen = FirstSeen(at=clock.now(), words=1000 if fast else 0)
    if verb == "approve":
        await lifecycle.approve(proposal.id, who, proposal.nonce, attestation=Attestation(first_seen=seen))
    else:
        await lifecycle.reject(proposal.id, who, "No", proposal.nonce, attestation=Attestation(first_seen=seen))
    clock.forward(10)
    return proposal


def told(recent):
    return [(round((each.at - START).total_seconds()), each.rushed) for each in recent]


async def test_a_persons_decisions_are_read_the_newest_first_with_approvals_that_were_rushed(store, lifecycle, clock):
    await decide(lifecycle, clock, "approve", ALICE, fast=False)
    await decide(lifecycle, clock, "approve", ALICE, fast=True)
    await decide(lifecycle, clock, "approve", BOB, fast=True)
    await decide(lifecycle, clock, "reject", ALICE, fast=True)
    before = START - timedelta(seconds=1)
    assert told(await store.recent_decisions("U0ALICE", before, 9)) == [(30, False), (10, True), (0, False)]
    assert told(await store.recent_decisions("U0ALICE", START, 9)) == [(30, False), (10, True)]
    assert told(await store.recent_decisions("U0ALICE", before, 2)) == [(30, False), (10, True)]
    assert told(await store.transact(lambda tx: tx.recent_decisions("U0BOB", before, 9))) == [(20, True)]
    assert await store.recent_decisions("U0NEW", before, 9) == []


async def test_a_row_that_a_hand_takes_away_or_changes_makes_nobody_rested(store, lifecycle, clock, tmp_path):
    proposal = await decide(lifecycle, clock, "approve", ALICE, fast=True)
    with by_hand(tmp_path) as hand:
        hand.execute("DELETE FROM decisions WHERE proposal_id = ?", (proposal.id,))
    assert told(await store.recent_decisions("U0ALICE", START - timedelta(seconds=1), 9)) == [(0, True)]
