"""No interleaving of submits, edits, claims, reports and time passes a budget, and what counts is what a plain look finds."""

import asyncio
import shutil
import tempfile
from contextlib import AsyncExitStack
from datetime import timedelta
from fractions import Fraction
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule

from approvals.budget import BudgetTerms, groups_of
from approvals.lifecycle import Lifecycle, Submission
from approvals.moves.questions import AgentReply
from approvals.past import About, PastQuery
from approvals.proposal import Action, RollbackStatus, Status
from approvals.refusals import Refusal
from storage import open_store
from tests.databases import KEY, new_database
from tests.laws import examples
from tests.making import Clock, Ids, Lots
from tests.policy.files import ask, policy_with
from tests.policy.files import rule as policy_rule
from tests.storage.town import ALICE, BOB, CAROL, CLAIMANT

MAY_RUN = {Status.pending, Status.approved}
RAN = {Status.claimed, Status.succeeded, Status.failed, Status.unknown}
BUDGETS = [
    {"sum": "payload.amount", "window": "1h", "over": 200.5},
    {"sum": "payload.amount", "window": "30m", "over": 120, "per": "agent"},
    {"sum": "payload.amount", "window": "2h", "over": 80, "per": "payload.customer", "same": "payload.currency"},
    {"sum": "payload.amount", "window": "90s", "over": 150, "per": "action"},
]
RULES = [
    policy_rule("runs", action="refund.*", tier="auto"),
    policy_rule("watched", action="refund.*", tier="watch", role="support", when=["payload.amount > 20"]),
    policy_rule("asks", action="refund.*", role="support", when=["payload.amount > 40"], undo_window="30s"),
    policy_rule("finance", action="refund.*", role="finance", when=["payload.amount > 70"]),
    *(policy_rule(f"budget-{number}", action="refund.*", tier="block", budget=each)
      for number, each in enumerate(BUDGETS)),
]  # fmt: skip
AGENTS = {
    name: {"token_env": token, "owner": "U0OWNER", "actions": ["*"], "pending_limit": 1000}
    for name, token in (("bot", "BOT_TOKEN"), ("other", "SECOND_TOKEN"))
}
TERMS = [
    BudgetTerms(action="refund.*", sum="payload.amount", per=per, same=same, trust_reports=trusting)
    for per, same in [
        (None, None),
        ("agent", None),
        ("action", None),
        ("role", None),
        ("payload.customer", "payload.currency"),
    ]
    for trusting in (False, True)
]
PAYLOADS = st.fixed_dictionaries(
    {"amount": st.sampled_from([0, 0.1, 0.2, 7, 19.99, 33.5, 41, 60, 75, 119.9, 200.5, 201, 1e20])},
    optional={
        "customer": st.sampled_from(["acme", "Acme ", "zoe", 5]),
        "currency": st.sampled_from(["EUR", "eur", "USD"]),
    },
)  # fmt: skip
ACTIONS = st.sampled_from(["refund.create", "refund.again", "other.create"])
WAYS = st.sampled_from(["bot", "other"])


class BudgetLaws(RuleBasedStateMachine):
    proposals = Bundle("proposals")

    def __init__(self):
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.folder = Path(tempfile.mkdtemp(prefix="signoff-laws-"))
        self.clock, self.ids = Clock(), []
        self.policy = policy_with(self.folder, rules=RULES, agents=AGENTS)
        self.url, self.made = new_database(self.folder / "laws.db"), Ids()
        self.open()

    def open(self):
        self.stack = AsyncExitStack()
        self.store = self.run(self.stack.enter_async_context(open_store(self.url, KEY, self.clock)))
        self.lifecycle = Lifecycle(
            store=self.store, policy=self.policy, clock=self.clock, ids=self.made, randomness=Lots()
        )

    def run(self, work):
        return self.loop.run_until_complete(work)

    def teardown(self):
        self.run(self.stack.aclose())
        self.loop.close()
        shutil.rmtree(self.folder)

    def found(self):
        return [self.run(self.store.find(each)) for each in self.ids]

    def attempt(self, work):
        """Does it, or is told no; both are fine."""
        try:
            return self.run(work)
        except Refusal:
            return None

    def submission(self, agent, action, payload, *, claim):
        action = Action(name=action, payload=payload)
        claimant = CLAIMANT if claim else None
        return Submission(action=action, ask=ask(agent=agent), fingerprint="f", claim=claim, claimant=claimant)

    @initialize()
    def something_ran(self):
        for amount in (7, 41):
            self.submit("bot", "refund.create", {"amount": amount}, claim=True)

    @rule(target=proposals, agent=WAYS, action=ACTIONS, payload=PAYLOADS, claim=st.booleans())
    def submit(self, agent, action, payload, claim):
        made, _ = self.run(self.lifecycle.submit(self.submission(agent, action, payload, claim=claim)))
        self.ids.append(made.id)
        return made.id

    @rule(agent=WAYS, payload=PAYLOADS, claim=st.booleans())
    def submit_many_at_once(self, agent, payload, claim):
        async def together():
            made = self.submission(agent, "refund.create", payload, claim=claim)
            return await asyncio.gather(*(self.lifecycle.submit(made) for _ in range(6)))

        self.ids.extend(each.id for each, _ in self.run(together()))

    @rule(proposal_id=proposals, reviewer=st.sampled_from([ALICE, BOB, CAROL]))
    def approve(self, proposal_id, reviewer):
        found = self.run(self.store.find(proposal_id))
        self.attempt(self.lifecycle.approve(proposal_id, reviewer, found.nonce))

    @rule(proposal_id=proposals, payload=PAYLOADS)
    def edit(self, proposal_id, payload):
        found = self.run(self.store.find(proposal_id))
        self.attempt(self.lifecycle.edit(proposal_id, BOB, payload, found.nonce))

    @rule(proposal_id=proposals, payload=PAYLOADS)
    def ask_and_reply(self, proposal_id, payload):
        found = self.run(self.store.find(proposal_id))
        self.attempt(self.lifecycle.ask(proposal_id, ALICE, "Why?", found.nonce))
        said = AgentReply(text="So.", payload=payload)
        self.attempt(self.lifecycle.reply(proposal_id, found.ask.agent, said))

    @rule(proposal_id=proposals, verb=st.sampled_from(["reject", "revoke", "retract", "withdraw", "object"]))
    def end(self, proposal_id, verb):
        found = self.run(self.store.find(proposal_id))
        if verb == "withdraw":
            self.attempt(self.lifecycle.withdraw(proposal_id, found.ask.agent, "No."))
        elif verb == "retract":
            self.attempt(self.lifecycle.retract(proposal_id, ALICE, found.nonce))
        else:
            self.attempt(getattr(self.lifecycle, verb)(proposal_id, ALICE, "No.", found.nonce))

    @rule(proposal_id=proposals)
    def claim(self, proposal_id):
        found = self.run(self.store.find(proposal_id))
        self.attempt(self.lifecycle.claim(proposal_id, found.ask.agent, found.digest, CLAIMANT))

    @rule(proposal_id=proposals, status=st.sampled_from([Status.succeeded, Status.failed, Status.unknown]))
    def report(self, proposal_id, status):
        found = self.run(self.store.find(proposal_id))
        self.attempt(self.lifecycle.report(proposal_id, found.ask.agent, status, None, None))

    @rule(proposal_id=proposals, status=st.sampled_from([RollbackStatus.done, RollbackStatus.failed]))
    def roll_back(self, proposal_id, status):
        found = self.run(self.store.find(proposal_id))
        self.attempt(self.lifecycle.rollback(proposal_id, found.ask.agent, status, None))

    @rule(seconds=st.sampled_from([0.001, 30, 89.999, 90, 1799.999, 1800, 3600, 7200]))
    def wait(self, seconds):
        self.clock.forward(seconds)

    @rule()
    def sweep(self):
        self.run(self.lifecycle.sweep())

    @rule()
    def judge_again(self):
        self.run(self.lifecycle.rejudge())

    @rule()
    def start_anew(self):
        self.run(self.stack.aclose())
        self.open()

    @invariant()
    def no_budget_is_ever_passed(self):
        now = self.clock.now()
        for each in BUDGETS:
            terms = BudgetTerms(action="refund.*", sum=each["sum"], per=each.get("per"), same=each.get("same"))
            window = timedelta(seconds={"1h": 3600, "30m": 1800, "2h": 7200, "90s": 90}[each["window"]])
            for group, total in sums(self.found(), terms, now - window).items():
                assert total <= Fraction(str(each["over"])), (each, group)

    @invariant()
    def what_counts_is_what_a_plain_look_finds(self):
        now, found = self.clock.now(), self.found()
        questions, expected = [], []
        for terms in TERMS:
            for window in (90, 3600):
                known = sums(found, terms, now - timedelta(seconds=window))
                of_all = known.get("", Fraction(0))
                nobody = {} if terms.per is None else {"nobody": of_all}
                for group, total in ({"": Fraction(0)} | nobody | known).items():
                    asked = {"agent": "bot", "action": terms.action, "field": terms.sum, "per": window}
                    questions.append(PastQuery(about=About.budget, value=group, budget=terms, **asked))
                    expected.append(total)
        written = self.run(self.store.transact(lambda tx: tx.answers(questions, now)))
        read = self.run(self.store.answers(questions, now))
        assert read == written
        assert [Fraction(written[each].total) for each in questions] == expected
        assert not any(each.unsure for each in written.values())


def sums(found, terms, since):
    """What counts by group, from the proposals as they stand; what has no group counts in each."""
    of_groups, of_all = {}, Fraction(0)
    for each in found:
        ran = each.status in RAN and each.claimed_at > since
        undone = each.status is Status.failed or (each.rollback and each.rollback.status is RollbackStatus.done)
        if not each.action.name.startswith("refund.") or not (each.status in MAY_RUN or ran):
            continue
        if ran and undone and terms.trust_reports:
            continue
        amount = Fraction(repr(each.action.payload["amount"]))
        groups = groups_of(terms, each.ask.agent, each.action.name, each.gate.roles, each.action.payload)
        if groups is None:
            of_all += amount
        for group in groups or ():
            of_groups[group] = of_groups.get(group, Fraction(0)) + amount
    return {group: total + of_all for group, total in of_groups.items()} | ({"": of_all} if of_all else {})


TestBudgetLaws = BudgetLaws.TestCase
TestBudgetLaws.settings = settings(
    max_examples=examples(25),
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
