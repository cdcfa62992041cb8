"""Stop an agent: one command, one form, and nothing of it waits, runs anew or comes back by itself."""

import json
from contextlib import asynccontextmanager, closing

import pytest

from approvals.lifecycle import Submission
from approvals.proposal import Action, Ask
from approvals.services.agent_stops import AT_ONCE
from storage.audit.contents import whole_facts
from tests.databases import hand_at
from tests.town import OPS, POLICY, SUPPORT, has_button, open_town, visible_text

MANY = POLICY.replace('    actions: ["email.*", "refund.*", "search.*", "db.*"]', '    pending_limit: 1000\n    actions: ["email.*", "refund.*", "search.*", "db.*"]').replace(
    "members: [U0OWEN]}", "members: [U0DAVE]}"
)  # fmt: skip
"""Owen owns the agent, Dave alone runs the bot."""


@pytest.fixture
async def town(mode, tmp_path):
    async with open_town(tmp_path, mode, policy=MANY) as town, town.serving():
        yield town


async def say(town, user, text):
    """What `/approvals …` is answered with: a private message, or a form."""
    before, top = len(town.slack.ephemerals(user)), (town.slack.modal(user) or {}).get("id")
    delivery = await town.slack.command(user, SUPPORT, "/approvals", text)
    assert delivery.acknowledged

    def found():
        modal = town.slack.modal(user)
        shown = modal and modal["id"] != top and "One moment" not in visible_text(modal)
        return town.slack.ephemerals(user)[before:] or ([modal] if shown else [])

    await town.slack.until(found)
    return found()[0]


async def told_saying(town, user, text):
    """The private message that says the text."""

    def found():
        return [each for each in town.slack.ephemerals(user) if text in visible_text(each)]

    await town.slack.until(found)
    return found()[0]


async def ops_saying(town, text):
    def found():
        return [each for each in town.slack.messages(OPS) if text in visible_text(each)]

    await town.slack.until(found)
    return found()


async def stop(town, user="U0OWEN", agent="shop", why="it mails the wrong people"):
    asked = await say(town, user, f"stop agent {agent} {why}".strip())
    assert asked["callback_id"] == "agent_stop"
    await town.slack.submit(user)
    await ops_saying(town, f"*{agent} is stopped*")
    return asked


async def resume(town, user, agent="shop"):
    """What resuming comes to."""
    asked = await say(town, user, f"resume agent {agent}")
    if asked.get("submit"):
        await town.slack.submit(user)
        asked = town.slack.modal(user)
    return visible_text(asked)


async def agent_tags(town):
    return [each.tag for each in await town.entries() if each.tag.startswith("agent:")]


async def test_the_owner_stops_it_and_what_waits_ends_with_who_and_why_on_card_thread_and_answer(town):
    waiting = await town.propose()
    card = await town.card(SUPPORT, waiting)
    granted = await town.propose("search.web", {})
    await stop(town)
    answer = await town.get(waiting["id"], wait=5)
    assert (answer["status"], answer["cause"], answer["reason"]) == ("rejected", "stopped", "it mails the wrong people")
    assert "a person stopped the agent" in answer["message"]
    await town.slack.until(lambda: "closed" in json.dumps(town.slack.ephemerals("U0OWEN")))
    answer = await town.get(granted["id"])
    assert (answer["status"], answer["cause"]) == ("revoked", "stopped")
    shown = await town.card_saying(SUPPORT, card["ts"], "<@U0OWEN> stopped the agent")
    assert "it mails the wrong people" in visible_text(shown)
    assert not has_button(shown, "approve")
    await town.thread_saying(SUPPORT, card["ts"], "<@U0OWEN> stopped the agent")
    await told_saying(town, "U0OWEN", "2 proposals were closed.")
    assert await agent_tags(town) == ["agent:stopped"]


async def test_nothing_is_stopped_before_the_form_is_sent_and_the_reason_typed_is_in_it(town):
    asked = await say(town, "U0OWEN", "stop agent shop it mails the wrong people")
    assert "*Stop shop?*" in visible_text(asked)
    assert "it mails the wrong people" in json.dumps(asked)
    assert (await town.propose())["status"] == "pending"
    assert await agent_tags(town) == []
    await town.slack.submit("U0OWEN", {"Why": "it was taken over"})
    await town.modal_saying("U0OWEN", "*shop is stopped.*")
    (entry,) = [each for each in await town.entries() if each.tag == "agent:stopped"]
    assert json.loads(entry.facts)["reason"] == "it was taken over"


async def test_nothing_is_resumed_before_the_form_is_sent_and_it_says_who_stopped_it_and_why(town):
    await stop(town)
    asked = visible_text(await say(town, "U0DAVE", "resume agent shop"))
    for said in ("*Resume shop?*", "<@U0OWEN> had stopped it", "it mails the wrong people"):
        assert said in asked
    await town.propose(expect=403)
    assert await agent_tags(town) == ["agent:stopped"]


async def test_of_a_stop_that_a_hand_wrote_the_form_says_that_it_is_damaged(town):
    with closing(hand_at(town.database)) as file:
        file.execute("INSERT INTO stopped_agents VALUES ('shop', 'U0OWEN', 'T0TEAM', 1, 'no reason')")
    assert "What is stored of this is not what was written" in visible_text(
        await say(town, "U0DAVE", "resume agent shop")
    )
    assert await agent_tags(town) == []
    with closing(hand_at(town.database)) as file:
        file.execute("DELETE FROM stopped_agents")


@pytest.mark.both_modes
async def test_a_stopped_agent_gets_a_403_for_what_is_new_and_reports_what_runs(town):
    running = await town.propose("search.web", {}, claim=True)
    granted = await town.propose("search.web", {})
    await stop(town)
    no = await town.propose(expect=403)
    assert no["type"] == "urn:signoff:problem:stopped"
    assert "report what already runs" in no["detail"]
    await town.propose("search.web", {}, claim=True, expect=403)
    assert (await town.claim(granted, expect=403))["type"] == "urn:signoff:problem:stopped"
    assert (await town.get(running["id"]))["status"] == "claimed"
    assert len((await town.call("GET", "/v1/proposals"))["proposals"]) == 2
    assert (await town.report(running))["status"] == "succeeded"
    assert (await town.propose(session=town.other))["status"] == "pending"


async def test_the_operators_are_told_who_stopped_it_and_why_in_words_that_are_no_markup(town):
    await stop(town, why="look at &lt;!channel&gt; &amp; <@U0ALICE|alice>")
    (notice,) = await ops_saying(town, "*shop is stopped* by <@U0OWEN>")
    assert "<!channel>" not in notice["text"]
    assert "<@U0ALICE" not in notice["text"]
    assert "look at &lt;!channel&gt; &amp; @alice" in notice["text"]


async def test_a_restart_and_a_changed_policy_keep_it_stopped_and_only_the_operators_resume_it(tmp_path):
    async with open_town(tmp_path, "http", policy=MANY) as town:
        async with town.serving():
            await stop(town)
        town.policy = MANY.replace("expires_in: 1h", "expires_in: 2h")
        async with town.serving():
            await town.propose(expect=403)
            assert "Only the operators may stop everything, and resume it or an agent" in await resume(town, "U0OWEN")
            await town.propose(expect=403)
            assert "may propose and claim again" in await resume(town, "U0DAVE")
            assert (await town.propose())["status"] == "pending"
            await ops_saying(town, "*shop is resumed* by <@U0DAVE>")
            assert await agent_tags(town) == ["agent:stopped", "agent:resumed"]
            assert "nothing to resume" in await resume(town, "U0DAVE")


@pytest.mark.parametrize("user", ["U0ALICE", "U0ERIN", "U0STRAY"])
async def test_whoever_is_neither_its_owner_nor_an_operator_gets_no_form_and_stops_nothing(town, user):
    answer = await say(town, user, "stop agent shop I dislike it")
    assert "Only the owner of an agent and the operators may stop it" in visible_text(answer)
    assert answer["submit"] is None
    entry = next(each for each in await town.entries() if each.tag == "proposal:refused")
    assert whole_facts(entry) == {"verb": "stop", "slug": "not-your-agent", "detail": "shop: not-your-agent"}
    assert (await town.propose())["status"] == "pending"


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("stop agent gone", "no agent of this name"),
        ("stop agent <b>", "no agent of this name"),
        ("stop agent shopp", "Did you mean `/approvals stop agent shop`?"),
        ("stop shop", "Say which agent"),
        ("stop agent", "Say which agent"),
        ("resume agent", "Say which agent"),
        ("resume agent shop please", "Say which agent"),
        ("resume agent shop", "nothing to resume"),
        ("stop", "No agent is stopped."),
        ("stop agent shop " + "x" * 1001, "at most 1000 characters"),
    ],
)
async def test_what_cannot_be_is_answered_in_a_plain_sentence_and_stops_nothing(town, text, answer):
    said = await say(town, "U0DAVE", text)
    assert answer in visible_text(said)
    assert not said.get("submit")
    assert await agent_tags(town) == []


async def test_an_agent_is_stopped_and_resumed_by_its_name_in_any_case(town):
    assert "*Stop shop?*" in visible_text(await say(town, "U0OWEN", "stop agent Shop"))
    await stop(town)
    assert "*Resume shop?*" in visible_text(await say(town, "U0DAVE", "resume agent SHOP"))


async def test_whoever_may_not_stop_an_agent_is_not_told_its_name(town):
    assert "shop`" not in visible_text(await say(town, "U0ALICE", "stop agent shopp"))


async def test_the_list_shows_who_is_stopped_by_whom_and_why_to_those_it_may_concern(town):
    await stop(town)
    for user in ("U0DAVE", "U0OWEN", "U0ALICE"):
        listed = visible_text(await say(town, user, "stop"))
        assert "*shop*, by <@U0OWEN>" in listed
        assert "it mails the wrong people" in listed
    assert "shop" not in visible_text(await say(town, "U0STRAY", "stop"))
    assert "stopped already, by <@U0OWEN>" in visible_text(await say(town, "U0DAVE", "stop agent shop again"))


async def test_who_was_second_with_the_form_stops_nothing_twice(town):
    await say(town, "U0OWEN", "stop agent shop")
    await say(town, "U0DAVE", "stop agent shop")
    await town.slack.submit("U0OWEN")
    await ops_saying(town, "*shop is stopped*")
    await town.slack.submit("U0DAVE")
    await town.modal_saying("U0DAVE", "stopped already, by <@U0OWEN>")
    assert await agent_tags(town) == ["agent:stopped"]


async def test_the_form_sent_twice_stops_once(town):
    await say(town, "U0OWEN", "stop agent shop")
    await town.slack.submit("U0OWEN", deliveries=3)
    await ops_saying(town, "*shop is stopped*")
    assert await agent_tags(town) == ["agent:stopped"]


async def test_who_lost_the_right_between_the_form_and_its_sending_stops_nothing(town):
    await say(town, "U0OWEN", "stop agent shop")
    (town.folder / "policy.yml").write_text(MANY.replace("owner: U0OWEN", "owner: U0CAROL"), encoding="utf-8")
    for _ in range(3):
        await town.bot.reloader.look()
    await town.slack.submit("U0OWEN")
    await town.modal_saying("U0OWEN", "Only the owner of an agent and the operators may stop it")
    assert await agent_tags(town) == []


async def test_hundreds_that_wait_are_all_closed_with_a_word_on_how_far_it_is(town):
    ask = Ask(agent="shop", reasoning="One of many.")
    for number in range(AT_ONCE + 30):  # over HTTP the agent would meet its rate limit
        action = Action(name="email.send", payload={"number": number})
        await town.bot.lifecycle.submit(Submission(action=action, ask=ask))
    await stop(town, user="U0DAVE")
    await told_saying(town, "U0DAVE", f"{AT_ONCE + 30} proposals were closed.")
    for status, count in (("pending", 0), ("rejected", 100)):
        page = await town.call("GET", f"/v1/proposals?status={status}&limit=100")
        assert len(page["proposals"]) == count
    assert await town.bot.store.stranded() == []


@asynccontextmanager
async def without_closing(town, monkeypatch):
    """The bot dies right after the stop is committed: nothing that waited is closed by it."""

    async def cut_off(*_):
        return 0

    with monkeypatch.context() as patched:
        patched.setattr("approvals.services.agent_stops.Stopping.close", cut_off)
        async with town.serving():
            yield


@pytest.mark.parametrize("mode", ["socket", "http"])
async def test_what_was_left_open_is_closed_at_the_next_start(tmp_path, mode, monkeypatch):
    async with open_town(tmp_path, mode, policy=MANY) as town:
        async with without_closing(town, monkeypatch):
            waiting = await town.propose()
            card = await town.card(SUPPORT, waiting)
            await stop(town)
            assert (await town.get(waiting["id"]))["status"] == "pending"
        async with town.serving():
            answer = await town.get(waiting["id"], wait=10)
            assert (answer["status"], answer["cause"]) == ("rejected", "stopped")
            await town.card_saying(SUPPORT, card["ts"], "<@U0OWEN> stopped the agent")
