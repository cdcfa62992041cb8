"""One turn of an agent, and what its tools do: what every adapter's rig is given."""

import asyncio
import inspect
import json
import os
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

BROKEN: Final = "the till is jammed"
OURS: Final = "account-of-the-shop"
"""What the program itself fills into an argument that is injected."""
THEIRS: Final = "account-of-mallory"
"""What the model fills into it, if it may."""
GATE: Final = "gate"
_clients: dict[str, list[Any]] = {}
"""By run: a tool can close what its own run made."""


class TillJammed(RuntimeError):
    """What the tool raises when it is to break."""


@dataclass(frozen=True, slots=True)
class Parks:
    """The run stands still until people have decided; `state` is all that another process needs to go on."""

    state: str


@dataclass(kw_only=True)
class Line:
    """A line of an order; a tool that takes it has a default for one of its fields."""

    sku: str
    quantity: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One turn of an agent that wants to refund an amount."""

    amount: int
    run_id: str
    call_id: str
    url: str
    token: str
    folder: str
    """For files of the framework, such as a checkpointer's; the same for every process of one test."""
    wait: float = 60.0
    timeout: float = 10.0
    patience: float = 30.0
    tool: str = "refund"
    """Or `ship`, which takes `lines` too."""
    lines: list[dict[str, Any]] | None = None
    more: dict[str, Any] | None = None
    """What the model says beside, which the tool does not have."""
    breaks: bool = False
    """The tool raises once it has acted, `words`."""
    words: str = BROKEN
    hangs: bool = False
    """The tool never returns once it has acted."""
    within: float | None = None
    """Seconds that the framework gives the tool; once it has acted it takes longer, until `release`."""
    closes: bool = False
    """The client is closed while the tool acts."""
    confirms: bool = False
    """The tool asks something by the framework's own means before it acts."""
    loops: bool = False
    """The rig is one of a loop, so a tool that closes a client runs there."""

    @property
    def arguments(self) -> dict[str, Any]:
        """What the model calls the tool with."""
        return {"amount": self.amount} | ({} if self.lines is None else {"lines": self.lines}) | (self.more or {})

    def refund(self, amount: float) -> str:
        """What the tool does: it is to run at most once, with what people approved."""
        self._note("effects", f"{amount:g}")
        self._breaks()
        if self.within is not None:
            with (Path(self.folder) / GATE).open("rb") as gate:
                gate.read()
        if self.closes:
            for client in _clients[self.run_id]:
                client.close()
        return f"Refunded {amount:g}."

    async def arefund(self, amount: float) -> str:
        """The same in a loop, which stays free while the tool takes its time."""
        self._note("effects", f"{amount:g}")
        self._breaks()
        if self.within is not None:
            await asyncio.Event().wait()
        if self.closes:
            for client in _clients[self.run_id]:
                await settled(client.close())
        return f"Refunded {amount:g}."

    def ship(self, amount: float, lines: list[Line]) -> str:
        """The other tool."""
        self._note("shipped", json.dumps([amount, [asdict(each) for each in lines]]))
        return f"Shipped for {amount:g}."

    def refund_from(self, account: str, amount: float) -> str:
        """What `refund` does where `account` is injected."""
        self._note("accounts", account)
        return self.refund(amount)

    def client(self) -> Any:
        """A Signoff client that knows the stage."""
        from signoff_client import Signoff

        return self._kept(Signoff(url=self.url, token=self.token, timeout=self.timeout, patience=self.patience))

    def async_client(self) -> Any:
        """The same, asynchronous."""
        from signoff_client import AsyncSignoff

        return self._kept(AsyncSignoff(url=self.url, token=self.token, timeout=self.timeout, patience=self.patience))

    def set_gate(self) -> None:
        """Before a tool is given a time: makes what its thread waits at."""
        os.mkfifo(Path(self.folder) / GATE)

    def release(self) -> None:
        """Lets a thread go on that is still in the tool."""
        try:
            os.close(os.open(Path(self.folder) / GATE, os.O_WRONLY | os.O_NONBLOCK))
        except OSError:
            return  # nobody waits there

    def _kept(self, client: Any) -> Any:
        _clients.setdefault(self.run_id, []).append(client)
        return client

    def _note(self, file: str, line: str) -> None:
        with (Path(self.folder) / file).open("a", encoding="utf-8") as effects:
            effects.write(f"{line}\n")

    def _breaks(self) -> None:
        if self.breaks:
            raise TillJammed(self.words)
        if self.hangs:
            print("acted", flush=True)
            sys.stdin.read()


async def settled(came: Any) -> Any:
    """The value, awaited where it has to be."""
    return await came if inspect.isawaitable(came) else came
