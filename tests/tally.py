"""Tally of faults: how often each was injected, on which database, and that it held; printed as a table at the end."""

import re
from collections import defaultdict
from functools import cache

from tests.house.tree import ROOT

_NAME = "fault"
_TEST = re.compile(r"tests/(?:faults|replicas)/.*::test_f(\d\d)_")
_ROW = re.compile(r"^\| F(\d+) \| ([^|]*?) \|", re.MULTILINE)


LONGEST = 60


def injected(record_property, fault, database, times, note=""):
    """Notes that a fault was injected so often, and that all that was promised held: what did not hold, failed."""
    record_property(_NAME, (fault, database, times, note))


def lines(passed, failed):
    """The table; a fault whose test failed has its violations beside it, by that test's name."""
    rows = defaultdict(lambda: [0, []])
    for report in passed:
        for fault, database, times, note in _of(report):
            rows[fault, database][0] += times
            rows[fault, database][1] += [note] if note else []
    noted = [
        (fault, database, f"{times:,}", "0", "; ".join(notes)) for (fault, database), (times, notes) in rows.items()
    ]
    broken = [(report.nodeid.rpartition("/")[2], "", "", "1", "see above") for report in failed]
    head = ("fault", "database", "injected", "violations", "")
    table = [head, *sorted(noted), *broken]
    widths = [max(len(row[place]) for row in table) for place in range(4)]
    return [
        "  ".join(text.ljust(width) for text, width in zip(row, (*widths, 0), strict=True)).rstrip() for row in table
    ]


def tallied(reports):
    """Those that noted something."""
    return [report for report in reports if _of(report)]


def _of(report):
    noted = [value for name, value in getattr(report, "user_properties", ()) if name == _NAME]
    if noted or not (named := _TEST.search(getattr(report, "nodeid", ""))):
        return noted
    number = int(named[1])
    fault = titles()[number]
    short = fault if len(fault) <= LONGEST else f"{fault[:LONGEST]}…"
    return [(f"F{number} {short}", "postgresql" if "/replicas/" in report.nodeid else "sqlite", 1, "")]


@cache
def titles():
    """By number, what the page of promises says of each fault: a test that notes nothing is one injection of it."""
    page = (ROOT / "docs" / "threats.md").read_text(encoding="utf-8")
    return {int(number): fault for number, fault in _ROW.findall(page)}
