"""The town with the bot as a process of its own, to be killed at will. Judged from outside: HTTP, Slack, the file."""

import asyncio
import json
import os
import signal
import sqlite3
import sys
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from pathlib import Path

from bot.clock import SystemClock
from bot.keys import seal_keys, seeds_for
from sandbox import Sandbox
from storage import open_store
from tests import program
from tests.patience import PATIENCE
from tests.proving import nothing_untrue
from tests.town import AGENT_TOKEN, FINANCE, OTHER_TOKEN, SUPPORT, Town, _session, open_town

ROOT = Path(__file__).parents[2]
SERVE = ("serve", "--env-file", os.devnull)
FROM_NOTHING = (sys.executable, "-m", "bot", *SERVE)
"""As an operator starts it, loading every module."""


class NotStarted(Exception):
    """The process ended instead of getting ready; carries its exit code and what it said."""


@dataclass(slots=True)
class Process:
    """One running bot."""

    child: "program.Started | asyncio.subprocess.Process"
    url: str = ""
    said: list = field(default_factory=list)
    reading: asyncio.Task = None

    async def ready(self):
        """Returns when it says so; raises NotStarted if it ends first."""
        async with asyncio.timeout(PATIENCE):
            while line := await self.child.stderr.readline():
                self.said.append(line.decode())
                if '"event": "ready"' in self.said[-1]:
                    self.url = json.loads(self.said[-1])["url"]
                    self.reading = asyncio.create_task(self._read())
                    return self
            raise NotStarted(await self.child.wait(), "".join(self.said))

    async def kill(self):
        """SIGKILL: nothing of it runs any more when this returns."""
        return await self._end(signal.SIGKILL)

    async def end(self):
        """SIGTERM; the exit code."""
        return await self._end(signal.SIGTERM)

    async def _end(self, number):
        if self.child.returncode is None:
            self.child.send_signal(number)
        try:
            async with asyncio.timeout(PATIENCE):
                code = await self.child.wait()
        except TimeoutError:
            self.child.kill()
            raise
        if self.reading is not None:
            await self.reading
        return code

    async def _read(self):
        while line := await self.child.stderr.readline():
            self.said.append(line.decode())


@dataclass(slots=True)
class Premises(Town):
    """A town in which the bot is a process; `bot` is the one that the agent speaks to."""

    command: tuple | None = None
    """None: forked off a server that has loaded the program."""
    module: str = "bot.cli.main"
    """Whose `main` a forked one runs."""
    words: tuple = SERVE
    started: list = field(default_factory=list)

    async def start(self, **environ) -> Process:
        """Starts the bot and makes it the one that Slack (in HTTP mode) and the agent speak to."""
        self.bot = await self.another(**environ)
        await self.leave()
        self.agent, self.other = _session(self.bot.url, AGENT_TOKEN), _session(self.bot.url, OTHER_TOKEN)
        if self.mode == "http":
            self.slack.deliver_to(f"{self.bot.url}/slack/events")
        else:
            await self.slack.until(lambda: self.slack.socket_count > 0)
        return self.bot

    async def another(self, **environ) -> Process:
        """One more bot on the same database."""
        (self.folder / "policy.yml").write_text(self.policy, encoding="utf-8")
        place = {"env": {**self.environ(), **environ}, "cwd": ROOT}
        if self.command is None:
            child = await program.start(self.words, module=self.module, **place)
        else:
            child = await asyncio.create_subprocess_exec(*self.command, stderr=asyncio.subprocess.PIPE, **place)
        process = Process(child)
        self.started.append(process)
        return await process.ready()

    def environ(self) -> dict[str, str]:
        """A clean environment with all settings."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("SLACK_", "SIGNOFF_"))}
        slack = {
            "socket": {"SLACK_APP_TOKEN": self.slack.app_token},
            "http": {"SLACK_SIGNING_SECRET": self.slack.signing_secret},
        }
        return {
            **kept,
            **slack[self.mode],
            "SLACK_BOT_TOKEN": self.slack.bot_token,
            "SLACK_API_URL": self.slack.api_url,
            "SIGNOFF_POLICY": str(self.folder / "policy.yml"),
            "SIGNOFF_DATABASE_URL": f"sqlite:///{self.database}",
            "SIGNOFF_PORT": "0",
            "SIGNOFF_SWEEP": self.sweep,
            "SIGNOFF_LOG": "json",
            "SHOP_TOKEN": AGENT_TOKEN,
            "OTHER_TOKEN": OTHER_TOKEN,
            **self.variables,
        }

    async def kill(self):
        """kill -9; whatever Slack call it hung in is dropped."""
        await self.bot.kill()
        self.slack.faults.clear()
        self.slack.faults.release()
        if self.mode == "socket":
            await self.slack.until(lambda: self.slack.socket_count == 0)

    async def kill_and_start(self):
        """kill -9, and up again a minute later as far as leases are concerned."""
        await self.kill()
        self.a_minute_passes()
        await self.start()

    def a_minute_passes(self):
        """Runs out every lease in the file, as a minute of downtime would."""
        with closing(sqlite3.connect(self.database)) as file, file:
            file.execute("UPDATE outbox SET leased_until = 1 WHERE leased_until IS NOT NULL")
            file.execute("UPDATE callbacks SET leased_until = 1 WHERE leased_until IS NOT NULL")
            file.execute("UPDATE export_cursors SET leased_until = 1")

    def kept(self, proposal_id=None) -> list[tuple[str, str, dict]]:
        """The audit log as it lies in the file: tag, who, facts."""
        found = self.rows("SELECT tag, actor_id, facts, proposal_id FROM entries ORDER BY seq")
        return [(tag, who, json.loads(facts)) for tag, who, facts, of in found if proposal_id in (None, of)]

    def count(self, proposal_id, tag) -> int:
        """How often something happened to a proposal."""
        return [found for found, _, _ in self.kept(proposal_id)].count(tag)

    async def calling(self, method, count=1, **arguments):
        """Returns once Slack has had so many such calls."""

        def found():
            calls = [each for each in self.slack.calls if each.method == method]
            return [each for each in calls if arguments.items() <= each.args.items()]

        await self.slack.until(lambda: len(found()) >= count)
        return found()

    async def hangs(self, kind, method, channel=None):
        """The next call of the method hangs; gives what waits for that call to have come."""
        before = len([each for each in self.slack.calls if each.method == method])
        self.slack.faults.add(method, kind, **({"channel": channel} if channel else {}))
        return lambda: self.calling(method, before + 1)

    async def settled(self, channel):
        """Returns once all that waited for the channel is out and recorded: only then does it get its next card."""
        action, payload = {SUPPORT: ("email.send", {"to": "next"}), FINANCE: ("refund.create", {"amount": 101})}[
            channel
        ]
        await self.card(channel, await self.propose(action, payload))

    async def status(self, proposal) -> str:
        return (await self.get(proposal["id"]))["status"]

    async def readiness(self) -> tuple[int, dict]:
        async with self.agent.get("/readyz") as response:
            return response.status, await response.json()

    async def leave(self):
        """Ends the agent's connections."""
        for session in (self.agent, self.other):
            if session is not None:
                await session.close()

    async def sound(self):
        """What must hold after every fault, read from the file of a bot that is no more."""
        self._each_proposal_is_whole()
        key = seal_keys(seeds_for(self.database, None))
        async with open_store(f"sqlite:///{self.database}", key, SystemClock()) as store:
            assert await store.audit.verify() is None
        await self.reads_true()

    def said_no_secret(self):
        """None is in what any of its processes said, whatever befell it."""
        said = "".join(line for process in self.started for line in process.said).encode()
        assert not [name for name, secret in self.secrets().items() if secret in said]

    async def reads_true(self):
        """fsck finds nothing in what a bot that is no more left behind."""
        await nothing_untrue(f"sqlite:///{self.database}", self.database, None, self.clock.now())

    def _each_proposal_is_whole(self):
        for row in self.rows("SELECT id, status, cause FROM proposals"):
            proposal_id, status, _ = row
            tags = [tag for tag, _, _ in self.kept(proposal_id) if tag.startswith("proposal:")]
            assert tags[0] == "proposal:submitted"
            ends = [tag for tag in tags if tag in ("proposal:approved", "proposal:rejected", "proposal:withdrawn")]
            assert len(ends) <= 1 + (ends[:1] == ["proposal:approved"] and status == "withdrawn"), tags
            for earlier, later in (("approved", "claimed"), ("claimed", "succeeded"), ("claimed", "failed")):
                assert tags.count(f"proposal:{later}") <= tags.count(f"proposal:{earlier}") <= 1
            assert status == "pending" or f"proposal:{status}" in tags or status == "unknown"


@asynccontextmanager
async def premises(folder, mode="socket", **changes):
    """A town whose bot is not started yet; at the end every process is gone and the file is sound."""
    async with open_town(folder, mode, Premises, **changes) as place:
        try:
            yield place
        finally:
            for process in place.started:
                await process.kill()
            await place.leave()
        place.keeps_no_secret()
        place.said_no_secret()
        await place.sound()


__all__ = ["FROM_NOTHING", "NotStarted", "Premises", "Process", "Sandbox", "premises"]
