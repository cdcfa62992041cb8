"""Distinct roles: two approvals, each by somebody who fills another role."""

from tests.journeys.deep import DEEP, LEAD
from tests.journeys.test_reload import reload
from tests.town import FINANCE, SUPPORT, visible_text

PAYMENT = {"to": "DE02 1203", "amount": 40}


async def paying(town, *roles):
    """A payment under a policy that wants two approvals of these roles, and its cards by channel."""
    rule = f'  - {{id: both, action: "pay.*", tier: approve, roles: [{", ".join(roles)}], approvals: 2, '
    await reload(town, DEEP + rule + "distinct_roles: true}\n")
    proposal = await town.propose("pay.send", PAYMENT)
    channels = {"finance": FINANCE, "support": SUPPORT, "lead": LEAD}
    return proposal, *[await town.card(channels[role], proposal) for role in roles]


async def test_two_people_of_one_role_are_not_enough(deep):
    proposal, finance, support = await paying(deep, "finance", "support")
    assert "one each of *finance* and *support*, all by different people" in visible_text(support)
    await deep.click("U0ALICE", SUPPORT, support, "approve")
    await deep.click("U0BOB", SUPPORT, support, "approve")
    assert (await deep.get(proposal["id"]))["status"] == "pending"
    await deep.card_saying(SUPPORT, support["ts"], "Still needed: 1 of *finance*")
    await deep.click("U0CAROL", FINANCE, finance, "approve")
    assert (await deep.get(proposal["id"]))["status"] == "approved"


async def test_who_is_in_both_counts_once_and_where_they_are_needed(deep):
    proposal, finance, lead = await paying(deep, "finance", "lead")
    await deep.click("U0DAVE", FINANCE, finance, "approve")
    await deep.click("U0DAVE", LEAD, lead, "approve")
    assert "approved this already" in await deep.told("U0DAVE")
    assert (await deep.get(proposal["id"]))["status"] == "pending"
    await deep.click("U0CAROL", FINANCE, finance, "approve")
    assert (await deep.get(proposal["id"]))["status"] == "approved"


async def test_who_edits_counts_once_and_the_owner_never(deep):
    proposal, finance, support = await paying(deep, "finance", "support")
    await deep.click("U0CAROL", FINANCE, finance, "edit")
    await deep.modal_saying("U0CAROL", "amount")
    await deep.slack.submit("U0CAROL", {"amount": "45"})
    await deep.modal_saying("U0CAROL", "Approve with changes")
    await deep.slack.submit("U0CAROL")
    updated = await deep.card_saying(SUPPORT, support["ts"], "Changed by")
    await deep.click("U0OWEN", SUPPORT, updated, "approve")
    assert "somebody else has to approve" in await deep.told("U0OWEN")
    assert (await deep.get(proposal["id"]))["status"] == "pending"
    await deep.click("U0ALICE", SUPPORT, updated, "approve")
    answer = await deep.get(proposal["id"])
    assert (answer["status"], answer["payload"]["amount"]) == ("approved", 45)
