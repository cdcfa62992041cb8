"""`python -m bench.town`: what judging costs, how long people and agents wait, how long the worst hold the loop."""

import asyncio
import os
import sqlite3
import statistics
import tempfile
import time
from pathlib import Path

from approvals.lifecycle import Submission
from approvals.proposal import Action, Ask
from bench import policy as judging
from bench import waiting, worst
from tests.town import FINANCE, POLICY, open_town

PENDING = 1000
CARDS = 16


async def main() -> None:
    policy = POLICY.replace("owner: U0OWEN", "owner: U0OWEN\n    pending_limit: 5000")
    with tempfile.TemporaryDirectory(prefix="signoff-bench-") as folder:
        judging.section(Path(folder))
        async with open_town(Path(folder), policy=policy) as town, town.serving():
            plain = await healthz(town)
            commit = commits(Path(folder))
            print(
                f"{os.cpu_count()} cores. Beside: GET /healthz {shown(plain)}; a durable SQLite commit {shown(commit)}"
            )
            print()
            print("201 to card (Slack's own part included: the local stand-in)")
            cards = await card_times(town)
            line(cards, "a GET /healthz", plain, 1.0)
            proposals = await stand_by(town)
            await fill(town)
            acks, answers = await click_times(town, proposals)
            print(f"click to acknowledgement, {PENDING} pending")
            line(acks, "a durable commit", commit, 0.5)
            print(f"click to the waiting agent's answer, {PENDING} pending")
            line(answers, "a durable commit", commit, 0.2)
        await waiting.section()
    await worst.section()


async def healthz(town) -> list[float]:
    return [await timed(town.call("GET", "/healthz")) for _ in range(100)]


def commits(folder: Path) -> list[float]:
    database = sqlite3.connect(folder / "plain.db", isolation_level=None)
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = FULL")
    database.execute("CREATE TABLE line (text TEXT)")
    taken = []
    for _ in range(100):
        began = time.perf_counter()
        database.execute("BEGIN IMMEDIATE")
        database.execute("INSERT INTO line VALUES ('x')")
        database.execute("COMMIT")
        taken.append(time.perf_counter() - began)
    database.close()
    return taken


async def card_times(town) -> list[float]:
    taken = []
    for number in range(CARDS):
        proposal = await town.propose("refund.create", {"amount": 200 + number})
        began = time.perf_counter()
        await town.card(FINANCE, proposal)
        taken.append(time.perf_counter() - began)
        await asyncio.sleep(1.1)  # a channel takes about one message a second; this is no test of that
    return taken


async def stand_by(town) -> list[dict]:
    """Proposals whose cards stand, to be clicked once the queue is long."""
    listed = await town.call("GET", "/v1/proposals?status=pending&limit=100")
    return listed["proposals"]


async def fill(town) -> None:
    ask = Ask(agent="shop", reasoning="One of many.")
    for number in range(PENDING):
        action = Action(name="email.send", payload={"number": number})
        await town.bot.lifecycle.submit(Submission(action=action, ask=ask))


async def click_times(town, proposals) -> tuple[list[float], list[float]]:
    acks, answers = [], []
    for proposal in proposals:
        waiting = asyncio.create_task(answered(town, proposal))
        await asyncio.sleep(0.05)  # the question is open before the click
        card = await town.card(FINANCE, proposal)
        began = time.perf_counter()
        delivery = await town.click("U0CAROL", FINANCE, card, "approve")
        assert delivery.acknowledged
        acks.append(delivery.seconds)
        answers.append(await waiting - began)
    return acks, answers


async def answered(town, proposal) -> float:
    answer = await town.get(proposal["id"], wait=50)
    assert answer["status"] == "approved"
    return time.perf_counter()


async def timed(call) -> float:
    began = time.perf_counter()
    await call
    return time.perf_counter() - began


def shown(taken: list[float]) -> str:
    return f"median {statistics.median(taken) * 1000:.1f} ms"


def line(taken: list[float], beside: str, plain: list[float], wanted: float) -> None:
    median, worst = statistics.median(taken), max(taken)
    ratio = median / statistics.median(plain)
    held = "held" if worst <= wanted else "MISSED"
    print(f"  median {median * 1000:.0f} ms, worst {worst * 1000:.0f} ms of {len(taken)}")
    print(f"  wanted: {wanted * 1000:.0f} ms at most: {held}")
    print(f"  the median is {ratio:.0f} times {beside}")
    print()


if __name__ == "__main__":
    asyncio.run(main())
