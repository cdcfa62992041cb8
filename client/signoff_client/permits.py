"""Permits, for the tool that acts: whether one lets exactly this payload run, once. Nobody has to be asked for it."""

import json
import os
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from signoff_client.digest import digest_of
from signoff_client.errors import Invalid, NotConfigured, Tampered, Unavailable
from signoff_client.signatures import verified

if TYPE_CHECKING:
    from collections.abc import Callable
    from os import PathLike

TYPE: Final = "signoff-permit+jwt"
SAID: Final = ("iss", "sub", "act", "digest", "agent")
NO_PERMIT: Final = "The permit does not say what a permit says."
SLOW: Final = timedelta(minutes=5)
"""How far a clock may be behind the one of the issuer; an expired permit is never taken, by however little."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Permit:
    """What a permit says. Times are aware UTC."""

    issuer: str
    id: str
    """Of the proposal: a proposal runs once, so this is what is used up."""
    action: str
    digest: str
    agent: str
    issued_at: datetime
    expires_at: datetime


def verify_permit(
    permit: str,
    *,
    payload: "Mapping[str, Any]",
    action: str,
    jwks: "Mapping[str, Any]",
    issuer: str,
    agent: str | None = None,
    now: datetime | None = None,
    used_before: "Callable[[Permit], bool] | None" = None,
) -> Permit:
    """The permit, if it lets this payload of this action run now. Raises Tampered with what is wrong.

    `payload` is what will run, as it was received; `jwks` the keys of `/.well-known/jwks.json`; `issuer` its
    SIGNOFF_URL. `now` is an aware time, by default this machine's. `agent`: only of this one. `seen` says
    whether a permit was used before, and notes it in the same step, as `UsedPermits` does; it is asked last, so that
    only what may run is used up. Without it, see to that yourself.
    """
    said = _read(verified(permit, TYPE, jwks))
    moment = _aware(now or datetime.now(UTC))
    if said.issuer != issuer.rstrip("/"):
        raise Tampered(f"The permit is of {said.issuer}, not of {issuer}.")
    if said.action != action:
        raise Tampered(f"The permit is for {said.action}, not for {action}.")
    if agent is not None and said.agent != agent:
        raise Tampered(f"The permit is of the agent {said.agent}, not of {agent}.")
    if not isinstance(payload, Mapping):  # a list of pairs would have the digest of the object it could be made into
        raise Tampered("The payload is no JSON object.")
    try:
        digest = digest_of(action, payload)
    except Invalid as fault:
        raise Tampered(fault.message) from None
    if said.digest != digest:
        raise Tampered(f"The permit is for the digest {said.digest}, and this payload has {digest}.")
    if moment >= said.expires_at:
        raise Tampered(f"The permit expired at {said.expires_at.isoformat()}.")
    if said.issued_at > moment + SLOW:
        raise Tampered(f"The permit is from the future, {said.issued_at.isoformat()}: the clock here is wrong.")
    if used_before is not None and used_before(said):
        raise Tampered(f"The permit of {said.id} was used before.")
    return said


def _aware(moment: datetime) -> datetime:
    if moment.utcoffset() is None:
        raise Tampered("The time to check the permit at has no time zone: give an aware one, as datetime.now(UTC).")
    return moment


class UsedPermits:
    """Which permits were used, in a SQLite file, for any number of threads and processes on one machine.

    A permit is noted before anything runs: whoever dies in between has not run it, and nobody runs it again.
    """

    def __init__(self, path: "str | bytes | PathLike[str]") -> None:
        """`path` of the file, which is made when it is needed, in a folder that is there.

        Raises NotConfigured for what is no file: a database in memory would take a used permit again.
        """
        self._path = _file(os.fsdecode(path))

    def __call__(self, permit: Permit) -> bool:
        """Whether it was used before; else it is from now on. Raises Unavailable, and then nothing may run."""
        try:
            with closing(sqlite3.connect(self._path, timeout=10)) as file, file:
                file.execute(
                    "CREATE TABLE IF NOT EXISTS used (issuer TEXT, id TEXT, at TEXT, PRIMARY KEY (issuer, id))"
                )
                noted = file.execute(
                    "INSERT INTO used VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                    (permit.issuer, permit.id, datetime.now(UTC).isoformat()),
                )
                return noted.rowcount == 0
        except sqlite3.Error as fault:
            raise Unavailable(f"It cannot be noted in {self._path} that the permit is used: {fault}.") from fault


def _file(path: str) -> Path:
    """The same one wherever the program goes afterwards."""
    if not path.strip() or path.strip() == ":memory:" or path.strip().lower().startswith("file:"):
        raise NotConfigured(
            f"{path!r} is kept in no file, and would take a permit again that was used: name a file, as used.db."
        )
    if "\0" in path:
        raise NotConfigured(f"{path!r} is no path of a file: name one, as used.db.")
    file = Path(path).absolute()
    if file.exists() and not file.is_file():
        raise NotConfigured(f"{file} is no file, so no permit can be noted in it: name a file, as {file / 'used.db'}.")
    if not file.parent.is_dir():
        raise NotConfigured(f"For {file} there is no folder: make {file.parent}, on a disk that stays.")
    return file


def _read(content: bytes) -> Permit:
    try:
        said = json.loads(content)
        texts, times = [said[name] for name in SAID], [said[name] for name in ("iat", "exp")]
        issued_at, expires_at = (datetime.fromtimestamp(each, UTC) for each in times)
    except (LookupError, TypeError, ValueError, OverflowError, OSError):
        raise Tampered(NO_PERMIT) from None
    if not all(type(each) is str for each in texts) or not all(type(each) is int for each in times):
        raise Tampered(NO_PERMIT)
    issuer, name, action, digest, agent = texts
    return Permit(
        issuer=issuer,
        id=name,
        action=action,
        digest=digest,
        agent=agent,
        issued_at=issued_at,
        expires_at=expires_at,
    )
