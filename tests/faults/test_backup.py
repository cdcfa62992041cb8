"""Backups that are taken while agents and people keep the bot busy, and one that is killed."""

import asyncio
import json
from contextlib import asynccontextmanager

import pytest

from tests import program
from tests.patience import PATIENCE
from tests.tally import injected
from tests.town import POLICY, SUPPORT

BUSY = POLICY.replace("    owner: U0OWEN\n", "    owner: U0OWEN\n    rate_limit: 10000\n    pending_limit: 5000\n")


@asynccontextmanager
async def load(place):
    """While the block lasts four agents propose, take and report, and one person approves; gives what was taken."""
    taken, over = [], asyncio.Event()

    async def ask(sender):
        number = 0
        while not over.is_set():
            number += 1
            made = await place.propose("search.orders", {"query": f"{sender}-{number}"})
            await place.report(await place.claim(made))
            taken.append(made["id"])

    async def decide():
        while not over.is_set():
            made = await place.propose(payload={"to": "mira@example.com", "subject": str(len(taken))})
            await place.click("U0ALICE", SUPPORT, await place.card(SUPPORT, made), "approve")
            taken.append(made["id"])

    working = [asyncio.create_task(each) for each in (*map(ask, range(4)), decide())]
    try:
        yield taken
    finally:
        over.set()
        await asyncio.gather(*working)


async def run(place, *words, **environ):
    """A command beside the bot, with its settings."""
    env = {**place.environ(), **environ}
    return await asyncio.to_thread(program.run, words, env=env, cwd=place.folder)


async def backed_up_amid(place, taken):
    """A backup in which something was taken while it was made, and all that was taken before it."""
    async with asyncio.timeout(PATIENCE):
        while True:
            before = list(taken)
            ran = await run(place, "backup", "backups", "--json", "--with-keys")
            assert ran.returncode == 0, ran.stdout + ran.stderr
            if len(taken) > len(before):
                return before, json.loads(ran.stdout)


async def require_restored(place, before, backup, url):
    """Restored to a URL it is proven, and has all that was taken before it was made."""
    settings = {"SIGNOFF_DATABASE_URL": url, "SIGNOFF_CHECKPOINTS": "off"}
    ran = await run(place, "restore", backup["backup"], "--json", **settings)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    said = json.loads(ran.stdout)
    assert said["rows"] == backup["rows"]
    assert said["rows"]["proposals"] >= len(before)
    assert (await run(place, "audit", "verify", **settings)).returncode == 0
    ran = await run(place, "fsck", "--json", **settings)
    untrue = {each["check"] for each in json.loads(ran.stdout)["checks"] if each["holds"] is False}
    assert untrue <= {"cards"}, "at that moment a card may be on its way to Slack"
    return said


@pytest.fixture
def busy(place):
    place.policy = BUSY
    return place


async def test_backups_taken_under_load_are_whole_and_nobody_is_refused_for_them(busy, record_property):
    await busy.start()
    async with load(busy) as taken:
        made = [await backed_up_amid(busy, taken) for _ in range(3)]
    for number, (before, backup) in enumerate(made):
        await require_restored(busy, before, backup, f"sqlite:///{busy.folder}/restored-{number}.db")
    counts = ", ".join(str(backup["rows"]["proposals"]) for _, backup in made)
    injected(record_property, "backups under load", "sqlite", len(made), f"restored with {counts} proposals")


async def test_a_backup_that_is_killed_leaves_none_and_the_next_one_is_whole(busy):
    await busy.start()
    await busy.propose()
    words = ("backup", "backups", "--with-keys")
    started = await program.start(words, env=busy.environ(), cwd=busy.folder)
    await started.stderr.readline()  # it has begun
    started.kill()
    await started.wait()
    left = [each.name for each in (busy.folder / "backups").iterdir()]
    assert all(name.endswith(".part") for name in left), left
    ran = await run(busy, *words, "--json")
    assert ran.returncode == 0, ran.stderr
    await require_restored(busy, [], json.loads(ran.stdout), f"sqlite:///{busy.folder}/restored.db")


@pytest.mark.parametrize("line", range(4))
async def test_a_restore_that_is_killed_leaves_no_store_or_a_stopped_one(busy, line):
    await busy.start()
    made = await busy.propose()
    await busy.click("U0ALICE", SUPPORT, await busy.card(SUPPORT, made), "approve")
    ran = await run(busy, "backup", "backups", "--json", "--with-keys")
    target = busy.folder / "restored.db"
    settings = {"SIGNOFF_DATABASE_URL": f"sqlite:///{target}", "SIGNOFF_CHECKPOINTS": "off"}
    words = ("restore", json.loads(ran.stdout)["backup"])
    started = await program.start(words, env={**busy.environ(), **settings}, cwd=busy.folder)
    for _ in range(line):
        await started.stderr.readline()
    started.kill()
    await started.wait()
    if not target.exists():
        ran = await run(busy, *words, **settings)
        assert ran.returncode == 0, ran.stdout
        assert [each.name for each in busy.folder.glob(".restored.db-*")] == []
    assert (await run(busy, "stop", "list", **settings)).stdout.startswith("everything")
    assert (await run(busy, "audit", "verify", **settings)).returncode == 0
