"""One effect, once: what is open holds back the others, the card says so, and the next is told that it happened."""

import json

from tests.journeys.test_reload import reload
from tests.town import FINANCE, POLICY, visible_text

ONCE = POLICY.replace("  - id: refund-large\n", '  - id: refund-large\n    effect: "refund:{payload.payment}"\n', 1)
REFUND = {"amount": 250, "payment": "pay_5"}


async def test_what_a_reload_finds_twice_is_held_back_until_the_elder_is_over(town):
    elder, later = [await town.propose("refund.create", REFUND | {"amount": amount}) for amount in (250, 251)]
    await reload(town, ONCE)
    card = await town.card(FINANCE, later)
    card = await town.card_saying(FINANCE, card["ts"], f"Another proposal of the same, {elder['id']}, is open.")
    await town.click("U0CAROL", FINANCE, card, "approve")
    assert f"Another proposal does the same as this would: `{elder['id']}` (waiting)." in await town.told("U0CAROL")
    (refused,) = [each for each in await town.entries(later["id"]) if each.tag == "proposal:refused"]
    assert json.loads(refused.facts)["slug"] == "effect-held"
    assert "pay_5" not in refused.facts
    await town.call("POST", f"/v1/proposals/{elder['id']}/withdraw", {"reason": "Not needed."})
    await town.click("U0CAROL", FINANCE, card, "approve")
    assert (await town.get(later["id"]))["status"] == "approved"


async def test_who_decides_on_the_next_is_told_that_it_happened(town):
    await reload(town, ONCE)
    first = await town.propose("refund.create", REFUND)
    refused = await town.propose("refund.create", REFUND | {"note": "again"}, expect=409)
    assert refused["proposal"] == {"id": first["id"], "status": "pending", "own": True}
    await town.click("U0CAROL", FINANCE, await town.card(FINANCE, first), "approve")
    await town.report(await town.claim(await town.get(first["id"])))
    again = await town.propose("refund.create", REFUND)
    said = visible_text(await town.card(FINANCE, again))
    assert f"This happened before, by {first['id']}." in said
    assert f"{first['id']} succeeded in the same: approve this only if it is to happen again." in said
