"""Turns: transactions that wait to be written, one after the other, with one commit for those that wait together.

One that fails leaves the others whole. Nobody is answered, and nobody is refused because of what another one wrote,
before the disk has it.
"""

import asyncio
import contextvars
import threading
import time
from collections import deque
from itertools import islice
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from approvals.ports import StoreBusy

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from storage.engine.database import Statements

T = TypeVar("T")

PATIENCE = 2.5
"""Seconds a caller waits for its turn and for locks together; whoever asks wants an answer within three."""
MOST = 64
"""So many transactions share one commit at most."""
LONGEST = 0.05
"""Seconds after which no other one joins a commit: whoever came first waits for it too."""


class Turn(Generic[T]):
    """One transaction that waits to be done, and whoever waits for its answer."""

    def __init__(
        self,
        work: "Callable[[Statements], Coroutine[Any, Any, T]]",
        asks: str | None,
        answer: "asyncio.Future[T]",
        until: float,
    ) -> None:
        self.work = work
        self.asks = asks
        """What it will ask about."""
        self.until = until
        """When its caller gives up, by time.monotonic."""
        self.context = contextvars.copy_context()
        """In which it is to be done: its caller's."""
        self._answer = answer
        self._taken = threading.Lock()
        self._result: T
        self._fault: BaseException | None = None
        self._committed: Callable[[], None] | None = None
        self._settled = False

    def take(self) -> bool:
        """Whether it is the caller's to do, or to give up: true for one, on whichever thread it comes first."""
        return self._taken.acquire(blocking=False)

    @property
    def is_taken(self) -> bool:
        """Whether somebody has."""
        return self._taken.locked()

    def keep(self, result: T, committed: "Callable[[], None]") -> None:
        """It is done: what it gives, and what is to be called once that is durable."""
        self._result, self._committed = result, committed

    def fail(self, fault: BaseException) -> None:
        """Nothing of it was kept, whatever it found."""
        self._fault = fault

    async def until_settled(self) -> None:
        """Returns once it is over; for a caller who was cancelled amid it, and whose answer is so, too."""
        if not self._settled:
            self._answer = asyncio.get_running_loop().create_future()
            await _settled(self._answer)

    def settle(self) -> None:
        """Answers, in the loop; once."""
        if self._settled:
            return
        self._settled = True
        if self._fault is None and self._committed is not None:
            self._committed()
        if self._answer.done():
            return
        if self._fault is None:
            self._answer.set_result(self._result)
        else:
            self._answer.set_exception(self._fault)

    def give_up(self) -> None:
        """Answers that it took too long, unless it is under way."""
        if self.take():
            self.fail(busy("other writes are under way"))
            self.settle()


class Turns:
    """Those who wait to write.

    `carry_out` does some of them, puts each that it takes into its list, and commits. Whom it has answered already it
    takes out again.
    """

    def __init__(self, carry_out: "Callable[[list[Turn[Any]]], Coroutine[Any, Any, None]]") -> None:
        self._carry_out = carry_out
        self._waiting: deque[Turn[Any]] = deque()
        self._carrying: asyncio.Task[None] | None = None

    async def write(self, work: "Callable[[Statements], Coroutine[Any, Any, T]]", asks: str | None = None) -> T:
        """See Database. A caller who is cancelled before its turn leaves nothing; after, it is done to the end."""
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[T] = loop.create_future()
        turn = Turn(work, asks, answer, time.monotonic() + PATIENCE)
        self._waiting.append(turn)
        if self._carrying is None or self._carrying.done():
            batch: list[Turn[Any]] = []
            first = loop.create_task(self._carry_out(batch))
            self._carrying = loop.create_task(self._carry_waiting(batch, first))
        timer = loop.call_later(PATIENCE, turn.give_up)
        try:
            return await answer
        except asyncio.CancelledError:
            if not turn.take():
                await to_the_end(turn.until_settled())
            raise
        finally:
            timer.cancel()

    async def settled(self) -> None:
        """Returns once nothing is under way."""
        if self._carrying is not None:
            await _settled(self._carrying)

    def expected(self) -> list[str]:
        """See Statements; of as many as may share a commit."""
        waiting = islice(self._waiting.copy(), MOST)  # in one step: others come and go meanwhile
        return [each.asks for each in waiting if each.asks is not None]

    def first(self) -> "Turn[Any] | None":
        """The next that nobody has given up, out of the queue and not taken yet."""
        return next((each for each in iter(self._pop, None) if not each.is_taken), None)

    def next(self) -> "Turn[Any] | None":
        """The next that nobody has given up, taken."""
        return next((each for each in iter(self._pop, None) if each.take()), None)

    def joining(self, batch: "list[Turn[Any]]", began: float) -> "Turn[Any] | None":
        """The same, if one more may share a commit that began at a moment of time.monotonic."""
        return self.next() if len(batch) < MOST and time.monotonic() - began < LONGEST else None

    async def _carry_waiting(self, batch: "list[Turn[Any]]", under_way: "asyncio.Task[None]") -> None:
        """Answers those of a commit that has begun, and has it go on until nobody waits."""
        while True:
            try:
                await to_the_end(under_way)
            except Exception as fault:  # noqa: BLE001 whoever waited is told
                if not batch and (turn := self.next()) is not None:  # there is no connection
                    turn.fail(fault)
                    batch.append(turn)
            finally:
                for each in batch:
                    each.settle()
            if not self._waiting:
                return
            batch = []
            under_way = asyncio.get_running_loop().create_task(self._carry_out(batch))

    def _pop(self) -> "Turn[Any] | None":
        return self._waiting.popleft() if self._waiting else None


async def to_the_end(work: "Coroutine[Any, Any, T] | asyncio.Task[T]") -> T:
    """Awaits all of it even when cancelled on the way; the cancellation follows afterwards.

    What ends a transaction runs under it, so that no connection is left inside of one that nobody ends.
    """
    task = asyncio.ensure_future(work)
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError as now:
            cancelled = now
        except BaseException:  # noqa: BLE001, S110 it is raised below, by task.result()
            pass
    if cancelled is not None and not task.cancelled():
        task.exception()
        raise cancelled
    return task.result()


def busy(why: str) -> StoreBusy:
    """What somebody is told who waited too long."""
    return StoreBusy(f"The database did not answer in time: {why}. Try again in a second.")


async def _settled(answer: "asyncio.Future[Any]") -> None:
    await asyncio.wait([answer])
    if not answer.cancelled():
        answer.exception()
