"""Rows that were changed past the store: never served as ours, and nothing runs on their word."""

from datetime import timedelta

import pytest

from approvals.proposal import Status
from approvals.refusals import NotFound
from approvals.services.delegations import Delegating
from storage import RowDamaged
from tests.storage.town import ALICE, BOB, CLAIMANT, LEAD, by_hand, submission

STANDS_IN = '"stand_ins":[{"role":"support","by":"lead"}]'

APPROVED = (
    "UPDATE proposals SET status = 'approved', cause = 'reviewer', resolved_at = created_at, resolved_by = 'U0ALICE',"
    " execute_by = created_at + 3600000"
)


async def claimed(lifecycle, proposal):
    found = await lifecycle.store.find(proposal.id)
    return await lifecycle.claim(proposal.id, "support-bot", found.digest, CLAIMANT)


async def test_a_row_set_to_approved_by_hand_cannot_be_claimed(lifecycle, store, tmp_path):
    made, _ = await lifecycle.submit(submission())
    with by_hand(tmp_path) as connection:
        connection.execute(APPROVED)
    with pytest.raises(RowDamaged, match="status"):
        await store.find(made.id)
    with pytest.raises(RowDamaged, match=made.id):
        await lifecycle.claim(made.id, "support-bot", made.digest, CLAIMANT)


async def test_a_payload_changed_after_the_approval_cannot_be_claimed(lifecycle, tmp_path):
    made, _ = await lifecycle.submit(submission(2500))
    other, _ = await lifecycle.submit(submission(9999))
    await lifecycle.approve(made.id, ALICE, made.nonce)
    await lifecycle.approve(made.id, BOB, made.nonce)
    with by_hand(tmp_path, without=["revisions_stay"]) as connection:
        connection.execute(
            "UPDATE revisions SET (payload, digest) = (SELECT payload, digest FROM revisions WHERE proposal_id = ?)",
            (other.id,),
        )
        connection.execute("UPDATE proposals SET digest = ?", (other.digest,))
    with pytest.raises(RowDamaged, match="its row is not what its sealed entries tell"):
        await claimed(lifecycle, made)


async def test_a_gate_loosened_by_hand_gains_nothing(lifecycle, store, tmp_path):
    made, _ = await lifecycle.submit(submission(2500))
    with by_hand(tmp_path) as connection:
        connection.execute("""UPDATE proposals SET gate = replace(gate, '["finance","support"]', '["support"]')""")
    with pytest.raises(RowDamaged, match="gate"):
        await lifecycle.approve(made.id, ALICE, made.nonce)


async def test_an_approval_taken_back_cannot_be_restored_by_hand(lifecycle, tmp_path):
    made, _ = await lifecycle.submit(submission())
    await lifecycle.approve(made.id, ALICE, made.nonce)
    await lifecycle.revoke(made.id, BOB, "Wait.", made.nonce)
    with by_hand(tmp_path, without=["proposals_final_stays"]) as connection:
        connection.execute("UPDATE proposals SET status = 'approved', reason = NULL, due_at = execute_by")
        connection.execute("DELETE FROM decisions WHERE verdict = 'reject'")
    with pytest.raises(RowDamaged):
        await claimed(lifecycle, made)


async def test_an_approval_entry_without_our_seal_does_not_count(lifecycle, tmp_path):
    made, _ = await lifecycle.submit(submission())
    await lifecycle.approve(made.id, ALICE, made.nonce)
    with by_hand(tmp_path, without=["entries_unchanged"]) as connection:
        connection.execute("UPDATE entries SET seal = hash WHERE tag = 'proposal:approved'")
    with pytest.raises(RowDamaged, match="entries 3: its seal was not made with our key"):
        await claimed(lifecycle, made)


async def test_an_approval_by_the_policy_alone_is_vouched_for_too(lifecycle):
    made, _ = await lifecycle.submit(submission(5))
    assert (await claimed(lifecycle, made)).status is Status.claimed


@pytest.mark.parametrize(
    ("statement", "row"),
    [
        ("UPDATE revisions SET payload = replace(payload, '250', '251')", "revisions {}/1"),
        ("UPDATE revisions SET payload = '{'", "revisions {}/1"),
        ("UPDATE revisions SET payload = CAST(x'7b2261223a22ff227d' AS TEXT)", "revisions {}/1"),
        ("UPDATE revisions SET action = 'refund.other'", "revisions {}/1"),
        ("UPDATE revisions SET patch = '{}'", "revisions {}/1"),
        ("UPDATE proposals SET digest = 'sha256:00'", "proposals {}"),
        ("UPDATE proposals SET gate = '{}'", "proposals {}"),
        ('UPDATE proposals SET gate = replace(gate, \'"tier":"approve"\', \'"tier":"auto!"\')', "proposals {}"),
        ("UPDATE proposals SET ask = replace(ask, '\"agent\"', '\"agency\"')", "proposals {}"),
        ("UPDATE proposals SET agent = 'other-bot'", "proposals {}"),
        ("UPDATE proposals SET channels = '[1]'", "proposals {}"),
        ("UPDATE proposals SET escalated_to = '[[1, 2]]'", "proposals {}"),
        ("UPDATE proposals SET escalated_to = '{}'", "proposals {}"),
        ('UPDATE proposals SET escalated_to = \'[["lead", "C0LEAD"]]\'', "proposals {}"),
        ('UPDATE proposals SET escalated_to = \'[{"to":"lead","channel":"C0LEAD"}]\'', "proposals {}"),
        ("UPDATE proposals SET revision = 2", "proposals {}"),
        ("DELETE FROM revisions", "proposals {}"),
    ],
)
async def test_a_row_that_contradicts_itself_is_named_and_never_served(lifecycle, store, tmp_path, statement, row):
    made, _ = await lifecycle.submit(submission())
    with by_hand(tmp_path, without=["revisions_stay"]) as connection:
        connection.execute(statement)
    with pytest.raises(RowDamaged) as damaged:
        await store.find(made.id)
    assert damaged.value.row == row.format(made.id)
    with pytest.raises(RowDamaged):
        await lifecycle.approve(made.id, ALICE, made.nonce)


async def test_a_damaged_row_does_not_hide_the_others_of_a_list(lifecycle, store, tmp_path, clock):
    broken, _ = await lifecycle.submit(submission())
    sound, _ = await lifecycle.submit(submission())
    with by_hand(tmp_path, without=["revisions_stay"]) as connection:
        connection.execute("UPDATE revisions SET payload = '{}' WHERE proposal_id = ?", (broken.id,))
    listed = await store.reads.waiting(ALICE.user, ALICE.roles, now=clock.now(), limit=10)
    page = await store.reads.of_agent("support-bot", now=clock.now(), limit=10)
    for found in (listed, page):
        assert found.proposals == [sound]
        assert len(found.damaged) == 1
        assert broken.id in found.damaged[0]
    assert listed.total == 2


async def test_a_role_called_in_by_hand_gains_nothing(lifecycle, tmp_path):
    made, _ = await lifecycle.submit(submission())
    with by_hand(tmp_path) as connection:
        connection.execute("UPDATE proposals SET gate = replace(gate, '\"stand_ins\":[]', ?)", [STANDS_IN])
    with pytest.raises(RowDamaged, match="gate"):
        await lifecycle.approve(made.id, LEAD, made.nonce)


async def test_an_agent_learns_of_damage_to_its_own_alone(lifecycle, tmp_path):
    made, _ = await lifecycle.submit(submission())
    with by_hand(tmp_path) as connection:
        connection.execute("UPDATE proposals SET nonce = 'x'")
    with pytest.raises(RowDamaged):
        await lifecycle.get(made.id, "support-bot")
    for asked in (
        lifecycle.get(made.id, "other-bot"),
        lifecycle.claim(made.id, "other-bot", made.digest, CLAIMANT),
    ):
        with pytest.raises(NotFound):
            await asked


async def test_what_time_ends_goes_on_ending_beside_a_damaged_hold_and_delegation(lifecycle, store, clock, tmp_path):
    made, _ = await lifecycle.submit(submission())
    await lifecycle.reject(made.id, ALICE, "Never.", made.nonce, remember=True)
    other, _ = await lifecycle.submit(submission(300))
    await lifecycle.reject(other.id, ALICE, "Never.", other.nonce, remember=True)
    delegating = Delegating(store=store, clock=clock, ids=lifecycle.ids)
    for delegator in (ALICE, BOB):
        await delegating.begin(delegator, "U0DAVE", clock.now() + timedelta(hours=1))
    with by_hand(tmp_path, without=["remembered_terms_stay", "delegations_only_end"]) as connection:
        connection.execute("UPDATE remembered_decisions SET until = until - 1 WHERE proposal_id = ?", [made.id])
        connection.execute("UPDATE delegations SET until = until - 1 WHERE delegator = 'U0ALICE'")
    clock.forward(days=31)
    await lifecycle.sweep()
    assert await delegating.sweep() == 1
    ended = [entry.tag for entry in await store.audit.entries() if entry.tag.endswith(":ended")]
    assert sorted(ended) == ["delegation:ended", "remembered_rejection:ended"]
    assert len(store.damage.rows) == 2
