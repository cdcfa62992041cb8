"""The town with several bots, each a process of its own, on one database on a server."""

import os
import signal
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass

from bot.clock import SystemClock
from bot.keys import seal_keys, seeds_for
from storage import open_store
from tests.faults.premises import Premises
from tests.postgresql import Hand, new_server_database
from tests.proving import nothing_untrue
from tests.town import AGENT_TOKEN, OTHER_TOKEN, SEED, _session, open_town


@dataclass(slots=True)
class Replicas(Premises):
    """Premises on a server; agents and, in HTTP mode, Slack speak to whichever bot a test names."""

    url: str = ""

    def environ(self):
        return {**Premises.environ(self), "SIGNOFF_DATABASE_URL": self.url, "SIGNOFF_SIGNING_KEY": SEED}

    async def start_all(self, count=3, **environ):
        """So many bots; the agent speaks to the first."""
        await self.start(**environ)
        return [self.bot, *[await self.another(**environ) for _ in range(count - 1)]]

    async def start_agent(self, process):
        """From here on the agent speaks to this bot."""
        await self.leave()
        self.bot = process
        self.agent, self.other = _session(process.url, AGENT_TOKEN), _session(process.url, OTHER_TOKEN)

    def rows(self, query, *values):
        with closing(Hand(self.url)) as hand:
            return hand.execute(query, values).fetchall()

    def a_minute_passes(self):
        with closing(Hand(self.url)) as hand:
            hand.execute("UPDATE outbox SET leased_until = 1 WHERE leased_until IS NOT NULL")
            hand.execute("UPDATE callbacks SET leased_until = 1 WHERE leased_until IS NOT NULL")
            hand.execute("UPDATE export_cursors SET leased_until = 1")

    async def clicked(self, process, user, channel, card, action_id, **more):
        """A click that Slack, in HTTP mode, delivers to this bot; in Socket Mode to any."""
        if self.mode == "http":
            self.slack.deliver_to(f"{process.url}/slack/events")
        return await self.click(user, channel, card, action_id, **more)

    @asynccontextmanager
    async def at(self, process, token=AGENT_TOKEN):
        """The agent, speaking to this bot."""
        async with _session(process.url, token) as session:
            yield session

    async def sound(self):
        """What holds after every fault, read from the database when no bot is left."""
        self._each_proposal_is_whole()
        key = seal_keys(seeds_for(None, SEED))
        async with open_store(self.url, key, SystemClock()) as store:
            assert await store.audit.verify() is None
            assert await store.differences() == []
        await self.reads_true()

    async def reads_true(self):
        await nothing_untrue(self.url, None, SEED, self.clock.now())

    async def kill_all(self):
        """kill -9, each, also one that is frozen."""
        for process in self.started:
            await process.kill()


def freeze(process):
    """SIGSTOP: it does nothing, and its connections stand."""
    os.kill(process.child.pid, signal.SIGSTOP)


def wake(process):
    """SIGCONT: it goes on where it was."""
    os.kill(process.child.pid, signal.SIGCONT)


@asynccontextmanager
async def replicas(folder, mode="socket", **changes):
    """Several bots, none of which is started yet; at the end every process is gone and the database is sound."""
    with new_server_database() as url:
        async with open_town(folder, mode, Replicas, url=url, **changes) as place:
            try:
                yield place
            finally:
                await place.kill_all()
                await place.leave()
            await place.sound()
