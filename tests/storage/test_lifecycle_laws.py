"""The laws of the lifecycle over random sequences of all its verbs and of time, against the real database."""

import asyncio
import shutil
import statistics
import tempfile
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, multiple, rule

from approvals.decision import Verdict, tally
from approvals.digest import canonical
from approvals.events import Approved, Asked, Claimed, Decided, Extended, Objected, Replied, Retracted, Revised
from approvals.gate import Escalation
from approvals.lifecycle import Lifecycle
from approvals.moves.deadlines import next_due
from approvals.moves.questions import AgentReply
from approvals.past import About, PastQuery
from approvals.proposal import Cause, RollbackStatus, Status
from approvals.refusals import Refusal
from approvals.states import FINAL
from storage import open_store
from storage.audit.attest import EVENTS, event_from, replayed, without_secret
from storage.past import ENOUGH
from tests.databases import KEY, new_database
from tests.laws import examples
from tests.making import Clock, Ids, Lots
from tests.storage.town import CLAIMANT, PEOPLE, TablePolicy, submission

AMOUNTS = st.sampled_from([5, 100, 101, 250, 250.0, 999, 1001, 5000])
REVIEWERS = st.sampled_from(PEOPLE)
SECONDS = st.sampled_from([0.001, 1, 29.999, 30, 1799, 1800, 3599, 3600, 3601, -1, -7200])
STEPS = {
    "remind": (900,),
    "escalate": (Escalation(after=1500, to="lead", channel="C0LEAD", roles=("support",)),),
    "max_expires_in": 7200,
    "undo_window": 30,
}
RUNNING = {Status.claimed, Status.succeeded, Status.failed, Status.unknown}
AGREED = {Status.approved, *RUNNING}
NO = {Status.rejected, Status.revoked}


class LifecycleLaws(RuleBasedStateMachine):
    proposals = Bundle("proposals")

    def __init__(self):
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.folder = tempfile.mkdtemp(prefix="signoff-laws-")
        self.stack = AsyncExitStack()
        self.clock = Clock()
        self.final = {}
        self.deadlines = {}
        self.seen_nonces = {}
        store = open_store(new_database(Path(self.folder, "laws.db")), KEY, self.clock)
        self.store = self.run(self.stack.enter_async_context(store))
        policy = TablePolicy(watched=50, changes=STEPS)
        self.lifecycle = Lifecycle(store=self.store, policy=policy, clock=self.clock, ids=Ids(), randomness=Lots())

    def run(self, work):
        return self.loop.run_until_complete(work)

    def teardown(self):
        self.every_row_is_what_its_entries_tell()
        self.run(self.stack.aclose())
        self.loop.close()
        shutil.rmtree(self.folder)

    def attempt(self, work):
        """Does it, or is told no; both are fine, and anything else is a fault."""
        try:
            return self.run(work)
        except Refusal:
            return None

    def nonce(self, proposal_id, *, stale):
        found = self.run(self.store.find(proposal_id))
        known = self.seen_nonces.setdefault(proposal_id, [found.nonce])
        if found.nonce not in known:
            known.append(found.nonce)
        return known[0] if stale else found.nonce

    @initialize(target=proposals)
    def one_of_each_kind(self):
        return multiple(*(self.submit_one(amount) for amount in (5, 250, 2500)))

    def submit_one(self, amount, **fields):
        made, _ = self.run(self.lifecycle.submit(submission(amount, **fields)))
        self.deadlines[made.id] = made.expires_at
        return made.id

    @rule(target=proposals, amount=AMOUNTS, claim=st.booleans(), expires_in=st.sampled_from([None, 1800]))
    def submit(self, amount, claim, expires_in):
        return self.submit_one(amount, claim=claim, expires_in=expires_in)

    @rule(proposal_id=proposals, reviewer=REVIEWERS, stale=st.booleans())
    def approve(self, proposal_id, reviewer, stale):
        self.attempt(self.lifecycle.approve(proposal_id, reviewer, self.nonce(proposal_id, stale=stale)))

    @rule(proposal_id=proposals, reviewer=REVIEWERS, stale=st.booleans(), reason=st.sampled_from(["No.", " "]))
    def reject(self, proposal_id, reviewer, stale, reason):
        self.attempt(self.lifecycle.reject(proposal_id, reviewer, reason, self.nonce(proposal_id, stale=stale)))

    @rule(proposal_id=proposals, reviewer=REVIEWERS)
    def revoke(self, proposal_id, reviewer):
        self.attempt(self.lifecycle.revoke(proposal_id, reviewer, "Wait.", self.nonce(proposal_id, stale=False)))

    @rule(proposal_id=proposals, reviewer=REVIEWERS, stale=st.booleans())
    def retract(self, proposal_id, reviewer, stale):
        self.attempt(self.lifecycle.retract(proposal_id, reviewer, self.nonce(proposal_id, stale=stale)))

    @rule(proposal_id=proposals, reviewer=REVIEWERS, amount=AMOUNTS, stale=st.booleans())
    def edit(self, proposal_id, reviewer, amount, stale):
        payload = {"amount": amount, "order": "1001"}
        self.attempt(self.lifecycle.edit(proposal_id, reviewer, payload, self.nonce(proposal_id, stale=stale)))

    @rule(proposal_id=proposals)
    def withdraw(self, proposal_id):
        self.attempt(self.lifecycle.withdraw(proposal_id, "support-bot", "Not needed."))

    @rule(proposal_id=proposals, claimant=st.sampled_from([CLAIMANT, "d" * 64, None]), right=st.booleans())
    def claim(self, proposal_id, claimant, right):
        found = self.run(self.store.find(proposal_id))
        digest = found.digest if right else found.revisions[0].action.digest
        self.attempt(self.lifecycle.claim(proposal_id, "support-bot", digest, claimant))

    @rule(proposal_id=proposals, status=st.sampled_from([Status.succeeded, Status.failed, Status.unknown]))
    def report(self, proposal_id, status):
        self.attempt(self.lifecycle.report(proposal_id, "support-bot", status, None, None))

    @rule(proposal_id=proposals, reviewer=REVIEWERS, reason=st.sampled_from(["No.", "No.", " "]))
    def object(self, proposal_id, reviewer, reason):
        self.attempt(self.lifecycle.object(proposal_id, reviewer, reason, self.nonce(proposal_id, stale=False)))

    @rule(proposal_id=proposals, status=st.sampled_from([RollbackStatus.done, RollbackStatus.failed]))
    def rollback(self, proposal_id, status):
        self.attempt(self.lifecycle.rollback(proposal_id, "support-bot", status, None))

    @rule(proposal_id=proposals, reviewer=REVIEWERS, stale=st.booleans())
    def extend(self, proposal_id, reviewer, stale):
        self.attempt(self.lifecycle.extend(proposal_id, reviewer, self.nonce(proposal_id, stale=stale)))

    @rule(proposal_id=proposals, reviewer=REVIEWERS, stale=st.booleans(), more_time=st.booleans())
    def ask(self, proposal_id, reviewer, stale, more_time):
        nonce = self.nonce(proposal_id, stale=stale)
        self.attempt(self.lifecycle.ask(proposal_id, reviewer, "Why?", nonce, more_time=more_time))

    @rule(
        proposal_id=proposals,
        amount=st.none() | AMOUNTS,
        agent=st.sampled_from(["support-bot"] * 3 + ["other-bot"]),
        question=st.sampled_from([None, None, "q1", "q2"]),
        text=st.sampled_from(["So.", "So it is."]),
    )
    def reply(self, proposal_id, amount, agent, question, text):
        payload = None if amount is None else {"amount": amount, "order": "1001"}
        said = AgentReply(text=text, payload=payload, question=question)
        self.attempt(self.lifecycle.reply(proposal_id, agent, said))

    @rule(proposal_id=proposals, reviewer=REVIEWERS, to=st.sampled_from(["lead", "finance"]))
    def hand_over(self, proposal_id, reviewer, to):
        self.attempt(self.lifecycle.hand_over(proposal_id, reviewer, to, self.nonce(proposal_id, stale=False)))

    @rule()
    def sweep(self):
        self.run(self.lifecycle.sweep())

    @rule(large=st.sampled_from([4, 100, 300]), huge=st.sampled_from([200, 1000, 9000]), second_person=st.booleans())
    def rejudge(self, large, huge, second_person):
        self.lifecycle.policy = TablePolicy(
            version=f"policy-{large}-{huge}-{second_person}",
            watched=50,
            large=large,
            huge=huge,
            changes={**STEPS, "second_person": second_person},
        )
        self.run(self.lifecycle.rejudge())

    @rule(seconds=SECONDS)
    def time_passes(self, seconds):
        self.clock.forward(milliseconds=int(seconds * 1000))

    @invariant()
    def the_laws_hold(self):
        entries = self.run(self.store.audit.entries(0, 10_000))
        assert self.run(self.store.audit.verify()) is None
        for proposal_id in self.deadlines:
            mine = [entry for entry in entries if entry.proposal_id == proposal_id]
            proposal = self.run(self.store.find(proposal_id))
            self.state_is_the_replay_of_its_events(proposal, mine)
            self.final_states_stay_final(proposal)
            self.ends_at_most_once(mine)
            self.nobody_approves_after_the_deadline(proposal, mine)
            self.one_person_takes_one_place(proposal)
            self.runs_only_what_was_approved(proposal, mine)
            self.only_what_settled_is_claimed_and_only_before_that_is_an_approval_undone(proposal, mine)
            self.an_objection_came_in_time_and_is_answered_once(proposal, mine)
            self.a_question_is_answered_once_and_in_time(proposal, mine)
            self.time_is_asked_about_when_it_does_something(proposal)
        self.the_past_is_known_as_it_was()

    def state_is_the_replay_of_its_events(self, proposal, mine):
        assert replayed(mine, KEY) == without_secret(proposal)

    def final_states_stay_final(self, proposal):
        known = self.final.get(proposal.id, proposal)
        assert replace(known, rollback=proposal.rollback, version=proposal.version) == proposal
        assert (known.rollback, known.version) == (
            proposal.rollback,
            proposal.version,
        ) or known.rollback != proposal.rollback
        if proposal.status in FINAL:
            self.final[proposal.id] = proposal

    def ends_at_most_once(self, mine):
        tags = [entry.tag for entry in mine]
        again = tags.count("proposal:retracted")  # of what waited or of what was approved
        assert sum(tag in ("proposal:approved", "proposal:rejected") for tag in tags) <= 1 + again
        assert tags.count("proposal:rejected") <= 1
        assert sum(tag in ("proposal:rejected", "proposal:withdrawn", "proposal:revoked") for tag in tags) <= 1
        assert tags.count("proposal:claimed") <= 1
        assert tags.count("proposal:succeeded") + tags.count("proposal:failed") <= 1

    def nobody_approves_after_the_deadline(self, proposal, mine):
        deadline = self.deadlines[proposal.id]
        for event in (event_from(entry) for entry in mine if entry.tag in EVENTS):
            if isinstance(event, Extended):
                assert event.at < deadline < event.expires_at
                assert (event.expires_at - proposal.created_at).total_seconds() <= STEPS["max_expires_in"]
                deadline = event.expires_at
            if isinstance(event, Decided) and event.decision.verdict is Verdict.approve:
                assert event.at < deadline
        assert proposal.expires_at == deadline

    def one_person_takes_one_place(self, proposal):
        made = [each for each in proposal.decisions if each.verdict is Verdict.approve]
        approvals = [each for each in made if each.retracted_at is None]
        assert len({(each.round, each.reviewer) for each in approvals}) == len(approvals)
        assert not {each.reviewer for each in approvals} & proposal.gate.excluded
        called = {each.to for each in proposal.escalated_to}
        assert "U0LEAD" not in {each.reviewer for each in approvals} or "lead" in called

    def runs_only_what_was_approved(self, proposal, mine):
        tags = [entry.tag for entry in mine]
        if proposal.status in RUNNING:
            assert "proposal:approved" in tags
        if proposal.status in RUNNING and proposal.cause is Cause.reviewer:
            before = len(tags) - 1 - tags[::-1].index("proposal:approved")
            approved = replayed(mine[: before + 1], KEY)
            assert tally(approved.active_decisions, approved.gate, approved.editors).filled
            assert approved.digest == proposal.digest

    def only_what_settled_is_claimed_and_only_before_that_is_an_approval_undone(self, proposal, mine):
        claimable, pending = None, True
        for event in (event_from(entry) for entry in mine if entry.tag in EVENTS):
            match event:
                case Approved():
                    claimable, pending = event.claimable_at, False
                    assert (claimable is None) == (event.cause is not Cause.reviewer)
                    assert claimable is None or (claimable - event.at).total_seconds() == 30
                case Retracted():
                    assert pending or event.at < claimable
                    pending = True
                    assert event.by in {each.reviewer for each in proposal.decisions if each.retracted_at == event.at}
                case Claimed():
                    assert claimable is None or event.at >= claimable

    def an_objection_came_in_time_and_is_answered_once(self, proposal, mine):
        tags = [entry.tag for entry in mine]
        assert tags.count("proposal:rolled_back") <= tags.count("proposal:objected") <= 1
        happened = [event_from(entry) for entry in mine if entry.tag in EVENTS]
        claims = [event.at for event in happened if isinstance(event, Claimed)]
        for event in happened:
            if isinstance(event, Objected):
                assert proposal.cause is Cause.watch
                assert (event.at - claims[0]).total_seconds() < 1800

    def a_question_is_answered_once_and_in_time(self, proposal, mine):
        deadline = None
        open_question = None
        for event in (event_from(entry) for entry in mine if entry.tag in EVENTS):
            deadline = getattr(event, "expires_at", deadline)
            if isinstance(event, (Asked, Replied, Revised)):
                assert event.at < deadline
            if isinstance(event, Asked):
                assert open_question is None
                open_question = event.question.number
            if isinstance(event, Replied):
                assert event.question.number == open_question
                open_question = None
            if isinstance(event, Revised):
                assert event.revision.editor is None
        agents = [each.number for each in proposal.revisions[1:] if each.editor is None]
        assert len(agents) <= sum(each.digest is not None for each in proposal.questions)
        assert proposal.edited == (len(proposal.revisions) - 1 > len(agents))

    def time_is_asked_about_when_it_does_something(self, proposal):
        due = self.run(self.store.due(self.clock.now(), 10_000))
        at = next_due(proposal)
        assert (proposal.id in due) == (at is not None and at <= self.clock.now())

    def the_past_is_known_as_it_was(self):
        made = [self.run(self.store.find(proposal_id)) for proposal_id in self.deadlines]
        agreed = [
            each.action
            for each in made
            if each.status in AGREED
            and each.cause is Cause.reviewer
            and each.rollback is None
            and (each.claimable_at is None or each.claimable_at <= self.clock.now())
            and (
                each.status is not Status.approved or self.clock.now() < each.execute_by
            )  # else it lapsed, swept or not
        ]
        noes = {
            each.digest
            for each in made
            if each.rollback is not None or (each.status in NO and each.cause is Cause.reviewer)
        }
        worked = [
            each.action.payload["amount"]
            for each in made
            if each.status is Status.succeeded and each.cause is Cause.reviewer
        ]
        about = {"agent": "support-bot", "action": "refund.create"}
        usual = PastQuery(about=About.unusual, field="amount", **about)
        first = {
            PastQuery(about=About.first_time, field="amount", value=canonical(amount).decode(), **about): amount
            for amount in (5, 100, 250.0, 999)
        }
        repeat = {PastQuery(about=About.repeat, value=each.digest, **about): each.digest for each in made}
        known = self.run(self.store.answers([usual, *first, *repeat], self.clock.now()))
        assert known[usual].count == len(worked)
        assert known[usual].median == (statistics.median(worked) if worked else None)
        for question, amount in first.items():
            often = sum(action.payload["amount"] == amount for action in agreed)
            assert known[question].count == min(often, ENOUGH)
        for question, digest in repeat.items():
            assert known[question].same == (digest in noes)

    def every_row_is_what_its_entries_tell(self):
        assert self.run(self.store.differences()) == []


LifecycleLaws.TestCase.settings = settings(
    max_examples=examples(25), stateful_step_count=30, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
TestLifecycleLaws = LifecycleLaws.TestCase
