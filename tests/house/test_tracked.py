"""What git keeps: no machine's paths, no hosts of indexes, reasons for dependencies, hashes in locks."""

import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from tests.house.over import of_every
from tests.house.tree import ROOMS, ROOT, modules, parsed, roots, texts

MACHINE = {
    "a home directory": re.compile(r"/(?:home|Users)/[a-z]\w*/|(?<![\w.])/root/|[A-Z]:\\\\Users\\\\"),
    "the folder this stands in": re.compile(re.escape(f"{ROOT}/")),
    "an index": re.compile(
        r"--(?:extra-)?index-url|--find-links|--trusted-host|PIP_INDEX_URL|UV_INDEX_URL|\[\[tool\.uv\.index"
    ),
    "a package host": re.compile(r"(?:files\.pythonhosted\.org|pypi\.org/simple|/artifactory/|/simple/?(?:\s|$))"),
    "a private address": re.compile(r"https?://(?:10\.\d+|192\.168|172\.(?:1[6-9]|2\d|3[01]))\.\d+"),
}

LOCKS = sorted((ROOT / "locks").rglob("*.txt"))
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
ASKED_BY_PYTHON = {"tzdata"}
"""What no module of ours names: zoneinfo looks for it."""
OURS = {"signoff-client"}
"""Made here, so in no lock."""
BROUGHT = {"pydantic-core", "yarl"}
"""Part of a declared library in all but name."""

EXCEPTION = re.compile(r"#\s*(?:noqa|type: ignore)(?::\s*([A-Z]+\d+(?:,\s*[A-Z]+\d+)*)|\[([\w,-]+)\])?(.*)$")
REQUIREMENT = re.compile(r"^[A-Za-z0-9][\w.-]*(?:\[[\w,.-]+\])?==\S+")


def normal(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def wanted(lines):
    """The names of the distributions in requirement lines; a group may include another."""
    groups = PYPROJECT["dependency-groups"]
    return {
        name
        for line in lines
        for name in (
            wanted(groups[line["include-group"]])
            if isinstance(line, dict)
            else {normal(re.match(r"[\w.-]+", line).group())}
        )
    }


def requirements(lock):
    """The lock's requirements, each with its options joined to it."""
    joined = lock.read_text(encoding="utf-8").replace("\\\n", " ")
    return [line.strip() for line in joined.splitlines() if line.strip() and not line.lstrip().startswith("#")]


@pytest.mark.parametrize("what", MACHINE)
def test_no_tracked_file_names(what):
    here = {"tests/house/test_tracked.py"}
    found = {
        f"{path}:{text[: match.start()].count(chr(10)) + 1}: {match.group()}"
        for path, text in texts().items()
        if str(path) not in here
        for match in MACHINE[what].finditer(text)
    }
    assert not found


@pytest.mark.parametrize(
    ("what", "line"),
    [
        ("a home directory", "see /home/ann/src"),
        ("a home directory", "cd /root/x"),
        ("the folder this stands in", f"read {ROOT}/x"),
        ("an index", "pip install --index-url x"),
        ("a package host", "https://files.pythonhosted.org/packages/x"),
        ("a private address", "http://10.1.2.3/"),
    ],
)
def test_the_patterns_find_what_they_are_for(what, line):
    assert MACHINE[what].search(line)


def test_every_dependency_says_why_it_is_there():
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    extras = PYPROJECT["project"]["optional-dependencies"]
    for name, listed in {"dependencies": PYPROJECT["project"]["dependencies"], **extras}.items():
        begins = text.index(f"\n{name} = [")
        block = text[begins : text.index("\n]", begins)]
        lines = [line for line in block.splitlines() if line.strip().startswith('"')]
        assert len(lines) == len(listed)
        assert not [line for line in lines if not re.search(r"# \S.{4,}", line)]


def test_every_library_that_ships_is_imported_and_every_import_is_declared():
    dists = packages_distributions()
    extras = PYPROJECT["project"]["optional-dependencies"].values()
    declared = wanted([*PYPROJECT["project"]["dependencies"], *(each for extra in extras for each in extra)])
    imported = {root: {normal(dist) for dist in dists.get(root, [root])} for root in foreign()}
    assert declared <= set().union(*imported.values()) | ASKED_BY_PYTHON
    assert not {root for root, names in imported.items() if not names & (declared | BROUGHT)}


def foreign():
    """The top-level packages that the bot's modules import and that are neither its own nor Python's."""
    rooms = [room for room in ROOMS if room != "client"]
    return {root for module in modules(*rooms) for root in roots(module) - sys.stdlib_module_names - set(ROOMS)}


def test_there_are_locks_for_running_and_for_testing():
    assert {lock.name for lock in LOCKS} >= {"run.txt", "test.txt"}


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_everything_in_a_lock_is_pinned_with_hashes(lock):
    listed = requirements(lock)
    assert listed
    assert not [line for line in listed if not REQUIREMENT.match(line)]
    assert not [line for line in listed if not re.search(r"--hash=sha256:[0-9a-f]{64}", line)]


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_a_lock_names_no_host(lock):
    assert not re.search(r"https?://|@ |^-", lock.read_text(encoding="utf-8"), re.MULTILINE)


def test_the_locks_hold_every_declared_dependency():
    run = wanted(requirements(ROOT / "locks" / "run.txt"))
    test = wanted(requirements(ROOT / "locks" / "test.txt"))
    assert wanted(PYPROJECT["project"]["dependencies"]) <= run | OURS
    for name, listed in PYPROJECT["project"]["optional-dependencies"].items():
        extra = wanted(requirements(ROOT / "locks" / f"run-{name}.txt"))
        assert run | wanted(listed) <= extra
        assert wanted(listed) <= test
    assert wanted(PYPROJECT["dependency-groups"]["test"]) <= test | run


def exceptions(text):
    """Every lint exception in a file: its code and whether a reason stands beside it or in a comment above."""
    lines = ["", *text.splitlines()]
    return [
        (code.strip(), bool(found[3].strip()) or lines[number - 1].lstrip().startswith("#"))
        for number, line in enumerate(lines)
        if (found := EXCEPTION.search(line))
        for code in (found[1] or found[2] or "all").split(",")
    ]


@of_every(modules())
def test_every_lint_exception_gives_its_reason_the_first_time_it_is_made(module):
    made = exceptions((ROOT / module).read_text(encoding="utf-8"))
    assert {code for code, _ in made} == {code for code, reasoned in made if reasoned}


def test_a_lint_exception_without_a_reason_is_seen():
    assert exceptions("x = 1  # noqa: S101") == [("S101", False)]
    assert exceptions("x = 1  # noqa: S101, S102 it is a test") == [("S101", True), ("S102", True)]
    assert exceptions("# why\nx = 1  # type: ignore[misc]") == [("misc", True)]


def test_every_tracked_python_file_can_be_parsed():
    assert all(parsed(path) for path in texts() if path.suffix == ".py")


def installs(text):
    """The lines that have pip install something, with what their variables stand for."""
    known = dict(re.findall(r"^(\w+) :?= (.*)$", text, re.MULTILINE))
    lines = [re.sub(r"\$\((\w+)\)", lambda found: known.get(found[1], ""), line) for line in text.splitlines()]
    return [line for line in lines if re.search(r"\bpip\b.* install ", line)]


@pytest.mark.parametrize(
    "path", [path for path in texts() if path.name == "Makefile" or path.parts[0] == ".ci"], ids=str
)
def test_no_install_resolves_anything(path):
    assert not [line for line in installs(texts()[path]) if "--no-deps" not in line]


def test_every_lock_is_installed_by_its_hashes_and_proven_afterwards():
    found = installs(texts()[Path("Makefile")])
    assert len([line for line in found if "-r locks/" in line]) == 6
    assert all("--require-hashes" in line for line in found if "-r locks/" in line)
    recipes = re.split(r"\n(?=\S)", texts()[Path("Makefile")])
    assert not [
        recipe for recipe in recipes if "$(INSTALL_LOCK) " in recipe and not re.search(r"\$\(PIP\).* check", recipe)
    ]


def test_an_install_that_resolves_is_seen():
    assert installs(
        "PIP := python -m pip\n\t$(PIP) install --require-hashes -r locks/run.txt\n\tapt-get install x"
    ) == ["\tpython -m pip install --require-hashes -r locks/run.txt"]
