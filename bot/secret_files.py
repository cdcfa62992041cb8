"""Secret files: who else on the machine can read or change `.env` and the key beside the database.

It is told and not refused: what anybody could read they may have read already, and a bot that is down helps nobody.
What a container's runtime mounts is as it should be, though everybody there can read it: nobody else is there.
"""

import os
import stat
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import structlog

from storage import StoreFault, database_file

OWN = "`chmod 600 {}`."
"""What mends a file of our own; one of root's that our group reads is as good."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """What the system says of a file."""

    mode: int
    owner: int
    """Who owns it, by number."""
    account: int
    """Whose process this is."""
    mounted: bool = False
    """Whether it lies on a file system of its own that cannot be written to."""
    folder: int = 0o700
    """The mode of its folder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposure:
    """That others reach a file that holds secrets."""

    path: Path
    said: str
    mend: str
    grave: bool
    """Whether those are not the owner's own group alone."""


def secret_files(env_file: Path | None, database_url: str) -> list[Path]:
    """The files that are there and hold secrets; what is no file, such as a pipe, is none."""
    found = [] if env_file is None else [env_file]
    with suppress(StoreFault):
        if (database := database_file(database_url)) is not None:
            found.append(database.with_name(database.name + ".key"))
    return [each for each in found if each.is_file()]


def exposures(files: list[Path]) -> list[Exposure]:
    """What is wrong with each of them."""
    found = []
    for path in files:
        with suppress(OSError):  # it went away, or cannot be looked at: whoever reads it says so
            found += exposed(path, _access(path))
    return found


def warn(found: list[Exposure]) -> None:
    """Says so in the log."""
    for each in found:
        structlog.get_logger("signoff").warning(each.said, mend=each.mend)


def exposed(path: Path, access: Access) -> list[Exposure]:
    """What is wrong with a file, the gravest first; at most one thing, for one command mends it."""
    if access.folder & stat.S_IWOTH and not access.folder & stat.S_ISVTX:
        said = f"{path} holds secrets, and everybody on this machine can put another file in its place."
        return [Exposure(path=path, said=said, mend=f"`chmod o-w {path.parent}`.", grave=True)]
    if access.mounted and access.owner != access.account and not access.mode & (stat.S_IWGRP | stat.S_IWOTH):
        return []
    if access.mode & (stat.S_IWGRP | stat.S_IWOTH):
        said = f"{path} holds secrets, and others than its owner can change it, and so replace each of them."
        return [Exposure(path=path, said=said, mend=OWN.format(path), grave=True)]
    if access.mode & stat.S_IROTH:
        said = f"{path} holds secrets, and everybody on this machine can read it."
        mend = f"{OWN.format(path)} Then replace every secret in it: docs/operating.md says how."
        return [Exposure(path=path, said=said, mend=mend, grave=True)]
    if access.mode & stat.S_IRGRP and access.owner == access.account != 0:
        said = f"{path} holds secrets, and the group of its owner can read it."
        return [Exposure(path=path, said=said, mend=OWN.format(path), grave=False)]
    return []


def _access(path: Path) -> Access:
    found, folder = path.stat(), path.resolve().parent.stat()
    return Access(
        mode=stat.S_IMODE(found.st_mode),
        owner=found.st_uid,
        account=os.geteuid(),
        mounted=found.st_dev != Path("/").stat().st_dev and bool(os.statvfs(path).f_flag & os.ST_RDONLY),
        folder=stat.S_IMODE(folder.st_mode),
    )
