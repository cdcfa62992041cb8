"""Verify command, `signoff verify`: every guarantee tried on the operator's policy, by the program as it is here."""

from collections import Counter
from collections.abc import Callable, Collection
from importlib.metadata import version
from pathlib import Path

from bot.cli.console import print_answer
from bot.cli.guarantees.trial import GUARANTEES, Tried, Verdict, tried

_MARKS = {Verdict.passed: "passed", Verdict.failed: "FAILED", Verdict.not_applicable: "not applicable"}
_WIDTH = max(map(len, _MARKS.values()))


async def verify(policy: Path, only: Collection[str], say: Callable[[str], None], *, as_json: bool) -> bool:
    """Prints what came of each as it is known, or all at the end as JSON; whether none failed and any passed.

    `say` is told on the way how far it is, where nothing else shows it. Raises PolicyFaults.
    """
    found: list[Tried] = []
    total = len(only) or len(GUARANTEES)
    async for each in tried(policy, only):
        found.append(each)
        if as_json:
            say(f"{len(found)} of {total}: {each.name} {each.verdict}")
        else:
            print_answer([line(each)])
    counts = Counter(each.verdict for each in found)
    sound = not counts[Verdict.failed] and counts[Verdict.passed] > 0
    if as_json:
        summary = {str(verdict).replace(" ", "_"): counts[verdict] for verdict in Verdict}
        said = {"sound": sound, "version": version("signoff"), "policy": str(policy), **summary}
        print_answer({**said, "guarantees": [each.as_json() for each in found]})
    else:
        print_answer([_summary(counts)])
    return sound


def line(each: Tried) -> str:
    """For people."""
    why = "" if each.why is None else f": {each.why}"
    return f"{_MARKS[each.verdict]:<{_WIDTH}}  {each.promise}{why}. [{each.name}]"


def _summary(counts: "Counter[Verdict]") -> str:
    said = f"{counts[Verdict.passed]} passed, {counts[Verdict.failed]} failed"
    if left := counts[Verdict.not_applicable]:
        said += f"; {left} could not be tried on this policy, which proves nothing of {'it' if left == 1 else 'them'}"
    return f"{said}."


def unknown(names: Collection[str]) -> list[str]:
    """Those that are no guarantees."""
    return sorted(set(names) - set(GUARANTEES))
