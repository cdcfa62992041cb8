"""A backup of a server's database: what is dumped and restored is opened, believed and gone on with."""

import subprocess
from pathlib import Path

import pytest

from approvals.lifecycle import Lifecycle
from approvals.proposal import Status
from storage import open_store
from tests.databases import KEY
from tests.making import Ids, Lots
from tests.postgresql import empty_server_database, new_server_database, on_server
from tests.storage.town import ALICE, TablePolicy, submission

pytestmark = pytest.mark.sqlite


def run(program, *options):
    """One of the server's own programs."""
    (((folder,),),) = on_server("SELECT setting FROM pg_config WHERE name = 'BINDIR'")
    done = subprocess.run([Path(folder) / program, *options], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


async def test_what_is_restored_from_a_dump_is_the_same_and_works_on(clock, tmp_path):
    ids = Ids()

    def verbs(store):
        return Lifecycle(store=store, policy=TablePolicy(), clock=clock, ids=ids, randomness=Lots())

    with new_server_database() as url, empty_server_database() as restored:
        async with open_store(url, KEY, clock) as store:
            waits, _ = await verbs(store).submit(submission(key="k"))
            asked, _ = await verbs(store).submit(submission(300))
            approved = await verbs(store).approve(asked.id, ALICE, asked.nonce)
        run("pg_dump", "--format=custom", f"--file={tmp_path}/dump", f"--dbname={url}")
        run("pg_restore", "--exit-on-error", f"--dbname={restored}", f"{tmp_path}/dump")
        async with open_store(restored, KEY, clock) as store:
            assert await store.find(asked.id) == approved
            assert (await verbs(store).submit(submission(key="k"))) == (waits, False)
            assert (await verbs(store).approve(waits.id, ALICE, waits.nonce)).status is Status.approved
            await verbs(store).submit(submission(310))
            assert await store.audit.verify() is None
            assert await store.differences() == []
