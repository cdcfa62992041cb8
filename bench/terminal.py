"""Terminal: each figure as it is measured, and a table once a section is done."""

import statistics
import sys

from bench.figures import UNITS, Section, Series, shown


def line(text: str = "") -> None:
    """Something said, at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def newest(series: Series) -> None:
    """The newest round of a series."""
    measured = series.rounds[-1].items()
    figures = "  ".join(f"{measure} {shown(measure, value):>7} {UNITS[measure]}" for measure, value in measured)
    line(f"  {series.name:<36} {series.at:<26} {figures}{''.join(f'  ! {each}' for each in series.remarks)}")


def table(section: Section, title: str) -> None:
    """The medians of all rounds, each beside its ratio to the baseline in the same round, and how far that went."""
    line()
    line(f"{title}: medians; x is the ratio to the baseline, from round to round")
    for each in section.series:
        cells = []
        for measure in each.measures:
            figure = f"{measure} {shown(measure, each.median(measure)):>7} {UNITS[measure]:<2}"
            cells.append(f"{figure} {_ratio(section.ratios(each, measure)):<20}")
        line(f"  {each.name:<36} {each.at:<26} {' '.join(cells)}{'  !' if each.remarks else ''}".rstrip())
    if section.fault:
        line(f"  ! {section.fault}")
    line()


def _ratio(ratios: list[float]) -> str:
    if not ratios:
        return ""
    spread = f" ({ratios[0]:.2f}-{ratios[-1]:.2f})" if len(ratios) > 1 else ""
    return f"x {statistics.median(ratios):.2f}{spread}"
