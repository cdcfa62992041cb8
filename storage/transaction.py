"""SQL transaction: one write of the lifecycle. The row, its audit entries and its deliveries, all or nothing."""

from itertools import zip_longest
from typing import TYPE_CHECKING

from approvals.effects import FOLLOWS, Effect
from approvals.effects import effects as deliveries
from approvals.ports import Conflict, PolicyInForce
from approvals.proposal import Status
from approvals.refusals import NotFound
from approvals.sample import Judged, Sample
from approvals.seats import open_roles
from storage import agent_stops, delegations, drills, effects, erasure, second_factors, undo_window
from storage.audit import testimony
from storage.audit.log import Ledger
from storage.engine.database import Violation
from storage.engine.queries import queries
from storage.json_codec import encode_json
from storage.messages import batches, floods, samples
from storage.messages.outbox import enqueue
from storage.pace import recent_decisions
from storage.past import past_answers, remember
from storage.proposals import fetched, readable
from storage.remembered import RememberedRows
from storage.rows import (
    decision_values,
    millis,
    millis_or_none,
    proposal_values,
    revision_values,
    state_values,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from approvals.agent_stop import Stop
    from approvals.card_sharing import CardSharing, OpenBatch, Traffic
    from approvals.delegation import Delegation
    from approvals.effect_holds import EffectHolder
    from approvals.events import Actor, Event, Note, PolicyBegun, SampleDrawn, SampleJudged
    from approvals.fatigue import RecentDecision
    from approvals.past import PastAnswer, PastQuery
    from approvals.plants import DrillCounts
    from approvals.ports import Step
    from approvals.proposal import Proposal
    from approvals.refusals import CodeRefusal
    from approvals.second_factor import CodeUse, Enrolment, ResetRequest
    from storage.audit.log import Seal
    from storage.callbacks import SqlCallbacks
    from storage.engine.database import Statements
    from storage.messages.message import Messages
    from storage.wakeups import Signals


_SQL = queries("proposals")
_ENTRIES = queries("entries")
_STREAM = queries("stream")
_QUESTIONS = queries("questions")
_POLICY = "policy in force"
"""Under which that is remembered: only who writes changes it."""


class SqlTransaction:
    """See Transaction."""

    def __init__(
        self,
        statements: "Statements",
        seal: "Seal",
        signals: "Signals",
        messages: "Messages",
        callbacks: "SqlCallbacks",
    ) -> None:
        self._statements = statements
        self._seal = seal
        self._ledger = Ledger(statements, seal)
        self._messages = messages
        self._callbacks = callbacks
        self._changed: dict[str, Proposal] = {}
        self._deliveries = False
        self._notified_agents: set[str] = set()
        statements.after_commit(
            lambda: signals.announce(self._changed, deliveries=self._deliveries, agents=self._notified_agents)
        )
        self.remembered = RememberedRows(statements=statements, ledger=self._ledger, seal=seal, show=self._show)

    async def load(self, proposal_id: str) -> "Proposal":
        """The proposal. Raises NotFound, and RowDamaged if it is not what its sealed entries tell."""
        found = await fetched(self._statements, [proposal_id], self._seal)
        if not found:
            raise NotFound(proposal_id)
        return found[0]

    async def policy_in_force(self, version: str | None = None) -> "PolicyInForce | None":
        """See Transaction. Raises RowDamaged."""
        if version is not None:
            return await testimony.policy_in_force(self._statements, self._seal, version)
        memory = self._statements.memory
        if _POLICY not in memory:
            memory[_POLICY] = await testimony.policy_in_force(self._statements, self._seal)
        found: PolicyInForce | None = memory[_POLICY]
        return found

    async def begin_policy(self, event: "PolicyBegun", actor: "Actor") -> PolicyInForce:
        """See Transaction."""
        entry = await self._ledger.append(event, actor, None, None)
        self._statements.memory[_POLICY] = in_force = PolicyInForce(entry.seq, event.version)
        return in_force

    async def by_key(self, agent: str, idempotency_key: str) -> "Proposal | None":
        """See Transaction."""
        found = await self._statements.rows(_SQL["by_key"], agent, idempotency_key)
        return await self.load(found[0]["id"]) if found else None

    async def pending_count(self, agent: str, now: "datetime") -> int:
        """See Transaction."""
        (row,) = await self._statements.rows(_SQL["pending_count"], agent, millis(now))
        return int(row["count"])

    async def batch_of(self, proposal_id: str) -> tuple[str, ...]:
        """See Transaction."""
        return await batches.members(self._statements, proposal_id)

    async def open_batches(self, proposal: "Proposal", now: "datetime") -> "tuple[OpenBatch, ...]":
        """See Transaction."""
        return await batches.open_batches(self._statements, proposal, now)

    async def traffic(self, agent: str, channel: str, now: "datetime") -> "Traffic":
        """See Transaction."""
        return await floods.traffic(self._statements, agent, channel, now)

    async def record(
        self,
        before: "Proposal | None",
        steps: "Sequence[Step]",
        actor: "Actor",
        now: "datetime",
        sharing: "CardSharing",
    ) -> None:
        """See Transaction."""
        try:
            await self._record(before, steps, actor, now, sharing)
            await self._statements.settle()
        except Violation as violation:
            raise Conflict(str(violation)) from violation
        self._changed[steps[-1].proposal.id] = steps[-1].proposal

    async def _record(
        self,
        before: "Proposal | None",
        steps: "Sequence[Step]",
        actor: "Actor",
        now: "datetime",
        sharing: "CardSharing",
    ) -> None:
        proposal, events = steps[-1].proposal, [step.event for step in steps]
        await self._write(before, proposal, events, now)
        await effects.keep(self._statements, before, proposal, events)
        await batches.share(self._statements, proposal, sharing, now)
        await floods.share(self._statements, before, proposal, sharing, now)
        for event, made in steps:
            newest = await self._ledger.append(event, actor, made.id, made.revision)
            if made.drill is None:
                await self._tell(event, made.ask.agent, newest.seq)
                await self._callbacks.enqueue(self._statements, newest.id, made, event)
        for kind in sorted(deliveries(events)):
            for channel in proposal.channels:
                await enqueue(
                    self._statements,
                    proposal,
                    channel,
                    kind,
                    now,
                    newest=newest.seq if kind is Effect.thread else None,
                    calls=any(FOLLOWS[type(event)].calls for event in events),
                    joins=sharing.floods.get(channel, None if before else False),
                )
                self._deliveries = True
        for other in await fetched(self._statements, sharing.others, self._seal):
            for channel in other.channels:
                await enqueue(self._statements, other, channel, Effect.card, now)

    async def answers(self, questions: "Sequence[PastQuery]", now: "datetime") -> "dict[PastQuery, PastAnswer]":
        """See Transaction."""
        return await past_answers(self._statements, questions, now, self._seal, writes=True)

    async def effect_holds(self, named: "Sequence[str]", proposal_id: str) -> "list[EffectHolder]":
        """See Transaction."""
        return await effects.in_the_way(self._statements, named, proposal_id)

    async def judged(self, proposal_id: str, policy_version: str) -> None:
        """See Transaction."""
        await self._statements.rows(_SQL["judged"], proposal_id, policy_version)

    async def contents(self, proposal_id: str) -> int:
        """See Transaction."""
        return await erasure.contents_of(self._statements, proposal_id)

    async def note(self, proposal_id: str | None, note: "Note", actor: "Actor") -> None:
        """See Transaction."""
        await self._ledger.append(note, actor, proposal_id, None)

    async def draw_sample(self, proposal: "Proposal", event: "SampleDrawn", actor: "Actor") -> None:
        """See Transaction."""
        sample = Sample(
            proposal_id=proposal.id, roles=event.roles, channels=event.channels, nonce=event.nonce, sampled_at=event.at
        )
        await samples.draw(self._statements, proposal, sample)
        await self._ledger.append(event, actor, None, None)
        self._deliveries = True

    async def sample(self, proposal_id: str) -> "Sample | None":
        """See Transaction."""
        return await samples.sampled(self._statements, proposal_id, self._seal)

    async def judge_sample(self, proposal: "Proposal", judged: "SampleJudged", actor: "Actor") -> None:
        """See Transaction."""
        said = Judged(judgement=judged.judgement, by=judged.by, at=judged.at, reason=judged.reason)
        await samples.keep_review(self._statements, proposal, said)
        await self._ledger.append(judged, actor, None, None)
        self._deliveries = True

    async def recent_decisions(self, person: str, since: "datetime", most: int) -> "list[RecentDecision]":
        """See Transaction."""
        return await recent_decisions(self._statements, person, since, most)

    async def drill_counts(self, roles: "Collection[str]", since: "datetime", most: int) -> "dict[str, DrillCounts]":
        """See Transaction."""
        return await drills.counts(self._statements, roles, since, most)

    async def waiting_drills(self) -> list[str]:
        """See Transaction."""
        return await drills.waiting(self._statements)

    async def is_urgent(self, roles: "Collection[str]", now: "datetime", soon: "datetime") -> bool:
        """See Transaction."""
        return await drills.is_urgent(self._statements, roles, now, soon)

    async def refusals_since(self, actor: "Actor", since: "datetime") -> int:
        """See Transaction."""
        (row,) = await self._statements.rows(_ENTRIES["refusals_since"], actor.kind, actor.id, millis(since))
        return int(row["count"])

    async def _tell(self, event: "Event", agent: str, seq: int) -> None:
        """Puts the entry into the agent's stream, if it is told of such."""
        if FOLLOWS[type(event)].agent is not None:
            await self._statements.rows(_STREAM["add"], agent, seq)
            self._notified_agents.add(agent)

    async def _show(self, proposal_id: str, newest: int, now: "datetime") -> None:
        """Enqueues the proposal's cards, and their threads up to an entry; of a damaged one neither can be shown."""
        found, _ = await readable(self._statements, [proposal_id], self._seal)
        for proposal in found:
            for channel in proposal.channels:
                await enqueue(self._statements, proposal, channel, Effect.card, now)
                await enqueue(self._statements, proposal, channel, Effect.thread, now, newest=newest)
                self._deliveries = True

    async def delegators(self, delegate: str, now: "datetime") -> frozenset[str]:
        """See Transaction."""
        return await delegations.delegators(self._statements, delegate, now, self._seal)

    async def delegation(self, delegation_id: str) -> "Delegation | None":
        """See Transaction."""
        return await delegations.find_delegation(self._statements, delegation_id, self._seal)

    async def delegations(self, person: str) -> "list[Delegation]":
        """See Transaction."""
        return await delegations.unended(self._statements, person, self._seal)

    async def keep(self, delegation: "Delegation") -> None:
        """See Transaction."""
        await delegations.write_delegation(self._statements, delegation, self._seal)

    async def stopped(self, agent: str) -> "Stop | None":
        """See Transaction."""
        return await agent_stops.find_stop(self._statements, agent, self._seal)

    async def resumed_meanwhile(self) -> list[str]:
        """See Transaction. Raises RowDamaged for an entry that is not ours."""
        return await testimony.resumed_meanwhile(self._statements, self._seal)

    async def stopped_since_approved(self, proposal: "Proposal") -> bool:
        """See Transaction. Raises RowDamaged for an entry that is not ours."""
        return await testimony.stopped_since_approved(self._statements, proposal.id, proposal.ask.agent, self._seal)

    async def stop(self, stop: "Stop") -> None:
        """See Transaction. Raises Conflict where it was before."""
        await agent_stops.stop(self._statements, stop)

    async def resume(self, agent: str) -> None:
        """See Transaction. Raises Conflict where it was not."""
        await agent_stops.resume(self._statements, agent, self._seal)

    async def enrolment(self, person: str) -> "Enrolment | None":
        """See Transaction. Raises RowDamaged."""
        return await second_factors.attested_enrolment(self._statements, person, self._seal)

    async def enrol(self, person: str, sealed: str, now: "datetime") -> str:
        """See Transaction."""
        return await second_factors.enrol(self._statements, person, sealed, now)

    async def forget_enrolment(self, person: str) -> None:
        """See Transaction."""
        await second_factors.forget(self._statements, person)

    async def reset_request(self, person: str) -> "ResetRequest | None":
        """See Transaction. Raises RowDamaged."""
        return await testimony.reset_request(self._statements, person, self._seal)

    async def take_code(
        self, actor: "Actor", code: str, use: "CodeUse | None", now: "datetime", *, sealed: str | None = None
    ) -> "CodeRefusal | None":
        """See Transaction. Raises RowDamaged."""
        return await second_factors.take_code(self._statements, self._ledger, self._seal, actor, code, use, now, sealed)

    async def tell(self, about: str, channel: str, text: str, now: "datetime") -> None:
        """See Transaction."""
        await self._messages.notify_in(self._statements, about, channel, text, now)

    async def _write(
        self, before: "Proposal | None", proposal: "Proposal", events: "Sequence[Event]", now: "datetime"
    ) -> None:
        if before is None:
            await self._statements.rows(_SQL["insert_proposal"], *proposal_values(proposal))
        elif proposal.erased_at != before.erased_at:
            await erasure.erase(self._statements, before, proposal)
            await self._statements.rows(_SQL["erase_decisions"], proposal.id)
            return
        else:
            await undo_window.retract(self._statements, before, proposal)
            deadline = millis(now) if any(FOLLOWS[type(event)].punctual for event in events) else None
            changed = await self._statements.rows(
                _SQL["update_proposal"],
                *state_values(proposal),
                proposal.id,
                before.version,
                str(before.status),
                deadline,
            )
            if not changed:
                raise Conflict(f"{proposal.id} is no longer at version {before.version}, or its deadline has passed")
        for revision in proposal.revisions[len(before.revisions) if before else 0 :]:
            await self._statements.rows(_SQL["insert_revision"], *revision_values(proposal.id, revision))
        known = len(before.decisions) if before else 0
        for number, decision in enumerate(proposal.decisions[known:], start=known + 1):
            await self._statements.rows(_SQL["insert_decision"], *decision_values(proposal.id, number, decision))
        await _write_questions(self._statements, before, proposal)
        if before is None or proposal.gate != before.gate:
            await self._seat(proposal, replaces=before is not None)
        await self._open_seats(before, proposal)
        if before is not None and proposal.gate.policy_version != before.gate.policy_version:
            await self.judged(proposal.id, proposal.gate.policy_version)
        await undo_window.watch(self._statements, before, proposal)
        await remember(self._statements, before, proposal)

    async def _open_seats(self, before: "Proposal | None", proposal: "Proposal") -> None:
        """Notes which roles could still help, where that is another thing than the rows have."""
        if proposal.status is not Status.pending:
            return
        kept = before is not None and proposal.gate == before.gate
        known = open_roles(before) if before is not None and kept else proposal.gate.asked
        useful = open_roles(proposal)
        if useful != known:
            await self._statements.rows(_SQL["open_seats"], proposal.id, encode_json(sorted(useful)))

    async def _seat(self, proposal: "Proposal", *, replaces: bool) -> None:
        gate = proposal.gate
        if replaces:
            await self._statements.rows(_SQL["vacate_seats"], proposal.id)
            await self._statements.rows(_SQL["readmit"], proposal.id)
        times = (millis(proposal.created_at), millis(proposal.resolved_at or proposal.expires_at))
        for role in sorted(gate.asked):
            own = role in gate.roles and role in gate.self_review
            await self._statements.rows(_SQL["seat"], proposal.id, role, int(own), *times)
        for person in sorted(gate.excluded):
            await self._statements.rows(_SQL["exclude"], proposal.id, person, *times)


async def _write_questions(statements: "Statements", before: "Proposal | None", proposal: "Proposal") -> None:
    """Writes what was asked and replied since `before`. Raises Conflict for a second reply."""
    for was, each in zip_longest(before.questions if before else (), proposal.questions):
        if was == each:
            continue
        if was is None:
            asked = (each.text, each.asked_by, millis(each.asked_at))
            await statements.rows(_QUESTIONS["ask"], proposal.id, each.number, *asked)
        if each.reply is not None:
            replied = (each.reply, millis_or_none(each.replied_at), each.digest)
            if not await statements.rows(_QUESTIONS["reply"], proposal.id, each.number, *replied):
                raise Conflict(f"question {each.number} of {proposal.id} has a reply already")
