"""Who may import whom, and which library has which door."""

import sys
from fnmatch import fnmatch
from functools import cache
from pathlib import Path

import pytest

from tests.house.over import of_every
from tests.house.tree import ROOMS, imports, modules, roots

MAY_IMPORT = {
    "approvals": {"approvals"},
    "policy": {"policy", "approvals"},
    "storage": {"storage", "approvals"},
    "delivery": {"delivery", "approvals"},
    "fsck": {"fsck"},
    "bot": {"bot", "approvals", "policy", "storage", "delivery", "fsck"},
    "sandbox": {"sandbox"},
    "demo": {"demo"},
    "client": set(),
}

CLIENTS = {"httpx", "httpx_sse", "rfc8785", "joserfc", "signoff_client"}
"""What the agents' library stands on; joserfc alone for those who verify."""

EXCEPTIONS = {"bot/cli/main.py": {"demo"}}
"""`signoff demo` begins the demo, which starts everything else as a user would: by its command."""

DOORS = {
    "rfc8785": "approvals/digest.py",
    "jsonpatch": "approvals/patch.py",
    "cel_expr_python": "policy/expressions/cel.py",
    "ruamel": "policy/file/yaml_file.py",
    "aiosqlite": "storage/engine/sqlite/connection.py",
    "asyncpg": ("storage/engine/postgresql/*.py", "fsck/source.py"),
    "apscheduler": "bot/clock.py",
    "slack_bolt": "bot/slack/*.py",
    "slack_sdk": "bot/slack/*.py",
    "typer": "bot/cli/*.py",
    "joserfc": "bot/signing.py",
    "matplotlib": "bot/pictures.py",
    "opentelemetry": "bot/telemetry/*.py",
    "pebble": "bot/worker.py",
    "multiprocessing": "bot/worker.py",
    "pyotp": "storage/second_factors.py",
    "confusable_homoglyphs": "bot/slack/blockkit/lookalikes.py",
}

LATER = {"asyncpg"}
"""Doors whose library no room needs yet."""


def doors_of(library):
    """Those by which it may be imported: one, and a second where somebody is to share nothing with the first."""
    return (found,) if isinstance(found := DOORS[library], str) else found


ROWS = {Path("bot/slack/cards/flood_card.py")}
"""It names a row of the storage as a type, so what it reaches is not pure; nothing of it is called."""
SHOWS = [
    *modules("bot/slack/words"),
    *modules("bot/slack/blockkit", "bot/slack/forms"),
    *(module for module in modules("bot/slack/cards") if module not in ROWS),
    Path("bot/slack/lists/pages.py"),
]
"""What people are shown is a function of what there is to show."""

IMPURE = {
    "aiohttp",
    "asyncio",
    "os",
    "pathlib",
    "random",
    "secrets",
    "slack_bolt",
    "slack_sdk",
    "socket",
    "structlog",
    "time",
}


@cache
def module_of(name):
    """The module that a dotted name is, or is found in; None if it is not ours."""
    parts = name.split(".")
    candidates = (
        Path("/".join(parts[:length]) + end) for length in range(len(parts), 0, -1) for end in (".py", "/__init__.py")
    )
    return next((candidate for candidate in candidates if candidate in modules()), None)


def reached(module):
    """The modules of our own that this one needs, and what they need in turn."""
    found, waiting = {None}, {module}
    while waiting:
        found |= waiting
        waiting = {module_of(name) for each in waiting for name in imports(each)} - found
    return found - {None}


@of_every(modules())
def test_a_room_imports_only_the_rooms_below_it(module):
    ours = roots(module) & {*ROOMS, "tests", "bench", "examples"}
    assert ours <= MAY_IMPORT[module.parts[0]] | EXCEPTIONS.get(str(module), set())


@of_every(modules("approvals"))
def test_the_core_needs_the_standard_library_only_but_for_its_two_doors(module):
    doors = {library for library, door in DOORS.items() if door == str(module)}
    assert roots(module) <= sys.stdlib_module_names | {"approvals"} | doors


@of_every(modules("approvals"))
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


@of_every(modules("client"))
def test_the_client_is_small_and_only_an_adapter_knows_its_framework(module):
    others = roots(module) - sys.stdlib_module_names - CLIENTS
    assert not others if "adapters" not in module.parts else not others & {*ROOMS, "aiohttp", "pydantic"}


def test_nothing_in_the_client_needs_an_adapter_but_the_command_that_is_one():
    commands = Path("client/signoff_client/command.py")
    core = [module for module in modules("client") if "adapters" not in module.parts and module != commands]
    assert not {name for module in core for name in imports(module) if name.startswith("signoff_client.adapters")}


@of_every(modules("sandbox", "demo"))
def test_what_stands_outside_needs_nothing_but_aiohttp(module):
    assert roots(module) <= sys.stdlib_module_names | {"aiohttp", module.parts[0]}


@of_every(modules(*(room for room in ROOMS if room != "client")))
def test_a_library_is_imported_only_at_its_door(module):
    """The client has doors of its own: its modules are one verb each."""

    elsewhere = {
        lib for lib in roots(module) & DOORS.keys() if not any(fnmatch(str(module), door) for door in doors_of(lib))
    }
    assert not elsewhere


@pytest.mark.parametrize("library", sorted(DOORS.keys() - LATER))
def test_every_door_is_used(library):
    assert any(library in roots(module) for module in modules())


@of_every(SHOWS)
def test_what_people_are_shown_is_pure_all_the_way_down(module):
    assert module in modules()
    assert not {(str(each), roots(each) & IMPURE) for each in reached(module) if roots(each) & IMPURE}


def test_what_is_reached_is_seen():
    assert {Path("bot/slack/blockkit/text.py"), Path("approvals/proposal.py")} <= reached(
        Path("bot/slack/cards/card.py")
    )


@of_every(modules())
def test_no_import_is_hidden_behind_a_computed_name(module):
    assert "?" not in imports(module)


def test_every_room_has_modules():
    assert {path.parts[0] for path in modules()} >= MAY_IMPORT.keys() - {"client"}
