"""Installation keys: one Ed25519 seed, or several while it is replaced.

The seed signs permits and receipts; the key that seals the audit log is derived from it.
"""

import base64
import binascii
import os
import re
import secrets
from contextlib import suppress
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from approvals.events import instant
from bot.audit_export import moment_of
from storage import Entry

SEED_BYTES = 32


class KeyFault(Exception):
    """The signing key is missing or unusable: no start."""


def seeds_for(database: Path | None, signing_key: str | None) -> tuple[bytes, ...]:
    """The seeds, 32 bytes each, the newest first: given by the operator, or kept in `<database>.key` beside the file.

    A database on a server, None, has no file, and every process that uses it must have the same: there they are given.

    The newest signs and seals; the others say who signed and sealed before. Both places take several, separated by
    commas, the file by lines as well.

    It is made only together with a new database. A database without its key is refused: a new key would make every
    old seal look forged, or worse, every forged one look old.
    """
    if database is None:
        if signing_key is None:
            raise KeyFault(
                "SIGNOFF_SIGNING_KEY is missing. With a database on a server every process needs the same key: "
                "32 bytes in base64 (head -c 32 /dev/urandom | base64), kept apart from the database's backups."
            )
        return _decoded(signing_key, "SIGNOFF_SIGNING_KEY")
    path = database.with_name(database.name + ".key")
    if signing_key is not None:
        seeds = _decoded(signing_key, "SIGNOFF_SIGNING_KEY")
        _require_same(seeds, path, database)
        return seeds
    if path.exists():
        return _decoded(path.read_text(encoding="ascii", errors="replace"), str(path))
    if database.exists():
        raise KeyFault(
            f"{database} exists but its key {path} is missing. Restore the key from your backup, or set "
            "SIGNOFF_SIGNING_KEY to it; without it the audit log cannot be verified."
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    _write_once(path, base64.b64encode(secrets.token_bytes(SEED_BYTES)))
    return _decoded(path.read_text(encoding="ascii"), str(path))


def _require_same(seeds: tuple[bytes, ...], path: Path, database: Path) -> None:
    """Raises KeyFault where another key lies beside the database: what it sealed would look forged."""
    if not (path.exists() and database.exists()):
        return
    beside = _decoded(path.read_text(encoding="ascii", errors="replace"), str(path))
    if not set(beside) <= set(seeds):
        raise KeyFault(
            f"{path} holds a key that SIGNOFF_SIGNING_KEY does not name, and the audit log may be sealed with it. Name "
            "both, SIGNOFF_SIGNING_KEY=NEW,OLD, or move the file away if it belongs to another database."
        )


def require_all_named(unnamed: Entry | None) -> None:
    """Raises KeyFault where the log has entries that no named key can check, with where they begin."""
    if unnamed is not None:
        raise KeyFault(
            f"From the entry {unnamed.seq} on, of {instant(moment_of(unnamed.at))}, the audit log was sealed with a "
            "key that is not named, or its seal was changed: nobody can tell whether what it says is true. "
            "SIGNOFF_SIGNING_KEY, or the file beside the database, names all keys that ever sealed it, the newest "
            "first. Put the old one back; where it is lost, begin with a new database and keep this one as it is."
        )


def seal_keys(seeds: tuple[bytes, ...]) -> tuple[bytes, ...]:
    """The seal key of each, in the same order."""
    return tuple(seal_key(seed) for seed in seeds)


def seal_key(seed: bytes) -> bytes:
    """The 32-byte key under the audit log's seals, so that the seed itself signs and does nothing else."""
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"signoff audit seal v1").derive(seed)


def _write_once(path: Path, text: bytes) -> None:
    """Whole or not at all, and never over one that another process made a moment before."""
    making = path.with_name(f"{path.name}.{os.getpid()}")
    making.unlink(missing_ok=True)
    try:
        descriptor = os.open(making, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(making, path)
    finally:
        making.unlink(missing_ok=True)


def _decoded(text: str, where: str) -> tuple[bytes, ...]:
    seeds = tuple(_seed(part, where) for part in re.split(r"\s*[,\n]\s*", text.strip()))
    if len(set(seeds)) != len(seeds):
        raise KeyFault(f"{where} names the same key twice. Name each once, the newest first.")
    return seeds


def _seed(text: str, where: str) -> bytes:
    try:
        seed = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        seed = b""
    if len(seed) != SEED_BYTES:
        raise KeyFault(
            f"{where} must be {SEED_BYTES} bytes in base64 (for example: head -c 32 /dev/urandom | base64), "
            "or several of these, separated by commas, the newest first."
        )
    return seed
