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


LONG = {"body": "\n".join(f"line {number} of a long letter" for number in range(400))}


async def opened(town, user="U0ALICE"):
    proposal = await town.propose("email.send", LONG)
    card = await town.card(SUPPORT, proposal)
    await town.click(user, SUPPORT, card, "more", selected="Details")
    await town.modal_saying(user, "Page 1 of")
    return proposal


async def test_reject_stands_on_each_page_and_opens_the_form_for_the_reason_above_it(town):
    proposal = await opened(town)
    await town.slack.click_modal("U0ALICE", "details_next")
    await town.modal_saying("U0ALICE", "Page 2 of")
    await town.slack.click_modal("U0ALICE", "reject")
    await town.modal_saying("U0ALICE", "Reason")
    await town.slack.submit("U0ALICE", {"Reason": "Line 7 is wrong"})
    answer = await town.get(proposal["id"], wait=5)
    assert (answer["status"], answer["reason"]) == ("rejected", "Line 7 is wrong")
    assert town.slack.modal("U0ALICE") is None


async def test_where_two_modals_are_below_details_the_form_for_the_reason_takes_its_place(town):
    proposal = await opened(town)
    await town.slack.click_modal("U0ALICE", "reject")
    await town.modal_saying("U0ALICE", "Reason")
    click = town.slack.last_payload
    click["view"] |= {"previous_view_id": "V0SECOND", "root_view_id": "V0FIRST"}
    pushes = [call.method for call in town.slack.calls].count("views.push")
    await town.slack.deliver(click, "interactive")
    await town.slack.until(lambda: town.slack.calls[-1].method == "views.update")
    assert [call.method for call in town.slack.calls].count("views.push") == pushes
    assert "Reason" in str(town.slack.calls[-1].args)
    assert (await town.get(proposal["id"]))["status"] == "pending"


async def test_the_owner_finds_reject_and_no_approve_in_details(town):
    proposal = await opened(town, "U0OWEN")
    view = town.slack.modal("U0OWEN")
    while has_button(view, "details_next"):
        assert has_button(view, "reject")
        before = view["hash"]
        await town.slack.click_modal("U0OWEN", "details_next")
        await town.slack.until(lambda: town.slack.modal("U0OWEN")["hash"] != before)  # noqa: B023
        view = town.slack.modal("U0OWEN")
    assert has_button(view, "reject")
    assert not has_button(view, "details_approve")
    assert (await town.get(proposal["id"]))["status"] == "pending"


async def test_the_reject_of_somebody_elses_details_opens_nothing(town):
    proposal = await opened(town)
    await town.slack.click_modal("U0ALICE", "reject")
    await town.modal_saying("U0ALICE", "Reason")
    click = town.slack.last_payload
    click["user"] |= {"id": "U0BOB", "username": "bob", "name": "bob"}
    await town.slack.deliver(click, "interactive")
    await town.slack.until(lambda: "from here" in str(town.slack.calls[-1].args))
    assert (await town.get(proposal["id"]))["status"] == "pending"
