"""A process that writes as fast as it can and says what was acknowledged, until it is killed."""

import asyncio
import sys

from approvals.lifecycle import Lifecycle
from storage import open_store
from tests.databases import KEY
from tests.making import Clock, Ids, Lots
from tests.storage.town import ALICE, CLAIMANT, TablePolicy, submission


async def main(url):
    clock = Clock()
    async with open_store(url, KEY, clock) as store:
        lifecycle = Lifecycle(store=store, policy=TablePolicy(), clock=clock, ids=Ids(), randomness=Lots())

        async def whole_way():
            made, _ = await lifecycle.submit(submission())
            say(made)
            say(await lifecycle.approve(made.id, ALICE, made.nonce))
            say(await lifecycle.claim(made.id, "support-bot", made.digest, CLAIMANT))

        while True:
            await asyncio.gather(*(whole_way() for _ in range(5)))


def say(proposal):
    sys.stdout.write(f"{proposal.id} {proposal.version} !\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
