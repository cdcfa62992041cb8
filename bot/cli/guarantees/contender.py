"""Contender: one of the processes that claim the same at once; `python -m` runs it for the guarantee of one winner."""

import asyncio
import json
import sys
from datetime import datetime
from pathlib import Path

from approvals.lifecycle import Lifecycle
from approvals.ports import StoreBusy
from approvals.refusals import Refusal
from bot.cli.guarantees.scratch import KEY, MovedClock
from bot.ids import RandomIds, SystemRandomness
from policy import load
from storage import open_store


async def contend(said: dict[str, str]) -> str:
    """Opens the store, says so, waits for the word to go, claims; what came of it."""
    policy = load(Path(said["policy"]), None)
    clock = MovedClock(datetime.fromisoformat(said["now"]))
    async with open_store(said["url"], KEY, clock) as store:
        lifecycle = Lifecycle(store=store, policy=policy, clock=clock, ids=RandomIds(), randomness=SystemRandomness())
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        await asyncio.to_thread(sys.stdin.readline)
        while True:
            try:
                await lifecycle.claim(said["id"], said["agent"], said["digest"], None)
            except StoreBusy:
                continue  # nothing was changed, and the next time tells
            except Refusal as refusal:
                return type(refusal).__name__
            return "claimed"


if __name__ == "__main__":
    sys.stdout.write(asyncio.run(contend(json.loads(sys.argv[1]))) + "\n")
