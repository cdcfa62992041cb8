"""Ports: what the lifecycle needs from the other rooms. Protocols alone; nothing here does anything."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeVar

from approvals.gate import Tier

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Coroutine, Mapping, Sequence
    from datetime import datetime

    from approvals.agent_stop import Stop
    from approvals.card_sharing import CardSharing, OpenBatch, Traffic
    from approvals.decision import Verdict
    from approvals.delegation import Delegation
    from approvals.digest import JSON
    from approvals.effect_holds import EffectHolder
    from approvals.effects import AgentEvent, Effect
    from approvals.events import Actor, Event, Note, PolicyBegun, SampleDrawn, SampleJudged
    from approvals.fatigue import FatigueTerms, RecentDecision
    from approvals.gate import Gate
    from approvals.past import PastAnswer, PastQuery
    from approvals.plants import DrillCounts, DrillTerms
    from approvals.proposal import Action, Ask, Proposal
    from approvals.refusals import CodeRefusal, Fault
    from approvals.remembered.approval import RememberedApproval
    from approvals.remembered.decision import RememberedDecision, RememberedEnding
    from approvals.remembered.rejection import RememberedRejection
    from approvals.sample import Sample
    from approvals.second_factor import CodeUse, Enrolment, ResetRequest


T = TypeVar("T")
SWEEP_SIZE = 500
"""How many of a kind one sweep asks the store for at most; the next takes the rest."""


class StoreBusy(Exception):
    """The store could not answer in time; nothing was changed. Try again in a second."""


class PolicyReplaced(StoreBusy):
    """Another process has put a newer policy in force than ours, which decides nothing any more. Try again soon."""


class Damaged(Exception):
    """What is stored is not what was written; it is never served, and nothing runs on its word.

    `agent` is whose it seems to be: nobody else may learn that there is such a proposal.
    """

    def __init__(self, what: str = "", agent: str | None = None) -> None:
        super().__init__(what)
        self.agent = agent


class WorkLimit(Exception):
    """It took more time or memory than it may; what it would have said is not known."""


class WorkRefused(StoreBusy):
    """Nobody could begin it in time: too much waits, or no process can be started. Try again in a second."""


class Elsewhere(Protocol):
    """Where long work is done, so that nobody waits for it but whoever asked."""

    async def run(self, function: "Callable[..., T]", *args: Any, who: str | None = None) -> "T":
        """What the function gives; `who` is whose work it is. Raises WorkLimit, WorkRefused."""
        ...


class Clock(Protocol):
    """Where the time comes from."""

    def now(self) -> "datetime":
        """Aware UTC, whole milliseconds."""
        ...


class Ids(Protocol):
    """Where ids and secrets of cards come from."""

    def proposal_id(self) -> str:
        """`prp_` and a UUIDv7 in hex."""
        ...

    def nonce(self) -> str:
        """At least 96 random bits, URL-safe."""
        ...

    def delegation_id(self) -> str:
        """`dlg_` and at least 96 random bits."""
        ...


class Randomness(Protocol):
    """Where chance comes from."""

    def draw(self) -> float:
        """From 0 up to, but not including, 1, evenly; no agent can foresee or influence it."""
        ...


class Groups(Protocol):
    """Where it is known who is in which user group."""

    async def members(self, groups: "Collection[str]") -> "Mapping[str, frozenset[str]]":
        """The members of each that can be looked up now; what cannot is left out. It takes two seconds at most."""
        ...


class Policy(Protocol):
    """The written policy, as far as proposals are judged by it."""

    @property
    def version(self) -> str:
        """Names the policy's content: the same text, the same version."""
        ...

    @property
    def drills(self) -> "DrillTerms | None":
        """What may be planted, and how much; None: nothing."""
        ...

    def allows(self, agent: str, action: str) -> bool:
        """Whether the agent's entry names the action."""
        ...

    def pending_limit(self, agent: str) -> int:
        """How many of the agent's proposals may wait at once."""
        ...

    def may_call_back(self, agent: str, url: str) -> bool:
        """Whether the agent's entry names the URL among those where it may be called back."""
        ...

    def questions(self, ask: "Ask", action: "Action") -> "tuple[PastQuery, ...]":
        """What has to be known of the past before the action can be judged."""
        ...

    def judge(
        self,
        ask: "Ask",
        revisions: "Sequence[Action]",
        known: "Mapping[PastQuery, PastAnswer]",
        *,
        at_least: Tier = Tier.auto,
        before: "Gate | None" = None,
        groups: "Mapping[str, frozenset[str]]" = ...,
    ) -> "Gate":
        """The gate of all rules that match any of the revisions; the default where none ever did.

        `known` answers the questions of the last revision; a question without an answer makes its rule apply. Rules
        that asked about the past and applied in the gate `before` go on applying: time must not loosen.

        `groups` has the members of the user groups that could be looked up, of those that `groups_of` names. What
        stood in because of one goes on where it is not among them.

        `at_least` raises the tier: people who were asked stay asked, and a gate raised to `approve` that names no
        role takes the default's.
        """
        ...

    def groups_of(self, agent: str) -> "tuple[str, ...]":
        """The user groups whose members have to be known to judge who decides what the agent proposes."""
        ...

    def channel_of(self, role: str) -> str | None:
        """The channel of a role; None if there is no such role."""
        ...

    def stoppers(self, agent: str) -> "frozenset[str] | None":
        """Who may stop the agent: its owner and the operators; None if there is no such agent."""
        ...

    @property
    def operators(self) -> frozenset[str]:
        """The people who run Signoff; they alone may resume an agent."""
        ...

    def could_decide(self, user: str, roles: "Collection[str]") -> bool:
        """Whether the person is in one of the roles by its text, or may be by a user group."""
        ...

    def fatigue(self, roles: "Collection[str]") -> "tuple[FatigueTerms, ...]":
        """What those of the roles that say so take for tired."""
        ...

    def named(self, roles: "Collection[str]") -> "Mapping[str, frozenset[str]]":
        """Everybody whom the text names in one of the roles, with those of them; nobody of a user group."""
        ...

    def faults(self, ask: "Ask", action: "Action") -> "tuple[Fault, ...] | Examination":
        """What the operator's schema for the action, and the agent's own, say against the payload.

        Where that may take long, what has to be asked elsewhere.
        """
        ...


class RejectionLookup(Protocol):
    """Whoever can tell which rejections are remembered."""

    async def rejecting(self, agent: str, digest: str, now: "datetime") -> "RememberedRejection | None":
        """What rejects this of the agent at that moment; of several the one that ends last."""
        ...


class RememberedBook(RejectionLookup, Protocol):
    """The remembered decisions, within one write. Each begin, end and use of an approval has its entry and shows."""

    async def begin(self, decision: "RememberedApproval | RememberedRejection", actor: "Actor") -> None:
        """Keeps a new one."""
        ...

    async def find(self, verdict: "Verdict", proposal_id: str) -> "RememberedDecision":
        """Open or ended; raises NotFound."""
        ...

    async def approvals(self, agent: str, action: str) -> "list[RememberedApproval]":
        """Those of the agent's action that have not ended, oldest first; only what sealed entries vouch for."""
        ...

    async def behind(self, proposal_id: str) -> "list[RememberedDecision]":
        """The open approvals that came from the proposal or approved it, as their entries alone tell them."""
        ...

    async def use(
        self,
        approval: "RememberedApproval",
        proposal_id: str,
        actor: "Actor",
        *,
        until: "datetime",
        most: int,
        now: "datetime",
    ) -> "RememberedApproval | None":
        """Counts one more, for the proposal; None if it ended, is used up, or its time is over.

        `until` and `most` are what the present policy leaves of it. The guard is in SQL.
        """
        ...

    async def reject(self, agent: str, digest: str, now: "datetime") -> "RememberedRejection | None":
        """Counts one more that `rejecting` finds, in the same write that finds it."""
        ...

    async def end(
        self, decision: "RememberedDecision", why: "RememberedEnding", by: str | None, actor: "Actor", now: "datetime"
    ) -> bool:
        """Ends it for good; False if it had ended, or if a person comes later than its time."""
        ...


class Step(NamedTuple):
    """An event, and the proposal as it leaves it."""

    event: "Event"
    proposal: "Proposal"


class PolicyInForce(NamedTuple):
    """The policy that decides, in every process."""

    number: int
    """Grows with each that comes into force, be it one that was before."""
    version: str


class Transaction(Protocol):
    """One write: everything in it happens, or nothing does."""

    @property
    def remembered(self) -> RememberedBook:
        """The remembered decisions."""
        ...

    async def load(self, proposal_id: str) -> "Proposal":
        """The proposal, locked until the end of the transaction; raises NotFound."""
        ...

    async def policy_in_force(self, version: str | None = None) -> PolicyInForce | None:
        """The policy that came into force last, or of one version when that last did; None if none did."""
        ...

    async def begin_policy(self, event: "PolicyBegun", actor: "Actor") -> PolicyInForce:
        """Puts it in force, in every process."""
        ...

    async def by_key(self, agent: str, idempotency_key: str) -> "Proposal | None":
        """The proposal that the agent submitted under this key."""
        ...

    async def pending_count(self, agent: str, now: "datetime") -> int:
        """How many of the agent's proposals wait, without those whose deadline has passed."""
        ...

    async def batch_of(self, proposal_id: str) -> tuple[str, ...]:
        """The ids of all in the batch that the proposal is in, its lead first; empty if it is in none."""
        ...

    async def open_batches(self, proposal: "Proposal", now: "datetime") -> "tuple[OpenBatch, ...]":
        """Batches for such a proposal with room by their own rules and somebody waited for, the newest first."""
        ...

    async def traffic(self, agent: str, channel: str, now: "datetime") -> "Traffic":
        """What the agent has in the channel, on a flood or still to be posted."""
        ...

    async def record(
        self,
        before: "Proposal | None",
        steps: "Sequence[Step]",
        actor: "Actor",
        now: "datetime",
        sharing: "CardSharing",
    ) -> None:
        """Writes the row as the last step leaves it, who shares whose card, an audit entry a step and the outbox rows.

        `record.record` decides on the cards and calls this; nothing else should. With the row go the effects that it
        holds: of each there is one, and a second is Conflict.

        The row changes only if it is still at `before.version` and, for a verdict, an edit, a claim, only if its
        deadline is after `now`: the guard in SQL behind the one in Python. A failed guard is Conflict.
        """
        ...

    async def answers(self, questions: "Sequence[PastQuery]", now: "datetime") -> "dict[PastQuery, PastAnswer]":
        """What is known of the past, as this transaction sees it, without what a question sets itself apart from."""
        ...

    async def effect_holds(self, named: "Sequence[str]", proposal_id: str) -> "list[EffectHolder]":
        """What stands in the way of a proposal with these effects: who holds one of them, or did it first."""
        ...

    async def judged(self, proposal_id: str, policy_version: str) -> None:
        """Notes that the proposal was judged under this policy, whether or not that changed its gate."""
        ...

    async def note(self, proposal_id: str | None, note: "Note", actor: "Actor") -> None:
        """Writes an audit entry that changes no proposal."""
        ...

    async def contents(self, proposal_id: str) -> int:
        """How many entries about the proposal have something that agents or people wrote."""
        ...

    async def draw_sample(self, proposal: "Proposal", event: "SampleDrawn", actor: "Actor") -> None:
        """Keeps that the proposal is to be looked over, with its audit entry, and enqueues the cards for it.

        The proposal itself does not change, nor does anyone who waits for it wake.
        """
        ...

    async def sample(self, proposal_id: str) -> "Sample | None":
        """What was drawn, locked until the end of the transaction."""
        ...

    async def judge_sample(self, proposal: "Proposal", judged: "SampleJudged", actor: "Actor") -> None:
        """Keeps what a person thinks of it, once, with its audit entry; a second time is Conflict."""
        ...

    async def recent_decisions(self, person: str, since: "datetime", most: int) -> "list[RecentDecision]":
        """The person's decisions after a moment, the newest first; so many at most."""
        ...

    async def drill_counts(self, roles: "Collection[str]", since: "datetime", most: int) -> "Mapping[str, DrillCounts]":
        """Of each role what people were asked since a moment, counted up to `most`, and the drills among it."""
        ...

    async def waiting_drills(self) -> list[str]:
        """Ids of the drills that wait."""
        ...

    async def is_urgent(self, roles: "Collection[str]", now: "datetime", soon: "datetime") -> bool:
        """Whether people of the roles have something to see to first.

        It is due by `soon`, was reminded of or escalated, waits for the operators, or went wrong.
        """
        ...

    async def refusals_since(self, actor: "Actor", since: "datetime") -> int:
        """How many refusals of this actor were noted since."""
        ...

    async def delegators(self, delegate: str, now: "datetime") -> "Collection[str]":
        """Whose place the person may take at this moment, as delegations go that are in force."""
        ...

    async def delegation(self, delegation_id: str) -> "Delegation | None":
        """One delegation."""
        ...

    async def delegations(self, person: str) -> "list[Delegation]":
        """What the person gave or was given and nobody has put down as ended, oldest first."""
        ...

    async def keep(self, delegation: "Delegation") -> None:
        """Writes a delegation that began, or that one has ended."""
        ...

    async def stopped(self, agent: str) -> "Stop | None":
        """How the agent was stopped, if it is: for itself, or with everything; EVERYTHING for whether that is."""
        ...

    async def resumed_meanwhile(self) -> list[str]:
        """The agents that were resumed since everything was stopped."""
        ...

    async def stopped_since_approved(self, proposal: "Proposal") -> bool:
        """Whether its agent was stopped, or everything, after it was approved, also where that was resumed since."""
        ...

    async def stop(self, stop: "Stop") -> None:
        """Keeps that an agent is stopped: from then on the schema takes no proposal and no claim of it."""
        ...

    async def resume(self, agent: str) -> None:
        """Forgets that it is stopped."""
        ...

    async def enrolment(self, person: str) -> "Enrolment | None":
        """The person's second factor, if they have one."""
        ...

    async def enrol(self, person: str, sealed: str, now: "datetime") -> str:
        """Keeps it, as its secret is sealed; the digest of that."""
        ...

    async def forget_enrolment(self, person: str) -> None:
        """Takes it away."""
        ...

    async def reset_request(self, person: str) -> "ResetRequest | None":
        """That an operator asked for its reset, and nothing came of that yet."""
        ...

    async def take_code(
        self, actor: "Actor", code: str, use: "CodeUse | None", now: "datetime", *, sealed: str | None = None
    ) -> "CodeRefusal | None":
        """Counts a code of the person, once ever, with an entry that says for what; or gives why it does not count.

        What is refused is counted too, as long as the transaction is kept: so the refusal is given and not raised.
        With `sealed` it is a code of the secret that is to be enrolled.
        """
        ...

    async def tell(self, about: str, channel: str, text: str, now: "datetime") -> None:
        """Enqueues a text as a notice in a channel, once for all that it is `about`."""
        ...


class Conflict(Exception):
    """The row was no longer what the transaction had loaded; nothing was written."""


class Store(Protocol):
    """The database, as the lifecycle sees it."""

    async def transact(self, verb: "Callable[[Transaction], Coroutine[Any, Any, T]]", digest: str | None = None) -> "T":
        """What the verb gives, done in one write: committed at its end, undone on any exception. Raises StoreBusy.

        The verb awaits its transaction and nothing else: others wait for it, and it may be done on another thread.
        `digest` is that of the action of which it will ask who said no: that is asked at once for all who wait.
        """
        ...

    async def find(self, proposal_id: str) -> "Proposal | None":
        """Reads without locking."""
        ...

    async def effect_holds(self, named: "Sequence[str]", proposal_id: str) -> "list[EffectHolder]":
        """See Transaction."""
        ...

    async def answers(self, questions: "Sequence[PastQuery]", now: "datetime") -> "dict[PastQuery, PastAnswer]":
        """What is known of the past, without locking: for looking ahead."""
        ...

    async def due(self, now: "datetime", limit: int) -> "list[str]":
        """Ids of proposals to which time has done something by now, longest overdue first."""
        ...

    async def show_claimable(self, now: "datetime", limit: int) -> None:
        """Enqueues the cards of what can be claimed by now, once: nobody can take its approval back any more."""
        ...

    async def to_rejudge(self, policy_version: str) -> "list[str]":
        """Ids of what is pending and was not judged under this policy yet, and of all that is approved and unclaimed.

        What may run without another look at it is judged at every start, whatever is noted of it.
        """
        ...

    async def policy_in_force(self) -> PolicyInForce | None:
        """See Transaction; without locking."""
        ...

    async def waiting_drills(self) -> list[str]:
        """See Transaction; without locking."""
        ...

    async def remembered_approvals(self) -> "list[str]":
        """Ids of the proposals whose remembered approvals have not ended."""
        ...

    async def recent_decisions(self, person: str, since: "datetime", most: int) -> "list[RecentDecision]":
        """See Transaction; without locking."""
        ...

    async def has_second_factor(self, person: str) -> bool:
        """Whether the person has one."""
        ...

    async def stranded(self, agent: str | None = None) -> list[str]:
        """Ids of what is pending or unclaimed although its agent is stopped, oldest first; of one agent or of all.

        So is what is open and not suspended while everything is stopped, and what is suspended and need be no longer.
        """
        ...

    async def rejecting(self, agent: str, digest: str, now: "datetime") -> "RememberedRejection | None":
        """See RejectionLookup; without locking."""
        ...

    async def remembered_over(self, now: "datetime", limit: int) -> "list[tuple[Verdict, str]]":
        """Of which remembered decisions the time is over and nobody has put down that they ended, longest first."""
        ...

    async def delegations_over(self, now: "datetime", limit: int) -> "list[str]":
        """Ids of delegations whose time is over and that nobody has put down as ended, longest first."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a proposal's history, to be worded where it is shown."""

    tag: str
    facts: "dict[str, JSON]"
    actor: "Actor"
    at: "datetime"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One thing to get out: a proposal's card, or its waiting thread lines, for one channel."""

    id: int
    kind: "Effect"
    subject: str
    """The proposal's id; of a notice what it is about, of direct messages the person."""
    channel: str
    attempts: int
    version: int
    """Grows when the same delivery is enqueued again; completing an older one leaves the newer waiting."""
    lines: tuple[Line, ...] = field(default=())
    why: str | None = None
    """For an alert: what could not be delivered, and where."""


class Outbox(Protocol):
    """What waits to leave, as the courier sees it."""

    async def lease(self, now: "datetime", seconds: float, busy: "Collection[str]" = ()) -> Delivery | None:
        """Takes the most urgent of what is due outside the `busy` channels; None if nothing is.

        Per proposal and channel one at a time, card before thread; cards of what is pending come first, then the
        soonest deadline. A lease ends by itself after `seconds`.
        """
        ...

    async def complete(self, delivery: Delivery) -> None:
        """It is out. If it was enqueued again meanwhile, the newer stays due."""
        ...

    async def postpone(self, delivery: Delivery, until: "datetime", why: str, *, failed: bool) -> None:
        """Tries again later; `failed` counts the attempt, waiting for a rate limit does not."""
        ...

    async def dead_letter(self, delivery: Delivery, why: str, *, tell: str | None) -> None:
        """Gives up until a person looks, and enqueues an `alert` delivery to the channel `tell`.

        Dead letters show in readiness and metrics, and come due again when they are enqueued again or requeued. One
        that was requeued and is given up at once for the same reason is not told again.
        """
        ...

    async def requeue(self, channel: str | None = None) -> int:
        """Makes dead letters due again, of one channel or all, as at a start after a repair; how many."""
        ...

    async def next_due(self, busy: "Collection[str]" = ()) -> "datetime | None":
        """When the next waiting delivery outside the `busy` channels falls due; None if none waits."""
        ...

    async def until_enqueued(self) -> None:
        """Returns once a commit of this process has added deliveries since the last return."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Examination:
    """What has to be asked."""

    key: tuple[str, ...]
    """Names the schemas and the payload: the same key, the same answer."""
    function: "Callable[..., tuple[Fault, ...]]"
    args: tuple[Any, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Callback(Delivery):
    """A tiding on its way to an address. Its `channel` is the receiver's lane: one at a time goes there."""

    event: str
    """The id of the audit entry that it tells of: the same at every attempt."""
    agent_event: "AgentEvent"
    at: "datetime"
    """When it happened."""
    agent: str
    url: str


class Callbacks(Outbox, Protocol):
    """What waits to be told to agents. `lease` gives a Callback, and no two of one proposal at once."""

    async def stop(self, callback: Callback, why: str) -> None:
        """The receiver wants no more of this proposal: this one, what waits, and whatever would follow."""
        ...
