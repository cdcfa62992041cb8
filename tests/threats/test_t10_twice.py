"""T10: one person counts once, however often and from wherever they click at the same moment."""

import asyncio

from tests.town import FINANCE, SUPPORT, has_button


async def test_t10_five_clicks_of_one_person_at_once_are_one_approval(either):
    proposal, finance = await either.proposed("refund.create", {"amount": 1500}, channel=FINANCE)
    clicks = [either.click("U0CAROL", FINANCE, finance, "approve", deliveries=2, seen=finance) for _ in range(5)]
    for delivery in await asyncio.gather(*clicks):
        assert all(each.acknowledged for each in (delivery, *delivery.repeats))
    assert await either.refused(proposal, 9) == ["already-decided"] * 9
    answer = await either.get(proposal["id"])
    assert (answer["status"], [each["reviewer"] for each in answer["decisions"]]) == ("pending", ["U0CAROL"])
    assert await either.count(proposal, "proposal:decided") == 1


async def test_t10_the_card_and_the_review_at_once_are_one_approval(town):
    proposal, card = await town.proposed("refund.create", {"amount": 1500}, channel=FINANCE)
    await town.slack.command("U0CAROL", FINANCE, "/approvals")
    await town.slack.click_ephemeral("U0CAROL", -1, "open_review")
    await town.slack.until(lambda: has_button(town.slack.modal("U0CAROL") or {}, "approve"))
    await asyncio.gather(
        town.click("U0CAROL", FINANCE, card, "approve"),
        town.slack.click_modal("U0CAROL", "approve"),
        town.click("U0CAROL", FINANCE, card, "approve"),
    )
    assert await town.count(proposal, "proposal:decided") == 1
    assert await town.status(proposal) == "pending"


async def test_t10_two_people_at_once_on_one_place_are_one_approval_and_an_answer_for_the_other(either):
    proposal, card = await either.proposed()
    await asyncio.gather(
        either.click("U0ALICE", SUPPORT, card, "approve", seen=card),
        either.click("U0BOB", SUPPORT, card, "approve", seen=card),
    )
    answer = await either.get(proposal["id"])
    assert (answer["status"], len(answer["decisions"])) == ("approved", 1)
    (late,) = {"U0ALICE", "U0BOB"} - {answer["decisions"][0]["reviewer"]}
    assert "approved already" in await either.told(late)


async def test_t10_a_no_sent_twice_at_once_is_one_no(town):
    proposal, card = await town.proposed()
    await town.click("U0ALICE", SUPPORT, card, "reject")
    await town.modal_saying("U0ALICE", "Reason")
    delivery = await town.slack.submit("U0ALICE", {"Reason": "No."}, deliveries=3)
    assert all(each.acknowledged for each in (delivery, *delivery.repeats))
    assert await town.count(proposal, "proposal:decided") == 1
    assert await town.count(proposal, "proposal:rejected") == 1
