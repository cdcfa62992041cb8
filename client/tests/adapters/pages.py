"""Runs a page of docs/: every ```python block as it stands, in order, in one namespace, against the stage.

- A block is a program: no top-level `await`; SIGNOFF_URL and SIGNOFF_TOKEN are those of the stage.
- Between two blocks people decide what the first has proposed, so a block that takes something up comes after it.
- What a block prints is what a ```text block right below it shows; without one, whatever it likes.
- What readers bring along (`model`) is `given` by the test, under the name that the page says.
- Code that is not to be run has no place on a page; other languages (```sh, ```yaml) are other tests' business.
"""

import contextlib
import io
import re
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from stage import ROOT, Stage

BLOCK = re.compile(r"^```python\n(?P<code>.*?)^```\n(?:\n*```text\n(?P<shown>.*?)^```\n)?", re.MULTILINE | re.DOTALL)


def run_page(stage: Stage, monkeypatch: pytest.MonkeyPatch, name: str, **given: Any) -> dict[str, Any]:
    """Runs docs/how-to/NAME, and gives what its namespace holds afterwards. Not for tests that are coroutines."""
    page = ROOT / "docs" / "how-to" / name
    text = page.read_text(encoding="utf-8")
    monkeypatch.setenv("SIGNOFF_URL", stage.url)
    monkeypatch.setenv("SIGNOFF_TOKEN", stage.token)
    module = ModuleType("page")
    monkeypatch.setitem(sys.modules, "page", module)  # types in its annotations are looked up there
    vars(module).update(given)
    blocks = list(BLOCK.finditer(text))
    assert blocks, f"{name} has no code"
    for block in blocks:
        printed = _run(page, text, block, vars(module))
        if block["shown"] is not None:
            assert printed == block["shown"], f"{name} shows something else than what it prints"
        stage.settle()
    return vars(module)


def write_page(name: str, folder: Path) -> None:
    """For a page of several programs: each block becomes the file that its first line names, as a comment."""
    text = (ROOT / "docs" / "how-to" / name).read_text(encoding="utf-8")
    for block in BLOCK.finditer(text):
        file = block["code"].partition("\n")[0].removeprefix("# ")
        (folder / file).write_text(block["code"], encoding="utf-8")


def _run(page: Path, text: str, block: re.Match[str], namespace: dict[str, Any]) -> str:
    """One block, with the page's own line numbers; what it printed."""
    above = "\n" * text.count("\n", 0, block.start("code"))
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(compile(above + block["code"], str(page), "exec"), namespace)
    return printed.getvalue()
