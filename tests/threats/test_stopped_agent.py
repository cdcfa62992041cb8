"""The big red switch holds: no token gets past it, no forged button throws it, and the log says who did."""

import json

from tests.threats.ground import ground
from tests.town import SUPPORT


async def stopped(town):
    await town.slack.command("U0OWEN", SUPPORT, "/approvals", "stop agent shop it was taken over")
    await town.modal_saying("U0OWEN", "Stop shop?")
    await town.slack.submit("U0OWEN")
    await town.asked(lambda: town.rows("SELECT 1 FROM stopped_agents WHERE agent = 'shop'"))


async def test_a_stopped_agents_token_proposes_and_claims_nothing_and_reads_its_own(town):
    granted = await town.propose("search.web", {})
    waiting, _ = await town.proposed(key="key-1")
    await stopped(town)
    for more in ({}, {"claim": True}, {"action": "search.web", "payload": {}}):
        await town.propose(expect=403, **more)
    await town.propose(key="key-1", expect=403)
    await town.claim(granted, expect=403)
    await town.claim(waiting, expect=403)
    assert (await town.get(waiting["id"], wait=5))["cause"] == "stopped"
    assert "stopped" in await town.slugs(granted)


async def test_the_log_holds_who_stopped_it_how_that_was_known_and_why(town):
    await stopped(town)
    (entry,) = [each for each in await town.entries() if each.tag == "agent:stopped"]
    assert (entry.actor_kind, entry.actor_id, json.loads(entry.actor_proof)) == ("reviewer", "U0OWEN", ["ops: member"])
    assert json.loads(entry.facts)["reason"] == "it was taken over"


async def test_a_signed_click_on_a_button_that_we_never_showed_stops_nothing(town):
    _, card = await town.proposed()
    payload = await town.made("U0OWEN", SUPPORT, card, "reject")
    forged = payload["actions"][0]
    forged.update(action_id="agent_stop", value="shop")
    for label in ("Reject", "Stop shop"):
        forged["text"]["text"] = label
        await town.slack.deliver(payload, "interactive")
    assert town.rows("SELECT 1 FROM stopped_agents") == []
    assert (await town.propose())["status"] == "pending"


async def test_who_cannot_be_looked_up_or_is_no_full_member_stops_nothing(tmp_path):
    async with ground(tmp_path) as town, town.serving():
        town.slack.faults.add("users.info", "500", times=20)
        await town.slack.command("U0OWEN", SUPPORT, "/approvals", "stop agent shop")
        await town.modal_saying("U0OWEN", "could not be looked up")
        town.slack.faults.clear()
        town.slack.change_user("U0OWEN", is_restricted=True)
        await town.slack.command("U0OWEN", SUPPORT, "/approvals", "stop agent shop")
        shown = await town.modal_saying("U0OWEN", "Guests of this workspace")
        assert shown["submit"] is None
