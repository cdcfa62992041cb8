"""T24: a log that was cut, replaced by an older one or written anew with our own key is contradicted by a checkpoint."""

import json
import shutil
import sqlite3
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from pydantic import SecretStr

from bot.keys import seal_keys, seeds_for
from storage import open_store
from storage.audit.hash_chain import sealed
from tests.making import Clock
from tests.postgresql import Hand, new_server_database, on_server, url_of
from tests.threats.ground import ground
from tests.town import SEED, SUPPORT


@dataclass
class Past:
    """A log with a past, whose bot is down, and what was kept of it elsewhere."""

    town: Any
    url: str
    older: str
    """As it was after the first of two runs."""
    kept: Path

    async def verified(self, *options, url=None, **environ):
        environ = {"SIGNOFF_DATABASE_URL": url or self.url, "SIGNOFF_SIGNING_KEY": SEED, **environ}
        return await self.town.verified(*options, **environ)

    async def entries(self):
        async with open_store(self.url, seal_keys(seeds_for(None, SEED)), Clock()) as store:
            return await store.audit.entries()

    def hand(self, *statements):
        """Statements past every guard, which is put back; on a file the mark beside it is gone, too."""
        if self.url.startswith("postgresql"):
            with closing(Hand(self.url)) as hand:
                hand.execute("ALTER TABLE entries DISABLE TRIGGER USER")
                for text, *values in statements:
                    hand.execute(text, values)
                hand.execute("ALTER TABLE entries ENABLE TRIGGER USER")
            return
        with closing(sqlite3.connect(self.url.removeprefix("sqlite:///"))) as file, file:
            guards = file.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
            for name, _ in guards:
                file.execute(f"DROP TRIGGER {name}")
            for text, *values in statements:
                file.execute(text, values)
            for _, text in guards:
                file.execute(text)
        self.town.database.with_name("signoff.db.head").unlink(missing_ok=True)


@pytest.fixture(params=["file", "server"])
async def past(request, tmp_path):
    kept = tmp_path / "elsewhere" / "kept.jsonl"
    kept.parent.mkdir()
    with ExitStack() as stack:
        url = None
        if request.param == "server":
            url = stack.enter_context(new_server_database())
        async with ground(tmp_path) as town:
            own = {} if url is None else {"signoff_database_url": url}
            own |= {"signoff_checkpoints": str(kept), "signoff_signing_key": SecretStr(SEED)}
            async with town.serving(**own):
                proposal = await town.propose()
                card = await town.card(SUPPORT, proposal)
                await town.click("U0ALICE", SUPPORT, card, "approve")
                await town.get(proposal["id"], wait="20")
            older = _copied(stack, town, url)
            async with town.serving(**own):
                await town.claim(proposal)
                await town.report(proposal)
            yield Past(town, url or f"sqlite:///{town.database}", older, kept)


def _copied(stack, town, url):
    """What an attacker, or a careless restore, puts back later."""
    if url is None:
        copy = town.folder / "older.db"
        with closing(sqlite3.connect(town.database)) as file, closing(sqlite3.connect(copy)) as to:
            file.backup(to)
        return f"sqlite:///{copy}"
    name = f"{urlsplit(url).path[1:]}_older"
    on_server(f"CREATE DATABASE {name} TEMPLATE {name.removesuffix('_older')}")
    stack.callback(on_server, f"DROP DATABASE {name} WITH (FORCE)")
    return url_of(name)


async def test_t24_with_a_checkpoint_a_whole_log_is_proven_up_to_it(past):
    code, said = await past.verified("--checkpoints", str(past.kept))
    assert code == 0, said
    count = len(await past.entries())
    assert f"proves that none of the first {count} entries is missing" in said
    assert "None have come since" in said
    code, said = await past.verified("--checkpoints", str(past.kept), "--json")
    assert json.loads(said)["checkpoints"]["proven"] == count


async def test_t24_an_older_database_in_its_place_is_proven_with_a_checkpoint_and_said_to_be_unprovable_without(past):
    code, said = await past.verified(url=past.older)
    assert code == 0, said
    assert "cannot be seen from the log alone" in said
    code, said = await past.verified("--checkpoints", str(past.kept), url=past.older)
    assert code == 1
    assert "contradicts the log: the end of the log is missing" in said
    assert "at entry" not in said.partition("contradicts")[0], "the chain itself holds"


async def test_t24_entries_cut_off_the_end_are_counted_by_the_checkpoint(past):
    entries = await past.entries()
    past.hand(("DELETE FROM entries WHERE seq > ?", len(entries) - 2))
    code, said = await past.verified("--checkpoints", str(past.kept))
    assert code == 1
    assert f"it had {len(entries)} entries" in said
    assert "so 2 are gone" in said


async def test_t24_a_past_written_anew_with_our_own_key_is_contradicted_by_the_checkpoint_alone(past):
    entries = await past.entries()
    (key,) = seal_keys(seeds_for(None, SEED))
    made, last = [], None
    for each in entries:
        changed = replace(each, actor_id="U0BOB") if each.tag == "proposal:decided" else each
        last = sealed(changed, last, key)
        made.append(last)
    assert made[-1].hash != entries[-1].hash
    written = "UPDATE entries SET id = ?, actor_id = ?, previous = ?, hash = ?, seal = ? WHERE seq = ?"
    past.hand(*((written, each.id, each.actor_id, each.previous, each.hash, each.seal, each.seq) for each in made))
    code, said = await past.verified()
    assert code == 0, said
    assert "cannot be seen from the log alone" in said
    code, said = await past.verified("--checkpoints", str(past.kept))
    assert code == 1
    assert "the past was written anew" in said


async def test_t24_a_checkpoint_that_somebody_changed_or_made_with_another_key_proves_nothing(past):
    lines = past.kept.read_text().splitlines()
    past.kept.write_text("\n".join(line.replace('"count": ', '"count": 1') for line in lines))
    code, said = await past.verified("--checkpoints", str(past.kept), url=past.older)
    assert code == 0
    assert "its signature does not hold; it proves nothing" in said
    assert "holds no checkpoint signed with our key" in said
    assert "cannot be seen from the log alone" in said


async def test_t24_a_bot_that_is_started_on_an_older_database_tells_the_operators(past):
    older = past.town.folder / "older.db"
    own = {"signoff_checkpoints": str(past.kept), "signoff_signing_key": SecretStr(SEED)}
    if past.url.startswith("sqlite"):
        for beside in past.town.folder.glob("signoff.db*"):
            beside.unlink()
        shutil.copy(older, past.town.database)
    else:
        own["signoff_database_url"] = past.older
    past.town.proven = False
    async with past.town.serving(**own):
        await past.town.slack.until(
            lambda: [each for each in past.town.slack.messages("C0OPS") if "end of the log is missing" in str(each)]
        )
        ready = await past.town.call("GET", "/readyz")
    assert "not as written" in json.dumps(ready)


async def test_t24_named_checkpoints_that_are_not_there_are_no_reason_to_call_anything_proven(past):
    code, said = await past.verified("--checkpoints", str(past.kept.with_name("none.jsonl")))
    assert code == 1
    assert "cannot be read" in said


@pytest.mark.parametrize("how", ["DROP TRIGGER entries_undeleted", "CREATE INDEX ours ON entries (at)"])
async def test_t24_a_guard_of_the_schema_that_was_taken_out_or_added_is_named(past, how):
    if past.url.startswith("postgresql"):
        with closing(Hand(past.url)) as hand:
            hand.execute(f"{how} ON entries" if "DROP" in how else how)
    else:
        with closing(sqlite3.connect(past.url.removeprefix("sqlite:///"))) as file:
            file.execute(how)
    code, said = await past.verified()
    assert code == 1
    assert "The schema was altered by hand" in said
    assert how.split()[2] in said


@pytest.mark.parametrize("past", ["server"], indirect=True)  # a file has guards or has them not
async def test_t24_a_guard_of_a_server_that_is_only_switched_off_is_named_too(past):
    with closing(Hand(past.url)) as hand:
        hand.execute("ALTER TABLE entries DISABLE TRIGGER entries_undeleted")
    code, said = await past.verified()
    assert (code, "entries_undeleted" in said) == (1, True)
