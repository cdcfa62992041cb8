"""A stream of events over any number of connections: where it stopped, when to connect again, when to give up."""

import json
from typing import TYPE_CHECKING, Any

import httpx

from signoff_client.errors import Invalid, Unauthorized, Unavailable
from signoff_client.model import Event, NotOurs, Proposal, moment
from signoff_client.wire import Answer, fault_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import NoReturn

    from httpx_sse import ServerSentEvent

SOON = 0.2
"""Seconds before the first try to connect again; each further one waits twice as long, up to five."""


class Passing(httpx.HTTPError):
    """A refusal that the next connection may well not meet."""


class Listening:
    """Not a socket: what two connections have to know of each other."""

    def __init__(self, *, after: str | None, patience: float, now: "Callable[[], float]") -> None:
        self._last = after
        self._patience = patience
        self._now = now
        self._heard = now()
        self._pause = SOON

    def request(self) -> dict[str, Any]:
        """The headers to connect with: events after the last one that was heard."""
        headers = {"Accept": "text/event-stream", "Cache-Control": "no-store"}
        return {"headers": headers if self._last is None else {**headers, "Last-Event-ID": self._last}}

    def refused(self, status: int, headers: "Mapping[str, str]") -> bool:
        """Whether what came is no stream."""
        if status == 200 and headers.get("content-type", "").startswith("text/event-stream"):
            self._heard = self._now()
            return False
        return True

    def fault(self, status: int, content: bytes, headers: "Mapping[str, str]") -> "NoReturn":
        """Raises what a refusal means; one that may pass ends this connection alone."""
        answer = Answer.read(status, content, headers)
        if status == 401:
            raise Unauthorized(answer.detail)
        if answer.slug and 400 <= status < 500 and status != 429:
            raise fault_of(answer)
        raise Passing(f"it answered {status}")

    def heard(self, sent: "ServerSentEvent") -> Event | None:
        """The event; None for what is none of a proposal. Raises Unavailable for rubbish."""
        self._pause = SOON
        if sent.id and not sent.data:
            self._last = sent.id  # where the stream begins, so that nothing is missed if it breaks before an event
        if not sent.id or not sent.data:
            return None
        try:
            told = json.loads(sent.data)
            event = Event(id=sent.id, kind=told["type"], at=moment(told["time"]), proposal=Proposal.read(told["data"]))
        except (ValueError, TypeError, KeyError, NotOurs, Invalid) as fault:
            raise Unavailable(f"What sends events cannot be the approval service: {fault}.") from None
        self._last = sent.id
        return event

    def ended(self, why: str) -> float:
        """Seconds to rest before the next connection. Raises Unavailable when patience is over.

        Patience counts from the last connection that stood: a stream that was quiet for an hour has lost nothing.
        """
        if self._pause > SOON and self._now() - self._heard > self._patience:
            raise Unavailable(f"The approval service sends no events ({why}). What was heard last is {self._last}.")
        pause, self._pause = self._pause, min(5.0, 2 * self._pause)
        return pause
