"""Sections of the benchmarks: the title of each, what it means, and how it is measured."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal

import structlog

from bench import burst, clicks, commits, footprint, judging, past, server, submits
from bench.extent import Extent
from bench.figures import Section
from bench.testbed import Testbed


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What a reader has to know of a section."""

    title: str
    meaning: str
    measure: Callable[[Testbed, Section, Extent], Awaitable[None]]
    bars: Literal["at", "name", "all"]
    """What has to be the same of two figures whose bars are drawn on one scale: circumstance, name, or neither."""


async def _submits(bed: Testbed, section: Section, extent: Extent) -> None:
    await submits.measure(bed, section, extent)


async def _clicks(bed: Testbed, section: Section, extent: Extent) -> None:
    await clicks.measure(bed, section, clicks=extent.clicks, waiting=extent.waiting)


async def _commits(_bed: Testbed, section: Section, extent: Extent) -> None:
    logging.disable(logging.WARNING)  # the bot in this process would say what it does between our lines
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    try:
        await commits.measure(section, decisions=extent.clicks, waiting=extent.waiting)
    finally:
        logging.disable(logging.NOTSET)
        structlog.reset_defaults()


async def _past(bed: Testbed, section: Section, extent: Extent) -> None:
    await past.measure(bed, section, extent)


async def _server_past(bed: Testbed, section: Section, extent: Extent) -> None:
    await past.measure_on_server(bed, section, extent)


async def _footprint(bed: Testbed, section: Section, extent: Extent) -> None:
    await footprint.measure(bed, section, rounds=extent.starts, waiting=extent.pending, agents=extent.agents)


async def _burst(bed: Testbed, section: Section, extent: Extent) -> None:
    await burst.measure(bed, section, proposals=extent.burst)


async def _judging(bed: Testbed, section: Section, extent: Extent) -> None:
    judging.measure(bed.folder, section, rules=extent.rules)


async def _server(bed: Testbed, section: Section, extent: Extent) -> None:
    await server.measure(bed, section, extent)


ALL = {
    "submits": Kind(
        title="Submits",
        meaning="Proposals a second, and how long the answer to one takes. `auto` runs at once, `card` asks people, "
        "`batch` asks them on a card that many share. The ratio is to a transaction each by hand, at as many "
        "connections, in the same round.",
        measure=_submits,
        bars="at",
    ),
    "server": Kind(
        title="PostgreSQL",
        meaning="Submits with everything on a PostgreSQL server here, which shares the cores and the disk. "
        "The ratio is to a service by hand that commits each request over a pool of connections. "
        "And from a commit in one process to whoever waits in another.",
        measure=_server,
        bars="all",
    ),
    "clicks": Kind(
        title="Clicks",
        meaning="From a click in Slack to its acknowledgement, and to the approval in the hands of the agent that "
        "waits for it, seen from outside. By hand an approval is a request, a changed row and a line of the log.",
        measure=_clicks,
        bars="at",
    ),
    "commits": Kind(
        title="Commit to waiting agent",
        meaning="From the moment in which a decision is on the disk to the agent's answer. Only here does the bot run "
        "in the process that measures. The ratio is to a plain GET of a proposal by the same agents.",
        measure=_commits,
        bars="at",
    ),
    "past": Kind(
        title="A long past",
        meaning="What people and agents ask for, and the start, with many proposals that are over. The ratio of the "
        "shortest past is to a list of 20 rows by hand, that of the others to the shortest: what costs the same "
        "however much there was stays at 1. The policy asks for facts of "
        "the past: new, unusual, too many.",
        measure=_past,
        bars="name",
    ),
    "server_past": Kind(
        title="A long past on PostgreSQL",
        meaning="The same with everything on a server, to which `signoff migrate` has copied the past.",
        measure=_server_past,
        bars="name",
    ),
    "footprint": Kind(
        title="Start and memory",
        meaning="From the beginning of the process to its first answer that it is ready, and the memory of it with "
        "the processes that it started, pages that they share counted once (PSS).",
        measure=_footprint,
        bars="all",
    ),
    "burst": Kind(
        title="A burst into one channel",
        meaning="Many proposals at once for the people of one channel, in which Slack takes a message a second: until "
        "the first summary stands, and until all of them are in sight, on a card or in a summary. Each agent may send "
        "a hundred at once, and has ten cards of its own before the rest joins its summary.",
        measure=_burst,
        bars="all",
    ),
    "judging": Kind(
        title="Judging by many rules",
        meaning="What the policy makes of one proposal, in the process that measures.",
        measure=_judging,
        bars="all",
    ),
}
