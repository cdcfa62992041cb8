"""Signed folder: its files, written row by row, and the manifest that names each with its digest, size and rows."""

import csv
import hashlib
import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from approvals.digest import canonical

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from bot.signing import PublicKeys, Signer

MANIFEST = "manifest.json"
EVIDENCE = "signoff-evidence+jws"
"""The `typ` of the manifest's signature (RFC 8725)."""
FORM = 1
FORMULAS = ("=", "+", "-", "@", "\t", "\r")
"""How a text begins that a spreadsheet would run; such a cell gets an apostrophe before it."""
_CHUNK = 1 << 20


@dataclass(slots=True)
class Table:
    """A CSV file whose columns are always all there."""

    file: IO[str]
    columns: tuple[str, ...]
    rows: int = 0
    _writer: Any = field(init=False)

    def __post_init__(self) -> None:
        self._writer = csv.writer(self.file, lineterminator="\n")
        self._writer.writerow(self.columns)

    def add(self, row: "Mapping[str, object]") -> None:
        """A row by its columns; one that is left out is empty, one that there is not is a mistake of ours."""
        assert set(row) <= set(self.columns), set(row) - set(self.columns)
        self._writer.writerow([cell(row.get(name)) for name in self.columns])
        self.rows += 1


def cell(value: object) -> str:
    """As a spreadsheet may open it; several are separated by semicolons, nothing is empty."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case list() | tuple() | set() | frozenset():
            return cell("; ".join(str(each) for each in value))
        case dict():
            return cell(json.dumps(value, ensure_ascii=False))
        case str() if value.startswith(FORMULAS):
            return f"'{value}"
    return str(value)


@dataclass(slots=True)
class Folder:
    """The folder while it is made."""

    path: Path
    rows: dict[str, int] = field(default_factory=dict)
    """By file, for those that have any."""
    _open: list[IO[str]] = field(default_factory=list)
    _tables: dict[str, Table] = field(default_factory=dict)

    def table(self, name: str, columns: "Iterable[str]") -> Table:
        """A new table."""
        self._tables[name] = Table(self.text(name), tuple(columns))
        return self._tables[name]

    def text(self, name: str) -> IO[str]:
        """A new file of text, which only its owner may read."""
        to = self.path / name
        to.parent.mkdir(mode=0o700, exist_ok=True)
        descriptor = os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        file = os.fdopen(descriptor, "w", encoding="utf-8", newline="")
        self._open.append(file)
        return file

    def close(self) -> None:
        """Ends all files."""
        self.rows |= {name: table.rows for name, table in self._tables.items()}
        for file in self._open:
            file.close()
        self._open.clear()

    def sign(self, about: "Mapping[str, Any]", signer: "Signer", typ: str = EVIDENCE) -> dict[str, Any]:
        """Writes the manifest over all files there are, signed as one of what `typ` says; what it says."""
        self.close()
        files = [
            {"name": name, "sha256": digest, "bytes": size, "rows": self.rows.get(name)}
            for name, (digest, size) in digests(self.path).items()
        ]
        body = {"form": FORM, **about, "files": files}
        made = {**body, "signature": signer.detached(canonical(body), typ)}
        with self.text(MANIFEST) as file:
            file.write(json.dumps(made, indent=2, ensure_ascii=False) + "\n")
        return made


def digests(folder: Path) -> dict[str, tuple[str, int]]:
    """SHA-256 and size of every file below, but of the manifest, by name. Raises OSError."""
    found = {}
    for path in sorted(each for each in folder.rglob("*") if each.is_file()):
        name = path.relative_to(folder).as_posix()
        if name == MANIFEST:
            continue
        digest = hashlib.sha256()
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                digest.update(chunk)
        found[name] = (digest.hexdigest(), path.stat().st_size)
    return found


def faults_of(
    folder: Path, keys: "PublicKeys", typ: str = EVIDENCE, beside: "Collection[str]" = ()
) -> tuple[list[str], dict[str, Any]]:
    """What of the folder is not as it was made, a sentence each, and the manifest. Raises OSError.

    Files `beside` may be there or not, and no manifest names them.
    """
    from bot.signing import NotSigned  # noqa: PLC0415 beside what writes nobody needs it

    try:
        said = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        body = {name: value for name, value in said.items() if name != "signature"}
        named = {each["name"]: (each["sha256"], each["bytes"]) for each in body["files"]}
    except (ValueError, AttributeError, KeyError, TypeError, RecursionError):
        return [f"{MANIFEST} is not one that Signoff writes"], {}
    found = []
    try:
        keys.verify(said["signature"], typ, canonical(body))
    except (NotSigned, KeyError, ValueError, AttributeError) as fault:
        found.append(f"{MANIFEST} was not signed by this installation, or was changed since: {fault}")
    there = digests(folder)
    found += [f"{name} is missing" for name in sorted(named.keys() - there.keys())]
    found += [f"{name} was added" for name in sorted(there.keys() - named.keys() - set(beside))]
    found += [f"{name} was changed" for name in sorted(named.keys() & there.keys()) if named[name] != there[name]]
    return found, body
