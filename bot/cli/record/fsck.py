"""Check of the store, `signoff fsck`: the separate reading of `fsck`, with what it needs from the settings."""

import json
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from bot.keys import KeyFault, seal_keys, seeds_for
from bot.settings import StoreSettings
from fsck import Checkpoint, Examined, Unreadable, examine, opened
from storage import StoreFault, database_file

EVERY = 2.0
"""Seconds between two lines about how far it has come."""


class NotRead(Exception):
    """Nothing of the database could be looked at; the message says why and what to do."""


class WrongCheckpoint(Exception):
    """What was given as a checkpoint is none."""


def checkpoint(text: str) -> Checkpoint:
    """`SEQ:HASH`, as an auditor or a signed checkpoint has it. Raises WrongCheckpoint."""
    number, _, digest = text.partition(":")
    if not (number.isascii() and number.isdigit() and len(digest) == 64 and set(digest) <= set("0123456789abcdef")):
        raise WrongCheckpoint(
            f"{text!r} is no checkpoint. Write the number of an entry, a colon and its hash, 64 of 0-9 and a-f: "
            "both stand in GET /v1/audit, and in the newest entry that you kept."
        )
    return Checkpoint(seq=int(number), hash=digest, source="the checkpoint that was given")


def checkpoints_in(path: Path) -> list[Checkpoint]:
    """Those of a file, one a line, as the bot writes them. Raises WrongCheckpoint."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
        said = [json.loads(line) for line in lines if line.strip()]
        return [Checkpoint(seq=int(each["seq"]), hash=str(each["head"]), source=path.name) for each in said]
    except OSError as error:
        raise WrongCheckpoint(f"{path} cannot be read: {error.strerror or error}.") from error
    except (ValueError, TypeError, KeyError) as fault:
        raise WrongCheckpoint(f"{path} is no file of checkpoints: each line is JSON with seq and head.") from fault


def checked(
    settings: StoreSettings, checkpoints: Sequence[Checkpoint], *, running: bool, tell: Callable[[str], None]
) -> Examined:
    """What is true of the store. Raises NotRead."""
    url = settings.signoff_database_url
    try:
        path = database_file(url)
        with opened(url, path) as source:
            noted = [*checkpoints, *high_water_mark(path)]
            now = time.time_ns() // 1_000_000
            return examine(
                source, keys=_keys(settings, path), noted=noted, now=now, running=running, tell=told_every(tell)
            )
    except (StoreFault, Unreadable) as fault:
        raise NotRead(str(fault)) from fault
    except OSError as error:
        raise NotRead(f"{error.filename or url} cannot be read: {error.strerror or error}.") from error


def _keys(settings: StoreSettings, path: Path | None) -> tuple[bytes, ...]:
    """Those that seal; none where they are lost, which is told and is no reason to look at nothing."""
    key = settings.signoff_signing_key
    try:
        return seal_keys(seeds_for(path, key.get_secret_value() if key else None))
    except KeyFault:
        return ()


def high_water_mark(path: Path | None) -> list[Checkpoint]:
    """How far the log had come, as it is noted beside a file after each commit."""
    if path is None:
        return []
    try:
        number, digest = path.with_name(f"{path.name}.head").read_text(encoding="ascii").split()
        return [Checkpoint(seq=int(number), hash=digest, source=f"{path.name}.head")]
    except (OSError, ValueError):
        return []


def told_every(
    tell: Callable[[str], None], monotonic: Callable[[], float] = time.monotonic, every: float = EVERY
) -> Callable[[str], None]:
    """Says how far it has come every few seconds: nothing of what takes none."""
    last = monotonic()

    def tell_at_times(said: str) -> None:
        nonlocal last
        if (now := monotonic()) - last >= every:
            last = now
            tell(f"… {said}")

    return tell_at_times
