"""A process that writes as fast as it can, many at a time, and says what was acknowledged, until it is killed.

Each proposal is submitted twice at once under its key, as by an agent that got no answer and asks again.
"""

import asyncio
import sys
from itertools import count

from approvals.lifecycle import Lifecycle
from storage import open_store
from tests.databases import KEY
from tests.making import Clock, Ids, Lots
from tests.storage.town import ALICE, CLAIMANT, TablePolicy, submission

AT_ONCE = 16


async def main(url):
    clock = Clock()
    async with open_store(url, KEY, clock) as store:
        lifecycle = Lifecycle(store=store, policy=TablePolicy(), clock=clock, ids=Ids(), randomness=Lots())

        keys = count()

        async def whole_way():
            key = f"key-{next(keys)}"
            (made, _), (again, _) = await asyncio.gather(*(lifecycle.submit(submission(key=key)) for _ in range(2)))
            assert made == again
            say(made)
            say(await lifecycle.approve(made.id, ALICE, made.nonce))
            say(await lifecycle.claim(made.id, "support-bot", made.digest, CLAIMANT))

        while True:
            await asyncio.gather(*(whole_way() for _ in range(AT_ONCE)))


def say(proposal):
    sys.stdout.write(f"{proposal.id} {proposal.version} !\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
