"""Submits: proposals a second and how long one takes, by connections; the baselines and the bot in turn."""

import json

from bench import terminal
from bench.extent import Extent
from bench.figures import Section
from bench.load import NUMBER
from bench.policy import action_of
from bench.testbed import Program, Testbed, local_slack

BASELINES = {
    "no_store": "no store",
    "by_hand": "by hand, a transaction each",
    "group_commit": "by hand, a batch a commit",
}
"""Each module of `bench/baselines` as it is shown."""
BESIDE = BASELINES["by_hand"]
"""What people would write."""


def body(tier: str) -> str:
    """A proposal of medium size, as agents send them; the policy makes this tier of it, or asks at this desk."""
    proposal = {
        "action": action_of(tier),
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
        loaded = await bed.load(service, body(tier), connections, extent.seconds, extent.warm_up)
        at = f"{connections} connection{'' if connections == 1 else 's'}"
        beside = None if name in BASELINES.values() else (BESIDE, at)
        section.note(name, at, loaded.measures, beside, loaded.remark)
