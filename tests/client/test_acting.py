"""Whatever happens once it acts, what came of it is reported, or `Unreported` says that it could not be."""

import asyncio
import signal
import sys

import pytest

from signoff_client import AsyncSignoff, Invalid, Signoff, Unavailable, Unfinished, Unfit, Unreported
from signoff_client.acting import act_once, act_once_async
from signoff_client.gating import AsyncGate, Gate, Granted
from signoff_client.transport.wire import escaped
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

    async def ask(self, endpoint):
        asking = self.client.ask("refund.create", {"amount": 250}, reasoning="Lost.", seconds=30)
        return await decided(endpoint, asking, endpoint.approve)

    async def act(self, claimed, act):
        async def acting():
            return act()

        return await act_once_async(self.client, claimed, acting)

    async def close(self):
        await self.client.close()


class SyncActing(Acting):
    async def ask(self, endpoint):
        asking = asyncio.to_thread(self.client.ask, "refund.create", {"amount": 250}, reasoning="Lost.", seconds=30)
        return await decided(endpoint, asking, endpoint.approve)

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
    "no from below": (Invalid("no"), "failed", "Invalid: no"),
}


@pytest.mark.parametrize("what", ENDINGS)
async def test_whatever_it_raises_is_reported_as_what_it_means(acting, endpoint, what):
    error, status, detail = ENDINGS[what]
    claimed = await acting.ask(endpoint)
    with pytest.raises(type(error)) as raised:
        await acting.act(claimed, raiser(error))
    assert raised.value is error
    known = await endpoint.show({"id": claimed.id})
    assert (known["status"], known["outcome"]["detail"]) == (status, detail)
    assert not hasattr(error, "__notes__")


def a_generator():
    yield 1


async def a_coroutine():
    return 1


async def an_async_generator():
    yield 1


@pytest.mark.parametrize("lazy", [a_generator, a_coroutine, an_async_generator])
async def test_a_result_that_has_not_run_is_not_reported_as_a_success(acting, endpoint, lazy):
    claimed = await acting.ask(endpoint)
    with pytest.raises(Unfinished, match="It returned a"):
        await acting.act(claimed, lazy)
    known = await endpoint.show({"id": claimed.id})
    assert (known["status"], known["outcome"]["detail"][:26]) == ("unknown", "Unfinished: It returned a ")


async def test_unfit_of_a_call_within_it_does_not_say_that_nothing_ran(acting, endpoint):
    inner, outer = await acting.ask(endpoint), await acting.ask(endpoint)
    error = Unfit("x was approved as 1")
    with pytest.raises(Unfit):
        await acting.act(inner, raiser(error))
    with pytest.raises(Unfit):
        await acting.act(outer, raiser(error))
    known = [(await endpoint.show({"id": each.id}))["outcome"]["detail"] for each in (inner, outer)]
    assert known == ["Nothing ran: x was approved as 1", "Unfit: x was approved as 1"]


async def test_a_client_that_is_closed_while_it_acts_leaves_it_unreported_and_says_so(acting, endpoint):
    claimed = await acting.ask(endpoint)
    await acting.close()
    with pytest.raises(Unreported, match="Do not run it again") as lost:
        await acting.act(claimed, lambda: "re_1")
    assert lost.value.result == "re_1"
    assert lost.value.claimed == claimed


LOST = ("a fault", "half a character", "no words of its own", "a time limit", "what may still run", "no from below")


@pytest.mark.parametrize("what", LOST)
async def test_a_fault_whose_report_is_lost_is_unreported_from_that_fault(acting, endpoint, what):
    error, status, detail = ENDINGS[what]
    claimed = await acting.ask(endpoint)
    await acting.close()
    with pytest.raises(Unreported, match="Do not run it again") as raised:
        await acting.act(claimed, raiser(error))
    lost = raised.value
    assert lost.error is error
    assert lost.__cause__ is error
    assert (lost.claimed, lost.status, lost.result) == (claimed, status, None)
    assert escaped(lost.detail) == detail
    assert isinstance(lost.why, Unavailable)
    assert type(error).__name__ in lost.message


async def test_what_was_lost_can_be_reported_later_as_it_would_have_been(acting, endpoint, door):
    claimed = [await acting.ask(endpoint) for _ in range(2)]
    await acting.close()
    for each, act in zip(claimed, (lambda: "re_1", raiser(TimeoutError("after 5 s"))), strict=True):
        with pytest.raises(Unreported) as lost:
            await acting.act(each, act)
        async with AsyncSignoff(door.url, TOKEN, timeout=PATIENCE) as client:
            await client.report(lost.value.claimed, lost.value.status, lost.value.detail)
    outcomes = [(await endpoint.show({"id": each.id}))["outcome"] for each in claimed]
    assert [(each["status"], each["detail"]) for each in outcomes] == [
        ("succeeded", None),
        ("unknown", "TimeoutError: after 5 s"),
    ]


async def test_who_goes_on_gets_what_it_returned_or_raised_with_a_note_of_the_loss(acting, endpoint):
    claimed = [await acting.ask(endpoint) for _ in range(2)]
    await acting.close()
    error = ConnectionError("declined")
    with pytest.raises(Unreported) as returned:
        await acting.act(claimed[0], lambda: "re_1")
    with pytest.raises(Unreported) as raised:
        await acting.act(claimed[1], raiser(error))
    assert returned.value.outcome() == "re_1"
    with pytest.raises(ConnectionError) as again:
        raised.value.outcome()
    assert again.value is error
    assert error.__notes__ == [raised.value.message]


@pytest.mark.parametrize("what", ["an interruption", "an end of the program", "a cancelled task", "what does not fit"])
async def test_what_has_to_end_the_program_or_says_that_nothing_ran_stays_what_it_is(acting, endpoint, what):
    error = ENDINGS[what][0]
    claimed = await acting.ask(endpoint)
    await acting.close()
    with pytest.raises(type(error)) as raised:
        await acting.act(claimed, raiser(error))
    assert raised.value is error
    assert error.__notes__.pop().startswith("This could not be reported: ")


async def test_unfit_of_a_call_within_it_may_have_acted_and_is_unreported(acting, endpoint):
    error = Unfit("x was approved as 1")
    error.proposal_id = "prp_another"
    claimed = await acting.ask(endpoint)
    await acting.close()
    with pytest.raises(Unreported) as lost:
        await acting.act(claimed, raiser(error))
    assert (lost.value.error, lost.value.detail) == (error, "Unfit: x was approved as 1")


@pytest.mark.parametrize("kind", ["async", "sync"])
async def test_a_gate_for_a_framework_logs_what_is_lost_and_goes_on_with_what_came_of_it(door, endpoint, kind, caplog):
    client = (AsyncSignoff if kind == "async" else Signoff)(door.url, TOKEN, timeout=PATIENCE, patience=0)
    acting = Acting(client) if kind == "async" else SyncActing(client)
    gate = AsyncGate(client) if kind == "async" else Gate(client)

    async def run(granted, act):
        async def acts(approved):
            return act()

        if kind == "async":
            return await gate.run_and_log(granted, acts)
        return await asyncio.to_thread(gate.run_and_log, granted, lambda approved: act())

    granted = [Granted(claimed=await acting.ask(endpoint)) for _ in range(3)]
    inner = Unreported(granted[0].claimed, ConnectionError("gone"), result="re_0")
    with pytest.raises(Unreported) as raised:
        await run(granted[2], raiser(inner))
    assert raised.value is inner
    await acting.close()
    assert await run(granted[0], lambda: "re_1") == "re_1"
    with pytest.raises(ConnectionError, match="declined") as error:
        await run(granted[1], raiser(ConnectionError("declined")))
    logged = [record.getMessage() for record in caplog.records if record.name.startswith("signoff_client")]
    assert [each.claimed.id in said for each, said in zip(granted, logged, strict=False)] == [True, True]
    assert error.value.__notes__ == [logged[1]]


async def test_a_task_that_is_cancelled_while_it_reports_has_reported(door, endpoint):
    async with AsyncSignoff(door.url, TOKEN, timeout=PATIENCE, patience=5) as client:
        acting = Acting(client)
        claimed = await acting.ask(endpoint)

        def act():
            task.cancel()  # felt at the next await, which is the report's

        task = asyncio.ensure_future(acting.act(claimed, act))
        with pytest.raises(asyncio.CancelledError):
            await task
    assert (await endpoint.show({"id": claimed.id}))["status"] == "succeeded"


PROGRAM = """\
import sys
from signoff_client import Signoff
from signoff_client.acting import act_once
with Signoff(sys.argv[1], sys.argv[2], timeout=600, patience=5) as client:
    claimed = client.ask("refund.create", {"amount": 250}, reasoning="Lost.", seconds=600)
    try:
        act_once(client, claimed, lambda: "re_1")
    except KeyboardInterrupt:
        print("interrupted")
"""


async def test_an_interruption_of_the_report_is_raised_once_it_was_reported(door, endpoint):
    reported = asyncio.Event()
    running = await asyncio.create_subprocess_exec(
        sys.executable, "-c", PROGRAM, door.url, TOKEN, stdout=asyncio.subprocess.PIPE
    )

    async def interrupt(known):
        door.script = ["pass", reported]  # the claim, and the report
        await endpoint.approve(known)
        await reported.wait()
        running.send_signal(signal.SIGINT)

    try:
        async with asyncio.timeout(PATIENCE):
            said, _ = await decided(endpoint, running.communicate(), interrupt)
    finally:
        if running.returncode is None:
            running.kill()
    assert said == b"interrupted\n"
    (known,) = (await endpoint.call("GET", "/v1/proposals"))["proposals"]
    assert known["status"] == "succeeded"
    assert [path.rpartition("/")[2] for _, path, _, _ in door.seen[-2:]] == ["outcome", "outcome"]


@pytest.mark.parametrize("kind", ["async", "sync"])
async def test_a_gate_reports_any_text_and_says_when_it_cannot(door, endpoint, kind):
    client = (AsyncSignoff if kind == "async" else Signoff)(door.url, TOKEN, timeout=PATIENCE, patience=0)
    acting = Acting(client) if kind == "async" else SyncActing(client)
    gate = AsyncGate(client) if kind == "async" else Gate(client)

    async def report(granted, detail):
        if kind == "async":
            return await gate.report(granted, "failed", detail)
        return await asyncio.to_thread(gate.report, granted, "failed", detail)

    granted = Granted(claimed=await acting.ask(endpoint))
    await report(granted, HALF + "x" * 9000)
    assert (await endpoint.show({"id": granted.claimed.id}))["outcome"]["detail"].startswith("\\ud83dxxx")
    await acting.close()
    with pytest.raises(Exception, match="was closed") as lost:
        await report(granted, "again")
    assert type(lost.value).__name__ == "Unavailable"


async def test_a_sync_act_under_an_async_gate_is_run_and_reported(door, endpoint):
    async with AsyncSignoff(door.url, TOKEN, timeout=PATIENCE, patience=5) as client:
        claimed = await Acting(client).ask(endpoint)
        assert await act_once_async(client, claimed, lambda: "re_1") == "re_1"
    assert (await endpoint.show({"id": claimed.id}))["status"] == "succeeded"
