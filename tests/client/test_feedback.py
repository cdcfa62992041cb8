"""The client reads what people said of an agent's proposals, page by page, and believes no page that is none."""

import asyncio
import json

import pytest

from signoff_client import AsyncSignoff, Forbidden, Invalid, Signoff, Tampered
from tests.api.conftest import AUDITOR_TOKEN, TOKEN
from tests.api.test_feedback import edited


@pytest.fixture
async def rejected(endpoint):
    """More than a page of rejections, the latest first."""
    made = []
    for number in range(101):
        each = await endpoint.propose(payload={"amount": 250, "order": f"A-{number}"})
        await endpoint.reject(each, f"No {number}.")
        endpoint.clock.forward(seconds=1)
        made.append(each["id"])
    return made[::-1]


async def heard(door, **more):
    async with AsyncSignoff(door.url, TOKEN, patience=0) as client:
        return [each async for each in client.feedback(**more)]


async def test_all_of_it_is_read_page_by_page_the_latest_first(door, rejected):
    found = await heard(door)
    assert [each.proposal for each in found] == rejected
    assert [path for _, path in door.passed] == ["/v1/feedback"] * 2
    assert (found[0].kind, found[0].reason, found[0].edited, found[0].patch) == ("negative", "No 100.", None, ())
    assert found[0].payload == {"amount": 250, "order": "A-100"}
    assert found[0].at > found[1].at


async def test_in_a_thread_it_is_the_same_and_no_more_is_asked_than_is_read(door, rejected):
    def read():
        with Signoff(door.url, TOKEN) as client:
            return next(client.feedback()).proposal, sum(1 for _ in client.feedback(action="refund.create"))

    assert await asyncio.to_thread(read) == (rejected[0], 101)
    assert [path for _, path in door.passed] == ["/v1/feedback"] * 3


async def test_a_correction_has_both_payloads_and_the_way_from_one_to_the_other(door, endpoint):
    made = await endpoint.propose()
    await edited(endpoint, made, {"amount": 200, "order": "A-1"})
    (found,) = await heard(door, action="refund.create")
    assert (found.payload["amount"], found.edited["amount"]) == (250, 200)
    assert found.patch == ({"op": "replace", "path": "/amount", "value": 200},)
    assert await heard(door, action="search.web") == []


async def test_what_cannot_be_sent_is_refused_before_anything_is_asked(door):
    with pytest.raises(Invalid):
        await heard(door, action="\ud800")
    assert door.passed == []


@pytest.mark.parametrize(
    "change",
    [
        {"kind": None},
        {"payload": []},
        {"at": "yesterday"},
        {"edit": {"payload": {}, "patch": ["x"]}},
        {"edit": {"patch": []}},
        {"reason": 7},
    ],
)
async def test_what_is_no_feedback_is_not_believed(door, endpoint, change):
    made = await endpoint.propose()
    await endpoint.reject(made, "No.")

    def act(content):
        page = json.loads(content)
        page["feedback"][0] |= change
        return json.dumps(page).encode()

    door.script = [act]
    with pytest.raises(Tampered):
        await heard(door)


async def test_what_is_no_object_is_not_believed(door):
    door.script = [lambda _: b'{"feedback": [1], "next_cursor": null}']
    with pytest.raises(Tampered):
        await heard(door)


async def test_a_service_that_leads_round_in_a_circle_is_not_followed(door):
    again = lambda _: b'{"feedback": [], "next_cursor": "MTIzLng"}'  # noqa: E731
    door.script = [again, again]
    assert await heard(door) == []
    assert len(door.seen) == 2


async def test_the_token_of_an_auditor_is_refused(door):
    async with AsyncSignoff(door.url, AUDITOR_TOKEN, patience=0) as client:
        with pytest.raises(Forbidden):
            await anext(client.feedback())
