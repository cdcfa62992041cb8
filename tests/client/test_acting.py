"""Whatever happens once it acts, what came of it is reported, or `Unreported` says that it could not be."""

import asyncio

import pytest

from signoff_client import AsyncSignoff, Invalid, Signoff, Unfinished, Unfit, Unreported
from signoff_client.acting import act_once, act_once_async
from signoff_client.gating import AsyncGate, Gate, Granted
from tests.api.conftest import TOKEN
from tests.client.conftest import decided
from tests.patience import PATIENCE

HALF = "\ud83d"
"""Half an emoji, as a tool that cuts a text gives it."""


class Silent(Exception):
    def __str__(self):
        raise RuntimeError("no words")


class Acting:
    """Acts once with what was granted, sync and async in the same words."""

    def __init__(self, client):
        self.client = client

    async def ask(self, desk):
        asking = self.client.ask("refund.create", {"amount": 250}, reasoning="Lost.", seconds=30)
        return await decided(desk, asking, desk.approve)

    async def act(self, claimed, act):
        async def acting():
            return act()

        return await act_once_async(self.client, claimed, acting)

    async def close(self):
        await self.client.close()


class SyncActing(Acting):
    async def ask(self, desk):
        asking = asyncio.to_thread(self.client.ask, "refund.create", {"amount": 250}, reasoning="Lost.", seconds=30)
        return await decided(desk, asking, desk.approve)

    async def act(self, claimed, act):
        def kept():
            try:
                return act_once(self.client, claimed, act), None
            except BaseException as error:  # noqa: BLE001 a thread of the loop's must not raise what ends the loop
                return None, error

        result, error = await asyncio.to_thread(kept)
        if error is not None:
            raise error
        return result

    async def close(self):
        self.client.close()


@pytest.fixture(params=["async", "sync"])
async def acting(request, door):
    if request.param == "async":
        async with AsyncSignoff(door.url, TOKEN, timeout=PATIENCE, patience=0) as client:
            yield Acting(client)
    else:
        with Signoff(door.url, TOKEN, timeout=PATIENCE, patience=0) as client:
            yield SyncActing(client)


def raiser(error):
    def act():
        raise error

    return act


ENDINGS = {
    "a fault": (ConnectionError("declined"), "failed", "ConnectionError: declined"),
    "half a character": (ValueError(f"bad {HALF}"), "failed", "ValueError: bad \\ud83d"),
    "no words of its own": (Silent(), "failed", "Silent, which cannot say what it is (RuntimeError)"),
    "a time limit": (TimeoutError("after 5 s"), "unknown", "TimeoutError: after 5 s"),
    "what may still run": (Unfinished("given up"), "unknown", "Unfinished: given up"),
    "an interruption": (KeyboardInterrupt(), "unknown", "KeyboardInterrupt: "),
    "an end of the program": (SystemExit(3), "unknown", "SystemExit: 3"),
    "a cancelled task": (asyncio.CancelledError("stop"), "unknown", "CancelledError: stop"),
    "what does not fit": (Unfit("x was approved as 1"), "failed", "Nothing ran: x was approved as 1"),
    "what could not be asked below": (Invalid("no"), "failed", "Invalid: no"),
}


@pytest.mark.parametrize("what", ENDINGS)
async def test_whatever_it_raises_is_reported_as_what_it_means(acting, desk, what):
    error, status, detail = ENDINGS[what]
    claimed = await acting.ask(desk)
    with pytest.raises(type(error)) as raised:
        await acting.act(claimed, raiser(error))
    assert raised.value is error
    known = await desk.show({"id": claimed.id})
    assert (known["status"], known["outcome"]["detail"]) == (status, detail)
    assert not hasattr(error, "__notes__")


def a_generator():
    yield 1


async def a_coroutine():
    return 1


async def an_async_generator():
    yield 1


@pytest.mark.parametrize("lazy", [a_generator, a_coroutine, an_async_generator])
async def test_a_result_that_has_not_run_is_not_reported_as_a_success(acting, desk, lazy):
    claimed = await acting.ask(desk)
    with pytest.raises(Unfinished, match="It returned a"):
        await acting.act(claimed, lazy)
    known = await desk.show({"id": claimed.id})
    assert (known["status"], known["outcome"]["detail"][:26]) == ("unknown", "Unfinished: It returned a ")


async def test_unfit_of_a_call_within_it_does_not_say_that_nothing_ran(acting, desk):
    inner, outer = await acting.ask(desk), await acting.ask(desk)
    error = Unfit("x was approved as 1")
    with pytest.raises(Unfit):
        await acting.act(inner, raiser(error))
    with pytest.raises(Unfit):
        await acting.act(outer, raiser(error))
    known = [(await desk.show({"id": each.id}))["outcome"]["detail"] for each in (inner, outer)]
    assert known == ["Nothing ran: x was approved as 1", "Unfit: x was approved as 1"]


async def test_a_client_that_is_closed_while_it_acts_leaves_it_unreported_and_says_so(acting, desk):
    claimed = await acting.ask(desk)
    await acting.close()
    with pytest.raises(Unreported, match="Do not run it again") as lost:
        await acting.act(claimed, lambda: "re_1")
    assert lost.value.result == "re_1"
    assert lost.value.claimed == claimed


async def test_a_fault_that_cannot_be_reported_carries_a_note_of_it(acting, desk):
    claimed = await acting.ask(desk)
    await acting.close()
    with pytest.raises(ConnectionError) as raised:
        await acting.act(claimed, raiser(ConnectionError("declined")))
    assert raised.value.__notes__[0].startswith("This could not be reported: ")


async def test_a_task_that_is_cancelled_while_it_reports_has_reported(door, desk):
    async with AsyncSignoff(door.url, TOKEN, timeout=PATIENCE, patience=5) as client:
        acting = Acting(client)
        claimed = await acting.ask(desk)

        def act():
            task.cancel()  # felt at the next await, which is the report's

        task = asyncio.ensure_future(acting.act(claimed, act))
        with pytest.raises(asyncio.CancelledError):
            await task
    assert (await desk.show({"id": claimed.id}))["status"] == "succeeded"


async def test_an_interruption_of_the_report_is_raised_once_it_was_reported(door, desk, monkeypatch):
    with Signoff(door.url, TOKEN, timeout=PATIENCE, patience=5) as client:
        acting = SyncActing(client)
        claimed = await acting.ask(desk)
        sends = iter([KeyboardInterrupt])
        send = client._lines.send

        def interrupted(*args, **kwargs):
            for fault in sends:
                raise fault
            return send(*args, **kwargs)

        monkeypatch.setattr(client._lines, "send", interrupted)
        with pytest.raises(KeyboardInterrupt):
            await acting.act(claimed, lambda: "re_1")
    assert (await desk.show({"id": claimed.id}))["status"] == "succeeded"


@pytest.mark.parametrize("kind", ["async", "sync"])
async def test_a_gate_reports_any_text_and_says_when_it_cannot(door, desk, kind):
    client = (AsyncSignoff if kind == "async" else Signoff)(door.url, TOKEN, timeout=PATIENCE, patience=0)
    acting = Acting(client) if kind == "async" else SyncActing(client)
    gate = AsyncGate(client) if kind == "async" else Gate(client)

    async def report(granted, detail):
        if kind == "async":
            return await gate.report(granted, "failed", detail)
        return await asyncio.to_thread(gate.report, granted, "failed", detail)

    granted = Granted(claimed=await acting.ask(desk))
    await report(granted, HALF + "x" * 9000)
    assert (await desk.show({"id": granted.claimed.id}))["outcome"]["detail"].startswith("\\ud83dxxx")
    await acting.close()
    with pytest.raises(Exception, match="was closed") as lost:
        await report(granted, "again")
    assert type(lost.value).__name__ == "Unavailable"


async def test_a_sync_act_under_an_async_gate_is_run_and_reported(door, desk):
    async with AsyncSignoff(door.url, TOKEN, timeout=PATIENCE, patience=5) as client:
        claimed = await Acting(client).ask(desk)
        assert await act_once_async(client, claimed, lambda: "re_1") == "re_1"
    assert (await desk.show({"id": claimed.id}))["status"] == "succeeded"
