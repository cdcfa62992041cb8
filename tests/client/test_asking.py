"""Ask, wait, claim, report: what the service and the people say is what the client returns or raises."""

import asyncio
from dataclasses import replace

import pytest

from approvals.reviewer import Reviewer
from signoff_client import (
    AlreadyClaimed,
    AlreadyDone,
    ApprovalPending,
    Blocked,
    Conflict,
    Expired,
    Forbidden,
    Invalid,
    KeyReused,
    Lapsed,
    NotFound,
    Rejected,
    Revoked,
    Signoff,
    Superseded,
    Tampered,
    Ticket,
    Unauthorized,
    Withdrawn,
)
from signoff_client.errors import NotConfigured
from tests.client.conftest import decided

REFUND = {"amount": 250, "order": "A-1"}


def ask(client, payload=REFUND, *, seconds=30, **more):
    return client.ask("refund.create", payload, reasoning="Lost parcel.", seconds=seconds, **more)


def propose(client, payload=REFUND, **more):
    return client.propose("refund.create", payload, reasoning="Lost parcel.", **more)


async def test_what_people_approve_is_claimed_with_its_payload_and_can_be_reported(client, endpoint):
    claimed = await decided(endpoint, ask(client), endpoint.approve)
    assert (claimed.payload, claimed.edited, claimed.proposal.status) == (REFUND, False, "claimed")
    done = await client.report(claimed, "succeeded", "Refund re_17 made.")
    assert (done.status, done.raw["outcome"]["detail"]) == ("succeeded", "Refund re_17 made.")


async def test_what_runs_by_itself_is_claimed_in_one_request(client, door):
    claimed = await client.ask("search.orders", {"query": "A-1"}, reasoning="Look it up.")
    assert claimed.proposal.status == "claimed"
    assert [path for _, path in door.passed if path == "/v1/proposals"] == ["/v1/proposals"]


async def test_a_rejection_carries_the_reason(client, endpoint):
    with pytest.raises(Rejected) as no:
        await decided(endpoint, ask(client), lambda it: endpoint.reject(it, "Ask for a photo first"))
    assert no.value.proposal.reason == "Ask for a photo first"
    assert "Ask for a photo first" in no.value.message
    assert "do not retry the same" in no.value.message


async def test_nobody_in_time_is_expired(client, endpoint):
    async def nobody(_):
        endpoint.clock.forward(hours=2)

    with pytest.raises(Expired, match="silence is a no"):
        await decided(endpoint, ask(client), nobody)


async def test_the_policy_blocks(client):
    with pytest.raises(Blocked, match="Tables are never dropped by agents"):
        await client.ask("db.drop_table", {"table": "orders"}, reasoning="Old.")


async def test_the_time_is_up_and_another_process_goes_on_with_the_ticket(client, endpoint, door):
    with pytest.raises(ApprovalPending) as pending:
        await ask(client, seconds=0, key="run-1:call-1", run_id="run-1", tool_call_id="call-1")
    parked = Ticket.from_json(pending.value.ticket.to_json())
    assert parked == Ticket(
        id=pending.value.proposal.id,
        action="refund.create",
        digest=pending.value.proposal.digest,
        key="run-1:call-1",
        run_id="run-1",
        tool_call_id="call-1",
    )
    with pytest.raises(ApprovalPending):
        await client.resume(parked)
    await endpoint.approve({"id": parked.id})
    claimed = await client.resume(parked)
    assert claimed.payload == REFUND
    with pytest.raises(AlreadyClaimed):
        await client.resume(parked)


async def test_a_ticket_of_another_payload_is_refused(client, endpoint):
    parked = (await propose(client)).ticket
    await endpoint.approve({"id": parked.id})
    with pytest.raises(Tampered):
        await client.resume(replace(parked, digest="sha256:" + "0" * 64))
    assert (await client.get(parked)).status == "approved"


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"id": "prp_1", "action": "a"}', '{"id": 1, "action": "a", "digest": "d"}']
)
def test_what_is_no_ticket_is_refused(text):
    with pytest.raises(ValueError, match=r".+"):
        Ticket.from_json(text)


async def test_the_same_key_is_the_same_proposal_and_is_claimed_once(client, endpoint):
    first = await propose(client, key="k1")
    second = await propose(client, key="k1")
    assert first.id == second.id
    await endpoint.approve({"id": first.id})
    await ask(client, key="k1")
    with pytest.raises(AlreadyClaimed):
        await ask(client, key="k1")


async def test_without_a_key_two_equal_requests_are_two(client):
    assert (await propose(client)).id != (await propose(client)).id


async def test_a_key_of_another_request_is_refused(client):
    await propose(client, key="k1")
    with pytest.raises(KeyReused):
        await propose(client, {"amount": 251, "order": "A-1"}, key="k1")


async def test_an_edited_payload_is_what_the_claim_returns(client, endpoint):
    claimed = await decided(endpoint, ask(client), lambda it: edited(endpoint, it, {"amount": 120, "order": "A-1"}))
    assert (claimed.payload, claimed.edited, claimed.proposal.revision) == ({"amount": 120, "order": "A-1"}, True, 2)


async def test_what_was_edited_after_the_look_is_not_claimed_by_its_old_digest(client, endpoint):
    stale = await propose(client)
    await edited(endpoint, {"id": stale.id}, {"amount": 120, "order": "A-1"})
    with pytest.raises(Superseded):
        await client.claim(stale)
    assert (await client.get(stale)).status == "approved"


async def test_who_claims_what_is_pending_is_told_so(client):
    with pytest.raises(ApprovalPending):
        await client.claim(await propose(client))


async def test_a_claim_after_a_revocation_and_after_its_time_is_refused(client, endpoint):
    revoked, late = await propose(client), await propose(client)
    for each in (revoked, late):
        await endpoint.approve({"id": each.id})
    await endpoint.reject({"id": revoked.id}, "On second thought")
    with pytest.raises(Revoked, match="On second thought"):
        await client.claim(revoked)
    endpoint.clock.forward(hours=2)
    with pytest.raises(Lapsed):
        await client.claim(late)


async def test_what_is_reported_is_never_claimed_again(client, endpoint):
    claimed = await decided(endpoint, ask(client, key="k1"), endpoint.approve)
    await client.report(claimed, "failed", "The card was declined.")
    with pytest.raises(AlreadyDone, match="declined"):
        await ask(client, key="k1")


async def test_another_report_is_a_conflict_and_the_same_is_fine(client, endpoint):
    claimed = await decided(endpoint, ask(client), endpoint.approve)
    await client.report(claimed, "succeeded")
    await client.report(claimed, "succeeded")
    with pytest.raises(Conflict):
        await client.report(claimed, "failed")


async def test_taking_back_twice_is_fine_and_what_is_over_cannot_be(client, endpoint):
    waits, over = await propose(client), await propose(client)
    assert (await client.withdraw(waits, "Not needed")).status == "withdrawn"
    assert (await client.withdraw(waits, "Not needed")).status == "withdrawn"
    with pytest.raises(Withdrawn):
        await client.claim(waits)
    await endpoint.reject({"id": over.id}, "No")
    with pytest.raises(Conflict):
        await client.withdraw(over, "Not needed")


async def test_a_question_ends_the_wait_and_is_answered(client, endpoint):
    proposal = await propose(client)
    waiting = asyncio.ensure_future(client.wait(proposal, 30))
    await endpoint.until_waiting(1)
    await endpoint.ask({"id": proposal.id}, "Which parcel?", "U0CAROL")
    asked = await waiting
    assert asked.open_question.text == "Which parcel?"
    answered = await client.reply(asked, "The one of 2 November.")
    assert answered.open_question is None
    assert (await client.reply(asked, "The one of 2 November.")).question.reply == "The one of 2 November."


async def test_who_waits_to_run_waits_on_through_a_question(client, endpoint):
    async def asks_then_approves(known):
        await endpoint.ask(known, "Which parcel?", "U0CAROL")
        await endpoint.until_waiting(1)
        await endpoint.approve(known)

    assert (await decided(endpoint, ask(client), asks_then_approves)).payload == REFUND


async def test_what_settles_is_claimed_when_it_has_settled(client, endpoint):
    waiting = client.ask("refund.soon", {"amount": 5}, reasoning="Lost parcel.", seconds=30)

    async def approves(known):
        await endpoint.approve(known)
        endpoint.clock.forward(seconds=11)

    assert (await decided(endpoint, waiting, approves)).payload == {"amount": 5}


async def test_an_objection_is_told_and_the_undoing_reported(client, endpoint):
    sent = await client.ask("mail.send", {"to": "mira@example.com"}, reasoning="Asked for.")
    await endpoint.object({"id": sent.id}, "Wrong customer")
    assert (await client.rolled_back(sent, "done", "Called it back.")).raw["rollback"]["status"] == "done"


async def test_wrong_requests_have_their_exceptions(client):
    with pytest.raises(Forbidden):
        await client.propose("crm.write", {}, reasoning="x")
    with pytest.raises(Invalid) as wrong:
        await propose(client, confidence=7)
    assert wrong.value.errors[0][0] == "/confidence"
    with pytest.raises(Invalid, match="cannot be sent as JSON"):
        await propose(client, {"amount": float("nan")})
    with pytest.raises(Invalid, match="cannot be sent as JSON"):
        await propose(client, {"amount": 2**60})
    with pytest.raises(NotFound):
        await client.get("prp_" + "0" * 32)
    with pytest.raises(Invalid, match="no id"):
        await client.get("../../healthz")


async def test_a_token_nobody_knows_is_unauthorized(endpoint, door):
    with Signoff(door.url, "token-of-nobody-0123456789", patience=5) as stranger, pytest.raises(Unauthorized):
        await asyncio.to_thread(ask, stranger)


@pytest.mark.parametrize(
    ("url", "token", "missing"),
    [(None, "token", "SIGNOFF_URL"), ("https://x.example", None, "SIGNOFF_TOKEN"), ("ftp://x", "token", "SIGNOFF_URL")],
)
def test_without_address_or_token_there_is_no_client(url, token, missing, monkeypatch):
    monkeypatch.delenv("SIGNOFF_URL", raising=False)
    monkeypatch.delenv("SIGNOFF_TOKEN", raising=False)
    with pytest.raises(NotConfigured, match=missing):
        Signoff(url, token)


async def edited(endpoint, known, payload):
    """What `Approve with changes` of somebody of finance does."""
    reviewer = Reviewer(user="U0CAROL", team="T0TEAM", name="Carol", roles=frozenset({"finance"}))
    stored = await endpoint.lifecycle.store.find(known["id"])
    await endpoint.lifecycle.edit(known["id"], reviewer, payload, stored.nonce)
