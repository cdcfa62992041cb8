"""F2: kill -9 after a click's commit, before the ack. It stands; clicking again says so."""

from tests.faults.lossy import road
from tests.faults.premises import premises
from tests.town import SUPPORT


async def test_f02_a_click_committed_but_never_acknowledged_stands_and_clicking_again_says_so(tmp_path):
    async with road() as way, premises(tmp_path, "http") as place:
        await place.start()
        proposal = await place.propose()
        card = await place.card(SUPPORT, proposal)
        way.target = f"{place.bot.url}/slack/events"
        place.slack.deliver_to(way.address)
        updating = await place.hangs("hang", "chat.update")
        way.lose_the_next()
        delivery = await place.click("U0ALICE", SUPPORT, card, "approve")
        assert way.lost.is_set()
        assert not delivery.acknowledged
        await updating()
        await place.kill_and_start()
        assert await place.status(proposal) == "approved"
        await place.click("U0ALICE", SUPPORT, card, "approve", seen=card)
        assert "approved" in (await place.told("U0ALICE")).lower()
        await place.card_saying(SUPPORT, card["ts"], "by <@U0ALICE>")
        assert (place.count(proposal["id"], "proposal:decided"), place.count(proposal["id"], "proposal:approved")) == (
            1,
            1,
        )
