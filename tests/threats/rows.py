"""A database in which something of every kind happened, and a hand in it: what T25 is tried on."""

import shutil
import sqlite3
from contextlib import asynccontextmanager, closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pyotp

from approvals.decision import CLICK_ALONE
from approvals.events import Actor
from approvals.gate import ApprovalTerms, Sampling
from approvals.lifecycle import Lifecycle
from approvals.moves.questions import AgentReply
from approvals.proposal import Status
from approvals.sample import SampleVerdict
from approvals.services.agent_stops import Stopping
from approvals.services.delegations import Delegating
from approvals.services.sample_reviews import SampleReviews
from approvals.services.second_factors import SecondFactors
from storage import Form, MessageKind, open_store
from storage.messages.modals import Modal
from tests.databases import KEY
from tests.making import Clock, Ids, Lots
from tests.storage.town import ALICE, BOB, CAROL, CLAIMANT, TablePolicy, key_of, stand, submission

HOUR = timedelta(hours=1)
KEYS = {"U0ALICE": "A" * 32, "U0BOB": "B" * 32}
"""What their apps have."""
OPERATOR = Actor(kind="reviewer", id="U0OWNER", team="T0TEAM")


@dataclass
class Operated(TablePolicy):
    """With operators."""

    operators: frozenset = frozenset({"U0OWNER"})


@dataclass
class World:
    """The verbs over one file, and the ids of what is in it by what it is."""

    path: object
    clock: Clock = field(default_factory=Clock)
    policy: Operated = field(default_factory=Operated)
    ids: Ids = field(default_factory=Ids)
    of: dict = field(default_factory=dict)
    nonces: dict = field(default_factory=dict)
    digests: dict = field(default_factory=dict)
    store: object = None
    lifecycle: Lifecycle = None

    @asynccontextmanager
    async def opened(self):
        async with open_store(f"sqlite:///{self.path}", KEY, self.clock) as self.store:
            self.lifecycle = Lifecycle(
                store=self.store, policy=self.policy, clock=self.clock, ids=self.ids, randomness=Lots()
            )
            self.delegating = Delegating(store=self.store, clock=self.clock, ids=self.ids)
            self.stopping = Stopping(self.lifecycle)
            yield self

    def copied(self, folder):
        """The same on a copy of the file, with everything as it was."""
        path = folder / "signoff.db"
        shutil.copy(self.path, path)
        clock, ids = Clock(self.clock.at), Ids()
        ids.proposals, ids.nonces, ids.delegations = 900, 900, 900
        return replace(self, path=path, clock=clock, ids=ids, policy=Operated(), store=None, lifecycle=None)

    def by_hand(self, *statements):
        """Changes the file with every guard that a file can have taken out first, and put back afterwards."""
        with closing(sqlite3.connect(self.path)) as file, file:
            file.execute("PRAGMA ignore_check_constraints = ON")
            triggers = file.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
            for name, _ in triggers:
                file.execute(f"DROP TRIGGER {name}")
            for statement in statements:
                assert file.execute(statement, self.of).rowcount, statement
            for _, text in triggers:
                file.execute(text)

    @contextmanager
    def hidden(self, table, where):
        """Takes rows out of the file by hand, and puts them back, just as they were, at the end."""
        with closing(sqlite3.connect(self.path)) as file:
            rows = file.execute(f"SELECT * FROM {table} WHERE {where}", self.of).fetchall()
            written = [[file.execute("SELECT quote(?)", (each,)).fetchone()[0] for each in row] for row in rows]
        self.by_hand(f"DELETE FROM {table} WHERE {where}")
        yield
        self.by_hand(*(f"INSERT INTO {table} VALUES ({', '.join(row)})" for row in written))

    async def proposed(self, name, amount=250, **more):
        made, _ = await self.lifecycle.submit(submission(amount, **more))
        self.of[name], self.nonces[name], self.digests[name] = made.id, made.nonce, made.digest
        return made

    async def approved(self, name, amount=250, **more):
        made = await self.proposed(name, amount, **more)
        return await self.lifecycle.approve(made.id, ALICE, made.nonce)

    async def claimed(self, name, agent="support-bot"):
        return await self.lifecycle.claim(self.of[name], agent, self.digests[name], CLAIMANT)


async def built(path):
    """The world, made by the verbs themselves."""
    world = World(path=path)
    async with world.opened():
        lifecycle, store, clock = world.lifecycle, world.store, world.clock
        await world.proposed("waiting", 250, key="order-1", callback_url="https://agents.example/hook")
        asked = await world.proposed("asked", 260)
        await lifecycle.ask(asked.id, ALICE, "Which order?", asked.nonce)
        await lifecycle.reply(asked.id, "support-bot", AgentReply(text="The first."))
        edited = await world.proposed("edited", 270)
        await lifecycle.edit(edited.id, ALICE, {"amount": 271, "order": "1001"}, edited.nonce)
        await world.approved("approved", 280, callback_url="https://agents.example/hook")
        for number in range(12):
            await world.approved(f"worked{number}", 300)
            await world.claimed(f"worked{number}")
            await lifecycle.report(world.of[f"worked{number}"], "support-bot", Status.succeeded, None, None)
        no = await world.proposed("no", 290)
        await lifecycle.reject(no.id, ALICE, "Never.", no.nonce, remember=True)
        no = await world.proposed("other_no", 295)
        await lifecycle.reject(no.id, ALICE, "Not this.", no.nonce)
        world.policy.changes = {"sampling": Sampling(share=0.5, roles=("support",), channels=("C0SUPPORT",))}
        lifecycle.randomness = Lots(0.0, 0.0)
        await world.proposed("drawn", 10)
        await world.proposed("judged", 11)
        nonce = (await store.samples.get(world.of["judged"])).nonce
        await SampleReviews(store, clock).judge(world.of["judged"], ALICE, SampleVerdict.fine, None, nonce)
        await stand(store, key_of(world.of["drawn"], kind=MessageKind.sample), "3.3")
        world.policy.changes = {"remember_approval": ApprovalTerms(may_differ=("payload.order",), lasts=3600, most=3)}
        first = await world.proposed("remembered", 350)
        await lifecycle.approve_and_next(first.id, ALICE, first.nonce, CLICK_ALONE)
        await world.proposed("covered", 350)
        world.policy.changes = {}
        for name, ts in (("waiting", "1.1"), ("approved", "2.2")):
            await stand(store, key_of(world.of[name]), ts)
        await store.messages.notify("to be told", "C0OPS", "Look here.")
        form = Form(
            id="frm_1", proposal_id=world.of["waiting"], revision=1, nonce=world.nonces["waiting"], reviewer="U0ALICE",
            kind="review", view_id="V1", opened_at=clock.now(),
        )  # fmt: skip
        await store.forms.open(form)
        await store.forms.save("frm_1", typed={"amount": 240})
        subject = {"delegate": "U0DAVE"}
        await store.modals.open(
            Modal(
                id="mod_1", view_id="V2", reviewer="U0BOB", purpose="delegate", subject=subject, opened_at=clock.now()
            )
        )
        made = await world.delegating.begin(BOB, "U0DAVE", clock.now() + HOUR)
        over = await world.delegating.begin(CAROL, "U0DAVE", clock.now() + HOUR)
        await world.delegating.end(over.id, Actor(kind="reviewer", id="U0CAROL", team="T0TEAM"))
        world.of |= {"delegated": made.id, "over": over.id}
        await world.stopping.stop("other-bot", OPERATOR, "It is mad.")
        for person in ("U0ALICE", "U0BOB"):
            actor, secret = Actor(kind="reviewer", id=person, team="T0TEAM"), KEYS[person]
            sealed, code = store.factors.seal(secret, person), pyotp.TOTP(secret).at(clock.now())
            await SecondFactors(store=store, clock=clock).enrol(actor, sealed, code)
    with closing(sqlite3.connect(path)) as file:
        file.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return world
