"""A second approval from a role that is full: refused on the card with who took the place and what is still needed."""

import json

from tests.town import FINANCE, SUPPORT, visible_text


async def test_the_second_of_a_full_role_hears_why_and_the_role_that_is_missing_finishes_it(town):
    proposal = await town.propose("refund.create", {"amount": 1500})
    finance = await town.card(FINANCE, proposal)
    await town.click("U0CAROL", FINANCE, finance, "approve")
    finance = await town.card_saying(FINANCE, finance["ts"], "*1 of 2 approvals* · <@U0CAROL>")
    await town.click("U0DAVE", FINANCE, finance, "approve")
    said = await town.told("U0DAVE")
    assert "Every place of *finance* that you could fill is taken already by <@U0CAROL>" in said
    assert "Still needed: 1 of *support*. Nothing was changed." in said
    answer = await town.get(proposal["id"])
    assert [each["reviewer"] for each in answer["decisions"]] == ["U0CAROL"]
    (refused,) = [each for each in await town.entries(proposal["id"]) if each.tag == "proposal:refused"]
    assert json.loads(refused.facts)["slug"] == "role-full"
    support = await town.card(SUPPORT, proposal)
    assert "U0DAVE" not in visible_text(support)
    await town.click("U0ALICE", SUPPORT, support, "approve")
    assert (await town.get(proposal["id"]))["status"] == "approved"
