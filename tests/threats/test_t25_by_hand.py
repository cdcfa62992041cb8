"""T25: rows changed by hand give nothing, over HTTP and in Slack. Table by table: test_t25_rows."""

import json

import pytest

from tests.threats.ground import ground
from tests.town import OPS, SUPPORT, visible_text

APPROVED = (
    "UPDATE proposals SET status = 'approved', cause = 'reviewer', resolved_at = created_at, resolved_by = 'U0BOB', "
    "version = version + 1, execute_by = created_at + 3600000 WHERE id = ?"
)


async def refused(town, proposal):
    for method, path, body in (
        ("POST", "/claim", {"digest": proposal["digest"]}),
        ("GET", "", None),
        ("GET", "/receipt", None),
    ):
        problem = await town.call(method, f"/v1/proposals/{proposal['id']}{path}", body, expect=500)
        assert problem["type"] == "urn:signoff:problem:damaged"
        assert "Do not act" in problem["detail"]
        assert "mira@example.com" not in str(problem)
        await town.call(method, f"/v1/proposals/{proposal['id']}{path}", body, session=town.other, expect=404)
    listed = await town.call("GET", "/v1/proposals")
    assert proposal["id"] not in [each["id"] for each in listed["proposals"]]
    assert await town.count(proposal, "proposal:claimed") == 0
    assert town.rows("SELECT count(*) FROM proposals WHERE status = 'claimed'") == [(0,)]


async def test_t25_a_row_set_to_approved_by_hand_is_not_given_out(town):
    proposal, _ = await town.proposed()
    await town.tampered((APPROVED, proposal["id"]))
    await refused(town, proposal)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ("status = 'rejected', cause = 'reviewer', resolved_at = created_at, due_at = NULL", "status"),
        ("expires_at = expires_at + 86400000", "expires_at"),
        ("expires_at = created_at + 1, due_at = created_at + 1", "expires_at"),
        ("nonce = 'known-to-the-attacker'", "nonce"),
        ("idempotency_key = 'order-1'", "idempotency_key"),
        ("fingerprint = 'another'", "fingerprint"),
        ("round = 2", "round"),
        ("version = 7", "version"),
        ("created_at = 9000000000000000000", "cannot be a time"),
    ],
)
async def test_t25_what_waits_is_decided_only_as_its_entries_tell_it_and_the_operators_hear_of_it(town, change, field):
    proposal, card = await town.proposed()
    await town.tampered((f"UPDATE proposals SET {change} WHERE id = ?", proposal["id"]))
    await refused(town, proposal)
    await town.click("U0ALICE", SUPPORT, card, "approve")
    assert "not what was written" in await town.told("U0ALICE")
    assert await town.count(proposal, "proposal:decided") == 0
    await town.slack.until(lambda: town.slack.messages(OPS))
    told = visible_text(town.slack.messages(OPS)[0])
    assert proposal["id"] in told
    assert field in told
    ready = await town.call("GET", "/readyz")
    assert "1 row of the database is not as written" in str(ready["degraded"])
    assert (await town.propose())["status"] == "pending"  # all else goes on


async def test_t25_a_delegation_written_by_hand_lets_no_stranger_approve_and_the_operators_hear_of_it(town):
    proposal, card = await town.proposed()
    now = int(town.clock.now().timestamp() * 1000)
    delegated = (
        "INSERT INTO delegations (id, delegator, delegate, begun_at, until) VALUES ('dlg_x', 'U0ALICE', ?, ?, ?)"
    )
    await town.tampered((delegated, "U0STRAY", now - 1000, now + 3_600_000))
    await town.click("U0STRAY", SUPPORT, card, "approve")
    assert "support" in await town.told("U0STRAY")
    assert await town.status(proposal) == "pending"
    assert await town.count(proposal, "proposal:decided") == 0
    await town.slack.until(lambda: town.slack.messages(OPS))
    assert "dlg_x: no entry tells of it" in visible_text(town.slack.messages(OPS)[0])


async def test_t25_a_link_taken_out_of_the_log_is_told_to_the_operators_while_the_bot_runs(town):
    await town.proposed()
    await town.proposed()
    first = "SELECT min(seq) FROM entries WHERE tag = 'card:posted'"
    await town.tampered((f"DELETE FROM entries WHERE seq = ({first})",))
    await town.slack.until(lambda: town.slack.messages(OPS))
    assert "entries" in visible_text(town.slack.messages(OPS)[0])
    assert "not as written" in str((await town.call("GET", "/readyz"))["degraded"])


async def test_t25_audit_verify_names_each_row_and_is_no_success(tmp_path):
    async with ground(tmp_path) as town:
        async with town.serving():
            proposal, _ = await town.proposed()
            gone, _ = await town.proposed()
        assert (await town.verified())[0] == 0
        await town.tampered(
            (APPROVED, proposal["id"]),
            ("INSERT INTO delegations VALUES ('dlg_x', 'U0ALICE', 'U0STRAY', 1, 2, NULL, NULL)",),
            ("DELETE FROM proposals WHERE id = ?", gone["id"]),
        )
        code, said = await town.verified()
        assert code == 1
        for expected in (
            f"proposals {proposal['id']}: its row is not what its sealed entries tell: version, status",
            "delegations dlg_x: no entry tells of it",
            f"proposals {gone['id']}: its row is gone, though its entries tell of it",
        ):
            assert expected in said
        code, said = await town.verified("--json")
        assert code == 1
        told = json.loads(said)
        assert not told["sound"]
        assert told["broken"] is None
        ids = {(each["table"], each["id"]) for each in told["differences"]}
        assert {("proposals", proposal["id"]), ("delegations", "dlg_x"), ("proposals", gone["id"])} <= ids


async def test_t25_a_proposal_deleted_by_hand_is_damaged_and_not_unknown(town):
    proposal, card = await town.proposed()
    await town.tampered(("DELETE FROM proposals WHERE id = ?", proposal["id"]))
    await refused(town, proposal)
    await town.click("U0ALICE", SUPPORT, card, "approve")
    assert "not what was written" in await town.told("U0ALICE")


async def test_t25_nor_with_a_decision_written_beside_it(town):
    proposal, _ = await town.proposed()
    columns = [row[1] for row in town.rows("PRAGMA table_info(decisions)")]
    await town.tampered(
        (APPROVED, proposal["id"]),
        (
            f"INSERT INTO decisions ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})",
            *(
                {
                    "proposal_id": proposal["id"],
                    "reviewer": "U0BOB",
                    "verdict": "approve",
                    "opened_details": 0,
                    "streak": 1,
                    "roles": '["support"]',
                    "at": 1,
                    "over_at": 1,
                    "revision": 1,
                    "round": 1,
                    "number": 1,
                    "reason": None,
                    "rushed": 0,
                    "backup": "[]",
                }.get(each)
                for each in columns
            ),
        ),
    )
    await refused(town, proposal)


async def test_t25_nor_with_entries_of_another_approval_copied_under_its_name(town):
    model, card = await town.proposed(payload={"to": "harmless"})
    await town.click("U0ALICE", SUPPORT, card, "approve")
    proposal, _ = await town.proposed()
    columns = [row[1] for row in town.rows("PRAGMA table_info(entries)")]
    copied = []
    for row in town.rows("SELECT * FROM entries WHERE proposal_id = ? AND tag IN (?, ?)", model["id"], *DECIDING):
        entry = dict(zip(columns, row, strict=True))
        entry |= {"seq": 900 + entry["seq"], "id": f"ent_{entry['seq']}", "proposal_id": proposal["id"]}
        copied.append((f"INSERT INTO entries VALUES ({', '.join('?' * len(columns))})", *entry.values()))
    assert len(copied) == 2
    await town.tampered((APPROVED, proposal["id"]), *copied)
    await refused(town, proposal)


DECIDING = ("proposal:decided", "proposal:approved")


async def test_t25_a_payload_exchanged_after_the_approval_is_not_given_out(town):
    proposal, card = await town.proposed()
    await town.click("U0ALICE", SUPPORT, card, "approve")
    other = await town.propose(payload={"to": "thief@example.com"})
    (row,) = town.rows("SELECT payload, digest FROM revisions WHERE proposal_id = ?", other["id"])
    await town.tampered(("UPDATE revisions SET payload = ?, digest = ? WHERE proposal_id = ?", *row, proposal["id"]))
    await refused(town, proposal)
    await refused(town, {**proposal, "digest": other["digest"]})


@pytest.mark.parametrize(
    "change", ["execute_by = execute_by + 86400000", "resolved_by = 'U0BOB'", "gate = replace(gate, '3600', '9999')"]
)
async def test_t25_no_other_part_of_an_approval_can_be_bettered_by_hand(town, change):
    proposal, card = await town.proposed()
    await town.click("U0ALICE", SUPPORT, card, "approve")
    await town.tampered((f"UPDATE proposals SET {change} WHERE id = ?", proposal["id"]))
    await refused(town, proposal)


@pytest.mark.parametrize(
    "change", ["status = 'succeeded'", "reason = 'Approved by all'", "resolved_by = 'U0BOB'", "report_by = 1"]
)
async def test_t25_no_receipt_is_signed_for_a_row_that_its_entries_do_not_tell(town, change):
    proposal, card = await town.proposed()
    await town.click("U0ALICE", SUPPORT, card, "approve")
    path = f"/v1/proposals/{proposal['id']}/receipt"
    assert (await town.call("GET", path))["proposal"]["status"] == "approved"
    await town.tampered((f"UPDATE proposals SET {change} WHERE id = ?", proposal["id"]))
    refusal = await town.call("GET", path, expect=500)
    assert "mira@example.com" not in str(refusal)


async def test_t25_an_approval_made_by_another_key_is_none_and_the_start_says_so(tmp_path):
    async with ground(tmp_path) as town:
        async with town.serving():
            _, card = await town.proposed()
            await town.click("U0ALICE", SUPPORT, card, "approve")
            await town.card_saying(SUPPORT, card["ts"], "by <@U0ALICE>")
        key = town.database.with_name(town.database.name + ".key")
        key.write_text("A" * 43 + "=")
        with pytest.raises(Exception, match="not the key the database was sealed with"):
            async with town.serving():
                pass
