"""The client reads the audit log for an auditor, and believes no page that does not follow from the one before."""

import asyncio
import json

import pytest

from signoff_client import AsyncSignoff, Forbidden, Invalid, Signoff, Tampered
from tests.api.conftest import AUDITOR_TOKEN, TOKEN


@pytest.fixture
async def log(endpoint):
    """More than a page of it, as the store has it."""
    for number in range(60):
        await endpoint.propose(action="search.web", payload={"number": number, "text": "★"})
    return [(each.seq, each.hash) for each in await endpoint.lifecycle.store.audit.entries()]


async def heard(door, token=AUDITOR_TOKEN, **more):
    async with AsyncSignoff(door.url, token, patience=0) as client:
        return [(each["seq"], each["hash"]) async for each in client.audit(**more)]


async def test_the_whole_log_is_read_page_by_page_and_nothing_twice(door, log):
    assert len(log) == 120
    assert await heard(door) == log
    assert [path for _, path in door.passed] == ["/v1/audit"] * 3


async def test_in_a_thread_it_is_the_same(door, log):
    def read():
        with Signoff(door.url, AUDITOR_TOKEN) as client:
            return [(each["seq"], each["hash"]) for each in client.audit()]

    assert await asyncio.to_thread(read) == log


async def test_it_goes_on_after_an_entry_that_was_read_before(door, endpoint, log):
    seq, total = log[99]
    assert await heard(door, after={"seq": seq, "hash": total}) == log[100:]
    seq, total = log[-1]
    assert await heard(door, after={"seq": seq, "hash": total}) == []
    await endpoint.propose()
    assert [seq for seq, _ in await heard(door, after={"seq": seq, "hash": total})] == [121]


async def test_it_does_not_go_on_after_another_entry_than_was_read(door, log):
    with pytest.raises(Tampered, match="entry 100 after the one before"):
        await heard(door, after={"seq": 99, "hash": "0" * 64})


@pytest.mark.parametrize("after", [{}, {"seq": 3}, {"hash": "0" * 64}, {"seq": "3", "hash": "0" * 64}])
async def test_what_is_no_entry_is_refused_before_anything_is_asked(door, after):
    with pytest.raises(Invalid, match="with its seq and its hash"):
        await heard(door, after=after)
    assert door.passed == []


def changing(change):
    def act(content):
        page = json.loads(content)
        change(page["entries"])
        return json.dumps(page).encode()

    return act


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda entries: entries[4].update(facts="{}"), "Entry 5 of the audit log is not what its hash"),
        (lambda entries: entries[4].update(at=1), "Entry 5 of the audit log is not what its hash"),
        (lambda entries: entries[4].update(at=float(2**60)), "Entry 5 of the audit log is not what its hash"),
        (lambda entries: entries[4].pop("facts"), "Entry 5 of the audit log is not what its hash"),
        (lambda entries: entries.pop(4), "entry 5 after the one before"),
        (lambda entries: entries[4].update(previous="0" * 64), "entry 5 after the one before"),
        (lambda entries: entries.insert(4, "no entry"), "entry 5 after the one before"),
        (lambda entries: entries.reverse(), "entry 1 after the one before"),
    ],
)
async def test_what_somebody_changed_on_the_way_is_not_believed(door, log, change, told):
    door.script = [changing(change)]
    with pytest.raises(Tampered, match=told):
        await heard(door)


async def test_an_agent_reads_none_of_it(door, log):
    with pytest.raises(Forbidden, match="for auditors"):
        await heard(door, TOKEN)


async def test_a_log_that_lost_its_end_is_told_of(door, log):
    with pytest.raises(Invalid, match="the end of the log is missing"):
        await heard(door, after={"seq": 121, "hash": "0" * 64})
