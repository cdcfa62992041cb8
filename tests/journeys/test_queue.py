"""The queue: `/approvals` and the home tab show what waits for me, and buttons there work."""

import json

from tests.town import FINANCE, SUPPORT


async def listed(town, user, text=""):
    delivery = await town.slack.command(user, SUPPORT, "/approvals", text)
    assert delivery.acknowledged
    return json.dumps(town.slack.ephemerals(user)[-1], ensure_ascii=False)


async def test_a_reviewer_sees_what_waits_for_them_and_nobody_elses(town):
    mail = await town.propose(summary="Write to Mira")
    refund = await town.propose("refund.create", {"amount": 150}, summary="Refund 150")
    assert "Write to Mira" in await listed(town, "U0ALICE")
    assert "Refund 150" not in await listed(town, "U0ALICE", "all")
    assert "Refund 150" in await listed(town, "U0CAROL")
    assert mail["id"] != refund["id"]


async def test_a_stranger_to_every_role_sees_nothing(town):
    proposal = await town.propose(summary="Write to Mira")
    for words in ("", "all", "mine", "history", f"show {proposal['id']}", "role support", "agent shop"):
        assert "Write to Mira" not in await listed(town, "U0STRAY", words)


async def test_an_owner_sees_their_agents_proposals_under_mine(town):
    await town.propose("refund.create", {"amount": 150}, summary="Refund 150")
    assert "Refund 150" in await listed(town, "U0OWEN", "mine")


async def test_show_tells_the_whole_trail(town):
    proposal = await town.propose(summary="Write to Mira")
    card = await town.card(SUPPORT, proposal)
    await town.click("U0ALICE", SUPPORT, card, "approve")
    shown = await listed(town, "U0BOB", f"show {proposal['id']}")
    assert "Write to Mira" in shown
    assert "U0ALICE" in shown


async def test_pages_turn_in_place(town):
    for number in range(12):
        await town.propose(payload={"n": number}, summary=f"Mail number {number:02d}")
    first = await listed(town, "U0ALICE")
    assert first.count("Mail number") == 8
    await town.slack.click_ephemeral("U0ALICE", -1, "page_next")
    await town.slack.until(lambda: "Mail number 11" in json.dumps(town.slack.ephemerals("U0ALICE")[-1]))
    assert len(town.slack.ephemerals("U0ALICE")) == 1


async def test_a_list_opens_the_card_in_a_modal_and_the_decision_there_counts(town):
    proposal = await town.propose(summary="Write to Mira")
    await listed(town, "U0ALICE")
    await town.slack.click_ephemeral("U0ALICE", -1, "open_review")
    await town.modal_saying("U0ALICE", "Write to Mira")
    await town.slack.click_modal("U0ALICE", "approve")
    assert (await town.get(proposal["id"], wait=5))["status"] == "approved"


async def test_the_home_tab_shows_the_same_queue(town):
    proposal = await town.propose("refund.create", {"amount": 150}, summary="Refund 150")
    await town.card(FINANCE, proposal)
    await town.slack.open_home("U0CAROL")
    await town.slack.until(lambda: town.slack.home("U0CAROL"))
    assert "Refund 150" in json.dumps(town.slack.home("U0CAROL"))
    await town.slack.click_home("U0CAROL", "open_review")
    await town.modal_saying("U0CAROL", "Refund 150")


async def test_help_explains_and_an_unknown_word_gets_help(town):
    for words in ("help", "what is this"):
        assert "/approvals mine" in await listed(town, "U0ALICE", words)


async def test_a_long_trail_turns_its_pages_in_place(town):
    proposal = await town.propose("refund.create", {"amount": 150}, summary="Refund 150")
    card = await town.card(FINANCE, proposal)
    for user in ("U0ALICE", "U0BOB", "U0STRAY"):
        for _ in range(15):
            await town.click(user, FINANCE, card, "approve")
    shown = await listed(town, "U0CAROL", f"show {proposal['id']}")
    assert "page_next" in shown
    await town.slack.click_ephemeral("U0CAROL", -1, "page_next")
    await town.slack.until(lambda: "page_back" in json.dumps(town.slack.ephemerals("U0CAROL")[-1]))
    assert proposal["id"] in json.dumps(town.slack.ephemerals("U0CAROL")[-1])
