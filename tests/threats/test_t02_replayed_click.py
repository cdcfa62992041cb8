"""T2: a replayed click has one effect at most, after a decision, an edit and a restart too; each is answered.

Two processes at once: tests/faults/test_f10_twice.
"""

import asyncio
from dataclasses import replace

import pytest
from pydantic import SecretStr

from tests.patience import PATIENCE
from tests.postgresql import new_server_database
from tests.threats.ground import ground
from tests.town import FINANCE, SEED, SUPPORT


@pytest.fixture
def server():
    """The settings of every bot that has its database on one server."""
    with new_server_database() as url:
        yield {"signoff_database_url": url, "signoff_signing_key": SecretStr(SEED)}


async def replayed(town, payload) -> str:
    """What the person is told about the same payload, delivered once more."""
    before = len(town.slack.ephemerals(payload["user"]["id"]))
    delivery = await town.slack.deliver(payload, "interactive")
    assert delivery.acknowledged
    return await town.told(payload["user"]["id"], before + 1)


async def test_t02_a_replayed_approval_is_told_what_stands_and_changes_nothing(either):
    proposal, card = await either.proposed()
    await either.click("U0ALICE", SUPPORT, card, "approve")
    payload, before = either.slack.last_payload, await either.get(proposal["id"])
    assert "approved already by <@U0ALICE>" in await replayed(either, payload)
    assert await either.get(proposal["id"]) == before
    assert await either.count(proposal, "proposal:decided") == 1


async def test_t02_an_approval_replayed_after_the_claim_and_the_end_changes_nothing(town):
    proposal, card = await town.proposed()
    await town.click("U0ALICE", SUPPORT, card, "approve")
    payload = town.slack.last_payload
    await town.claim(proposal)
    assert "approved already" in await replayed(town, payload)
    await town.report(proposal)
    assert "approved already" in await replayed(town, payload)
    assert await town.status(proposal) == "succeeded"


async def test_t02_an_approval_from_before_an_edit_does_not_approve_the_edited_payload(town):
    proposal, card = await town.proposed("refund.create", {"amount": 1500, "note": "both"}, channel=FINANCE)
    held_back = await town.made("U0DAVE", FINANCE, card, "approve")
    await town.click("U0CAROL", FINANCE, card, "edit")
    await town.modal_saying("U0CAROL", "amount")
    await town.slack.submit("U0CAROL", {"amount": "1900"})
    await town.modal_saying("U0CAROL", "1900")
    await town.slack.submit("U0CAROL")
    assert (await town.get(proposal["id"]))["revision"] == 2
    assert "changed since you looked" in await replayed(town, held_back)
    answer = await town.get(proposal["id"])
    assert (answer["status"], [each["reviewer"] for each in answer["decisions"]]) == ("pending", ["U0CAROL"])


async def test_t02_a_click_replayed_after_a_restart_changes_nothing(tmp_path):
    async with ground(tmp_path) as town:
        async with town.serving():
            proposal, card = await town.proposed("refund.create", {"amount": 1500}, channel=FINANCE)
            await town.click("U0CAROL", FINANCE, card, "approve")
            payload = town.slack.last_payload
        async with town.serving():
            assert "You approved this already" in await replayed(town, payload)
            answer = await town.get(proposal["id"])
            assert (answer["status"], len(answer["decisions"])) == ("pending", 1)


async def test_t02_a_rejection_submitted_again_is_told_so_and_counts_once(town):
    proposal, card = await town.proposed()
    await town.click("U0ALICE", SUPPORT, card, "reject")
    await town.modal_saying("U0ALICE", "Reason")
    await town.slack.submit("U0ALICE", {"Reason": "No."})
    payload = town.slack.last_payload
    again = await town.slack.deliver(payload, "interactive")
    assert again.acknowledged
    assert "This is over already" in str(again.body)
    assert await town.count(proposal, "proposal:decided") == 1


async def test_t02_an_edit_confirmed_again_makes_no_second_revision(town):
    proposal, card = await town.proposed()
    await town.click("U0ALICE", SUPPORT, card, "edit")
    await town.modal_saying("U0ALICE", "subject")
    await town.slack.submit("U0ALICE", {"subject": "Goodbye"})
    await town.modal_saying("U0ALICE", "Goodbye")
    await town.slack.submit("U0ALICE")
    payload = town.slack.last_payload
    again = await town.slack.deliver(payload, "interactive")
    assert "approved already" in str(again.body)
    assert (await town.get(proposal["id"]))["revision"] == 2


async def test_t02_a_click_held_back_until_the_deadline_is_late(town):
    proposal, card = await town.proposed(expires_in=1)
    held_back = await town.made("U0ALICE", SUPPORT, card, "approve")
    assert (await town.get(proposal["id"], wait=10))["cause"] == "expired"
    assert "Too late" in await replayed(town, held_back)
    assert await town.status(proposal) == "rejected"


async def test_t02_one_click_delivered_to_two_bots_on_one_database_counts_once(tmp_path, server):
    async with ground(tmp_path) as town, town.serving(**server):
        other = replace(town)
        async with other.serving(**server):
            proposal = await town.propose("refund.create", {"amount": 1500})
            card = await town.card(FINANCE, proposal)
            async with asyncio.timeout(PATIENCE):
                while (await town.tags(proposal["id"])).count("card:posted") < 2:
                    await town.call("GET", "/healthz")
            body, headers = town.signed(await town.made("U0CAROL", FINANCE, card, "approve"))
            assert town.bot.url != other.bot.url
            statuses = await asyncio.gather(*(each.knock(body, headers) for each in (town, other) for _ in range(3)))
            assert statuses == [200] * 6
            answer = await other.get(proposal["id"])
            assert (answer["status"], len(answer["decisions"])) == ("pending", 1)
            assert await town.count(proposal, "proposal:decided") == 1
