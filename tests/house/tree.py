"""The tree as text: what is tracked, which modules there are, what they import. Nothing here runs our code."""

import ast
import os
import shutil
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("approvals", "policy", "storage", "delivery", "fsck", "bot", "sandbox", "demo", "client")
"""The packages that ship; a room that is not built yet has no modules."""
MADE = {
    *(".git", ".venv", ".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis"),
    *("__pycache__", ".coverage", ".env", "var", "dist"),
}
"""What stands in a checkout and is not kept."""
INSIDE = {"client": "client/signoff_client"}
"""Where a room's modules are, if not right in it: the client is a distribution with tests of its own."""


@cache
def modules(*rooms: str) -> tuple[Path, ...]:
    """The Python files of these rooms (all that ship if none is named), relative to the root, sorted."""
    return tuple(
        sorted(
            path.relative_to(ROOT) for room in rooms or ROOMS for path in (ROOT / INSIDE.get(room, room)).rglob("*.py")
        )
    )


@cache
def parsed(module: Path) -> ast.Module:
    """The syntax tree of a module."""
    return ast.parse((ROOT / module).read_text(encoding="utf-8"))


@cache
def imports(module: Path) -> frozenset[str]:
    """Every dotted name that the module imports anywhere in it: at the top, in functions, for types, by name."""
    return imported_by(parsed(module), module.parent.parts)


def imported_by(tree: ast.Module, package: tuple[str, ...]) -> frozenset[str]:
    """The same of the syntax tree of a module in `package`; what is imported by a computed name is "?"."""
    found: set[str] = set()
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                found.update(name.name for name in names)
            case ast.ImportFrom(module=source, names=names, level=level):
                above = ".".join(package[: len(package) - level + 1]) if level else ""
                base = ".".join(part for part in (above, source or "") if part)
                found.update(f"{base}.{name.name}" for name in names)
            case ast.Call(func=ast.Name(id="__import__") | ast.Attribute(attr="import_module"), args=[said, *_]):
                found.add(said.value if isinstance(said, ast.Constant) else "?")
    return frozenset(found)


@cache
def roots(module: Path) -> frozenset[str]:
    """The top-level packages that the module imports."""
    return frozenset(name.partition(".")[0] for name in imports(module))


@cache
def tracked() -> tuple[Path, ...]:
    """What git keeps, relative to the root; where there is no git, all that is not made by us as we run."""
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        return tuple(path for path in _files() if MADE.isdisjoint(path.parts))
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return tuple(Path(name) for name in listed.split("\0") if name and (ROOT / name).is_file())


def _files() -> Iterator[Path]:
    for folder, below, names in os.walk(ROOT):
        below[:] = sorted(set(below) - MADE)
        yield from (Path(folder, name).relative_to(ROOT) for name in sorted(names))


@cache
def texts() -> dict[Path, str]:
    """The tracked files that are text."""
    found: dict[Path, str] = {}
    for path in tracked():
        try:
            found[path] = (ROOT / path).read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
    return found
