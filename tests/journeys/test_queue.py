"""The queue: `/approvals` and the home tab show what waits for me, and buttons there work."""

import json

import pytest

from approvals.paging import EQUALLY_URGENT
from tests.journeys.deep import later
from tests.town import FINANCE, SUPPORT, has_button


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
    await home_saying(town, "U0CAROL", "Refund 150")
    await town.slack.click_home("U0CAROL", "open_review")
    await town.modal_saying("U0CAROL", "unchecked")


# Working through what waits.


async def home_saying(town, user, text, opened=True):
    if opened:
        await town.slack.open_home(user)
    await town.slack.until(lambda: text in json.dumps(town.slack.home(user) or {}, ensure_ascii=False))
    return town.slack.home(user)


async def mails(town, *numbers, apart=EQUALLY_URGENT // 1000):
    """Proposals whose deadlines come in their order, unless told so far from each other that no two are equally urgent."""
    return [
        await town.propose(payload={"n": number}, summary=f"Mail number {number}", expires_in=600 + apart * place)
        for place, number in enumerate(numbers)
    ]


def reviewed(number):
    """What the review of one shows, and no list and no other review does."""
    return f'"text": "{number}", "style": {{"code": true}}'


async def go_on(town, user, number):
    """`Next`, until the review of that one is on the screen, alone."""
    assert (await town.slack.submit(user)).acknowledged
    await town.modal_saying(user, reviewed(number))
    await town.slack.until(lambda: len(town.slack.modals(user)) == 1)


@pytest.mark.both_modes
async def test_five_are_worked_through_without_going_back_to_the_list(town):
    made = await mails(town, 1, 2, 3, 4, 5)
    await listed(town, "U0ALICE")
    await town.slack.click_ephemeral("U0ALICE", -1, "open_review")
    await town.modal_saying("U0ALICE", reviewed(1))
    await town.slack.click_modal("U0ALICE", "approve")
    await town.modal_saying("U0ALICE", "It is approved now")
    await go_on(town, "U0ALICE", 2)
    await town.slack.click_modal("U0ALICE", "reject")
    await town.slack.until(lambda: len(town.slack.modals("U0ALICE")) == 2)
    await town.slack.submit("U0ALICE", {"Reason": "Not today"})
    await town.modal_saying("U0ALICE", "*Rejected* by <@U0ALICE>")
    await go_on(town, "U0ALICE", 3)
    await town.slack.click_modal("U0ALICE", "edit")
    await town.slack.until(lambda: len(town.slack.modals("U0ALICE")) == 2)
    await town.slack.submit("U0ALICE", {"n": "33"})
    await town.slack.until(lambda: len(town.slack.modals("U0ALICE")) == 3)
    await town.slack.submit("U0ALICE")
    await town.modal_saying("U0ALICE", "with changes")
    assert len(town.slack.modals("U0ALICE")) == 2
    await go_on(town, "U0ALICE", 4)
    await town.slack.click_modal("U0ALICE", "approve")
    await town.modal_saying("U0ALICE", "It is approved now")
    await go_on(town, "U0ALICE", 5)
    await town.slack.click_modal("U0ALICE", "approve")
    await town.modal_saying("U0ALICE", "It is approved now")
    await town.slack.submit("U0ALICE")
    await town.modal_saying("U0ALICE", "Nothing more waits for you in this list.")
    found = [await town.get(each["id"]) for each in made]
    assert [each["status"] for each in found] == ["approved", "rejected", "approved", "approved", "approved"]
    assert found[2]["payload"] == {"n": 33}
    assert {each["decisions"][0]["reviewer"] for each in found} == {"U0ALICE"}


async def test_what_is_equally_urgent_is_worked_through_in_the_order_in_which_it_was_listed(town):
    made = await mails(town, 1, 2, 3, 4, 5, apart=0)
    page = await listed(town, "U0ALICE")
    expected = sorted(range(1, 6), key=lambda number: page.index(f"Mail number {number}"))
    await town.slack.click_ephemeral("U0ALICE", -1, "open_review")
    await town.modal_saying("U0ALICE", reviewed(expected[0]))
    for number in expected[1:]:
        await town.slack.click_modal("U0ALICE", "approve")
        await town.modal_saying("U0ALICE", "It is approved now")
        await go_on(town, "U0ALICE", number)
    assert [(await town.get(each["id"]))["status"] for each in made].count("approved") == 4


async def test_next_skips_what_others_decided_meanwhile_and_comes_back_to_what_was_left_before(town):
    made = await mails(town, 1, 2, 3)
    await listed(town, "U0ALICE")
    second = town.slack.ephemerals("U0ALICE")[-1]["blocks"][3]["accessory"]["value"]
    assert made[1]["id"] in second
    await town.slack.click_ephemeral("U0ALICE", -1, "open_review", value=second)
    await town.modal_saying("U0ALICE", reviewed(2))
    await town.slack.click_modal("U0ALICE", "approve")
    await town.modal_saying("U0ALICE", "It is approved now")
    card = await town.card(SUPPORT, made[2])
    await town.click("U0BOB", SUPPORT, card, "approve")
    assert (await town.get(made[2]["id"], wait=5))["status"] == "approved"
    await go_on(town, "U0ALICE", 1)


async def test_who_clicks_too_late_in_a_list_is_told_and_can_go_on(town):
    made = await mails(town, 1, 2)
    await listed(town, "U0ALICE")
    await town.slack.click_ephemeral("U0ALICE", -1, "open_review")
    await town.modal_saying("U0ALICE", reviewed(1))
    card = await town.card(SUPPORT, made[0])
    await town.click("U0BOB", SUPPORT, card, "approve")
    assert (await town.get(made[0]["id"], wait=5))["status"] == "approved"
    await town.slack.click_modal("U0ALICE", "approve")
    await town.slack.until(lambda: (town.slack.modal("U0ALICE") or {}).get("submit"))
    assert "U0BOB" in json.dumps(town.slack.modal("U0ALICE"))
    await go_on(town, "U0ALICE", 2)


async def test_next_stays_in_the_list_it_came_from(town):
    one, mail, two = (
        await town.propose("refund.create", {"amount": 5, "n": 1}, summary="Refund 5", expires_in=601),
        await town.propose(payload={"n": 2}, summary="A mail", expires_in=602),
        await town.propose("refund.note", {"n": 3}, summary="A note", expires_in=603),
    )
    assert "A mail" not in await listed(town, "U0ALICE", "action refund.*")
    await town.slack.click_ephemeral("U0ALICE", -1, "open_review")
    await town.modal_saying("U0ALICE", reviewed(1))
    await town.slack.click_modal("U0ALICE", "approve")
    await town.modal_saying("U0ALICE", "It is approved now")
    await go_on(town, "U0ALICE", 3)
    assert {(await town.get(each["id"]))["status"] for each in (mail, two)} == {"pending"}
    assert (await town.get(one["id"]))["status"] == "approved"


async def test_a_card_in_a_channel_offers_no_next(town):
    (proposal,) = await mails(town, 1)
    card = await town.card(SUPPORT, proposal)
    await town.click("U0ALICE", SUPPORT, card, "reject")
    await town.slack.until(lambda: town.slack.modals("U0ALICE"))
    await town.slack.submit("U0ALICE", {"Reason": "No"})
    assert (await town.get(proposal["id"], wait=5))["status"] == "rejected"
    assert town.slack.modals("U0ALICE") == []


# The home tab.


async def test_the_home_tab_shows_the_decision_that_was_made_from_it(town):
    await mails(town, 1, 2)
    await home_saying(town, "U0ALICE", "Waiting for you (2)")
    await town.slack.click_home("U0ALICE", "open_review")
    await town.modal_saying("U0ALICE", reviewed(1))
    await town.slack.click_modal("U0ALICE", "approve")
    shown = await home_saying(town, "U0ALICE", "What you decided lately (1)", opened=False)
    assert "Waiting for you (1)" in json.dumps(shown)
    await town.modal_saying("U0ALICE", "It is approved now")
    await go_on(town, "U0ALICE", 2)


@pytest.mark.both_modes
async def test_what_one_approved_and_others_must_still_approve_is_on_the_home_tab_and_can_be_undone_from_there(town):
    proposal = await town.propose("refund.create", {"amount": 1500}, summary="Refund 1500")
    card = await town.card(FINANCE, proposal)
    await town.click("U0CAROL", FINANCE, card, "approve")
    await town.card_saying(FINANCE, card["ts"], "1 of 2 approvals")
    shown = json.dumps(await home_saying(town, "U0CAROL", "Approved by you, waiting for others (1)"))
    assert "Nothing waits for you" in shown
    assert "Undo my approval" in shown
    assert "Refund 1500" in await listed(town, "U0CAROL", "approved")
    assert "Refund 1500" not in await listed(town, "U0DAVE"), "finance is full: Dave's approval would help nobody"
    assert "Refund 1500" in await listed(town, "U0ALICE")
    await town.slack.open_home("U0CAROL")
    await town.slack.click_home("U0CAROL", "open_review")
    await town.modal_saying("U0CAROL", "Undo my approval")
    await town.slack.click_modal("U0CAROL", "retract")
    shown = json.dumps(await home_saying(town, "U0CAROL", "Waiting for you (1)", opened=False))
    assert "Approved by you" not in shown
    assert "Refund 1500" in await listed(town, "U0DAVE")


async def test_pages_of_the_home_tab_turn_in_it(town):
    await mails(town, *range(10, 20))
    first = json.dumps(await home_saying(town, "U0ALICE", "Waiting for you (10)"))
    assert "Mail number 17" in first
    assert "Mail number 18" not in first
    await town.slack.click_home("U0ALICE", "page_next")
    assert "Mail number 17" not in json.dumps(await home_saying(town, "U0ALICE", "Mail number 18", opened=False))
    await town.slack.click_home("U0ALICE", "page_back")
    await home_saying(town, "U0ALICE", "Mail number 17", opened=False)


@pytest.mark.both_modes
async def test_a_whole_list_opens_from_the_home_tab_and_a_review_takes_its_place_and_gives_it_back(town):
    await mails(town, *range(10, 20))
    await home_saying(town, "U0ALICE", "Waiting for you (10)")
    await town.slack.click_home("U0ALICE", "open_list")
    await town.modal_saying("U0ALICE", "Mail number 17")
    await town.slack.click_modal("U0ALICE", "page_next")
    await town.modal_saying("U0ALICE", "Mail number 19")
    await town.slack.click_modal("U0ALICE", "open_review")
    view = await town.modal_saying("U0ALICE", reviewed(18))
    assert has_button(view, "edit"), "there is room above for its two forms"
    await town.slack.click_modal("U0ALICE", "open_list")
    await town.modal_saying("U0ALICE", "Mail number 19")
    await town.slack.click_modal("U0ALICE", "open_review")
    await town.modal_saying("U0ALICE", reviewed(18))
    await town.slack.click_modal("U0ALICE", "approve")
    await town.modal_saying("U0ALICE", "It is approved now")
    await go_on(town, "U0ALICE", 19)


# Looking things up.


async def test_what_is_overdue_stands_above_what_waits_for_who_approved_it(deep):
    proposal = await deep.propose(summary="Write to Mira")
    card = await deep.card(SUPPORT, proposal)
    await deep.click("U0ALICE", SUPPORT, card, "approve")
    await deep.claim(await deep.get(proposal["id"], wait=5))
    await later(deep, minutes=61)
    assert "*Overdue: 1.*" in await listed(deep, "U0ALICE")
    assert "*Overdue: 1.*" not in await listed(deep, "U0BOB")
    for user in ("U0ALICE", "U0BOB", "U0OWEN"):
        assert "Write to Mira" in await listed(deep, user, "overdue")
    assert "Nothing that you may see is overdue" in await listed(deep, "U0CAROL", "overdue")
    assert "*Overdue: 1.*" in json.dumps(await home_saying(deep, "U0ALICE", "Overdue"))
    await deep.report(proposal)
    assert "Nothing that you may see is overdue" in await listed(deep, "U0ALICE", "overdue")


async def test_history_is_filtered_and_says_by_what(town):
    mail, other = await mails(town, 1, 2)
    for proposal, verb in ((mail, "approve"), (other, "reject")):
        card = await town.card(SUPPORT, proposal)
        await town.click("U0BOB", SUPPORT, card, verb)
    await town.slack.until(lambda: town.slack.modals("U0BOB"))
    await town.slack.submit("U0BOB", {"Reason": "No"})
    for proposal in (mail, other):
        await town.get(proposal["id"], wait=5)
    found = await listed(town, "U0ALICE", "history status rejected by <@U0BOB> action email.* since 7d agent shop")
    assert "Mail number 2" in found
    assert "Mail number 1" not in found
    assert "action `email.*` · decided by <@U0BOB> · *rejected* · the last 7 days" in found
    assert "Leave out a filter" in await listed(town, "U0ALICE", "history by <@U0CAROL>")
    assert "`agent NAME`, `action refund.*`, `by @NAME`" in await listed(town, "U0ALICE", "history colour red")


async def test_a_proposal_is_shown_by_the_beginning_of_its_id_and_by_a_link_to_its_card(town):
    (proposal,) = await mails(town, 1)
    card = await town.card(SUPPORT, proposal)
    link = f"https://acme.slack.com/archives/{SUPPORT}/p{card['ts'].replace('.', '')}"
    for said in (proposal["id"][:-6], proposal["id"].removeprefix("prp_"), link):
        assert "Mail number 1" in await listed(town, "U0BOB", f"show {said}")
        assert "Mail number 1" not in await listed(town, "U0CAROL", f"show {said}")
    assert "There is no such proposal" in await listed(town, "U0BOB", f"show {link[:-1]}{9 - int(link[-1])}")


async def test_stats_tell_a_played_story_to_those_whose_role_it_is(deep):
    made = await mails(deep, 1, 2, 3, 4, apart=1)
    for number, proposal in enumerate(made[:3]):
        card = await deep.card(SUPPORT, proposal)
        deep.clock.forward(minutes=2)
        if number < 2:
            await deep.click("U0ALICE", SUPPORT, card, "approve")
        else:
            await deep.click("U0ALICE", SUPPORT, card, "reject")
            await deep.slack.until(lambda: deep.slack.modals("U0ALICE"))
            await deep.slack.submit("U0ALICE", {"Reason": "No"})
        await deep.get(proposal["id"], wait=5)
    await later(deep, minutes=10)
    told = await listed(deep, "U0BOB", "stats")
    assert "support: 4 asked\\n2 approved untouched, 1 rejected and 1 expired\\nmedian wait 4 minutes" in told
    assert "email.send" in await listed(deep, "U0BOB", "stats role support 7d agent shop")
    assert "what you own: 4 asked" not in await listed(deep, "U0OWEN", "stats")
    for user in ("U0CAROL", "U0STRAY"):
        assert "email.send" not in await listed(deep, user, "stats")
        assert "You are not in a role *support*" in await listed(deep, user, "stats role support")
    assert "You are not in a role *nobody*" in await listed(deep, "U0BOB", "stats role nobody")


async def test_help_explains_and_an_unknown_word_gets_help(town):
    for words in ("help", "what is this", "histroy"):
        assert "/approvals mine" in await listed(town, "U0ALICE", words)
    assert "Did you mean `/approvals history`?" in await listed(town, "U0ALICE", "histroy")


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


async def test_a_role_is_listed_by_its_name_in_any_case_and_a_slip_of_it_is_asked_about(town):
    await town.propose(summary="Write to Mira")
    assert "Write to Mira" in await listed(town, "U0ALICE", "role Support")
    assert "Did you mean `/approvals role support`?" in await listed(town, "U0ALICE", "role suport")
