"""Suggestions in Slack: looked for elsewhere while the bot goes on, for who leads a role and the operators, to be read."""

import json
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from approvals.reviewer import Reviewer
from tests.making import Clock
from tests.patience import PATIENCE
from tests.town import OPS, POLICY, open_town

LED = POLICY.replace("  support: {channel: C0SUPPORT, ", "  support: {channel: C0SUPPORT, lead: [U0ERIN], ").replace(
    "rules:\n",
    'rules:\n  - {id: mails, action: "email.send", tier: approve, reason: Mail leaves}\n',
)
ALICE = Reviewer(user="U0ALICE", team="T0SANDBOX", name="alice", roles=frozenset({"support"}))
CAROL = Reviewer(user="U0CAROL", team="T0SANDBOX", name="carol", roles=frozenset({"finance"}))


@pytest.fixture
async def led(mode, tmp_path):
    async with open_town(tmp_path, mode, policy=LED, clock=Clock()) as town, town.serving():
        yield town


async def rejected(town, reviewer, action, payload):
    made = await town.propose(action, payload)
    proposal = await town.bot.store.find(made["id"])
    await town.bot.lifecycle.reject(made["id"], reviewer, "Not this.", proposal.nonce)


async def past(town):
    """Enough to block both the mails, which support is asked, and large refunds, which finance is."""
    for number in range(20):
        await rejected(town, ALICE, "email.send", {"to": f"{number}@example.com"})
        await rejected(town, CAROL, "refund.create", {"amount": 200 + number})


async def stats(town, user, text="stats"):
    assert (await town.slack.command(user, OPS, "/approvals", text)).acknowledged
    return town.slack.ephemerals(user)[-1]


def offered(message):
    return [e["value"] for b in message["blocks"] for e in b.get("elements", ()) if e.get("action_id") == "suggestions"]


async def pressed(town, user):
    return await town.slack.click_ephemeral(user, len(town.slack.ephemerals(user)) - 1, "suggestions")


def without_leads(town):
    policy = town.bot.lifecycle.policy
    return replace(policy, roles={name: replace(role, lead=frozenset()) for name, role in policy.roles.items()})


@asynccontextmanager
async def held_up(town):
    """Until the block ends, whoever looks at the past waits for their turn."""
    worker = town.bot.look_back.worker
    worker.patience = PATIENCE
    async with worker._turn:
        yield


async def test_who_leads_a_role_reads_what_the_past_bears_of_its_rules_and_of_no_others(led):
    await past(led)
    assert offered(await stats(led, "U0ERIN", "stats role support")) == ["support"]
    assert (await pressed(led, "U0ERIN")).acknowledged
    shown = json.dumps(await led.modal_saying("U0ERIN", "mails: block"), ensure_ascii=False)
    assert "held against 40 proposals" in shown
    assert "rejected, of all that people decided: 20 of 20 (83.9 % to 100 %)" in shown
    assert "approve→block 20" in shown
    assert '-  - {id: mails, action: \\"email.send\\", tier: approve, reason: Mail leaves}' in shown
    assert '+  - {id: mails, action: \\"email.send\\", tier: block, reason: Mail leaves}' in shown
    assert "Nothing is applied from here" in shown
    assert "refund" not in shown
    assert str(led.folder) not in shown
    view = led.slack.modal("U0ERIN")
    assert "submit" not in view or not view["submit"]
    assert not [b for b in view["blocks"] if b["type"] in ("actions", "input")]
    assert (led.folder / "policy.yml").read_text() == LED


async def test_the_operators_read_those_of_all_rules_and_nobody_else_is_offered_any(led):
    await past(led)
    assert offered(await stats(led, "U0OWEN")) == ["*"]
    assert (await pressed(led, "U0OWEN")).acknowledged
    shown = json.dumps(await led.modal_saying("U0OWEN", "mails: block"), ensure_ascii=False)
    assert "refund-large: block" in shown
    for stranger in ("U0ALICE", "U0CAROL", "U0STRAY"):
        assert offered(await stats(led, stranger)) == []


@pytest.mark.parametrize("role", ["support", "finance", "*"])
async def test_who_may_is_asked_at_the_click_and_a_lead_of_another_role_may_not(led, role):
    message = await stats(led, "U0ERIN", "stats role support")
    body = json.dumps(message).replace('"value": "support"', json.dumps("value") + ": " + json.dumps(role))
    led.slack.workspace.ephemerals[-1]["blocks"] = json.loads(body)["blocks"]
    before = len(led.slack.ephemerals("U0ERIN"))
    if role == "*":
        led.bot.lifecycle.policy = without_leads(led)
    await pressed(led, "U0ERIN")
    if role == "support":
        await led.modal_saying("U0ERIN", "The past bears no change of these rules")
    else:
        assert "for who leads a role" in await led.told("U0ERIN", before + 1)
        assert led.slack.modal("U0ERIN") is None


async def test_what_was_found_is_not_shown_to_who_is_no_lead_any_more_by_then(led):
    await past(led)
    await stats(led, "U0ERIN", "stats role support")
    async with held_up(led):
        await pressed(led, "U0ERIN")
        await led.modal_saying("U0ERIN", "Looking at the past")
        led.bot.lifecycle.policy = without_leads(led)
    await led.modal_saying("U0ERIN", "for who leads a role")


async def test_a_past_that_takes_too_long_is_given_up_in_words_and_the_next_look_works(led):
    await past(led)
    await stats(led, "U0ERIN", "stats role support")
    usual, led.bot.look_back.worker.seconds = led.bot.look_back.worker.seconds, 0.001
    await pressed(led, "U0ERIN")
    await led.modal_saying("U0ERIN", "too long to be looked at from here")
    led.bot.look_back.worker.seconds = usual
    await led.slack.close_modal("U0ERIN")
    await pressed(led, "U0ERIN")
    await led.modal_saying("U0ERIN", "mails: block")


async def test_of_a_faulty_file_and_a_store_that_is_away_it_says_so(led):
    await stats(led, "U0ERIN", "stats role support")
    (led.folder / "policy.yml").write_text(LED.replace("tier: approve", "tier: nonsense", 1))
    await pressed(led, "U0ERIN")
    await led.modal_saying("U0ERIN", "The policy's file is not sound")
    (led.folder / "policy.yml").unlink()
    await led.slack.close_modal("U0ERIN")
    await pressed(led, "U0ERIN")
    await led.modal_saying("U0ERIN", "The past cannot be read just now")


async def test_the_bot_goes_on_while_several_wait_for_it(led):
    await past(led)
    await stats(led, "U0ERIN", "stats role support")
    await stats(led, "U0OWEN")
    async with held_up(led):
        for user in ("U0ERIN", "U0OWEN"):
            await pressed(led, user)
            await led.modal_saying(user, "Looking at the past")
            await led.call("GET", "/healthz")  # the bot goes on meanwhile
    await led.modal_saying("U0OWEN", "refund-large: block")
    await led.modal_saying("U0ERIN", "mails: block")
