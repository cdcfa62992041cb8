"""Backup folder: its name, what is in it, and its manifest, which is believed by its signature."""

import base64
import errno
import json
import os
import re
import shutil
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.cli.evidence.folder import FORM, MANIFEST, faults_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.signing import PublicKeys

BACKUP = "signoff-backup+jws"
"""The `typ` of the manifest's signature (RFC 8725)."""
DATABASE, CHECKPOINTS, POLICY, KEYS = "signoff.db", "checkpoints.jsonl", "policy", "signing.key"
_NAME = re.compile(r"signoff-\d{8}T\d{6}\.\d{3}Z")
_SHOWN = 10
_UNDER_WAY = 86_400
"""Seconds that a backup may take, as far as another one knows."""


class NoBackup(Exception):
    """What was named is no backup, or not as it was made; sentences."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """A backup, as its manifest tells it."""

    folder: Path
    manifest: dict[str, Any]

    @property
    def made_at(self) -> str:
        """The moment as of which it has everything."""
        return str(self.manifest["made_at"])

    @property
    def entries(self) -> int:
        """How many the log had."""
        return int(self.manifest["log"]["entries"])

    @property
    def head(self) -> str | None:
        """The hash of the newest."""
        return None if (found := self.manifest["log"]["head"]) is None else str(found)

    @property
    def rows(self) -> dict[str, int]:
        """By table."""
        return {str(table): int(count) for table, count in self.manifest["rows"].items()}

    @property
    def keys(self) -> list[str]:
        """The ids of those that the log was sealed with, the newest first."""
        return [str(each) for each in self.manifest["keys"]]

    @property
    def damage(self) -> list[str]:
        """What of the database was not true when it was taken."""
        return [str(each) for each in self.manifest["damage"]]

    def require_whole(self, keys: "PublicKeys") -> None:
        """Holds every file against the manifest, and that against its signature. Raises NoBackup, OSError."""
        found, _ = faults_of(self.folder, keys, BACKUP, beside=(KEYS,))
        if found:
            said = [f"{self.folder}: {each}." for each in found[:_SHOWN]]
            said += [f"{len(found) - _SHOWN} more files are not as they were."] if len(found) > _SHOWN else []
            raise NoBackup(
                "\n".join([*said, "Nothing was restored. Take another backup, or another copy of this one."])
            )
        if self.damage:
            raise NoBackup(
                "\n".join(
                    [
                        f"When {self.folder} was taken, the database was damaged already:",
                        *(f"- {each}" for each in self.damage[:_SHOWN]),
                        "Nothing was restored. Take an older backup.",
                    ]
                )
            )


def name_of(moment: datetime) -> str:
    """What a backup of a moment is called."""
    return f"signoff-{moment:%Y%m%dT%H%M%S}.{moment.microsecond // 1000:03d}Z"


def archives_in(folder: Path) -> list[Path]:
    """The backups in a folder, the oldest first, also those that cannot be read. Raises OSError."""
    return sorted(each for each in folder.iterdir() if _NAME.fullmatch(each.name) and _has_manifest(each))


def _has_manifest(folder: Path) -> bool:
    try:
        return (folder / MANIFEST).is_file()
    except OSError:  # of another account's folder nobody here can tell, and what has its name may be one
        return True


def untouchable(folder: Path) -> str | None:
    """Why not all of a backup can be read and taken away, a sentence's end; None where it can."""

    def stop(error: OSError) -> None:
        raise error

    try:
        for at, _, names in os.walk(folder, onerror=stop):
            for name in names:
                os.close(os.open(Path(at, name), os.O_RDONLY | os.O_NONBLOCK))
            if not os.access(at, os.W_OK | os.X_OK, effective_ids=True):
                return f"{at} cannot be changed"
    except OSError as error:
        return f"{error.filename or folder} cannot be read: {error.strerror or error}"
    return None


def broken_off(folder: Path) -> list[Path]:
    """What backups left in a folder that were killed, a day ago or longer. Raises OSError."""
    before = time.time() - _UNDER_WAY
    parts = (each for each in folder.glob("*.part") if _NAME.fullmatch(each.stem))
    return [each for each in parts if each.stat().st_mtime < before]


def read_archive(folder: Path) -> Archive:
    """What a backup says of itself; nothing of it is believed yet. Raises NoBackup, OSError."""
    if not (folder / MANIFEST).is_file():
        within = archives_in(folder) if folder.is_dir() else []
        if within:
            raise NoBackup(f"{folder} holds {len(within)} backups. Name one of them; {within[-1]} is the newest.")
        if not folder.exists():
            raise NoBackup(f"{folder} is not there. Name the folder of a backup.")
        raise NoBackup(
            f"{folder} is no backup: it has no {MANIFEST}. signoff backup makes one; a copy of the database file alone "
            "lacks what stands in its write-ahead log, and nobody can tell how much that is."
        )
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        found = Archive(folder=folder, manifest=manifest)
        form, _ = manifest["form"], (found.entries, found.head, found.rows, found.keys, found.damage)
        datetime.fromisoformat(found.made_at)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise NoBackup(f"{folder / MANIFEST} is not one that signoff backup writes. Take another copy of it.") from None
    if form != FORM:
        raise NoBackup(f"{folder} is of form {form}, and this program knows {FORM}. Restore it with a newer version.")
    return found


def keys_text(seeds: "Sequence[bytes]") -> str:
    """Signing keys as SIGNOFF_SIGNING_KEY has them, the newest first."""
    return ",".join(base64.b64encode(seed).decode("ascii") for seed in seeds)


def require_room(folder: Path, needed: int) -> None:
    """Raises OSError where fewer bytes are left on the disk of a folder: half a copy is none."""
    left = shutil.disk_usage(folder).free
    if left < needed:
        what = f"its disk has {left / 1_000_000:,.1f} MB left, and {needed / 1_000_000:,.1f} MB are needed"
        raise OSError(errno.ENOSPC, what, str(folder))


def write_private(path: Path, text: str) -> None:
    """A new file that only its owner may read. Raises OSError."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def sync(*paths: Path) -> None:
    """Returns once these files, and the names in these folders, are on the disk. Raises OSError."""
    for each in paths:
        descriptor = os.open(each, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
