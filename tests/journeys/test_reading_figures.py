"""Figures of a person: each sees their own, who leads a role those of its reviewers, and nobody else anybody's."""

import json

import pytest

from tests.journeys.deep import DEEP
from tests.making import Clock
from tests.town import OPS, POLICY, SUPPORT, open_town

LED = "  support: {channel: C0SUPPORT, lead: [U0ERIN], "


@pytest.fixture
async def led(tmp_path):
    assert POLICY.count("  support: {channel: C0SUPPORT, ") == 1
    policy = DEEP.replace("  support: {channel: C0SUPPORT, ", LED)
    async with open_town(tmp_path, policy=policy, clock=Clock()) as town, town.serving():
        yield town


async def decided(town, number, user, verb):
    proposal = await town.propose(
        action="email.send", summary=f"Mail {number}", payload={"to": f"{number}@example.com"}
    )
    card = await town.card(SUPPORT, proposal)
    town.clock.forward(minutes=1)
    await town.click(user, SUPPORT, card, verb)
    if verb == "reject":
        await town.slack.until(lambda: town.slack.modals(user))
        await town.slack.submit(user, {"Reason": "No"})
    await town.get(proposal["id"], wait=5)


async def listed(town, user, text):
    assert (await town.slack.command(user, OPS, "/approvals", text)).acknowledged
    return json.dumps(town.slack.ephemerals(user)[-1]["blocks"], ensure_ascii=False)


async def test_each_sees_their_own_figures_and_who_leads_the_role_those_of_all(led):
    await decided(led, 1, "U0ALICE", "approve")
    await decided(led, 2, "U0ALICE", "approve")
    await decided(led, 3, "U0BOB", "reject")
    own = await listed(led, "U0ALICE", "stats")
    assert "How you decided\\n2 decisions: 2 approved\\nseen for" in own
    assert "<@U0BOB>" not in own
    assert "How you decided\\n1 decision: 1 rejected" in await listed(led, "U0BOB", "stats role support")
    assert "<@U0ALICE>" not in await listed(led, "U0BOB", "stats role support")
    of_role = await listed(led, "U0ERIN", "stats role support")
    assert "<@U0ALICE>*\\n2 decisions: 2 approved" in of_role
    assert "<@U0BOB>*\\n1 decision: 1 rejected" in of_role
    assert "email.send" in of_role
    assert "How you decided" not in of_role
    assert "You are not in a role *owners*" in await listed(led, "U0ERIN", "stats role owners")
    for stranger in ("U0CAROL", "U0STRAY", "U0OWEN"):
        shown = await listed(led, stranger, "stats") + await listed(led, stranger, "stats role support")
        assert "U0ALICE" not in shown
        assert "decisions: " not in shown
