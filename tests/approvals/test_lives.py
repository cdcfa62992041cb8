"""Whatever happens to a proposal in whatever order: the laws of its life."""

from dataclasses import replace
from itertools import pairwise

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from approvals import moves
from approvals.decision import Verdict, tally
from approvals.events import (
    Approved,
    Asked,
    Claimed,
    Decided,
    Edited,
    Escalated,
    Extended,
    Objected,
    Replied,
    Retracted,
    Revised,
)
from approvals.gate import Escalation, Tier
from approvals.proposal import Cause, RollbackStatus, Status
from approvals.refusals import Refusal
from approvals.states import FINAL, after_all
from tests.approvals.situations import (
    ALICE,
    BOB,
    CAROL,
    CLAIMANT,
    LEAD,
    OWNER,
    STRANGER,
    edited,
    outcome,
    pending,
    refund,
)
from tests.approvals.situations import after as later
from tests.laws import examples

REVIEWERS = [ALICE, BOB, CAROL, LEAD, OWNER, STRANGER]


class Life(RuleBasedStateMachine):
    """Anybody does anything at any time; the laws below hold all the same."""

    @initialize(
        tier=st.sampled_from([Tier.approve] * 6 + [Tier.auto, Tier.watch, Tier.watch, Tier.block]),
        roles=st.sampled_from([("support",), ("finance", "support")]),
        approvals=st.integers(1, 2),
        self_review=st.sampled_from([frozenset(), frozenset(), frozenset({"finance"})]),
        second_person=st.booleans(),
        longest=st.sampled_from([None, 300, 400, 2000]),
        undo_window=st.sampled_from([None, 5, 60]),
    )
    def begin(self, tier, roles, approvals, self_review, second_person, longest, undo_window):
        self.now = 0
        self.payloads = 0
        self.proposal = pending(
            tier=tier,
            roles=roles,
            approvals=approvals,
            self_review=self_review,
            second_person=second_person,
            max_expires_in=longest,
            object_within=300 if tier is Tier.watch else None,
            remind=(60, 120),
            escalate=(Escalation(after=200, to="lead", channel="C0LEAD", roles=("support",)),),
            expires_in=300,
            undo_window=undo_window if tier is Tier.approve else None,
        )
        self.longest = longest
        self.history = [self.proposal]
        self.outcomes = []

    def try_to(self, verb):
        try:
            happened = verb(self.proposal, later(self.now))
        except Refusal:
            return
        before = self.proposal
        self.proposal = after_all(before, happened)
        self.history.append(self.proposal)
        for event in happened:
            if isinstance(event, (Approved, Edited)) or (
                isinstance(event, Decided) and event.decision.verdict is Verdict.approve
            ):
                assert before.status is Status.pending
                assert later(self.now) < before.expires_at
            if isinstance(event, Retracted):
                pending = before.status is Status.pending
                assert later(self.now) < (before.expires_at if pending else before.claimable_at)
                assert self.proposal.active_decisions == tuple(
                    each for each in before.active_decisions if each.reviewer != event.by
                )
                assert self.proposal.expires_at == before.expires_at
                assert self.proposal.nonce != before.nonce
            if isinstance(event, Claimed):
                assert before.claimable_at is None or before.claimable_at <= later(self.now)
                assert later(self.now) < before.execute_by
                assert event.digest == before.digest
            if isinstance(event, (Edited, Extended)) or (isinstance(event, Escalated) and event.by is not None):
                taken = isinstance(event, (Edited, Extended)) and before.gate.handed_to(self.last.roles)
                assert before.gate.seats_of(self.last) or taken
            if isinstance(event, (Asked, Replied, Revised)):
                assert before.status is Status.pending
                assert later(self.now) < before.expires_at
            if isinstance(event, (Replied, Revised)):
                assert before.open_question is not None
            if isinstance(event, Extended):
                assert later(self.now) < before.expires_at < event.expires_at <= later(self.longest)
            if isinstance(event, Objected):
                assert before.cause is Cause.watch
                assert later(self.now) < before.object_until

    @rule(seconds=st.sampled_from([1, 10, 60, 290, 3600]))
    def time_passes(self, seconds):
        self.now += seconds

    @rule(who=st.sampled_from(REVIEWERS), stale=st.sampled_from([False, False, False, True]))
    def approve(self, who, stale):
        self.last = who
        nonce = "another" if stale else self.proposal.nonce
        self.try_to(lambda proposal, now: moves.approve(proposal, who, nonce, now))

    @rule(who=st.sampled_from(REVIEWERS))
    def reject(self, who):
        self.try_to(lambda proposal, now: moves.reject(proposal, who, "No.", proposal.nonce, now))

    @rule(who=st.sampled_from(REVIEWERS))
    def revoke(self, who):
        self.try_to(lambda proposal, now: moves.revoke(proposal, who, "Wait.", proposal.nonce, now))

    @rule(who=st.sampled_from(REVIEWERS), stale=st.sampled_from([False, False, False, True]))
    def retract(self, who, stale):
        self.payloads += 1
        nonce = "another" if stale else self.proposal.nonce
        self.try_to(lambda proposal, now: moves.retract(proposal, who.user, nonce, f"n{self.payloads}", now))

    @rule(who=st.sampled_from(REVIEWERS), rises=st.booleans())
    def edit(self, who, rises):
        self.last = who
        self.payloads += 1
        roles = ("finance", "support") if rises else self.proposal.gate.roles
        self.try_to(
            lambda proposal, now: edited(
                proposal, refund(self.payloads), editor=who, at=now, new_nonce=f"n{self.payloads}", roles=roles
            )
        )

    @rule(who=st.sampled_from(REVIEWERS))
    def extend(self, who):
        self.last = who
        self.try_to(lambda proposal, now: moves.extend(proposal, who, proposal.nonce, now))

    @rule(who=st.sampled_from(REVIEWERS), more_time=st.sampled_from([False, False, True]))
    def ask(self, who, more_time):
        self.last = who
        self.try_to(lambda proposal, now: moves.ask(proposal, who, "Why?", proposal.nonce, now, more_time=more_time))

    @rule(changed=st.booleans(), rises=st.booleans())
    def reply(self, changed, rises):
        self.payloads += 1
        before = self.proposal
        gate = replace(before.gate, roles=("finance", "support") if rises else before.gate.roles, tier=Tier.approve)
        action = refund(self.payloads) if changed else before.action
        offered = moves.Offered(action=action, gate=gate, faults=(), nonce=f"n{self.payloads}")
        self.try_to(lambda proposal, now: moves.reply(proposal, moves.AgentReply(text="So."), offered, now))

    @rule(who=st.sampled_from(REVIEWERS), to=st.sampled_from(["lead", "finance", "legal"]))
    def hand_over(self, who, to):
        self.last = who
        self.try_to(lambda proposal, now: moves.hand_over(proposal, who, to, "C0ELSE", proposal.nonce, now))

    @rule(who=st.sampled_from(REVIEWERS))
    def object(self, who):
        self.try_to(lambda proposal, now: moves.object(proposal, who, "No.", proposal.nonce, now))

    @rule(status=st.sampled_from([RollbackStatus.done, RollbackStatus.failed]))
    def rollback(self, status):
        self.try_to(lambda proposal, now: moves.rollback(proposal, status, None, now))

    @rule(approvals=st.integers(1, 2), known=st.sampled_from([True] * 5 + [False]))
    def policy_changes(self, approvals, known):
        self.payloads += 1
        judged = (
            replace(self.proposal.gate, approvals=approvals, tier=Tier.approve, object_within=None) if known else None
        )
        self.try_to(lambda proposal, now: moves.rejudge(proposal, judged, f"n{self.payloads}", now))

    @rule()
    def withdraw(self):
        self.try_to(lambda proposal, now: moves.withdraw(proposal, "No longer.", now))

    @rule(claimant=st.sampled_from([None, CLAIMANT, "d" * 64]), right=st.booleans())
    def claim(self, claimant, right):
        digest = self.proposal.digest if right else self.proposal.revisions[0].action.digest
        self.try_to(lambda proposal, now: moves.claim(proposal, digest, claimant, now))

    @rule(status=st.sampled_from([Status.succeeded, Status.failed, Status.unknown]))
    def report(self, status):
        self.try_to(lambda proposal, now: moves.report(proposal, outcome(status, at=now)))

    @rule()
    def sweep(self):
        self.try_to(moves.due)

    @invariant()
    def a_final_state_stays_final(self):
        for earlier in self.history:
            if earlier.status in FINAL:
                undone = {"rollback": self.proposal.rollback, "version": self.proposal.version}
                assert replace(earlier, **undone) == self.proposal

    @invariant()
    def who_is_excluded_approves_only_where_self_review_is_allowed(self):
        for decision in self.proposal.decisions:
            if decision.reviewer == OWNER.user and decision.verdict is Verdict.approve:
                assert decision.roles == ("finance",)
                assert any("finance" in each.gate.self_review for each in self.history)

    @invariant()
    def strangers_decide_nothing(self):
        called = {each.to for each in self.proposal.escalated_to}
        for stranger in (STRANGER, LEAD):
            if not stranger.roles & called:
                assert stranger.user not in {decision.reviewer for decision in self.proposal.decisions}

    @invariant()
    def whoever_was_called_in_stays_called_in(self):
        for earlier in self.history:
            assert set(earlier.escalated_to) <= set(self.proposal.escalated_to)
        if self.proposal.status is Status.pending:
            assert {each.to for each in self.proposal.escalated_to} <= self.proposal.gate.asked
            assert {each.channel for each in self.proposal.escalated_to} <= set(self.proposal.channels)

    @invariant()
    def an_objection_stays_and_is_answered_once(self):
        undos = [each.rollback for each in self.history if each.rollback is not None]
        assert len({(rollback.requested_by, rollback.requested_at, rollback.reason) for rollback in undos}) <= 1
        assert len({rollback for rollback in undos if rollback.status is not RollbackStatus.requested}) <= 1

    @invariant()
    def a_question_stays_and_only_the_last_is_without_its_one_reply(self):
        for earlier in self.history:
            kept = self.proposal.questions[: len(earlier.questions)]
            assert [(each.text, each.asked_by) for each in kept] == [
                (each.text, each.asked_by) for each in earlier.questions
            ]
            answered = [each for each in earlier.questions if each.reply is not None]
            assert tuple(answered) == kept[: len(answered)]
        assert all(each.reply is not None for each in self.proposal.questions[:-1])

    @invariant()
    def what_the_agent_changed_is_no_edit_by_a_reviewer(self):
        own = {revision.number for revision in self.proposal.revisions if revision.editor is None}
        assert self.proposal.edited == (len(own) < self.proposal.revision)
        assert self.proposal.editors <= {each.user for each in REVIEWERS}

    @invariant()
    def a_person_approves_once_a_round(self):
        counted = [each for each in self.proposal.decisions if each.retracted_at is None]
        made = [(d.round, d.reviewer) for d in counted if d.verdict is Verdict.approve]
        assert len(made) == len(set(made))

    @invariant()
    def approved_by_people_means_the_gate_is_filled(self):
        if self.proposal.status in (Status.approved, Status.claimed) and self.proposal.cause is Cause.reviewer:
            made = self.proposal.active_decisions
            assert tally(made, self.proposal.gate, self.proposal.editors).filled
            people = {decision.reviewer for decision in made}
            assert len(people) >= len(self.proposal.gate.roles) * self.proposal.gate.approvals
            if self.proposal.gate.second_person and self.proposal.edited:
                assert people - self.proposal.editors
            assert {d.revision for d in self.proposal.active_decisions} == {self.proposal.revision}

    @invariant()
    def a_deadline_moves_only_when_it_is_extended(self):
        moved = [(each.extended, each.expires_at) for each in self.history]
        assert moved == sorted(moved)
        assert len(dict(moved)) == len(set(moved))
        given = [each.execute_by for each in self.history if each.execute_by is not None]
        retracted = sum(
            earlier.status is Status.approved and then.status in (Status.pending, Status.rejected)
            for earlier, then in pairwise(self.history)
        )
        assert len(set(given)) <= 1 + retracted

    @invariant()
    def it_is_claimed_at_most_once(self):
        assert len({(each.claimed_at, each.claimant) for each in self.history if each.claimed_at is not None}) <= 1

    @invariant()
    def versions_and_rounds_only_grow(self):
        assert [each.version for each in self.history] == sorted(each.version for each in self.history)
        assert [each.round for each in self.history] == sorted(each.round for each in self.history)

    @precondition(lambda self: self.proposal.status is Status.pending)
    @invariant()
    def what_is_pending_has_no_cause_and_no_resolution(self):
        assert self.proposal.cause is None
        assert self.proposal.resolved_at is None


Life.TestCase.settings = settings(max_examples=examples(120), stateful_step_count=25, deadline=None)


TestLife = Life.TestCase
