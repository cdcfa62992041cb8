"""Page of the figures, docs/performance.md: made from a run, so that nobody writes a figure by hand."""

import statistics
from collections.abc import Iterator

from bench.figures import LABELS, Run, Section, Series, shown
from bench.sections import ALL

TIMES = "\u00d7"
WIDTH = 20
"""Signs of the longest bar."""
_HEAD = """\
# Performance

Made by `make bench`; nobody writes a figure here by hand.

Every figure stands beside a baseline of the same run: a service that one would write by hand in place of the bot, in \
`bench/baselines/`. It knows its agents by token, checks the same body with pydantic, keeps one row and one line of a \
log, and does nothing of what the bot promises: no policy, no seal, no exactly-once, no card.

- **no store** answers from memory: what aiohttp and pydantic take.
- **by hand, a transaction each** commits every request to SQLite by itself, as most people write it.
- **by hand, a batch a commit** commits what came meanwhile together: the limit of this disk and this Python.

All of SQLite here runs with `synchronous=FULL`: nobody is answered before the disk has it. The bot is started as in \
production, with a policy and a `.env`, against a Slack on the same machine. Bot, baselines and load are processes of \
their own, on loopback alone, and share the cores; what the load costs, it costs them all. The load is a closed loop: \
each connection sends its next proposal once the last is answered. A hundred agents share it.

Figures are medians of all rounds. A ratio is to the baseline of its own round, and in brackets is how far it went \
from one round to the next: how much to believe of it. CPU is what the service itself took of a core for one \
proposal, which others on the machine change the least. Bars are of the first figure; longer is more of it.
"""


def text(run: Run) -> str:
    """The whole page."""
    machine = "\n".join(f"| {name} | {value} |" for name, value in run.machine.items())
    parts = [_HEAD, f"## The machine\n\n| | |\n|---|---|\n| date | {run.began} |\n{machine}\n"]
    parts += [_section(each) for each in run.sections]
    return "\n".join(parts)


def _section(section: Section) -> str:
    kind = ALL[section.name]
    said = [f"## {kind.title}", "", kind.meaning, ""]
    if section.fault:
        said += [f"Not measured whole: {section.fault.splitlines()[0]}", ""]
    remarks = [f"{_named(each)}: {remark}" for each in section.series for remark in each.remarks]
    said += [f"Doubtful: {each}" for each in remarks] + ([""] if remarks else [])
    said += [f"Others wanted {section.load:.1f} cores in the minute before.", ""]
    for measures in dict.fromkeys(tuple(each.measures) for each in section.series):
        same = [each for each in section.series if tuple(each.measures) == measures]
        said += [*_table(section, same, measures), ""]
    return "\n".join(said)


def _table(section: Section, series: list[Series], measures: tuple[str, ...]) -> Iterator[str]:
    names = [f"{LABELS[each]} | ratio" for each in measures]
    yield f"| | | {' | '.join(names)} | {LABELS[measures[0]]} |"
    yield f"|---|---|{'---:|---|' * len(measures)}---|"
    bars = ALL[section.name].bars
    for each in _sorted(series, bars):
        cells = [f"{shown(name, each.median(name))} | {_ratio(section.ratios(each, name))}" for name in measures]
        longest = max(other.median(measures[0]) for other in _beside(each, series, bars))
        bar = "█" * max(1, round(WIDTH * each.median(measures[0]) / longest))
        yield f"| {each.name} | {each.at} | {' | '.join(cells)} | {bar} |"


def _sorted(series: list[Series], bars: str) -> list[Series]:
    """What is drawn on one scale stands together."""
    if bars == "all":
        return sorted(series, key=lambda each: each.beside is not None)
    groups = list(dict.fromkeys(getattr(each, bars) for each in series))
    return sorted(series, key=lambda each: groups.index(getattr(each, bars)))


def _beside(series: Series, others: list[Series], bars: str) -> list[Series]:
    """What its bar is drawn beside."""
    match bars:
        case "at":
            return [each for each in others if each.at == series.at]
        case "name":
            return [each for each in others if each.name == series.name]
        case _:
            return others


def _ratio(ratios: list[float]) -> str:
    if not ratios:
        return ""
    spread = f" ({ratios[0]:.2f} to {ratios[-1]:.2f})" if len(ratios) > 1 else ""
    return f"{TIMES} {statistics.median(ratios):.2f}{spread}"


def _named(series: Series) -> str:
    return f"{series.name}, {series.at}" if series.at else series.name
