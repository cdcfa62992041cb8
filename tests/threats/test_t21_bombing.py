"""T21: approval bombing. Limits per agent, one summary for a flood, and a no is not worn down by asking again.

What is on a summary and how it is decided: tests/journeys/test_flood.
"""

import pytest

from bot.api.context import Limits
from tests.threats.ground import ground
from tests.town import POLICY, SUPPORT, visible_text

LIMITED = POLICY.replace("    owner: U0OWEN\n", "    owner: U0OWEN\n    pending_limit: 3\n")
MAIL = {"to": "mira@example.com", "subject": "Hello"}


async def test_t21_an_agent_that_asks_too_often_is_told_to_wait_and_no_other_is(town):
    refused = []
    for _ in range(4 * int(town.bot.lifecycle.policy.rate_limit("shop") * Limits().burst)):
        async with town.agent.get("/v1/proposals") as answer:
            if answer.status == 429:
                refused.append(answer.headers["Retry-After"])
                break
    assert refused
    async with town.other.get("/v1/proposals") as answer:
        assert answer.status == 200


async def test_t21_only_so_many_of_an_agent_wait_and_nothing_of_the_next_is_shown(tmp_path):
    async with ground(tmp_path, policy=LIMITED) as town, town.serving():
        for number in range(3):
            await town.proposed("email.send", {"to": f"{number}@example.com"})
        no = await town.propose("email.send", MAIL, expect=429)
        assert no["type"] == "urn:signoff:problem:pending-limit"
        assert len(town.slack.messages(SUPPORT)) == 3
        await town.propose("email.send", MAIL, session=town.other)
        await town.slack.until(lambda: len(town.slack.messages(SUPPORT)) == 4)


@pytest.mark.parametrize("action", ["email.send", "search.web"])
async def test_t21_what_a_person_rejected_is_asked_of_people_when_it_comes_again_and_says_so(tmp_path, action):
    policy = POLICY + "  - {id: risky, action: search.web, when: [\"payload.subject == 'Hello'\"], tier: approve}\n"
    async with ground(tmp_path, policy=policy) as town, town.serving():
        _, card = await town.proposed(action, MAIL)
        await town.click("U0ALICE", SUPPORT, card, "reject")
        await town.modal_saying("U0ALICE", "Reason")
        await town.slack.submit("U0ALICE", {"Reason": "Nobody asked for it"})
        again, card = await town.proposed(action, MAIL)
        assert again["status"] == "pending"
        said = visible_text(await town.card_saying(SUPPORT, card["ts"], "Nobody asked for it"))
        assert "Alice" in said or "U0ALICE" in said


async def test_t21_what_a_person_rejected_does_not_run_by_itself_afterwards(tmp_path):
    async with ground(tmp_path) as town, town.serving():
        _, card = await town.proposed("email.send", MAIL)
        await town.click("U0ALICE", SUPPORT, card, "reject")
        await town.modal_saying("U0ALICE", "Reason")
        await town.slack.submit("U0ALICE", {"Reason": "No"})
        (town.folder / "policy.yml").write_text(
            POLICY + '  - {id: mails-run, action: "email.*", tier: auto}\n', encoding="utf-8"
        )
        for _ in range(2):  # a change is read once two looks found the same
            await town.bot.reloader.look()
        assert (await town.propose("email.send", {**MAIL, "to": "noor@example.com"}))["status"] == "approved"
        assert (await town.propose("email.send", MAIL))["status"] == "pending"
