"""Who may import whom, and which library has which door."""

import sys
from fnmatch import fnmatch
from pathlib import Path

import pytest

from tests.house.tree import ROOMS, imports, modules, roots

MAY_IMPORT = {
    "approvals": {"approvals"},
    "policy": {"policy", "approvals"},
    "storage": {"storage", "approvals"},
    "delivery": {"delivery", "approvals"},
    "bot": {"bot", "approvals", "policy", "storage", "delivery"},
    "sandbox": {"sandbox"},
    "client": {"client"},
}

DOORS = {
    "rfc8785": "approvals/digest.py",
    "jsonpatch": "approvals/patch.py",
    "cel_expr_python": "policy/expressions.py",
    "ruamel": "policy/load.py",
    "aiosqlite": "storage/sqlite.py",
    "asyncpg": "storage/postgres.py",
    "apscheduler": "bot/clock.py",
    "slack_bolt": "bot/slack/*.py",
    "slack_sdk": "bot/slack/*.py",
    "typer": "bot/cli*.py",
}

LATER = {"asyncpg"}
"""Doors whose library no room needs yet."""

PURE = [Path("bot/slack") / f"{name}.py" for name in ("text", "cards", "details", "queue", "words", "forms", "modals")]


def named(paths):
    return [pytest.param(path, id=str(path)) for path in paths]


@pytest.mark.parametrize("module", named(modules()))
def test_a_room_imports_only_the_rooms_below_it(module):
    ours = roots(module) & {*ROOMS, "tests", "bench", "examples"}
    assert ours <= MAY_IMPORT[module.parts[0]]


@pytest.mark.parametrize("module", named(modules("approvals")))
def test_the_core_needs_the_standard_library_only_but_for_its_two_doors(module):
    doors = {library for library, door in DOORS.items() if door == str(module)}
    assert roots(module) <= sys.stdlib_module_names | {"approvals"} | doors


@pytest.mark.parametrize("module", named(modules("approvals")))
def test_the_core_does_no_io(module):
    assert not roots(module) & {
        "asyncio",
        "io",
        "os",
        "pathlib",
        "random",
        "secrets",
        "socket",
        "sqlite3",
        "time",
        "uuid",
    }


@pytest.mark.parametrize("module", named(modules("sandbox", "client")))
def test_what_stands_outside_needs_nothing_but_aiohttp(module):
    assert roots(module) <= sys.stdlib_module_names | {"aiohttp", module.parts[0]}


@pytest.mark.parametrize("module", named(modules()))
def test_a_library_is_imported_only_at_its_door(module):
    elsewhere = {lib for lib in roots(module) & DOORS.keys() if not fnmatch(str(module), DOORS[lib])}
    assert not elsewhere


@pytest.mark.parametrize("library", sorted(DOORS.keys() - LATER))
def test_every_door_is_used(library):
    assert any(library in roots(module) for module in modules())


@pytest.mark.parametrize("module", named(PURE))
def test_what_shows_a_proposal_is_pure(module):
    assert roots(module) <= sys.stdlib_module_names | {"approvals", "bot"}
    assert not roots(module) & {"asyncio", "random", "secrets", "time"}
    ours = {name for name in imports(module) if name.startswith("bot.")}
    pure = tuple(".".join(path.with_suffix("").parts) for path in PURE)
    assert all(name.startswith(pure) for name in ours)


@pytest.mark.parametrize("module", named(modules()))
def test_no_import_is_hidden_behind_a_computed_name(module):
    assert "?" not in imports(module)


def test_every_room_has_modules():
    assert {path.parts[0] for path in modules()} >= MAY_IMPORT.keys() - {"client"}
