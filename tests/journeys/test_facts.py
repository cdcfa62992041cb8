"""Facts: what we know of the past holds a proposal, and the card says what that is."""

import json

from tests.journeys.deep import DEEP, later
from tests.journeys.test_reload import reload
from tests.town import SUPPORT, visible_text

WIRE = {"to": "DE02 1203", "amount": 40}


def users(card):
    return [each["user_id"] for each in elements(card["blocks"]) if each.get("type") == "user"]


def elements(value):
    if isinstance(value, list):
        return [found for each in value for found in elements(each)]
    if isinstance(value, dict):
        return [value, *(found for each in value.values() for found in elements(each))]
    return []


async def test_a_value_seen_for_the_first_time_holds_it_and_the_card_says_which(deep):
    proposal = await deep.propose("wire.send", WIRE)
    said = visible_text(await deep.card(SUPPORT, proposal))
    assert proposal["status"] == "pending"
    assert "Nobody has sent anything there before" in said
    assert "from our records: to is new" in said


async def test_what_a_person_rejected_comes_back_only_with_their_name_and_reason(deep):
    first = await deep.propose("wire.send", WIRE)
    card = await deep.card(SUPPORT, first)
    await deep.click("U0BOB", SUPPORT, card, "reject")
    await deep.modal_saying("U0BOB", "Reason")
    await deep.slack.submit("U0BOB", {"Reason": "That account is closed"})
    await deep.card_saying(SUPPORT, card["ts"], "Rejected: wire.send")
    again = await deep.propose("wire.send", WIRE)
    assert again["status"] == "pending"
    card = await deep.card(SUPPORT, again)
    said = visible_text(card)
    assert said.index("A person rejected exactly this before.") < said.index("More than usual")
    assert "That account is closed" in said
    assert "U0BOB" in users(card)
    assert "U0BOB" not in json.dumps([each for each in elements(card["blocks"]) if each.get("type") == "text"])


async def test_what_would_run_by_itself_is_held_after_a_person_rejected_the_same(deep):
    first = await deep.propose("note.add", {"text": "The customer is rude"})
    card = await deep.card(SUPPORT, first)
    await deep.click("U0ALICE", SUPPORT, card, "object")
    await deep.modal_saying("U0ALICE", "Reason")
    await deep.slack.submit("U0ALICE", {"Reason": "Not in writing"})
    await deep.card_saying(SUPPORT, card["ts"], "Revoked: note.add")
    again = await deep.propose("note.add", {"text": "The customer is rude"})
    assert again["status"] == "pending"
    assert "Not in writing" in visible_text(await deep.card(SUPPORT, again))


async def test_once_a_person_approved_what_was_rejected_it_is_asked_no_more(deep):
    note = {"text": "The customer is rude"}
    first = await deep.propose("note.add", note)
    card = await deep.card(SUPPORT, first)
    await deep.click("U0ALICE", SUPPORT, card, "object")
    await deep.modal_saying("U0ALICE", "Reason")
    await deep.slack.submit("U0ALICE", {"Reason": "Not in writing"})
    await deep.card_saying(SUPPORT, card["ts"], "Revoked: note.add")
    await later(deep, seconds=1)
    again = await deep.propose("note.add", note)
    await deep.click("U0BOB", SUPPORT, await deep.card(SUPPORT, again), "approve")
    assert (await deep.get(again["id"]))["status"] == "approved"
    assert (await deep.propose("note.add", note))["cause"] == "watch"


async def test_what_waits_does_not_count_itself_when_the_policy_is_read_again(deep):
    flood = '  - {id: flood, action: "wire.*", tier: approve, role: finance, rate: {per: 10m, over: 1}}\n'
    await reload(deep, DEEP + flood)
    first = await deep.propose("wire.send", WIRE)
    await reload(deep, DEEP + flood + "  - {id: more, action: note.none, tier: block}\n")
    assert (await deep.get(first["id"]))["gate"]["roles"] == ["support"]
    second = await deep.propose("wire.send", WIRE)
    assert second["gate"]["roles"] == ["finance", "support"]
