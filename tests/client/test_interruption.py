"""Who is interrupted while people decide takes the question back, so that nobody decides for nobody."""

import asyncio
import signal
import sys
from contextlib import suppress

import pytest

from signoff_client import ApprovalPending, AsyncSignoff, Signoff, Unavailable, requires_approval
from signoff_client.gating import AsyncGate, Parked, ToolCall
from tests.api.conftest import TOKEN
from tests.client.test_guarding import only
from tests.patience import PATIENCE

CALL = ToolCall(tool="refund.create", arguments={"amount": 250}, call_id="call-1", run_id="run-1")


@pytest.fixture
async def agent(door):
    async with AsyncSignoff(door.url, TOKEN, timeout=PATIENCE, patience=5) as made:
        yield made


def ask(client, **more):
    return client.ask("refund.create", {"amount": 250}, reasoning="Lost.", seconds=30, **more)


async def cancelled(endpoint, waiting, *, times=1):
    """Cancels it once people can decide. What they then see of it."""
    task = asyncio.ensure_future(waiting)
    await endpoint.until_waiting(1)
    for _ in range(times):
        task.cancel()
        await asyncio.sleep(0)
    with pytest.raises(asyncio.CancelledError):
        await task
    return await only(endpoint)


@pytest.mark.parametrize("times", [1, 3])
async def test_a_cancelled_task_takes_its_question_back_however_often_it_is_cancelled(agent, endpoint, times):
    known = await cancelled(endpoint, ask(agent), times=times)
    assert (known["status"], known["reason"]) == ("withdrawn", "The agent was interrupted, and waits no longer.")


async def test_a_time_limit_around_it_takes_it_back_too(agent, endpoint):
    async def limited():
        async with asyncio.timeout(None) as limit:
            task = asyncio.ensure_future(endpoint.until_waiting(1))
            task.add_done_callback(lambda _: limit.reschedule(0))
            await ask(agent)

    with pytest.raises(TimeoutError):
        await limited()
    assert (await only(endpoint))["status"] == "withdrawn"


async def test_a_client_that_is_closed_at_once_lets_a_cancelled_task_take_its_question_back(door, endpoint):
    """As a framework does that cancels its tools, and leaves them behind."""
    client = AsyncSignoff(door.url, TOKEN, timeout=PATIENCE, patience=5)
    other = asyncio.ensure_future(client.ask("refund.create", {"amount": 7}, reasoning="Lost.", seconds=30))
    await endpoint.until_waiting(1)
    task = asyncio.ensure_future(ask(client))
    await endpoint.until_waiting(2)
    asyncio.get_running_loop().call_soon(task.cancel)
    await client.close()
    stands = {
        each["payload"]["amount"]: each["status"] for each in (await endpoint.call("GET", "/v1/proposals"))["proposals"]
    }
    assert stands == {7: "pending", 250: "withdrawn"}
    with pytest.raises(asyncio.CancelledError):
        await task
    other.cancel()
    with suppress(asyncio.CancelledError, Unavailable):
        await other


async def test_with_keep_the_question_stays_for_who_asks_again_with_the_same_key(agent, endpoint):
    known = await cancelled(endpoint, ask(agent, key="k", keep=True))
    assert known["status"] == "pending"
    await endpoint.approve(known)
    assert (await ask(agent, key="k")).id == known["id"]


async def test_a_gate_and_a_function_take_it_back_or_keep_it_as_they_are_told(agent, endpoint):
    assert (await cancelled(endpoint, AsyncGate(agent).check(CALL)))["status"] == "withdrawn"

    @requires_approval("refund.create", client=agent)
    async def refund(amount): ...

    task = asyncio.ensure_future(refund(250))
    await endpoint.until_waiting(1)
    task.cancel()
    await asyncio.wait({task})
    assert {each["status"] for each in (await endpoint.call("GET", "/v1/proposals"))["proposals"]} == {"withdrawn"}


async def test_a_gate_and_a_function_keep_it_where_they_are_told_to(agent, endpoint):
    gate = AsyncGate(agent, keep=True)
    assert (await cancelled(endpoint, gate.check(CALL)))["status"] == "pending"
    parked = await gate.check(CALL, wait=0)
    assert isinstance(parked, Parked)
    await agent.withdraw(parked.ticket, "done")

    @requires_approval("refund.create", client=agent, keep=True)
    async def refund(amount): ...

    task = asyncio.ensure_future(refund(250))
    await endpoint.until_waiting(1)
    task.cancel()
    await asyncio.wait({task})
    (known,) = (await endpoint.call("GET", "/v1/proposals?status=pending"))["proposals"]
    assert known["payload"] == {"amount": 250}


async def test_a_resumption_that_is_cancelled_leaves_it_to_who_has_the_ticket(agent, endpoint):
    with pytest.raises(ApprovalPending) as parked:
        await agent.ask("refund.create", {"amount": 250}, reasoning="Lost.", seconds=0)
    known = await cancelled(endpoint, agent.resume(parked.value.ticket, seconds=30))
    assert known["status"] == "pending"


async def test_cancelled_before_the_first_answer_it_finds_its_question_by_its_key(agent, endpoint, door):
    def cut(content):
        task.cancel()
        return content

    door.script = [cut]
    task = asyncio.ensure_future(ask(agent))
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (await only(endpoint))["status"] == "withdrawn"


@pytest.mark.parametrize("verb", ["ask", "resume"])
async def test_cancelled_while_it_claims_it_says_that_nothing_ran(agent, endpoint, door, verb):
    with pytest.raises(ApprovalPending) as parked:
        await agent.ask("refund.create", {"amount": 250}, reasoning="Lost.", seconds=0, key="k")
    await endpoint.approve({"id": parked.value.ticket.id})

    def cut(content):
        task.cancel()
        return content

    door.script = ["pass", cut]  # what is known of it, and the claim
    task = asyncio.ensure_future(ask(agent, key="k") if verb == "ask" else agent.resume(parked.value.ticket))
    with pytest.raises(asyncio.CancelledError):
        await task
    known = await only(endpoint)
    assert (known["status"], known["outcome"]["detail"]) == (
        "failed",
        "Nothing ran: The agent was interrupted, and waits no longer.",
    )


async def test_what_another_attempt_claimed_is_not_touched(agent, endpoint, door):
    def cut(content):
        task.cancel()
        return content

    door.script = ["pass", "pass", cut]  # asked, looked at, and held until it is decided
    task = asyncio.ensure_future(ask(agent, key="k"))
    await endpoint.until_waiting(1)
    known = await only(endpoint)
    await endpoint.approve(known)
    await endpoint.do(known, "claim", {"digest": known["digest"], "claimant": "other"})
    with pytest.raises(asyncio.CancelledError):
        await task
    known = await only(endpoint)
    assert (known["status"], known["outcome"]) == ("claimed", None)


@pytest.mark.parametrize("fault", ["drop", 500, "html"])
async def test_where_the_service_is_away_it_ends_all_the_same(door, endpoint, fault):
    async with AsyncSignoff(door.url, TOKEN, timeout=PATIENCE, patience=0) as hasty:
        task = asyncio.ensure_future(ask(hasty))
        await endpoint.until_waiting(1)
        door.script = [fault] * 5
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task


async def test_a_client_that_is_closed_meanwhile_ends_it_as_it_was_cancelled(door, endpoint):
    client = AsyncSignoff(door.url, TOKEN, timeout=PATIENCE, patience=0)
    task = asyncio.ensure_future(ask(client))
    await endpoint.until_waiting(1)
    task.cancel()
    await client.close()
    with pytest.raises(asyncio.CancelledError):
        await task


PROGRAM = """\
import sys
from signoff_client import Signoff
with Signoff(sys.argv[1], sys.argv[2], timeout=60, patience=5) as client:
    try:
        client.ask("refund.create", {"amount": 250}, reasoning="Lost.", seconds=600, keep=len(sys.argv) > 3)
    except KeyboardInterrupt:
        print("interrupted")
"""


@pytest.mark.parametrize(("more", "status"), [((), "withdrawn"), (("keep",), "pending")])
async def test_ctrl_c_takes_it_back_too_and_is_raised(door, endpoint, more, status):
    running = await asyncio.create_subprocess_exec(
        sys.executable, "-c", PROGRAM, door.url, TOKEN, *more, stdout=asyncio.subprocess.PIPE
    )
    try:
        async with asyncio.timeout(PATIENCE):
            await endpoint.until_waiting(1)
            running.send_signal(signal.SIGINT)
            said, _ = await running.communicate()
    finally:
        if running.returncode is None:
            running.kill()
    assert said == b"interrupted\n"
    assert (await only(endpoint))["status"] == status


async def test_what_is_not_interrupted_keeps_its_question(endpoint, door):
    with Signoff(door.url, TOKEN, timeout=PATIENCE, patience=0) as client:
        door.script = ["pass", 500]
        with pytest.raises(Exception, match="could not be asked"):
            await asyncio.to_thread(ask, client)
    assert (await only(endpoint))["status"] == "pending"
