"""Events: each once and in order, whatever becomes of the connections in between."""

import asyncio
import json

import pytest

from signoff_client import AsyncSignoff, Unauthorized, Unavailable, UnknownEvent
from tests.api.conftest import TOKEN
from tests.client.conftest import Cut, Sync
from tests.client.liar import lying
from tests.patience import PATIENCE

REFUND = {"amount": 250, "order": "A-1"}


async def heard(client, count, *, after="0"):
    """The first events after that one."""
    if isinstance(client, Sync):

        def take():
            events = client.client.events(after=after)
            return [next(events) for _ in range(count)]

        return await asyncio.to_thread(take)
    found = []
    async for event in client.events(after=after):
        found.append(event)
        if len(found) == count:
            break
    return found


async def rejected(client, endpoint, count):
    ids = []
    for _ in range(count):
        proposal = await client.propose("refund.create", REFUND, reasoning="Lost.")
        await endpoint.reject({"id": proposal.id}, "No")
        ids.append(proposal.id)
    return ids


@pytest.mark.parametrize("fault", [None, "drop", 500, 503, 404, 429, "html"])
async def test_every_event_comes_once_and_in_order_over_any_fault(client, endpoint, door, fault):
    ids = await rejected(client, endpoint, 3)
    if fault is not None:
        door.script.append(fault)
    events = await asyncio.wait_for(heard(client, 3), 20)
    assert [each.proposal.id for each in events] == ids
    assert {each.kind for each in events} == {"signoff.proposal.rejected"}
    assert events[0].proposal.reason == "No"


async def test_a_line_that_breaks_after_some_events_loses_and_doubles_none(client, endpoint, door):
    ids = await rejected(client, endpoint, 7)
    door.script += [Cut(2), Cut(1), "drop", Cut(3)]
    events = await asyncio.wait_for(heard(client, 7), 20)
    assert [each.proposal.id for each in events] == ids
    asked = [headers.get("Last-Event-ID") for _, path, headers, _ in door.seen if path == "/v1/events"]
    assert asked == ["0", events[1].id, events[2].id, events[2].id, events[5].id]


async def test_it_goes_on_behind_an_event(client, endpoint):
    ids = await rejected(client, endpoint, 3)
    first = (await heard(client, 1))[0]
    assert [each.proposal.id for each in await heard(client, 2, after=first.id)] == ids[1:]


async def test_an_id_that_nobody_knows_is_said_and_not_skipped(client):
    with pytest.raises(UnknownEvent, match="No event of yours has this id"):
        await heard(client, 1, after="999999")


async def test_a_stream_of_nothing_of_ours_ends_in_the_end(hasty, door):
    door.script += [500] * 50
    with pytest.raises(Unavailable, match="no events"):
        await asyncio.wait_for(heard(hasty, 1), 20)


async def test_a_token_nobody_knows_is_not_tried_again(client, door):
    door.script.append(401)
    with pytest.raises(Unauthorized):
        await heard(client, 1)
    assert len(door.seen) == 1


async def test_an_event_that_is_told_twice_is_heard_once(client, endpoint, door):
    ids = await rejected(client, endpoint, 2)
    first, second = await heard(client, 2)

    async def twice(write):
        head = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"
        told = [
            f"id: {each.id}\ndata: {json.dumps({'type': each.kind, 'time': each.at.isoformat(), 'data': each.proposal.raw})}\n\n"
            for each in (first, first, second)
        ]
        await write(head + "".join(told).encode())
        await asyncio.Event().wait()

    async with lying(twice) as (url, _), AsyncSignoff(url, TOKEN, timeout=PATIENCE) as listener:
        events = await heard(listener, 2, after=None)
    assert [each.proposal.id for each in events] == ids
