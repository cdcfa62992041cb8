"""Scratch world of one guarantee: a database of its own, the policy, made-up people in its roles, a clock to move."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

from approvals.decision import Attestation
from approvals.gate import Gate, Tier
from approvals.lifecycle import Lifecycle, Submission
from approvals.moves.confirmation import words
from approvals.past import PastAnswer
from approvals.proposal import Action, Ask, Proposal, Status
from approvals.refusals import Refusal
from approvals.reviewer import Reviewer
from bot.cli.policies.example_proposal import examples
from bot.clock import SystemClock
from bot.ids import RandomIds, SystemRandomness
from policy import LoadedPolicy
from policy.file.parse import parse_policy
from policy.file.yaml_file import read_yaml
from storage import SqlStore, open_store

KEY = bytes(range(32))
"""Seals the scratch logs alone."""
TEAM = "T0SCRATCH"
STRANGER = Reviewer(user="U0STRANGER", team=TEAM, name="Stranger")
MOST = 500
"""So many examples are judged at most to find those that a guarantee needs."""


class Broken(Exception):
    """The guarantee does not hold: what happened, a sentence without a full stop."""


class NotApplicable(Exception):
    """The policy has nothing on which the guarantee could be tried: why, a sentence without a full stop."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """Something that an agent of the policy may propose, and what the policy makes of it."""

    agent: str
    action: Action
    gate: Gate
    people: tuple[Reviewer, ...]
    """Who fills its gate together, in turn; empty where it asks nobody."""


class MovedClock:
    """The machine's time when it was made, and from then on where it is moved."""

    def __init__(self, at: datetime | None = None) -> None:
        self.at = at or SystemClock().now()

    def now(self) -> datetime:
        """Aware UTC."""
        return self.at

    def forward(self, to: datetime) -> None:
        """Moves on to a moment, never back."""
        self.at = max(self.at, to)


def candidates(policy: LoadedPolicy, path: Path) -> tuple[Candidate, ...]:
    """What its agents may propose, as far as the rules tell; none twice that comes to the same."""
    book, _ = parse_policy(read_yaml(path).value)
    found: dict[tuple[object, ...], Candidate] = {}
    made = ((name, *each) for name in policy.agents for each in examples(book, book.agents[name], path.parent))
    for agent, name, payload in islice(made, MOST):
        action = Action(name=name, payload=payload)
        ask = _ask(agent)
        if not policy.allows(agent, name) or policy.all_faults(ask, action):
            continue
        gate = policy.judge(ask, [action], dict.fromkeys(policy.questions(ask, action), PastAnswer()))
        people = tuple(_people(policy, gate))
        asks = gate.tier is Tier.approve and gate.quorum_unreachable is None
        if asks and not people:
            continue
        key = (agent, gate.tier, gate.roles, gate.approvals, gate.edit, gate.excluded, gate.confirmation)
        found.setdefault(key, Candidate(agent=agent, action=action, gate=gate, people=people if asks else ()))
    return tuple(found.values())


def members(policy: LoadedPolicy) -> dict[str, Reviewer]:
    """Everybody whom the roles name, and for each user group somebody made up, with all their roles."""
    roles: dict[str, set[str]] = {}
    for name, role in policy.roles.items():
        for user in (*role.members, *(f"U0OF{group}" for group in role.groups)):
            roles.setdefault(user, set()).add(name)
    return {
        user: Reviewer(user=user, team=TEAM, name=user, roles=frozenset(held), proof=tuple(sorted(held)))
        for user, held in sorted(roles.items())
    }


def _people(policy: LoadedPolicy, gate: Gate) -> "Iterator[Reviewer]":
    """Those who fill the gate, one for each place; nobody where there are too few."""
    free = [each for each in members(policy).values() if each.user not in gate.excluded]
    chosen = []
    for role in sorted(gate.roles, key=lambda role: sum(role in each.roles for each in free)):
        for _ in range(gate.approvals):
            able = [each for each in free if role in each.roles]
            if not able:
                return
            chosen.append(min(able, key=lambda each: len(each.roles & set(gate.roles))))
            free.remove(chosen[-1])
    yield from chosen


def _ask(agent: str, **more: str) -> Ask:
    return replace(Ask(agent=agent, reasoning="Tried by signoff verify, in a scratch database."), **more)  # type: ignore[arg-type]  # texts alone


@dataclass(slots=True, kw_only=True)
class World:
    """A scratch database under the policy, and what can be done there."""

    policy: LoadedPolicy
    path: Path
    """Of the policy file."""
    folder: Path
    store: SqlStore
    lifecycle: Lifecycle
    clock: MovedClock
    found: tuple[Candidate, ...]
    claimed: list[str] = field(default_factory=list)

    @property
    def database(self) -> Path:
        """The file."""
        return self.folder / "scratch.db"

    def one(self, why_not: str, fits: "Callable[[Candidate], bool]") -> Candidate:
        """The first that fits; raises NotApplicable with why there is none."""
        for each in self.found:
            if fits(each):
                return each
        raise NotApplicable(why_not)

    def asking(self) -> Candidate:
        """One for which people are asked who are there."""
        return self.one("no agent may propose anything for which the rules ask people who are there", asks)

    async def proposed(self, candidate: Candidate, **more: str) -> Proposal:
        """A proposal of it."""
        made, _ = await self.lifecycle.submit(Submission(action=candidate.action, ask=_ask(candidate.agent, **more)))
        return made

    async def approve(self, proposal: Proposal, reviewer: Reviewer, *, nonce: str | None = None) -> Proposal:
        """As by a click with all that it takes."""
        typed = Attestation(typed=[each.text for each in words(proposal)])
        return await self.lifecycle.approve(
            proposal.id, reviewer, proposal.nonce if nonce is None else nonce, attestation=typed
        )

    async def approved(self, candidate: Candidate) -> Proposal:
        """A proposal that all approved who have to, ready to be claimed. Raises Broken."""
        proposal = await self.proposed(candidate)
        for person in candidate.people:
            if proposal.status is Status.pending:
                proposal = await self.approve(proposal, person)
        if proposal.status is not Status.approved:
            raise Broken(f"everybody who has to has approved, and it is {proposal.status}")
        if proposal.claimable_at is not None:
            self.clock.forward(proposal.claimable_at)
        return proposal

    async def claim(self, proposal: Proposal, *, digest: str | None = None, claimant: str | None = None) -> Proposal:
        """By its own agent."""
        return await self.lifecycle.claim(
            proposal.id, proposal.ask.agent, proposal.digest if digest is None else digest, claimant
        )

    async def now(self, proposal: Proposal) -> Proposal:
        """As it is stored now. Raises Broken where it is gone."""
        found = await self.store.find(proposal.id)
        if found is None:
            raise Broken("the proposal is gone")
        return found

    async def stays(self, proposal: Proposal, status: Status) -> None:
        """Raises Broken unless it is in that status."""
        if (found := (await self.now(proposal)).status) is not status:
            raise Broken(f"it is {found} and should be {status}")


def asks(candidate: Candidate) -> bool:
    """Whether people who are there are asked."""
    return bool(candidate.people)


async def must_refuse(doing: "Awaitable[object]", what: str, *by: type[Exception]) -> None:
    """Raises Broken, with what was let through, unless it is refused so. Another refusal than meant proves nothing."""
    try:
        await doing
    except by:
        return
    except Refusal as other:
        meant = " or ".join(each.__name__ for each in by)
        raise Broken(f"{what} was refused as {type(other).__name__}, which is not {meant}") from other
    raise Broken(f"{what} was let through")


@asynccontextmanager
async def scratch(policy: LoadedPolicy, path: Path, found: "Iterable[Candidate]") -> AsyncIterator[World]:
    """A world of its own; nothing of it stays."""
    with TemporaryDirectory(prefix="signoff-verify-") as folder:
        clock = MovedClock()
        async with open_store(url_of(Path(folder)), KEY, clock) as store:
            lifecycle = Lifecycle(
                store=store, policy=policy, clock=clock, ids=RandomIds(), randomness=SystemRandomness()
            )
            yield World(
                policy=policy,
                path=path,
                folder=Path(folder),
                store=store,
                lifecycle=lifecycle,
                clock=clock,
                found=tuple(found),
            )


def url_of(folder: Path) -> str:
    """The address of the scratch database in a folder."""
    return f"sqlite:///{folder / 'scratch.db'}"


def seconds(count: float) -> timedelta:
    """So many."""
    return timedelta(seconds=count)
