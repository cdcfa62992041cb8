"""Clients: Signoff and AsyncSignoff, the same verbs, one waiting in its thread, one in its loop."""

import asyncio
import secrets
import time
from typing import TYPE_CHECKING, Any, Self, TypeVar, Unpack

import httpx

from signoff_client.chain import chained, link_of
from signoff_client.flows import LEAVING, Fields, Flows
from signoff_client.model import Claimed, Event, Proposal, Ticket
from signoff_client.transport.driving import drive, drive_async
from signoff_client.transport.lasting import UnderWay
from signoff_client.transport.lines import AsyncLines, Lines
from signoff_client.transport.listening import AsyncPieces, Listening, Pieces, source
from signoff_client.transport.place import MOST_WAITING, place_of
from signoff_client.transport.wire import SILENCE, Answer, Lost, NoAnswer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Generator, Iterator, Mapping
    from types import TracebackType

    from signoff_client.model import Feedback
    from signoff_client.transport.wire import Step

T = TypeVar("T")


class _Base:
    """Where and as whom to ask, and how patiently."""

    def __init__(
        self,
        url: str | None = None,
        token: str | None = None,
        *,
        timeout: float = 10.0,
        patience: float = 30.0,
        waits: int = MOST_WAITING,
    ) -> None:
        """`url` and `token` are by default those of SIGNOFF_URL and SIGNOFF_TOKEN; raises NotConfigured without.

        `timeout` is how long, in seconds, one answer may take beyond what the service was asked to hold it, `patience`
        how long one call goes on trying while the service is away. `waits` is how many calls may be held by the service
        at once; one more looks now and then, and claims and reports never wait for those that wait.
        """
        self._place = place_of(url, token, timeout=timeout, patience=patience, waits=waits)
        self._patience = patience
        self._flows = Flows(now=time.monotonic, patience=patience)

    def _listening(self, after: str | None) -> Listening:
        return Listening(
            after=after, patience=self._patience, longest=self._place.timeout + SILENCE, now=time.monotonic
        )


def _proposed(fields: Fields, reasoning: str) -> dict[str, Any]:
    return {"reasoning": reasoning, **{name: value for name, value in fields.items() if value is not None}}


def _id(proposal: "Proposal | Claimed | Ticket | str") -> str:
    return proposal if isinstance(proposal, str) else proposal.id


def new_key() -> str:
    """An idempotency key that nobody else has: 144 random bits."""
    return secrets.token_urlsafe(18)


class Signoff(_Base):
    """Asks, waits, claims and reports, in the calling thread. Threads may share one."""

    def __init__(
        self,
        url: str | None = None,
        token: str | None = None,
        *,
        timeout: float = 10.0,
        patience: float = 30.0,
        waits: int = MOST_WAITING,
    ) -> None:
        super().__init__(url, token, timeout=timeout, patience=patience, waits=waits)
        self._lines = Lines(self._place)

    def close(self) -> None:
        """Ends its connections."""
        self._lines.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: "TracebackType | None"
    ) -> None:
        self.close()

    def propose(
        self,
        action: str,
        payload: "Mapping[str, Any]",
        *,
        reasoning: str,
        key: str | None = None,
        **fields: Unpack[Fields],
    ) -> Proposal:
        """Asks, and does not wait. The same `key` is the same proposal; without one, every call is another."""
        return self._run(self._flows.propose(action, payload, key or new_key(), _proposed(fields, reasoning)))

    def get(self, proposal: "Proposal | Ticket | str") -> Proposal:
        """How it stands."""
        return self._run(self._flows.get(_id(proposal)))

    def proposals(self, *, run_id: str | None = None, status: str | None = None) -> tuple[Proposal, ...]:
        """This agent's own, of a run and in a status if they are named; newest first, a hundred at most."""
        return self._run(self._flows.listed({"run_id": run_id, "status": status}))

    def wait(self, proposal: "Proposal | Ticket | str", seconds: float = 300.0) -> Proposal:
        """How it stands once people decided or asked something, or after `seconds`."""
        return self._run(self._flows.wait(_id(proposal), seconds, for_questions=True))

    def claim(self, proposal: Proposal, *, claimant: str | None = None) -> Claimed:
        """The right to run it, once. Raises Refused, ApprovalPending, Superseded, Unavailable: then nothing may run."""
        return self._run(self._flows.claim(proposal, claimant or secrets.token_urlsafe(16)))

    def ask(
        self,
        action: str,
        payload: "Mapping[str, Any]",
        *,
        reasoning: str,
        key: str | None = None,
        seconds: float = 300.0,
        keep: bool = False,
        **fields: Unpack[Fields],
    ) -> Claimed:
        """Proposes, waits, claims: what returns may run, once. Raises Refused, and ApprovalPending after `seconds`.

        Interrupted it takes the question back; with `keep` that stays, for whoever asks with the same key.
        """
        body = _proposed(fields, reasoning)
        return self._run(self._flows.ask(action, payload, key or new_key(), body, seconds, keep=keep))

    def resume(self, ticket: Ticket, *, seconds: float = 0.0) -> Claimed:
        """Goes on where another process parked it. Raises as `ask` does."""
        return self._run(self._flows.resume(ticket, seconds))

    def report(
        self,
        claimed: "Claimed | Proposal | str",
        status: str,
        detail: str | None = None,
        verification: str | None = None,
    ) -> Proposal:
        """Says what came of acting: `succeeded`, `failed` or `unknown`."""
        return self._run(self._flows.report(_id(claimed), status, detail, verification))

    def rolled_back(self, proposal: "Proposal | Claimed | str", status: str, detail: str | None = None) -> Proposal:
        """Says what came of the rollback, where a person objected: `done` or `failed`."""
        return self._run(self._flows.rolled_back(_id(proposal), status, detail))

    def withdraw(self, proposal: "Proposal | Ticket | str", reason: str) -> Proposal:
        """Takes it back."""
        return self._run(self._flows.withdraw(_id(proposal), reason))

    def reply(
        self,
        proposal: "Proposal | str",
        text: str,
        *,
        payload: "Mapping[str, Any] | None" = None,
        question: str | None = None,
    ) -> Proposal:
        """Answers the question that is open; with a payload also says what would run instead."""
        asked = question
        if asked is None and isinstance(proposal, Proposal) and proposal.open_question is not None:
            asked = proposal.open_question.id
        return self._run(self._flows.reply(_id(proposal), text, payload, asked))

    def receipt(self, proposal: "Proposal | Claimed | str") -> dict[str, Any]:
        """The sealed record of it; `verify_receipt` checks it without the service."""
        return self._run(self._flows.receipt(_id(proposal)))

    def feedback(self, *, action: str | None = None) -> "Iterator[Feedback]":
        """What people said no to, changed, took back or objected to of this agent's own; the latest first.

        Pages are asked for as they are read: stop when there is enough.
        """
        cursor: str | None = None
        while True:
            page, cursor = self._run(self._flows.feedback(action, cursor))
            yield from page
            if cursor is None:
                return

    def audit(self, *, after: "Mapping[str, Any] | None" = None) -> "Iterator[dict[str, Any]]":
        """The audit log up to its end now, for the token of an auditor; raises Tampered where its chain does not hold.

        `after` is the last entry that was read before: the chain has to go on from there.
        """
        seq, last = link_of(after)
        while (page := self._run(self._flows.audit(seq)))["entries"]:
            for entry in chained(page, seq, last):
                yield entry
                seq, last = entry["seq"], entry["hash"]

    def events(self, *, after: str | None = None) -> "Iterator[Event]":
        """What happens to this agent's proposals, from now on or after the event with that id; reconnects by itself."""
        listening = self._listening(after)
        while True:
            try:
                with self._lines.stream(listening.headers()) as stream:
                    if listening.refused(stream.status_code, stream.headers):
                        listening.fault(stream.status_code, self._lines.rest(stream), stream.headers)
                    for sent in source(Pieces(stream.iter_raw(), listening)).iter_sse():
                        if (event := listening.event_of(sent)) is not None:
                            yield event
                pause = listening.ended("the stream ended")
            except (httpx.HTTPError, NoAnswer) as fault:
                pause = listening.ended(str(fault) or type(fault).__name__)
            time.sleep(pause)

    def _run(self, flow: "Generator[Step, Answer | Lost | None, T]") -> T:
        return drive(flow, self._lines.send)


class AsyncSignoff(_Base):
    """Asks, waits, claims and reports, in the running loop. Each verb is that of Signoff."""

    def __init__(
        self,
        url: str | None = None,
        token: str | None = None,
        *,
        timeout: float = 10.0,
        patience: float = 30.0,
        waits: int = MOST_WAITING,
    ) -> None:
        super().__init__(url, token, timeout=timeout, patience=patience, waits=waits)
        self._lines = AsyncLines(self._place)
        self._under_way = UnderWay()

    async def close(self) -> None:
        """Ends its connections: in a moment, if a task was cancelled that still takes its question back, or reports."""
        await self._under_way.left(LEAVING)
        await self._lines.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: "TracebackType | None"
    ) -> None:
        await self.close()

    async def propose(
        self,
        action: str,
        payload: "Mapping[str, Any]",
        *,
        reasoning: str,
        key: str | None = None,
        **fields: Unpack[Fields],
    ) -> Proposal:
        """Asks, and does not wait. The same `key` is the same proposal; without one, every call is another."""
        return await self._run(self._flows.propose(action, payload, key or new_key(), _proposed(fields, reasoning)))

    async def get(self, proposal: "Proposal | Ticket | str") -> Proposal:
        """How it stands."""
        return await self._run(self._flows.get(_id(proposal)))

    async def proposals(self, *, run_id: str | None = None, status: str | None = None) -> tuple[Proposal, ...]:
        """This agent's own, of a run and in a status if they are named; newest first, a hundred at most."""
        return await self._run(self._flows.listed({"run_id": run_id, "status": status}))

    async def wait(self, proposal: "Proposal | Ticket | str", seconds: float = 300.0) -> Proposal:
        """How it stands once people decided or asked something, or after `seconds`."""
        return await self._run(self._flows.wait(_id(proposal), seconds, for_questions=True), waits=True)

    async def claim(self, proposal: Proposal, *, claimant: str | None = None) -> Claimed:
        """The right to run it, once. Raises Refused, ApprovalPending, Superseded, Unavailable: then nothing may run."""
        return await self._run(self._flows.claim(proposal, claimant or secrets.token_urlsafe(16)))

    async def ask(
        self,
        action: str,
        payload: "Mapping[str, Any]",
        *,
        reasoning: str,
        key: str | None = None,
        seconds: float = 300.0,
        keep: bool = False,
        **fields: Unpack[Fields],
    ) -> Claimed:
        """Proposes, waits, claims: what returns may run, once. Raises Refused, and ApprovalPending after `seconds`.

        Cancelled it takes the question back; with `keep` that stays, for whoever asks with the same key.
        """
        body = _proposed(fields, reasoning)
        return await self._run(self._flows.ask(action, payload, key or new_key(), body, seconds, keep=keep), waits=True)

    async def resume(self, ticket: Ticket, *, seconds: float = 0.0) -> Claimed:
        """Goes on where another process parked it. Raises as `ask` does."""
        return await self._run(self._flows.resume(ticket, seconds), waits=True)

    async def report(
        self,
        claimed: "Claimed | Proposal | str",
        status: str,
        detail: str | None = None,
        verification: str | None = None,
    ) -> Proposal:
        """Says what came of acting: `succeeded`, `failed` or `unknown`."""
        return await self._run(self._flows.report(_id(claimed), status, detail, verification))

    async def rolled_back(
        self, proposal: "Proposal | Claimed | str", status: str, detail: str | None = None
    ) -> Proposal:
        """Says what came of the rollback, where a person objected: `done` or `failed`."""
        return await self._run(self._flows.rolled_back(_id(proposal), status, detail))

    async def withdraw(self, proposal: "Proposal | Ticket | str", reason: str) -> Proposal:
        """Takes it back."""
        return await self._run(self._flows.withdraw(_id(proposal), reason))

    async def reply(
        self,
        proposal: "Proposal | str",
        text: str,
        *,
        payload: "Mapping[str, Any] | None" = None,
        question: str | None = None,
    ) -> Proposal:
        """Answers the question that is open; with a payload also says what would run instead."""
        asked = question
        if asked is None and isinstance(proposal, Proposal) and proposal.open_question is not None:
            asked = proposal.open_question.id
        return await self._run(self._flows.reply(_id(proposal), text, payload, asked))

    async def receipt(self, proposal: "Proposal | Claimed | str") -> dict[str, Any]:
        """The sealed record of it; `verify_receipt` checks it without the service."""
        return await self._run(self._flows.receipt(_id(proposal)))

    async def feedback(self, *, action: str | None = None) -> "AsyncIterator[Feedback]":
        """What people said no to, changed, took back or objected to of this agent's own; the latest first.

        Pages are asked for as they are read: stop when there is enough.
        """
        cursor: str | None = None
        while True:
            page, cursor = await self._run(self._flows.feedback(action, cursor))
            for each in page:
                yield each
            if cursor is None:
                return

    async def audit(self, *, after: "Mapping[str, Any] | None" = None) -> "AsyncIterator[dict[str, Any]]":
        """The audit log up to its end now, for the token of an auditor; raises Tampered where its chain does not hold.

        `after` is the last entry that was read before: the chain has to go on from there.
        """
        seq, last = link_of(after)
        while (page := await self._run(self._flows.audit(seq)))["entries"]:
            for entry in chained(page, seq, last):
                yield entry
                seq, last = entry["seq"], entry["hash"]

    async def events(self, *, after: str | None = None) -> "AsyncIterator[Event]":
        """What happens to this agent's proposals, from now on or after the event with that id; reconnects by itself."""
        listening = self._listening(after)
        while True:
            try:
                async with self._lines.stream(listening.headers()) as stream:
                    if listening.refused(stream.status_code, stream.headers):
                        listening.fault(stream.status_code, await self._lines.rest(stream), stream.headers)
                    async for sent in source(AsyncPieces(stream.aiter_raw(), listening)).aiter_sse():
                        if (event := listening.event_of(sent)) is not None:
                            yield event
                pause = listening.ended("the stream ended")
            except (httpx.HTTPError, NoAnswer) as fault:
                pause = listening.ended(str(fault) or type(fault).__name__)
            await asyncio.sleep(pause)

    async def _run(self, flow: "Generator[Step, Answer | Lost | None, T]", *, waits: bool = False) -> T:
        with self._under_way.entered(waits=waits):
            return await drive_async(flow, self._lines.send)
