"""Unfillable: a gate that nobody may fill goes to its backup, or is refused at once; never left to expire unseen."""

from tests.journeys.deep import LEAD
from tests.town import OPS, SUPPORT, visible_text


async def test_a_gate_that_nobody_may_fill_is_refused_at_once_with_the_reason(deep):
    answer = await deep.propose("alone.send", {"to": "mira@example.com"}, on_behalf_of="U0ALICE")
    assert (answer["status"], answer["cause"]) == ("rejected", "quorum_unreachable")
    assert "not enough people" in answer["reason"]
    assert deep.slack.messages(SUPPORT) == []


async def test_the_backup_is_asked_where_the_owner_leaves_a_place_empty_and_not_where_a_claim_does(deep):
    claimed = await deep.propose("own.send", {"to": "mira@example.com"}, on_behalf_of="U0ALICE")
    assert (claimed["status"], claimed["cause"]) == ("rejected", "quorum_unreachable")
    answer = await deep.propose("owned.send", {"to": "mira@example.com"})
    assert answer["status"] == "pending"
    for channel in (OPS, LEAD):
        said = visible_text(await deep.card(channel, answer))
        assert "*lead* may decide too" in said
        assert "Without the agent's owner owner has too few people, so one of lead may approve this, too." in said
    theirs = await deep.card(LEAD, answer)
    await deep.click("U0ERIN", LEAD, theirs, "approve")
    assert (await deep.get(answer["id"]))["status"] == "approved"


async def test_where_the_role_itself_can_decide_the_backup_is_left_alone(deep):
    answer = await deep.propose("own.send", {"to": "mira@example.com"})
    card = await deep.card(OPS, answer)
    assert "may decide too" not in visible_text(card)
    await deep.click("U0ERIN", OPS, card, "approve")
    assert "people in *owners*" in await deep.told("U0ERIN")
    assert deep.slack.messages(LEAD) == []
