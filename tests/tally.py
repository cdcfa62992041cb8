"""Tally of faults: how often each was injected, on which database, and that it held; printed as a table at the end."""

from collections import defaultdict

_NAME = "fault"


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
    return [value for name, value in getattr(report, "user_properties", ()) if name == _NAME]
