"""Testbed: the bot, its agents and its Slack as in production, each in a process of its own, on loopback alone.

The local Slack is in this process, which sends no load. Every process ends with this one, even where it is killed.
"""

import asyncio
import json
import os
import secrets
import signal
import socket
import sys
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path

import aiohttp

from bench.load import Answers, Plan
from bench.policy import AGENTS, CHANNEL, DESKS, OPS, PEOPLE, Policy, desk_channel
from sandbox import Sandbox

PATIENCE = 120.0
"""Seconds for a process to be ready."""
ENDING = 15.0
"""Seconds for one to end."""


class NotReady(Exception):
    """A process did not come up; the message has its last lines."""


@dataclass(slots=True)
class Program:
    """A process that we started."""

    name: str
    url: str
    running: asyncio.subprocess.Process
    said: Path
    """What it wrote."""
    ready_after: float = 0.0
    """Seconds from its beginning to its first answer that it is ready."""

    @property
    def pid(self) -> int:
        """By which it is ended."""
        return self.running.pid


@dataclass(slots=True)
class Testbed:
    """Where it all runs: a folder on a disk, for a commit waits for one."""

    folder: Path
    tokens: dict[str, str] = field(
        default_factory=lambda: {f"bot-{n:03}": secrets.token_urlsafe(32) for n in range(AGENTS)}
    )
    sent: int = 0
    """How many requests were sent so far: the number of the next one."""

    @asynccontextmanager
    async def baseline(self, name: str, *server: str) -> AsyncIterator[Program]:
        """One of `bench/baselines`, by the name of its module, with a new database or that on a server."""
        folder = self._new_folder(name)
        agents = folder / "agents.json"
        agents.write_text(json.dumps({token: agent for agent, token in self.tokens.items()}), encoding="utf-8")
        port = _free()
        words = (f"bench.baselines.{name}", str(port), str(agents), str(folder / "baseline.db"), *server)
        async with self._program(name, folder, port, words) as program:
            yield program

    @asynccontextmanager
    async def bot(
        self,
        slack: Sandbox,
        *,
        database: Path | None = None,
        server: str | None = None,
        key: str = "",
        policy: Policy | None = None,
    ) -> AsyncIterator[Program]:
        """The bot as from the command line, with a policy and settings in files, on this database or a new one.

        With one on a `server` it has the signing `key`.
        """
        folder = self._new_folder("bot")
        port = _free()
        rules, settings = folder / "policy.yml", folder / ".env"
        rules.write_text((policy or Policy()).text(self.tokens), encoding="utf-8")
        lines = {
            "SLACK_API_URL": slack.api_url,
            "SLACK_BOT_TOKEN": slack.bot_token,
            "SLACK_APP_TOKEN": slack.app_token,
            "SIGNOFF_POLICY": str(rules),
            "SIGNOFF_DATABASE_URL": server or f"sqlite:///{database or folder / 'signoff.db'}",
            **({"SIGNOFF_SIGNING_KEY": key} if key else {}),
            "SIGNOFF_PORT": str(port),
            "SIGNOFF_URL": f"http://127.0.0.1:{port}",
            "SIGNOFF_LOG": "json",
        }
        settings.write_text("".join(f"{name}={value}\n" for name, value in lines.items()), encoding="utf-8")
        async with self._program("bot", folder, port, ("bot", "serve", "--env-file", str(settings))) as program:
            yield program

    async def load(self, program: Program, body: str, connections: int, seconds: float, warm_up: float) -> Answers:
        """Sends proposals to it, and says what came back."""
        plan = Plan(
            url=f"{program.url}/v1/proposals",
            body=body,
            tokens=list(self.tokens.values()),
            connections=connections,
            seconds=seconds,
            warm_up=warm_up,
            first=self.sent,
            pid=program.pid,
        )
        file = self.folder / "plan.json"
        file.write_text(json.dumps(asdict(plan)), encoding="utf-8")
        running = await _begin(self.folder, ("bench.load", str(file)), asyncio.subprocess.PIPE)
        assert running.stdout is not None
        try:
            said = (await running.stdout.read()).decode()
            await running.wait()
        finally:
            await _end(running)
        if running.returncode != 0:
            raise NotReady(f"The load on {program.name} failed: {said[-2000:]}\n{_last_lines(program.said)}")
        answers = Answers(**json.loads(said.splitlines()[-1]))
        self.sent = answers.next
        return answers

    def _new_folder(self, name: str) -> Path:
        folder = self.folder / f"{name}-{secrets.token_hex(4)}"
        folder.mkdir()
        return folder

    @asynccontextmanager
    async def _program(self, name: str, folder: Path, port: int, words: tuple[str, ...]) -> AsyncIterator[Program]:
        said = folder / "said.log"
        began = time.perf_counter()
        with said.open("wb") as file:
            running = await _begin(folder, words, file.fileno())
        program = Program(name=name, url=f"http://127.0.0.1:{port}", running=running, said=said)
        try:
            await _until_ready(program)
            program.ready_after = time.perf_counter() - began
            yield program
        finally:
            await _end(running)


@asynccontextmanager
async def local_slack() -> AsyncIterator[Sandbox]:
    """A workspace with the people of the policy, in which Slack's rate limits hold."""
    async with Sandbox() as slack:
        slack.rate_limits = True
        slack.ack_seconds = slack.trigger_seconds = PATIENCE  # a bot that answers late is measured, too
        for user, name in PEOPLE.items():
            slack.add_user(user, name)
        desks = {desk_channel(number): f"desk-{number}" for number in range(DESKS)}
        for channel, name in {CHANNEL: "review", OPS: "ops", **desks}.items():
            slack.add_channel(channel, name, members=list(PEOPLE), is_private=True)
        yield slack


async def _begin(folder: Path, words: tuple[str, ...], output: int) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", "demo.tethered", *words),
        cwd=folder,
        env={**_environment(), "PYTHONSAFEPATH": "1"},
        stdin=asyncio.subprocess.PIPE,  # the tether
        stdout=output,
        stderr=asyncio.subprocess.STDOUT,
        process_group=0,
    )


def _environment() -> Mapping[str, str]:
    """Ours without settings of a real installation: nothing here may reach a real Slack."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("SLACK_", "SIGNOFF_"))}


async def _until_ready(program: Program) -> None:
    deadline = time.monotonic() + PATIENCE
    async with aiohttp.ClientSession() as session:
        while time.monotonic() < deadline and program.running.returncode is None:
            try:
                async with session.get(f"{program.url}/readyz") as answer:
                    if answer.status == 200:
                        return
            except aiohttp.ClientError:
                await asyncio.sleep(0.005)
    raise NotReady(f"{program.name} was not ready:\n{_last_lines(program.said)}")


def _last_lines(said: Path) -> str:
    return "\n".join(said.read_text(encoding="utf-8", errors="replace").splitlines()[-20:])


async def _end(running: asyncio.subprocess.Process) -> None:
    """Asks it to end, and insists after a while."""
    if running.returncode is not None:
        return
    for ending in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError, TimeoutError):
            os.kill(running.pid, ending)  # asyncio's own way to send a signal takes the exit code from its watcher
            async with asyncio.timeout(ENDING):
                await running.wait()
                return


def _free() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
