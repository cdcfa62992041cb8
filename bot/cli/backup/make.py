"""Backup command, `signoff backup`: the store as of one moment and all that belongs to it, proven, in a new folder."""

import shutil
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from approvals.events import instant
from approvals.ports import StoreBusy
from bot.checkpoints import checkpoint_line, checkpoints_file, read_checkpoints
from bot.cli.backup.archive import (
    BACKUP,
    CHECKPOINTS,
    DATABASE,
    KEYS,
    POLICY,
    archives_in,
    broken_off,
    keys_text,
    name_of,
    require_room,
    sync,
    untouchable,
    write_private,
)
from bot.cli.backup.proof import fsck_faults, log_faults
from bot.cli.console import terminal_safe
from bot.cli.evidence.folder import Folder
from bot.cli.record.fsck import high_water_mark
from bot.cli.relocation import Progress
from bot.cli.stops import account
from bot.clock import SystemClock
from bot.keys import KeyFault, seal_keys, seeds_for
from bot.signing import Signer
from fsck import Checkpoint, Unreadable
from policy import check_policy
from storage import Checkpoint as SignedCheckpoint
from storage import StoreFault, database_file, open_to_read, rows_of, take_snapshot

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bot.settings import LocalSettings


class NotBackedUp(Exception):
    """There is no backup; sentences."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BackedUp:
    """What was made."""

    folder: Path
    manifest: dict[str, Any]
    with_keys: bool
    key_at: str
    """Where the bot has the key."""
    untaken: tuple[str, ...]
    """Files of the policy that could not be read."""
    removed: tuple[Path, ...]
    """Older backups."""
    left: tuple[tuple[Path, str], ...]
    """Those that are not counted and were left as they are, each with why."""

    @property
    def sound(self) -> bool:
        """Whether it can be restored."""
        return not self.manifest["damage"]

    @property
    def well(self) -> bool:
        """Whether nobody has to look."""
        return self.sound and not self.left

    def lines(self) -> list[str]:
        """For people."""
        log, rows, keys = self.manifest["log"], self.manifest["rows"], self.manifest["keys"]
        size = sum(each["bytes"] for each in self.manifest["files"])
        what = f"{log['entries']:,} entries of the log, {rows['proposals']:,} proposals, {size / 1_000_000:,.1f} MB"
        said = [f"{self.folder}: all as of {self.manifest['made_at']}, {what}."]
        if self.sound:
            said.append("The log holds, every row that decides is what it tells, and signoff fsck finds nothing.")
        else:
            said += ["DAMAGED: the database is not what its log tells, so this is no backup to restore:"]
            said += [f"- {terminal_safe(each)}" for each in self.manifest["damage"][:20]]
            said.append("signoff audit verify and signoff fsck say more. Older backups were left alone.")
        if self.with_keys:
            said.append(f"{KEYS} in it is the key of the log: whoever has the folder can write another past.")
        else:
            said.append(
                f"The key that seals the log is not in it, and without it nothing can be restored: keep {self.key_at} "
                f"somewhere else, too. {'Its id is' if len(keys) == 1 else 'The ids are'} {', '.join(keys)}."
            )
        said += [f"{each} of the policy could not be read, and is not in it." for each in self.untaken]
        said += [f"Removed {each}." for each in self.removed]
        for path, why in self.left:
            said.append(
                f"LEFT ALONE: {path}, which does not count among those that stay: {terminal_safe(why)}. Most likely "
                f"another account made it by hand. Give it to this one (as root: chown -R {account()} {path}), or take "
                "it away yourself."
            )
        return said

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        return {
            "backup": str(self.folder.absolute()),
            "sound": self.sound,
            **{name: self.manifest[name] for name in ("made_at", "log", "rows", "keys", "damage")},
            "with_keys": self.with_keys,
            "untaken": list(self.untaken),
            "removed": [str(each) for each in self.removed],
            "left": [{"backup": str(path), "why": why} for path, why in self.left],
        }


async def back_up(
    settings: "LocalSettings", to: Path, *, with_keys: bool, keep: int | None, say: "Callable[[str], None]"
) -> BackedUp:
    """Makes a backup in the folder `to`, of which the newest `keep` stay. Raises NotBackedUp.

    It gets its name once it is whole and on the disk.
    """
    url, key = settings.signoff_database_url, settings.signoff_signing_key
    try:
        database = database_file(url)
        if database is not None and not database.exists():
            raise NotBackedUp(f"There is no database at {database}; SIGNOFF_DATABASE_URL names it.")
        seeds = seeds_for(database, key.get_secret_value() if key else None)
        to.mkdir(mode=0o700, parents=True, exist_ok=True)  # noqa: ASYNC240 a command, which serves nobody
        if database is not None:
            require_room(to, database.stat().st_size)
        folder = to / name_of(SystemClock().now())
        making = folder.with_name(f"{folder.name}.part")
        making.mkdir(mode=0o700)
        try:
            manifest, untaken = await _filled(making, settings, database, seeds, say)
            if with_keys:
                write_private(making / KEYS, keys_text(seeds) + "\n")
            sync(*making.rglob("*"), making)
            making.rename(folder)
            sync(to)
        except BaseException:
            shutil.rmtree(making, ignore_errors=True)
            raise
        removed, left = _removed(to, keep) if keep is not None and not manifest["damage"] else ((), ())
    except (KeyFault, StoreFault, StoreBusy, Unreadable) as fault:
        raise NotBackedUp(terminal_safe(str(fault))) from None
    except OSError as error:
        raise NotBackedUp(f"{error.filename or to} cannot be used: {error.strerror or error}.") from None
    return BackedUp(
        folder=folder,
        manifest=manifest,
        with_keys=with_keys,
        key_at="SIGNOFF_SIGNING_KEY" if key is not None else f"{database}.key",
        untaken=untaken,
        removed=removed,
        left=left,
    )


async def _filled(
    making: Path,
    settings: "LocalSettings",
    database: Path | None,
    seeds: tuple[bytes, ...],
    say: "Callable[[str], None]",
) -> tuple[dict[str, Any], tuple[str, ...]]:
    clock, signer, keys = SystemClock(), Signer.of(seeds), seal_keys(seeds)
    copy, progress = making / DATABASE, Progress(say)
    # What was noted before the moment has to be in what is there at the moment.
    kept = _kept_checkpoints(settings, database, signer)
    noted = [*high_water_mark(database), *(Checkpoint(seq=each.seq, hash=each.head, source="kept") for each in kept)]
    made_at = instant(clock.now())
    await take_snapshot(settings.signoff_database_url, copy, clock, progress)
    progress.end()
    say("holding the copy against its log")
    async with open_to_read(f"sqlite:///{copy.absolute()}", keys, clock) as store:
        head = await store.audit.head()
        damage = await log_faults(store, say)
    damage += await fsck_faults("", copy, keys, noted, say)
    seq, digest = (0, None) if head is None else (head.seq, head.hash)
    if digest is not None:
        kept = [*kept, SignedCheckpoint(seq=seq, head=digest, count=seq, at=made_at)]
    write_private(making / CHECKPOINTS, "".join(f"{checkpoint_line(each, signer)}\n" for each in kept))
    untaken = _policy_copied(settings.signoff_policy, making / POLICY)
    about = {
        "made_at": made_at,
        "version": version("signoff"),
        "database": "server" if database is None else "file",
        "log": {"entries": seq, "head": digest},
        "rows": await rows_of(copy),
        "keys": [each.thumbprint() for each in signer.keys],
        "policy": settings.signoff_policy.name,
        "damage": damage,
    }
    return Folder(making).sign(about, signer, BACKUP), untaken


def _kept_checkpoints(settings: "LocalSettings", database: Path | None, signer: Signer) -> "Sequence[SignedCheckpoint]":
    """Those that the bot keeps itself."""
    path = checkpoints_file(settings.signoff_checkpoints, database)
    if path is None or not path.exists():
        return []
    return read_checkpoints(path, signer.public_keys()).checkpoints


def _policy_copied(policy: Path, to: Path) -> tuple[str, ...]:
    """Copies the policy and the schemas it names; those that could not be."""
    untaken = []
    for path in check_policy(policy, None).sources or [policy]:
        within = path.relative_to(policy.parent) if path.is_relative_to(policy.parent) else Path(path.name)
        if ".." in within.parts:
            untaken.append(str(path))
            continue
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            untaken.append(str(path))
            continue
        (to / within).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_private(to / within, text)
    return tuple(untaken)


def _removed(to: Path, keep: int) -> tuple[tuple[Path, ...], tuple[tuple[Path, str], ...]]:
    """Takes away all but the newest, and what was broken off; what it took, and what it could not and why.

    What cannot be read is no backup to count on: so many as are to stay stay beside it.
    """
    found = [(each, untouchable(each)) for each in (*archives_in(to), *broken_off(to))]
    left = [(each, why) for each, why in found if why is not None]
    free = [each for each, why in found if why is None]
    counted = [each for each in free if not each.name.endswith(".part")]
    gone = []
    for each in (*counted[:-keep], *(each for each in free if each not in counted)):
        try:
            with suppress(FileNotFoundError):
                shutil.rmtree(each)
        except OSError as error:
            left.append((each, f"{error.filename or each} cannot be taken away: {error.strerror or error}"))
        else:
            gone.append(each)
    return tuple(gone), tuple(left)
