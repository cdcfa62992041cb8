"""Payload files: read strictly, so that what is proposed is what the file says; written whole or not at all."""

import errno
import json
import os
import tempfile
from contextlib import suppress
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, BinaryIO, Final

MOST_BYTES: Final = 16 * 1024 * 1024
"""Of a payload or a decision that is read: more than the service takes, and an end for what has none."""
_NO_LINKS: Final = frozenset({errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EACCES})
"""What a file system says that gives a file one name alone."""


class Unreadable(ValueError):
    """A payload that cannot be proposed; the message says why."""


def payload_of(argument: str, stdin: BinaryIO | None) -> dict[str, Any]:
    """`@FILE`, `-` for standard input, or the JSON itself: an object. Raises Unreadable."""
    if argument == "-" and stdin is None:
        raise Unreadable("Standard input is closed, so there is no payload.")
    try:
        if argument == "-" and stdin is not None:
            return strict_object(bounded(stdin))
        if argument.startswith("@"):
            return strict_object(read_file(argument[1:]))
        if Path(argument).suffix == ".json":
            raise Unreadable(f"The payload is JSON, and this names a file: write @{argument}.")
        return strict_object(argument.encode())
    except (OSError, ValueError) as fault:
        if isinstance(fault, Unreadable):
            raise
        if isinstance(fault, UnicodeEncodeError):
            raise Unreadable("The payload is not UTF-8.") from None
        what = "Standard input" if argument == "-" else argument[1:]
        raise Unreadable(f"{what} cannot be read: {getattr(fault, 'strerror', None) or fault}.") from None


def read_file(path: str) -> bytes:
    """All of it. Raises OSError, and Unreadable where it is too long."""
    with Path(path).open("rb") as file:
        return bounded(file)


def bounded(file: BinaryIO) -> bytes:
    """What it holds, up to its end. Raises Unreadable where that does not come."""
    raw = file.read(MOST_BYTES + 1)
    if len(raw) > MOST_BYTES:
        raise Unreadable(f"It has more than {MOST_BYTES} bytes.")
    return raw


def strict_object(raw: bytes) -> dict[str, Any]:
    """The JSON object in the bytes. Raises Unreadable where two readers could take it for two things."""
    value = strict_json(raw)
    if not isinstance(value, dict):
        raise Unreadable("The payload has to be a JSON object.")
    return value


def strict_json(raw: bytes) -> Any:
    """The JSON value in the bytes. Raises Unreadable for duplicate keys, and numbers that would not be kept."""
    try:
        return json.loads(
            raw.decode("utf-8"), object_pairs_hook=_once, parse_float=_kept, parse_int=_whole, parse_constant=_no_number
        )
    except UnicodeDecodeError:
        raise Unreadable("The payload is not UTF-8.") from None
    except json.JSONDecodeError as fault:
        raise Unreadable(f"The payload is not JSON: {fault}.") from None
    except RecursionError:
        raise Unreadable("The payload is nested too deep.") from None


class Destination:
    """Where an approved payload goes. What is there was put there by this very call, and nothing else is touched."""

    def __init__(self, path: Path) -> None:
        """Makes sure that it can be written. Raises OSError, FileExistsError where something is there, a link too."""
        self._path = path
        self._ours: tuple[int, int] | None = None
        """Device and number of the file that was put there."""
        if os.path.lexists(path):
            raise FileExistsError(
                errno.EEXIST,
                "it is there already, and nothing is written over; name another file, or remove it",
                str(path),
            )
        self._handle, draft = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        self._draft = Path(draft)

    def draft(self, payload: dict[str, Any]) -> None:
        """Puts it beside the place, on the disk. Raises OSError."""
        os.ftruncate(self._handle, 0)
        os.lseek(self._handle, 0, os.SEEK_SET)
        _put(self._handle, payload)

    def publish(self, payload: dict[str, Any]) -> None:
        """Gives it its name, which nothing else may have. Raises OSError."""
        try:
            os.link(self._draft, self._path, follow_symlinks=False)
        except OSError as fault:
            if fault.errno not in _NO_LINKS:
                raise
            self._write(payload)
            return
        drafted = _identity(os.fstat(self._handle))
        if _identity(os.lstat(self._path)) != drafted:  # somebody put another in the draft's place
            raise OSError(errno.EBUSY, "its directory is written to by somebody else", str(self._path))
        self._ours = drafted

    def retract(self) -> None:
        """Takes it away again, if it is still what was put there."""
        with suppress(OSError):
            if self._ours is not None and _identity(os.lstat(self._path)) == self._ours:
                self._path.unlink()

    def clear(self) -> None:
        """Leaves no draft behind."""
        drafted = _identity(os.fstat(self._handle))
        os.close(self._handle)
        with suppress(OSError):
            if _identity(os.lstat(self._draft)) == drafted:
                self._draft.unlink()

    def _write(self, payload: dict[str, Any]) -> None:
        """For a file system without links: there it does not appear whole, and still takes nothing's place."""
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)
        handle = os.open(self._path, flags, 0o600)
        try:
            self._ours = _identity(os.fstat(handle))
            _put(handle, payload)
        finally:
            os.close(handle)


def _put(handle: int, payload: dict[str, Any]) -> None:
    content = (json.dumps(payload, ensure_ascii=False, indent=2) + "\n").encode()
    while content:
        content = content[os.write(handle, content) :]
    os.fsync(handle)


def _identity(known: os.stat_result) -> tuple[int, int]:
    return known.st_dev, known.st_ino


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for name, value in pairs:
        if name in made:
            raise Unreadable(f"The payload says {name!r} twice.")
        made[name] = value
    return made


def _kept(text: str) -> float:
    value = float(text)
    try:
        kept = value not in (float("inf"), float("-inf")) and Decimal(text) == Decimal(repr(value))
    except InvalidOperation:  # an exponent beyond any number
        kept = False
    if not kept:
        raise Unreadable(f"The payload has a number with more digits than are kept: {text[:40]}. Write it as a text.")
    return value


def _whole(text: str) -> int:
    value = int(text) if len(text) <= 20 else 2**64
    if abs(value) >= 2**53:
        raise Unreadable(f"The payload has a number with more digits than are kept: {text[:40]}. Write it as a text.")
    return value


def _no_number(text: str) -> float:
    raise Unreadable(f"The payload says {text}, which is not JSON.")
