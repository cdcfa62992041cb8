"""The lifecycle: all verbs, side by side. Each loads a proposal, asks the pure move what follows, and records it."""

from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from approvals import moves, remembered_verbs
from approvals.actor import SYSTEM
from approvals.actor import agent as _agent
from approvals.actor import reviewer as _reviewer
from approvals.actor import still_delegated as _still_delegated
from approvals.alertness import alertness, require_turn
from approvals.decision import CLICK_ALONE, LOOK_AHEAD, Attestation
from approvals.effect_holds import require_effects
from approvals.events import Actor, Approved, Decided, Note, Refused, Rejected
from approvals.examination import Examiner
from approvals.fatigue import MOST
from approvals.foresight import Foresight, foreseen, judge
from approvals.gate import Tier
from approvals.judging import Judging, after_rejudging
from approvals.moves import samples
from approvals.moves.confirmation import code_typed, takes_code
from approvals.patch import changed_fields
from approvals.ports import SWEEP_SIZE, Damaged
from approvals.proposal import Action, Ask, Outcome, Proposal, RollbackStatus, Status
from approvals.record import record
from approvals.refusals import (
    ActionNotAllowed,
    CallbackRefused,
    CodeRefusal,
    EverythingStopped,
    KeyReused,
    NotFound,
    PendingLimit,
    Refusal,
    SchemaFailed,
    Stopped,
)
from approvals.remembered.approval import approve_and_next, approve_at_once
from approvals.second_factor import CodeUse, NotEnrolled
from approvals.states import after_all
from approvals.transactional import transactional

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from approvals.decision import Verdict
    from approvals.digest import JSON
    from approvals.events import Event
    from approvals.gate import Gate
    from approvals.judging import Members
    from approvals.moves.look_ahead import FormVerb
    from approvals.ports import Randomness, Transaction
    from approvals.refusals import Fault
    from approvals.reviewer import Reviewer

REFUSALS_A_MINUTE = 20
"""How many refusals of one person or agent a minute become audit entries; a flood must not fill the log."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """What an agent sends, already parsed and authenticated."""

    action: Action
    ask: Ask
    idempotency_key: str | None = None
    fingerprint: str = ""
    claim: bool = False
    claimant: str | None = None
    """SHA-256 of the claimant's word."""


@dataclass(slots=True, kw_only=True)
class Lifecycle(Judging):
    """What can be done to a proposal, over the ports."""

    randomness: "Randomness"
    examiner: Examiner = field(default_factory=Examiner)

    async def submit(self, submission: Submission) -> tuple[Proposal, bool]:
        """The proposal, and whether it is new. Raises AgentRefusal, StoreBusy."""
        return await self.examiner.for_agent(submission.ask.agent, partial(self._submit, submission))

    async def _submit(self, submission: Submission) -> tuple[Proposal, bool]:
        ask, action = submission.ask, submission.action
        foresight = foreseen(self.policy, ask, action, await self._groups(ask.agent))
        verb = partial(self._submit_with, submission, foresight)
        return await self.store.transact(verb, action.digest)

    async def _submit_with(
        self, submission: Submission, foresight: Foresight, tx: "Transaction"
    ) -> tuple[Proposal, bool]:
        ask, action, policy = submission.ask, submission.action, self.policy
        now = self.clock.now()
        await _not_stopped(tx, ask.agent)
        if (known := await _known(tx, submission)) is not None:
            return self.as_of_now(known), False
        await self.require_policy(tx)
        if not policy.allows(ask.agent, action.name):
            raise ActionNotAllowed(action.name)
        if faults := self.examiner.faults(policy.faults(ask, action)):
            raise SchemaFailed(faults)
        if ask.callback_url is not None and not policy.may_call_back(ask.agent, ask.callback_url):
            raise CallbackRefused
        judged = await judge(tx, policy, ask, action, foresight, now)
        proposal_id = self.ids.proposal_id()
        gate = await remembered_verbs.stopped(tx, ask, action, judged, now)
        allowed_by, gate = await remembered_verbs.used(tx, policy, proposal_id, ask, action, gate, now)
        events = moves.submit(
            proposal_id=proposal_id,
            action=action,
            ask=ask,
            gate=gate,
            nonce=self.ids.nonce(),
            idempotency_key=submission.idempotency_key,
            fingerprint=submission.fingerprint,
            now=now,
        )
        if allowed_by is not None:
            events = approve_at_once(events, gate, allowed_by, now)
        if not any(isinstance(event, (Approved, Rejected)) for event in events):
            limit = policy.pending_limit(ask.agent)
            if await tx.pending_count(ask.agent, now) >= limit:
                raise PendingLimit(limit, retry_after=60)
        if submission.claim and any(isinstance(event, Approved) for event in events):
            events += moves.claim(after_all(None, events), action.digest, submission.claimant, now)
        recorded = await record(tx, None, events, _agent(ask), now)
        if is_sampled(recorded.gate, self.randomness):
            await tx.draw_sample(recorded, samples.draw_sample(recorded, self.ids.nonce(), now), SYSTEM)
        return recorded, True

    @after_rejudging
    async def approve(
        self,
        proposal_id: str,
        reviewer: "Reviewer",
        nonce: str,
        digest: str | None = None,
        attestation: Attestation = CLICK_ALONE,
    ) -> Proposal:
        """Raises ReviewerRefusal, NotFound, StoreBusy; so do the other verbs of reviewers.

        With `digest`, it is Changed if that is not what would run.
        """
        return _unless_refused(await self._approve(proposal_id, reviewer, nonce, digest, attestation))

    @transactional
    async def _approve(
        self,
        tx: "Transaction",
        proposal_id: str,
        reviewer: "Reviewer",
        nonce: str,
        digest: str | None,
        attestation: Attestation,
    ) -> Proposal | CodeRefusal:
        await self.require_policy(tx)
        proposal, now = await tx.load(proposal_id), self.clock.now()
        reviewer = await _still_delegated(tx, reviewer, now)
        alert = await alertness(tx, self.policy, proposal.gate, reviewer.user, now)
        events = moves.approve(proposal, reviewer, nonce, now, digest, alert.marked(attestation))
        await _may_be_approved(tx, proposal)
        await require_turn(tx, self.policy, proposal, events, alert, now)
        events = moves.of_drill(proposal, events)
        if (refused := await _code_refused(tx, proposal, events, reviewer, attestation, now)) is not None:
            return refused
        return await record(tx, proposal, events, _reviewer(reviewer), now)

    @after_rejudging
    @transactional
    async def approve_and_next(
        self,
        tx: "Transaction",
        proposal_id: str,
        reviewer: "Reviewer",
        nonce: str,
        attestation: Attestation = CLICK_ALONE,
    ) -> Proposal:
        """An approval that is remembered for the next like it, within what the policy allows."""
        await self.require_policy(tx)
        proposal, now = await tx.load(proposal_id), self.clock.now()
        alert = await alertness(tx, self.policy, proposal.gate, reviewer.user, now)
        events, approval = approve_and_next(proposal, reviewer, nonce, now, alert.marked(attestation))
        await _may_be_approved(tx, proposal)
        await require_turn(tx, self.policy, proposal, events, alert, now)
        recorded = await record(tx, proposal, events, _reviewer(reviewer), now)
        if proposal.drill is None:
            await tx.remembered.begin(approval, _reviewer(reviewer))
        return recorded

    @transactional
    async def end_remembered(
        self, tx: "Transaction", verdict: "Verdict", proposal_id: str, reviewer: "Reviewer"
    ) -> None:
        """Ends a remembered decision, at once and for good: people are asked again."""
        reviewer = await _still_delegated(tx, reviewer, now := self.clock.now())
        await remembered_verbs.end(tx, verdict, proposal_id, reviewer, _reviewer(reviewer), now)

    @transactional
    async def reject(
        self,
        tx: "Transaction",
        proposal_id: str,
        reviewer: "Reviewer",
        reason: str,
        nonce: str,
        *,
        attestation: Attestation = CLICK_ALONE,
        remember: bool = False,
    ) -> Proposal:
        """A no; after the approval and before the claim it revokes. With `remember`, so is the same for a while."""
        proposal, now = await tx.load(proposal_id), self.clock.now()
        reviewer = await _still_delegated(tx, reviewer, now)
        events = moves.reject(proposal, reviewer, reason, nonce, now, attestation)
        await remembered_verbs.retracted(tx, proposal, events, _reviewer(reviewer), now)
        refused = await record(tx, proposal, events, _reviewer(reviewer), now)
        return await remembered_verbs.begin(tx, refused, _reviewer(reviewer), now, remember=remember)

    @transactional
    async def revoke(
        self,
        tx: "Transaction",
        proposal_id: str,
        reviewer: "Reviewer",
        reason: str,
        nonce: str,
        *,
        attestation: Attestation = CLICK_ALONE,
        remember: bool = False,
    ) -> Proposal:
        """Takes back an approval that nobody has claimed; `remember` as for a reject."""
        proposal, now = await tx.load(proposal_id), self.clock.now()
        reviewer = await _still_delegated(tx, reviewer, now)
        events = moves.revoke(proposal, reviewer, reason, nonce, now, attestation)
        await remembered_verbs.retracted(tx, proposal, events, _reviewer(reviewer), now)
        refused = await record(tx, proposal, events, _reviewer(reviewer), now)
        return await remembered_verbs.begin(tx, refused, _reviewer(reviewer), now, remember=remember)

    @transactional
    async def retract(self, tx: "Transaction", proposal_id: str, reviewer: "Reviewer", nonce: str) -> Proposal:
        """Takes back the person's own approval, before it is enough or in the undo window, whatever they may else."""
        proposal, now = await tx.load(proposal_id), self.clock.now()
        events = moves.retract(proposal, reviewer.user, nonce, self.ids.nonce(), now)
        await remembered_verbs.retracted(tx, proposal, events, _reviewer(reviewer), now)
        return await record(tx, proposal, events, _reviewer(reviewer), now)

    async def edit(
        self,
        proposal_id: str,
        reviewer: "Reviewer",
        payload: "Mapping[str, JSON]",
        nonce: str,
        attestation: Attestation = CLICK_ALONE,
    ) -> Proposal:
        """A new payload, judged again, with the editor's own approval where it counts."""

        async def edit() -> Proposal:
            groups = await self._groups_for(proposal_id)
            return _unless_refused(await self._edit_with(proposal_id, reviewer, payload, nonce, attestation, groups))

        return await self.examiner.for_person(reviewer.user, edit)

    @transactional
    async def _edit_with(
        self,
        tx: "Transaction",
        proposal_id: str,
        reviewer: "Reviewer",
        payload: "Mapping[str, JSON]",
        nonce: str,
        attestation: Attestation,
        groups: "Members",
    ) -> Proposal | CodeRefusal:
        await self.require_policy(tx)
        proposal, now = await tx.load(proposal_id), self.clock.now()
        editor = await _still_delegated(tx, reviewer, now)
        action = Action(name=proposal.action.name, payload=payload)
        answers = await tx.answers(self._questions(proposal, action), now)
        gate = self._judged_with(proposal, action, answers, groups)
        made = _gate_after(proposal, action, gate)
        alert = await alertness(tx, self.policy, made, editor.user, now)
        events = self._edit(proposal, editor, action, gate, nonce, now, alert.marked(attestation))
        await _may_be_approved(tx, proposal)
        await require_turn(tx, self.policy, proposal, events, alert, now)
        await remembered_verbs.free(tx.remembered, proposal, action, now)
        events = moves.of_drill(proposal, events)
        if (refused := await _code_refused(tx, proposal, events, editor, attestation, now)) is not None:
            return refused
        return await record(tx, proposal, events, _reviewer(editor), now)

    async def preview_edit(
        self, proposal_id: str, reviewer: "Reviewer", payload: "Mapping[str, JSON]", nonce: str
    ) -> Proposal:
        """What `edit` would make of the proposal, without doing it; raises what it would raise."""

        async def preview() -> Proposal:
            proposal, now = await self._found(proposal_id), self.clock.now()
            action = Action(name=proposal.action.name, payload=payload)
            answers = await self.store.answers(self._questions(proposal, action), now)
            gate = self._judged_with(proposal, action, answers, await self._groups(proposal.ask.agent))
            events = self._edit(proposal, reviewer, action, gate, nonce, now, LOOK_AHEAD)
            await remembered_verbs.free(self.store, proposal, action, now)
            alert = await alertness(self.store, self.policy, _gate_after(proposal, action, gate), reviewer.user, now)
            await require_turn(self.store, self.policy, proposal, events, alert, now)
            made = after_all(replace(proposal, drill=None), events)  # a drill is shown what a proposal would be
            if proposal.drill is None:
                await require_effects(self.store, made, events, _reviewer(reviewer))
            return made

        return await self.examiner.for_person(reviewer.user, preview)

    async def edit_faults(
        self, proposal_id: str, reviewer: "Reviewer", payload: "Mapping[str, JSON]", nonce: str
    ) -> "tuple[Fault, ...]":
        """What the schemas say against a payload that this person may edit it to; raises what `may` would of `edit`."""

        async def look() -> "tuple[Fault, ...]":
            proposal = await self._found(proposal_id)
            moves.may_edit(proposal, reviewer, nonce, self.clock.now())
            action = Action(name=proposal.action.name, payload=payload)
            return self.examiner.faults(self.policy.faults(proposal.ask, action))

        return await self.examiner.for_person(reviewer.user, look)

    async def may(self, verb: "FormVerb", proposal_id: str, reviewer: "Reviewer", nonce: str) -> None:
        """Raises the Refusal that the verb by this person would meet now, whatever they say, change or type with it."""
        proposal, now = await self._found(proposal_id), self.clock.now()
        moves.may(verb, proposal, reviewer, nonce, now)
        if verb == "approve":
            alert = await alertness(self.store, self.policy, proposal.gate, reviewer.user, now)
            events = moves.approve(proposal, reviewer, nonce, now, attestation=LOOK_AHEAD)
            await require_turn(self.store, self.policy, proposal, events, alert, now)
            await require_effects(self.store, proposal, events, _reviewer(reviewer))
        if verb == "approve" and takes_code(proposal.gate) and not await self.store.has_second_factor(reviewer.user):
            raise NotEnrolled

    async def is_tired(self, proposal: Proposal, person: str) -> bool:
        """Whether an approval of the proposal takes one more word of the person now, since they decided much lately."""
        return (await alertness(self.store, self.policy, proposal.gate, person, self.clock.now())).tired

    async def suggests_break(self, proposal: Proposal, person: str, made: int = 1) -> bool:
        """Whether with one of the so many decisions that they just made, it is time to tell them so."""
        terms, now = self.policy.fatigue(proposal.gate.asked), self.clock.now()
        recent = await self.store.recent_decisions(person, now - timedelta(days=1), MOST) if terms else []
        return any(each.suggests_break(recent, made) for each in terms)

    @transactional
    async def object(
        self, tx: "Transaction", proposal_id: str, reviewer: "Reviewer", reason: str, nonce: str
    ) -> Proposal:
        """Objects to what ran without waiting for people: revokes it, or asks the agent to roll it back."""
        proposal, now = await tx.load(proposal_id), self.clock.now()
        reviewer = await _still_delegated(tx, reviewer, now)
        events = moves.object(proposal, reviewer, reason, nonce, now)
        await remembered_verbs.retracted(tx, proposal, events, _reviewer(reviewer), now)
        return await record(tx, proposal, events, _reviewer(reviewer), now)

    @transactional
    async def extend(self, tx: "Transaction", proposal_id: str, reviewer: "Reviewer", nonce: str) -> Proposal:
        """Moves the deadline, within what the policy allows."""
        proposal, now = await tx.load(proposal_id), self.clock.now()
        reviewer = await _still_delegated(tx, reviewer, now)
        events = moves.extend(proposal, reviewer, nonce, now)
        return await record(tx, proposal, events, _reviewer(reviewer), now)

    @transactional
    async def hand_over(
        self, tx: "Transaction", proposal_id: str, reviewer: "Reviewer", to: str, nonce: str
    ) -> Proposal:
        """Lets another role stand in; raises NotFound for a role that is not in the policy."""
        await self.require_policy(tx)
        channel = self.policy.channel_of(to)
        if channel is None:
            raise NotFound(to)
        proposal, now = await tx.load(proposal_id), self.clock.now()
        reviewer = await _still_delegated(tx, reviewer, now)
        events = moves.hand_over(proposal, reviewer, to, channel, nonce, now)
        return await record(tx, proposal, events, _reviewer(reviewer), now) if events else proposal

    @transactional
    async def ask(
        self,
        tx: "Transaction",
        proposal_id: str,
        reviewer: "Reviewer",
        text: str,
        nonce: str,
        *,
        more_time: bool = False,
    ) -> Proposal:
        """Asks the agent a question, with more time for the answer if that is wanted and allowed."""
        proposal, now = await tx.load(proposal_id), self.clock.now()
        reviewer = await _still_delegated(tx, reviewer, now)
        events = moves.ask(proposal, reviewer, text, nonce, now, more_time=more_time)
        return await record(tx, proposal, events, _reviewer(reviewer), now) if events else proposal

    @transactional
    async def withdraw(self, tx: "Transaction", proposal_id: str, agent: str, reason: str) -> Proposal:
        """The agent takes its proposal back. Raises AgentRefusal, NotFound; so do the other verbs of agents."""
        proposal, now = await self._own(tx, proposal_id, agent), self.clock.now()
        return await self._recorded(tx, proposal, moves.withdraw(proposal, reason, now), now)

    @after_rejudging
    @transactional
    async def claim(
        self, tx: "Transaction", proposal_id: str, agent: str, digest: str, claimant: str | None
    ) -> Proposal:
        """The approved payload, once. `claimant` is the SHA-256 of the attempt's word."""
        await self.require_policy(tx)
        proposal, now = await self._own(tx, proposal_id, agent), self.clock.now()
        await _not_stopped(tx, agent)
        if proposal.status is Status.approved and await tx.stopped_since_approved(proposal):
            raise Stopped  # the stop ended all that the agent had open: what it could not reach then ends here
        return await self._recorded(tx, proposal, moves.claim(proposal, digest, claimant, now), now)

    @transactional
    async def report(
        self,
        tx: "Transaction",
        proposal_id: str,
        agent: str,
        status: Status,
        detail: str | None,
        verification: str | None,
    ) -> Proposal:
        """What came of acting."""
        proposal, now = await self._own(tx, proposal_id, agent), self.clock.now()
        outcome = Outcome(status=status, detail=detail, verification=verification, at=now)
        return await self._recorded(tx, proposal, moves.report(proposal, outcome), now)

    @transactional
    async def rollback(
        self, tx: "Transaction", proposal_id: str, agent: str, status: RollbackStatus, detail: str | None
    ) -> Proposal:
        """What came of the rollback what people objected to."""
        proposal, now = await self._own(tx, proposal_id, agent), self.clock.now()
        return await self._recorded(tx, proposal, moves.rollback(proposal, status, detail, now), now)

    async def reply(self, proposal_id: str, agent: str, said: "moves.AgentReply") -> Proposal:
        """The agent's answer to a reviewer's question; a payload with it is judged again, as an edit's is."""
        return await self.examiner.for_agent(agent, partial(self._reply, proposal_id, agent, said))

    @transactional
    async def _reply(self, tx: "Transaction", proposal_id: str, agent: str, said: "moves.AgentReply") -> Proposal:
        groups = {} if said.payload is None else await self._groups(agent)
        proposal, now = await self._own(tx, proposal_id, agent), self.clock.now()
        offered = None
        if said.payload is not None:
            await self.require_policy(tx)
            action = Action(name=proposal.action.name, payload=said.payload)
            answers = await tx.answers(self._questions(proposal, action), now)
            faults = self.examiner.faults(self.policy.faults(proposal.ask, action))
            gate = self._judged_with(proposal, action, answers, groups)
            offered = moves.Offered(action=action, gate=gate, faults=faults, nonce=self.ids.nonce())
        return await self._recorded(tx, proposal, moves.reply(proposal, said, offered, now), now)

    async def sweep(self) -> int:
        """Does what time has made due: expires, lapses, marks overdue, reminds, escalates. How many it changed.

        What can be claimed does not change by that, but its cards do.
        """
        await self.store.show_claimable(self.clock.now(), SWEEP_SIZE)

        async def run_out(_tx: "Transaction", proposal: Proposal, now: datetime) -> "list[Event]":
            return moves.due(proposal, now)

        await remembered_verbs.sweep(self.store, self.clock, SYSTEM)
        return await self._each(await self.store.due(self.clock.now(), SWEEP_SIZE), run_out, SYSTEM)

    @transactional
    async def note(self, tx: "Transaction", proposal_id: str | None, note: Note, actor: Actor) -> None:
        """Keeps evidence that changes nothing."""
        await tx.note(proposal_id, note, actor)

    @transactional
    async def refused(
        self,
        tx: "Transaction",
        proposal_id: str | None,
        verb: str,
        refusal: Refusal,
        actor: Actor,
        detail: str | None = None,
    ) -> None:
        """Keeps a refusal as an audit entry, at most REFUSALS_A_MINUTE of one actor."""
        now = self.clock.now()
        if await tx.refusals_since(actor, now - timedelta(minutes=1)) < REFUSALS_A_MINUTE:
            refused = Refused(at=now, verb=verb, slug=refusal.slug, detail=detail or str(refusal))
            await tx.note(proposal_id, refused, actor)

    async def get(self, proposal_id: str, agent: str) -> Proposal:
        """The agent's own proposal as it is at this moment, deadlines included."""
        with _others_unknown(proposal_id, agent):
            proposal = await self._found(proposal_id)
        return self.as_of_now(_visible_to(agent, proposal))

    async def caught_up(self, proposal_id: str, agent: str) -> None:
        """Writes what time has done to the agent's own proposal, if no sweep has yet. Raises NotFound, StoreBusy."""

        async def run_out(_tx: "Transaction", proposal: Proposal, now: datetime) -> "list[Event]":
            return moves.run_out(proposal, now)

        proposal = await self.get(proposal_id, agent)
        if proposal != await self._found(proposal_id):
            await self._each([proposal_id], run_out, SYSTEM)

    def as_of_now(self, proposal: Proposal) -> Proposal:
        """The proposal with what time has done to it by now, whether or not a sweep has written that yet."""
        return after_all(proposal, moves.run_out(proposal, self.clock.now()))

    def _edit(
        self,
        proposal: Proposal,
        reviewer: "Reviewer",
        action: Action,
        gate: "Gate",
        nonce: str,
        now: datetime,
        attestation: Attestation,
    ) -> "list[Event]":
        moves.may_edit(proposal, reviewer, nonce, now)  # nothing is examined for whoever may not
        return moves.edit(
            proposal,
            reviewer,
            action,
            gate,
            self.examiner.faults(self.policy.faults(proposal.ask, action)),
            nonce=nonce,
            new_nonce=self.ids.nonce(),
            now=now,
            attestation=attestation,
        )

    async def _found(self, proposal_id: str) -> Proposal:
        proposal = await self.store.find(proposal_id)
        if proposal is None:
            raise NotFound(proposal_id)
        return proposal

    async def _own(self, tx: "Transaction", proposal_id: str, agent: str) -> Proposal:
        with _others_unknown(proposal_id, agent):
            proposal = await tx.load(proposal_id)
        return _visible_to(agent, proposal)

    async def _recorded(self, tx: "Transaction", proposal: Proposal, events: "list[Event]", now: datetime) -> Proposal:
        if not events:
            return self.as_of_now(proposal)
        return await record(tx, proposal, events, _agent(proposal.ask), now)


def _visible_to(agent: str, proposal: Proposal) -> Proposal:
    """The proposal. Raises NotFound where it is another agent's, and for a drill, of which no agent ever hears."""
    if proposal.ask.agent != agent or proposal.drill is not None:
        raise NotFound(proposal.id)
    return proposal


@contextmanager
def _others_unknown(proposal_id: str, agent: str) -> "Iterator[None]":
    """That another's proposal is damaged would tell that there is one."""
    try:
        yield
    except Damaged as damaged:
        if damaged.agent != agent:
            raise NotFound(proposal_id) from damaged
        raise


def _gate_after(proposal: Proposal, action: Action, gate: "Gate") -> "Gate":
    """The gate under which whoever edits it into that approves it."""
    changed = changed_fields(proposal.action.payload, action.payload)
    return gate.with_stand_ins(proposal.escalated_to) if changed else proposal.gate


async def _not_stopped(tx: "Transaction", agent: str) -> None:
    """Raises Stopped: whoever was stopped takes nothing on, however it was approved."""
    if (stop := await tx.stopped(agent)) is not None:
        raise Stopped(everything=stop.everything, since=stop.at, reason=stop.reason)


async def _may_be_approved(tx: "Transaction", proposal: Proposal) -> None:
    """Raises EverythingStopped: nobody approves what could not run, wherever a card still offers it."""
    if (stop := await tx.stopped(proposal.ask.agent)) is not None:
        raise EverythingStopped(stop.by, stop.at)


async def _code_refused(
    tx: "Transaction",
    proposal: Proposal,
    events: "list[Event]",
    reviewer: "Reviewer",
    attestation: Attestation,
    now: datetime,
) -> CodeRefusal | None:
    """Why the approval among the events does not count for want of a code; one that does is used up by this."""
    decided = after_all(proposal, events)
    if not takes_code(decided.gate) or not any(isinstance(each, Decided) for each in events):
        return None
    use = CodeUse(proposal=decided.id, digest=decided.digest, round=decided.round)
    code = code_typed(decided.gate, attestation.typed or ())
    return await tx.take_code(_reviewer(reviewer), code, use, now)


def _unless_refused(result: Proposal | CodeRefusal) -> Proposal:
    """The proposal. A refusal is raised only here: what it keeps of a wrong code is committed by now."""
    if isinstance(result, CodeRefusal):
        raise result
    return result


async def _known(tx: "Transaction", submission: Submission) -> Proposal | None:
    """What the same key made before. Raises KeyReused if that was something else."""
    if submission.idempotency_key is None:
        return None
    known = await tx.by_key(submission.ask.agent, submission.idempotency_key)
    if known is not None and known.fingerprint != submission.fingerprint:
        raise KeyReused
    return known


def is_sampled(gate: "Gate", randomness: "Randomness") -> bool:
    """Whether chance picks what this gate lets run as a sample; where nothing is sampled, it is not asked."""
    return gate.tier is Tier.auto and gate.sampling is not None and randomness.draw() < gate.sampling.share
