"""`python -m tests.reading.run PICTURES ANSWERS`: pictures of the run for a reader, and apart from them what is right.

`python -m tests.reading.run --judge VERDICTS`: what the reader caught, and where it was a false alarm.
With `--changed` both are of the run in which a number was changed early and late, and which the tired read.
"""

import argparse
import asyncio
import sys
import tempfile
from pathlib import Path

from tests.reading.run import run
from tests.reading.run.pictures import take
from tests.reading.run.verdicts import NoVerdict, answers, of_run


def main():
    parser = argparse.ArgumentParser(prog="python -m tests.reading.run", description=__doc__)
    parser.add_argument("pictures", nargs="?", type=Path, default=Path("var/reading36"))
    parser.add_argument("answers", nargs="?", type=Path, default=Path("var/reading36-answers.txt"))
    parser.add_argument("--changed", action="store_true", help="the run with the forms in which a value is typed")
    parser.add_argument("--judge", type=Path, metavar="VERDICTS", help="a file with a line for each picture")
    asked = parser.parse_args()
    harmful = "changed" if asked.changed else "harmful"
    if asked.judge is not None:
        try:
            sys.stdout.write(of_run(asked.judge.read_text(encoding="utf-8"), harmful))
        except NoVerdict as fault:
            parser.error(str(fault))
        return
    of = run(harmful)
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(take(of, Path(folder), asked.pictures, tired=asked.changed))
    asked.answers.write_text(answers(of), encoding="utf-8")
    sys.stdout.write(f"The pictures are in {asked.pictures}; keep {asked.answers} from whoever reads them.\n")


if __name__ == "__main__":
    main()
