"""A pipeline's shell: `signoff` on its path, the whole bot at its address, people who decide in Slack."""

import asyncio
import json
import os
import sys
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.patience import PATIENCE
from tests.town import AGENT_TOKEN, SUPPORT, open_town

CLIENT = Path(__file__).resolve().parents[2] / "client"
POLICY = """\
version: 1
roles: {support: {channel: C0SUPPORT, members: [U0ALICE, U0BOB]}}
agents:
  shop: {token_env: SHOP_TOKEN, owner: U0OWEN, actions: ["deploy.*"]}
  other: {token_env: OTHER_TOKEN, owner: U0ERIN, actions: ["email.*"]}
ops: {channel: C0OPS, members: [U0OWEN]}
defaults: {tier: approve, role: support, expires_in: 1h, execute_within: 1h, report_within: 1h}
rules:
  - {id: previews, action: deploy.preview, tier: auto}
  - {id: never, action: deploy.friday, tier: block, reason: Not on a Friday}
"""
ASK = "signoff ask --action deploy.production --payload @deploy.json --reasoning 'Release 42'"
THEN = " && deploy"
PAYLOAD = '{"service": "shop", "version": 42, "ratio": 1.50}'


@dataclass(slots=True)
class Shell:
    """A pipeline's shell: `signoff` is on its path, and `deploy` leaves a trace."""

    town: object
    folder: Path
    seen: int = 0
    """Cards that people have dealt with."""

    async def start(self, line: str, **environ: str):
        """`line` as a process; SIGNOFF_URL and SIGNOFF_TOKEN are set."""
        tools = self.folder / "tools"
        if not tools.exists():
            tools.mkdir()
            program = tools / "signoff"
            command = "import sys; from signoff_client.command import run; sys.exit(run(sys.argv[1:]))"
            program.write_text(f"#!/bin/sh\nexec {sys.executable} -c '{command}' \"$@\"\n")
            program.chmod(0o755)
            deploy = tools / "deploy"
            deploy.write_text(f'#!/bin/sh\necho deployed "$@" >> {self.folder}/deployed\n')
            deploy.chmod(0o755)
            (self.folder / "deploy.json").write_text(PAYLOAD)
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith(("GITHUB_", "CI_", "SIGNOFF_"))
        }
        known = {
            "PATH": f"{tools}:{os.environ['PATH']}",
            "PYTHONPATH": str(CLIENT),
            "SIGNOFF_URL": self.town.bot.url if self.town else "http://127.0.0.1:9",
            "SIGNOFF_TOKEN": AGENT_TOKEN,
        }
        return await asyncio.create_subprocess_exec(
            "bash",
            "-c",
            line,
            cwd=self.folder,
            env={**kept, **known, **environ},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )

    async def run(self, line: str, meanwhile=None, **environ: str):
        """The exit code, the one JSON document on standard output, and standard error."""
        process = await self.start(line, **environ)
        if meanwhile is not None:
            await meanwhile()
        return await ended(process)

    async def asked(self) -> tuple[dict, dict]:
        """The next proposal and its card, once it stands in the channel."""
        await self.town.slack.until(lambda: len(self.town.slack.messages(SUPPORT)) > self.seen)
        self.seen += 1
        proposal = (await self.town.call("GET", "/v1/proposals"))["proposals"][0]
        return proposal, await self.town.card(SUPPORT, proposal)

    async def approve(self) -> None:
        _, card = await self.asked()
        await self.town.click("U0ALICE", SUPPORT, card, "approve")

    async def reject(self) -> None:
        _, card = await self.asked()
        await self.town.click("U0ALICE", SUPPORT, card, "reject")
        await self.town.modal_saying("U0ALICE", "Reason")
        await self.town.slack.submit("U0ALICE", {"Reason": "Not before the demo"})

    async def change(self) -> None:
        _, card = await self.asked()
        await self.town.click("U0ALICE", SUPPORT, card, "edit")
        await self.town.modal_saying("U0ALICE", "version")
        await self.town.slack.submit("U0ALICE", {"version": "41"})
        await self.town.modal_saying("U0ALICE", "41")
        await self.town.slack.submit("U0ALICE")

    async def all(self) -> list[dict]:
        return (await self.town.call("GET", "/v1/proposals"))["proposals"]

    @property
    def deployed(self) -> bool:
        return (self.folder / "deployed").exists()


async def ended(process):
    try:
        async with asyncio.timeout(PATIENCE):
            out, err = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
    lines = out.decode().splitlines()
    assert len(lines) == 1, (out, err)
    said = json.loads(lines[0])
    return process.returncode, said, err.decode()


@asynccontextmanager
async def open_shell(folder):
    """A shell beside a running bot."""
    async with open_town(folder, policy=POLICY) as town, town.serving():
        yield Shell(town=town, folder=folder)
