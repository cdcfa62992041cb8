"""Driver of flows: sends what one asks for, waits where it pauses, and throws interruptions into it."""

import asyncio
import contextlib
import time
from typing import TYPE_CHECKING, TypeVar

from signoff_client.transport.lasting import to_the_end
from signoff_client.transport.wire import Request

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Generator

    from signoff_client.transport.wire import Answer, Lost, Step

T = TypeVar("T")


def drive(flow: "Generator[Step, Answer | Lost | None, T]", send: "Callable[[Request], Answer | Lost]") -> T:
    """What the flow returns. An interruption is thrown into it, so that it may take back what it has asked."""
    try:
        step = next(flow)
        while True:
            try:
                got = _take(step, send)
            except BaseException as cut:  # noqa: BLE001 the flow raises it once more
                step = flow.throw(cut)
            else:
                step = flow.send(got)
    except StopIteration as done:
        result: T = done.value
        return result


async def drive_async(
    flow: "Generator[Step, Answer | Lost | None, T]", send: "Callable[[Request], Awaitable[Answer | Lost]]"
) -> T:
    """The same; what an interrupted flow still has to do is done, however often its task is cancelled."""
    try:
        step = next(flow)
        while True:
            try:
                got = await _take_async(step, send)
            except BaseException as cut:
                await to_the_end(_rest(flow, flow.throw(cut), send))
                raise
            step = flow.send(got)
    except StopIteration as done:
        result: T = done.value
        return result


async def _rest(
    flow: "Generator[Step, Answer | Lost | None, T]",
    step: "Step",
    send: "Callable[[Request], Awaitable[Answer | Lost]]",
) -> None:
    """Its end is the interruption, which `drive_async` raises itself."""
    with contextlib.suppress(Exception, asyncio.CancelledError, KeyboardInterrupt, SystemExit):
        while True:
            step = flow.send(await _take_async(step, send))


def _take(step: "Step", send: "Callable[[Request], Answer | Lost]") -> "Answer | Lost | None":
    if isinstance(step, Request):
        return send(step)
    time.sleep(step.seconds)
    return None


async def _take_async(step: "Step", send: "Callable[[Request], Awaitable[Answer | Lost]]") -> "Answer | Lost | None":
    if isinstance(step, Request):
        return await send(step)
    await asyncio.sleep(step.seconds)
    return None
