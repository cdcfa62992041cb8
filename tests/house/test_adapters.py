"""Every framework that the client has an extra for is whole: a lock, an adapter, the scenario, a page whose code runs."""

import re
import tomllib

import pytest

from tests.house.tree import ROOT, imports, tracked

EXTRAS = tomllib.loads((ROOT / "client" / "pyproject.toml").read_text(encoding="utf-8"))["project"][
    "optional-dependencies"
]
FRAMEWORKS = sorted(EXTRAS.keys() - {"verify"})
TESTS = ROOT / "client" / "tests" / "adapters"
KNOWN = [path for path in tracked() if path.parts[:2] == ("client", "tests") and path.suffix == ".py"]
TABLE = ROOT / "docs" / "reference" / "adapters.md"
ROW = re.compile(r'^    row = "(.+)"$', re.MULTILINE)
CELL = re.compile(r"held|refused|not supported: .+")
PINNED = re.compile(r"^([\w.-]+)==", re.MULTILINE)


def files_of(framework):
    """The test files that make runs in the framework's environment."""
    module = framework.replace("-", "_")
    return [TESTS / f"test_{module}.py", *sorted(TESTS.glob(f"test_{module}_*.py"))]


def test_there_are_frameworks():
    assert FRAMEWORKS


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_its_lock_pins_what_its_extra_wants_and_what_its_tests_need(framework):
    pinned = set(PINNED.findall((ROOT / "locks" / "adapters" / f"{framework}.txt").read_text(encoding="utf-8")))
    wanted = {re.match(r"[\w.-]+", line).group() for line in EXTRAS[framework]}
    assert wanted | {"pytest", "pytest-asyncio", "mypy", "hatchling", "httpx"} <= pinned


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_its_adapter_goes_through_the_scenario_and_its_page_is_run(framework):
    adapter = ROOT / "client" / "signoff_client" / "adapters" / framework.replace("-", "_")
    assert adapter.is_dir() or adapter.with_suffix(".py").is_file()
    texts = [path.read_text(encoding="utf-8") for path in files_of(framework)]
    assert any(re.search(r"^class \w+\((?:Inline|Parked)\)", text, re.MULTILINE) for text in texts)
    assert any(re.search(r"\b(?:run|write)_page\(", text) and f'"{framework}.md"' in text for text in texts)
    assert (ROOT / "docs" / "how-to" / f"{framework}.md").is_file()


def test_every_lock_is_that_of_a_framework():
    assert {path.stem for path in (ROOT / "locks" / "adapters").glob("*.txt")} == set(FRAMEWORKS)


def test_every_test_file_of_the_adapters_is_run_in_some_environment():
    run = {path for framework in [*FRAMEWORKS, "plain"] for path in files_of(framework)}
    assert set(TESTS.glob("test_*.py")) <= run


def test_the_table_has_a_row_for_each_rig_and_no_other_and_a_finding_in_each_cell():
    """Whether the findings are right, each rig's own tests say."""
    rigs = {row for path in TESTS.glob("test_*.py") for row in ROW.findall(path.read_text(encoding="utf-8"))}
    table = TABLE.read_text(encoding="utf-8").split("\n\n")
    (rows,) = [block.splitlines()[2:] for block in table if block.startswith("| framework |")]
    cells = [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]
    assert [name for name, *_ in cells] == sorted(rigs)
    assert not [(name, cell) for name, *found in cells for cell in found if not CELL.fullmatch(cell)]


@pytest.mark.parametrize("path", KNOWN, ids=str)
def test_the_files_of_adapters_know_the_client_alone(path):
    ours = {"approvals", "policy", "storage", "delivery", "fsck", "bot", "sandbox", "demo", "tests"}
    assert not {name for name in imports(path) if name.partition(".")[0] in ours}
