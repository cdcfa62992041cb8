"""The promises of docs/threats.md, each with its tests counted: `python -m tests.house.promises` draws the table of
docs/security.md."""

import ast
import re

from tests.house.tree import ROOT

PAGE = ROOT / "docs" / "threats.md"
SECURITY = ROOT / "docs" / "security.md"
BEGIN, END = "<!-- drawn by python -m tests.house.promises -->", "<!-- drawn by it until here -->"
ROW = re.compile(r"^\| ([TF])(\d+) \| (.+?) \| (.+?) \| (.+?) \|$", re.MULTILINE)
SHOWN = re.compile(r"\(\.\./(tests/\w+/test_\w+\.py)\)")


def rows():
    """Of each promise: its letter, its number, what happens, what holds, and what stands for its tests."""
    return ROW.findall(PAGE.read_text(encoding="utf-8"))


def shown():
    """The tests that are named, by the number of the promise."""
    return {f"{kind}{number}": SHOWN.findall(tests) for kind, number, _, _, tests in rows()}


def tests_in(path):
    """How many test functions a file has."""
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    found = (each for each in ast.walk(tree) if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef))
    return sum(each.name.startswith("test_") for each in found)


def table():
    """A row a promise."""
    lines = ["| | what happens | tests |", "|---|---|---|"]
    for kind, number, happens, _, _ in rows():
        files = shown()[f"{kind}{number}"]
        linked = " · ".join(f"[{path.rpartition('/')[2]}](../{path}) {tests_in(path)}" for path in files)
        lines.append(f"| {kind}{number} | {happens} | {linked or 'not shown'} |")
    return "\n".join(lines)


def drawn():
    """The page as it should be."""
    text = SECURITY.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{table()}\n\n{END}{after}"


if __name__ == "__main__":
    SECURITY.write_text(drawn(), encoding="utf-8")
