"""Figures: what was measured, round by round, and which baseline of the same run it is held against."""

import os
import platform
import sqlite3
import statistics
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

UNITS = {"rate": "/s", "p50": "ms", "p99": "ms", "cpu": "ms", "seconds": "s", "bytes": "MB"}
LABELS = {"rate": "a second", "p50": "p50, ms", "p99": "p99, ms", "cpu": "CPU, ms", "seconds": "s", "bytes": "MB"}
"""How a measure is shown; kept are seconds, bytes, and times a second."""


@dataclass(slots=True, kw_only=True)
class Series:
    """One thing measured in one way, a round at a time."""

    name: str
    at: str
    """Under which circumstance, such as `32 connections`; empty where there is but one."""
    beside: tuple[str, str] | None
    """Name and circumstance of the baseline; None for a baseline itself."""
    rounds: list[dict[str, float]] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    """What makes a figure doubtful."""

    def median(self, measure: str) -> float:
        """Of all rounds."""
        return statistics.median(each[measure] for each in self.rounds)

    @property
    def measures(self) -> list[str]:
        """What was measured."""
        return list(self.rounds[0]) if self.rounds else []


def _nobody(_series: Series) -> None:
    """Nobody reads along."""


@dataclass(slots=True, kw_only=True)
class Section:
    """What belongs into one table."""

    name: str
    load: float
    """How many others wanted a core before it began: the load average of that minute."""
    fault: str = ""
    """What kept it from being measured whole."""
    series: list[Series] = field(default_factory=list)
    tell: Callable[[Series], None] = _nobody
    """Is told of each series as its next round is done."""

    def as_json(self) -> dict[str, Any]:
        """As it is kept in a file."""
        series = [asdict(each) for each in self.series]
        return {"name": self.name, "load": self.load, "fault": self.fault, "series": series}

    def of(self, name: str, at: str = "", beside: tuple[str, str] | None = None) -> Series:
        """The series of that name, a new one if there is none."""
        for each in self.series:
            if (each.name, each.at) == (name, at):
                return each
        self.series.append(Series(name=name, at=at, beside=beside))
        return self.series[-1]

    def note(
        self, name: str, at: str, measured: dict[str, float], beside: tuple[str, str] | None = None, remark: str = ""
    ) -> None:
        """One more round of the series of that name, told to whoever reads along."""
        series = self.of(name, at, beside)
        series.rounds.append(measured)
        if remark:
            series.remarks.append(remark)
        self.tell(series)

    def ratios(self, series: Series, measure: str) -> list[float]:
        """It to its baseline, lowest first; none where there is no baseline with this measure.

        Round by round: what others do to the disk changes from one round to the next, and does it to both.
        """
        for each in self.series:
            if (each.name, each.at) == series.beside and measure in each.measures:
                others = each.rounds * (len(series.rounds) if len(each.rounds) == 1 else 1)  # one for all of them
                pairs = zip(series.rounds, others, strict=False)
                # Of what took less than a tick of the clock nothing can be said.
                return sorted(own[measure] / other[measure] for own, other in pairs if other[measure])
        return []


@dataclass(slots=True, kw_only=True)
class Run:
    """One run of the benchmarks."""

    machine: dict[str, str]
    began: str
    sections: list[Section] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """As it is kept in a file."""
        return {**asdict(replace(self, sections=[])), "sections": [each.as_json() for each in self.sections]}

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> "Run":
        """The same again."""
        sections = [
            Section(**{**each, "series": [_series(series) for series in each["series"]]}) for each in kept["sections"]
        ]
        return cls(**{**kept, "sections": sections})


def _series(kept: dict[str, Any]) -> Series:
    beside = kept["beside"]
    return Series(**{**kept, "beside": None if beside is None else (beside[0], beside[1])})


def percentiles(taken: Sequence[float]) -> dict[str, float]:
    """The median, and what one in a hundred takes at least."""
    each = sorted(taken)
    return {"p50": each[len(each) // 2], "p99": each[int(len(each) * 0.99)]}


def new_run() -> Run:
    """A run on this machine, now."""
    return Run(machine=_machine(), began=datetime.now(UTC).isoformat(timespec="minutes"))


def shown(measure: str, value: float) -> str:
    """A figure as people read it."""
    match UNITS[measure]:
        case "ms":
            milliseconds = value * 1000
            places = 3 if milliseconds < 0.1 else 2 if milliseconds < 1 else 1 if milliseconds < 100 else 0
            return f"{milliseconds:,.{places}f}"
        case "MB":
            return f"{value / 1e6:.0f}"
        case "s":
            return f"{value:.2f}"
    return f"{value:,.0f}"


def _machine() -> dict[str, str]:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {
        "processor": f"{os.cpu_count()} of {_processor()}",
        "memory": f"{memory:.0f} GiB",
        "system": f"{platform.system()} {platform.release()}",
        "Python": platform.python_version(),
        "SQLite": sqlite3.sqlite_version,
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    return next((line.partition(": ")[2] for line in lines if line.startswith("model name")), platform.machine())
