"""T20: a stale card, a superseded revision, another policy: refused with the sentence that fits, and nobody's yes is moved."""

from contextlib import asynccontextmanager

from tests.threats.ground import ground
from tests.town import FINANCE, POLICY, SUPPORT, has_button

STRICT = POLICY.replace(
    "  - {id: searches-run",
    '  - {id: mail, action: "email.*", tier: approve, roles: [finance, support], reason: Two}\n  - {id: searches-run',
)
REROUTED = POLICY.replace(
    "defaults: {tier: approve, role: support, covered_by: [finance],", "defaults: {tier: approve, role: finance,"
)
BLOCKING = POLICY.replace(
    "  - {id: searches-run",
    '  - {id: no-mail, action: "email.*", tier: block, reason: No mail any more}\n  - {id: searches-run',
)
GONE = POLICY.replace("  shop:\n", "  till:\n").replace("    token_env: SHOP_TOKEN", "    token_env: SHOP_TOKEN")


@asynccontextmanager
async def across(tmp_path, policy, *, approve=False):
    """A proposal under one policy; yields the town under the next, with the old card."""
    async with ground(tmp_path) as town:
        async with town.serving():
            proposal, card = await town.proposed()
            if approve:
                await town.click("U0ALICE", SUPPORT, card, "approve")
                await town.card_saying(SUPPORT, card["ts"], "by <@U0ALICE>")
        town.policy = policy
        async with town.serving():
            yield town, proposal, card


async def test_t20_an_approval_under_a_gate_that_became_stricter_is_revoked(tmp_path):
    async with across(tmp_path, STRICT, approve=True) as (town, proposal, card):
        answer = await town.get(proposal["id"])
        assert (answer["status"], answer["cause"]) == ("revoked", "policy_changed")
        await town.claim(proposal, expect=409)
        updated = await town.card_saying(SUPPORT, card["ts"], "evoked")
        assert not has_button(updated, "approve")


async def test_t20_what_waits_is_asked_anew_under_a_stricter_gate_and_the_old_card_says_changed(tmp_path):
    async with across(tmp_path, STRICT) as (town, proposal, card):
        await town.click("U0ALICE", SUPPORT, card, "approve", seen=card)
        assert "changed since you looked" in await town.told("U0ALICE")
        await town.click("U0ALICE", SUPPORT, await town.card_saying(SUPPORT, card["ts"], "finance"), "approve")
        assert await town.status(proposal) == "pending"
        await town.click("U0CAROL", FINANCE, await town.card(FINANCE, proposal), "approve")
        assert await town.status(proposal) == "approved"


async def test_t20_what_is_routed_elsewhere_is_no_longer_for_those_who_were_asked_first(tmp_path):
    async with across(tmp_path, REROUTED) as (town, proposal, card):
        fresh = await town.card(FINANCE, proposal)
        await town.click("U0ALICE", SUPPORT, card, "approve", seen=card)
        assert "changed since you looked" in await town.told("U0ALICE")
        await town.slack.until(lambda: "finance" in str(town.cards(SUPPORT, proposal["id"])[0]["blocks"]))
        await town.click("U0ALICE", SUPPORT, town.cards(SUPPORT, proposal["id"])[0], "approve")
        assert "people in *finance*" in await town.told("U0ALICE", 2)
        await town.click("U0CAROL", FINANCE, fresh, "approve")
        assert await town.status(proposal) == "approved"


async def test_t20_what_the_policy_blocks_now_is_rejected_and_a_click_is_told(tmp_path):
    async with across(tmp_path, BLOCKING) as (town, proposal, card):
        answer = await town.get(proposal["id"])
        assert (answer["status"], answer["cause"]) == ("rejected", "policy_changed")
        assert "No mail any more" in answer["reason"]
        await town.click("U0ALICE", SUPPORT, card, "approve", seen=card)
        assert "This is over already" in await town.told("U0ALICE")


async def test_t20_nothing_of_an_agent_that_is_gone_can_run(tmp_path):
    for approve in (True, False):
        folder = tmp_path / str(approve)
        folder.mkdir()
        async with across(folder, GONE, approve=approve) as (town, proposal, card):
            await town.call("GET", f"/v1/proposals/{proposal['id']}", expect=404)
            path = f"/v1/proposals/{proposal['id']}/claim"
            await town.call("POST", path, {"digest": proposal["digest"]}, expect=404)
            assert (await town.tags(proposal["id"]))[-1] in ("proposal:revoked", "proposal:rejected")
            await town.click("U0BOB", SUPPORT, card, "approve", seen=card)
            assert "Nothing was changed" in await town.told("U0BOB")


async def test_t20_a_policy_that_asks_less_takes_nothing_away_and_gives_nobody_a_place(tmp_path):
    lax = POLICY.replace(
        "  - {id: searches-run", '  - {id: mail, action: "email.*", tier: auto}\n  - {id: searches-run'
    )
    async with across(tmp_path, lax) as (town, proposal, _):
        assert await town.status(proposal) == "pending", "people who were asked stay asked"


async def test_t20_a_form_opened_under_the_old_policy_decides_nothing_under_the_new(tmp_path):
    async with ground(tmp_path) as town:
        async with town.serving():
            proposal, card = await town.proposed()
            await town.click("U0ALICE", SUPPORT, card, "edit")
            await town.modal_saying("U0ALICE", "subject")
            await town.slack.submit("U0ALICE", {"subject": "Typed before"})
            await town.modal_saying("U0ALICE", "Approve with changes")
        town.policy = STRICT
        async with town.serving():
            await town.slack.submit("U0ALICE")
            view = await town.modal_saying("U0ALICE", "changed since you looked")
            assert "Typed before" in str(view)
            assert (await town.get(proposal["id"]))["revision"] == 1
