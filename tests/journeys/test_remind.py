"""Remind: after a while those who can still decide are called once more, in the thread."""

from tests.journeys.deep import called, later
from tests.town import FINANCE, SUPPORT, visible_text


async def test_a_reminder_calls_those_who_have_not_decided_and_never_the_owner(deep):
    proposal = await deep.propose("slow.send", {"to": "mira@example.com"})
    card = await deep.card(SUPPORT, proposal)
    await deep.click("U0ALICE", SUPPORT, card, "more", selected="Details")
    assert "Reminder <!date^" in visible_text(await deep.modal_saying("U0ALICE", "Page 1 of 1"))
    await later(deep, minutes=10)
    line = await deep.thread_saying(SUPPORT, card["ts"], "*Reminder:*")
    assert called(line) == {"U0ALICE", "U0BOB"}
    assert "<@U0ALICE>" in line["text"]
    assert (await deep.get(proposal["id"]))["status"] == "pending"


async def test_each_reminder_is_told_once(deep):
    proposal = await deep.propose("slow.send", {"to": "mira@example.com"})
    card = await deep.card(SUPPORT, proposal)
    for minutes in (10, 1, 1):
        await later(deep, minutes=minutes)
    await deep.thread_saying(SUPPORT, card["ts"], "*Reminder:*")
    await deep.bot.courier.drain()
    told = [each for each in deep.slack.messages(SUPPORT, card["ts"]) if "*Reminder:*" in visible_text(each)]
    assert len(told) == 1
    assert (await deep.tags(proposal["id"])).count("proposal:reminded") == 1


async def test_who_has_approved_is_not_called_again(deep):
    deep_policy = await deep.propose("slow.refund", {"amount": 1})
    support = await deep.card(SUPPORT, deep_policy)
    await deep.click("U0ALICE", SUPPORT, support, "approve")
    assert (await deep.get(deep_policy["id"]))["status"] == "pending"
    await later(deep, minutes=10)
    finance = await deep.card(FINANCE, deep_policy)
    assert called(await deep.thread_saying(SUPPORT, support["ts"], "*Reminder:*")) - {"U0ALICE"} == set()
    line = await deep.thread_saying(FINANCE, finance["ts"], "*Reminder:*")
    assert "<@U0CAROL> <@U0DAVE>" in line["text"]
