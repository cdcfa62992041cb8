"""Files of a server after an erasure: what is promised of them, step by step, and what an operator has to do for the rest."""

from pathlib import Path

import pytest

from approvals.lifecycle import Lifecycle
from approvals.services.erasures import Erasing
from storage import open_store, scrub
from tests.databases import KEY
from tests.examples.pages import ROOT, blocks
from tests.making import Clock, Ids, Lots
from tests.postgresql import new_server_database, on_server, server_folder
from tests.storage.test_erasure import PLAIN, lived
from tests.storage.town import TablePolicy

pytestmark = pytest.mark.sqlite  # once, and always on a server
MANY = 30
"""Proposals: as many as make their pages."""
ROUNDS = 20
"""More than the server has files of its log."""


def holding(folder):
    """The files under a folder with a byte of it, once the server has written down all that it knows."""
    on_server("CHECKPOINT")
    return {path.name for path in Path(folder).rglob("*") if path.is_file() and PLAIN.encode() in path.read_bytes()}


def tables(url):
    """The folder of the database's own tables and indexes."""
    ((found,),) = on_server("SELECT pg_relation_filepath('pg_class')", url=url)
    return server_folder() / Path(found[0]).parent


async def test_after_a_vacuum_no_row_tells_it_and_after_a_rewrite_no_table_index_or_statistic_does():
    with new_server_database() as url:
        clock = Clock()
        async with open_store(url, KEY, clock) as store:
            lifecycle = Lifecycle(store=store, policy=TablePolicy(), clock=clock, ids=Ids(), randomness=Lots())
            made = [await lived(lifecycle, store, 2000 + number) for number in range(MANY)]
            on_server("ANALYZE", url=url)
            assert len(holding(tables(url))) > 5, "nothing was ever written"
            for each in made:
                await Erasing(store, clock).erase(each.id, "alex", "asked for")
        await scrub(url)
        assert holding(tables(url)), "a vacuum alone frees the room and does not overwrite it, as the page says"
        await scrub(url, rewrite=True)
        assert holding(tables(url)) == set()
        log = server_folder() / "pg_wal"
        (page,) = blocks(ROOT / "docs" / "how-to" / "erase.md", "text")
        *once, switch, checkpoint = page.split(";\n")[:4]
        assert checkpoint == "CHECKPOINT"
        on_server(*once)
        try:
            for _ in range(ROUNDS):  # what was set aside for reuse before is written over and taken away, one by one
                on_server(switch, checkpoint)
                if not (left := holding(log)):
                    break
            assert left == set(), "the server's own log, once it recycles nothing and has moved on"
        finally:
            on_server("ALTER SYSTEM RESET wal_recycle", "SELECT pg_reload_conf()")


async def test_the_planner_keeps_no_sample_of_what_anybody_wrote():
    with new_server_database() as url:
        clock = Clock()
        async with open_store(url, KEY, clock) as store:
            lifecycle = Lifecycle(store=store, policy=TablePolicy(), clock=clock, ids=Ids(), randomness=Lots())
            for number in range(MANY):
                await lived(lifecycle, store, 2000 + number)
        kept = "coalesce(most_common_vals::text, '') || coalesce(histogram_bounds::text, '')"
        (_, found) = on_server(
            "ANALYZE", f"SELECT tablename, attname FROM pg_stats WHERE {kept} LIKE '%{PLAIN}%'", url=url
        )
        assert [tuple(each) for each in found] == []
