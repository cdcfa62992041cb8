"""Faults on demand: what the next calls of a method, or the next deliveries, suffer."""

import asyncio
from dataclasses import dataclass
from typing import Any, Literal, get_args

Kind = Literal[
    "429",
    "500",
    "html",
    "empty",
    "ok_false",
    "drop_before",
    "drop_after",
    "hang",
    "hang_after",
    "duplicate",
]
DELIVERIES = ("interactive", "slash_commands", "events_api")


@dataclass(slots=True, kw_only=True)
class Fault:
    """One fault: which calls it hits, how often still, and what it does to them."""

    method: str
    kind: Kind
    times: int
    retry_after: int
    error: str
    channel: str | None


class Faults:
    """The faults still to come.

    `429`, `500`, `html`, `empty`, `ok_false`, `drop_before` and `hang` happen instead of the call;
    `drop_after` and `hang_after` once it is done; `duplicate` does it twice.
    A delivery (`interactive`, `slash_commands`, `events_api`) knows `duplicate`: it is sent twice at once.
    """

    def __init__(self) -> None:
        self._pending: list[Fault] = []
        self._released = asyncio.Event()

    def add(
        self,
        method: str,
        kind: Kind,
        *,
        times: int = 1,
        **details: Any,
    ) -> None:
        """Let the next `times` calls of `method` (of `channel`, if given) suffer `kind`.

        `details`: `retry_after` in seconds, `error` for `ok_false`, `channel`. Raises ValueError for
        a kind there is not.
        """
        if kind not in get_args(Kind) or (method in DELIVERIES and kind != "duplicate"):
            raise ValueError(f"no fault {kind!r} for {method}")
        unknown = details.keys() - {"retry_after", "error", "channel"}
        if unknown:
            raise ValueError(f"a fault has no {sorted(unknown)}")
        self._pending.append(
            Fault(
                method=method,
                kind=kind,
                times=times,
                retry_after=details.get("retry_after", 1),
                error=details.get("error", "fatal_error"),
                channel=details.get("channel"),
            )
        )

    def take(self, method: str, channel: str = "") -> Fault | None:
        """The fault this call suffers, counted down."""
        for fault in self._pending:
            if fault.method == method and fault.channel in (None, channel):
                fault.times -= 1
                if fault.times == 0:
                    self._pending.remove(fault)
                return fault
        return None

    @property
    def pending(self) -> int:
        """How many calls are still to suffer."""
        return sum(fault.times for fault in self._pending)

    def clear(self) -> None:
        """Forget the faults still to come."""
        self._pending.clear()

    def release(self) -> None:
        """Let every call that hangs end, by dropping its connection."""
        self._released.set()
        self._released = asyncio.Event()

    async def hang(self) -> None:
        """Wait until released."""
        await self._released.wait()
