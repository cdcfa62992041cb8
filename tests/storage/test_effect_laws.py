"""The law of effects over random sequences of verbs, reloads and time: nothing happens twice that nobody was told of."""

import asyncio
import json
import shutil
import tempfile
from contextlib import AsyncExitStack
from functools import cache
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule

from approvals.lifecycle import Lifecycle
from approvals.proposal import RollbackStatus, Status
from approvals.refusals import Refusal
from fsck import examine, opened
from storage import open_store
from tests.approvals.situations import ALICE, BOB, CLAIMANT
from tests.approvals.verbs import ask_for
from tests.databases import KEY, ON_SERVER, new_database
from tests.laws import examples
from tests.making import Clock, Ids, Lots
from tests.policy.files import policy_with
from tests.policy.files import rule as rule_of

EFFECT = "refund:{payload.payment_id}"
TERMS = {"max": 5, "for": "1h"}
POLICIES = {
    "unnamed": [rule_of("it", "refund.create", "auto")],
    "asked unnamed": [rule_of("it", "refund.create", "approve")],
    "auto": [rule_of("it", "refund.create", "auto", effect=EFFECT)],
    "watched once": [rule_of("it", "refund.create", "watch", role="support", effect=EFFECT, again="block")],
    "asked": [rule_of("it", "refund.create", "approve", effect=EFFECT, remember_approval=TERMS, undo_window="30s")],
    "both": [
        rule_of("it", "refund.create", "auto", effect=EFFECT),
        rule_of("orders", "*", "auto", effect="order:{payload.order}", again="block"),
    ],
}
PAYMENTS = st.sampled_from(["pay_5", " PAY_5", "6", 6, 6.0])
RUNNING = {"claimed", "unknown"}


@cache
def policies():
    """Each of the policies, as it is loaded from a file."""
    with tempfile.TemporaryDirectory(prefix="signoff-laws-") as folder:
        agents = {
            name: {"token_env": token, "owner": "U0OWNER", "actions": ["*"], "pending_limit": 1000}
            for name, token in (("bot", "BOT_TOKEN"), ("other", "SECOND_TOKEN"))
        }
        return {name: policy_with(Path(folder), agents=agents, rules=rules) for name, rules in POLICIES.items()}


class EffectLaws(RuleBasedStateMachine):
    proposals = Bundle("proposals")

    def __init__(self):
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.folder = tempfile.mkdtemp(prefix="signoff-laws-")
        self.stack = AsyncExitStack()
        self.clock = Clock()
        self.url = new_database(Path(self.folder, "laws.db"))
        self.store = self.run(self.stack.enter_async_context(open_store(self.url, KEY, self.clock)))
        self.lifecycle = Lifecycle(
            store=self.store, policy=policies()["auto"], clock=self.clock, ids=Ids(), randomness=Lots()
        )
        self.ids = []

    def run(self, work):
        return self.loop.run_until_complete(work)

    def teardown(self):
        assert self.run(self.store.differences()) == []
        self.run(self.stack.aclose())
        with opened(self.url, None if ON_SERVER else Path(self.folder, "laws.db")) as source:
            found = examine(source, keys=[KEY], now=int(self.clock.now().timestamp() * 1000)).findings
            assert [each for each in found if each.check in ("effects", "life", "state")] == []
        self.loop.close()
        shutil.rmtree(self.folder)

    def attempt(self, work):
        try:
            return self.run(work)
        except Refusal:
            return None

    def of(self, proposal_id):
        return self.run(self.store.find(proposal_id))

    @rule(
        target=proposals,
        payment=PAYMENTS,
        order=st.sampled_from([1, 2]),
        agent=st.sampled_from(["bot", "other"]),
        claim=st.booleans(),
    )
    def submit(self, payment, order, agent, claim):
        said = ask_for(agent=agent, claim=claim, claimant=CLAIMANT, payment_id=payment, order=order)
        made = self.attempt(self.lifecycle.submit(said))
        if made is not None:
            self.ids.append(made[0].id)
        return self.ids[-1] if self.ids else ""

    def known(self, proposal_id):
        return self.of(proposal_id) if proposal_id else None

    @rule(proposal_id=proposals, reviewer=st.sampled_from([ALICE, BOB]), remember=st.booleans())
    def approve(self, proposal_id, reviewer, remember):
        if (found := self.known(proposal_id)) is not None:
            verb = self.lifecycle.approve_and_next if remember else self.lifecycle.approve
            self.attempt(verb(proposal_id, reviewer, found.nonce))

    @rule(proposal_id=proposals, retract=st.booleans())
    def refuse(self, proposal_id, retract):
        if (found := self.known(proposal_id)) is not None:
            if retract:
                self.attempt(self.lifecycle.retract(proposal_id, ALICE, found.nonce))
            else:
                self.attempt(self.lifecycle.reject(proposal_id, BOB, "No.", found.nonce))

    @rule(proposal_id=proposals, payment=PAYMENTS)
    def edit(self, proposal_id, payment):
        if (found := self.known(proposal_id)) is not None:
            payload = {**found.action.payload, "payment_id": payment}
            self.attempt(self.lifecycle.edit(proposal_id, ALICE, payload, found.nonce))

    @rule(proposal_id=proposals)
    def claim(self, proposal_id):
        if (found := self.known(proposal_id)) is not None:
            self.attempt(self.lifecycle.claim(proposal_id, found.ask.agent, found.digest, CLAIMANT))

    @rule(proposal_id=proposals, status=st.sampled_from([Status.succeeded, Status.failed, Status.unknown]))
    def report(self, proposal_id, status):
        if (found := self.known(proposal_id)) is not None:
            self.attempt(self.lifecycle.report(proposal_id, found.ask.agent, status, None, None))

    @rule(proposal_id=proposals)
    def roll_back(self, proposal_id):
        if (found := self.known(proposal_id)) is not None:
            self.attempt(self.lifecycle.object(proposal_id, BOB, "No.", found.nonce))
            self.attempt(self.lifecycle.rollback(proposal_id, found.ask.agent, RollbackStatus.done, None))

    @rule(proposal_id=proposals)
    def withdraw(self, proposal_id):
        if (found := self.known(proposal_id)) is not None:
            self.attempt(self.lifecycle.withdraw(proposal_id, found.ask.agent, "Not needed."))

    @rule(name=st.sampled_from(sorted(POLICIES)))
    def reload(self, name):
        self.lifecycle.policy = policies()[name]
        self.run(self.lifecycle.rejudge())

    @rule(seconds=st.sampled_from([1, 29, 30, 3599, 3600]))
    def time_passes(self, seconds):
        self.clock.forward(seconds)

    @rule()
    def sweep(self):
        self.run(self.lifecycle.sweep())

    @invariant()
    def nothing_happens_twice_that_nobody_was_told_of(self):
        """Read from the log alone: what ran, while what else of the same did, and after what."""
        gates, status, ran = {}, {}, {}
        for entry in self.run(self.store.audit.entries(0, 10_000)):
            kind, _, tag = entry.tag.partition(":")
            if kind != "proposal" or tag == "refused":
                continue
            own, told = entry.proposal_id, json.loads(entry.facts)
            if "gate" in told:
                gates[own] = told["gate"]
            named = set(gates[own]["effects"])
            if tag == "claimed":
                for other, effects in ran.items():
                    if not named & effects:
                        continue
                    assert status[other] not in RUNNING, f"{own} was claimed while {other} is {status[other]}"
                    facts = self.of(own).gate.facts
                    assert any(fact.name == "effect" for fact in facts), f"{own} was claimed after {other}, untold"
                    assert self.of(own).cause == "reviewer", f"{own} was claimed after {other}, and nobody was asked"
                ran[own] = named
            if tag in ("claimed", "unknown", "succeeded", "failed"):
                status[own] = tag


EffectLaws.TestCase.settings = settings(
    max_examples=examples(40), stateful_step_count=25, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
TestEffectLaws = EffectLaws.TestCase
