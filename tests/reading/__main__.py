"""`python -m tests.reading FOLDER`: takes a picture of each card there, and prints what the cards cost to read."""

import asyncio
import sys
import tempfile
from pathlib import Path

from tests.reading.measures import table
from tests.reading.phone import read_all


def main():
    pictures = Path(sys.argv[1] if len(sys.argv) > 1 else "var/reading")
    with tempfile.TemporaryDirectory() as folder:
        measured = asyncio.run(read_all(Path(folder), pictures))
    sys.stdout.write(f"{table(measured)}\nThe pictures are in {pictures}\n")


if __name__ == "__main__":
    main()
