"""Submits: proposals a second and how long one takes, by connections; the baselines and the bot in turn."""

import json
from dataclasses import dataclass

from bench import terminal
from bench.figures import Section
from bench.load import NUMBER
from bench.testbed import TIERS, Program, Testbed, local_slack

BASELINES = {
    "no_store": "no store",
    "by_hand": "by hand, a transaction each",
    "group_commit": "by hand, a batch a commit",
}
"""Each module of `bench/baselines` as it is shown."""
BESIDE = BASELINES["by_hand"]
"""What people would write."""
WARM_UP = 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class Extent:
    """How much is measured."""

    rounds: int
    seconds: float
    """Of each measurement."""
    connections: tuple[int, ...]
    tiers: tuple[str, ...]


def body(tier: str) -> str:
    """A proposal of medium size, as agents send them."""
    proposal = {
        "action": TIERS[tier],
        "payload": {
            "order": f"A-{NUMBER}",
            "customer": f"cus_{NUMBER}",
            "amount": 249.9,
            "currency": "EUR",
            "note": "Lamp arrived broken, pictures checked",
        },
        "reasoning": "The pictures show a broken shade. The terms allow a full refund within 14 days; day 6 today.",
        "summary": f"Refund 249.90 EUR to cus_{NUMBER} for a broken lamp",
        "confidence": 0.93,
        "source": "untrusted",
        "context": [{"title": f"Order A-{NUMBER}", "text": "Paid 249.90 EUR by card; delivered six days ago."}],
        "run_id": f"run-{NUMBER}",
    }
    return json.dumps(proposal)


async def measure(bed: Testbed, section: Section, extent: Extent) -> None:
    """All rounds: in each one every baseline, then a new bot for each tier, with the same load."""
    for number in range(extent.rounds):
        terminal.line(f"round {number + 1} of {extent.rounds}")
        for module, name in BASELINES.items():
            async with bed.baseline(module) as service:
                await _loaded(bed, section, extent, service, name, extent.tiers[0])
        for tier in extent.tiers:
            async with local_slack() as slack, bed.bot(slack) as bot:
                await _loaded(bed, section, extent, bot, f"Signoff, {tier}", tier)


async def _loaded(bed: Testbed, section: Section, extent: Extent, service: Program, name: str, tier: str) -> None:
    for connections in extent.connections:
        answers = await bed.load(service, body(tier), connections, extent.seconds, WARM_UP)
        at = f"{connections} connection{'' if connections == 1 else 's'}"
        series = section.of(name, at, beside=None if name in BASELINES.values() else (BESIDE, at))
        figures = {"rate": answers.rate, "p50": answers.p50, "p99": answers.p99}
        series.rounds.append(figures)
        if answers.other:
            series.remarks.append(f"other answers than 201: {answers.other}")
        terminal.figures(name, at, figures, series.remarks)
