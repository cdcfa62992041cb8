"""The scenario for what every adapter stands on: the gate, sync and async, and the decorator."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace
from functools import partial
from typing import Any, ClassVar

from scenario import Inline, Line, Parked, Parks, Turn, play

from signoff_client import ApprovalPending, SignoffError, Ticket, Unreported, requires_approval
from signoff_client.fidelity import arguments_of
from signoff_client.gating import AsyncGate, Denied, Gate, Granted, ToolCall
from signoff_client.gating import Parked as StillParked

NO_FRAMEWORK = {
    "injected": "a program of one's own fills in nothing for a model",
    "stream": "there is no framework that streams",
    "handoff": "there is no framework that hands on",
    "altered": "the ticket is the whole state, and says itself what it is for",
    "affirm": "there is no yes but that of people",
    "question": "there is no question but that to people",
}


KNOWN = {"refund": ("amount",), "ship": ("amount", "lines")}
"""The arguments of each tool: who calls them by hand says that to the gate."""


def call_of(turn: Turn) -> ToolCall:
    return ToolCall(tool=turn.tool, arguments=turn.arguments, call_id=turn.call_id, run_id=turn.run_id)


def read_of(turn: Turn, payload: Mapping[str, Any]) -> dict[str, Any]:
    """The tool's arguments of a payload, as a program of one's own makes them."""
    if turn.tool == "refund":
        return {"amount": float(payload["amount"])}
    lines = [Line(**each) for each in payload["lines"]]
    return {"amount": float(payload["amount"]), "lines": lines}


def shown_of(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The payload that people are shown of the tool's arguments."""
    lines = {"lines": [asdict(each) for each in arguments["lines"]]} if "lines" in arguments else {}
    return {"amount": arguments["amount"], **lines}


def fitting(turn: Turn, payload: Mapping[str, Any]) -> dict[str, Any]:
    return arguments_of(payload, show=shown_of, validate=lambda said: read_of(turn, said), name=turn.tool)


class Rig:
    """A loop that calls one tool by itself."""

    row = "`Gate`"
    unsupported: ClassVar = NO_FRAMEWORK | {
        "cancel": "a thread cannot be cancelled",
        "timeout": "a thread cannot be cut short",
    }

    def inline(self, turn: Turn) -> str:
        with turn.client() as client:
            return self._taken(turn, Gate(client, wait=turn.wait))

    def several(self, turns: Sequence[Turn]) -> list[str]:
        with turns[0].client() as client, ThreadPoolExecutor(len(turns)) as threads:
            gate = Gate(client, wait=turns[0].wait)
            return list(threads.map(lambda turn: self._taken(turn, gate), turns))

    def park(self, turn: Turn) -> str | Parks:
        with turn.client() as client:
            gate = Gate(client, wait=turn.wait)
            return self._acted(
                turn,
                gate,
                gate.refuse_unknown(call_of(turn), arguments=KNOWN[turn.tool]) or gate.check(call_of(turn), wait=0),
            )

    def resume(self, turn: Turn, state: str) -> str | Parks:
        with turn.client() as client:
            gate = Gate(client)
            return self._acted(turn, gate, gate.resume(Ticket.from_json(state)))

    def _taken(self, turn: Turn, gate: Gate) -> str:
        return str(
            self._acted(
                turn, gate, gate.refuse_unknown(call_of(turn), arguments=KNOWN[turn.tool]) or gate.check(call_of(turn))
            )
        )

    def _acted(self, turn: Turn, gate: Gate, answer: Granted | Denied | StillParked) -> str | Parks:
        def act(approved: dict[str, Any]) -> str:
            arguments = fitting(turn, approved)
            return turn.refund(**arguments) if turn.tool == "refund" else turn.ship(**arguments)

        match answer:
            case Granted():
                try:
                    return gate.run(answer, act)
                except Unreported as lost:
                    return str(lost.outcome())
                except SignoffError as no:
                    return no.message
            case Denied(message=message):
                return message
            case StillParked(ticket=ticket):
                return Parks(ticket.to_json())


class AsyncRig:
    """The same, asynchronous."""

    row = "`AsyncGate`"
    unsupported: ClassVar = NO_FRAMEWORK

    async def inline(self, turn: Turn) -> str:
        async with turn.async_client() as client:
            return await self._taken(turn, AsyncGate(client, wait=turn.wait))

    async def several(self, turns: Sequence[Turn]) -> list[str]:
        async with turns[0].async_client() as client:
            gate = AsyncGate(client, wait=turns[0].wait)
            return await asyncio.gather(*(self._taken(turn, gate) for turn in turns))

    async def park(self, turn: Turn) -> str | Parks:
        async with turn.async_client() as client:
            gate = AsyncGate(client, wait=turn.wait)
            return await self._acted(
                turn,
                gate,
                gate.refuse_unknown(call_of(turn), arguments=KNOWN[turn.tool])
                or await gate.check(call_of(turn), wait=0),
            )

    async def resume(self, turn: Turn, state: str) -> str | Parks:
        async with turn.async_client() as client:
            gate = AsyncGate(client)
            return await self._acted(turn, gate, await gate.resume(Ticket.from_json(state)))

    async def _taken(self, turn: Turn, gate: AsyncGate) -> str:
        return str(
            await self._acted(
                turn,
                gate,
                gate.refuse_unknown(call_of(turn), arguments=KNOWN[turn.tool]) or await gate.check(call_of(turn)),
            )
        )

    async def _acted(self, turn: Turn, gate: AsyncGate, answer: Granted | Denied | StillParked) -> str | Parks:
        async def act(approved: dict[str, Any]) -> str:
            arguments = fitting(turn, approved)
            if turn.tool == "ship":
                return turn.ship(**arguments)
            return await turn.arefund(**arguments)

        match answer:
            case Granted():
                try:
                    async with asyncio.timeout(turn.within):
                        return await gate.run(answer, act)
                except Unreported as lost:
                    return str(lost.outcome())
                except SignoffError as no:
                    return no.message
            case Denied(message=message):
                return message
            case StillParked(ticket=ticket):
                return Parks(ticket.to_json())


class Decorated:
    """A function behind `@requires_approval`, called by a program."""

    row = "`@requires_approval`"
    unsupported: ClassVar = {name: why for name, why in Rig.unsupported.items() if name != "altered"}

    def inline(self, turn: Turn) -> str:
        with turn.client() as client:
            return str(ended(lambda: guarded(turn, client, turn.wait)(**arguments_in(turn))))

    def several(self, turns: Sequence[Turn]) -> list[str]:
        with turns[0].client() as client, ThreadPoolExecutor(len(turns)) as threads:
            acts = [partial(guarded(turn, client, turn.wait), **arguments_in(turn)) for turn in turns]
            return [str(read) for read in threads.map(ended, acts)]

    def park(self, turn: Turn) -> str | Parks:
        with turn.client() as client:
            return ended(lambda: guarded(turn, client, 0)(**arguments_in(turn)))

    def resume(self, turn: Turn, state: str) -> str | Parks:
        with turn.client() as client:
            return ended(lambda: guarded(turn, client, 0).resume(Ticket.from_json(state)))

    def altered(self, turn: Turn, state: str) -> tuple[Turn, str]:
        return replace(turn, tool="ship"), state


def guarded(turn: Turn, client: Any, wait: float) -> Any:
    """The turn's tool, asking first."""

    def refund(amount: float) -> str:
        return turn.refund(amount)

    def ship(amount: float, lines: list[Line] = []) -> str:  # noqa: B006 nobody changes it
        return turn.ship(amount, lines)

    asks = requires_approval(turn.tool, client=client, wait=wait)(refund if turn.tool == "refund" else ship)
    return asks.asking(key=f"{turn.run_id}:{turn.call_id}", run_id=turn.run_id, tool_call_id=turn.call_id)


def arguments_in(turn: Turn) -> dict[str, Any]:
    """What a program calls the tool with: values of its own, and no JSON."""
    return read_of(turn, turn.arguments) | (turn.more or {})


def ended(act: Callable[[], str]) -> str | Parks:
    """What came of a call of a guarded function."""
    try:
        return act()
    except ApprovalPending as pending:
        return Parks(pending.ticket.to_json())
    except Unreported as lost:
        return str(lost.outcome())
    except SignoffError as no:
        return no.message


class TestInline(Inline):
    rig = Rig()


class TestParked(Parked):
    rig = Rig()


class TestAsyncInline(Inline):
    rig = AsyncRig()


class TestAsyncParked(Parked):
    rig = AsyncRig()


class TestDecoratedInline(Inline):
    rig = Decorated()


class TestDecoratedParked(Parked):
    rig = Decorated()


if __name__ == "__main__":
    play(Rig())
