"""Footprint: how long the bot takes to start, and what memory it takes, with nothing to do and with much that waits."""

from bench import terminal, usage
from bench.agents import agents_of
from bench.figures import Section
from bench.policy import AGENTS, Policy
from bench.submits import body
from bench.testbed import Program, Testbed, local_slack

CHUNK = 2.0
"""Seconds of load, after which it is seen how many wait."""
CONNECTIONS = 32
BY_HAND, SIGNOFF = "by hand", "Signoff"
NEW = "a new database"


async def measure(bed: Testbed, section: Section, *, rounds: int, waiting: int, agents: int) -> None:
    """Starts of each kind in turn, with so many proposals that wait in one of them, and agents that wait for some."""
    database = bed.folder / "waiting.db"
    many = f"{waiting:,} waiting"
    async with local_slack() as slack:
        async with bed.bot(slack, database=database) as bot:
            await _fill(bed, bot, waiting)
            async with agents_of(bed, bot) as sessions:
                asked = await sessions.propose_many("card", agents, AGENTS)
                async with sessions.waiting_for(asked):
                    name = f"{many}, and {agents:,} agents"
                    section.note(f"memory, {SIGNOFF}", name, {"bytes": usage.memory(bot.pid)}, ("memory, by hand", NEW))
        for _ in range(rounds):
            async with bed.baseline("by_hand") as service:
                section.note(f"memory, {BY_HAND}", NEW, {"bytes": usage.memory(service.pid)})
                section.note(f"start, {BY_HAND}", NEW, {"seconds": service.ready_after})
            async with local_slack() as other, bed.bot(other) as bot:
                section.note(f"memory, {SIGNOFF}", NEW, {"bytes": usage.memory(bot.pid)}, ("memory, by hand", NEW))
                section.note(f"start, {SIGNOFF}", NEW, {"seconds": bot.ready_after}, ("start, by hand", NEW))
            async with bed.bot(slack, database=database) as bot:
                section.note(f"start, {SIGNOFF}", many, {"seconds": bot.ready_after}, ("start, by hand", NEW))
        async with bed.bot(slack, database=database, policy=Policy(changed=True)) as bot:
            name = f"{many}, policy changed"
            section.note(f"start, {SIGNOFF}", name, {"seconds": bot.ready_after}, ("start, by hand", NEW))


async def _fill(bed: Testbed, bot: Program, count: int) -> None:
    last = bed.sent + count
    while bed.sent < last:
        loaded = await bed.load(bot, body("card"), CONNECTIONS, CHUNK, 0.0)
        if loaded.remark:
            raise RuntimeError(f"the proposals that shall wait were refused: {loaded.remark}")
        terminal.line(f"  {max(0, last - bed.sent):,} more proposals have to wait")
