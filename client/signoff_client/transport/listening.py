"""Event streams over any number of connections: where one stopped, when to connect again, when to give up."""

import json
import re
from typing import TYPE_CHECKING, Final

import httpx
from httpx_sse import EventSource

from signoff_client.errors import Invalid, Tampered, Unauthorized, Unavailable
from signoff_client.model import Event, NotOurs, Proposal, moment
from signoff_client.transport.wire import MOST_BYTES, Answer, fault_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator, Mapping
    from typing import NoReturn

    from httpx_sse import ServerSentEvent

SOON = 0.2
"""Seconds before the first try to connect again; each further one waits twice as long, up to five."""
NOT_BELIEVED: Final = "What sends events for the approval service cannot be believed"
_ENDS: Final = (b"\n\n", b"\r\r", b"\n\r\n")
"""Of a block: an event, or one of the comments that say that the line still stands."""
_ID: Final = re.compile(r"[!-~]{1,255}")


class Passing(httpx.HTTPError):
    """A refusal that the next connection may well not meet."""


class Listening:
    """Not a socket: what two connections have to know of each other."""

    def __init__(self, *, after: str | None, patience: float, longest: float, now: "Callable[[], float]") -> None:
        """`longest` is how many seconds one event may take to come. Raises Invalid for what is no event's id."""
        if after is not None and not (isinstance(after, str) and _ID.fullmatch(after)):
            raise Invalid("`after` has to be the id of an event, as `event.id` has it.")
        self._last = after
        self._patience = patience
        self._longest = longest
        self._now = now
        self._last_sign = now()
        self._pause = SOON
        self._tail, self._open, self._began = b"", 0, self._last_sign

    def headers(self) -> dict[str, str]:
        """What to connect with: events after the last one that was heard."""
        self._tail, self._open = b"", 0
        headers = {"Accept": "text/event-stream", "Cache-Control": "no-store"}
        return headers if self._last is None else {**headers, "Last-Event-ID": self._last}

    def refused(self, status: int, headers: "Mapping[str, str]") -> bool:
        """Whether what came is no stream."""
        kind, coding = headers.get("content-type", ""), headers.get("content-encoding", "")
        return status != 200 or not kind.startswith("text/event-stream") or coding not in ("", "identity")

    def take(self, piece: bytes) -> bytes:
        """The next bytes of the stream, if they may be read. Raises Unavailable for an event without an end.

        Raises httpx.ReadTimeout, which ends this connection alone, for one that comes drop by drop.
        """
        joined, now = self._tail + piece, self._now()
        end = max(joined.rfind(each) + len(each) if each in joined else 0 for each in _ENDS)
        if end:
            self._last_sign, self._open, self._began = now, len(joined) - end, now
        elif not self._open:
            self._open, self._began = len(piece), now
        else:
            self._open += len(piece)
        self._tail = joined[-2:]
        if self._open > MOST_BYTES:
            raise Unavailable(
                f"What sends events cannot be the approval service: one has more than {MOST_BYTES} bytes."
            )
        if self._open and now - self._began > self._longest:
            raise httpx.ReadTimeout("an event took longer to come than it may")
        return piece

    def fault(self, status: int, content: bytes, headers: "Mapping[str, str]") -> "NoReturn":
        """Raises what a refusal means; one that may pass ends this connection alone."""
        answer = Answer.read(status, content, headers)
        if status == 401:
            raise Unauthorized(answer.detail)
        if answer.slug and 400 <= status < 500 and status != 429:
            raise fault_of(answer)
        raise Passing(f"it answered {status}")

    def event_of(self, sent: "ServerSentEvent") -> Event | None:
        """The event; None for what is none of a proposal. Raises Tampered for rubbish."""
        self._pause = SOON
        if sent.id and not _ID.fullmatch(sent.id):
            raise Tampered(f"{NOT_BELIEVED}: an event's id is none.")
        if sent.id and not sent.data:
            self._last = sent.id  # where the stream begins, so that nothing is missed if it breaks before an event
        if not sent.id or not sent.data or sent.id == self._last:  # each once, also where it is told again
            return None
        try:
            body = json.loads(sent.data)
            event = Event(id=sent.id, kind=body["type"], at=moment(body["time"]), proposal=Proposal.read(body["data"]))
        except (ValueError, TypeError, KeyError, RecursionError, NotOurs, Invalid) as fault:
            raise Tampered(f"{NOT_BELIEVED}: {fault}.") from None
        if not isinstance(event.kind, str):
            raise Tampered(f"{NOT_BELIEVED}: an event's type is no text.")
        self._last = sent.id
        return event

    def ended(self, why: str) -> float:
        """Seconds to rest before the next connection. Raises Unavailable when patience is over.

        Patience counts from what was heard last, an event or a sign of life: a stream that was quiet for an hour has
        lost nothing, and one that never says anything whole is none.
        """
        if self._pause > SOON and self._now() - self._last_sign > self._patience:
            raise Unavailable(f"The approval service sends no events ({why}). What was heard last is {self._last}.")
        pause, self._pause = self._pause, min(5.0, 2 * self._pause)
        return pause


class Pieces(httpx.SyncByteStream):
    """A stream's bytes, each looked at before it is read."""

    def __init__(self, pieces: "Iterator[bytes]", listening: Listening) -> None:
        self._pieces = pieces
        self._listening = listening

    def __iter__(self) -> "Iterator[bytes]":
        return map(self._listening.take, self._pieces)


class AsyncPieces(httpx.AsyncByteStream):
    """As Pieces."""

    def __init__(self, pieces: "AsyncIterator[bytes]", listening: Listening) -> None:
        self._pieces = pieces
        self._listening = listening

    async def __aiter__(self) -> "AsyncIterator[bytes]":
        async for piece in self._pieces:
            yield self._listening.take(piece)


def source(pieces: httpx.SyncByteStream | httpx.AsyncByteStream) -> EventSource:
    """What makes events of them."""
    return EventSource(httpx.Response(200, headers={"Content-Type": "text/event-stream"}, stream=pieces))
