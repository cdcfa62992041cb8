"""Restore command, `signoff restore`: a backup proven, distrusted and put where nothing is.

What happened after the backup is unknown to it. So before any bot can begin on the store, everything in it is stopped.
"""

import asyncio
import shutil
import tempfile
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from approvals.agent_stop import at_the_machine
from approvals.lifecycle import Lifecycle
from approvals.ports import StoreBusy
from approvals.services.agent_stops import Stopping
from approvals.services.restoring import Restoring
from bot.cli.backup.archive import (
    CHECKPOINTS,
    DATABASE,
    KEYS,
    POLICY,
    Archive,
    NoBackup,
    keys_text,
    read_archive,
    require_room,
    sync,
    write_private,
)
from bot.cli.backup.belongings import AFTERWARDS, checkpoints_put, key_left, lost, policy_put
from bot.cli.backup.proof import fsck_faults, log_faults, noted_head
from bot.cli.console import terminal_safe
from bot.cli.record.fsck import WrongCheckpoint, checkpoints_in
from bot.cli.relocation import Progress
from bot.cli.stops import account
from bot.clock import SystemClock
from bot.ids import RandomIds, SystemRandomness
from bot.keys import KeyFault, seal_keys, seeds_for
from bot.signing import Signer
from bot.slack.listeners.stop_everything import announcement, told_channels
from bot.slack.words.commands import restored_from_backup
from fsck import Unreadable
from policy import check_policy
from storage import (
    WHOLE,
    DatabaseDamaged,
    StoreFault,
    database_file,
    open_store,
    open_to_read,
    relocate,
    require_empty,
    rows_of,
    sole_use,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from approvals.ports import Policy
    from bot.settings import LocalSettings

_BESIDE = ("", "-wal", "-shm", "-journal", ".head")
"""What stands by the name of a file in which a store is, or was."""


class NotRestored(Exception):
    """Nothing was restored; sentences."""


@dataclass(slots=True, kw_only=True)
class Restored:
    """What was put back, or would be."""

    archive: Archive
    to: str
    done: bool = False
    ended: int = 0
    """Remembered approvals that let nothing by any more."""
    lost: str | None = None
    """What a checkpoint kept here proves to be missing."""
    left: list[str] = field(default_factory=list)
    """What a person still does."""

    def lines(self) -> list[str]:
        """For people."""
        archive = self.archive
        what = (
            f"{archive.entries:,} entries of the log, {archive.rows.get('proposals', 0):,} proposals, "
            f"all as of {archive.made_at}"
        )
        if not self.done:
            return [f"{archive.folder} can be restored: {what}. Every file, entry and row was held against what it is."]
        said = [
            f"Restored to {self.to}: {what}. It was held against its log before and after.",
            f"What happened after {archive.made_at} is not in it: what was decided, what ran, who was stopped.",
            *([self.lost] if self.lost else []),
            "So everything is stopped. What was approved and not taken is asked again; nothing runs before that.",
        ]
        if self.ended:
            said.append(f"{self.ended} remembered approval{' was' if self.ended == 1 else 's were'} ended.")
        return [*said, "Left to do:", *(f"{number}. {each}" for number, each in enumerate(self.left, start=1))]

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        return {
            "restored": self.done,
            "to": self.to,
            "backup": str(self.archive.folder),
            "made_at": self.archive.made_at,
            "log": self.archive.manifest["log"],
            "rows": self.archive.rows,
            "remembered_approvals_ended": self.ended,
            "lost": self.lost,
            "left_to_do": self.left,
        }


async def restore(settings: "LocalSettings", source: Path, *, dry_run: bool, say: "Callable[[str], None]") -> Restored:
    """Puts a backup where nothing is; with `dry_run` only proves that it could be. Raises NotRestored."""
    url, clock = settings.signoff_database_url, SystemClock()
    try:
        archive = read_archive(source)
        target = database_file(url)
        made = Restored(archive=archive, to=str(target) if target is not None else "the server")
        seeds, in_backup = _seeds(settings, archive, target)
        beside = Path(tempfile.gettempdir()) if dry_run or target is None else target.parent
        beside.mkdir(parents=True, exist_ok=True)
        require_room(beside, (source / DATABASE).stat().st_size if (source / DATABASE).exists() else 0)
        say("holding every file of it against its digest")
        archive.require_whole(Signer.of(seeds).public_keys())
        with ExitStack() as stack:
            if not dry_run:
                stack.enter_context(sole_use(target))
                await _require_free(url, target, seeds)
            staged = stack.enter_context(_staging(beside, None if dry_run else target)) / DATABASE
            await asyncio.to_thread(shutil.copyfile, source / DATABASE, staged)
            staged.chmod(0o600)
            await _require_proven(staged, archive, seeds, say)
            if not dry_run:
                made.ended = await _distrusted(staged, settings, archive, seeds)
                if target is None:
                    await relocate(_url(staged), url, seal_keys(seeds), clock, Progress(say))
                else:
                    _put(staged, target, keys_text(seeds) if in_backup else None)
                await _require_sound(url, target, seeds, say)
                made.done = True
        made.lost = lost(settings, target, archive, Signer.of(seeds))
        if made.done:
            made.left = [
                *key_left(target, source, in_backup=in_backup),
                *policy_put(settings.signoff_policy, archive),
                *checkpoints_put(settings, target, archive, lost=made.lost is not None),
                *AFTERWARDS,
            ]
    except NoBackup as fault:
        raise NotRestored(str(fault)) from None
    except (KeyFault, StoreFault, StoreBusy, Unreadable) as fault:
        raise NotRestored(terminal_safe(str(fault))) from None
    except OSError as error:
        raise NotRestored(f"{error.filename or source} cannot be used: {error.strerror or error}.") from None
    return made


def _seeds(settings: "LocalSettings", archive: Archive, target: Path | None) -> tuple[tuple[bytes, ...], bool]:
    """The keys, and whether they are only in the backup. Raises KeyFault where they do not fit it."""
    key = settings.signoff_signing_key
    beside = None if target is None else target.with_name(f"{target.name}.key")
    within = archive.folder / KEYS
    in_backup = False
    if key is not None:
        seeds = seeds_for(None, key.get_secret_value())
    elif beside is not None and beside.exists():
        seeds = seeds_for(target, None)
    elif within.exists():
        seeds, in_backup = seeds_for(None, within.read_text(encoding="ascii", errors="replace")), True
    else:
        raise KeyFault(
            "The key of the log is missing: SIGNOFF_SIGNING_KEY is not set, and the backup has no key in it. "
            f"Set SIGNOFF_SIGNING_KEY to the key with the id {', '.join(archive.keys)}."
        )
    present = [each.thumbprint() for each in Signer.of(seeds).keys]
    if missing := [each for each in archive.keys if each not in present]:
        raise KeyFault(
            f"The key does not fit this backup: its log is sealed with {', '.join(missing)}, and what is set here is "
            f"{', '.join(present)}. Set SIGNOFF_SIGNING_KEY to that of the bot it was taken of; where it was replaced "
            "meanwhile, name all of them, the newest first."
        )
    return seeds, in_backup


async def _require_free(url: str, target: Path | None, seeds: tuple[bytes, ...]) -> None:
    """Raises StoreFault where there is anything already."""
    if target is None:
        return await require_empty(url, seal_keys(seeds), SystemClock())
    for each in (target.with_name(f"{target.name}{end}") for end in _BESIDE):
        if each.exists():
            raise StoreFault(
                f"{each} is there already, and nothing is ever restored over a store. Name another file in "
                f"SIGNOFF_DATABASE_URL, or move {target.name}, its -wal, -shm and .head to another folder."
            )
    return None


def _url(path: Path) -> str:
    return f"sqlite:///{path.absolute()}"


@contextmanager
def _staging(beside: Path, target: Path | None) -> "Iterator[Path]":
    """A folder of our own within another: nothing has its name before it is proven.

    Beside a target, of which we have the sole use, what a restore left that was killed is taken away first.
    """
    prefix = ".signoff-restoring-" if target is None else f".{target.name}-restoring-"
    for left in () if target is None else beside.glob(f"{prefix}*"):
        shutil.rmtree(left)
    with tempfile.TemporaryDirectory(prefix=prefix, dir=beside, ignore_cleanup_errors=True) as folder:
        yield Path(folder)


async def _require_proven(
    staged: Path, archive: Archive, seeds: tuple[bytes, ...], say: "Callable[[str], None]"
) -> None:
    """Holds the copy against the manifest, its own log and fsck. Raises NoBackup."""
    keys, found = seal_keys(seeds), []
    noted = [
        *noted_head(archive.entries, archive.head, "the manifest"),
        *checkpoints_in(archive.folder / CHECKPOINTS),
    ]
    say("holding its log and its rows against each other")
    try:
        counts = await rows_of(staged)
        found += [
            f"{table} has {counts.get(table, 0):,} rows, and the manifest says {count:,}"
            for table, count in archive.rows.items()
            if counts.get(table, 0) != count
        ]
        found += await fsck_faults("", staged, keys, noted, say)
        async with open_to_read(_url(staged), keys, SystemClock()) as store:
            found += await log_faults(store, say)
    except (DatabaseDamaged, Unreadable, WrongCheckpoint) as fault:
        found.append(str(fault))
    if found:
        raise NoBackup(
            "\n".join(
                [
                    f"{archive.folder} is not whole, so nothing was restored:",
                    *(f"- {terminal_safe(each)}" for each in found[:20]),
                    "Take an older backup, or another copy of this one.",
                ]
            )
        )


async def _distrusted(staged: Path, settings: "LocalSettings", archive: Archive, seeds: tuple[bytes, ...]) -> int:
    """Stops everything in the copy; how many remembered approvals were ended."""
    clock = SystemClock()
    policy = check_policy(settings.signoff_policy, None).policy
    if policy is None:
        policy = check_policy(archive.folder / POLICY / str(archive.manifest["policy"]), None).policy
    channels = [] if policy is None else told_channels(policy)
    async with open_store(_url(staged), seal_keys(seeds), clock) as store:
        lifecycle = Lifecycle(
            store=store,
            policy=cast("Policy", policy),  # of who is at the machine nothing is asked that it would answer
            clock=clock,
            ids=RandomIds(),
            randomness=SystemRandomness(),
        )
        reason = restored_from_backup(archive.made_at)
        notices = dict.fromkeys(channels, announcement)
        return await Restoring(Stopping(lifecycle)).distrust(at_the_machine(account()), reason, notices)


def _put(staged: Path, target: Path, key: str | None) -> None:
    """Gives the copy its name: the key first, and what says how far the log had come last. Raises OSError."""
    sync(staged, staged.parent)
    if key is not None:
        write_private(target.with_name(f"{target.name}.key"), f"{key}\n")
    staged.rename(target)
    staged.with_name(f"{staged.name}.head").rename(target.with_name(f"{target.name}.head"))
    sync(target.parent)


async def _require_sound(url: str, target: Path | None, seeds: tuple[bytes, ...], say: "Callable[[str], None]") -> None:
    """Holds what is there now against its log, and fsck. Raises NoBackup."""
    say("holding what was restored against its log")
    async with open_store(url, seal_keys(seeds), SystemClock(), patience=WHOLE) as store:
        found = await log_faults(store, say)
    found += await fsck_faults(url, target, seal_keys(seeds), (), say)
    if found:
        said = [f"- {terminal_safe(each)}" for each in found[:20]]
        raise NoBackup("\n".join(["What was restored does not hold: start no bot on it.", *said]))
