"""What becomes of a proposal arrives where its agent wants to be told."""

import json
from datetime import UTC, datetime

import pytest
from standardwebhooks import Webhook

from signoff_client import verify_callback
from tests.journeys.mentions import called_town
from tests.receiver import SECRET
from tests.town import AGENT_TOKEN, SUPPORT, visible_text


@pytest.fixture
async def called(mode, tmp_path):
    async with called_town(tmp_path, mode) as (town, receiver), town.serving():
        yield town, receiver


async def proposed(town, receiver, action="email.send", **more):
    proposal = await town.propose(action, callback_url=f"{receiver.url}/hooks/1", **more)
    return proposal, await town.card(SUPPORT, proposal)


async def test_an_approval_in_slack_calls_the_agent_which_claims_what_it_was_told(called):
    town, receiver = called
    proposal, card = await proposed(town, receiver)
    await town.click("U0ALICE", SUPPORT, card, "approve")
    (got,) = await receiver.count(1)
    event = Webhook(SECRET).verify(got.body, got.headers)
    assert event["type"] == "signoff.proposal.approved"
    assert event["data"] == await town.get(proposal["id"])
    believed = verify_callback(got.headers, got.body, SECRET)
    assert (believed.id, believed.kind) == (event["id"], event["type"])
    assert (await town.claim(believed.proposal.raw))["status"] == "claimed"
    assert AGENT_TOKEN not in str(got)


async def test_a_rejection_is_told_with_its_reason(called):
    town, receiver = called
    _, card = await proposed(town, receiver)
    await town.click("U0ALICE", SUPPORT, card, "reject")
    await town.modal_saying("U0ALICE", "Reason")
    await town.slack.submit("U0ALICE", {"Reason": "Not today"})
    (got,) = await receiver.count(1)
    assert got.verified()
    assert (got.told, got.event["data"]["reason"]) == ("rejected", "Not today")


async def test_a_question_is_told_and_the_reply_is_not(called):
    town, receiver = called
    proposal, card = await proposed(town, receiver)
    await town.click("U0ALICE", SUPPORT, card, "ask")
    await town.modal_saying("U0ALICE", "Question")
    await town.slack.submit("U0ALICE", {"Question": "For whom?"})
    (got,) = await receiver.count(1)
    assert (got.told, got.event["data"]["question"]["text"]) == ("asked", "For whom?")
    await town.call("POST", f"/v1/proposals/{proposal['id']}/reply", {"text": "Mira."})
    await town.call("POST", f"/v1/proposals/{proposal['id']}/withdraw", {"reason": "Done by hand"})
    assert [each.told for each in await receiver.count(2)] == ["asked", "withdrawn"]


async def test_an_approval_that_is_taken_back_is_told_and_so_is_the_next(called):
    town, receiver = called
    _, card = await proposed(town, receiver, "email.soon")
    await town.click("U0ALICE", SUPPORT, card, "approve")
    await receiver.count(1)
    shown = await town.card_saying(SUPPORT, card["ts"], "Undo")
    await town.click("U0ALICE", SUPPORT, shown, "retract")
    told = await receiver.count(2)
    assert [(each.told, each.event["data"]["status"]) for each in told] == [
        ("approved", "approved"),
        ("retracted", "pending"),
    ]
    assert told[0].event["data"]["claimable_at"] is not None


@pytest.mark.both_modes
async def test_an_objection_after_the_claim_is_told(called):
    town, receiver = called
    proposal, card = await proposed(town, receiver, "refund.watched", claim=True, payload={"amount": 5})
    await receiver.count(1)
    await town.click("U0ALICE", SUPPORT, card, "object")
    await town.modal_saying("U0ALICE", "Reason")
    await town.slack.submit("U0ALICE", {"Reason": "Wrong customer"})
    told = await receiver.count(2)
    assert [each.told for each in told] == ["approved", "objected"]
    assert told[1].event["data"]["rollback"]["reason"] == "Wrong customer"
    assert told[1].event["subject"] == proposal["id"]


async def test_an_address_that_the_policy_does_not_name_is_refused_with_a_pointer_and_nothing_is_asked(called):
    town, receiver = called
    for wrong in (f"{receiver.url}/other/1", f"{receiver.url}/hooks/../admin", "https://evil.example/hooks/1"):
        problem = await town.propose(callback_url=wrong, expect=422)
        assert problem["type"] == "urn:signoff:problem:invalid"
        assert [each["pointer"] for each in problem["errors"]] == ["/callback_url"]
    problem = await town.propose(callback_url=f"{receiver.url}/hooks/1", session=town.other, expect=422)
    assert [each["pointer"] for each in problem["errors"]] == ["/callback_url"]
    for wrong in ("ftp://a.example/", "hooks/1", "", 1):
        problem = await town.propose(callback_url=wrong, expect=422)
        assert [each["pointer"] for each in problem["errors"]] == ["/callback_url"]
    assert town.slack.messages(SUPPORT) == []


async def test_the_address_is_in_no_answer_and_in_no_metric(called):
    town, receiver = called
    proposal, _ = await proposed(town, receiver)
    async with town.agent.get("/metrics") as response:
        assert receiver.url not in await response.text()
    assert receiver.url not in json.dumps(await town.get(proposal["id"]))


async def test_the_same_key_answers_with_what_there_is_even_if_the_address_is_no_longer_named(tmp_path):
    async with called_town(tmp_path, "http") as (town, receiver):
        async with town.serving():
            made = await town.propose(callback_url=f"{receiver.url}/hooks/1", key="key-1")
        town.policy = town.policy.replace("/hooks/*", "/others/*")
        async with town.serving():
            again = await town.propose(callback_url=f"{receiver.url}/hooks/1", key="key-1", expect=200)
            assert again["id"] == made["id"]
            await town.propose(callback_url=f"{receiver.url}/hooks/1", key="key-2", expect=422)


async def test_what_was_given_up_shows_in_readiness_in_metrics_and_to_the_operators(tmp_path):
    async with called_town(tmp_path, "http") as (town, receiver):
        async with town.serving():
            proposal, card = await proposed(town, receiver)
        town.policy = town.policy.replace("/hooks/*", "/others/*")
        async with town.serving():
            await town.click("U0ALICE", SUPPORT, card, "approve")
            await town.slack.until(lambda: "were given up" in json.dumps(town.slack.messages("C0OPS")))
            ready = await town.call("GET", "/readyz")
            assert ready["status"] == "degraded"
            assert "1 callback to an agent was given up: signoff callbacks list shows which" in ready["degraded"]
            async with town.agent.get("/metrics") as response:
                assert 'signoff_callbacks{state="dead_letter"} 1.0' in await response.text()
            assert (await town.get(proposal["id"]))["status"] == "approved"
            line = "1 callback to an agent was given up"
            for user, shown in (("U0OWEN", True), ("U0ALICE", False)):
                await town.slack.command(user, SUPPORT, "/approvals", "")
                assert (line in visible_text(town.slack.ephemerals(user)[-1])) is shown
    assert receiver.got == []


async def test_the_times_of_an_event_are_when_it_happened_and_when_it_was_tried(called):
    town, receiver = called
    _, card = await proposed(town, receiver)
    before = datetime.now(UTC).timestamp()
    await town.click("U0ALICE", SUPPORT, card, "approve")
    (got,) = await receiver.count(1)
    assert int(before) <= got.at <= datetime.now(UTC).timestamp()
    assert before - 0.001 <= datetime.fromisoformat(got.event["time"]).timestamp() <= got.at + 1
