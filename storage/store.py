"""SQL store: the ports, implemented once over whichever database."""

from typing import TYPE_CHECKING, Any, TypeVar

from approvals.effects import Effect
from approvals.ports import StoreBusy
from approvals.refusals import NotFound
from storage import drills, effects, undo_window
from storage.agent_stops import Stops
from storage.agent_stream import Stream
from storage.audit import testimony
from storage.audit.attest import entry_from, erased_up_to
from storage.audit.contents import require_contents
from storage.audit.hash_chain import with_faults
from storage.audit.log import NEWEST, Audit
from storage.audit.patrol import Patrol
from storage.callbacks import SqlCallbacks
from storage.compare import differences
from storage.delegations import Delegations
from storage.engine.database import reads, writes
from storage.engine.errors import RowDamaged
from storage.engine.queries import queries
from storage.erasure import Erasures
from storage.export_cursors import ExportCursors
from storage.listing.feedback import FeedbackReads
from storage.listing.insights import Insights
from storage.listing.reads import Reads
from storage.listing.stats import Counting
from storage.messages.batches import Batches
from storage.messages.direct import Direct
from storage.messages.floods import Floods
from storage.messages.forms import Forms
from storage.messages.message import Messages
from storage.messages.modals import Modals
from storage.messages.outbox import SqlOutbox, enqueue
from storage.messages.samples import Samples
from storage.pace import recent_decisions
from storage.past import budget_standing, past_answers
from storage.policy_texts import PolicyTexts
from storage.presence import OwnRoll, Presence
from storage.proposals import fetched, readable
from storage.remembered import RememberedReads
from storage.rows import from_milliseconds, millis
from storage.second_factors import Factors
from storage.transaction import SqlTransaction
from storage.wakeups import Signals

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine, Sequence
    from datetime import datetime

    from approvals.decision import Verdict
    from approvals.effect_holds import EffectHolder
    from approvals.fatigue import RecentDecision
    from approvals.past import PastAnswer, PastQuery
    from approvals.ports import Clock, PolicyInForce
    from approvals.proposal import Proposal
    from approvals.remembered.rejection import RememberedRejection
    from storage.audit.hash_chain import Entry
    from storage.audit.log import Seal
    from storage.compare import RowDifference
    from storage.engine.database import Database, Statements
    from storage.presence import Roll

T = TypeVar("T")

_SQL = queries("proposals")
_ENTRIES = queries("entries")


class SqlStore:
    """See Store. The seal key stays in memory; it is never written."""

    def __init__(self, database: "Database", seal: "Seal", clock: "Clock", roll: "Roll | None" = None) -> None:
        self.presence = Presence(roll or OwnRoll())
        self._database = database
        self._seal = seal
        self.damage = seal.damage
        self.signals = Signals()
        self.outbox = SqlOutbox(database, self.signals)
        self.messages = Messages(database, self.signals, clock, seal)
        self.batches = Batches(database, seal)
        self.floods = Floods(database, seal)
        self.forms = Forms(database, seal)
        self.modals = Modals(database, seal)
        self.callbacks = SqlCallbacks(database, self.messages)
        self.samples = Samples(database, seal)
        self.delegations = Delegations(database, seal)
        self.stops = Stops(database, seal)
        self.policy_texts = PolicyTexts(database)
        self.factors = Factors(database, seal)
        self.direct = Direct(database, self.signals)
        self.reads = Reads(database, seal)
        self.feedback = FeedbackReads(database, seal)
        self.stream = Stream(database, self.signals, seal)
        self.counting = Counting(database)
        self.insights = Insights(database)
        self.erasures = Erasures(database)
        self.exports = ExportCursors(database)
        self.remembered = RememberedReads(database, seal)
        self.audit = Audit(database, seal.key)
        self.patrol = Patrol(self.audit, seal)

    async def transact(
        self, verb: "Callable[[SqlTransaction], Coroutine[Any, Any, T]]", digest: str | None = None
    ) -> T:
        """See Store."""
        return await self._database.write(lambda statements: verb(self._transaction(statements)), digest)

    def _transaction(self, statements: "Statements") -> SqlTransaction:
        return SqlTransaction(statements, self._seal, self.signals, self.messages, self.callbacks)

    @reads
    async def find(self, statements: "Statements", proposal_id: str) -> "Proposal | None":
        """See Store. Raises RowDamaged."""
        found = await fetched(statements, [proposal_id], self._seal)
        return found[0] if found else None

    @reads
    async def present(self, statements: "Statements", ids: "Sequence[str]") -> "list[Proposal]":
        """Those of some proposals that are there and whole."""
        return (await readable(statements, ids, self._seal))[0]

    @reads
    async def with_entries(self, statements: "Statements", proposal_id: str) -> "tuple[Proposal, list[Entry]]":
        """The proposal and all its entries, of one moment. Raises NotFound; RowDamaged unless these vouch for it."""
        found = await fetched(statements, [proposal_id], self._seal)
        entries = [entry_from(row) for row in await statements.rows(_ENTRIES["of_proposal"], proposal_id, 0, NEWEST)]
        if not found:
            raise NotFound(proposal_id)
        for entry, what in with_faults(entries, self._seal.key):
            if what:
                raise RowDamaged(f"entries {entry.seq}", what)
        require_contents(entries, erased_up_to(entries))
        return found[0], entries

    @reads
    async def answers(
        self, statements: "Statements", questions: "Sequence[PastQuery]", now: "datetime"
    ) -> "dict[PastQuery, PastAnswer]":
        """See Store."""
        return await past_answers(statements, questions, now, self._seal, writes=False)

    @reads
    async def budget_standing(
        self, statements: "Statements", budget: "PastQuery", now: "datetime"
    ) -> "dict[str, PastAnswer]":
        """What counts now in each group of a budget, by the group; whatever group the question names."""
        return await budget_standing(statements, budget, now, self._seal)

    @reads
    async def effect_holds(
        self, statements: "Statements", named: "Sequence[str]", proposal_id: str
    ) -> "list[EffectHolder]":
        """See Transaction."""
        return await effects.in_the_way(statements, named, proposal_id)

    @reads
    async def due(self, statements: "Statements", now: "datetime", limit: int) -> list[str]:
        """See Store."""
        return [row["id"] for row in await statements.rows(_SQL["due"], millis(now), limit)]

    @reads
    async def next_due(self, statements: "Statements") -> "datetime | None":
        """The earliest moment at which time does something to a proposal; None if it never does."""
        found = await statements.rows(_SQL["next_due"])
        return from_milliseconds(found[0]["due_at"]) if found else None

    @reads
    async def to_rejudge(self, statements: "Statements", policy_version: str) -> list[str]:
        """See Store."""
        # Which policy a row was judged under is believed only where the log tells that it judged all that waited.
        known = await testimony.policy_that_judged(statements, self._seal) == policy_version
        return [row["id"] for row in await statements.rows(_SQL["to_rejudge"], policy_version, int(known))]

    @reads
    async def policy_in_force(self, statements: "Statements") -> "PolicyInForce | None":
        """See Store. Raises RowDamaged."""
        return await testimony.policy_in_force(statements, self._seal)

    async def show_claimable(self, now: "datetime", limit: int) -> None:
        """See Store."""
        if await self._database.read(lambda statements: undo_window.newly_claimable(statements, now, 1)):
            await self._show_claimable(now, limit)

    @writes
    async def _show_claimable(self, statements: "Statements", now: "datetime", limit: int) -> None:
        ids = await undo_window.newly_claimable(statements, now, limit)
        proposals, _ = await readable(statements, ids, self._seal)
        for proposal in proposals:
            for channel in proposal.channels:
                await enqueue(statements, proposal, channel, Effect.card, now)
        await undo_window.show_claimable(statements, ids)
        statements.after_commit(lambda: self.signals.announce({}, deliveries=True))

    @reads
    async def waiting_drills(self, statements: "Statements") -> list[str]:
        """See Store."""
        return await drills.waiting(statements)

    async def remembered_approvals(self) -> list[str]:
        """See Store."""
        return await self.remembered.approvals()

    async def rejecting(self, agent: str, digest: str, now: "datetime") -> "RememberedRejection | None":
        """See Store."""
        return await self.remembered.rejecting(agent, digest, now)

    async def remembered_over(self, now: "datetime", limit: int) -> "list[tuple[Verdict, str]]":
        """See Store."""
        return await self.remembered.over(now, limit)

    async def delegations_over(self, now: "datetime", limit: int) -> list[str]:
        """See Store."""
        return await self.delegations.over(now, limit)

    @reads
    async def recent_decisions(
        self, statements: "Statements", person: str, since: "datetime", most: int
    ) -> "list[RecentDecision]":
        """See Store."""
        return await recent_decisions(statements, person, since, most)

    async def has_second_factor(self, person: str) -> bool:
        """See Store. Raises RowDamaged."""
        return await self.factors.of(person) is not None

    async def stranded(self, agent: str | None = None) -> list[str]:
        """See Store."""
        return await self.stops.stranded(agent)

    async def changed(self, proposal_id: str, version: int) -> "Proposal":
        """The proposal as soon as it is at a version above `version`. Raises NotFound.

        A commit between the caller's own reading and this call is not missed: who waits is known before we look. A
        later one hands over what it wrote, so that a thousand who wait need not read the same.
        """
        waiting = self.signals.watch(proposal_id, version)
        try:
            found = await self._database.read(lambda statements: statements.rows(_SQL["version"], proposal_id))
            if found and found[0]["version"] <= version:
                return await waiting
        finally:
            self.signals.forget(proposal_id, waiting)
        if (present := await self.find(proposal_id)) is None:
            raise NotFound(proposal_id)
        return present

    def any_changed(self) -> "Awaitable[None]":
        """Done at the next commit that changes any proposal, counted from this call: ask, look, then await."""
        return self.signals.any_changed()

    async def differences(self, report: "Callable[[int], None] | None" = None) -> "list[RowDifference]":
        """Every row that is not what its sealed entries tell, and every entry without the row it should have.

        `report` hears how many proposals have been compared so far.
        """
        return await differences(self._database, self._seal, report)

    async def health(self) -> str | None:
        """None if the store can be written to, else what is wrong."""
        try:
            await self._database.write(_nothing)
        except StoreBusy as busy:
            return str(busy)
        return None


async def _nothing(statements: "Statements") -> None:
    """A transaction that changes nothing."""
    del statements
