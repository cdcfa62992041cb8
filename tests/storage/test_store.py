from approvals.gate import EscalatedTo, Escalation, Fact, StandIn
from approvals.hours import Hours
from approvals.proposal import RollbackStatus, Status
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


async def test_a_gate_with_all_that_it_can_ask_is_kept_and_told_again(store, lifecycle, policy):
    policy.changes = {
        "second_person": True,
        "stand_ins": (StandIn(role="support", by="lead"),),
        "remind": (600, 1800),
        "escalate": (Escalation(after=1200, to="chief", channel="C0CHIEF", roles=("support",)),),
        "hours": (Hours(tz="Europe/Berlin", days=(0, 4), start=540, end=1020, extend=True),),
        "max_expires_in": 7200,
        "facts": (Fact(rule="new-iban", name="first_time payload.to", value="payload.to was never approved before."),),
    }
    made, _ = await lifecycle.submit(submission())
    await lifecycle.extend(made.id, ALICE, made.nonce)
    handed = await lifecycle.hand_over(made.id, ALICE, "finance", made.nonce)
    assert handed.escalated_to == (EscalatedTo(to="finance", channel="C0FINANCE", roles=("support",), by="U0ALICE"),)
    assert await store.find(made.id) == handed
    approved = await lifecycle.approve(made.id, CAROL, made.nonce)
    assert (await lifecycle.claim(made.id, "support-bot", approved.digest, CLAIMANT)).status is Status.claimed


async def test_an_objection_and_its_answer_are_kept(store, lifecycle, policy):
    policy.watched = 50
    made, _ = await lifecycle.submit(submission(100, claim=True))
    assert await lifecycle.object(made.id, ALICE, "Wrong.", made.nonce) == await store.find(made.id)
    undone = await lifecycle.rollback(made.id, "support-bot", RollbackStatus.failed, "Too late.")
    assert (undone.rollback.status, undone.rollback.detail) == (RollbackStatus.failed, "Too late.")
    assert await store.find(made.id) == undone
