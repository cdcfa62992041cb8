"""`signoff erase`: what of a person goes by which option, and nothing before it is asked for."""

import asyncio
import json
import os
import sqlite3
from contextlib import closing

import pytest
from typer.testing import CliRunner

from approvals.lifecycle import Lifecycle
from bot.cli.main import app
from bot.keys import seal_keys, seeds_for
from delivery.callbacks import LOOK_EVERY
from storage import open_store
from tests.databases import new_database
from tests.making import Clock, Ids, Lots
from tests.patience import PATIENCE
from tests.program import run
from tests.storage.town import ALICE, CAROL, TablePolicy, submission
from tests.town import FINANCE, POLICY, SUPPORT, open_town

pytestmark = pytest.mark.sqlite


@pytest.fixture
def erase(tmp_path):
    """The command on a database in which one was asked for a person, and two were rejected by others; their ids."""
    url = new_database(tmp_path / "signoff.db")
    (tmp_path / "signoff.db").rename(tmp_path / "blank")
    seeds = seeds_for(tmp_path / "signoff.db", None)
    (tmp_path / "blank").rename(tmp_path / "signoff.db")
    ids = asyncio.run(_lived(url, seal_keys(seeds)))

    def command(*options):
        words = ("erase", *options)
        return run(words, env={"SIGNOFF_DATABASE_URL": url, "PATH": "/usr/bin:/bin"}, cwd=tmp_path)

    return command, *ids


async def _lived(url, keys):
    async with open_store(url, keys, Clock()) as store:
        lifecycle = Lifecycle(store=store, policy=TablePolicy(), clock=Clock(), ids=Ids(), randomness=Lots())
        served, _ = await lifecycle.submit(submission(2500, on_behalf_of="U0ALICE"))
        await lifecycle.reject(served.id, CAROL, "Not for them.", served.nonce)
        decided, _ = await lifecycle.submit(submission(2501))
        await lifecycle.reject(decided.id, ALICE, "Too much, says Alice.", decided.nonce)
        return served.id, decided.id


def answered(finished):
    assert finished.returncode == 0, finished.stderr
    return json.loads(finished.stdout)


def test_what_was_asked_for_a_person_goes_and_what_they_wrote_as_a_reviewer_is_named_beside_it(erase):
    command, served, decided = erase
    said = answered(command("--person", "U0ALICE", "--dry-run", "--json"))
    assert (said["would_erase"], said["also_written"]) == ([served], [decided])
    lines = command("--person", "U0ALICE", "--yes").stdout
    assert "They also wrote something as a reviewer of 1 more: --written-by takes these, each whole." in lines
    assert answered(command("--older-than", "1h", "--dry-run", "--json"))["would_erase"] == [decided]


def test_what_somebody_wrote_as_a_reviewer_goes_with_the_proposal_it_was_written_of(erase, tmp_path):
    command, served, decided = erase
    assert answered(command("--written-by", "U0ALICE", "--yes", "--json"))["erased"] == [decided]
    assert not [each.name for each in tmp_path.iterdir() if b"says Alice" in each.read_bytes()]
    assert answered(command("--older-than", "1h", "--dry-run", "--json"))["would_erase"] == [served]


@pytest.mark.parametrize("options", [("--person", "U0ALICE", "--written-by", "U0ALICE"), ()])
def test_one_of_the_options_is_named_and_no_more(erase, options):
    finished = erase[0](*options)
    assert finished.returncode == 2
    assert "Say what to erase: ids of proposals, or --person, or --written-by, or --older-than." in finished.stderr


async def test_beside_a_bot_that_has_nothing_else_to_do_the_card_follows(tmp_path):
    async with open_town(tmp_path, "http", policy=POLICY) as town, town.serving():
        assert town.bot.courier.look_every == LOOK_EVERY
        town.bot.courier.look_every = 0.1
        made = await town.propose()
        card = await town.card(SUPPORT, made)
        await town.call("POST", f"/v1/proposals/{made['id']}/withdraw", {"reason": "Not needed."})
        await town.card_saying(SUPPORT, card["ts"], "Withdrawn")
        env = {"SIGNOFF_DATABASE_URL": f"sqlite:///{town.database}", "PATH": "/usr/bin:/bin"}
        ran = await asyncio.to_thread(run, ("erase", made["id"], "--yes"), env=env, cwd=tmp_path)
        assert ran.returncode == 0, ran.stderr
        await town.card_saying(SUPPORT, card["ts"], "erased")


def test_an_account_without_a_name_may_erase_and_stands_in_the_log_by_its_number(erase, tmp_path, monkeypatch):
    _, served, _ = erase
    monkeypatch.setattr("getpass.getuser", nameless)
    ran = CliRunner().invoke(
        app, ["erase", served, "--yes"], env={"SIGNOFF_DATABASE_URL": f"sqlite:///{tmp_path / 'signoff.db'}"}
    )
    assert ran.exit_code == 0, ran.output
    with closing(sqlite3.connect(tmp_path / "signoff.db")) as file:
        ((facts,),) = file.execute("SELECT facts FROM entries WHERE tag = 'proposal:erased'")
    assert f"user {os.getuid()}" in facts


def nameless():
    """As in a container whose user has a number alone."""
    raise KeyError


async def test_how_much_in_slack_is_still_to_follow_is_said_and_by_the_same_command_later_that_it_did(tmp_path):
    async def erased(made, *more):
        env = {"SIGNOFF_DATABASE_URL": f"sqlite:///{town.database}", "PATH": "/usr/bin:/bin"}
        ran = await asyncio.to_thread(run, ("erase", made["id"], "--yes", *more), env=env, cwd=tmp_path)
        assert "Traceback" not in ran.stderr, ran.stderr
        return ran.stdout

    async def shown(made, text):
        """Asks until a bot has noted that Slack took it."""
        async with asyncio.timeout(PATIENCE):
            while text not in (said := await erased(made)):
                """Each is a process of its own."""
        return said

    async with open_town(tmp_path, "http", policy=POLICY) as town:
        async with town.serving():
            made = await town.propose("refund.create", {"amount": 1500})
            for channel in (SUPPORT, FINANCE):
                await town.card(channel, made)
            await town.call("POST", f"/v1/proposals/{made['id']}/withdraw", {"reason": "Not needed."})
            for channel in (SUPPORT, FINANCE):
                await town.card_saying(channel, town.cards(channel, made["id"])[0]["ts"], "Withdrawn")
        said = await erased(made)
        assert "2 messages in Slack show it still: a running bot brings them up to date" in said
        assert 'signoff_outbox{state="waiting"}' in said
        assert "it was erased before, and 2 messages in Slack show it still." in await erased(made)
        town.slack.change_channel(FINANCE, is_archived=True)
        async with town.serving():
            refused = (
                f"and 1 message in Slack shows it still, for Slack takes nothing in {FINANCE}: see signoff doctor."
            )
            await shown(made, refused)
            town.slack.change_channel(FINANCE, is_archived=False)
            while not await town.bot.store.outbox.requeue():
                """It may be on its way still."""
            await shown(made, "it was erased before, and no message in Slack shows it.")


def test_where_nothing_was_posted_it_is_said_that_nothing_in_slack_shows_it(erase):
    command, served, decided = erase
    assert "No message in Slack shows it." in command(served, "--yes").stdout
    assert answered(command(decided, "--yes", "--json"))["messages_left"] == 0
