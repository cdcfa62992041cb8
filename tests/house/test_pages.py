"""Code on a page is run by a test: what no test names, nobody would notice to be wrong."""

import re

import pytest

from tests.house.tree import ROOT, tracked

PAGES = [path for path in tracked() if path.suffix == ".md" and path.parts[0] in ("docs", "examples", "client")]
FENCE = re.compile(r"^ *```(\w*)$", re.MULTILINE)
RUN = {"python", "sh", "json", "nginx"}
SHOWN = {"text", "mermaid", "yaml"}
"""What is compared where it is printed, drawn anew by a test, and (of every page) taken as a policy."""
TESTS = "".join(
    (ROOT / path).read_text(encoding="utf-8")
    for path in tracked()
    if path.suffix == ".py" and "tests" in path.parts and path.name != "test_pages.py"
)


def languages(page):
    """Of the page's blocks; every other fence ends one."""
    return set(FENCE.findall((ROOT / page).read_text(encoding="utf-8"))[::2])


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_every_block_says_what_it_is_and_what_runs_is_run(page):
    found = languages(page)
    assert found <= RUN | SHOWN
    if found & RUN:
        named = page.parts[-2:-1] if page.name == "README.md" else (page.name,)
        assert any(f'"{name}"' in TESTS for name in named)


def test_there_are_pages():
    assert len([page for page in PAGES if languages(page) & RUN]) > 15
