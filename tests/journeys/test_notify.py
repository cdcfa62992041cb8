"""Notify: whoever asks for it is written to once for each thing that waits for them, and that never goes stale."""

import json

import pytest

from tests.making import Clock
from tests.town import FINANCE, POLICY, SUPPORT, has_button, open_town, visible_text

WAITS, OVER = "This waits for you", "no longer waits for you"


async def say(town, user, text):
    """The answer to `/approvals notify …`."""
    before = len(town.slack.ephemerals(user))
    assert (await town.slack.command(user, SUPPORT, "/approvals", f"notify {text}".strip())).acknowledged
    await town.slack.until(lambda: len(town.slack.ephemerals(user)) > before)
    return visible_text(town.slack.ephemerals(user)[before])


def direct(town, user):
    """The direct messages of a person, oldest first."""
    channel = f"D{user[1:]}"
    return town.slack.messages(channel) if channel in town.slack.workspace.channels else []


async def written(town, user, *texts):
    """The direct message that says all the texts, once there is one."""

    def found():
        return [m for m in direct(town, user) if all(text in visible_text(m) for text in texts)]

    await town.slack.until(found)
    (message,) = found()
    return message


async def test_who_asks_is_written_to_once_reviews_from_there_and_the_message_says_it_is_over(town):
    assert "I write to you from now on" in await say(town, "U0BOB", "dm")
    proposal = await town.propose(summary="Write to Mira")
    message = await written(town, "U0BOB", WAITS, "Write to Mira")
    assert not has_button(message, "approve")
    await town.slack.click("U0BOB", "D0BOB", message["ts"], "open_review")
    await town.modal_saying("U0BOB", "unchecked")
    await town.slack.click_modal("U0BOB", "approve")
    assert (await town.get(proposal["id"], wait=5))["status"] == "approved"
    over = await written(town, "U0BOB", OVER, "Write to Mira")
    assert over["ts"] == message["ts"]
    assert "Review" not in json.dumps(over)
    assert len(direct(town, "U0BOB")) == 1
    assert direct(town, "U0ALICE") == []


async def test_what_somebody_else_decided_and_what_expired_is_no_longer_offered(town):
    await say(town, "U0BOB", "dm")
    proposal = await town.propose(summary="Write to Mira")
    message = await written(town, "U0BOB", WAITS, "Write to Mira")
    card = await town.card(SUPPORT, proposal)
    await town.click("U0ALICE", SUPPORT, card, "approve")
    assert (await written(town, "U0BOB", OVER, "Write to Mira"))["ts"] == message["ts"]
    await town.propose(summary="Write to Nora", expires_in=5)
    await written(town, "U0BOB", "Write to Nora")
    await written(town, "U0BOB", OVER, "Write to Nora")
    assert len(direct(town, "U0BOB")) == 2


async def test_members_of_a_group_and_delegates_are_written_to_and_owners_and_outsiders_are_not(town):
    for user in ("U0ERIN", "U0STRAY", "U0OWEN", "U0ALICE"):
        await say(town, user, "dm")
    await town.slack.command("U0CAROL", SUPPORT, "/approvals", "delegate @stray for 4h")
    await town.modal_saying("U0CAROL", "may decide for you")
    await town.slack.submit("U0CAROL")
    await town.propose("refund.create", {"amount": 150}, summary="Refund for Mira")
    await written(town, "U0ERIN", WAITS, "Refund for Mira")
    await written(town, "U0STRAY", WAITS, "Refund for Mira")
    await town.propose(summary="Write to Mira")
    await written(town, "U0ALICE", WAITS, "Write to Mira")
    assert direct(town, "U0OWEN") == []
    assert [len(direct(town, user)) for user in ("U0ERIN", "U0STRAY", "U0ALICE")] == [1, 1, 1]


async def test_what_waited_before_is_not_told_and_off_ends_it(town):
    await town.propose(summary="Write to Mira")
    assert "What waits already is in `/approvals`" in await say(town, "U0BOB", "dm")
    assert "I write to you when" in await say(town, "U0BOB", "")
    await town.propose(summary="Write to Nora")
    message = await written(town, "U0BOB", WAITS, "Write to Nora")
    assert "I will not write to you any more" in await say(town, "U0BOB", "off")
    assert "I do not write to you" in await say(town, "U0BOB", "")
    later = await town.propose(summary="Write to Otto")
    card = await town.card(SUPPORT, later)
    await town.click("U0ALICE", SUPPORT, card, "approve")
    nora = next(each for each in (await town.call("GET", "/v1/proposals"))["proposals"] if each["status"] == "pending")
    await town.call("POST", f"/v1/proposals/{nora['id']}/withdraw", {"reason": "not needed"})
    assert (await written(town, "U0BOB", OVER, "Write to Nora"))["ts"] == message["ts"], "what stands stays true"
    assert len(direct(town, "U0BOB")) == 1


async def test_a_flood_of_them_is_summed_up(town):
    await say(town, "U0BOB", "dm")
    town.slack.faults.add("conversations.open", "429", retry_after=8, times=1)
    made = [await town.propose(payload={"to": f"{number}@example.com"}) for number in range(9)]
    message = await written(town, "U0BOB", "*9 requests wait for you:*")
    for each in made:
        await town.call("POST", f"/v1/proposals/{each['id']}/withdraw", {"reason": "not needed"})
    over = await written(town, "U0BOB", "None of these 9 requests waits for you any more")
    assert over["ts"] == message["ts"]
    assert len(direct(town, "U0BOB")) == 1


async def test_a_minute_has_five_messages_at_most_and_what_would_be_more_is_summed_up(tmp_path):
    clock = Clock()
    async with open_town(tmp_path, "http", clock=clock) as town, town.serving():
        await say(town, "U0BOB", "dm")
        for number in range(5):
            await town.propose(summary=f"Letter {number}")
            await written(town, "U0BOB", WAITS, f"Letter {number}")
        for number in range(5, 12):
            await town.propose(summary=f"Letter {number}")
        places = [each["ts"] for each in direct(town, "U0BOB")]
        *_, second, first = (await town.call("GET", "/v1/proposals?limit=100"))["proposals"]
        for number, each in enumerate((first, second)):  # the second shows that a whole round was between
            await town.call("POST", f"/v1/proposals/{each['id']}/withdraw", {"reason": "not needed"})
            assert (await written(town, "U0BOB", OVER, f"Letter {number}"))["ts"] == places[number]
        assert [each["ts"] for each in direct(town, "U0BOB")] == places
        clock.forward(minutes=1)
        await written(town, "U0BOB", "*7 requests wait for you:*")
        assert len(direct(town, "U0BOB")) == 6


async def test_what_went_wrong_is_written_to_who_approved_it_and_asked(town):
    await say(town, "U0BOB", "dm")
    await say(town, "U0ALICE", "dm")
    proposal = await town.propose(summary="Write to Mira")
    card = await town.card(SUPPORT, proposal)
    await town.click("U0BOB", SUPPORT, card, "approve")
    assert (await town.get(proposal["id"], wait=5))["status"] == "approved"
    await town.claim(proposal)
    await town.report(proposal, "failed", detail="no such address")
    await written(town, "U0BOB", "You let this run; please look", "Write to Mira")
    assert not [m for m in direct(town, "U0ALICE") if "You let this run" in visible_text(m)]


async def test_a_channel_that_slack_does_not_open_hinders_nothing(town):
    await say(town, "U0BOB", "dm")
    town.slack.faults.add("conversations.open", "ok_false", error="user_not_visible", times=1)
    proposal = await town.propose(summary="Write to Mira")
    card = await town.card(SUPPORT, proposal)
    await town.slack.until(lambda: town.slack.faults.pending == 0)
    await town.click("U0ALICE", SUPPORT, card, "approve")
    assert (await town.get(proposal["id"], wait=5))["status"] == "approved"
    await town.propose(summary="Write to Nora")
    await written(town, "U0BOB", WAITS, "Write to Nora")
    assert len(direct(town, "U0BOB")) == 1


async def test_slack_asking_to_wait_delays_it_and_it_is_still_one(town):
    await say(town, "U0BOB", "dm")
    town.slack.faults.add("conversations.open", "429", retry_after=1, times=1)
    await town.propose(summary="Write to Mira")
    await written(town, "U0BOB", WAITS, "Write to Mira")
    assert town.slack.faults.pending == 0
    assert len(direct(town, "U0BOB")) == 1


@pytest.mark.parametrize("mode", ["socket", "http"])
async def test_a_restart_writes_nothing_twice_and_brings_up_to_date_what_was_decided_meanwhile(tmp_path, mode):
    async with open_town(tmp_path, mode) as town:
        async with town.serving():
            await say(town, "U0BOB", "dm")
            proposal = await town.propose(summary="Write to Mira")
            message = await written(town, "U0BOB", WAITS, "Write to Mira")
        async with town.serving():
            await town.propose(summary="Write to Nora")
            await written(town, "U0BOB", WAITS, "Write to Nora")
            assert len(direct(town, "U0BOB")) == 2
        town.policy = POLICY.replace("members: [U0ALICE, U0BOB, U0OWEN]", "members: [U0ALICE, U0OWEN]")
        async with town.serving():
            assert (await written(town, "U0BOB", OVER, "Write to Mira"))["ts"] == message["ts"]
            await written(town, "U0BOB", OVER, "Write to Nora")
            assert (await town.get(proposal["id"]))["status"] == "pending"
            await town.propose(summary="Write to Otto")
            await town.propose("refund.create", {"amount": 150})
            await town.slack.until(lambda: len(town.slack.messages(FINANCE)) == 1)
            assert len(direct(town, "U0BOB")) == 2


async def test_who_may_decide_nothing_any_more_is_written_to_no_more(tmp_path):
    now = [0.0]
    async with open_town(tmp_path, "http", monotonic=lambda: now[0]) as town, town.serving():
        await say(town, "U0BOB", "dm")
        await say(town, "U0ALICE", "dm")
        await town.propose(summary="Write to Mira")
        await written(town, "U0BOB", WAITS, "Write to Mira")
        town.slack.change_user("U0BOB", deleted=True)
        now[0] += 61
        await town.propose(summary="Write to Nora")
        await written(town, "U0BOB", OVER, "Write to Mira")
        await written(town, "U0ALICE", WAITS, "Write to Nora")
        assert len(direct(town, "U0BOB")) == 1


async def test_another_word_after_notify_explains_it_and_changes_nothing(town):
    assert "`/approvals notify off` ends that" in await say(town, "U0BOB", "loudly")
    assert "I do not write to you." in await say(town, "U0BOB", "")
