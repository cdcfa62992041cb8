"""`make bench`: `python -m bench [SECTION…]` measures, prints a table for each section, and keeps the figures."""

import argparse
import asyncio
import json
import os
import sys
import tempfile
from pathlib import Path

from bench import submits, terminal
from bench.figures import Run, Section, new_run
from bench.testbed import TIERS, NotReady, Testbed

SECTIONS = {"submits": "Submits"}


def main(words: list[str] | None = None) -> int:
    """0 when all was measured."""
    asked = _parser().parse_args(words)
    run = new_run(quick=asked.quick)
    try:
        asyncio.run(_measured(run, asked))
    except NotReady as fault:
        sys.stderr.write(f"{fault}\n")
        return 1
    if asked.json is not None:
        asked.json.write_text(json.dumps(run.as_json(), indent=1) + "\n", encoding="utf-8")
    return 0


async def _measured(run: Run, asked: argparse.Namespace) -> None:
    terminal.line(", ".join(f"{name} {value}" for name, value in run.machine.items()))
    with tempfile.TemporaryDirectory(prefix="signoff-bench-") as folder:
        bed = Testbed(folder=Path(folder))
        for name in asked.sections or SECTIONS:
            section = Section(name=name, title=SECTIONS[name])
            run.sections.append(section)
            run.load.append(os.getloadavg()[0])
            terminal.line(f"{section.title} (load average {run.load[-1]:.1f})")
            await submits.measure(bed, section, _extent(asked))
            terminal.table(section)


def _extent(asked: argparse.Namespace) -> submits.Extent:
    return submits.Extent(
        rounds=asked.rounds or (2 if asked.quick else 5),
        seconds=asked.seconds or (1.0 if asked.quick else 3.0),
        connections=asked.connections or ((1, 32) if asked.quick else (1, 32, 256)),
        tiers=asked.tiers or tuple(TIERS),
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("sections", nargs="*", choices=[*SECTIONS, []], metavar="SECTION", help=", ".join(SECTIONS))
    parser.add_argument("--quick", action="store_true", help="all of it, with less of each, in three minutes")
    parser.add_argument("--rounds", type=int, help="how often each is measured; shown are medians")
    parser.add_argument("--seconds", type=float, help="how long each load lasts")
    parser.add_argument("--connections", type=_numbers, help="such as 1,32,256")
    parser.add_argument("--tiers", type=_tiers, help=f"of {','.join(TIERS)}")
    parser.add_argument("--json", type=Path, help="where the figures are kept")
    return parser


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(each) for each in text.split(","))


def _tiers(text: str) -> tuple[str, ...]:
    tiers = tuple(text.split(","))
    if unknown := [each for each in tiers if each not in TIERS]:
        raise argparse.ArgumentTypeError(f"no tier {unknown[0]!r}; there is {', '.join(TIERS)}")
    return tiers


if __name__ == "__main__":
    sys.exit(main())
