"""Terminal: each figure as it is measured, and a table once a section is done."""

import statistics
import sys
from collections.abc import Sequence

from bench.figures import UNITS, Section, shown


def line(text: str = "") -> None:
    """Something said, at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def figures(name: str, at: str, measured: dict[str, float], remarks: Sequence[str] = ()) -> None:
    """One measurement."""
    told = "  ".join(f"{measure} {shown(measure, value):>7} {UNITS[measure]}" for measure, value in measured.items())
    line(f"  {name:<28} {at:<16} {told}{''.join(f'  ! {each}' for each in remarks)}")


def table(section: Section) -> None:
    """The medians of all rounds, each beside its ratio to the baseline in the same round, and how far that went."""
    line()
    line(f"{section.title}: medians; x is the ratio to the baseline, from round to round")
    for each in section.series:
        cells = []
        for measure in each.measures:
            figure = f"{measure} {shown(measure, each.median(measure)):>7} {UNITS[measure]:<2}"
            cells.append(f"{figure} {_ratio(section.ratios(each, measure)):<20}")
        line(f"  {each.name:<28} {each.at:<16} {' '.join(cells)}{'  !' if each.remarks else ''}".rstrip())
    line()


def _ratio(ratios: list[float]) -> str:
    return f"x {statistics.median(ratios):.2f} ({ratios[0]:.2f}-{ratios[-1]:.2f})" if ratios else ""
