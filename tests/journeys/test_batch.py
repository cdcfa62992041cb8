"""Batch: mails that are alike share a card; `Review` opens the list, and what is ticked there is decided."""

import pytest

from approvals.agent_stop import EVERYTHING, at_the_machine
from approvals.services.agent_stops import Stopping
from tests.journeys.batched import BATCHED, mails, of
from tests.journeys.deep import called, later
from tests.making import Clock
from tests.town import SUPPORT, has_button, open_town, visible_text


async def shared(town, saying, place=0):
    """The only card in the channel, or the one at a place, once it says so."""

    def found():
        cards = town.slack.messages(SUPPORT)
        return cards[place : place + 1] if len(cards) > place and saying in visible_text(cards[place]) else []

    await town.slack.until(found)
    return found()[0]


async def listed(town, user, card):
    """The list behind `Review`."""
    await town.click(user, SUPPORT, card, "batch_review")
    return await town.modal_saying(user, "What joins after this was opened")


def ticks(view):
    """The block of each tick, by the proposal it is for."""
    return {
        element["options"][0]["value"]: block["block_id"]
        for block in view["blocks"]
        for element in block.get("elements", ())
        if element["type"] == "checkboxes"
    }


async def statuses(town, proposals):
    return [(await town.get(each["id"]))["status"] for each in proposals]


async def test_the_first_has_an_ordinary_card_and_those_that_follow_join_it(batched):
    (first,) = await mails(batched, "mira")
    card = await batched.card(SUPPORT, first)
    assert has_button(card, "approve")
    assert called(card) == {"U0ALICE", "U0BOB", "U0OWEN"}
    await mails(batched, "noor", "omar")
    card = await shared(batched, of(3))
    said = visible_text(card)
    assert [m["ts"] for m in batched.slack.messages(SUPPORT)] == [card["ts"]]
    for name in ("mira", "noor", "omar"):
        assert f'to \n"{name}@example.com"' in said
    assert said.count("Your parcel is here.") == 1, "what is the same is told once"
    assert "3 of 3 wait" in said
    assert "Mails leave the house" in said
    assert has_button(card, "batch_review")
    assert not has_button(card, "approve")


async def test_what_is_ticked_is_approved_one_by_one_and_what_is_not_stays(batched):
    proposals = await mails(batched, "mira", "noor", "omar")
    view = await listed(batched, "U0ALICE", await shared(batched, of(3)))
    await batched.slack.submit("U0ALICE", {ticks(view)[proposals[1]["id"]]: []})
    done = await batched.modal_saying("U0ALICE", "Approved: 2 of 2")
    assert "noor" not in visible_text(done)
    assert await statuses(batched, proposals) == ["approved", "pending", "approved"]
    for each in (proposals[0], proposals[2]):
        tags = await batched.tags(each["id"])
        assert [tag for tag in tags if tag in ("proposal:decided", "proposal:approved")] == [
            "proposal:decided",
            "proposal:approved",
        ]
        assert (await batched.claim(each))["payload"] == each["payload"]
    card = await shared(batched, "Running")
    assert "1 of 3 wait" in visible_text(card)
    assert has_button(card, "batch_review")


async def test_one_that_joined_after_the_list_was_opened_is_not_approved_and_is_told_of(batched):
    proposals = await mails(batched, "mira", "noor")
    await listed(batched, "U0ALICE", await shared(batched, of(2)))
    (late,) = await mails(batched, "omar")
    await batched.slack.submit("U0ALICE")
    assert "One more joined after" in visible_text(await batched.modal_saying("U0ALICE", "Approved: 2 of 2"))
    assert await statuses(batched, [*proposals, late]) == ["approved", "approved", "pending"]


async def test_a_tick_for_something_that_was_not_on_the_list_does_nothing(batched):
    proposals = await mails(batched, "mira", "noor")
    view = await listed(batched, "U0ALICE", await shared(batched, of(2)))
    (late,) = await mails(batched, "omar")
    await batched.slack.submit("U0ALICE", {block: [] for block in ticks(view).values()})
    await batched.modal_saying("U0ALICE", "Nothing was ticked")
    forged = batched.slack.last_payload
    chosen = [{"text": {"type": "plain_text", "text": "Approve 3"}, "value": late["id"]}]
    forged["view"]["state"]["values"]["tick.forged"] = {
        "input_tick": {"type": "checkboxes", "selected_options": chosen}
    }
    await batched.slack.deliver(forged)
    assert await statuses(batched, [*proposals, late]) == ["pending"] * 3


async def test_one_with_another_digest_than_on_the_screen_is_left_out_and_named(batched):
    proposals = await mails(batched, "mira", "noor")
    view = await listed(batched, "U0ALICE", await shared(batched, of(2)))
    form = await batched.bot.store.forms.get(view["private_metadata"])
    form.typed["seen"][proposals[0]["id"]]["digest"] = proposals[1]["digest"]
    await batched.bot.store.forms.save(form.id, typed=form.typed)
    await batched.slack.submit("U0ALICE")
    done = visible_text(await batched.modal_saying("U0ALICE", "Approved: 1 of 2"))
    assert "Left out: 1. to: mira@example.com" in done
    assert await statuses(batched, proposals) == ["pending", "approved"]
    refused = [each for each in await batched.entries(proposals[0]["id"]) if each.tag == "proposal:refused"]
    assert ["changed" in each.facts for each in refused] == [True]


async def test_one_that_was_decided_meanwhile_is_left_out_and_says_by_whom(batched):
    proposals = await mails(batched, "mira", "noor")
    card = await shared(batched, of(2))
    await listed(batched, "U0ALICE", card)
    view = await listed(batched, "U0BOB", card)
    await batched.slack.submit("U0BOB", {ticks(view)[proposals[1]["id"]]: []})
    await batched.modal_saying("U0BOB", "Approved: 1 of 1")
    await batched.slack.submit("U0ALICE")
    done = visible_text(await batched.modal_saying("U0ALICE", "Approved: 1 of 2"))
    assert "Left out: 1. to: mira@example.com" in done
    assert "<@U0BOB>" in done
    assert await statuses(batched, proposals) == ["approved", "approved"]
    decided = [each for each in await batched.entries(proposals[0]["id"]) if each.tag == "proposal:decided"]
    assert [each.actor_id for each in decided] == ["U0BOB"]


async def test_one_whose_time_ran_out_while_the_list_was_open_is_left_out(batched):
    (short,) = await mails(batched, "mira", expires_in=60)
    (long,) = await mails(batched, "noor")
    await listed(batched, "U0ALICE", await shared(batched, of(2)))
    batched.clock.forward(61)
    await batched.slack.submit("U0ALICE")
    assert "Left out: 1." in visible_text(await batched.modal_saying("U0ALICE", "Approved: 1 of 2"))
    assert (await batched.get(short["id"]))["cause"] == "expired"
    assert await statuses(batched, [long]) == ["approved"]


async def test_the_owner_may_approve_none_of_them_and_a_stranger_sees_none(batched):
    proposals = await mails(batched, "mira", "noor")
    card = await shared(batched, of(2))
    await listed(batched, "U0OWEN", card)
    await batched.slack.submit("U0OWEN")
    assert "somebody else" in visible_text(await batched.modal_saying("U0OWEN", "Approved: 0 of 2"))
    await batched.click("U0STRAY", SUPPORT, card, "batch_review")
    await batched.modal_saying("U0STRAY", "not yours to see")
    assert await statuses(batched, proposals) == ["pending", "pending"]


@pytest.mark.both_modes
async def test_what_is_ticked_is_rejected_with_one_reason_and_the_rest_stays(batched):
    proposals = await mails(batched, "mira", "noor", "omar")
    view = await listed(batched, "U0ALICE", await shared(batched, of(3)))
    await batched.slack.fill("U0ALICE", {ticks(view)[proposals[1]["id"]]: []})
    await batched.slack.click_modal("U0ALICE", "batch_reject")
    await batched.modal_saying("U0ALICE", "Each is rejected with this reason")
    await batched.slack.submit("U0ALICE", {"Reason": "Wrong day"})
    await batched.modal_saying("U0ALICE", "Rejected: 2 of 2")
    assert await statuses(batched, proposals) == ["rejected", "pending", "rejected"]
    assert (await batched.get(proposals[0]["id"]))["reason"] == "Wrong day"
    assert "Rejected" in visible_text(await shared(batched, "1 of 3 wait"))


async def test_each_opens_as_its_own_card_above_the_list_and_is_decided_there(batched):
    proposals = await mails(batched, "mira", "noor")
    await listed(batched, "U0ALICE", await shared(batched, of(2)))
    await batched.slack.click_modal("U0ALICE", "open_review", value=proposals[1]["id"])
    view = await batched.modal_saying("U0ALICE", "unchecked")
    assert not has_button(view, "edit")
    assert "noor@example.com" in visible_text(view)
    await batched.slack.click_modal("U0ALICE", "more", selected="Details")
    await batched.modal_saying("U0ALICE", "Page 1 of 1")
    await batched.slack.close_modal("U0ALICE")
    await batched.slack.click_modal("U0ALICE", "reject")
    await batched.modal_saying("U0ALICE", "Reason")
    await batched.slack.submit("U0ALICE", {"Reason": "Not her"})
    assert await statuses(batched, proposals) == ["pending", "rejected"]


async def test_what_comes_after_the_window_or_beyond_the_number_gets_a_new_card(batched):
    await mails(batched, "mira", "noor")
    batched.clock.forward(5 * 60)
    await mails(batched, "omar", "pia", "quin", "rosa", "sven")
    second = await shared(batched, of(4), place=1)
    assert "sven" not in visible_text(second)
    assert "sven@example.com" in visible_text(await shared(batched, "Approval needed: email.send", place=2))
    assert of(2) in visible_text(await shared(batched, of(2)))


async def test_nobody_joins_a_card_on_which_all_is_decided(batched):
    (first,) = await mails(batched, "mira")
    await batched.click("U0ALICE", SUPPORT, await batched.card(SUPPORT, first), "approve")
    await batched.card_saying(SUPPORT, (await batched.card(SUPPORT, first))["ts"], "Approved")
    (second,) = await mails(batched, "noor")
    card = await batched.card(SUPPORT, second)
    assert has_button(card, "approve")
    assert len(batched.slack.messages(SUPPORT)) == 2


async def test_what_a_stricter_rule_matches_too_has_a_card_of_its_own(batched):
    await mails(batched, "mira")
    big = await mails(batched, "noor", "omar", action="email.big")
    assert all([has_button(await batched.card(SUPPORT, each), "approve") for each in big])


async def test_a_click_on_the_ordinary_card_that_others_joined_since_decides_what_it_showed(batched):
    proposals = await mails(batched, "mira")
    ordinary = await batched.card(SUPPORT, proposals[0])
    proposals += await mails(batched, "noor")
    await shared(batched, of(2))
    await batched.click("U0ALICE", SUPPORT, ordinary, "approve", seen=ordinary)
    assert await statuses(batched, proposals) == ["approved", "pending"]


async def test_a_reminder_calls_once_for_all_that_share_a_card(batched):
    proposals = await mails(batched, "mira", "noor", action="email.slow")
    card = await shared(batched, of(2, "email.slow"))
    await later(batched, minutes=10)
    await batched.slack.until(lambda: len(batched.slack.messages(SUPPORT, thread_ts=card["ts"])) == 2)
    lines = batched.slack.messages(SUPPORT, thread_ts=card["ts"])
    assert sorted(len(called(line)) for line in lines) == [0, 2]
    assert {each["id"] for each in proposals} == set(await reminded(batched))


async def test_below_a_shared_card_stands_only_what_needs_somebody_and_of_which(batched):
    proposals = await mails(batched, "mira", "noor")
    card = await shared(batched, of(2))
    await listed(batched, "U0ALICE", card)
    await batched.slack.submit("U0ALICE")
    for each, outcome in zip(proposals, ("succeeded", "failed"), strict=True):
        await batched.claim(each)
        await batched.report(each, outcome, detail="The address is gone")
    line = await batched.thread_saying(SUPPORT, card["ts"], "*Failed*")
    assert "Number 2: to: noor@example.com" in visible_text(line)
    assert "Succeeded" in visible_text(await shared(batched, "Failed"))
    assert len(batched.slack.messages(SUPPORT, thread_ts=card["ts"])) == 1


async def reminded(town):
    return [each.proposal_id for each in await town.entries() if each.tag == "proposal:reminded"]


async def test_what_shared_a_card_gets_its_own_when_the_policy_no_longer_says_so(batched):
    proposals = await mails(batched, "mira", "noor", "omar")
    await shared(batched, of(3))
    batched.policy = batched.policy.replace("    batch: {window: 5m, max: 4}\n", "")
    batched.settings()
    await batched.bot.reloader.look()

    def own():
        cards = [batched.cards(SUPPORT, each["id"])[:1] for each in proposals]
        return {card["ts"] for found in cards for card in found if has_button(card, "approve")}

    await batched.slack.until(lambda: len(own()) == 3)


async def test_after_a_restart_the_next_still_joins_and_the_list_opens(tmp_path):
    async with open_town(tmp_path, policy=BATCHED, clock=Clock()) as town:
        async with town.serving():
            first = await mails(town, "mira")
            await town.card(SUPPORT, first[0])
        async with town.serving():
            proposals = first + await mails(town, "noor")
            await listed(town, "U0ALICE", await shared(town, of(2)))
            await town.slack.submit("U0ALICE")
            await town.modal_saying("U0ALICE", "Approved: 2 of 2")
            assert await statuses(town, proposals) == ["approved", "approved"]
            assert len(town.slack.messages(SUPPORT)) == 1


async def test_while_everything_is_stopped_the_list_says_so_and_offers_ticks_to_reject_alone(batched):
    proposals = await mails(batched, "mira", "noor")
    opened = await listed(batched, "U0BOB", await shared(batched, of(2)))
    assert opened["submit"]
    await Stopping(batched.bot.lifecycle).stop(EVERYTHING, at_the_machine("root"), "mails go astray")
    card = await shared(batched, "*Everything is stopped*")
    assert "mails go astray" in visible_text(card)
    await batched.click("U0ALICE", SUPPORT, card, "batch_review")
    view = await batched.modal_saying("U0ALICE", "Nothing can be approved while everything is stopped")
    boxes = [each for block in view["blocks"] for each in block.get("elements", ()) if each["type"] == "checkboxes"]
    assert (view.get("submit"), [each.get("initial_options") for each in boxes]) == (None, [None, None])
    await batched.slack.submit("U0BOB", {})
    await batched.modal_saying("U0BOB", "Approved: 0 of 2")
    tick = ticks(view)[proposals[1]["id"]]
    await batched.slack.fill("U0ALICE", {tick: [proposals[1]["id"]]})
    await batched.slack.click_modal("U0ALICE", "batch_reject")
    await batched.modal_saying("U0ALICE", "1 of ")
    await batched.slack.submit("U0ALICE", {"reason": "Not this one."})
    await batched.modal_saying("U0ALICE", "Rejected: 1 of 1")
    assert await statuses(batched, proposals) == ["pending", "rejected"]
