"""What git keeps: no machine's paths, no hosts of indexes, reasons for dependencies, hashes in locks."""

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions

import pytest

from tests.house.tree import ROOMS, ROOT, modules, roots, texts

MACHINE = {
    "a home directory": re.compile(r"/(?:home|Users)/[a-z]\w*/|(?<![\w.])/root/|[A-Z]:\\\\Users\\\\"),
    "a working directory of somebody": re.compile(r"(?<![\w./-])/work/(?:main|shared|\.)|/tmp/(?:brief|bash_jobs)"),
    "an index": re.compile(
        r"--(?:extra-)?index-url|--find-links|--trusted-host|PIP_INDEX_URL|UV_INDEX_URL|\[\[tool\.uv\.index"
    ),
    "a package host": re.compile(r"(?:files\.pythonhosted\.org|pypi\.org/simple|/artifactory/|/simple/?(?:\s|$))"),
    "a private address": re.compile(r"https?://(?:10\.\d+|192\.168|172\.(?:1[6-9]|2\d|3[01]))\.\d+"),
}

LOCKS = sorted((ROOT / "locks").glob("*.txt"))
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
BARE = re.compile(r"#\s*(?:noqa|type: ignore)(?::\s*[A-Z]+\d+(?:,\s*[A-Z]+\d+)*|\[[\w,-]+\])?\s*$")
REQUIREMENT = re.compile(r"^[A-Za-z0-9][\w.-]*(?:\[[\w,.-]+\])?==\S+")


def normal(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def wanted(lines):
    """The names of the distributions in requirement lines."""
    return {normal(re.match(r"[\w.-]+", line).group()) for line in lines}


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
        ("a working directory of somebody", "read /work/main/x"),
        ("an index", "pip install --index-url x"),
        ("a package host", "https://files.pythonhosted.org/packages/x"),
        ("a private address", "http://10.1.2.3/"),
    ],
)
def test_the_patterns_find_what_they_are_for(what, line):
    assert MACHINE[what].search(line)


def test_every_dependency_says_why_it_is_there():
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    block = text[text.index("\ndependencies = [") : text.index("\n]", text.index("\ndependencies = ["))]
    lines = [line for line in block.splitlines() if line.strip().startswith('"')]
    assert len(lines) == len(PYPROJECT["project"]["dependencies"])
    assert not [line for line in lines if not re.search(r"# \S.{4,}", line)]


def test_every_library_that_ships_is_imported_and_every_import_is_declared():
    dists = packages_distributions()
    imported = {
        normal(dist)
        for module in modules()
        for root in roots(module) - sys.stdlib_module_names - set(ROOMS)
        for dist in dists.get(root, [root])
    }
    namesakes = {normal(dist) for root in ("ruamel",) for dist in dists.get(root, [])}
    declared = wanted(PYPROJECT["project"]["dependencies"])
    assert declared - imported == set()
    assert imported - namesakes - declared == set()


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
    assert wanted(PYPROJECT["project"]["dependencies"]) <= run
    assert wanted(PYPROJECT["dependency-groups"]["test"]) <= test | run


def test_every_lint_exception_gives_its_reason_beside_or_above_it():
    bare = set()
    for path, text in texts().items():
        if path.suffix == ".py" and path.parts[0] in ROOMS:
            lines = ["", *text.splitlines()]
            bare |= {
                f"{path}:{number}"
                for number, line in enumerate(lines)
                if BARE.search(line) and not lines[number - 1].lstrip().startswith("#")
            }
    assert not bare


def test_every_tracked_python_file_can_be_parsed():
    assert all(ast.parse(text) for path, text in texts().items() if path.suffix == ".py")
