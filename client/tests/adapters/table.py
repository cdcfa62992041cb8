"""The table in docs/reference/adapters.md, cell by cell: what a test finds has to be what stands there.

`make adapters-table` writes what is found in its place. No row is written by hand: each test of a column that a rig has
looks at its own cell, and `tests/house/test_adapters.py` lets no row stand that no rig has.
"""

import fcntl
import os
from itertools import takewhile
from typing import Final

from stage import ROOT

PAGE: Final = ROOT / "docs" / "reference" / "adapters.md"
WRITES: Final = "SIGNOFF_WRITE_TABLE"
COLUMNS: Final = {
    "edit": "edit",
    "unknown": "unknown arguments",
    "unfit": "edit that does not fit",
    "injected": "injected arguments",
    "parallel": "parallel calls",
    "elsewhere": "resume elsewhere",
    "cancel": "cancel",
    "timeout": "time-out",
    "stream": "streaming",
    "handoff": "hand-off",
}
"""By aspect. The other aspects of the scenario have no column of their own."""
HEAD: Final = f"| framework | {' | '.join(COLUMNS.values())} |"
RULE: Final = "|---" * (len(COLUMNS) + 1) + "|"
UNKNOWN: Final = "?"


def check(row: str, aspect: str, finding: str) -> None:
    """Fails where the page says something else of it than was found; writes it there if told to."""
    if aspect not in COLUMNS:
        return
    if os.environ.get(WRITES):
        _write(row, aspect, finding)
    said = _parts(PAGE.read_text(encoding="utf-8"))[1].get(row, {}).get(aspect, "nothing")
    assert said == finding, (
        f"{PAGE.name} says of {row}, {COLUMNS[aspect]}: {said!r}, and found was {finding!r}. Mend what is wrong; "
        "`make adapters-table` writes what is found."
    )


def _parts(text: str) -> tuple[str, dict[str, dict[str, str]], str]:
    """What stands above the rows, the rows, and what stands below them."""
    above, _, below = text.partition(f"{HEAD}\n{RULE}\n")
    lines = list(takewhile(lambda line: line.startswith("|"), below.splitlines(keepends=True)))
    rows = {}
    for line in lines:
        name, *cells = (cell.strip() for cell in line.strip().strip("|").split("|"))
        rows[name] = dict(zip(COLUMNS, cells, strict=True))
    return above, rows, below[len("".join(lines)) :]


def _write(row: str, aspect: str, finding: str) -> None:
    """One cell; tests of several frameworks may write at once."""
    with PAGE.open("r+", encoding="utf-8") as page:
        fcntl.flock(page, fcntl.LOCK_EX)
        above, rows, below = _parts(page.read())
        rows.setdefault(row, dict.fromkeys(COLUMNS, UNKNOWN))[aspect] = finding
        lines = [f"| {name} | {' | '.join(cells.values())} |\n" for name, cells in sorted(rows.items())]
        page.seek(0)
        page.truncate()
        page.write(f"{above}{HEAD}\n{RULE}\n{''.join(lines)}{below}")
