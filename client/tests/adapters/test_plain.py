"""The scenario for the gate alone, sync and async: what every adapter stands on."""

from scenario import Inline, Parked, Parks, Turn, play

from signoff_client import Ticket, Unreported
from signoff_client.gating import AsyncGate, Denied, Gate, Granted, ToolCall
from signoff_client.gating import Parked as StillParked


def call_of(turn: Turn) -> ToolCall:
    return ToolCall(tool="refund", arguments={"amount": turn.amount}, call_id=turn.call_id, run_id=turn.run_id)


class Rig:
    """A loop that calls one tool by itself."""

    def inline(self, turn: Turn) -> str:
        with turn.client() as client:
            gate = Gate(client, wait=turn.wait)
            return str(self._acted(turn, gate, gate.check(call_of(turn))))

    def park(self, turn: Turn) -> str | Parks:
        with turn.client() as client:
            gate = Gate(client, wait=turn.wait)
            return self._acted(turn, gate, gate.check(call_of(turn), wait=0))

    def resume(self, turn: Turn, state: str) -> str | Parks:
        with turn.client() as client:
            gate = Gate(client)
            return self._acted(turn, gate, gate.resume(Ticket.from_json(state)))

    def _acted(self, turn: Turn, gate: Gate, answer: Granted | Denied | StillParked) -> str | Parks:
        match answer:
            case Granted():
                try:
                    return gate.run(answer, lambda arguments: turn.refund(**arguments))
                except Unreported as lost:
                    return str(lost.result)
            case Denied(message=message):
                return message
            case StillParked(ticket=ticket):
                return Parks(ticket.to_json())


class AsyncRig:
    """The same, asynchronous."""

    async def inline(self, turn: Turn) -> str:
        async with turn.async_client() as client:
            gate = AsyncGate(client, wait=turn.wait)
            return str(await self._acted(turn, gate, await gate.check(call_of(turn))))

    async def park(self, turn: Turn) -> str | Parks:
        async with turn.async_client() as client:
            gate = AsyncGate(client, wait=turn.wait)
            return await self._acted(turn, gate, await gate.check(call_of(turn), wait=0))

    async def resume(self, turn: Turn, state: str) -> str | Parks:
        async with turn.async_client() as client:
            gate = AsyncGate(client)
            return await self._acted(turn, gate, await gate.resume(Ticket.from_json(state)))

    async def _acted(self, turn: Turn, gate: AsyncGate, answer: Granted | Denied | StillParked) -> str | Parks:
        async def act(arguments: dict[str, float]) -> str:
            return turn.refund(**arguments)

        match answer:
            case Granted():
                try:
                    return await gate.run(answer, act)
                except Unreported as lost:
                    return str(lost.result)
            case Denied(message=message):
                return message
            case StillParked(ticket=ticket):
                return Parks(ticket.to_json())


class TestInline(Inline):
    rig = Rig()


class TestParked(Parked):
    rig = Rig()


class TestAsyncInline(Inline):
    rig = AsyncRig()


class TestAsyncParked(Parked):
    rig = AsyncRig()


if __name__ == "__main__":
    play(Rig())
