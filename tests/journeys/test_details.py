"""Details: everything whole, and the only place to approve what does not fit a card."""

from tests.town import SUPPORT, has_button, visible_text


async def test_what_does_not_fit_the_card_can_only_be_approved_after_the_last_page(town):
    payload = {"to": "list@example.com", "body": "line of a long letter\n" * 2000, "end": "LAST WORDS"}
    proposal = await town.propose("email.send", payload)
    card = await town.card(SUPPORT, proposal)
    assert not has_button(card, "approve")
    await town.click("U0ALICE", SUPPORT, card, "more", selected="Details")
    await town.slack.until(lambda: town.slack.modal("U0ALICE"))
    await town.slack.until(lambda: "One moment" not in visible_text(town.slack.modal("U0ALICE")))
    seen = ""
    for _ in range(40):
        view = town.slack.modal("U0ALICE")
        seen += visible_text(view)
        if not has_button(view, "details_next"):
            break
        assert not has_button(view, "details_approve")
        before = view["hash"]
        await town.slack.click_modal("U0ALICE", "details_next")
        await town.slack.until(lambda: town.slack.modal("U0ALICE")["hash"] != before)  # noqa: B023
    assert "LAST WORDS" in seen
    await town.slack.click_modal("U0ALICE", "details_approve")
    answer = await town.get(proposal["id"], wait=5)
    assert answer["status"] == "approved"


async def test_an_approve_button_forged_onto_such_a_card_does_nothing(town):
    proposal = await town.propose("email.send", {"body": "x" * 20_000})
    card = await town.card(SUPPORT, proposal)
    await town.click("U0ALICE", SUPPORT, card, "reject")
    payload = town.slack.last_payload
    payload["actions"][0]["action_id"] = "approve"
    await town.slack.deliver(payload)
    assert await town.told("U0ALICE")
    assert (await town.get(proposal["id"]))["status"] == "pending"
