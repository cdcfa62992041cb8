"""Listen: an agent hears on one stream what people do to any of its proposals, and goes on where it stopped."""

import pytest

from tests.journeys.test_ask import asked, offered
from tests.listening import listening
from tests.town import SUPPORT

pytestmark = pytest.mark.both_modes


async def test_a_click_in_slack_is_an_event_with_the_decision_in_it(town):
    async with listening(town.agent) as listener:
        proposal = await town.propose()
        card = await town.card(SUPPORT, proposal)
        await town.click("U0ALICE", SUPPORT, card, "approve")
        heard = await listener.next()
    assert heard.kind == "signoff.proposal.approved"
    assert heard.data["subject"] == proposal["id"]
    approved = heard.data["data"]
    assert approved == await town.get(proposal["id"])
    assert [each["reviewer"] for each in approved["decisions"]] == ["U0ALICE"]
    claimed = await town.claim(approved)
    assert claimed["payload"] == proposal["payload"]


async def test_a_rejection_is_an_event_with_the_reason_and_only_for_its_own_agent(town):
    async with listening(town.agent) as listener, listening(town.other) as other:
        rejected = await town.propose()
        theirs = await town.propose(payload={"to": "kim@example.com"}, session=town.other)
        card = await town.card(SUPPORT, rejected)
        await town.click("U0ALICE", SUPPORT, card, "reject")
        await town.modal_saying("U0ALICE", "Reason")
        await town.slack.submit("U0ALICE", {"Reason": "Not to this customer."})
        heard = await listener.next()
        assert (heard.kind, heard.data["data"]["reason"]) == ("signoff.proposal.rejected", "Not to this customer.")
        await town.click("U0BOB", SUPPORT, await town.card(SUPPORT, theirs), "approve")
        assert (await other.next()).data["subject"] == theirs["id"]


async def test_a_question_that_was_asked_while_nobody_listened_is_heard_on_the_next_stream(deep):
    proposal, card = await offered(deep)
    async with listening(deep.agent) as listener:
        place = listener.place
    await asked(deep, "U0ALICE", card)
    await deep.card_saying(SUPPORT, card["ts"], "*Waiting for the agent's answer:*")
    async with listening(deep.agent, headers={"Last-Event-ID": str(place)}) as listener:
        heard = await listener.next()
    assert heard.kind == "signoff.proposal.asked"
    assert heard.data["subject"] == proposal["id"]
    assert heard.data["data"]["question"]["text"] == "Which invoice is this for?"
