"""The worst inputs of up to 256 KiB, surface by surface: how long the loop was held, and how long others waited."""

import asyncio
import logging
import os
import tempfile
import time
from pathlib import Path

import structlog

from tests.threats.heavy import SHAPES
from tests.threats.siege import SCHEMAS, Figures, body_of, siege

SECONDS = 75.0
"""After which no further shape is begun; one takes some seconds."""
STALL, CLICK = 0.250, 1.0
FIRST = (
    "payload of deep",
    "payload of fields",
    "preview of tabs",
    "redacted words",
    "schema of anyOf, times an array",
    "schema of enum, times an array",
    "schema of doubling references",
    "text of letters with marks",
)
"""What the search begins with: the worst that is known of each kind."""


async def section() -> None:
    named = [*FIRST, *(name for name in (*SCHEMAS, *SHAPES) if name not in FIRST and not name.startswith("edit of"))]
    found: list[tuple[str, Figures]] = []
    left_out = 0
    ends = time.perf_counter() + SECONDS
    print("worst inputs: the loop's longest callback (its own CPU time), somebody else's click, the work itself")
    print(f"  {os.getloadavg()[0]:.1f} others wanted one of {os.cpu_count()} cores; a click takes longer with each")
    for name in named:
        if time.perf_counter() > ends:
            left_out += 1
            continue
        with tempfile.TemporaryDirectory(prefix="signoff-bench-") as folder:
            async with siege(Path(folder)) as at:
                figures = await at.through(body_of(name))
        found += [(name, each) for each in figures]
        worst = max(figures, key=lambda each: each.loop)
        print(f"  {name}: loop {shown(worst.loop)} at {worst.surface}, click {shown(max(f.click for f in figures))}")
    told(found, len(named) - left_out, left_out)


def told(found: list[tuple[str, Figures]], tried: int, left_out: int) -> None:
    print(f"  {'surface':<16}{'loop':>9}{'click':>9}{'work':>9}  of {tried} shapes ({left_out} were left out)")
    for surface in dict.fromkeys(each.surface for _, each in found):
        these = [(name, each) for name, each in found if each.surface == surface]
        name, worst = max(these, key=lambda pair: pair[1].loop)
        click, work = (max(getattr(each, what) for _, each in these) for what in ("click", "work"))
        print(f"  {surface:<16}{shown(worst.loop):>9}{shown(click):>9}{shown(work):>9}  {name}")
    stall, click = max(each.loop for _, each in found), max(each.click for _, each in found)
    unheard = sum(not each.acknowledged for _, each in found)
    print(f"  wanted: {shown(STALL)} of the loop at most: {'held' if stall <= STALL else 'MISSED'}")
    print(f"  wanted: {shown(CLICK)} for a click at most: {'held' if click <= CLICK and not unheard else 'MISSED'}")
    print()


def shown(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms"


def main() -> None:
    logging.disable(logging.WARNING)  # the sweeper tells when it skips a turn
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    asyncio.run(section())


if __name__ == "__main__":
    main()
