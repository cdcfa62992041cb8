"""Payloads in files: read strictly, so that what is proposed is what the file says; written whole or not at all."""

import json
import os
import tempfile
from contextlib import suppress
from decimal import Decimal
from pathlib import Path
from typing import Any, BinaryIO


class Unreadable(ValueError):
    """A payload that cannot be proposed; the message says why."""


def payload_of(given: str, stdin: BinaryIO) -> dict[str, Any]:
    """`@FILE`, `-` for standard input, or the JSON itself: an object. Raises Unreadable."""
    try:
        if given == "-":
            return strict_object(stdin.read())
        return strict_object(Path(given[1:]).read_bytes() if given.startswith("@") else given.encode())
    except OSError as fault:
        raise Unreadable(f"{given[1:]} cannot be read: {fault.strerror or fault}.") from None
    except UnicodeEncodeError:
        raise Unreadable("The payload is not UTF-8.") from None


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
    """Where an approved payload goes. Nothing stands there but a payload that was approved by this very call."""

    def __init__(self, path: Path) -> None:
        """Removes what an earlier call left there, and makes sure that it can be written. Raises OSError."""
        self._path = path
        path.unlink(missing_ok=True)
        handle, draft = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        os.close(handle)
        self._draft = Path(draft)

    def draft(self, payload: dict[str, Any]) -> None:
        """Puts it beside the place, on the disk. Raises OSError."""
        with self._draft.open("w", encoding="utf-8") as out:
            json.dump(payload, out, ensure_ascii=False, indent=2)
            out.write("\n")
            out.flush()
            os.fsync(out.fileno())

    def publish(self) -> None:
        """Moves it to its place. Raises OSError."""
        self._draft.replace(self._path)

    def retract(self) -> None:
        """Takes it away again."""
        with suppress(OSError):
            self._path.unlink(missing_ok=True)

    def clear(self) -> None:
        """Leaves no draft behind."""
        with suppress(OSError):
            self._draft.unlink(missing_ok=True)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for name, value in pairs:
        if name in made:
            raise Unreadable(f"The payload says {name!r} twice.")
        made[name] = value
    return made


def _kept(text: str) -> float:
    value = float(text)
    if value in (float("inf"), float("-inf")) or Decimal(text) != Decimal(repr(value)):
        raise Unreadable(f"The payload has a number with more digits than are kept: {text[:40]}. Write it as a text.")
    return value


def _whole(text: str) -> int:
    value = int(text) if len(text) <= 20 else 2**64
    if abs(value) >= 2**53:
        raise Unreadable(f"The payload has a number with more digits than are kept: {text[:40]}. Write it as a text.")
    return value


def _no_number(text: str) -> float:
    raise Unreadable(f"The payload says {text}, which is not JSON.")
