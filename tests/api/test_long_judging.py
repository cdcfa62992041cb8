"""What takes long to judge keeps nobody waiting but whoever sent it, and too long is a no."""

import asyncio
from dataclasses import dataclass, field

import pytest

from approvals.examination import Examiner
from bot.worker import Worker
from tests.api.conftest import OTHER_TOKEN, body

ITEMS = 4000


def chosen(count=500, last="no"):
    """Constants and items: 15 kB that took 16 s of the loop."""
    return {
        "properties": {"x": {"items": {"anyOf": [{"const": f"c{each}"} for each in range(count)] + [{"const": last}]}}}
    }


def encoded(levels):
    parts = {f"a{each}": {"anyOf": [{"$ref": f"#/$defs/%61{each + 1}"}] * 2} for each in range(levels)}
    return {"properties": {"x": {"$ref": "#/$defs/%610"}}, "$defs": {**parts, f"a{levels}": {"const": 1}}}


def never_done():
    while True:
        pass


@dataclass
class Gate:
    """A worker that begins when it may, and says when it was asked."""

    worker: Worker
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    open: asyncio.Event = field(default_factory=asyncio.Event)
    endless: bool = False
    """Whether all work takes for ever there: how long a schema takes, no test can know of every machine."""

    async def run(self, function, *args, who=None):
        self.asked.set()
        await self.open.wait()
        if self.endless:
            function, args = never_done, ()
        return await self.worker.run(function, *args, who=who)


@pytest.fixture
def seconds():
    return 60.0


@pytest.fixture
async def gate(seconds):
    async with Worker(seconds=seconds, patience=60) as worker:
        yield Gate(worker)


@pytest.fixture
def examiner(gate):
    return Examiner(agents=gate, people=gate)


async def test_others_read_and_write_while_it_is_judged(endpoint, gate):
    sent = asyncio.create_task(endpoint.propose(payload={"x": ["no"] * ITEMS}, payload_schema=chosen()))
    await gate.asked.wait()
    await endpoint.call("GET", "/healthz", token=None)
    other = await endpoint.propose(token=OTHER_TOKEN)
    assert (await endpoint.show(other, token=OTHER_TOKEN))["status"] == "pending"
    assert not sent.done()
    gate.open.set()
    assert (await sent)["status"] == "pending"


async def test_what_is_wrong_is_told_as_ever(endpoint, gate):
    gate.open.set()
    no = await endpoint.propose(payload={"x": ["other"] * ITEMS}, payload_schema=chosen(), expect=422)
    assert no["type"] == "urn:signoff:problem:schema"
    assert no["errors"][0]["pointer"] == "/payload/x/0"


async def test_a_retry_of_what_was_judged_is_not_judged_again(endpoint, gate):
    gate.open.set()
    long = {"payload": {"x": ["no"] * ITEMS}, "payload_schema": chosen()}
    first = await endpoint.propose(key="once", **long)
    gate.asked.clear()
    assert (await endpoint.propose(key="once", expect=200, **long))["id"] == first["id"]
    assert not gate.asked.is_set()


@pytest.mark.parametrize("change", [{"action": "unknown.action"}, {"payload_schema": encoded(30)}])
async def test_nothing_is_judged_elsewhere_for_what_is_refused_anyway(endpoint, gate, change):
    sent = {"payload": {"x": ["no"] * ITEMS}, "payload_schema": chosen(), **change}
    await endpoint.call("POST", "/v1/proposals", body(**sent), expect=403 if "action" in change else 422)
    assert not gate.asked.is_set()


async def test_references_that_double_are_refused_however_they_are_written(endpoint):
    no = await endpoint.propose(payload={"x": 2}, payload_schema=encoded(30), expect=422)
    assert no["type"] == "urn:signoff:problem:invalid"
    assert [each["pointer"] for each in no["errors"]] == ["/payload_schema"]
    assert "too involved" in no["errors"][0]["detail"]


async def test_a_reply_is_judged_elsewhere_too(endpoint, gate):
    made = await endpoint.propose(payload={"x": ["no"]}, payload_schema=chosen())
    await endpoint.ask(made, "More of them?")
    sent = asyncio.create_task(endpoint.do(made, "reply", {"text": "Many.", "payload": {"x": ["no"] * ITEMS}}))
    await gate.asked.wait()
    other = await endpoint.propose(token=OTHER_TOKEN)
    gate.open.set()
    assert len((await sent)["payload"]["x"]) == ITEMS
    assert other["id"]


class TestWithLittleTime:
    @pytest.fixture
    def seconds(self):
        return 0.1

    async def test_too_long_is_a_422_and_nothing_was_proposed(self, endpoint, gate):
        gate.open.set()
        gate.endless = True
        no = await endpoint.propose(payload={"x": ["no"] * ITEMS}, payload_schema=chosen(), expect=422)
        assert no["type"] == "urn:signoff:problem:schema"
        assert no["errors"][0]["pointer"] == "/payload"
        assert "cannot be checked in the time there is" in no["errors"][0]["detail"]
        assert (await endpoint.call("GET", "/v1/proposals"))["proposals"] == []


class TestWithoutAWorker:
    """Where no process can be started."""

    @pytest.fixture
    def examiner(self):
        return Examiner()

    async def test_the_answer_is_no_and_to_try_again(self, endpoint):
        no = await endpoint.propose(payload={"x": ["no"] * ITEMS}, payload_schema=chosen(), expect=503)
        assert no["type"] == "urn:signoff:problem:judging-busy"
        assert endpoint.headers["Retry-After"]
        assert (await endpoint.propose())["status"] == "pending"
