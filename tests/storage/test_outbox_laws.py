"""The laws of the outbox over random changes, deliveries and time: nothing is stuck, nothing spins, nothing is lost."""

import asyncio
import shutil
import tempfile
from contextlib import AsyncExitStack, suppress
from datetime import timedelta
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from approvals.effects import Effect
from approvals.lifecycle import Lifecycle
from approvals.refusals import Refusal
from storage import open_store
from storage.messages.outbox import THREAD_TAGS
from tests.databases import KEY, new_database
from tests.laws import examples
from tests.making import Clock, Ids, Lots
from tests.storage.town import CLAIMANT, PEOPLE, TablePolicy, key_of, submission

NUMBER = st.integers(0, 2)


class OutboxLaws(RuleBasedStateMachine):
    def __init__(self):
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.folder = tempfile.mkdtemp(prefix="signoff-outbox-")
        self.stack = AsyncExitStack()
        self.clock = Clock()
        self.made, self.out, self.told = [], [], {}
        store = open_store(new_database(Path(self.folder, "laws.db")), KEY, self.clock)
        self.store = self.run(self.stack.enter_async_context(store))
        self.outbox = self.store.outbox
        self.lifecycle = Lifecycle(
            store=self.store, policy=TablePolicy(), clock=self.clock, ids=Ids(), randomness=Lots()
        )

    def run(self, work):
        return self.loop.run_until_complete(work)

    def teardown(self):
        try:
            self.drain()
            self.all_was_told_once()
        finally:
            self.run(self.stack.aclose())
            self.loop.close()
            shutil.rmtree(self.folder)

    def all_was_told_once(self):
        for proposal in self.made:
            for channel in self.run(self.store.find(proposal.id)).channels:
                trail = [line.tag for line in self.run(self.store.reads.trail(proposal.id)) if line.tag in THREAD_TAGS]
                assert self.told.get((proposal.id, channel), []) == trail

    def drain(self):
        """Everything that waits gets out once leases have run out and dead letters are requeued."""
        self.run(self.outbox.requeue())
        while (due := self.run(self.outbox.next_due())) is not None:
            self.clock.at = max(self.clock.at, due)
            delivery = self.run(self.outbox.lease(self.clock.at, 60))
            assert delivery is not None, "due, but not to be had: the courier would spin"
            self.undo_window(delivery)
        far = self.clock.now() + timedelta(days=1)
        assert self.run(self.outbox.lease(far, 60)) is None, "to be had, but never due: the courier would sleep"

    def undo_window(self, delivery):
        self.run(self.outbox.complete(delivery))
        if delivery.kind is Effect.thread:
            told = self.told.setdefault((delivery.subject, delivery.channel), [])
            told += [line.tag for line in delivery.lines]

    @initialize()
    def submit(self):
        for amount in (250, 2500):
            self.made.append(self.run(self.lifecycle.submit(submission(amount)))[0])

    @rule(at=NUMBER, who=st.sampled_from(PEOPLE), verb=st.sampled_from(["approve", "reject", "edit", "claim", "card"]))
    def change(self, at, who, verb):
        proposal = self.made[at % 2]
        present = self.run(self.store.find(proposal.id))
        work = {
            "approve": lambda: self.lifecycle.approve(proposal.id, who, present.nonce),
            "reject": lambda: self.lifecycle.reject(proposal.id, who, "No.", present.nonce),
            "edit": lambda: self.lifecycle.edit(
                proposal.id, who, {"amount": present.action.payload["amount"] + 900}, present.nonce
            ),
            "claim": lambda: self.lifecycle.claim(proposal.id, "support-bot", present.digest, CLAIMANT),
            "card": lambda: self.store.messages.enqueue(key_of(proposal.id)),
        }
        with suppress(Refusal):
            self.run(work[verb]())

    @rule()
    def lease(self):
        delivery = self.run(self.outbox.lease(self.clock.now(), 60))
        if delivery is not None:
            until = self.clock.now() + timedelta(seconds=60)
            self.out.append((delivery, until))
            alive = [(each.subject, each.channel) for each, ends in self.out if ends > self.clock.now()]
            assert len(set(alive)) == len(alive), "two at once for one proposal and channel"

    @precondition(lambda self: self.out)
    @rule(at=NUMBER, end=st.sampled_from(["complete", "postpone", "dead_letter", "crash"]))
    def finish(self, at, end):
        delivery, until = self.out.pop(at % len(self.out))
        if until <= self.clock.now() or end == "crash":
            self.out = [each for each in self.out if each[1] > self.clock.now()]
            if until > self.clock.now():
                self.clock.at = until  # nobody else may hold it before its lease has run out
            return
        if end == "complete":
            self.undo_window(delivery)
        elif end == "postpone":
            later = self.clock.now() + timedelta(seconds=10)
            self.run(self.outbox.postpone(delivery, later, "why", failed=True))
        else:
            self.run(self.outbox.dead_letter(delivery, "why", tell="C0OPS"))

    @rule()
    def catch_up(self):
        self.out.clear()
        self.drain()

    @rule(seconds=st.sampled_from([1, 10, 61]))
    def time_passes(self, seconds):
        self.clock.forward(seconds)

    @invariant()
    def what_is_due_can_be_had_and_nothing_else(self):
        due = self.run(self.outbox.next_due())
        if due is None or due > self.clock.now():
            delivery = self.run(self.outbox.lease(self.clock.now(), 60))
            assert delivery is None


OutboxLaws.TestCase.settings = settings(
    max_examples=examples(40), stateful_step_count=30, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
TestOutboxLaws = OutboxLaws.TestCase
