from approvals.proposal import Status
from tests.storage.town import ALICE, CAROL, CLAIMANT, submission


async def test_what_was_submitted_is_found_as_it_was(store, lifecycle):
    made, new = await lifecycle.submit(submission())
    assert new
    assert await store.find(made.id) == made


async def test_the_whole_way_of_a_proposal_is_kept(store, lifecycle):
    made, _ = await lifecycle.submit(submission(2500))
    edited = await lifecycle.edit(made.id, ALICE, {"amount": 2400, "order": "1001"}, made.nonce)
    approved = await lifecycle.approve(made.id, CAROL, edited.nonce)
    assert approved.status is Status.approved
    claimed = await lifecycle.claim(made.id, "support-bot", approved.digest, CLAIMANT)
    reported = await lifecycle.report(made.id, "support-bot", Status.succeeded, "done", None)
    assert claimed.status is Status.claimed
    assert await store.find(made.id) == reported
    assert await store.audit.verify() is None
    assert [line.tag for line in await store.reads.trail(made.id)] == [
        "proposal:submitted",
        "proposal:edited",
        "proposal:decided",
        "proposal:decided",
        "proposal:approved",
        "proposal:claimed",
        "proposal:succeeded",
    ]
