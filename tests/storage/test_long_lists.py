"""Lists over a long past: a page reads what it needs, and all pages together are the list."""

import asyncio
import sqlite3
from contextlib import closing
from datetime import timedelta

import pytest

from approvals.paging import Filter
from approvals.proposal import Status
from storage import open_store
from storage.listing.keyset import COUNTED
from tests.databases import KEY, new_database
from tests.making import START
from tests.past import write_past
from tests.storage.listing import ids
from tests.storage.town import BOB

pytestmark = pytest.mark.sqlite

LONG = 8000
NOW = START + timedelta(hours=3)
SEEN = """
    SELECT id FROM proposals AS p
    WHERE EXISTS (SELECT 1 FROM seats AS s WHERE s.proposal_id = p.id AND s.role IN ('finance', 'support'))
"""


@pytest.fixture(scope="module")
def long_past(tmp_path_factory):
    path = tmp_path_factory.mktemp("past") / "signoff.db"
    new_database(path)
    asyncio.run(write_past(path, LONG, until=START))
    return path


@pytest.fixture
async def reads(long_past, clock):
    clock.at = NOW
    async with open_store(f"sqlite:///{long_past}", KEY, clock) as store:
        yield store.reads


def asked(path, query):
    with closing(sqlite3.connect(path)) as database:
        return [row[0] for row in database.execute(query)]


async def turned(page):
    """All pages from the first to the last, and back again from there."""
    forth, back, found = [], [], await page(None)
    while True:
        forth.append((found.first, ids(found)))
        if found.after is None:
            break
        found = await page(found.after)
    while True:
        back.append((found.first, ids(found)))
        if found.before is None:
            return forth, back[::-1]
        found = await page(found.before)


async def test_all_pages_of_what_is_over_are_the_list_there_and_back(reads, long_past):
    meant = asked(long_past, f"{SEEN} ORDER BY coalesce(resolved_at, expires_at) DESC, id")
    forth, back = await turned(lambda at: reads.history(BOB.user, BOB.roles, as_of=NOW, at=at, limit=97))
    assert [each for _, page in forth for each in page] == meant
    assert back == forth
    assert [first for first, _ in forth] == list(range(1, len(meant) + 1, 97))


async def test_a_page_that_is_longer_than_what_was_read_holds_no_more_than_that(reads, long_past):
    meant = asked(long_past, f"{SEEN} ORDER BY coalesce(resolved_at, expires_at) DESC, id")
    forth, _ = await turned(lambda at: reads.history(BOB.user, BOB.roles, as_of=NOW, at=at, limit=300))
    assert [each for _, page in forth for each in page] == meant


async def test_all_pages_of_what_may_be_seen_are_the_list_there_and_back_with_what_waits_first(reads, long_past):
    meant = asked(long_past, f"{SEEN} ORDER BY created_at DESC, id")
    forth, back = await turned(lambda at: reads.visible(BOB.user, BOB.roles, as_of=NOW, at=at, limit=97))
    assert [each for _, page in forth for each in page] == meant
    assert back == forth


@pytest.mark.parametrize(
    ("only", "where"),
    [
        (Filter(status=Status.withdrawn), "p.status = 'withdrawn'"),
        (Filter(by="U0CAROL"), "p.id IN (SELECT proposal_id FROM decisions WHERE reviewer = 'U0CAROL')"),
        (Filter(status="expired"), "p.cause = 'expired'"),
        (Filter(agent="nobody"), "0"),
    ],
)
async def test_all_pages_of_what_a_filter_leaves_are_there_however_far_between(reads, long_past, only, where):
    meant = asked(long_past, f"{SEEN} AND {where} ORDER BY coalesce(resolved_at, expires_at) DESC, id")
    forth, back = await turned(lambda at: reads.history(BOB.user, BOB.roles, as_of=NOW, only=only, at=at, limit=40))
    assert [each for _, page in forth for each in page] == meant
    assert {each for _, page in back for each in page} == set(meant)


async def test_how_much_there_is_in_all_is_counted_so_far_and_no_further(reads):
    asked = {"as_of": NOW, "limit": 8}
    first = await reads.history(BOB.user, BOB.roles, **asked)
    assert (first.exact, first.total >= COUNTED) == (False, True)
    few = await reads.history(BOB.user, BOB.roles, only=Filter(since=START - timedelta(days=10)), **asked)
    assert (few.exact, few.total < COUNTED) == (True, True)


@pytest.mark.parametrize(
    "only",
    [
        {"status": Status.pending},
        {"status": Status.failed},
        {"status": Status.rejected},
        {"status": Status.lapsed, "action": "refund.create"},
        {"run_id": "run of order-4711"},
        {"run_id": "run of order-4711", "status": Status.unknown},
        {"action": "refund.none"},
    ],
)
async def test_all_pages_of_an_agents_list_are_the_list_however_far_between(reads, long_past, only):
    where = " AND ".join(f"{name} = '{value}'" for name, value in only.items())
    meant = asked(long_past, f"SELECT id FROM proposals WHERE {where} ORDER BY created_at DESC, id DESC")
    seen, cursor = [], None
    while cursor is not None or not seen:
        page = await reads.of_agent("support-bot", now=NOW, cursor=cursor, limit=100, **only)
        seen.append([each.id for each in page.proposals])
        if (cursor := page.next_cursor) is None:
            break
    assert [each for page in seen for each in page] == meant


async def test_what_looks_through_much_and_finds_nothing_says_so_and_goes_on(reads):
    asked = {"as_of": NOW, "only": Filter(agent="nobody"), "limit": 8}
    nothing = await reads.history(BOB.user, BOB.roles, **asked)
    assert (ids(nothing), nothing.exact, nothing.before) == ([], False, None)
    end = nothing
    while end.after is not None:
        end = await reads.history(BOB.user, BOB.roles, at=end.after, **asked)
        assert ids(end) == []
    assert end.exact
    assert ids(await reads.history(BOB.user, BOB.roles, at=end.before, **asked)) == []
