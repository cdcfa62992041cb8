"""Callback sender: one signed POST an attempt, to an address that the agent's entry names and we may reach."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

import aiohttp
import yarl

from approvals.effects import Effect
from approvals.ports import Callback, Callbacks
from delivery.connecting import OutsideNetworks
from delivery.courier import Undeliverable, Unsent
from delivery.signing import signed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from approvals.ports import Clock, Delivery
    from delivery.courier import Senders

LEASE_SECONDS = 30.0
"""Longer than an attempt takes."""
CONCURRENCY = 64
"""Callbacks under way at once; those of one receiver fill a few of these alone."""
LOOK_EVERY = 30.0
"""Seconds after which what another process made due is noticed."""
LONGEST_REST = 3600.0
"""Seconds for which a receiver may ask us at most to leave it alone."""
GONE = 410
BUSY = (429, 503)


class Sessions(Protocol):
    """The two ways out."""

    def __call__(self, *, encrypted: bool) -> aiohttp.ClientSession:
        """The session that all callbacks of this kind share."""
        ...


class Books(Protocol):
    """What the policy in force and the store say at the moment of an attempt."""

    def secrets(self, agent: str, url: str) -> "Sequence[bytes]":
        """The keys to sign with; none where the agent's entry does not name the address any more."""
        ...

    async def body(self, callback: Callback) -> bytes:
        """The event, with the proposal as it is now. Raises Undeliverable."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackSender:
    """Sends callbacks; a receiver that answers 410 is left alone for good."""

    callbacks: Callbacks
    books: Books
    sessions: Sessions
    clock: "Clock"
    agent: str
    """What we call ourselves: `Signoff/1.2.3`."""

    @property
    def senders(self) -> "Senders":
        """For the courier."""
        return {Effect.callback: self.send}

    async def send(self, delivery: "Delivery") -> float:
        """See Sender."""
        assert isinstance(delivery, Callback)
        secrets = self.books.secrets(delivery.agent, delivery.url)
        if not secrets:
            raise Undeliverable("the agent's entry in the policy no longer names this address, or no secret")
        body = await self.books.body(delivery)
        now = self.clock.now()
        headers = {
            **signed(delivery.event, int(now.timestamp()), body, secrets),
            "Content-Type": "application/json",
            "User-Agent": self.agent,
        }
        status, asked = await self._post(delivery.url, body, headers)
        if 200 <= status < 300:
            return 0.0
        if status == GONE:
            await self.callbacks.stop(delivery, "the receiver answered 410: it wants no more of this proposal")
            return 0.0
        why = f"the receiver answered {status}"
        if 300 <= status < 400:
            raise Unsent(f"{why}, and redirects are not followed")
        raise Unsent(why, rest=rest_of(asked, now) if status in BUSY else 0.0)

    async def _post(self, url: str, body: bytes, headers: "Mapping[str, str]") -> tuple[int, str]:
        """The status, and what Retry-After says; nothing else of the answer is read."""
        session = self.sessions(encrypted=urlsplit(url).scheme == "https")
        try:
            exact = yarl.URL(url, encoded=True)
            async with session.post(exact, data=body, headers=headers, allow_redirects=False) as answer:
                return answer.status, answer.headers.get("Retry-After", "")
        except TimeoutError:
            raise Unsent("the receiver did not answer in time") from None
        except aiohttp.ClientConnectorCertificateError:
            raise Unsent("the receiver's certificate cannot be trusted") from None
        except ValueError:
            raise Undeliverable("the address is no URL that can be called") from None
        except aiohttp.ClientConnectorError as error:
            why = str(error.os_error) if isinstance(error.os_error, OutsideNetworks) else "it cannot be connected to"
            raise Unsent(f"the receiver is out of reach: {why}") from None
        except (aiohttp.ClientError, OSError) as error:
            raise Unsent(f"the receiver gave no proper answer ({type(error).__name__})") from None


def rest_of(asked: str, now: datetime) -> float:
    """Seconds that `Retry-After` asks for, in either of its forms; 0 where it says nothing, at most LONGEST_REST."""
    if re.fullmatch(r"[0-9]{1,9}", asked):
        return min(float(asked), LONGEST_REST)
    try:
        until = parsedate_to_datetime(asked)
    except ValueError:
        return 0.0
    until = until if until.tzinfo is not None else until.replace(tzinfo=UTC)
    return min(max(0.0, (until - now).total_seconds()), LONGEST_REST)
