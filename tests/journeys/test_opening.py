"""A trigger lives three seconds: between the click and the modal nothing is asked of Slack, whatever the button."""

import json
from dataclasses import dataclass
from typing import Any

import pytest

from tests.journeys.batched import BATCHED, mails
from tests.journeys.deep import DEEP
from tests.journeys.test_batch import listed as batch_listed
from tests.journeys.test_batch import shared, ticks
from tests.journeys.test_flood import flood, summary
from tests.journeys.test_sample import QUERY, SAMPLED
from tests.making import Clock, Lots
from tests.town import FINANCE, POLICY, SUPPORT, open_town

pytestmark = pytest.mark.both_modes


OF_THE_COURIER = {"chat.postMessage", "chat.update"}
"""What goes out by itself at any time; no listener posts or updates a message."""
TYPED = POLICY.replace("    reason: Refund above 100\n", "    reason: Refund above 100\n    confirmation: type\n")
REFUND = {"amount": 150, "note": "as agreed"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Verb:
    """A button that opens a modal: what has to be there before, and the click."""

    ready: Any
    press: Any
    policy: str = POLICY
    asks: bool = True
    """Whether somebody is looked up once the modal stands."""


async def refund(town):
    return await town.card(FINANCE, await town.propose("refund.create", REFUND))


async def mail(town):
    return await town.card(SUPPORT, await town.propose())


async def approved_mail(town):
    card = await mail(town)
    await town.click("U0BOB", SUPPORT, card, "approve")
    return await town.card_saying(SUPPORT, card["ts"], "by <@U0BOB>")


async def note(town):
    return await town.card(SUPPORT, await town.propose("note.add", {"text": "Mornings"}))


async def sample(town):
    return await town.card(SUPPORT, await town.propose("search.web", QUERY))


async def batch(town):
    await mails(town, "mira", "noor")
    return await shared(town, "2 \u00d7 email.send")


async def ticked(town):
    card = await batch(town)
    view = await batch_listed(town, "U0ALICE", card)
    first = next(iter(ticks(view)))
    block = ticks(view)[first]
    await town.slack.fill("U0ALICE", {block: [first]})
    return card


async def flooded(town):
    await flood(town, 12)
    return await summary(town, "2 requests of")


async def flood_list(town):
    card = await flooded(town)
    await town.click("U0ALICE", SUPPORT, card, "flood_review")
    await town.modal_saying("U0ALICE", "Nothing is decided on this list")
    return card


async def command_list(town):
    await mail(town)
    await town.slack.command("U0ALICE", SUPPORT, "/approvals")
    await town.told("U0ALICE")


async def home_list(town):
    await mail(town)
    await town.slack.open_home("U0ALICE")
    await town.slack.until(lambda: town.slack.home("U0ALICE") and "open_review" in str(town.slack.home("U0ALICE")))


async def review(town):
    await command_list(town)
    await town.slack.click_ephemeral("U0ALICE", 0, "open_review")
    await town.modal_saying("U0ALICE", "unchecked")


def on_card(user, channel, action, **more):
    async def press(town, card):
        return await town.click(user, channel, card, action, **more)

    return press


def in_modal(action):
    async def press(town, _):
        return await town.slack.click_modal("U0ALICE", action)

    return press


async def in_list(town, _):
    return await town.slack.click_ephemeral("U0ALICE", 0, "open_review")


async def at_home(town, _):
    return await town.slack.click_home("U0ALICE", "open_review")


async def whole_list(town, _):
    return await town.slack.click_home("U0ALICE", "open_list")


VERBS = {
    "edit": Verb(ready=refund, press=on_card("U0CAROL", FINANCE, "edit")),
    "reject": Verb(ready=refund, press=on_card("U0CAROL", FINANCE, "reject")),
    "hand over": Verb(ready=refund, press=on_card("U0CAROL", FINANCE, "more", selected="Hand over")),
    "ask the agent": Verb(ready=refund, press=on_card("U0CAROL", FINANCE, "ask")),
    "approve by typing": Verb(ready=refund, press=on_card("U0CAROL", FINANCE, "approve"), policy=TYPED),
    "a whole list at home": Verb(ready=home_list, press=whole_list, asks=False),
    "details": Verb(ready=refund, press=on_card("U0CAROL", FINANCE, "more", selected="Details"), asks=False),
    "revoke": Verb(ready=approved_mail, press=on_card("U0ALICE", SUPPORT, "more", selected="Revoke")),
    "object": Verb(ready=note, press=on_card("U0ALICE", SUPPORT, "object"), policy=DEEP),
    "review in a list": Verb(ready=command_list, press=in_list, asks=False),
    "review at home": Verb(ready=home_list, press=at_home, asks=False),
    "edit in a review": Verb(ready=review, press=in_modal("edit"), asks=False),
    "reject in a review": Verb(ready=review, press=in_modal("reject"), asks=False),
    "not fine": Verb(ready=sample, press=on_card("U0ALICE", SUPPORT, "sample_not_fine"), policy=SAMPLED),
    "a sample's details": Verb(
        ready=sample, press=on_card("U0ALICE", SUPPORT, "sample_details"), policy=SAMPLED, asks=False
    ),
    "review of a batch": Verb(ready=batch, press=on_card("U0ALICE", SUPPORT, "batch_review"), policy=BATCHED),
    "reject what is ticked": Verb(ready=ticked, press=in_modal("batch_reject"), policy=BATCHED, asks=False),
    "review of a flood": Verb(ready=flooded, press=on_card("U0ALICE", SUPPORT, "flood_review")),
    "review in a flood": Verb(ready=flood_list, press=in_modal("open_review"), asks=False),
}


def town_of(verb, folder, mode):
    clock = {"clock": Clock()} if verb.policy == BATCHED else {}
    randomness = {"randomness": Lots(0.0)} if verb.policy == SAMPLED else {}
    return open_town(folder, mode, policy=verb.policy, **clock, **randomness)


@pytest.mark.parametrize("mode", ["socket", "http"])
@pytest.mark.parametrize("name", VERBS)
async def test_nothing_is_asked_of_slack_between_the_click_and_the_modal(tmp_path, mode, name):
    verb = VERBS[name]
    async with town_of(verb, tmp_path, mode) as town, town.serving():
        card = await verb.ready(town)
        before = len(town.slack.calls)

        def opening():
            made = [call.method for call in town.slack.calls[before:]]
            return next((number for number, method in enumerate(made) if method in ("views.open", "views.push")), None)

        await verb.press(town, card)
        await town.slack.until(lambda: opening() is not None)
        made = [call.method for call in town.slack.calls[before:]]
        assert {*made[: opening()]} <= OF_THE_COURIER
        assert not [call for call in town.slack.calls[before:][: opening()] if call.method == "chat.postEphemeral"]
        if verb.asks:
            # Nobody knew the person yet: a look-up before the modal would have shown above.
            await town.slack.until(lambda: "users.info" in [call.method for call in town.slack.calls[before:]])


REFUSALS = ("expired_trigger_id", "exchanged_trigger_id", "invalid_trigger_id", "view_too_large", "push_limit_reached")


@pytest.mark.parametrize(
    ("name", "error"), [(name, REFUSALS[number % len(REFUSALS)]) for number, name in enumerate(VERBS)]
)
async def test_where_slack_opens_no_modal_the_person_is_told_to_click_again_and_then_it_opens(tmp_path, name, error):
    verb = VERBS[name]
    async with town_of(verb, tmp_path, "http") as town, town.serving():
        card = await verb.ready(town)
        user = "U0CAROL" if card and town.slack.messages(FINANCE) else "U0ALICE"
        for method in ("views.open", "views.push"):
            town.slack.faults.add(method, "ok_false", error=error)
        before = town.slack.modal(user)

        def said():
            places = (town.slack.ephemerals(user), town.slack.modal(user), town.slack.home(user))
            return "Please click again" in json.dumps(places)

        assert not said()
        await verb.press(town, card)
        await town.slack.until(said)
        # What stood there still does, and can be clicked again.
        assert (town.slack.modal(user) or {}).get("id") == (before or {}).get("id")
        for method in ("views.open", "views.push"):
            town.slack.faults.take(method)
        opened = len(town.slack.calls)
        await verb.press(town, card)
        await town.slack.until(
            lambda: (
                {call.method for call in town.slack.calls[opened:]} & {"views.open", "views.push"}
                and (town.slack.modal(user) or {}).get("id") != (before or {}).get("id")
            )
        )


def shown_to(town, user):
    return json.dumps((town.slack.ephemerals(user), town.slack.modal(user), town.slack.home(user)))


@pytest.mark.parametrize("name", VERBS)
async def test_where_slacks_answer_is_lost_the_modal_that_it_opened_is_filled_all_the_same(tmp_path, name):
    verb = VERBS[name]
    async with town_of(verb, tmp_path, "http") as town, town.serving():
        card = await verb.ready(town)
        user = "U0CAROL" if card and town.slack.messages(FINANCE) else "U0ALICE"
        before = (town.slack.modal(user) or {}).get("id")
        for method in ("views.open", "views.push"):
            town.slack.faults.add(method, "drop_after")
        await verb.press(town, card)

        def filled():
            view = town.slack.modal(user)
            return view and view["id"] != before and "One moment" not in json.dumps(view)

        await town.slack.until(filled)
        assert "lick again" not in shown_to(town, user)


async def test_what_is_sent_from_a_modal_of_which_the_answer_was_lost_counts(tmp_path):
    async with open_town(tmp_path, "http") as town, town.serving():
        proposal = await town.propose()
        card = await town.card(SUPPORT, proposal)
        town.slack.faults.add("views.open", "drop_after")
        await town.click("U0ALICE", SUPPORT, card, "reject")
        await town.modal_saying("U0ALICE", "Reason")
        await town.slack.submit("U0ALICE", {"Reason": "Not today"})
        assert (await town.get(proposal["id"]))["status"] == "rejected"


@pytest.mark.parametrize(
    ("name", "silence"), [("edit", "drop_before"), ("review in a list", "429"), ("review at home", "500")]
)
async def test_where_nothing_is_heard_of_the_modal_at_all_the_person_is_told_to_close_it_and_so_it_says_itself(
    tmp_path, name, silence
):
    verb = VERBS[name]
    async with town_of(verb, tmp_path, "http") as town, town.serving():
        card = await verb.ready(town)
        user = "U0CAROL" if card and town.slack.messages(FINANCE) else "U0ALICE"
        before = (town.slack.modal(user) or {}).get("id")
        for method in ("views.open", "views.push"):
            town.slack.faults.add(method, "drop_after")
        town.slack.faults.add("views.update", silence)
        await verb.press(town, card)
        await town.slack.until(lambda: town.slack.modal(user) and town.slack.modal(user)["id"] != before)
        await town.slack.until(lambda: "If an empty one stands there, close it" in shown_to(town, user))
        left = json.dumps(town.slack.modal(user))
        assert "One moment" not in left or "close it and click again" in left
