"""Stop everything: one form with a reason and a typed word, and no agent begins anything and nobody approves anything."""

import asyncio
import json

import pytest

from tests.examples.pages import ROOT, blocks
from tests.journeys.test_stop_agent import MANY, ops_saying, say, told_saying
from tests.listening import listening
from tests.threats.ground import Ground
from tests.town import FINANCE, OPS, SUPPORT, has_button, open_town, visible_text

WHY = "the mail server sends to everybody"


@pytest.fixture
async def town(mode, tmp_path):
    async with open_town(tmp_path, mode, Ground, policy=MANY) as town, town.serving():
        yield town


async def stop(town, user="U0DAVE", why=WHY):
    asked = await say(town, user, "stop everything")
    assert asked["callback_id"] == "everything_stop"
    await town.slack.submit(user, {"Why": why, "Type stop": "Stop "})
    await ops_saying(town, "*Everything is stopped*")
    await told_saying(town, user, "*Everything is stopped.*")
    return asked


async def resume(town, text="resume everything", user="U0DAVE"):
    asked = await say(town, user, text)
    assert asked.get("submit"), visible_text(asked)
    await town.slack.submit(user)
    return visible_text(town.slack.modal(user))


@pytest.mark.both_modes
async def test_from_the_form_on_nothing_is_proposed_claimed_or_approved_and_people_see_it_and_can_reject(town):
    waiting, card = await town.proposed()
    granted = await town.propose("search.web", {})
    running = await town.propose("search.web", {}, claim=True)
    stale = await town.made("U0ALICE", SUPPORT, card, "approve")
    form = await stop(town)
    assert "*Stop everything?*" in visible_text(form)
    for more in ({}, {"action": "search.web", "payload": {}, "claim": True}):
        no = await town.propose(expect=403, **more)
        assert no["type"] == "urn:signoff:problem:stopped"
        assert "stopped everything at" in no["detail"]
        assert WHY in no["detail"]
    await town.propose(session=town.other, expect=403)
    await town.claim(granted, expect=403)
    shown = await town.card_saying(SUPPORT, card["ts"], "*Everything is stopped* by <@U0DAVE>")
    assert WHY in visible_text(shown)
    assert not has_button(shown, "approve")
    assert not has_button(shown, "edit")
    await town.slack.deliver(stale, "interactive")  # from the card as it was, still on somebody's screen
    await told_saying(town, "U0ALICE", "nobody can approve it until the operators resume")
    answer = await town.get(waiting["id"])
    assert (answer["status"], answer["suspended"]["reason"]) == ("pending", WHY)
    assert "a person stopped everything" in answer["message"]
    assert (await town.get(granted["id"]))["cause"] == "stopped"
    assert (await town.report(running))["status"] == "succeeded"
    await town.click("U0ALICE", SUPPORT, shown, "reject")
    await town.modal_saying("U0ALICE", "Reason")
    await town.slack.submit("U0ALICE", {"Reason": "No."})
    assert (await town.get(waiting["id"], wait=5))["status"] == "rejected"


async def test_everybody_reads_it_on_the_home_tab_and_in_the_channels_and_no_longer_once_it_is_resumed(town):
    await stop(town)
    for channel in (OPS, SUPPORT, FINANCE):
        await town.slack.until(
            lambda channel=channel: any(WHY in visible_text(each) for each in town.slack.messages(channel))
        )
    await town.slack.open_home("U0ALICE")
    await town.slack.until(lambda: "*Everything is stopped* by <@U0DAVE>" in json.dumps(town.slack.home("U0ALICE")))
    assert "*Everything is stopped*" in visible_text(await say(town, "U0ALICE", ""))
    assert "*Everything goes on.*" in await resume(town)
    await town.slack.open_home("U0ALICE")
    await town.slack.until(lambda: "Everything is stopped" not in json.dumps(town.slack.home("U0ALICE")))


async def test_what_was_approved_is_asked_again_with_a_call_below_the_card_and_runs_once(town):
    proposal, card = await town.proposed()
    async with listening(town.agent) as listener:
        await town.click("U0ALICE", SUPPORT, card, "approve")
        assert (await town.get(proposal["id"], wait=5))["status"] == "approved"
        await stop(town)
        answer = await town.get(proposal["id"], wait=5)
        assert (answer["status"], answer["suspended"] is not None) == ("pending", True)
        await town.claim(proposal, expect=403)
        await town.card_saying(SUPPORT, card["ts"], "What was approved before is asked again")
        await resume(town)
        await town.thread_saying(SUPPORT, card["ts"], "*Resumed:*")
        await town.thread_saying(SUPPORT, card["ts"], "<@U0ALICE>")
        again = await town.card(SUPPORT, proposal)
        assert has_button(again, "approve")
        await town.claim(proposal, expect=409)
        await town.click("U0ALICE", SUPPORT, again, "approve")
        assert (await town.get(proposal["id"], wait=5))["status"] == "approved"
        kinds = [each.data["type"].rpartition(".")[2] for each in await listener.take(4)]
    assert kinds == ["approved", "suspended", "resumed", "approved"]
    await town.claim(proposal)


async def test_who_waits_with_a_long_poll_is_answered(town):
    proposal, _ = await town.proposed()
    waiting = asyncio.create_task(town.get(proposal["id"], wait=50))
    await stop(town)
    assert (await waiting)["suspended"]["reason"] == WHY


async def test_agents_are_resumed_one_by_one_and_then_all(town):
    mine, _card = await town.proposed()
    await stop(town)
    form = await say(town, "U0DAVE", "resume agent shop")
    assert "*Resume shop, while everything else stays stopped?*" in visible_text(form)
    await town.slack.submit("U0DAVE")
    await ops_saying(town, "*shop is resumed*")
    assert (await town.propose("search.web", {}))["status"] == "approved"
    await town.propose(session=town.other, expect=403)
    await town.slack.until(lambda: has_button(town.cards(SUPPORT, mine["id"])[0], "approve"))
    shown = town.cards(SUPPORT, mine["id"])[0]
    await town.click("U0ALICE", SUPPORT, shown, "approve")
    assert (await town.get(mine["id"], wait=5))["status"] == "approved"
    assert "Resumed since: shop." in visible_text(await say(town, "U0DAVE", "stop"))
    assert "resumed since: shop" in visible_text(await say(town, "U0DAVE", "stop everything")).lower()
    await resume(town)
    assert (await town.propose(session=town.other))["status"] == "pending"


async def test_without_a_reason_and_the_typed_word_nothing_is_stopped_and_the_form_says_what_is_missing(town):
    await say(town, "U0DAVE", "stop everything")
    for values, block in (({"Why": WHY, "Type stop": "yes"}, "word"), ({"Why": "  ", "Type stop": "stop"}, "why")):
        delivery = await town.slack.submit("U0DAVE", values)
        assert list(delivery.body["errors"]) == [block]
    assert (await town.propose())["status"] == "pending"
    await town.slack.submit("U0DAVE", {"Why": WHY, "Type stop": "stop"})
    await town.propose(expect=403)


@pytest.mark.parametrize("user", ["U0OWEN", "U0ALICE", "U0STRAY"])
async def test_whoever_is_no_operator_gets_no_form_and_stops_and_resumes_nothing(town, user):
    for text in ("stop everything", "resume everything"):
        answer = await say(town, user, text)
        assert "Only the operators may stop everything" in visible_text(answer)
        assert answer["submit"] is None
    assert (await town.propose())["status"] == "pending"


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("resume everything", "nothing to resume"),
        ("resume everything now", "Say which agent, or everything"),
        ("stop everything " + "x" * 1001, "at most 1000 characters"),
    ],
)
async def test_what_cannot_be_is_answered_in_a_plain_sentence(town, text, answer):
    assert answer in visible_text(await say(town, "U0DAVE", text))


async def test_while_everything_is_stopped_no_unknown_agent_is_resumed_and_nobody_stops_it_twice(town):
    await stop(town)
    assert "nothing to resume" in visible_text(await say(town, "U0DAVE", "resume agent ghost"))
    assert "stopped already, by <@U0DAVE>" in visible_text(await say(town, "U0DAVE", "stop everything"))
    assert "*Everything*, by <@U0DAVE>" in visible_text(await say(town, "U0DAVE", "stop"))


async def test_a_review_that_was_open_approves_nothing_and_says_why(town):
    _, card = await town.proposed()
    await town.click("U0ALICE", SUPPORT, card, "edit")
    await town.form_saying("U0ALICE", "Hello")
    await stop(town)
    await town.slack.submit("U0ALICE", {"subject": "Hello there"})
    await town.modal_saying("U0ALICE", "nobody can approve it until the operators resume")


async def test_readiness_and_the_metrics_tell_of_it(town):
    await stop(town)
    ready = await town.call("GET", "/readyz")
    assert any(WHY in each for each in ready["degraded"])
    assert "signoff_everything_stopped 1.0" in await (await town.agent.get("/metrics")).text()


async def test_the_commands_of_the_page_open_the_forms_that_it_tells_of(town):
    stop, agent, everything = (
        each.strip().removeprefix("/approvals ")
        for each in blocks(ROOT / "docs" / "how-to" / "stop-everything.md", "text")
    )
    form = await say(town, "U0DAVE", stop)
    assert "they mail every customer twice" in json.dumps(form)
    await town.slack.submit("U0DAVE", {"Type stop": "stop"})
    await told_saying(town, "U0DAVE", "*Everything is stopped.*")
    assert "*Resume shop, while" in visible_text(await say(town, "U0DAVE", agent))
    await town.slack.submit("U0DAVE")
    assert "*Resume everything?*" in visible_text(await say(town, "U0DAVE", everything))
