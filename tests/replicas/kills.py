"""kill -9 amid commits that many submissions share: what was answered with 201 is there once, and nothing is there twice.

`python -m tests.replicas.kills 200` does it so often on a file and as often on a server, and says what was seen; the
tests do it a few times. The database is the same all along, and read by itself after the last kill.
"""

import asyncio
import itertools
import random
import sys
import tempfile
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp

from tests.faults.premises import Premises
from tests.patience import PATIENCE
from tests.replicas.premises import replicas
from tests.town import POLICY, open_town

AT_ONCE = 32
"""Submissions that wait for a commit in any moment."""
BUSY = 503
MOST = 60
"""So many are answered at most before the kill."""
LATER = 0.05
"""Seconds after the last of them, at most: in some moment of a commit."""
RULES = POLICY.replace("    owner: U0OWEN\n", "    owner: U0OWEN\n    rate_limit: 1000\n")


@dataclass(slots=True)
class Seen:
    """What the agent knows."""

    answered: dict[str, str] = field(default_factory=dict)
    """The id that came with a 201, by key."""
    cut_off: set[str] = field(default_factory=set)
    """Keys of which the agent did not hear whether they are kept."""
    found: int = 0
    """How many of those were, when they were asked for again."""
    kills: int = 0

    def __str__(self) -> str:
        return (
            f"{self.kills} kills, {len(self.answered.keys() - self.cut_off):,} answered with 201 before one; "
            f"{len(self.cut_off):,} cut off, of which {self.found:,} were kept"
        )


@asynccontextmanager
async def on_a_file(folder):
    """A town on SQLite whose bot is a process."""
    async with open_town(folder, "http", Premises, policy=RULES) as place:
        try:
            yield place
        finally:
            for process in place.started:
                await process.kill()
            await place.leave()
        await place.sound()


@asynccontextmanager
async def on_a_server(folder):
    """The same on PostgreSQL, with a second bot that nobody kills."""
    async with replicas(folder, "http", policy=RULES) as place:
        await place.another()
        yield place


ON = {"a file": on_a_file, "a server": on_a_server}


async def killed(place, times, chance, tell=lambda said: None) -> Seen:
    """Kills and starts the bot so often, each time amid shared commits, and asks again for what was cut off."""
    seen, keys = Seen(), itertools.count(1)
    for _ in range(times):
        await place.start()
        await again(place, seen)
        await amid(place, seen, keys, chance)
        seen.kills += 1
        tell(str(seen))
    await place.start()
    await again(place, seen)
    kept = place.rows("SELECT idempotency_key, id FROM proposals")
    assert len(kept) == len(dict(kept)) == len({proposal_id for _, proposal_id in kept}), "something is there twice"
    lost = {key: each for key, each in seen.answered.items() if dict(kept).get(key) != each}
    assert not lost, f"answered with 201, and not there: {lost}"
    return seen


async def amid(place, seen, keys, chance):
    """Submits with many at once, and kills the bot in some moment after some answers."""
    enough, count, answers = asyncio.Event(), itertools.count(1), chance.randint(1, MOST)

    async def submits():
        while True:
            key = f"key-{next(keys)}"
            try:
                status, proposal_id = await submitted(place, key)
            except aiohttp.ClientError:
                seen.cut_off.add(key)
                return
            if status == BUSY:
                seen.cut_off.add(key)
                continue
            assert status == 201, status
            seen.answered[key] = proposal_id
            if next(count) >= answers:
                enough.set()

    submitting = [asyncio.create_task(submits()) for _ in range(AT_ONCE)]
    await enough.wait()
    await asyncio.wait(submitting, timeout=chance.random() * LATER)
    await place.bot.kill()
    await asyncio.gather(*submitting)


async def again(place, seen):
    """Asks once more for each that was cut off: what is kept comes back, what is not is made, and stays so."""
    for key in seen.cut_off - seen.answered.keys():
        before = place.rows("SELECT id FROM proposals WHERE idempotency_key = ?", key)
        async with asyncio.timeout(PATIENCE):
            while (answer := await submitted(place, key))[0] == BUSY:
                pass
        status, seen.answered[key] = answer
        assert status in ((200,) if before else (200, 201)), status
        assert not before or before == [(seen.answered[key],)]
        seen.found += len(before)


async def submitted(place, key):
    """The status, and the id of what runs at once."""
    body = {"action": "search.run", "payload": {"for": key}, "reasoning": "It was asked for."}
    headers = {"Idempotency-Key": key}
    async with place.agent.post("/v1/proposals", json=body, headers=headers) as answer:
        return answer.status, (await answer.json()).get("id")


async def _run(kind, times):
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        async with ON[kind](Path(folder)) as place:
            seen = await killed(place, times, random.Random(times), lambda said: _tell(f"\ron {kind}: {said}", end=""))
    took = time.monotonic() - began
    _tell(f"\ron {kind}: {seen}. What was answered is there, once; the log held, and each row ({took:.0f} s).")


def _tell(said, end="\n"):
    print(said, end=end, flush=True)  # noqa: T201 it is what it is for


if __name__ == "__main__":
    for one in sys.argv[2:] or ON:
        asyncio.run(_run(one, int(sys.argv[1])))
