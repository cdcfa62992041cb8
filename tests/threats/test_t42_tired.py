"""T42: whoever has decided a lot in a short time approves nothing grave by a click, on whatever way, in whatever process.

The plain way: tests/journeys/test_fatigue.
"""

import pytest

from tests.threats.ground import ground
from tests.threats.test_t30_typed_words import held_submission, pressed, stands
from tests.town import POLICY, SUPPORT, has_button, visible_text

TIRING = (
    POLICY.replace("notify: members}", "notify: members, fatigue: {within: 10m, decisions: 2}}").replace(
        '"db.*"]', '"db.*", "wipe.*", "mail.*", "next.*"]'
    )
    + """\
  - {id: wiping, action: "wipe.*", tier: approve, role: support, confirmation: ask}
  - {id: mails, action: "mail.*", tier: approve, role: support, confirmation: ask, batch: {window: 5m, max: 4}}
  - {id: nexts, action: "next.*", tier: approve, role: support, confirmation: ask, remember_approval: {for: 1h, max: 3}}
"""
)
POLITE = TIRING.replace("decisions: 2}", "decisions: 2, first: somebody_else}")
HOST = {"host": "db1", "why": "old"}
WANTED = "Type the value of host"


@pytest.fixture
async def town(tmp_path):
    async with ground(tmp_path, policy=TIRING) as town, town.serving():
        yield town


async def tire(town, user="U0ALICE", count=2):
    """So many clicks on what is not grave."""
    for number in range(count):
        proposal, card = await town.proposed("email.send", {"to": f"{number}@example.com", "by": user})
        await town.click(user, SUPPORT, card, "approve")
        await town.card_saying(SUPPORT, card["ts"], "Approved:")
        assert await town.status(proposal) == "approved"


async def test_t42_a_click_on_the_card_decides_nothing_however_often_and_the_form_says_kindly_why(town):
    await tire(town)
    proposal, card = await town.proposed("wipe.disk", HOST)
    await town.click("U0ALICE", SUPPORT, card, "approve", confirm=True)
    view = await town.modal_saying("U0ALICE", WANTED)
    assert "You have decided a lot in a short time" in visible_text(view)
    await town.slack.deliver(town.slack.last_payload, "interactive")
    await stands(town, proposal)
    await town.slack.submit("U0ALICE", {WANTED: "db2"})
    assert town.slack.modal("U0ALICE")["errors"] == {"word.0": "Type exactly db1"}
    forged = town.slack.last_payload
    for values in ({}, {"word.0": {}}, {"word.1": {"input_word": {"value": "db1"}}}):
        forged["view"]["state"]["values"] = values
        assert (await town.slack.deliver(forged, "interactive")).acknowledged
    await stands(town, proposal)


async def test_t42_a_click_that_was_made_before_and_comes_after_decides_nothing(town):
    proposal, card = await town.proposed("wipe.disk", HOST)
    held = await town.made("U0ALICE", SUPPORT, card, "approve", confirm=True)
    await tire(town)
    await town.slack.deliver(held, "interactive")
    await stands(town, proposal)


async def test_t42_the_button_for_the_next_like_it_does_not_get_around_it(town):
    await tire(town)
    proposal, card = await town.proposed("next.one", HOST)
    await town.click("U0ALICE", SUPPORT, card, "approve_next", confirm=True)
    assert "to approve it you type one of its values" in await town.told("U0ALICE", 2)
    await stands(town, proposal)
    assert await town.slugs(proposal) == ["tired"]


async def test_t42_a_review_opens_the_form_as_well(town):
    await tire(town)
    proposal, _ = await town.proposed("wipe.disk", HOST)
    await town.slack.command("U0ALICE", SUPPORT, "/approvals")
    await town.slack.click_ephemeral("U0ALICE", -1, "open_review")
    await town.slack.until(lambda: has_button(town.slack.modal("U0ALICE") or {}, "approve"))
    await town.slack.click_modal("U0ALICE", "approve", confirm=True)
    await town.modal_saying("U0ALICE", WANTED)
    await stands(town, proposal)


async def test_t42_the_last_page_of_details_opens_the_form_as_well(town):
    await tire(town)
    body = "\n".join(f"line {number} of a long letter" for number in range(400))
    proposal, card = await town.proposed("wipe.disk", {"host": "db1", "body": body})
    assert not has_button(card, "approve")
    await town.click("U0ALICE", SUPPORT, card, "more", selected="Details")
    await town.modal_saying("U0ALICE", "Page 1 of")
    while not has_button(view := town.slack.modal("U0ALICE"), "details_approve"):
        await town.slack.click_modal("U0ALICE", "details_next")
        await town.slack.until(lambda before=view: town.slack.modal("U0ALICE")["hash"] != before["hash"])
    await town.slack.click_modal("U0ALICE", "details_approve", confirm=True)
    await town.modal_saying("U0ALICE", WANTED)
    await stands(town, proposal)


async def test_t42_what_is_ticked_in_a_list_is_left_out_from_the_decision_on_that_tires(town):
    await tire(town, count=1)
    made = [(await town.propose("mail.out", {"to": f"{name}@example.com"})) for name in ("mira", "noor", "ola")]
    await town.slack.until(
        lambda: any("3 \u00d7 mail.out" in visible_text(each) for each in town.slack.messages(SUPPORT))
    )
    (card,) = [each for each in town.slack.messages(SUPPORT) if "mail.out" in visible_text(each)]
    await town.click("U0ALICE", SUPPORT, card, "batch_review")
    view = await town.modal_saying("U0ALICE", "Approve ticked")
    blocks = {each["block_id"] for each in view["blocks"] if each["block_id"].startswith("tick.")}
    ticks = {block: [each["id"] for each in made if each["id"] in block] for block in blocks}
    await town.slack.fill("U0ALICE", ticks)
    await town.slack.submit("U0ALICE")
    answer = await town.modal_saying("U0ALICE", "Approved: 1 of 3")
    assert "you type one of its values" in visible_text(answer)
    assert sorted([await town.status(each) for each in made]) == ["approved", "pending", "pending"]


async def test_t42_an_edit_is_not_approved_without_the_value_whatever_the_form_holds(town):
    await tire(town)
    proposal, card = await town.proposed("wipe.disk", HOST)
    await town.click("U0ALICE", SUPPORT, card, "edit")
    await town.modal_saying("U0ALICE", "why")
    await town.slack.submit("U0ALICE", {"why": "new"})
    await town.modal_saying("U0ALICE", "Type the value of why")
    held = await held_submission(town, "U0ALICE", {"Type the value of why": "new"})
    for values in ({}, {"word.0": {"input_word": {"value": "old"}}}):
        held["view"]["state"]["values"] = values
        assert (await town.slack.deliver(held, "interactive")).acknowledged
    assert (await town.get(proposal["id"]))["revision"] == 1
    await stands(town, proposal)
    await town.slack.submit("U0ALICE", {"Type the value of why": "new"})
    assert await town.status(proposal) == "approved"


async def test_t42_a_restart_makes_nobody_rested(tmp_path):
    async with ground(tmp_path, policy=TIRING) as town:
        async with town.serving():
            await tire(town)
            proposal, _ = await town.proposed("wipe.disk", HOST)
        async with town.serving():
            await town.click("U0ALICE", SUPPORT, await town.card(SUPPORT, proposal), "approve", confirm=True)
            await town.modal_saying("U0ALICE", WANTED)
            await stands(town, proposal)


async def test_t42_in_a_place_that_was_lent_the_tired_are_tired_and_the_lender_is_not(town):
    await town.slack.command("U0ALICE", SUPPORT, "/approvals", "delegate @stray for 4h")
    await town.modal_saying("U0ALICE", "may decide for you")
    await town.slack.submit("U0ALICE")
    await tire(town, "U0STRAY")
    proposal, card = await town.proposed("wipe.disk", HOST)
    await town.click("U0STRAY", SUPPORT, card, "approve", confirm=True)
    await town.modal_saying("U0STRAY", WANTED)
    await stands(town, proposal)
    await town.click("U0ALICE", SUPPORT, card, "approve", confirm=True)
    assert await town.status(proposal) == "approved"


async def test_t42_where_others_come_first_no_form_and_no_word_gets_around_them_and_nobody_else_is_held_up(tmp_path):
    async with ground(tmp_path, policy=POLITE) as town, town.serving():
        proposal, card = await town.proposed("wipe.disk", HOST)
        plain = await town.made("U0ALICE", SUPPORT, card, "approve", confirm=True)
        await tire(town)
        await town.click("U0ALICE", SUPPORT, card, "approve", confirm=True)
        assert "somebody else of the role comes first" in await town.told("U0ALICE", 2)
        await town.slack.deliver(plain, "interactive")
        await town.slack.deliver(pressed(plain, "details_approve", "Approve"), "interactive")
        await stands(town, proposal)
        await town.click("U0BOB", SUPPORT, card, "approve", confirm=True)
        assert await town.status(proposal) == "approved"


async def test_t42_nothing_of_it_keeps_anybody_from_a_no(tmp_path):
    async with ground(tmp_path, policy=POLITE) as town, town.serving():
        await tire(town)
        proposal, card = await town.proposed("wipe.disk", HOST)
        await town.click("U0ALICE", SUPPORT, card, "reject")
        await town.modal_saying("U0ALICE", "Reason")
        await town.slack.submit("U0ALICE", {"Reason": "No"})
        assert await town.status(proposal) == "rejected"


async def test_t42_no_agent_can_tire_anybody(town):
    for number in range(4):
        await town.proposed("email.send", {"to": f"{number}@example.com"})
    proposal, card = await town.proposed("wipe.disk", HOST)
    await town.click("U0ALICE", SUPPORT, card, "approve", confirm=True)
    assert await town.status(proposal) == "approved"
