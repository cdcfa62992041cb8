"""A database in a file is for one bot: the second is told so and does not start, and a death lets go of it at once."""

import asyncio
import os

import pytest

from storage import DatabaseInUse, sole_use
from tests import program
from tests.faults.premises import ROOT, SERVE, NotStarted


async def test_a_second_bot_on_one_file_does_not_start_and_is_told_what_to_do(place):
    await place.start()
    with pytest.raises(NotStarted) as refused:
        await place.another()
    code, said = refused.value.args
    assert code == 2
    assert f"Another bot uses {place.database} (process {place.bot.child.pid})" in said
    assert "SIGNOFF_DATABASE_URL" in said
    assert "PostgreSQL" in said
    proposal = await place.propose()
    await place.click("U0ALICE", "C0SUPPORT", await place.card("C0SUPPORT", proposal), "approve")
    assert await place.status(proposal) == "approved"


async def test_after_a_kill_the_next_bot_starts_at_once(place):
    for _ in range(3):
        await place.start()
        await place.kill()
    await place.start()
    assert (await place.readiness())[0] == 200


async def test_commands_look_at_the_file_beside_a_running_bot(place):
    await place.start()
    await place.propose("search.orders", {"query": "48213"})
    for words in (("audit", "verify"), ("callbacks", "list")):
        done = await asyncio.to_thread(program.run, (*words, *SERVE[1:]), env=place.environ(), cwd=ROOT)
        assert done.returncode == 0, done.stderr
    assert (await place.readiness())[0] == 200


async def test_a_lock_that_an_ended_bot_left_is_no_hindrance(tmp_path):
    path = tmp_path / "var" / "signoff.db"
    for _ in range(2):
        with sole_use(path):
            assert path.with_name("signoff.db.lock").read_text() == f"{os.getpid()}\n"
            with pytest.raises(DatabaseInUse), sole_use(path):
                pass
