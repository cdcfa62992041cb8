"""T24: the log of a whole journey cannot be changed unnoticed. Every single alteration: tests/storage/test_tampering, test_audit.

A tail that is cut is noticed by the mark beside the file; signed checkpoints have a file of their own.
"""

import base64
import sqlite3
from contextlib import closing

import pytest
from pydantic import SecretStr

from signoff_client import verify_permit, verify_receipt
from tests.threats.ground import ground
from tests.town import SUPPORT

LATE = "(SELECT seq FROM entries WHERE tag = 'proposal:decided')"


@pytest.fixture
async def past(tmp_path):
    """A town in which something happened, and whose bot is down."""
    async with ground(tmp_path) as town:
        async with town.serving():
            proposal, card = await town.proposed()
            await town.click("U0ALICE", SUPPORT, card, "approve")
            await town.claim(proposal)
            await town.report(proposal)
        yield town


async def test_t24_an_untouched_log_is_sound_and_its_end_is_said_to_be_unprovable_from_itself(past):
    past.database.with_name("signoff.db.checkpoints").unlink()
    code, said = await past.verified()
    assert code == 0
    assert "cannot be seen from the log alone" in said


async def test_t24_the_file_itself_refuses_to_change_or_delete_an_entry_of_a_journey(past):
    with closing(sqlite3.connect(past.database)) as file:
        for statement in (
            "UPDATE entries SET facts = '{}'",
            "UPDATE entries SET actor_id = 'U0BOB' WHERE tag = 'proposal:decided'",
            "DELETE FROM entries",
            "DELETE FROM entries WHERE seq = 1",
            "REPLACE INTO entries SELECT * FROM entries WHERE seq = 1",
        ):
            with pytest.raises(sqlite3.DatabaseError):
                file.execute(statement)


@pytest.mark.parametrize(
    "statement",
    [
        f"UPDATE entries SET actor_id = 'U0BOB' WHERE seq = {LATE}",
        f"UPDATE entries SET at = at + 1 WHERE seq = {LATE}",
        f"UPDATE entries SET facts = replace(facts, 'approve', 'reject') WHERE seq = {LATE}",
        f"UPDATE entries SET proposal_id = 'prp_0' WHERE seq = {LATE}",
        f"UPDATE entries SET actor_proof = '[]' WHERE seq = {LATE}",
        f"UPDATE entries SET seal = hash WHERE seq = {LATE}",
        f"DELETE FROM entries WHERE seq = {LATE}",
        "UPDATE entries SET seq = -seq WHERE seq IN (2, 3)",
    ],
)
async def test_t24_whoever_takes_the_guards_out_is_found_out_by_verify(past, statement):
    await past.tampered((statement,))
    code, said = await past.verified()
    assert code == 1
    assert "broken at entry" in said


async def test_t24_a_cut_tail_and_an_older_database_stop_the_start(past):
    await past.tampered(("DELETE FROM entries WHERE seq = (SELECT max(seq) FROM entries)",))
    code, said = await past.verified()
    assert code == 1
    assert "Committed work is missing" in said


@pytest.mark.parametrize(
    "statement",
    [
        f"UPDATE entries SET actor_id = 'U0BOB' WHERE seq = {LATE}",
        f"UPDATE entries SET facts = replace(facts, 'support', 'finance') WHERE seq = {LATE}",
        f"UPDATE entries SET seal = hash WHERE seq = {LATE}",
        f"DELETE FROM entries WHERE seq = {LATE}",
        "UPDATE entries SET facts = replace(facts, 'C0SUPPORT', 'C0FINANCE') WHERE tag = 'card:posted'",
    ],
)
async def test_t24_no_receipt_is_signed_over_an_entry_that_was_changed(tmp_path, statement):
    async with ground(tmp_path) as town, town.serving():
        proposal, card = await town.proposed()
        await town.click("U0ALICE", SUPPORT, card, "approve")
        path = f"/v1/proposals/{proposal['id']}/receipt"
        assert verify_receipt(await town.call("GET", path), await town.call("GET", "/.well-known/jwks.json"))
        await town.tampered((statement,))
        await town.call("GET", path, expect=500)


def key(letter):
    return base64.b64encode(letter * 32).decode()


async def test_t24_a_replaced_key_loses_nothing_and_seals_nothing_any_more(tmp_path):
    async with ground(tmp_path) as town:
        async with town.serving(signoff_signing_key=SecretStr(key(b"a"))):
            proposal, card = await town.proposed()
            await town.click("U0ALICE", SUPPORT, card, "approve")
            old = await town.call("GET", f"/v1/proposals/{proposal['id']}/receipt")
        both = f"{key(b'b')},{key(b'a')}"
        async with town.serving(signoff_signing_key=SecretStr(both)):
            keys = await town.call("GET", "/.well-known/jwks.json")
            claimed = await town.claim(proposal)
            new = await town.call("GET", f"/v1/proposals/{proposal['id']}/receipt")
            assert verify_receipt(old, keys).status == "approved"
            assert verify_receipt(new, keys).status == "claimed"
            trusted = {"jwks": {"keys": keys["keys"][:1]}, "issuer": town.bot.url, "action": "email.send"}
            assert verify_permit(claimed["permit"], payload=claimed["payload"], **trusted)
        code, said = await town.verified(SIGNOFF_SIGNING_KEY=both)
        assert code == 0, said
        code, said = await town.verified(SIGNOFF_SIGNING_KEY=key(b"b"))
        assert (code, "broken at entry 1: its seal was not made with our key" in said) == (1, True)
        code, said = await town.verified(SIGNOFF_SIGNING_KEY=f"{key(b'a')},{key(b'b')}")
        assert (code, "SIGNOFF_SIGNING_KEY names the newest first" in said) == (1, True)
