"""The endpoint over loopback HTTP, with the real store and a policy read from a file."""

import asyncio
import json
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType

import pytest
from aiohttp.test_utils import TestClient, TestServer

from approvals.decision import CLICK_ALONE
from approvals.examination import Examiner
from approvals.lifecycle import Lifecycle
from approvals.reviewer import Reviewer
from bot.api.app import Api, build_api
from bot.api.connections import ApiRunner
from bot.api.context import METRICS, Limits, Readiness
from bot.signing import Issuer, Signer
from bot.slack.cards.redaction import veiled_facts
from bot.worker import Showing
from policy import load
from tests.databases import new_store
from tests.making import Clock, Ids, Lots
from tests.patience import PATIENCE

TOKEN = "token-of-shop-0123456789abcdefghijkl"
OTHER_TOKEN = "token-of-other-0123456789abcdefghijk"
AUDITOR_TOKEN = "token-of-auditor-0123456789abcdefgh"

POLICY = """\
version: 1
roles:
  support: {channel: C0SUPPORT, members: [U0ALICE, U0BOB]}
  finance: {channel: C0FINANCE, members: [U0CAROL, U0DAVE]}
agents:
  shop:
    token_env: SHOP_TOKEN
    owner: U0OWNER
    actions: ["refund.*", "search.*", "db.*", "mail.*"]
    pending_limit: 5
    rate_limit: 1000
  other: {token_env: OTHER_TOKEN, owner: U0OWNER, actions: ["refund.*"], rate_limit: 2}
auditors: {ops: {token_env: AUDITOR_TOKEN}}
defaults: {tier: approve, role: support, covered_by: [finance], expires_in: 1h, execute_within: 1h, report_within: 1h}
schemas: {refund.checked: checked.json}
rules:
  - {id: searches-run, action: "search.*", tier: auto}
  - id: refund-large
    action: refund.create
    when: ["payload.amount > 100.0"]
    tier: approve
    role: finance
    reason: Refund above 100
  - {id: refund-two, action: refund.two, tier: approve, roles: [finance, support], reason: Two must agree}
  - {id: mail-watched, action: "mail.*", tier: watch, role: support, object_within: 30m}
  - {id: refund-slow, action: refund.slow, tier: approve, role: support, remind: [10m], reason: It can wait}
  - {id: refund-settles, action: refund.soon, tier: approve, role: finance, undo_window: 10s, reason: Hands slip}
  - {id: hidden, action: refund.hidden, tier: approve, role: finance, reason: Hides it, redact: [iban, tax.number]}
  - {id: refund-once, action: refund.once, tier: auto, effect: "refund:{payload.order}"}
  - {id: no-drops, action: "db.drop*", tier: block, reason: Tables are never dropped by agents}
"""
CHECKED = {"type": "object", "required": ["amount"], "properties": {"amount": {"type": "number"}}}


def body(action="refund.create", **changes):
    return {"action": action, "payload": {"amount": 250, "order": "A-1"}, "reasoning": "Lost parcel."} | changes


class Server(TestServer):
    """Runs the application as the bot does, not as aiohttp's tests do."""

    async def _make_runner(self, **_):
        return ApiRunner(self.app)


@dataclass(slots=True)
class Endpoint:
    """The endpoint and those around it; `http` speaks as the agent shop."""

    http: TestClient
    server: TestServer
    lifecycle: Lifecycle
    clock: Clock
    readiness: Readiness | Exception

    async def call(self, method, path, sent=None, *, token=TOKEN, headers=None, expect=200, raw=None):
        """The decoded answer; also holds every answer to what all answers promise."""
        bearing = {} if token is None else {"Authorization": f"Bearer {token}"}
        content = raw if raw is not None else (None if sent is None else json.dumps(sent).encode())
        async with self.http.request(method, path, data=content, headers={**bearing, **(headers or {})}) as response:
            answer = await response.json(content_type=None)
            assert response.status == expect, answer
            if expect >= 300:
                assert response.content_type == "application/problem+json"
                assert answer["status"] == expect
                assert answer["type"].startswith("urn:signoff:problem:")
            self.headers = response.headers
            return answer

    headers: object = None

    async def propose(self, action="refund.create", *, key=None, expect=201, token=TOKEN, **changes):
        headers = {"Idempotency-Key": key} if key else {}
        return await self.call(
            "POST", "/v1/proposals", body(action, **changes), headers=headers, expect=expect, token=token
        )

    async def show(self, proposal, query="", **more):
        return await self.call("GET", f"/v1/proposals/{proposal['id']}{query}", **more)

    async def do(self, proposal, verb, sent, **more):
        return await self.call("POST", f"/v1/proposals/{proposal['id']}/{verb}", sent, **more)

    async def approve(self, proposal, user="U0CAROL", attestation=CLICK_ALONE):
        """What a click of somebody of finance does."""
        reviewer = Reviewer(user=user, team="T0TEAM", name=user, roles=frozenset({"finance", "support"}))
        known = await self.lifecycle.store.find(proposal["id"])
        await self.lifecycle.approve(proposal["id"], reviewer, known.nonce, attestation=attestation)

    async def retract(self, proposal, user="U0CAROL"):
        """What a click on `Undo my approval` does."""
        known = await self.lifecycle.store.find(proposal["id"])
        await self.lifecycle.retract(proposal["id"], Reviewer(user=user, team="T0TEAM", name=user), known.nonce)

    async def object(self, proposal, reason):
        """What a click of somebody of support does."""
        reviewer = Reviewer(user="U0ALICE", team="T0TEAM", name="Alice", roles=frozenset({"support"}))
        known = await self.lifecycle.store.find(proposal["id"])
        await self.lifecycle.object(proposal["id"], reviewer, reason, known.nonce)

    async def ask(self, proposal, text, user="U0ALICE", *, more_time=False):
        """What a question of somebody of support or finance does."""
        reviewer = Reviewer(user=user, team="T0TEAM", name=user, roles=frozenset({"finance", "support"}))
        known = await self.lifecycle.store.find(proposal["id"])
        await self.lifecycle.ask(proposal["id"], reviewer, text, known.nonce, more_time=more_time)

    async def reject(self, proposal, reason, user="U0CAROL"):
        reviewer = Reviewer(user=user, team="T0TEAM", name=user, roles=frozenset({"finance"}))
        known = await self.lifecycle.store.find(proposal["id"])
        await self.lifecycle.reject(proposal["id"], reviewer, reason, known.nonce)

    @property
    def waiting(self):
        """How many requests wait."""
        return self.server.app[METRICS].registry.get_sample_value("signoff_waiting_requests")

    async def until_waiting(self, count):
        """Returns once so many requests wait; each look is a round trip, so the server runs meanwhile."""
        async with asyncio.timeout(PATIENCE):
            while self.waiting != count:
                await self.call("GET", "/healthz")


@pytest.fixture
def limits():
    return Limits(burst=100)


@pytest.fixture
def examiner():
    return Examiner()


@pytest.fixture
async def endpoint(tmp_path, limits, examiner):
    (tmp_path / "policy.yml").write_text(POLICY)
    (tmp_path / "checked.json").write_text(json.dumps(CHECKED))
    environ = {"SHOP_TOKEN": TOKEN, "OTHER_TOKEN": OTHER_TOKEN, "AUDITOR_TOKEN": AUDITOR_TOKEN}
    policy = load(tmp_path / "policy.yml", MappingProxyType(environ))
    clock = Clock()
    async with new_store(tmp_path, clock) as store:
        lifecycle = Lifecycle(store=store, policy=policy, clock=clock, ids=Ids(), randomness=Lots(), examiner=examiner)
        made = Endpoint(None, None, lifecycle, clock, Readiness(store=True, schema=True, scheduler=True))

        async def readiness():
            if isinstance(made.readiness, Exception):
                raise made.readiness
            return made.readiness

        app = build_api(
            Api(
                lifecycle=lifecycle,
                store=store,
                policy=lambda: policy,
                readiness=readiness,
                version="1.2.3",
                issuer=Issuer(signer=Signer.of([bytes(range(32))]), name=lambda: "https://signoff.example.com"),
                longest_stall=lambda: 0.25,
                veil=partial(Showing(), veiled_facts),
                limits=limits,
            )
        )
        made.server = Server(app, host="127.0.0.1")
        async with TestClient(made.server) as made.http:
            yield made
