"""Reload: a changed policy is in force without a restart, and a faulty one never is."""

import asyncio
import hashlib
import json

import pytest

from tests.examples.pages import ROOT, blocks
from tests.faults.premises import premises
from tests.patience import PATIENCE
from tests.town import AGENT_TOKEN, FINANCE, OPS, POLICY, SUPPORT, has_button, visible_text

BOARD = "C0BOARD"
NEW_TOKEN = "rotated-token-for-tests-0123456789abcdef"
WITH_BOARD = POLICY.replace(
    "agents:\n", "  board: {channel: C0BOARD, members: [U0DAVE, U0ERIN], notify: members}\nagents:\n", 1
)
FAULTY = POLICY.replace("role: finance\n", "role: finanse\n")
OTHERWISE_FAULTY = POLICY.replace("payload.amount > 100.0", "payload.amount >")


async def reload(town, policy):
    """Writes the policy and has it looked at until it is read: still, with all that it names."""
    (town.folder / "policy.yml").write_text(policy, encoding="utf-8")
    for _ in range(3):
        await town.bot.reloader.look()


async def degraded(town):
    """What readiness says, but for how busy this machine is."""
    said = (await town.call("GET", "/readyz"))["degraded"]
    return [each for each in said if not each.startswith("The loop stood still")]


async def notes(town, tag):
    return [json.loads(entry.facts) for entry in await town.entries() if entry.tag == tag]


async def status_for(town, token):
    async with town.agent.get("/v1/proposals", headers={"Authorization": f"Bearer {token}"}) as response:
        return response.status


async def until(town, condition):
    """Asks the bot for a sign of life until the condition is true."""
    async with asyncio.timeout(PATIENCE):
        while not (found := await condition()):
            await town.call("GET", "/healthz")
    return found


async def test_a_stricter_policy_begins_anew_voids_approvals_and_asks_in_the_new_channel(town):
    town.slack.add_channel(BOARD, "board", members=["U0DAVE", "U0ERIN"], is_private=True)
    proposal = await town.propose("refund.create", {"amount": 1500})
    support, finance = await town.card(SUPPORT, proposal), await town.card(FINANCE, proposal)
    await town.click("U0ALICE", SUPPORT, support, "approve")
    await reload(town, WITH_BOARD.replace("roles: [finance, support]", "roles: [board, finance, support]"))
    board = await town.card(BOARD, proposal)
    assert has_button(board, "approve")
    assert "<@U0DAVE>" in json.dumps(board)
    for channel, card in ((FINANCE, finance), (SUPPORT, support)):  # once the board has decided they name it no more
        await town.card_saying(channel, card["ts"], "board")
    await town.click("U0ERIN", BOARD, board, "approve")
    await town.click("U0CAROL", FINANCE, finance, "approve")
    assert (await town.get(proposal["id"]))["status"] == "pending"  # the first approval counts no more
    await town.click("U0ALICE", SUPPORT, support, "approve")
    assert (await town.get(proposal["id"]))["status"] == "approved"
    assert (await notes(town, "policy:loaded"))[-1]["rejudged"] == 1


async def test_a_click_on_a_card_from_before_the_reload_does_not_count(town):
    proposal = await town.propose("refund.create", {"amount": 150})
    card = await town.card(FINANCE, proposal)
    await reload(town, POLICY.replace("    role: finance\n", "    roles: [finance, support]\n"))
    await town.click("U0CAROL", FINANCE, card, "approve", seen=card)
    assert "changed" in await town.told("U0CAROL")
    answer = await town.get(proposal["id"])
    assert (answer["status"], answer["decisions"]) == ("pending", [])


async def test_a_loosened_policy_never_approves_what_people_were_asked_about(town):
    proposal = await town.propose()
    card = await town.card(SUPPORT, proposal)
    await reload(town, POLICY + '  - {id: mails-run, action: "email.*", tier: auto}\n')
    assert (await town.get(proposal["id"]))["status"] == "pending"
    assert (await town.propose())["cause"] == "auto"
    await town.click("U0ALICE", SUPPORT, card, "approve")
    assert (await town.get(proposal["id"]))["cause"] == "reviewer"


async def test_what_was_approved_and_not_claimed_is_revoked_when_the_gate_rises(town):
    free = await town.propose("search.orders", {"query": "lamp"})
    asked = await town.propose()
    card = await town.card(SUPPORT, asked)
    await town.click("U0ALICE", SUPPORT, card, "approve")
    kept = await town.propose("search.orders", {"query": "desk"})
    await town.claim(kept)
    await reload(
        town,
        POLICY.replace("tier: auto}", "tier: approve, reason: People look now}")
        + '  - {id: mails, action: "email.*", tier: approve, roles: [finance, support]}\n',
    )
    for proposal in (free, asked):
        answer = await town.get(proposal["id"])
        assert (answer["status"], answer["cause"]) == ("revoked", "policy_changed")
        await town.claim(proposal, expect=409)
    assert "People look now" in (await town.get(free["id"]))["reason"]
    assert (await town.get(kept["id"]))["status"] == "claimed"
    await town.card_saying(SUPPORT, card["ts"], "the policy changed")


async def test_of_an_agent_that_is_gone_nothing_waits_and_nothing_may_be_claimed(town):
    pending = await town.propose("email.later", session=town.other)
    approved = await town.propose("email.now", session=town.other)
    await town.click("U0ALICE", SUPPORT, await town.card(SUPPORT, approved), "approve")
    without, _, rest = POLICY.partition("  other:\n")
    await reload(town, without + rest[rest.index("ops:") :])
    await town.call("GET", "/v1/proposals", session=town.other, expect=401)
    found = [await town.bot.store.find(each["id"]) for each in (pending, approved)]
    assert [(str(each.status), str(each.cause)) for each in found] == [
        ("rejected", "policy_changed"),
        ("revoked", "policy_changed"),
    ]


async def test_what_is_blocked_now_is_rejected_and_its_card_says_why(town):
    proposal = await town.propose()
    card = await town.card(SUPPORT, proposal)
    await reload(town, POLICY + '  - {id: quiet, action: "email.*", tier: block, reason: No mail this week}\n')
    answer = await town.get(proposal["id"])
    assert (answer["status"], answer["cause"]) == ("rejected", "policy_changed")
    assert "No mail this week" in answer["reason"]
    updated = await town.card_saying(SUPPORT, card["ts"], "the policy changed")
    assert not has_button(updated, "approve")


async def test_a_member_who_was_taken_out_is_refused_at_once_and_a_new_one_may_decide(town):
    proposal = await town.propose()
    card = await town.card(SUPPORT, proposal)
    await reload(town, POLICY.replace("[U0ALICE, U0BOB, U0OWEN]", "[U0ALICE, U0ERIN, U0OWEN]"))
    await town.click("U0BOB", SUPPORT, card, "approve")
    assert "support" in await town.told("U0BOB")
    assert (await town.get(proposal["id"]))["status"] == "pending"
    await town.click("U0ERIN", SUPPORT, card, "approve")
    assert (await town.get(proposal["id"]))["status"] == "approved"


async def test_a_token_is_rotated_without_a_moment_in_which_the_agent_is_a_stranger(town):
    old, new = (hashlib.sha256(token.encode()).hexdigest() for token in (AGENT_TOKEN, NEW_TOKEN))
    assert [await status_for(town, token) for token in (AGENT_TOKEN, NEW_TOKEN)] == [200, 401]
    await reload(town, POLICY.replace("token_env: SHOP_TOKEN", f"token_sha256: [{old}, {new}]"))
    assert [await status_for(town, token) for token in (AGENT_TOKEN, NEW_TOKEN)] == [200, 200]
    await reload(town, POLICY.replace("token_env: SHOP_TOKEN", f"token_sha256: {new}"))
    assert [await status_for(town, token) for token in (AGENT_TOKEN, NEW_TOKEN)] == [401, 200]


async def test_a_smaller_limit_holds_from_the_reload_on(town):
    await town.propose()
    await reload(town, POLICY.replace("    owner: U0OWEN\n", "    owner: U0OWEN\n    pending_limit: 1\n"))
    await town.propose(expect=429)


async def test_a_schema_file_is_part_of_the_policy_and_watched_like_it(town):
    schema = town.folder / "email.json"
    schema.write_text('{"required": ["subject"]}', encoding="utf-8")
    await reload(town, POLICY + "schemas: {email.send: email.json}\n")
    await town.propose(payload={"to": "mira@example.com"}, expect=422)
    schema.write_text('{"required": ["to"]}', encoding="utf-8")
    for _ in range(2):
        await town.bot.reloader.look()
    await town.propose(payload={"to": "mira@example.com"})
    assert [note["by"] for note in await notes(town, "policy:loaded")] == ["start", "change", "change"]


async def test_a_faulty_policy_changes_nothing_and_says_so_until_it_is_mended(town):
    proposal = await town.propose()
    card = await town.card(SUPPORT, proposal)
    await reload(town, FAULTY)
    (said,) = await degraded(town)
    assert said.startswith("policy.yml was changed but has faults, the one from 2")
    assert "rule refund-large: role: " in said
    assert "finanse" in said
    await town.slack.until(lambda: town.slack.messages(OPS))
    assert (await town.propose("search.orders", {}))["cause"] == "auto"
    await town.click("U0ALICE", SUPPORT, card, "approve")
    assert (await town.get(proposal["id"]))["status"] == "approved"
    await reload(town, POLICY)
    assert await degraded(town) == []
    (refused,) = await notes(town, "policy:refused")
    assert refused["digest"] == "sha256:" + hashlib.sha256(FAULTY.encode()).hexdigest()
    assert "finanse" in refused["faults"][0]
    started, mended = await notes(town, "policy:loaded")
    assert (started["by"], mended["by"], mended["rejudged"]) == ("start", "change", 0)
    assert started["version"] == mended["version"] == refused["in_force"]


async def test_the_operators_are_told_once_of_each_faulty_content(town):
    for policy in (FAULTY, POLICY, FAULTY, OTHERWISE_FAULTY, FAULTY):
        await reload(town, policy)
    town.bot.reloader.asked.set()
    await town.bot.reloader.look()
    await town.slack.until(lambda: len(town.slack.messages(OPS)) > 1)
    await reload(town, POLICY.replace("tier: block", "tier: never"))
    await town.slack.until(lambda: len(town.slack.messages(OPS)) > 2)
    said = [visible_text(message) for message in town.slack.messages(OPS)]
    assert ["finanse" in said[0], "refund-large" in said[1], "never" in said[2]] == [True] * 3
    assert len(said) == 3
    assert len(await notes(town, "policy:refused")) == 3


async def test_a_file_that_is_gone_changes_nothing(town):
    (town.folder / "policy.yml").unlink()
    for _ in range(2):
        await town.bot.reloader.look()
    assert "cannot be read" in (await degraded(town))[0]
    assert (await town.propose("search.orders", {}))["cause"] == "auto"


async def test_a_channel_that_cannot_be_used_shows_as_soon_as_the_policy_names_it(town):
    await reload(town, WITH_BOARD.replace("role: finance\n", "role: board\n"))
    await town.bot.reloader.look()
    found = await until(town, lambda: degraded(town))
    assert "C0BOARD (role board)" in found[0]


@pytest.fixture
async def process(tmp_path):
    """The bot as a process of its own, whose agent's token stands in a `.env`."""
    env_file = tmp_path / ".env"
    words = ("serve", "--env-file", str(env_file))
    policy = POLICY.replace("SHOP_TOKEN", "KEPT_TOKEN")
    async with premises(tmp_path, words=words, policy=policy) as place:
        env_file.write_text(f"KEPT_TOKEN={AGENT_TOKEN}\n", encoding="utf-8")
        await place.start()
        yield place


@pytest.mark.sqlite
async def test_sighup_has_the_policy_read_again_with_the_tokens_as_they_are_now(process):
    async def loaded():
        by = [facts["by"] for tag, _, facts in process.kept() if tag == "policy:loaded"]
        return by if len(by) > 1 else None

    (process.folder / ".env").write_text(f"KEPT_TOKEN={NEW_TOKEN}\n", encoding="utf-8")
    assert await status_for(process, AGENT_TOKEN) == 200
    (line,) = [each for each in blocks(ROOT / "docs" / "how-to" / "change-the-policy.md", "sh") if "kill -HUP" in each]
    shell = await asyncio.create_subprocess_exec("bash", "-ec", line, env={"pid": str(process.bot.child.pid)})
    assert await shell.wait() == 0
    assert await until(process, loaded) == ["start", "signal"]
    assert [await status_for(process, token) for token in (AGENT_TOKEN, NEW_TOKEN)] == [401, 200]
    assert await process.bot.end() == 0


@pytest.mark.sqlite
async def test_a_running_bot_notices_a_changed_file_by_itself_and_survives_a_faulty_one(process):
    async def mended():
        return (await process.readiness())[1]["status"] == "ready"

    policy = process.folder / "policy.yml"
    policy.write_text(process.policy.replace("role: finance\n", "role: finanse\n"), encoding="utf-8")
    (told,) = await process.slack.until(lambda: process.slack.messages(OPS))
    assert "finanse" in visible_text(told)
    assert not await mended()
    changed = policy.with_name("changed.yml")
    changed.write_text(process.policy.replace("tier: auto}", "tier: block}"), encoding="utf-8")
    changed.replace(policy)
    await until(process, mended)
    assert (await process.propose("search.orders", {}))["cause"] == "blocked"
    assert await process.bot.end() == 0
    assert "".join(process.bot.said).count("rule refund-large: role: ") == 1
