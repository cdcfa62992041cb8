"""The table of states, and that what it does not name cannot happen."""

from dataclasses import replace
from itertools import pairwise

import pytest
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
    Failed,
    Lapsed,
    Objected,
    OutcomeUnknown,
    Overdue,
    Rejected,
    Rejudged,
    Reminded,
    Replied,
    Retracted,
    Revised,
    Revoked,
    RolledBack,
    Submitted,
    Succeeded,
    Withdrawn,
)
from approvals.gate import Escalation, Tier
from approvals.proposal import Cause, Inquiry, Revision, Rollback, RollbackStatus, Status
from approvals.refusals import Refusal
from approvals.states import FINAL, TRANSITIONS, Impossible, after, after_all
from tests.approvals.situations import (
    ALICE,
    BOB,
    CAROL,
    CLAIMANT,
    LEAD,
    NONCE,
    OWNER,
    STRANGER,
    approved,
    claimed,
    edited,
    gate,
    in_status,
    objected,
    outcome,
    pending,
    refund,
    running,
    submission,
)
from tests.approvals.situations import after as later
from tests.house.every import events
from tests.laws import examples

SETTLED = (Status.succeeded, Status.unknown)
RAN = (*SETTLED, Status.failed)
REVIEWERS = [ALICE, BOB, CAROL, LEAD, OWNER, STRANGER]


def sample(kind):
    """Some event of the kind."""
    at = later(40)
    decision = moves.approve(pending(), ALICE, NONCE, later(10))[0].decision
    return {
        Submitted: submission()[0],
        Decided: Decided(at=at, decision=decision),
        Edited: Edited(
            at=at, revision=Revision(number=2, action=refund(9), at=at, editor="U0BOB"), gate=gate(), nonce="n"
        ),
        Rejudged: Rejudged(at=at, gate=gate(report_within=9), nonce=None),
        Approved: Approved(at=at, cause=Cause.reviewer, by="U0BOB", execute_by=later(99)),
        Rejected: Rejected(at=at, cause=Cause.reviewer, by="U0BOB", reason="No."),
        Withdrawn: Withdrawn(at=at, reason="Done otherwise."),
        Revoked: Revoked(at=at, cause=Cause.reviewer, by="U0BOB", reason="Wait."),
        Retracted: Retracted(at=at, by="U0ALICE", nonce="n"),
        Claimed: Claimed(at=at, digest="sha256:0", claimant=None, report_by=later(99)),
        Lapsed: Lapsed(at=at),
        Overdue: Overdue(at=at),
        Succeeded: Succeeded(at=at, outcome=outcome(Status.succeeded)),
        Failed: Failed(at=at, outcome=outcome(Status.failed)),
        OutcomeUnknown: OutcomeUnknown(at=at, outcome=outcome(Status.unknown)),
        Objected: Objected(at=at, rollback=Rollback(requested_by="U0BOB", reason="No.", requested_at=at)),
        RolledBack: RolledBack(
            at=at,
            rollback=Rollback(
                requested_by="U0BOB", reason="No.", requested_at=at, status=RollbackStatus.done, reported_at=at
            ),
        ),
        Reminded: Reminded(at=at, after=600),
        Escalated: Escalated(at=at, to="lead", channel="C0LEAD", by=None, after=1200, roles=("support",)),
        Extended: Extended(at=at, expires_at=later(9999), by="U0BOB"),
        Asked: Asked(at=at, question=Inquiry(number=1, text="Why?", asked_by="U0BOB", asked_at=at)),
        Replied: Replied(
            at=at,
            question=Inquiry(
                number=1, text="Why?", asked_by="U0BOB", asked_at=at, reply="It was lost.", replied_at=later(50)
            ),
        ),
        Revised: Revised(at=at, revision=Revision(number=2, action=refund(9), at=at), gate=gate(), nonce="n"),
    }[kind]


def test_the_table_is_the_one_that_was_promised():
    promised = {
        Status.pending: {Status.approved, Status.rejected, Status.withdrawn},
        Status.approved: {Status.pending, Status.claimed, Status.revoked, Status.lapsed, Status.withdrawn},
        Status.claimed: {Status.succeeded, Status.failed, Status.unknown},
        Status.unknown: {Status.succeeded, Status.failed},
    }
    for status in Status:
        assert set(TRANSITIONS[status].values()) - {status} == promised.get(status, set())


def test_what_has_no_way_on_is_final():
    assert {Status.rejected, Status.withdrawn, Status.revoked, Status.lapsed, Status.succeeded, Status.failed} == FINAL


@pytest.mark.parametrize("kind", events(), ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("status", Status, ids=str)
def test_an_event_happens_where_the_table_names_it_and_nowhere_else(status, kind):
    proposal = in_status(status)
    assert proposal.status is status
    if kind in TRANSITIONS[status]:
        assert after(proposal, sample(kind)).status is TRANSITIONS[status][kind]
    else:
        with pytest.raises(Impossible, match=f"{kind.tag} in status {status}"):
            after(proposal, sample(kind))


@pytest.mark.parametrize("kind", [kind for kind in events() if kind is not Submitted], ids=lambda kind: kind.__name__)
def test_nothing_happens_to_a_proposal_before_it_is_submitted(kind):
    with pytest.raises(Impossible, match="before proposal:submitted"):
        after(None, sample(kind))


def test_every_change_makes_a_new_version():
    proposal = pending()
    assert proposal.version == 1
    assert after(proposal, sample(Decided)).version == 2
    assert claimed().version == 4


@pytest.mark.parametrize("kind", [each for each in events() if each not in (Submitted, Lapsed)])
def test_every_event_leaves_more_on_the_proposal_than_a_version_and_a_status(kind):
    found = [in_status(status) for status, follows in TRANSITIONS.items() if kind in follows]
    changed = [(before, after(before, sample(kind))) for before in found]
    assert [
        after for before, after in changed if replace(after, version=before.version, status=before.status) != before
    ]


def test_a_submission_is_revision_1_of_round_1():
    proposal = pending()
    assert (proposal.revision, proposal.round, proposal.edited) == (1, 1, False)
    assert proposal.created_at == later()
    assert proposal.channels == ("C0SUPPORT",)


def test_an_edit_begins_a_new_round_with_a_new_secret_and_keeps_the_deadline():
    before = after(pending(), sample(Decided))
    proposal = after(before, sample(Edited))
    assert (proposal.revision, proposal.round, proposal.nonce, proposal.edited) == (2, 2, "n", True)
    assert proposal.action == refund(9)
    assert proposal.active_decisions == ()
    assert proposal.decisions == before.decisions
    assert proposal.expires_at == before.expires_at


def test_a_gate_judged_anew_without_a_new_secret_lets_the_round_go_on():
    before = after(pending(), sample(Decided))
    proposal = after(before, Rejudged(at=later(40), gate=gate(report_within=9), nonce=None))
    assert (proposal.round, proposal.nonce) == (1, NONCE)
    assert proposal.active_decisions == before.decisions


def test_a_gate_judged_anew_with_a_new_secret_begins_a_new_round():
    before = after(pending(), sample(Decided))
    proposal = after(before, Rejudged(at=later(40), gate=gate(approvals=2), nonce="n"))
    assert (proposal.round, proposal.nonce) == (2, "n")
    assert proposal.active_decisions == ()
    assert proposal.revision == 1


@pytest.mark.parametrize("kind", [Edited, Rejudged])
def test_every_channel_that_ever_had_a_card_is_remembered(kind):
    elsewhere = gate(channels=("C0FINANCE",))
    event = {
        Edited: Edited(at=later(1), revision=pending().revisions[0], gate=elsewhere, nonce="n"),
        Rejudged: Rejudged(at=later(1), gate=elsewhere, nonce=None),
    }[kind]
    assert after(pending(), event).channels == ("C0FINANCE", "C0SUPPORT")


def test_a_report_settles_what_was_overdue():
    late = after(claimed(), Overdue(at=later(9999)))
    assert late.overdue
    assert not after(late, sample(Succeeded)).overdue


def test_every_arrow_of_the_table_is_made_by_some_move():
    made = set()

    def follow(proposal, happened):
        for event in happened:
            made.add((proposal.status, type(event)))
            proposal = after(proposal, event)
        return proposal

    waiting, agreed, taken = pending(), in_status(Status.approved), claimed()
    doubtful = in_status(Status.unknown)
    follow(waiting, edited(waiting, refund(9)))
    follow(waiting, moves.reject(waiting, BOB, "No.", NONCE, later(10)))
    follow(waiting, moves.withdraw(waiting, "No longer.", later(10)))
    follow(waiting, moves.rejudge(waiting, gate(approvals=2), "n", later(10)))
    settles = approved(undo_window=10)
    follow(settles, moves.retract(settles, "U0ALICE", NONCE, "n", later(15)))
    follow(agreed, moves.revoke(agreed, BOB, "Wait.", NONCE, later(20)))
    follow(agreed, moves.due(agreed, later(9999)))
    follow(agreed, moves.withdraw(agreed, "No longer.", later(20)))
    follow(agreed, moves.claim(agreed, agreed.digest, None, later(20)))
    follow(taken, moves.due(taken, later(9999)))
    for status in (Status.succeeded, Status.failed, Status.unknown):
        follow(taken, moves.report(taken, outcome(status)))
    for status in (Status.succeeded, Status.failed):
        follow(doubtful, moves.report(doubtful, outcome(status)))
    ladder = pending(
        remind=(10,),
        escalate=(Escalation(after=20, to="lead", channel="C0LEAD", roles=("support",)),),
        max_expires_in=9000,
    )
    follow(ladder, moves.due(ladder, later(30)))
    follow(ladder, moves.extend(ladder, BOB, NONCE, later(10)))
    asked = follow(waiting, moves.ask(waiting, BOB, "Why?", NONCE, later(10)))
    offered = moves.Offered(action=refund(9), gate=gate(), faults=(), nonce="n")
    follow(asked, moves.reply(asked, moves.AgentReply(text="So."), offered, later(20)))
    watched = running()
    for proposal in (watched, *(after_all(watched, moves.report(watched, outcome(each))) for each in SETTLED)):
        follow(proposal, moves.object(proposal, BOB, "No.", NONCE, later(40)))
    for proposal in (objected(), *(after_all(objected(), moves.report(objected(), outcome(each))) for each in RAN)):
        follow(proposal, moves.rollback(proposal, RollbackStatus.done, None, later(50)))
    assert made == {(status, event) for status, follows in TRANSITIONS.items() for event in follows}


def test_a_final_state_is_left_as_it_is_by_everything_but_undoing():
    for status in FINAL:
        assert set(TRANSITIONS[status]) <= {Objected, RolledBack}
        for kind, follows in TRANSITIONS[status].items():
            changed = after(in_status(status), sample(kind))
            assert follows is status
            assert replace(changed, rollback=None, version=0) == replace(in_status(status), rollback=None, version=0)


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
                assert later(self.now) < before.claimable_at
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
