"""Ask: a reviewer asks the agent while a proposal waits, and the agent replies, if need be with another payload."""

import asyncio
from datetime import timedelta

import pytest

from approvals.events import instant
from demo import agent
from tests.journeys.batched import mails
from tests.journeys.deep import LEAD, called, later
from tests.making import START
from tests.town import FINANCE, SUPPORT, has_button, visible_text

REFUND = {"amount": 250, "note": "late parcel"}


async def asked(town, user, card, question="Which invoice is this for?", *, channel=SUPPORT, **more):
    await town.click(user, channel, card, "ask")
    await town.form_saying(user, "The agent gets your question and your name")
    return await town.slack.submit(user, {"Question": question, **more})


async def replied(town, proposal, text="Invoice 4711.", *, expect=200, session=None, **more):
    body = {"text": text, **more}
    return await town.call("POST", f"/v1/proposals/{proposal['id']}/reply", body, expect=expect, session=session)


async def offered(town):
    proposal = await town.propose()
    return proposal, await town.card(SUPPORT, proposal)


async def test_a_waiting_agent_gets_the_question_and_its_answer_stands_on_the_card_and_in_the_thread(deep):
    proposal, card = await offered(deep)
    assert has_button(card, "ask")
    waiting = asyncio.create_task(deep.get(proposal["id"], wait=50))
    await asked(deep, "U0ALICE", card)
    assert deep.slack.modal("U0ALICE") is None
    answer = await waiting
    assert answer["status"] == "pending"
    assert 'a reviewer asks ("Which invoice is this for?"): reply with POST' in answer["message"]
    question = answer["question"]
    assert (question["id"], question["text"]) == ("q1", "Which invoice is this for?")
    assert (question["asked_by"], question["asked_at"]) == ("U0ALICE", instant(START))
    assert (question["reply"], question["replied_at"]) == (None, None)
    assert answer["questions"] == [question]
    waiting = await deep.card_saying(SUPPORT, card["ts"], "*Waiting for the agent's answer:* <@U0ALICE> asks")
    assert "Which invoice is this for?" in visible_text(waiting)
    assert not has_button(waiting, "ask"), "one question at a time"
    line = await deep.thread_saying(SUPPORT, card["ts"], "<@U0ALICE> asks the agent:")
    assert "Which invoice is this for?" in visible_text(line)

    told = await replied(deep, proposal, "Invoice *4711* <!channel>.")
    assert told["question"]["reply"] == "Invoice *4711* <!channel>."
    assert told["question"]["replied_at"] == instant(START)
    assert (told["revision"], told["digest"]) == (1, proposal["digest"])
    shown = await deep.card_saying(SUPPORT, card["ts"], "The agent answers, checked by nobody:")
    assert "Invoice *4711* <!channel>." in visible_text(shown)
    assert has_button(shown, "ask")
    line = await deep.thread_saying(SUPPORT, card["ts"], "<@U0ALICE>, the agent answers")
    assert called(line) == {"U0ALICE"}
    assert "Invoice *4711* <!channel>." in visible_text(line)

    await deep.click("U0ALICE", SUPPORT, shown, "approve")
    claimed = await deep.claim(await deep.get(proposal["id"]))
    assert claimed["payload"] == proposal["payload"]
    assert (await deep.tags(proposal["id"]))[:5] == [
        "proposal:submitted",
        "card:posted",
        "proposal:asked",
        "proposal:replied",
        "proposal:decided",
    ]


async def test_a_reply_with_another_payload_voids_approvals_and_only_the_new_digest_can_be_claimed(deep):
    proposal = await deep.propose("slow.refund", REFUND)
    cards = {channel: await deep.card(channel, proposal) for channel in (FINANCE, SUPPORT)}
    await deep.click("U0CAROL", FINANCE, cards[FINANCE], "approve")
    old = await deep.card_saying(SUPPORT, cards[SUPPORT]["ts"], "approvals* · <@U0CAROL>")
    await asked(deep, "U0BOB", old, "Is it not 200?")
    told = await replied(deep, proposal, "You are right.", payload={**REFUND, "amount": 200})
    assert (told["status"], told["revision"], told["edited"]) == ("pending", 2, False)
    assert told["digest"] != proposal["digest"]
    assert told["expires_at"] == proposal["expires_at"]

    new = await deep.card_saying(SUPPORT, cards[SUPPORT]["ts"], "Changed by the agent in its reply; approvals")
    said = visible_text(new)
    assert "Changed by the agent in its reply" in said
    assert "Changed by a reviewer" not in said
    assert "approvals* · " not in said
    assert "You are right." in said
    assert "amount \n200" in said
    await deep.thread_saying(SUPPORT, cards[SUPPORT]["ts"], "changed the payload in its reply (revision 2)")

    await deep.click("U0BOB", SUPPORT, new, "approve", seen=old, value=stale(old))
    assert "changed since you looked" in await deep.told("U0BOB")
    await deep.click("U0BOB", SUPPORT, new, "approve")
    assert (await deep.get(proposal["id"]))["status"] == "pending", "Carol's approval was of the old payload"
    theirs = await deep.card_saying(FINANCE, cards[FINANCE]["ts"], "approvals* · <@U0BOB>")
    await deep.click("U0CAROL", FINANCE, theirs, "approve")
    await deep.claim(proposal, expect=409)
    assert (await deep.claim(told))["payload"] == {**REFUND, "amount": 200}
    decided = await deep.card_saying(SUPPORT, new["ts"], "Running")
    assert "Changed by the agent in its reply; revision 2 counts." in visible_text(decided)


def stale(card):
    return next(e["value"] for b in card["blocks"] for e in b.get("elements", ()) if e.get("action_id") == "approve")


async def test_a_payload_in_a_reply_is_judged_again_and_the_gate_rises(deep):
    proposal, card = await revisable(deep)
    await asked(deep, "U0ALICE", card)
    told = await replied(deep, proposal, "All of it.", payload={"amount": 1200})
    assert told["gate"]["roles"] == ["finance", "support"]
    await deep.card(FINANCE, proposal)
    again = await deep.call("GET", f"/v1/proposals/{proposal['id']}")
    await deep.card_saying(SUPPORT, card["ts"], "*2 approvals:* one each of *finance* and *support*")
    await asked(deep, "U0ALICE", deep.cards(SUPPORT, proposal["id"])[0], "And why not 50?")
    told = await replied(deep, again, "Then 50.", payload={"amount": 50})
    assert told["gate"]["roles"] == ["finance", "support"], "it can only rise"
    assert [each["id"] for each in told["questions"]] == ["q1", "q2"]


async def revisable(town):
    proposal = await town.propose("refund.create", {"amount": 50})
    return proposal, await town.card(SUPPORT, proposal)


async def test_a_payload_that_the_policy_blocks_changes_nothing_and_the_question_waits_on(deep):
    proposal, card = await revisable(deep)
    await asked(deep, "U0ALICE", card)
    no = await replied(deep, proposal, "More.", payload={"amount": 9500}, expect=403)
    assert no["type"] == "urn:signoff:problem:revision-blocked"
    assert "Nobody refunds that much" in no["detail"]
    answer = await deep.get(proposal["id"])
    assert (answer["revision"], answer["question"]["reply"]) == (1, None)
    assert (await replied(deep, proposal, "No more."))["question"]["reply"] == "No more."


async def test_with_more_time_the_question_moves_the_deadline_and_otherwise_it_does_not(deep):
    proposal = await deep.propose("slow.send", {"to": "mira@example.com"})
    card = await deep.card(SUPPORT, proposal)
    await asked(deep, "U0ALICE", card)
    assert (await deep.get(proposal["id"]))["expires_at"] == proposal["expires_at"]
    await replied(deep, proposal)
    card = await deep.card_saying(SUPPORT, card["ts"], "The agent answers")
    await asked(deep, "U0BOB", card, "And for whom?", **{"More time": ["yes"]})
    assert (await deep.get(proposal["id"]))["expires_at"] == instant(START + timedelta(minutes=90))
    await deep.thread_saying(SUPPORT, card["ts"], "<@U0BOB> asked for more time")
    await later(deep, minutes=90)
    answer = await deep.get(proposal["id"])
    assert (answer["status"], answer["cause"]) == ("rejected", "expired")
    assert "asks" not in answer["message"]
    await replied(deep, proposal, "Too late.", expect=409)


async def test_where_the_policy_allows_no_more_time_none_is_offered(deep):
    _, card = await offered(deep)
    await deep.click("U0ALICE", SUPPORT, card, "ask")
    view = await deep.modal_saying("U0ALICE", "Question")
    assert "More time" not in visible_text(view)


async def test_more_time_that_somebody_else_took_meanwhile_is_a_fault_on_the_field_and_asks_nothing(deep):
    proposal = await deep.propose("slow.send", {"to": "mira@example.com"})
    card = await deep.card(SUPPORT, proposal)
    await deep.click("U0ALICE", SUPPORT, card, "ask")
    await deep.modal_saying("U0ALICE", "With more time it waits until")
    await deep.click("U0BOB", SUPPORT, card, "more", selected="More time")
    answer = await deep.slack.submit("U0ALICE", {"Question": "For whom?", "More time": ["yes"]})
    assert "no later deadline" in answer.errors["more_time"]
    assert "proposal:asked" not in await deep.tags(proposal["id"])
    await deep.slack.submit("U0ALICE", {"More time": []})
    assert deep.slack.modal("U0ALICE") is None
    assert (await deep.get(proposal["id"]))["question"]["text"] == "For whom?"


@pytest.mark.both_modes
async def test_a_second_question_waits_for_the_first_answer_and_is_not_lost(deep):
    proposal, card = await offered(deep)
    await deep.click("U0BOB", SUPPORT, card, "ask")
    await deep.modal_saying("U0BOB", "Question")
    await asked(deep, "U0ALICE", card)
    answer = await deep.slack.submit("U0BOB", {"Question": "And who pays?"})
    assert "has not answered the question before this one yet" in answer.errors["question"]
    await deep.click("U0OWEN", SUPPORT, card, "ask", seen=card)
    assert "Ask again once it has" in await deep.told("U0OWEN")
    await replied(deep, proposal)
    await deep.slack.submit("U0BOB", {})
    assert deep.slack.modal("U0BOB") is None
    questions = (await deep.get(proposal["id"]))["questions"]
    assert [(each["text"], each["reply"]) for each in questions] == [
        ("Which invoice is this for?", "Invoice 4711."),
        ("And who pays?", None),
    ]


async def test_what_was_decided_meanwhile_is_not_asked_about_and_the_question_is_shown_back(deep):
    proposal, card = await offered(deep)
    await deep.click("U0BOB", SUPPORT, card, "ask")
    await deep.modal_saying("U0BOB", "Question")
    await deep.click("U0ALICE", SUPPORT, card, "approve")
    await deep.slack.submit("U0BOB", {"Question": "Are you sure?"})
    view = await deep.modal_saying("U0BOB", "approved already by <@U0ALICE>")
    assert "Are you sure?" in visible_text(view)
    assert (await deep.get(proposal["id"]))["question"] is None


async def test_forms_opened_before_the_agents_revision_are_refused_as_changed(deep):
    proposal, card = await revisable(deep)
    await asked(deep, "U0ALICE", card)
    await deep.click("U0ALICE", SUPPORT, card, "reject", seen=card)
    await deep.form_saying("U0ALICE", "Reason")
    await deep.click("U0BOB", SUPPORT, card, "edit", seen=card)
    await deep.form_saying("U0BOB", "amount")
    await replied(deep, proposal, "Less.", payload={"amount": 40})
    await deep.slack.submit("U0BOB", {"amount": "45"})
    view = await deep.modal_saying("U0BOB", "The agent changed this in its reply")
    assert "45" in visible_text(view), "what was typed is not lost"
    await deep.slack.submit("U0ALICE", {"Reason": "Too much"})
    view = await deep.modal_saying("U0ALICE", "changed since you looked")
    assert "Too much" in visible_text(view)
    answer = await deep.get(proposal["id"])
    assert (answer["status"], answer["payload"]) == ("pending", {"amount": 40})


@pytest.mark.parametrize(("user", "may"), [("U0OWEN", True), ("U0CAROL", False)])
async def test_the_owner_may_ask_and_a_stranger_may_not(deep, user, may):
    proposal, card = await offered(deep)
    if may:
        await asked(deep, user, card)
        assert (await deep.get(proposal["id"]))["question"]["asked_by"] == user
        return
    await deep.click(user, SUPPORT, card, "ask")
    assert "people in *support*" in await deep.told(user)
    assert deep.slack.modal(user) is None


async def test_the_owner_is_offered_no_more_time(deep):
    proposal = await deep.propose("slow.send", {"to": "mira@example.com"})
    card = await deep.card(SUPPORT, proposal)
    await deep.click("U0OWEN", SUPPORT, card, "ask")
    view = await deep.modal_saying("U0OWEN", "Question")
    assert "More time" not in visible_text(view)


@pytest.mark.both_modes
async def test_one_can_ask_from_a_review_opened_from_the_list(deep):
    proposal, _ = await offered(deep)
    await deep.slack.command("U0BOB", SUPPORT, "/approvals", "")
    await deep.slack.click_ephemeral("U0BOB", -1, "open_review")
    assert has_button(await deep.modal_saying("U0BOB", "unchecked"), "more")
    await deep.slack.click_modal("U0BOB", "ask")
    await deep.modal_saying("U0BOB", "The agent gets your question and your name")
    await deep.slack.submit("U0BOB", {"Question": "From the list?"})
    assert (await deep.get(proposal["id"]))["question"]["text"] == "From the list?"
    await deep.modal_saying("U0BOB", "*Next* shows what waits next")


async def test_a_question_left_unanswered_does_not_hold_up_the_decision_or_the_escalation(deep):
    proposal = await deep.propose("slow.send", {"to": "mira@example.com"})
    card = await deep.card(SUPPORT, proposal)
    await asked(deep, "U0ALICE", card)
    await later(deep, minutes=20)
    await deep.card(LEAD, proposal)
    await deep.thread_saying(SUPPORT, card["ts"], "*Reminder:*")
    await deep.click("U0ALICE", SUPPORT, await deep.card_saying(SUPPORT, card["ts"], "*lead*"), "approve")
    assert (await deep.get(proposal["id"]))["status"] == "approved"
    await replied(deep, proposal, "Sorry, late.", expect=409)


async def test_in_a_shared_card_the_list_and_the_thread_say_which_one_is_asked_about(batched):
    first, second = await mails(batched, "ann", "ben")
    card = await batched.card_saying(SUPPORT, (await batched.card(SUPPORT, first))["ts"], "2 \u00d7 email.send")
    await batched.slack.command("U0BOB", SUPPORT, "/approvals", f"show {second['id']}")
    await batched.slack.click_ephemeral("U0BOB", -1, "open_review")
    await batched.modal_saying("U0BOB", "unchecked")
    await batched.slack.click_modal("U0BOB", "ask")
    await batched.modal_saying("U0BOB", "The agent gets your question")
    await batched.slack.submit("U0BOB", {"Question": "Which parcel?"})
    await batched.card_saying(SUPPORT, card["ts"], "Asked \u00b7")
    line = await batched.thread_saying(SUPPORT, card["ts"], "Which parcel?")
    assert "Number 2" in visible_text(line)
    await replied(batched, second, "The blue one.")
    await batched.card_saying(SUPPORT, card["ts"], "Answered \u00b7")
    await batched.thread_saying(SUPPORT, card["ts"], "The blue one.")


async def test_the_agent_of_the_demo_answers_with_what_it_knows(deep):
    scene = {
        "action": "email.send",
        "payload": {"to": "mira@example.com"},
        "reasoning": "The customer asked for it.",
        "summary": "Answer Mira",
        "context": [{"title": "Ticket", "text": "Please write to me."}],
    }
    playing = asyncio.create_task(agent.play(deep.agent, scene))
    await deep.slack.until(lambda: deep.slack.messages(SUPPORT))
    card = deep.slack.messages(SUPPORT)[0]
    await asked(deep, "U0ALICE", card, "Who says so?")
    line = await deep.thread_saying(SUPPORT, card["ts"], "I follow a script")
    assert "Ticket: Please write to me." in visible_text(line)
    card = await deep.card_saying(SUPPORT, card["ts"], "The agent answers")
    await deep.click("U0ALICE", SUPPORT, card, "approve")
    await playing
    await deep.card_saying(SUPPORT, card["ts"], "Succeeded")
