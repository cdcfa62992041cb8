"""Back up beside a running bot, and restore where nothing is: what ran since is unknown there, so nothing runs unasked."""

import asyncio
import json
import os
import shutil
from contextlib import ExitStack
from types import SimpleNamespace

import pytest

from tests import program
from tests.databases import ON_SERVER, url_at
from tests.town import AGENT_TOKEN, OPS, OTHER_TOKEN, POLICY, SEED, SUPPORT, has_button, open_town, visible_text

if ON_SERVER:
    from tests.postgresql import empty_server_database

REMEMBERED = (
    POLICY + "  - {id: mail, action: email.send, tier: approve, role: support, remember_approval: {for: 1h, max: 3}}\n"
)


async def signoff(folder, *words, **variables):
    """Runs it with an empty environment, as on a machine on which nothing was before."""
    env = {"PATH": os.environ["PATH"], "HOME": str(folder), "SHOP_TOKEN": AGENT_TOKEN, "OTHER_TOKEN": OTHER_TOKEN}
    ran = await asyncio.to_thread(program.run, words, env={**env, **variables}, cwd=folder)
    assert "Traceback" not in ran.stderr, ran.stderr
    return ran


@pytest.fixture
def machine(tmp_path):
    """An empty machine: a folder, and a server in which nothing is where databases are on one."""
    folder = tmp_path / "new"
    folder.mkdir()
    with ExitStack() as stack:
        url = stack.enter_context(empty_server_database()) if ON_SERVER else f"sqlite:///{folder}/signoff.db"
        keys = {"SIGNOFF_SIGNING_KEY": SEED} if ON_SERVER else {}

        async def run(*words, **more):
            return await signoff(folder, *words, SIGNOFF_DATABASE_URL=url, **{**keys, **more})

        yield SimpleNamespace(folder=folder, url=url, run=run)


@pytest.fixture
async def town(tmp_path):
    (tmp_path / "old").mkdir()
    async with open_town(tmp_path / "old", "http", policy=REMEMBERED) as town:
        yield town


async def moved_backup(town, machine, *words):
    """A backup, as it is on the other machine, and what was said of it."""
    settings = {"SIGNOFF_DATABASE_URL": url_at(town.database), "SIGNOFF_POLICY": str(town.folder / "policy.yml")}
    ran = await signoff(town.folder, "backup", "backups", "--json", *words, SIGNOFF_SIGNING_KEY=SEED, **settings)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    said = json.loads(ran.stdout)
    return shutil.copytree(said["backup"], machine.folder / "backup"), said


def on(machine):
    """What the bot of the town is told to run on what was restored there."""
    return {"signoff_database_url": machine.url, "signoff_checkpoints": str(machine.folder / "checkpoints")}


async def approved(town, **more):
    """A proposal that Alice approved and its agent may claim, with its card."""
    proposal = await town.propose(**more)
    card = await town.card(SUPPORT, proposal)
    await town.click("U0ALICE", SUPPORT, card, "approve")
    await town.get(proposal["id"], wait="20")
    return proposal, card


async def test_what_ran_after_the_backup_does_not_run_again_before_people_were_asked(town, machine):
    async with town.serving():
        ran_since, card = await approved(town)
        granted = await town.propose("search.web", {"q": "x"})
        _, said = await moved_backup(town, machine, "--with-keys")
        await town.claim(ran_since)
        await town.report(ran_since)
    ran = await machine.run("restore", "backup", "--json", SIGNOFF_SIGNING_KEY="")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    answer = json.loads(ran.stdout)
    assert ("Set SIGNOFF_SIGNING_KEY" if ON_SERVER else "signoff.db.key beside it") in answer["left_to_do"][0]
    assert (answer["restored"], answer["log"], answer["rows"]) == (True, said["log"], said["rows"])
    for words in (("audit", "verify"), ("fsck",)):
        assert (await machine.run(*words)).returncode == 0
    assert (machine.folder / "policy.yml").read_text() == REMEMBERED
    async with town.serving(**on(machine)):
        for each in (ran_since, granted):
            refused = await town.claim(each, expect=403)
            assert "Restored from the backup of" in refused["detail"]
        await town.card_saying(SUPPORT, card["ts"], "Restored from the backup of")
        await town.slack.until(lambda: any("Restored from" in visible_text(m) for m in town.slack.messages(OPS)))
        assert (await town.get(granted["id"], wait="20"))["cause"] == "stopped"
        assert (await machine.run("resume", "everything")).returncode == 0
        await town.claim(ran_since, expect=409)
        assert (await town.get(ran_since["id"]))["status"] == "pending"


async def test_a_remembered_approval_that_may_be_used_up_or_ended_since_lets_nothing_by(town, machine):
    async with town.serving():
        first = await town.propose()
        card = await town.card(SUPPORT, first)
        await town.click("U0ALICE", SUPPORT, card, "approve_next")
        await town.get(first["id"], wait="20")
        assert (await town.propose(payload={"to": "mira@example.com", "subject": "Hello"}))["cause"] == (
            "remembered_approval"
        )
        await moved_backup(town, machine, "--with-keys")
    ran = await machine.run("restore", "backup")
    assert (ran.returncode, "1 remembered approval was ended." in ran.stdout) == (0, True)
    async with town.serving(**on(machine)):
        assert (await machine.run("resume", "everything")).returncode == 0
        assert (await town.propose())["status"] == "pending"


async def test_checkpoints_that_were_kept_elsewhere_say_how_much_is_missing(town, machine, tmp_path):
    elsewhere = tmp_path / "checkpoints"
    async with town.serving(signoff_checkpoints=str(elsewhere)):
        await moved_backup(town, machine, "--with-keys")
        await approved(town)
    last = json.loads(elsewhere.read_text().splitlines()[-1])["seq"]
    ran = await machine.run("restore", "backup", "--json", SIGNOFF_CHECKPOINTS=str(elsewhere))
    said = json.loads(ran.stdout)
    missing = last - said["log"]["entries"]
    assert f"proves that {missing} entries or more came afterwards" in said["lost"]
    assert any(str(elsewhere) in each and "name a new file" in each for each in said["left_to_do"])
    ran = await machine.run("audit", "verify", "--checkpoints", str(elsewhere))
    assert (ran.returncode, "the end of the log is missing" in ran.stdout) == (1, True)
    ran = await machine.run("audit", "verify", "--checkpoints", "backup/checkpoints.jsonl")
    assert ran.returncode == 0


async def test_restored_again_over_it_nothing_is_changed(town, machine):
    async with town.serving():
        await moved_backup(town, machine, "--with-keys")
    assert (await machine.run("restore", "backup")).returncode == 0
    before = await machine.run("fsck", "--json")
    ran = await machine.run("restore", "backup")
    assert ran.returncode == 1
    assert ("not empty" if ON_SERVER else "is there already") in ran.stdout
    assert (await machine.run("fsck", "--json")).stdout == before.stdout


async def test_a_card_that_was_posted_after_the_backup_can_do_nothing_and_what_waits_is_asked_anew(town, machine):
    async with town.serving():
        waits = await town.propose()
        old = await town.card(SUPPORT, waits)
        await moved_backup(town, machine, "--with-keys")
        since = await town.propose(payload={"to": "noor@example.com", "subject": "Later"})
        unknown = await town.card(SUPPORT, since)
    assert (await machine.run("restore", "backup")).returncode == 0

    def asked_anew():
        return [each for each in town.cards(SUPPORT, waits["id"]) if has_button(each, "approve")]

    async with town.serving(**on(machine)):
        await town.card_saying(SUPPORT, old["ts"], "*Everything is stopped*")
        assert (await machine.run("resume", "everything")).returncode == 0
        await town.click("U0ALICE", SUPPORT, unknown, "approve")
        assert "no such proposal" in await town.told("U0ALICE")
        async with town.agent.get(f"/v1/proposals/{since['id']}") as response:
            assert response.status == 404
        await town.slack.until(asked_anew)
        (card,) = asked_anew()
        assert card["ts"] == old["ts"]
        await town.click("U0ALICE", SUPPORT, card, "approve")
        assert (await town.get(waits["id"], wait="20"))["status"] == "approved"
