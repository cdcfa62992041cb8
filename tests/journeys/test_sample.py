"""Samples: some of what runs by itself is looked over afterwards, and the agent never learns of it."""

import asyncio
import json
import re

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from approvals.digest import canonical
from signoff_client.proof import faults
from storage import MessageKind
from storage.audit.contents import whole_facts
from tests.journeys.test_queue import listed
from tests.making import Clock, Lots
from tests.patience import PATIENCE
from tests.storage.town import key_of
from tests.town import FINANCE, POLICY, SUPPORT, has_button, open_town, visible_text

SAMPLED = POLICY.replace(
    '{id: searches-run, action: "search.*", tier: auto}',
    '{id: searches-run, action: "search.*", tier: auto, sample: 0.5, role: support}',
)
QUERY = {"q": "parcel 1001"}


@pytest.fixture
async def sampled(mode, tmp_path):
    """A town whose lots fall by turns: drawn, not drawn."""
    randomness = Lots(*[0.0, 0.9] * 10)
    async with open_town(tmp_path, mode, policy=SAMPLED, clock=Clock(), randomness=randomness) as town, town.serving():
        yield town


@pytest.fixture
def thief(sampled):
    """Somebody with the bot's token."""
    return AsyncWebClient(token=sampled.slack.bot_token, base_url=sampled.slack.api_url)


async def drawn(town, **more):
    proposal = await town.propose("search.web", QUERY, **more)
    return proposal, await town.card(SUPPORT, proposal)


async def recorded(town, message):
    """Once the bot has noted that the message is a card."""
    async with asyncio.timeout(PATIENCE):
        while await town.bot.store.messages.at(SUPPORT, message["ts"]) is None:
            await town.call("GET", "/healthz")


async def said_not_fine(town, user, card, reason="Nobody asked for this"):
    await town.click(user, SUPPORT, card, "sample_not_fine")
    await town.modal_saying(user, "Reason")
    await town.slack.submit(user, {"Reason": reason})


async def refusals(town):
    found = [entry for entry in await town.entries() if entry.tag == "proposal:refused"]
    return [(entry.actor_id, entry.proposal_id, whole_facts(entry)) for entry in found]


async def test_what_was_drawn_is_posted_and_calls_nobody_and_what_was_not_is_not(sampled):
    proposal, card = await drawn(sampled)
    other = await sampled.propose("search.web", QUERY)
    third, _ = await drawn(sampled)
    assert proposal["status"] == other["status"] == third["status"] == "approved"
    said = visible_text(card)
    assert "To look over: search.web" in said
    assert "parcel 1001" in said
    assert "searches-run" in said
    assert "<@" not in said + card["text"]
    assert has_button(card, "sample_fine")
    assert not has_button(card, "approve")
    assert sampled.cards(SUPPORT, other["id"]) == []
    assert sampled.cards(FINANCE, proposal["id"]) == []


async def test_fine_is_one_click_and_shows_on_the_card(sampled):
    _, card = await drawn(sampled)
    await sampled.click("U0ALICE", SUPPORT, card, "sample_fine")
    updated = await sampled.card_saying(SUPPORT, card["ts"], "*Fine*, says <@U0ALICE>")
    assert not has_button(updated, "sample_fine")
    assert "1 judged" in await listed(sampled, "U0ALICE", "stats")


@pytest.mark.both_modes
async def test_not_fine_wants_a_reason_which_shows_on_the_card_and_counts(sampled):
    proposal, card = await drawn(sampled)
    await said_not_fine(sampled, "U0BOB", card, "   ")
    await sampled.modal_saying("U0BOB", "Reason")
    await sampled.slack.submit("U0BOB", {"Reason": "Nobody asked for this"})
    assert sampled.slack.modal("U0BOB") is None
    updated = await sampled.card_saying(SUPPORT, card["ts"], "*Not fine*, says <@U0BOB>")
    assert "Nobody asked for this" in visible_text(updated)
    told = await listed(sampled, "U0ALICE", "stats")
    assert "1 of 1 judged was not fine: 100.0%" in told
    assert "Nobody asked" not in json.dumps(await sampled.get(proposal["id"]))


async def test_a_stranger_and_somebody_of_another_role_may_not_judge_and_that_is_kept(sampled):
    proposal, card = await drawn(sampled)
    await sampled.click("U0STRAY", SUPPORT, card, "sample_fine")
    assert "support" in await sampled.told("U0STRAY")
    await sampled.click("U0CAROL", SUPPORT, card, "sample_not_fine")
    assert "support" in await sampled.told("U0CAROL")
    assert sampled.slack.modal("U0CAROL") is None
    assert [(who, facts["verb"], facts["slug"]) for who, _, facts in await refusals(sampled)] == [
        ("U0STRAY", "judge", "not-your-role"),
        ("U0CAROL", "judge", "not-your-role"),
    ]
    assert all(about is None and proposal["id"] in facts["detail"] for _, about, facts in await refusals(sampled))
    assert (await sampled.bot.store.samples.get(proposal["id"])).judged is None


async def test_the_agents_owner_and_whom_it_acts_for_may_not_judge(sampled):
    _, card = await drawn(sampled, on_behalf_of="U0ALICE")
    for user in ("U0OWEN", "U0ALICE"):
        await sampled.click(user, SUPPORT, card, "sample_fine")
        assert "somebody else has to judge this" in await sampled.told(user)
        await sampled.click(user, SUPPORT, card, "sample_not_fine")
        assert "somebody else has to judge this" in await sampled.told(user, 2)
    await sampled.click("U0BOB", SUPPORT, card, "sample_fine")
    await sampled.card_saying(SUPPORT, card["ts"], "*Fine*, says <@U0BOB>")


async def test_a_guest_of_the_role_may_not_judge(sampled):
    _, card = await drawn(sampled)
    sampled.slack.add_user("U0ALICE", "Alice", is_restricted=True)
    await sampled.click("U0ALICE", SUPPORT, card, "sample_fine")
    assert "Guests" in await sampled.told("U0ALICE")


@pytest.mark.both_modes
async def test_who_comes_second_hears_who_was_first(sampled):
    proposal, card = await drawn(sampled)
    await sampled.click("U0BOB", SUPPORT, card, "sample_not_fine")
    await sampled.modal_saying("U0BOB", "Reason")
    await sampled.click("U0ALICE", SUPPORT, card, "sample_fine")
    await sampled.card_saying(SUPPORT, card["ts"], "*Fine*, says <@U0ALICE>")
    await sampled.slack.submit("U0BOB", {"Reason": "Nobody asked for this"})
    late = await sampled.modal_saying("U0BOB", "judged this already")
    assert "Nobody asked for this" in json.dumps(late)
    assert (await sampled.bot.store.samples.get(proposal["id"])).judged.by == "U0ALICE"
    assert [facts["slug"] for _, _, facts in await refusals(sampled)] == ["already-judged"]


async def test_a_click_twice_counts_once(sampled):
    _, card = await drawn(sampled)
    await asyncio.gather(*(sampled.click("U0ALICE", SUPPORT, card, "sample_fine") for _ in range(2)))
    assert "judged this already" in await sampled.told("U0ALICE")
    assert [entry.tag for entry in await sampled.entries()].count("sample:judged") == 1


@pytest.mark.both_modes
async def test_details_shows_everything_and_offers_no_approval(sampled):
    _, card = await drawn(sampled, reasoning="Because the customer asked. " * 100)
    await sampled.click("U0ALICE", SUPPORT, card, "sample_details")
    view = await sampled.modal_saying("U0ALICE", "parcel 1001")
    assert not has_button(view, "details_approve")


async def test_a_card_that_somebody_rewrote_judges_nothing_by_what_its_buttons_say(sampled, thief):
    proposal, card = await drawn(sampled)
    await sampled.slack.until(lambda: sampled.cards(SUPPORT, proposal["id"]))
    blocks = json.loads(json.dumps(card["blocks"]).replace('"Fine"', '"FINE"').replace('"Not fine"', '"Fine"'))
    await thief.chat_update(channel=SUPPORT, ts=card["ts"], text="x", blocks=blocks)
    await sampled.click("U0ALICE", SUPPORT, card, "sample_not_fine")
    assert "not the ones we wrote" in await sampled.told("U0ALICE")
    assert sampled.slack.modal("U0ALICE") is None
    await sampled.card_saying(SUPPORT, card["ts"], "Not fine")
    assert "card:mismatched" in [entry.tag for entry in await sampled.entries()]
    assert await sampled.tags(proposal["id"]) == ["proposal:submitted", "proposal:approved"]


@pytest.mark.parametrize("channel", [FINANCE, SUPPORT])
async def test_a_copy_of_the_card_judges_nothing_and_in_the_right_channel_it_is_closed(sampled, thief, channel):
    proposal, card = await drawn(sampled)
    await recorded(sampled, card)
    copy = await thief.chat_postMessage(channel=channel, text="x", blocks=card["blocks"])
    await sampled.slack.click("U0ALICE", channel, copy["ts"], "sample_fine")
    assert "this is a copy" in await sampled.told("U0ALICE")
    if channel == SUPPORT:
        await sampled.card_saying(SUPPORT, copy["ts"], "This is not the card")
    assert (await sampled.bot.store.samples.get(proposal["id"])).judged is None


async def test_buttons_of_a_sample_on_the_recorded_card_of_a_proposal_judge_nothing_and_leave_that_card(sampled, thief):
    _, card = await drawn(sampled)
    proposal = await sampled.propose()
    other = await sampled.card(SUPPORT, proposal)
    await recorded(sampled, other)
    await thief.chat_update(channel=SUPPORT, ts=other["ts"], text="x", blocks=card["blocks"])
    await sampled.slack.click("U0ALICE", SUPPORT, other["ts"], "sample_fine")
    assert "this is a copy" in await sampled.told("U0ALICE")
    await thief.chat_update(channel=SUPPORT, ts=other["ts"], text="x", blocks=other["blocks"])
    await sampled.slack.click("U0ALICE", SUPPORT, other["ts"], "approve")
    assert (await sampled.get(proposal["id"]))["status"] == "approved", "closing it would have taken its buttons away"


async def test_buttons_of_a_proposal_on_the_recorded_card_of_a_sample_decide_nothing_and_leave_that_card(
    sampled, thief
):
    _, card = await drawn(sampled)
    await recorded(sampled, card)
    proposal = await sampled.propose()
    other = await sampled.card(SUPPORT, proposal)
    await thief.chat_update(channel=SUPPORT, ts=card["ts"], text="x", blocks=other["blocks"])
    await sampled.slack.click("U0ALICE", SUPPORT, card["ts"], "approve")
    assert "this is a copy" in await sampled.told("U0ALICE")
    assert (await sampled.get(proposal["id"]))["status"] == "pending"
    await thief.chat_update(channel=SUPPORT, ts=card["ts"], text="x", blocks=card["blocks"])
    await sampled.slack.click("U0ALICE", SUPPORT, card["ts"], "sample_fine")
    await sampled.card_saying(SUPPORT, card["ts"], "*Fine*, says <@U0ALICE>")


async def test_a_button_of_the_very_proposal_on_the_card_of_its_sample_is_none_of_that_card(sampled, thief):
    proposal, card = await drawn(sampled)
    await recorded(sampled, card)
    nonces = [(await sampled.bot.store.samples.get(proposal["id"])).nonce]
    nonces.append((await sampled.bot.store.find(proposal["id"])).nonce)
    blocks = json.loads(json.dumps(card["blocks"]).replace(*nonces).replace("sample_details", "object"))
    await thief.chat_update(channel=SUPPORT, ts=card["ts"], text="x", blocks=blocks)
    await sampled.slack.click("U0ALICE", SUPPORT, card["ts"], "object")
    assert "this is a copy" in await sampled.told("U0ALICE")
    assert "card:mismatched" not in [entry.tag for entry in await sampled.entries()]


async def test_an_unrecorded_message_with_another_secret_does_not_become_the_card(sampled, thief):
    proposal, card = await drawn(sampled)
    messages = sampled.bot.store.messages
    await recorded(sampled, card)
    await messages.lost(key_of(proposal["id"], SUPPORT, MessageKind.sample))
    nonce = (await sampled.bot.store.samples.get(proposal["id"])).nonce
    blocks = json.loads(json.dumps(card["blocks"]).replace(nonce, "another-secret-than-it"))
    await thief.chat_update(channel=SUPPORT, ts=card["ts"], text="x", blocks=blocks)
    await sampled.slack.click("U0ALICE", SUPPORT, card["ts"], "sample_fine")
    assert "this is a copy" in await sampled.told("U0ALICE")
    assert await messages.at(SUPPORT, card["ts"]) is None


async def test_a_card_that_was_deleted_is_posted_anew_when_it_is_wanted(sampled, thief):
    proposal, card = await drawn(sampled)
    await thief.chat_delete(channel=SUPPORT, ts=card["ts"])
    await sampled.bot.store.messages.enqueue(key_of(proposal["id"], SUPPORT, MessageKind.sample))
    again = await sampled.card(SUPPORT, proposal)
    assert again["ts"] != card["ts"]
    await sampled.click("U0ALICE", SUPPORT, again, "sample_fine")
    await sampled.card_saying(SUPPORT, again["ts"], "*Fine*, says <@U0ALICE>")


async def test_stats_are_of_what_one_may_judge_or_owns_and_say_when_nothing_is_judged(sampled):
    assert "no sample that you may judge was drawn" in await listed(sampled, "U0ALICE", "stats")
    await drawn(sampled)
    for user in ("U0ALICE", "U0OWEN"):
        assert "Nothing is judged yet" in await listed(sampled, user, "stats")
    for user in ("U0CAROL", "U0STRAY"):
        assert "search.web" not in await listed(sampled, user, "stats")


async def test_pages_of_stats_turn_in_place(sampled):
    sampled.bot.lifecycle.randomness = Lots(*[0.0] * 10)
    for number in range(10):
        await sampled.propose(f"search.nr{number}", QUERY)
    assert "search.nr5" in await listed(sampled, "U0ALICE", "stats")
    await sampled.slack.click_ephemeral("U0ALICE", -1, "page_next")
    await sampled.slack.until(lambda: "search.nr9" in json.dumps(sampled.slack.ephemerals("U0ALICE")[-1]))
    assert "search.nr5" not in json.dumps(sampled.slack.ephemerals("U0ALICE")[-1])


# What the agent sees.


async def seen(town, method, path, proposal_id, body=None, **headers):
    """All of an answer but for the proposal's id, and what HTTP says of the moment."""
    sent = {**headers, **({"Content-Type": "application/json"} if body else {})}
    data = None if body is None else json.dumps(body)
    async with town.agent.request(method, path, data=data, headers=sent) as response:
        text = await response.text()
        kept = {name: value for name, value in response.headers.items() if name != "Date"}
        shown = re.sub(r'"permit": ?"[^"]+"', '"permit":"PERMIT"', text)  # signed for this proposal alone
        answer = json.dumps([response.status, kept, shown]).replace(proposal_id, "ID")
        return answer, json.loads(text) if text else None


async def everything(town, key, judged):
    """All that an agent can see of a proposal, from its submission on; `judged` happens in the middle."""
    body = {"action": "search.web", "payload": QUERY, "reasoning": "The customer asked.", "run_id": key[:3]}
    async with town.agent.post("/v1/proposals", json=body, headers={"Idempotency-Key": key}) as response:
        made = await response.json()
        kept = {name: value for name, value in response.headers.items() if name != "Date"}
        told = [json.dumps([response.status, kept, made]).replace(made["id"], "ID")]
    own = f"/v1/proposals/{made['id']}"

    async def look(method, path, sent=None, **headers):
        told.append((await seen(town, method, path, made["id"], sent, **headers))[0])

    async def round_trips():
        await look("GET", own)
        await look("GET", f"{own}?wait=5")
        await look("POST", "/v1/proposals", body, **{"Idempotency-Key": key})
        await look("POST", "/v1/proposals", {**body, "reasoning": "Other."}, **{"Idempotency-Key": key})
        parts, degraded = await ready()
        told.append(json.dumps(parts))
        assert "sampl" not in json.dumps(degraded)

    async def ready():
        """Without what may be in trouble on a loaded machine, such as a loop that stood still."""
        answer = await town.call("GET", "/readyz")
        return answer["parts"], answer["degraded"]

    await round_trips()
    await judged(made)
    await round_trips()
    await look("POST", f"{own}/claim", {"digest": made["digest"], "claimant": "word-of-the-attempt"})
    await look("POST", f"{own}/claim", {"digest": made["digest"]})
    await look("POST", f"{own}/outcome", {"status": "succeeded"})
    await round_trips()
    return told


@pytest.mark.both_modes
async def test_every_answer_is_the_same_whether_it_was_drawn_or_not_before_and_after_it_was_judged(sampled):
    async def fine(made):
        card = await sampled.card(SUPPORT, made)
        await sampled.click("U0ALICE", SUPPORT, card, "sample_fine")
        await sampled.card_saying(SUPPORT, card["ts"], "*Fine*")

    async def not_fine(made):
        card = await sampled.card(SUPPORT, made)
        await said_not_fine(sampled, "U0ALICE", card)
        await sampled.card_saying(SUPPORT, card["ts"], "*Not fine*")

    async def nothing(made):
        assert await sampled.bot.store.samples.get(made["id"]) is None

    drawn_ones = [await everything(sampled, "key-1", fine)]
    undrawn = await everything(sampled, "key-2", nothing)
    drawn_ones.append(await everything(sampled, "key-3", not_fine))
    assert drawn_ones == [undrawn, undrawn]
    assert "sampl" not in json.dumps(undrawn)


async def test_a_receipt_does_not_show_that_something_was_drawn_between_its_entries(sampled):
    sampled.bot.lifecycle.randomness = Lots(0.0, 0.999)
    receipts = []
    for name in ("drawn", "undrawn"):
        proposal = await sampled.propose(f"search.{name}", QUERY, claim=True)
        await sampled.report(proposal)
        receipts.append(await sampled.call("GET", f"/v1/proposals/{proposal['id']}/receipt"))
    assert [len(receipt["entries"]) for receipt in receipts] == [4, 4]
    for receipt in receipts:
        assert receipt["places"] is False
        assert not {"seq", "id", "previous", "hash"} & {name for entry in receipt["entries"] for name in entry}
        assert faults(receipt, canonical) == []
        assert "sample:" not in json.dumps(receipt)


async def test_a_judgement_wakes_nobody_who_waits(sampled):
    proposal, card = await drawn(sampled)
    waiting = asyncio.create_task(sampled.get(proposal["id"], wait=55, after=proposal["version"]))
    async with asyncio.timeout(PATIENCE):
        while not sampled.bot.store.signals.waiting:
            await sampled.call("GET", "/healthz")
    await sampled.click("U0ALICE", SUPPORT, card, "sample_fine")
    await sampled.card_saying(SUPPORT, card["ts"], "*Fine*")
    await sampled.call("GET", "/healthz")
    assert not waiting.done()
    await sampled.claim(proposal)
    assert (await waiting)["version"] == proposal["version"] + 1
