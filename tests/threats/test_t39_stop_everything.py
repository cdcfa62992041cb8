"""T39: everything is stopped, and somebody tries to go on, to approve, or to stop or resume it without the right."""

import json
from contextlib import closing

import pytest

from tests.databases import hand_at
from tests.threats.ground import ground
from tests.town import POLICY, SUPPORT, has_button

WHY = "all were taken over"


@pytest.fixture
async def town(tmp_path):
    policy = POLICY.replace("members: [U0OWEN]}", "members: [U0DAVE]}")
    async with ground(tmp_path, policy=policy) as town, town.serving():
        yield town


async def stopped(town):
    await town.slack.command("U0DAVE", SUPPORT, "/approvals", f"stop everything {WHY}")
    await town.modal_saying("U0DAVE", "Stop everything?")
    await town.slack.submit("U0DAVE", {"Type stop": "stop"})
    await town.asked(lambda: town.rows("SELECT 1 FROM stopped_agents WHERE agent = '*'"))


async def test_t39_no_token_begins_anything_and_what_was_approved_before_is_not_claimed_even_after_it_is_resumed(town):
    granted = await town.propose("search.web", {})
    asked, card = await town.proposed()
    await town.click("U0ALICE", SUPPORT, card, "approve")
    assert (await town.get(asked["id"], wait=5))["status"] == "approved"
    await stopped(town)
    for more in ({}, {"claim": True}, {"action": "search.web", "payload": {}, "claim": True}):
        await town.propose(expect=403, **more)
    await town.propose(session=town.other, expect=403)
    for each in (granted, asked):
        await town.claim(each, expect=403)
    await town.slack.command("U0DAVE", SUPPORT, "/approvals", "resume everything")
    await town.modal_saying("U0DAVE", "Resume everything?")
    await town.slack.submit("U0DAVE")
    for each in (granted, asked):
        await town.claim(each, expect=409)
    assert (await town.get(asked["id"]))["status"] == "pending"


async def test_t39_no_click_approves_from_any_card_that_was_ever_shown_and_a_no_still_counts(town):
    proposal, card = await town.proposed()
    stale = await town.made("U0ALICE", SUPPORT, card, "approve")
    await stopped(town)
    shown = await town.card_saying(SUPPORT, card["ts"], "*Everything is stopped*")
    assert not has_button(shown, "approve")
    await town.slack.deliver(stale, "interactive")
    assert await town.refused(proposal, 1) == ["everything-stopped"]
    assert await town.status(proposal) == "pending"
    await town.click("U0ALICE", SUPPORT, shown, "reject")
    await town.modal_saying("U0ALICE", "Reason")
    await town.slack.submit("U0ALICE", {"Reason": "No."})
    assert await town.status(proposal) == "rejected"


async def test_t39_the_agents_owner_and_reviewers_neither_stop_nor_resume_everything(town):
    for user in ("U0OWEN", "U0ALICE"):
        await town.slack.command(user, SUPPORT, "/approvals", "stop everything")
        await town.modal_saying(user, "Only the operators may stop everything")
    assert (await town.propose())["status"] == "pending"
    await stopped(town)
    for text in ("resume everything", "resume agent shop"):
        await town.slack.command("U0OWEN", SUPPORT, "/approvals", text)
        await town.modal_saying("U0OWEN", "Only the operators may")
    await town.propose(expect=403)


async def test_t39_a_form_without_the_typed_word_stops_nothing(town):
    await town.slack.command("U0DAVE", SUPPORT, "/approvals", f"stop everything {WHY}")
    await town.modal_saying("U0DAVE", "Stop everything?")
    await town.slack.submit("U0DAVE", {"Type stop": "stop it"})
    assert (await town.propose())["status"] == "pending"


async def test_t39_a_hand_that_takes_the_row_away_sets_nobody_free_and_verify_names_it(town):
    await stopped(town)
    await town.claim(await town.get((await resumed_agent(town))["id"]), expect=200)
    with closing(hand_at(town.database)) as file:
        (row,) = file.execute("SELECT * FROM stopped_agents").fetchall()
        file.execute("DELETE FROM stopped_agents")
    await town.propose(session=town.other, expect=403)
    assert [each.table for each in await town.bot.store.differences()] == ["stopped_agents"]
    with closing(hand_at(town.database)) as file:  # as it was: the town is proved at the end
        file.execute("INSERT INTO stopped_agents VALUES (?, ?, ?, ?, ?)", row)


async def resumed_agent(town):
    """Of an agent that the operators let go on, what it proposed."""
    await town.slack.command("U0DAVE", SUPPORT, "/approvals", "resume agent shop")
    await town.modal_saying("U0DAVE", "Resume shop")
    await town.slack.submit("U0DAVE")
    return await town.propose("search.web", {})


async def test_t39_the_log_holds_who_stopped_and_resumed_it_how_that_was_known_and_why(town):
    await stopped(town)
    (entry,) = [each for each in await town.entries() if each.tag == "agent:stopped"]
    assert (entry.actor_kind, entry.actor_id, json.loads(entry.actor_proof)) == ("reviewer", "U0DAVE", ["ops: member"])
    assert json.loads(entry.facts) == {"agent": "*", "by": "U0DAVE", "reason": WHY}
