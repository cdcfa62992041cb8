"""Worker process for long work on foreign text. The one door to pebble.

What may be long never runs in the loop, and no thread can be stopped; so it runs where it can be killed.

    async with Worker(seconds=2.0) as worker:
        blocks = await worker.run(difference_blocks, before, after)

`function` stands at the top of a module, and it, what it is given and what it gives can be pickled. A call costs some
2 ms above the work itself, so decide first by a cheap bound whether it may be long at all, and do what is short in
the loop. Both exceptions, `WorkLimit` and `WorkRefused`, mean that nothing is known of the answer: say so to whoever
waits, as a no, never as a yes. Never call it inside of a transaction: everybody else who writes would wait as well.

`Showing` decides so for what people are shown: how long a view, a card or a form takes to make depends on what agents,
and people who edit, have written. All of that is counted before, up to `LIGHT`, below which everything is short.

The processes are forked from a server that was started anew and knows neither our loop nor our database. None has the
current folder on its path. They end with us however we end: an idle one sees its pipe close, and a busy one is ended
by an alarm of the kernel's soon after its deadline, which needs no interpreter that listens.
"""

import asyncio
import os
import resource
import signal
import threading
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from multiprocessing import context, forkserver
from multiprocessing.process import BaseProcess
from typing import Any, Self, TypeVar

import structlog
from pebble import ProcessExpired, ProcessPool

from approvals.ports import WorkLimit, WorkRefused

__all__ = ["LIGHT", "LIMITS", "Showing", "WorkLimit", "WorkRefused", "Worker", "light"]

T = TypeVar("T")

BUSY = 8
"""Calls that are under way or wait for their turn at once."""
OF_ONE = 2
"""The same of one `who`: one agent's must not keep out all others'."""
MEMORY = 1 << 30
"""Bytes of address space of one process, a quarter of which is there before any work."""
GRACE = 1.0
"""Seconds after the deadline at which the kernel ends what nobody else has ended."""
STUCK = 30.0
"""Seconds more after which a pool that gives no answer is given up: on a slow machine its server begins late."""
PRELOADED = [
    "bot.logs",
    "bot.worker",
    "policy.json_schema.schemas",
    "bot.slack.cards.details",
    "bot.slack.cards.diff",
    "bot.cli.main",
]
"""What the server has imported before it forks a process, so that one that was killed is replaced at once."""
LIMITS = (WorkLimit, WorkRefused)
"""Nothing is known of what would have been shown; whoever asked is told that it was too much."""
LIGHT = 16_000
"""Characters and values, together, of which anything can be made within some hundredths of a second."""
_LEVEL = 2
"""What a level of nesting adds to each value in it, for it stands before each of its lines."""
_SAFE_PATH = "PYTHONSAFEPATH"
_ENVIRONMENT = threading.RLock()


@dataclass(slots=True)
class Worker:
    """Runs functions elsewhere, one at a time, while entered.

    The server of processes, one for all workers, begins with the first call: many installations never have long work,
    and where there is some the courier has it first, for which nobody waits.
    """

    seconds: float
    """The deadline of one call, from when it begins."""
    patience: float = 2.0
    """Seconds that a call waits for its turn."""
    trouble: str | None = None
    """A sentence for readiness while no process can be started."""
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    _under_way: Counter[str | None] = field(default_factory=Counter)
    _pool: ProcessPool | None = None

    async def __aenter__(self) -> Self:
        """Says what the server of processes is to have imported once it begins."""
        forkserver.set_forkserver_preload(PRELOADED)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._give_up()

    async def run(self, function: Callable[..., T], *args: Any, who: str | None = None) -> T:
        """What `function` gives for `args`; what it raises is raised here.

        `who` is whose work it is, such as an agent's name. Raises WorkLimit, WorkRefused.
        """
        if self._under_way.total() >= BUSY or (who is not None and self._under_way[who] >= OF_ONE):
            raise WorkRefused("too much is under way")
        self._under_way[who] += 1
        try:
            try:
                async with asyncio.timeout(self.patience):
                    await self._turn.acquire()
            except TimeoutError:
                raise WorkRefused("its turn did not come") from None
            try:
                outcome = await self._outcome(function, args)
            finally:
                self._turn.release()
        finally:
            self._under_way[who] -= 1
            self._under_way = +self._under_way  # without those who have none left: names must not pile up
        if isinstance(outcome, _Fault):
            raise outcome.error
        return outcome

    async def _outcome(self, function: Callable[..., T], args: tuple[Any, ...]) -> "T | _Fault":
        """A pool that breaks without having begun is replaced, once; a process that ends amid the work has an end."""
        try:
            return await self._once(function, args)
        except _Broken:
            try:
                return await self._once(function, args)
            except _Broken as broken:
                self._cannot_begin(broken.__cause__)
                raise WorkRefused("no process could begin it") from None

    async def _once(self, function: Callable[..., T], args: tuple[Any, ...]) -> "T | _Fault":
        try:
            pool = await self._present()
            call = pool.schedule(_limited, args=(self.seconds + GRACE, function, args), timeout=self.seconds)
            future = asyncio.wrap_future(call)
            try:
                await asyncio.wait([future], timeout=self.seconds + GRACE + STUCK)
                if not future.done():
                    await self._give_up()
                    raise WorkRefused("no process began it")
                return future.result()
            finally:
                future.cancel()
        except ProcessExpired:
            raise WorkLimit("its process ended") from None
        except TimeoutError:
            raise WorkLimit("it took too long") from None
        except (RuntimeError, OSError, EOFError) as error:
            await self._give_up()
            raise _Broken from error

    async def _present(self) -> ProcessPool:
        """The pool, or a new one where there is none that works."""
        if self._pool is not None and not self._pool.active:
            await self._give_up()
        if self._pool is None:
            pool = ProcessPool(max_workers=1, initializer=_begin, context=_CONTEXT)
            await asyncio.to_thread(_start, pool)
            self._pool, self.trouble = pool, None
        return self._pool

    async def _give_up(self) -> None:
        pool, self._pool = self._pool, None
        if pool is not None:
            # pebble says nothing of what this one gives
            pool.stop()  # type: ignore[no-untyped-call]
            await asyncio.to_thread(pool.join)

    def _cannot_begin(self, error: BaseException | None) -> None:
        said = getattr(error, "strerror", None) or type(error).__name__
        self.trouble = f"No process can be started for long work, so all of it is refused: {said}"
        structlog.get_logger("worker").error(self.trouble)


class _Broken(Exception):
    """The pool ended before the work began."""


@dataclass(frozen=True, slots=True)
class _Fault:
    """What the function raised, told apart from what the pool raises."""

    error: Exception


class _Forked(context.ForkServerProcess):
    """Begins in whichever of pebble's threads, and may have to begin the server anew."""

    @staticmethod
    def _Popen(process_obj: BaseProcess) -> Any:  # noqa: N802 the name is multiprocessing's
        with _no_current_folder():
            return context.ForkServerProcess._Popen(process_obj)  # noqa: SLF001 the method above


class _Context(context.ForkServerContext):
    Process = _Forked


_CONTEXT = _Context()


def _start(pool: ProcessPool) -> None:
    with _no_current_folder():
        if not pool.active:
            raise RuntimeError("the pool did not start")


@contextmanager
def _no_current_folder() -> Iterator[None]:
    """Python begins multiprocessing's helpers with `-c`, which looks for modules in the current folder first."""
    with _ENVIRONMENT:
        if os.environ.get(_SAFE_PATH):
            yield
            return
        os.environ[_SAFE_PATH] = "1"
        try:
            yield
        finally:
            del os.environ[_SAFE_PATH]


def _begin() -> None:
    """In the new process: SIGTERM ends it without asking the interpreter, and memory has a bound."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # each thread would take its share of the memory, for nothing
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    with suppress(OSError, ValueError):  # not every system knows it
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY if hard == resource.RLIM_INFINITY else min(MEMORY, hard), hard))


def _limited(seconds: float, function: Callable[..., T], args: tuple[Any, ...]) -> T | _Fault:
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        return function(*args)
    except MemoryError:
        os._exit(1)
    except Exception as error:  # noqa: BLE001 it is raised again where it was called
        return _Fault(error)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Showing:
    """Makes what is to be shown."""

    worker: Worker | None = None
    """None: all of it is made here, as where no loop waits."""

    async def __call__(self, make: Callable[..., T], *of: Any, **more: Any) -> T:
        """What `make` gives; a function at the top of a module. Raises WorkLimit, WorkRefused."""
        if self.worker is None or light(*of, *more.values()):
            return make(*of, **more)
        return await self.worker.run(partial(make, **more), *of)


def light(*values: object, most: int = LIGHT) -> bool:
    """Whether all that they say, whatever they are made of, is little."""
    left = most
    waiting: list[tuple[object, int]] = [(value, 0) for value in values]
    while waiting:
        value, depth = waiting.pop()
        members: Collection[object] = ()
        if isinstance(value, str):
            left -= len(value)
        elif isinstance(value, Mapping):
            left -= sum(map(len, filter(_is_text, value)))
            members = value.values()
        elif isinstance(value, (list, tuple, set, frozenset)):
            members = value
        elif hasattr(value, "__dataclass_fields__"):
            depth = -1  # ours, which nobody can nest
            members = [getattr(value, name) for name in value.__dataclass_fields__]
        left -= 1 + _LEVEL * max(depth, 0)
        if left < len(members):
            return False
        waiting += ((member, depth + 1) for member in members)
    return True


def _is_text(key: object) -> bool:
    return isinstance(key, str)
