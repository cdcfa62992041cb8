"""A small town for journeys: a Slack workspace, the whole bot against it, an agent that speaks HTTP. All real."""

import asyncio
import base64
import json
import re
import time
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from pydantic import SecretStr

from bot.clock import SystemClock
from bot.compose import SHOW_WITHIN, Bot, running
from bot.settings import Settings
from sandbox import Sandbox
from tests import program
from tests.databases import ON_SERVER, hand_at, is_made, new_database, url_at
from tests.patience import PATIENCE
from tests.proving import nothing_untrue, records_hold

AGENT_TOKEN = "agent-token-for-tests-0123456789abcdef"
OTHER_TOKEN = "other-token-for-tests-0123456789abcdef"
PEOPLE = {
    "U0ALICE": "Alice",
    "U0BOB": "Bob",
    "U0CAROL": "Carol",
    "U0DAVE": "Dave",
    "U0ERIN": "Erin",
    "U0OWEN": "Owen",
    "U0STRAY": "Stray",
}
SEED = base64.b64encode(bytes(range(32))).decode()
"""The signing key of an installation, as it lies beside the database."""
SOUNDS_SECRET = re.compile("TOKEN|SECRET|KEY|CALLBACK$|CALLBACK_OLD$")
"""How the names of variables sound that hold one."""
SUPPORT, FINANCE, OPS = "C0SUPPORT", "C0FINANCE", "C0OPS"

POLICY = """\
version: 1
roles:
  support: {channel: C0SUPPORT, members: [U0ALICE, U0BOB, U0OWEN], notify: members}
  finance: {channel: C0FINANCE, members: [U0CAROL, U0DAVE], groups: [S0FINANCE], notify: none}
agents:
  shop:
    token_env: SHOP_TOKEN
    owner: U0OWEN
    actions: ["email.*", "refund.*", "search.*", "db.*"]
  other:
    token_env: OTHER_TOKEN
    owner: U0ERIN
    actions: ["email.*"]
ops: {channel: C0OPS, members: [U0OWEN]}
defaults: {tier: approve, role: support, covered_by: [finance], expires_in: 1h, execute_within: 1h, report_within: 1h}
rules:
  - {id: searches-run, action: "search.*", tier: auto}
  - id: refund-large
    action: refund.create
    when: ["payload.amount > 100.0"]
    tier: approve
    role: finance
    reason: Refund above 100
    edit: [amount, note]
  - id: refund-huge
    action: refund.create
    when: ["payload.amount > 1000.0"]
    tier: approve
    roles: [finance, support]
    reason: Refund above 1000 needs two
  - id: refund-absurd
    action: refund.create
    when: ["payload.amount > 9000.0"]
    tier: block
    reason: Nobody refunds that much
  - {id: no-drops, action: "db.drop*", tier: block, reason: Tables are never dropped by agents}
"""


@dataclass(slots=True)
class Town:
    """One test's world. `bot` and `agent` are there while `serving`."""

    folder: Any
    slack: Sandbox
    mode: str
    policy: str = POLICY
    clock: Any = field(default_factory=SystemClock)
    randomness: Any = None
    """None: by chance, as ever."""
    monotonic: Any = time.monotonic
    patience: float = PATIENCE
    """Of the bot with Slack's look-ups."""
    show_within: float = SHOW_WITHIN
    """Seconds in which the bot makes what people are shown."""
    sweep: str = "on"
    mismatch: str = "record"
    variables: dict = field(default_factory=dict)
    """What the policy needs beside the agents' tokens."""
    proven: bool = True
    """Whether the records that the bot leaves behind are proven at the end: not where somebody wrote into its file."""
    bot: Bot = None
    agent: aiohttp.ClientSession = None
    other: aiohttp.ClientSession = None

    @property
    def database(self):
        return self.folder / "signoff.db"

    def settings(self, **changes) -> Settings:
        (self.folder / "policy.yml").write_text(self.policy, encoding="utf-8")
        known = {
            "slack_bot_token": SecretStr(self.slack.bot_token),
            "slack_app_token": SecretStr(self.slack.app_token) if self.mode == "socket" else None,
            "slack_signing_secret": (SecretStr(self.slack.signing_secret),) if self.mode == "http" else (),
            "slack_api_url": self.slack.api_url,
            "signoff_policy": self.folder / "policy.yml",
            "signoff_database_url": url_at(self.database),
            "signoff_signing_key": SecretStr(SEED) if ON_SERVER else None,
            "signoff_port": 0,
            "signoff_sweep": self.sweep,
            "signoff_card_mismatch": self.mismatch,
            "signoff_private_callbacks": self.variables.get("SIGNOFF_PRIVATE_CALLBACKS", "no"),
        }
        return Settings.model_construct(**{**Settings.model_construct().__dict__, **known, **changes})

    @asynccontextmanager
    async def serving(self, **changes):
        """The bot, started as from the command line, until the block ends."""
        if not is_made(self.database):  # a first start is shown in tests/faults
            new_database(self.database)
            if "signoff_signing_key" not in changes and not ON_SERVER:
                self.database.with_name(f"{self.database.name}.key").write_text(SEED)
        program.ready()
        environ = {"SHOP_TOKEN": AGENT_TOKEN, "OTHER_TOKEN": OTHER_TOKEN, **self.variables}
        given = {
            "clock": self.clock,
            "randomness": self.randomness,
            "monotonic": self.monotonic,
            "patience": self.patience,
            "show_within": self.show_within,
        }
        async with running(self.settings(**changes), environ, **given) as bot:
            self.bot = bot
            if self.mode == "http":
                self.slack.deliver_to(f"{bot.url}/slack/events")
            else:
                await self.slack.until(lambda: self.slack.socket_count > 0)
            async with _session(bot.url, AGENT_TOKEN) as self.agent, _session(bot.url, OTHER_TOKEN) as self.other:
                yield self
                if self.proven:
                    while await bot.lifecycle.sweep():
                        """A busy machine may come to the end before a sweep does, and a dead scheduler has none."""
                    await records_hold(bot)
        self.keeps_no_secret()
        if self.proven:
            await self.reads_true(self.settings(**changes))

    def secrets(self) -> dict[str, bytes]:
        """All that its bot is given and may tell to nobody."""
        found = {name: value for name, value in self.variables.items() if SOUNDS_SECRET.search(name)}
        slack = self.slack
        found |= {"bot token": slack.bot_token, "app token": slack.app_token, "signing secret": slack.signing_secret}
        return {name: each.encode() for name, each in {**found, "SHOP": AGENT_TOKEN, "OTHER": OTHER_TOKEN}.items()}

    def keeps_no_secret(self):
        """None of them is in the bot's files, but for its key."""
        for path in self.database.parent.glob(f"{self.database.name}*"):
            if path.is_file() and path.suffix != ".key":
                held = path.read_bytes()
                assert not [name for name, secret in self.secrets().items() if secret in held], path

    async def reads_true(self, settings):
        """What the bot leaves behind is true by a reading of its own too."""
        key = settings.signoff_signing_key
        path = None if ON_SERVER else self.database
        seed = None if key is None else key.get_secret_value()
        await nothing_untrue(settings.signoff_database_url, path, seed, self.clock.now())

    async def propose(self, action="email.send", payload=None, *, key=None, session=None, expect=201, **more) -> dict:
        body = {
            "action": action,
            "payload": {"to": "mira@example.com", "subject": "Hello"} if payload is None else payload,
            "reasoning": "The customer asked for it.",
            **more,
        }
        headers = {"Idempotency-Key": key} if key else {}
        return await self.call("POST", "/v1/proposals", body, headers=headers, session=session, expect=expect)

    async def call(self, method, path, body=None, *, headers=None, session=None, expect=200) -> dict:
        data = None if body is None else json.dumps(body)
        sent = {**(headers or {}), **({"Content-Type": "application/json"} if data else {})}
        async with (session or self.agent).request(method, path, data=data, headers=sent) as response:
            answer = await response.json(content_type=None)
            assert response.status == expect, (response.status, answer)
            return answer

    async def get(self, proposal_id, **params) -> dict:
        async with self.agent.get(f"/v1/proposals/{proposal_id}", params=params) as response:
            assert response.status == 200
            return await response.json()

    async def claim(self, proposal, *, expect=200, **more) -> dict:
        body = {"digest": proposal["digest"], **more}
        return await self.call("POST", f"/v1/proposals/{proposal['id']}/claim", body, expect=expect)

    async def report(self, proposal, status="succeeded", *, expect=200, **more) -> dict:
        return await self.call(
            "POST", f"/v1/proposals/{proposal['id']}/outcome", {"status": status, **more}, expect=expect
        )

    def cards(self, channel, proposal_id) -> list[dict]:
        """Messages in the channel that carry the proposal's buttons or were its card."""
        return [message for message in self.slack.messages(channel) if proposal_id in json.dumps(message)]

    async def card(self, channel, proposal) -> dict:
        """The proposal's card, once it stands."""
        await self.slack.until(lambda: self.cards(channel, proposal["id"]))
        return self.cards(channel, proposal["id"])[0]

    async def card_saying(self, channel, ts, text) -> dict:
        """The message at `ts`, once it says the text."""

        def found():
            return [m for m in self.slack.messages(channel) if m["ts"] == ts and says(m, text)]

        await self.slack.until(found)
        return found()[0]

    async def thread_saying(self, channel, ts, text) -> dict:
        """The reply below `ts` that says the text."""

        def found():
            return [m for m in self.slack.messages(channel, thread_ts=ts) if says(m, text)]

        await self.slack.until(found)
        return found()[0]

    async def click(self, user, channel, card, action_id, **more):
        return await self.slack.click(user, channel, card["ts"], action_id, **more)

    async def told(self, user, count=1) -> str:
        """What the person was told privately, once there are `count` such messages."""
        await self.slack.until(lambda: len(self.slack.ephemerals(user)) >= count)
        return visible_text(self.slack.ephemerals(user)[count - 1])

    async def modal_saying(self, user, text) -> dict:
        """The person's top modal, once it says the text, in an input too."""

        def said():
            view = self.slack.modal(user) or {}
            shown = {part: view[part] for part in ("title", "blocks", "submit", "close") if part in view}
            return text in without_moments(json.dumps(shown, ensure_ascii=False))

        await self.slack.until(said)
        return self.slack.modal(user)

    async def form_saying(self, user, text) -> dict:
        """The same of a form, once the bot has made sure that it is the person's: what happens next comes after that."""
        view = await self.modal_saying(user, text)
        async with asyncio.timeout(PATIENCE):
            while not self.rows("SELECT id FROM forms WHERE view_id = ?", view["id"]):
                await self.call("GET", "/healthz")  # a round trip, so that the bot goes on meanwhile
        return view

    async def page_saying(self, user, text) -> dict:
        """The person's page of `Details` that says the text, turned to from where they are."""
        while text not in json.dumps(view := self.slack.modal(user), ensure_ascii=False):
            assert has_button(view, "details_next"), f"no page says {text!r}"
            await self.slack.click_modal(user, "details_next")
            await self.slack.until(lambda: self.slack.modal(user)["hash"] != view["hash"])
        return view

    def rows(self, query, *values) -> list[tuple]:
        """What is in the database."""
        with closing(hand_at(self.database)) as hand:
            return hand.execute(query, values).fetchall()

    async def entries(self, proposal_id=None) -> list[dict]:
        """The audit log."""
        found = await self.bot.store.audit.entries(0, 10_000)
        return [entry for entry in found if proposal_id is None or entry.proposal_id == proposal_id]

    async def tags(self, proposal_id) -> list[str]:
        return [entry.tag for entry in await self.entries(proposal_id)]


@asynccontextmanager
async def open_town(folder, mode="socket", kind=Town, **changes):
    """A town, or another kind of one, whose people are known in Slack; the bot is not started yet."""
    async with Sandbox() as slack:
        slack.ack_seconds = slack.trigger_seconds = PATIENCE  # a busy machine is no bot that answers late
        for user, name in PEOPLE.items():
            slack.add_user(user, name)
        for channel, name in {SUPPORT: "support", FINANCE: "finance", OPS: "ops"}.items():
            slack.add_channel(channel, name, members=list(PEOPLE), is_private=True)
        slack.add_group("S0FINANCE", "finance-people", users=["U0ERIN"])
        yield kind(folder=folder, slack=slack, mode=mode, **changes)


MOMENT = re.compile(r"<!date\^\d+\^[^|>]*\|([^>]*)>")


def without_moments(text: str) -> str:
    """With what people see of moments: the seconds since 1970 of one can have any digits, such as an amount's."""
    return MOMENT.sub(r"\1", text)


def visible_text(message: dict) -> str:
    """All text of a message or view, in order."""
    found: list[str] = []

    def walk(node):
        if isinstance(node, dict):
            for key, value in node.items():
                if key == "text" and isinstance(value, str):
                    found.append(value)
                else:
                    walk(value)
        elif isinstance(node, list):
            for member in node:
                walk(member)

    walk(message.get("blocks") or [])
    if not found:
        found.append(message.get("text") or "")
    return "\n".join(found)


def says(message: dict, text: str) -> bool:
    """Whether a person reads the text there."""
    shown = visible_text(message)
    return text in (shown if "<!date" in text else without_moments(shown))


def has_button(message: dict, action_id: str) -> bool:
    """Whether a button or menu with this action id is on the message or view."""
    return f'"action_id": "{action_id}"' in json.dumps(message)


def _session(url, token):
    return aiohttp.ClientSession(
        base_url=url, headers={"Authorization": f"Bearer {token}"}, timeout=aiohttp.ClientTimeout(total=70)
    )
