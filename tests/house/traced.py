"""Runs one proposal from POST to outcome and prints, as JSON, the files of the product in which a line of it ran.

It is run as a program in a process of its own, with the checkout it is about on PYTHONPATH, which may be an older one:
so it needs nothing of tests/house, and of the town only what has always been there.
"""

import asyncio
import json
import sys
import tempfile
import threading
from pathlib import Path

import tests.town
from tests.town import SUPPORT, open_town

ROOT = Path(tests.town.__file__).resolve().parents[1]
OURS = tuple(f"{ROOT / room}/" for room in ("approvals", "policy", "storage", "delivery", "bot"))


class Trace:
    """Which files of ours were called into while it is on. Importing a module is not running it."""

    def __init__(self):
        self.on = False
        self.files = set()

    def __call__(self, frame, event, _):
        code = frame.f_code
        if self.on and event == "call" and code.co_name != "<module>" and code.co_filename.startswith(OURS):
            self.files.add(code.co_filename)


async def journeys(trace, folder):
    """The files of three proposals, one after the other, that all three passed through.

    The loops in the background have times of their own, and what happens to run meanwhile is no part of any: hence
    three, and no sweeps.
    """
    async with open_town(folder, "http", sweep="off") as town, town.serving():
        ways = [
            await journey(trace, town, *each) for each in (("U0ALICE", "One"), ("U0BOB", "Two"), ("U0ALICE", "Three"))
        ]
    return set.intersection(*ways)


async def journey(trace, town, user, subject):
    """POST, the card, a click on Approve, the claim, the outcome, and the card that tells of it."""
    trace.files, trace.on = set(), True
    proposal = await town.propose(payload={"to": "mira@example.com", "subject": subject})
    agent = asyncio.create_task(town.get(proposal["id"], wait=30))
    card = await town.card(SUPPORT, proposal)
    await town.click(user, SUPPORT, card, "approve")
    await agent
    await town.claim(proposal)
    await town.report(proposal)
    await town.card_saying(SUPPORT, card["ts"], "Succeeded")
    trace.on = False
    return trace.files


def main():
    trace = Trace()
    threading.setprofile(trace)  # the database has a thread of its own
    sys.setprofile(trace)
    with tempfile.TemporaryDirectory() as folder:
        files = asyncio.run(journeys(trace, Path(folder)))
    sys.setprofile(None)
    sys.stdout.write(json.dumps(sorted(str(Path(file).relative_to(ROOT)) for file in files)) + "\n")


if __name__ == "__main__":
    main()
