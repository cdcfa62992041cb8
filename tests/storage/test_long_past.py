"""A long past, as benches and tests write one, is made of proposals like all others."""

import pytest

from approvals.proposal import Status
from storage import open_store
from tests.databases import KEY, new_database
from tests.making import START
from tests.past import LIVES, write_past

pytestmark = pytest.mark.sqlite


async def test_a_past_that_was_written_is_believed_and_lived_in_every_way(tmp_path, clock):
    url = new_database(tmp_path / "signoff.db")
    await write_past(tmp_path / "signoff.db", 100, until=START)
    async with open_store(url, KEY, clock) as store:
        assert await store.audit.verify() is None
        assert await store.differences() == []
        by_status = (await store.reads.counts(START)).by_status
        assert by_status[Status.rejected] == LIVES["rejected"] + LIVES["expired"]
        assert by_status[Status.failed] == LIVES["auto_failed"]
        assert sum(by_status.values()) == sum(LIVES.values()) == 100
