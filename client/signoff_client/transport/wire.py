"""HTTP exchanges without a socket: one request and its answer, what may be sent again, what an error means."""

import json
import random
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from signoff_client.errors import (
    Conflict,
    EffectOpen,
    Forbidden,
    Invalid,
    KeyReused,
    NotFound,
    SignoffError,
    TooMany,
    Unauthorized,
    Unavailable,
    UnknownEvent,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping

PREFIX: Final = "urn:signoff:problem:"
LONGEST_PAUSE: Final = 30.0
"""Seconds; what a Retry-After says beyond it is not waited for in one go."""
MOST_BYTES: Final = 64 * 1024 * 1024
"""Of one answer, or one event: far more than the service ever sends, and what a machine can hold."""

_PASSING: Final = frozenset({"", "rate-limit", "pending-limit", "waiting-limit", "too-slow"})
"""Of problems below 500: what may be another answer in a moment."""
_ID: Final = re.compile(r"[A-Za-z0-9_]{1,255}")
SILENCE: Final = 30.0
"""Seconds beyond the time-out without a byte, after which a stream of events is dead; it is never silent for 15."""


class NoAnswer(Exception):
    """What comes cannot be an answer of Signoff's, and is not read to its end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What to send. `seconds` is how long the service may hold it on purpose."""

    method: str
    path: str
    body: "Mapping[str, Any] | None" = None
    headers: "Mapping[str, str]" = field(default_factory=dict)
    params: "Mapping[str, str]" = field(default_factory=dict)
    seconds: float = 0.0
    tells: bool = False
    """Whether it tells of what has happened already: then nobody may say of it that nothing ran."""


class Content:
    """The bytes of one answer, as they come in."""

    def __init__(self, headers: "Mapping[str, str]") -> None:
        """Raises NoAnswer for what is compressed: nobody asked for it, and a little of it may grow without end."""
        self._pieces: list[bytes] = []
        self._size = 0
        coding = headers.get("content-encoding", "").strip().lower()
        if coding not in ("", "identity"):
            raise NoAnswer(f"it is compressed ({coding[:40]!r}), which nobody asked for")

    def add(self, piece: bytes) -> None:
        """Raises NoAnswer once it is more than any answer has."""
        self._pieces.append(piece)
        self._size += len(piece)
        if self._size > MOST_BYTES:
            raise NoAnswer(f"it has more than {MOST_BYTES} bytes")

    @property
    def whole(self) -> bytes:
        """All of them."""
        return b"".join(self._pieces)


def content_of(body: "Mapping[str, Any]") -> bytes:
    """As JSON in UTF-8. Raises Invalid for what cannot be sent so."""
    try:
        return json.dumps(body, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
    except UnicodeEncodeError as fault:
        piece = fault.object[max(0, fault.start - 20) : fault.start + 1]
        raise Invalid(
            f"A text that was to be sent is broken Unicode (a lone surrogate, after {piece[:-1]!r})."
        ) from None
    except (TypeError, ValueError, RecursionError) as fault:
        raise Invalid(f"What was to be sent cannot be written as JSON: {fault}") from None


def path_of(proposal_id: str, verb: str = "") -> str:
    """Of a proposal, or of what is done with it. Raises Invalid for what is no id."""
    if not isinstance(proposal_id, str) or not _ID.fullmatch(proposal_id):
        raise Invalid(f"{str(proposal_id)[:60]!r} is no id of a proposal.")
    return f"/v1/proposals/{proposal_id}" + (f"/{verb}" if verb else "")


def sendable(name: str, text: str) -> str:
    """The text. Raises Invalid where it is none that can be written down."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise Invalid(f"{name} is broken Unicode: it has a lone surrogate.") from None
    return text


def escaped(text: str) -> str:
    """For what has happened: half a character is told as its escape, and keeps nobody from being told."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back; `body` is None where it is no JSON object."""

    status: int
    body: "dict[str, Any] | None"
    retry_after: float | None = None

    @classmethod
    def read(cls, status: int, content: bytes, headers: "Mapping[str, str]") -> "Answer":
        """Of any bytes."""
        try:
            body = json.loads(content)
        except (ValueError, RecursionError):
            body = None
        waits = headers.get("retry-after", "")
        return cls(
            status=status,
            body=body if isinstance(body, dict) else None,
            retry_after=min(float(waits), LONGEST_PAUSE) if waits.isascii() and waits.isdigit() else None,
        )

    @property
    def slug(self) -> str:
        """Of the problem; empty where it is none of Signoff's."""
        kind = (self.body or {}).get("type")
        return kind.removeprefix(PREFIX) if isinstance(kind, str) and kind.startswith(PREFIX) else ""

    @property
    def detail(self) -> str:
        """The problem in words."""
        said = (self.body or {}).get("detail")
        return said if isinstance(said, str) else f"The service answered {self.status}."


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """No answer: `why` in words. `sent` says whether the service may have got the request all the same."""

    why: str
    sent: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """Wait so many seconds before the next step."""

    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long a request is tried again while the service is away, by a clock that only moves forward."""

    ends: float
    now: "Callable[[], float]"

    def left(self) -> float:
        """Seconds; not below 0."""
        return max(0.0, self.ends - self.now())


Step = Request | Pause


def a_proposal(body: "Mapping[str, Any]") -> bool:
    """Whether a good answer looks like one of ours; a captive portal's JSON does not, and may be gone in a second."""
    return {"id", "status", "digest", "payload"} <= body.keys()


def exchange(
    request: Request, patience: Patience, *, ours: "Callable[[Mapping[str, Any]], bool]" = a_proposal
) -> "Generator[Step, Answer | Lost | None, Answer]":
    """The answer below 500, after as many tries as patience allows. Raises Unavailable, TooMany, Unauthorized.

    Only requests that are safe to repeat come here: each carries a key, a claimant, or says the same again.
    """
    tried, doubtful = 0, False
    while True:
        got = yield request
        if isinstance(got, Answer) and not _passing(got, ours):
            if got.status == 401:
                remedy = "SIGNOFF_TOKEN must be the token of an agent in the policy."
                raise Unauthorized(f"{got.detail} Nothing was done: {remedy}")
            return got
        assert got is not None
        if isinstance(got, Answer) and got.slug == "waiting-limit":
            raise _given_up(got, request, doubtful=False)  # no place to be held at: who asked may still look
        doubtful = doubtful or not isinstance(got, Lost) or got.sent
        pause = _pause(got, tried)
        if patience.left() <= pause:
            raise _given_up(got, request, doubtful=doubtful)
        yield Pause(seconds=pause)
        tried += 1


def _passing(answer: Answer, ours: "Callable[[Mapping[str, Any]], bool]") -> bool:
    """Whether another try may well get another answer."""
    well = 200 <= answer.status < 300 and answer.body is not None and ours(answer.body)
    problem = 400 <= answer.status < 500 and answer.slug not in _PASSING
    return not (well or problem or answer.status == 401)


def _pause(got: "Answer | Lost", tried: int) -> float:
    if isinstance(got, Answer) and got.retry_after is not None:
        return got.retry_after
    return float(min(5.0, 0.2 * 2**tried) * random.uniform(0.5, 1.0))  # noqa: S311 scatters retries, keeps no secret


def _given_up(got: "Answer | Lost", request: Request, *, doubtful: bool) -> SignoffError:
    if isinstance(got, Answer) and got.status == 429:
        return TooMany(f"{got.detail} Tell it again later." if request.tells else f"{got.detail} Nothing ran.")
    why = (
        got.why
        if isinstance(got, Lost)
        else f"it answered {got.status} with nothing of Signoff's in it: is SIGNOFF_URL right?"
    )
    if request.tells:
        said = f"The approval service could not be told ({why}). Tell it again later."
    else:
        said = f"The approval service could not be asked ({why}), so nothing ran. Try again later, or ask a person."
    return Unavailable(said, outcome_unknown=doubtful)


def _effect_open(answer: Answer) -> EffectOpen:
    body = answer.body or {}
    first = body.get("proposal")
    named = first if isinstance(first, dict) else {}
    return EffectOpen(
        answer.detail,
        proposal_id=str(named.get("id", "")),
        status=str(named.get("status", "")),
        effect=str(body.get("effect", "")),
        own=named.get("own") is True,
    )


def fault_of(answer: Answer) -> SignoffError:
    """The exception for an answer of 400 or above."""
    match answer.status, answer.slug:
        case 403, _:
            return Forbidden(answer.detail)
        case 404, _:
            return NotFound(answer.detail)
        case 409, "effect-open":
            return _effect_open(answer)
        case 409, _:
            return Conflict(answer.detail)
        case _, "key-reused":
            return KeyReused(answer.detail)
        case _, "unknown-event":
            return UnknownEvent(answer.detail)
    errors = (answer.body or {}).get("errors")
    faults = [each for each in errors if isinstance(each, dict)] if isinstance(errors, list) else []
    where = "".join(f" {each.get('pointer')}: {each.get('detail')}" for each in faults)
    return Invalid(answer.detail + where, faults)
