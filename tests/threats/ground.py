"""The town with what an attacker has: signed forgeries, secrets read off a card, the bot's own token, the file."""

import asyncio
import json
import os
import sqlite3
import time
from contextlib import closing
from dataclasses import dataclass
from urllib.parse import urlencode

from slack_sdk.web.async_client import AsyncWebClient

from sandbox.deliver import sign
from tests import program
from tests.patience import PATIENCE
from tests.town import SUPPORT, Town, open_town

FORM = "application/x-www-form-urlencoded"


@dataclass(slots=True)
class Ground(Town):
    """A town with what an attacker can do."""

    async def proposed(self, *args, channel=SUPPORT, **more):
        """A proposal and its card in the channel, recorded."""
        proposal = await self.propose(*args, **more)
        card = await self.card(channel, proposal)
        await self.asked(lambda: self.rows("SELECT 1 FROM messages WHERE channel = ? AND ts = ?", channel, card["ts"]))
        return proposal, card

    async def asked(self, condition):
        """Asks the bot for a sign of life until the condition is true: for what shows in its file alone."""
        async with asyncio.timeout(PATIENCE):
            while not (found := condition()):
                await self.call("GET", "/healthz")
        return found

    async def status(self, proposal) -> str:
        return (await self.get(proposal["id"]))["status"]

    async def slugs(self, proposal) -> list[str]:
        """The refusals that the audit log holds on the proposal, in order."""
        found = await self.entries(proposal["id"])
        return [json.loads(entry.facts)["slug"] for entry in found if entry.tag == "proposal:refused"]

    async def refused(self, proposal, number) -> list[str]:
        """The same, once there are so many: a click is acknowledged before it is refused."""
        asked = "SELECT 1 FROM entries WHERE proposal_id = ? AND tag = 'proposal:refused'"
        await self.asked(lambda: len(self.rows(asked, proposal["id"])) >= number)
        return await self.slugs(proposal)

    async def count(self, proposal, tag) -> int:
        return (await self.tags(proposal["id"])).count(tag)

    async def knock(self, body: bytes, headers, path="/slack/events") -> int:
        """Posts to the endpoint as anybody could; the status, which must come without a word about the body."""
        async with self.agent.post(path, data=body, headers=headers, skip_auto_headers=["Authorization"]) as answer:
            await answer.read()
            return answer.status

    def signed(self, payload, *, at=None, secret=None):
        """The body and headers of a click, signed with the secret that leaked."""
        body = urlencode({"payload": json.dumps(payload)}).encode()
        at = int(time.time()) if at is None else at
        secret = self.slack.signing_secret if secret is None else secret
        return body, {**sign(secret, body, at), "Content-Type": FORM}

    async def made(self, user, channel, card, action_id, **more) -> dict:
        """The payload of a click on `card`, taken from one that did not arrive."""
        address, self.slack.deliverer.address = self.slack.deliverer.address, "http://127.0.0.1:9/nobody"
        try:
            await self.click(user, channel, card, action_id, **more)
        finally:
            self.slack.deliverer.address = address
        return self.slack.last_payload

    @property
    def thief(self) -> AsyncWebClient:
        """Somebody else with our bot token."""
        return AsyncWebClient(token=self.slack.bot_token, base_url=self.slack.api_url)

    async def tampered(self, *statements):
        """Changes the file behind the bot's back, with every guard that a file can have taken out first."""
        self.proven = False
        await asyncio.to_thread(self._tamper, statements)  # the bot, in this loop, may be writing just now

    def _tamper(self, statements):
        with closing(sqlite3.connect(self.database, timeout=10)) as file, file:
            file.execute("PRAGMA ignore_check_constraints = ON")
            file.execute("BEGIN IMMEDIATE")
            triggers = file.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
            for name, _ in triggers:
                file.execute(f"DROP TRIGGER {name}")
            for statement, *values in statements:
                assert file.execute(statement, values).rowcount, statement
            for _, text in triggers:
                file.execute(text)

    async def verified(self, *options, **environ) -> tuple[int, str]:
        """What `signoff audit verify` says of the file, and its exit code."""
        environ = {"PATH": os.environ["PATH"], "SIGNOFF_DATABASE_URL": f"sqlite:///{self.database}", **environ}
        words = ("audit", "verify", "--env-file", os.devnull, *options)
        finished = await asyncio.to_thread(program.run, words, env=environ, cwd=self.folder)
        assert "Traceback" not in finished.stderr
        return finished.returncode, finished.stdout + finished.stderr


def button(card, action_id) -> dict:
    """The button or menu with this action id."""
    found = [
        element
        for block in card["blocks"]
        for element in block.get("elements", ())
        if isinstance(element, dict) and element.get("action_id") == action_id
    ]
    return found[0]


def nonce_of(card) -> str:
    """The secret that a card's buttons carry."""
    return button(card, "reject")["value"].partition(".")[2]


def ground(folder, mode="http", **changes):
    """A town whose bot is not started yet."""
    return open_town(folder, mode, Ground, **changes)
