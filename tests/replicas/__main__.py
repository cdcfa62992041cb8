"""The faults of `scenarios.py`, each so often, as a table: `python -m tests.replicas 20`, or only some of them by name."""

import asyncio
import statistics
import sys
import tempfile
import traceback
from pathlib import Path

from tests.replicas.premises import replicas
from tests.replicas.scenarios import SCENARIOS


async def _seen(scenario):
    with tempfile.TemporaryDirectory() as folder:
        async with replicas(Path(folder), "http") as place:
            return await scenario(place)


def _run(scenario, times):
    """What was seen, run by run; None for one that did not hold."""
    for _ in range(times):
        try:
            yield asyncio.run(_seen(scenario))
        except Exception:  # noqa: BLE001 it is counted, and the next run goes on
            traceback.print_exc()
            yield None


def _row(scenario, times):
    seen = list(_run(scenario, times))
    well = [each for each in seen if each is not None]
    figures = []
    for name in well[0] if well else ():
        seconds = sorted(each[name] for each in well)
        figures.append(f"{name} {statistics.median(seconds):.1f} s, at most {seconds[-1]:.1f} s")
    return f"| {' '.join(scenario.__doc__.split())} | {len(well)} of {times} | {'; '.join(figures)} |"


def main(times, *names):
    """Of all, or of those that are named."""
    print("| one of three | held | seen |\n|---|---|---|", flush=True)  # noqa: T201 the table is what it is for
    for scenario in [each for each in SCENARIOS if not names or each.__name__ in names]:
        print(_row(scenario, times), flush=True)  # noqa: T201 likewise


if __name__ == "__main__":
    main(int(sys.argv[1]), *sys.argv[2:])
