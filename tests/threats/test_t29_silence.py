"""T29: silence is a no, said so that no agent reads it as anything else. The plain way: journeys/test_expire."""

import asyncio

import pytest

from tests.making import Clock
from tests.threats.ground import ground
from tests.town import SUPPORT


@pytest.fixture(params=["on", "off"])
async def timed(request, tmp_path):
    """A clock that stands, with the scheduler alive and dead."""
    async with ground(tmp_path, clock=Clock(), sweep=request.param) as town, town.serving():
        yield town


async def test_t29_from_the_deadline_on_it_is_rejected_and_told_not_to_try_again_by_itself(timed):
    proposal, card = await timed.proposed()
    timed.clock.forward(3600, milliseconds=-1)
    assert await timed.status(proposal) == "pending"
    timed.clock.forward(milliseconds=1)
    answer = await timed.get(proposal["id"])
    assert (answer["status"], answer["cause"], answer["decisions"]) == ("rejected", "expired", [])
    assert "rejected because nobody decided" in answer["message"]
    assert "silence is a no" in answer["message"]
    assert "do not" in answer["message"]
    await timed.claim(proposal, expect=409)
    await timed.click("U0ALICE", SUPPORT, card, "approve", seen=card)
    assert "Too late" in await timed.told("U0ALICE")
    assert await timed.status(proposal) == "rejected"


async def test_t29_one_yes_of_two_is_silence_too(timed):
    proposal, card = await timed.proposed("refund.create", {"amount": 1500})
    await timed.click("U0ALICE", SUPPORT, card, "approve")
    timed.clock.forward(3600)
    answer = await timed.get(proposal["id"])
    assert (answer["status"], answer["cause"]) == ("rejected", "expired")
    await timed.claim(proposal, expect=409)


async def test_t29_an_agent_may_shorten_its_deadline_and_never_lengthen_it(timed):
    long = await timed.propose(payload={"n": 1}, expires_in=86_400)
    short = await timed.propose(payload={"n": 2}, expires_in=60)
    timed.clock.forward(60)
    assert (await timed.status(long), await timed.status(short)) == ("pending", "rejected")
    timed.clock.forward(3540)
    assert await timed.status(long) == "rejected"


async def test_t29_an_edit_gives_no_more_time(timed):
    proposal, card = await timed.proposed("refund.create", {"amount": 1500, "note": "n"}, channel="C0FINANCE")
    timed.clock.forward(3599)
    await timed.click("U0CAROL", "C0FINANCE", card, "edit")
    await timed.modal_saying("U0CAROL", "amount")
    await timed.slack.submit("U0CAROL", {"amount": "1400"})
    await timed.modal_saying("U0CAROL", "Approve with changes")
    await timed.slack.submit("U0CAROL")
    edited = await timed.get(proposal["id"])
    assert (edited["status"], edited["expires_at"]) == ("pending", proposal["expires_at"])
    timed.clock.forward(1)
    assert (await timed.get(proposal["id"]))["cause"] == "expired"


async def test_t29_a_confirmation_one_moment_late_is_no_edit_and_no_approval(timed):
    proposal, card = await timed.proposed()
    await timed.click("U0ALICE", SUPPORT, card, "edit")
    await timed.modal_saying("U0ALICE", "subject")
    await timed.slack.submit("U0ALICE", {"subject": "Late"})
    await timed.modal_saying("U0ALICE", "Approve with changes")
    timed.clock.forward(3600)
    await timed.slack.submit("U0ALICE")
    await timed.modal_saying("U0ALICE", "Too late")
    assert (await timed.get(proposal["id"]))["revision"] == 1


async def test_t29_a_waiting_agent_is_answered_with_a_no(tmp_path):
    async with ground(tmp_path) as town, town.serving():
        proposal = await town.propose(expires_in=1)
        answer = await asyncio.wait_for(town.get(proposal["id"], wait=30), 10)
        assert (answer["status"], answer["cause"]) == ("rejected", "expired")
