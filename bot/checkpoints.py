"""Signed checkpoints: taken on a schedule, appended to a file, and posted to a channel of Slack where one is named.

Each is a line of JSON: the checkpoint with `signature`, a detached JWS over the RFC 8785 bytes of all else.
"""

import asyncio
import json
import os
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog

from approvals.digest import canonical
from approvals.events import instant
from approvals.ports import StoreBusy
from bot.signing import NotSigned
from bot.slack.words.alerts import checkpoint_taken
from storage import Checkpoint, RowDamaged, contradiction, database_file

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from datetime import datetime

    from approvals.ports import Clock
    from bot.settings import Settings
    from bot.signing import PublicKeys, Signer
    from storage import SqlStore

CHECKPOINT = "signoff-checkpoint+jws"
"""The `typ` of its signature, so that no other signature of ours is taken for one (RFC 8725)."""
FORM = 1
"""The form of a line; another number is another form."""
FIELDS = {"form", "seq", "head", "count", "at", "signature"}
LONGEST = 4096
"""Bytes of a line; ours have some 400."""
AGAIN = timedelta(minutes=1)
"""After which a file is tried again that could not be written."""
ENDS = 1.0
"""Seconds that the last one may take when the bot stops."""
_LOG = "the newest checkpoint of the audit log"


class NoCheckpoint(Exception):
    """A line that is no checkpoint of ours; why, without a full stop."""


def checkpoint_line(checkpoint: Checkpoint, signer: "Signer") -> str:
    """The line, signed with the newest key."""
    body: dict[str, Any] = {"form": FORM, **asdict(checkpoint)}
    return json.dumps({**body, "signature": signer.detached(canonical(body), CHECKPOINT)})


def read_line(line: str, keys: "PublicKeys") -> Checkpoint:
    """The checkpoint of a line. Raises NoCheckpoint where it is not one that any of the keys signed."""
    try:
        said = json.loads(line)
    except (ValueError, RecursionError):
        raise NoCheckpoint("it is no JSON, perhaps half of a line") from None
    if not isinstance(said, dict) or said.keys() != FIELDS or said["form"] != FORM:
        raise NoCheckpoint(f"it has not the fields of a checkpoint of form {FORM}")
    numbers = isinstance(said["seq"], int) and isinstance(said["count"], int)
    if not numbers or not all(isinstance(said[name], str) for name in ("head", "at", "signature")):
        raise NoCheckpoint("its fields are of other types than those of a checkpoint")
    try:
        keys.verify(said.pop("signature"), CHECKPOINT, canonical(said))
    except (NotSigned, ValueError) as fault:
        raise NoCheckpoint(str(fault)) from None
    del said["form"]
    return Checkpoint(**said)


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckpointsRead:
    """What a file holds."""

    checkpoints: tuple[Checkpoint, ...]
    """In the order of the log."""
    faults: tuple[str, ...]
    """The lines that are none, by number, and why."""


def read_checkpoints(path: Path, keys: "PublicKeys") -> CheckpointsRead:
    """All of a file, each once. Raises OSError."""
    found: set[Checkpoint] = set()
    faults = []
    with path.open("rb") as file:
        number = 0
        while line := file.readline(LONGEST + 1):
            number += 1
            if len(line) > LONGEST:
                faults.append(f"line {number}: it is longer than a checkpoint is")
                while line and not line.endswith(b"\n"):
                    line = file.readline(LONGEST)
                continue
            try:
                if text := line.decode(errors="replace").strip():
                    found.add(read_line(text, keys))
            except NoCheckpoint as fault:
                faults.append(f"line {number}: {fault}")
    ordered = sorted(found, key=lambda each: (each.seq, each.at, each.head, each.count))
    return CheckpointsRead(checkpoints=tuple(ordered), faults=tuple(faults))


def checkpoints_file(named: str, database: Path | None) -> Path | None:
    """Where they are kept: what SIGNOFF_CHECKPOINTS names, or beside a database in a file; None for nowhere."""
    if named == "off":
        return None
    if named:
        return Path(named)
    return None if database is None else database.with_name(database.name + ".checkpoints")


@dataclass(slots=True, kw_only=True)
class Checkpointer:
    """Takes them: whenever `every` has passed, and once more when the bot stops."""

    store: "SqlStore"
    signer: "Signer"
    clock: "Clock"
    path: Path | None
    channel: str | None
    every: timedelta
    trouble: str | None = None
    """Why none can be written just now, for readiness."""
    _last: int = field(default=0, init=False)
    """The entry of the newest one."""
    _taken_at: "datetime | None" = field(default=None, init=False)
    _rest: timedelta = field(default=timedelta(), init=False)

    async def begin(self) -> None:
        """Holds the newest that is kept against the log; what differs is damage, told as all damage is.

        Raises CheckpointsRefused where the file cannot be written, and StoreBusy.
        """
        if self.path is None:
            return
        try:
            kept = await asyncio.to_thread(_newest, self.path, self.signer.public_keys())
        except OSError as error:
            raise CheckpointsRefused(
                f"{self.path} cannot be written: {error.strerror or error}. SIGNOFF_CHECKPOINTS names the file that "
                "signed checkpoints of the audit log are appended to; `off` keeps none."
            ) from None
        if kept is None:
            return
        audit = self.store.audit
        differs = contradiction(kept, await audit.entry(kept.seq), await audit.head())
        if differs is None:
            self._last = kept.seq
        else:
            self.store.damage.met(RowDamaged(f"entries {kept.seq}", differs.what), _LOG)

    async def sweep(self) -> int:
        """Takes one where it is time; how many. Raises StoreBusy."""
        now = self.clock.now()
        if self._taken_at is not None and self._taken_at <= now < self._taken_at + self._rest:
            return 0
        return await self.take(now)

    async def take(self, now: "datetime") -> int:
        """Takes one, unless the newest is of the same entry; how many. Raises StoreBusy."""
        if self.path is None and self.channel is None:
            return 0
        head = await self.store.audit.head()
        self._taken_at, self._rest = now, self.every
        if head is None or head.seq == self._last:
            return 0
        taken = Checkpoint(seq=head.seq, head=head.hash, count=head.seq, at=instant(now))
        line = checkpoint_line(taken, self.signer)
        if self.path is not None:
            try:
                await asyncio.to_thread(_append, self.path, line)
            except OSError as error:
                self.trouble = f"no checkpoint of the audit log can be written to {self.path}: {error.strerror}"
                structlog.get_logger("checkpoints").error(self.trouble)
                self._rest = min(AGAIN, self.every)
                return 0
            self.trouble = None
        if self.channel is not None:
            text = checkpoint_taken(taken.seq, now, line)
            await self.store.messages.notify(f"checkpoint:{taken.seq}", self.channel, text)
        self._last = head.seq
        return 1


class CheckpointsRefused(Exception):
    """The file for checkpoints cannot be used: no start."""


@asynccontextmanager
async def checkpoints_taken(
    settings: "Settings", store: "SqlStore", signer: "Signer", clock: "Clock"
) -> "AsyncIterator[Checkpointer]":
    """The checkpointer that the settings ask for; the last is taken when the block ends, for what is cut after it.

    Raises CheckpointsRefused, StoreBusy.
    """
    checkpointer = Checkpointer(
        store=store,
        signer=signer,
        clock=clock,
        path=checkpoints_file(settings.signoff_checkpoints, database_file(settings.signoff_database_url)),
        channel=settings.signoff_checkpoints_channel,
        every=timedelta(seconds=settings.signoff_checkpoints_every),
    )
    await checkpointer.begin()
    try:
        yield checkpointer
    finally:
        with suppress(StoreBusy, TimeoutError):
            async with asyncio.timeout(ENDS):
                await checkpointer.take(clock.now())


def _newest(path: Path, keys: "PublicKeys") -> Checkpoint | None:
    """The newest at the end of the file; makes sure that it can be written, and makes nothing. Raises OSError."""
    if not path.exists():
        if not os.access(path.parent, os.W_OK):
            raise FileNotFoundError(2, "its folder is not there, or cannot be written to")
        return None
    with path.open("r+b") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - 8 * LONGEST))
        lines = file.read().decode(errors="replace").splitlines()
    for line in reversed(lines):
        with suppress(NoCheckpoint):
            return read_line(line, keys)
    return None


def _append(path: Path, line: str) -> None:
    """One line at the end, on the disk. Half a line that a crash left is ended first."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        size = os.fstat(descriptor).st_size
        begun = size > 0 and os.pread(descriptor, 1, size - 1) != b"\n"
        os.write(descriptor, f"{chr(10) if begun else ''}{line}\n".encode("ascii"))
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
