"""`make bench`: `python -m bench [SECTION…]` measures, prints a table for each section, and keeps the figures."""

import argparse
import asyncio
import json
import os
import signal
import sys
import tempfile
import traceback
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from bench import page, sections, terminal
from bench.extent import FULL, LONGER, MILLION, QUICK, Extent
from bench.figures import Run, Section, new_run
from bench.policy import TIERS
from bench.testbed import Testbed


def main(words: Sequence[str] | None = None, *, extent: Extent | None = None) -> int:
    """0 when all was measured that was asked for; `extent` takes the place of the usual ones."""
    asked = _parser().parse_args(words)
    if asked.page_of is not None:
        run = Run.from_json(json.loads(asked.page_of.read_text(encoding="utf-8")))
        whole = True
    else:
        run = new_run()
        whole = asyncio.run(_measured(run, asked, _extent(asked, extent or (QUICK if asked.quick else FULL))))
    if asked.json is not None:
        asked.json.parent.mkdir(parents=True, exist_ok=True)
        asked.json.write_text(json.dumps(run.as_json(), indent=1) + "\n", encoding="utf-8")
    if asked.page is not None:
        asked.page.write_text(page.text(run), encoding="utf-8")
    return 0 if whole else 1


async def _measured(run: Run, asked: argparse.Namespace, extent: Extent) -> bool:
    """Whether all was measured. What one section misses keeps no other from being measured."""
    terminal.line(", ".join(f"{name} {value}" for name, value in run.machine.items()))
    whole = True
    with tempfile.TemporaryDirectory(prefix="signoff-bench-", dir=asked.folder) as folder:
        for name in asked.sections or sections.ALL:
            section = Section(name=name, load=os.getloadavg()[0], tell=terminal.newest)
            run.sections.append(section)
            terminal.line(f"{sections.ALL[name].title} (load average {section.load:.1f})")
            try:
                async with asyncio.timeout(extent.longest):
                    await sections.ALL[name].measure(Testbed(folder=Path(folder)), section, extent)
            except TimeoutError:
                section.fault = f"left as it was after {extent.longest:.0f} s"
            except Exception as fault:  # noqa: BLE001 what one section meets keeps no other from being measured
                traceback.print_exc()
                section.fault = f"{type(fault).__name__}: {fault}"
            whole = whole and not section.fault
            terminal.table(section, sections.ALL[name].title)
    return whole


def _extent(asked: argparse.Namespace, usual: Extent) -> Extent:
    said = {
        name: value
        for name in ("rounds", "seconds", "connections", "tiers", "past")
        if (value := getattr(asked, name)) is not None
    }
    if asked.million:
        said["past"] = (*usual.past, MILLION)
        said["longest"] = LONGER * usual.longest
    return replace(usual, **said)


def _parser() -> argparse.ArgumentParser:
    names = ", ".join(sections.ALL)
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("sections", nargs="*", type=_section, metavar="SECTION", help=f"{names}; all if none is named")
    parser.add_argument("--quick", action="store_true", help="less of each, in less than three minutes")
    parser.add_argument(
        "--million", action="store_true", help="a past of a million proposals in a file, too: 20 minutes and 10 GB more"
    )
    parser.add_argument("--rounds", type=int, help="of the submits: how often all have their turn")
    parser.add_argument("--seconds", type=float, help="how long each load lasts")
    parser.add_argument("--connections", type=_numbers, help="such as 1,32,256")
    parser.add_argument("--tiers", type=_tiers, help=f"of {','.join(TIERS)}")
    parser.add_argument("--past", type=_numbers, help="numbers of past proposals, such as 1000,100000")
    parser.add_argument("--json", type=Path, help="where to keep the figures")
    parser.add_argument("--page", type=Path, help="where to write them for people, as docs/performance.md")
    parser.add_argument("--page-of", type=Path, help="a file that --json kept: nothing is measured")
    parser.add_argument("--folder", type=Path, help="where the databases are for as long as it takes, on a disk")
    return parser


def _section(text: str) -> str:
    if text not in sections.ALL:
        raise argparse.ArgumentTypeError(f"no section {text!r}; there is {', '.join(sections.ALL)}")
    return text


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(each) for each in text.split(","))


def _tiers(text: str) -> tuple[str, ...]:
    tiers = tuple(text.split(","))
    if unknown := [each for each in tiers if each not in TIERS]:
        raise argparse.ArgumentTypeError(f"no tier {unknown[0]!r}; there is {', '.join(TIERS)}")
    return tiers


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)  # all that was started has ended
