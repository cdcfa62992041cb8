"""The people, agents and rules that the storage tests play with."""

from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace

from approvals.effects import Effect
from approvals.gate import Tier
from approvals.lifecycle import Submission
from approvals.proposal import Action
from storage import MessageKey, MessageKind
from tests.databases import hand_at
from tests.making import make_ask, make_gate, make_reviewer

ALICE = make_reviewer(user="U0ALICE", roles=frozenset({"support"}))
BOB = make_reviewer(user="U0BOB", roles=frozenset({"support", "finance"}))
CAROL = make_reviewer(user="U0CAROL", roles=frozenset({"finance"}))
OWNER = make_reviewer(user="U0OWNER", roles=frozenset({"support", "finance"}))
LEAD = make_reviewer(user="U0LEAD", roles=frozenset({"lead"}))
PEOPLE = (ALICE, BOB, CAROL, OWNER, LEAD)
CLAIMANT = "c" * 64


@dataclass
class TablePolicy:
    """A policy of four lines: small amounts run, or run watched; larger ones ask support, the largest finance too."""

    version: str = "policy-1"
    watched: int = 100
    """What runs above it is watched."""
    large: int = 100
    huge: int = 1000
    limit: int = 10_000
    known: frozenset = frozenset({"support-bot", "other-bot"})
    changes: dict = field(default_factory=dict)
    terms: tuple = ()

    def allows(self, agent, action):
        return agent in self.known

    def may_call_back(self, agent, url):
        return True

    def pending_limit(self, agent):
        return self.limit

    def questions(self, ask, action):
        return ()

    def groups_of(self, _agent):
        return ()

    def channel_of(self, role):
        return {"support": "C0SUPPORT", "finance": "C0FINANCE", "lead": "C0LEAD"}.get(role)

    def stoppers(self, agent):
        return {"U0OWNER"} if agent in self.known else None

    def fatigue(self, roles):
        return self.terms

    def named(self, roles):
        return {}

    def could_decide(self, user, roles):
        return True

    def judge(self, ask, revisions, known, *, at_least=Tier.auto, before=None, groups=None):
        amount = max(action.payload["amount"] for action in revisions)
        gate = make_gate(policy_version=self.version)
        if amount <= self.large and at_least is Tier.auto:
            gate = replace(gate, tier=Tier.auto, roles=(), channels=())
            if amount > self.watched:
                gate = replace(make_gate(policy_version=self.version), tier=Tier.watch, object_within=1800)
        elif amount > self.huge:
            gate = replace(gate, roles=("finance", "support"), channels=("C0FINANCE", "C0SUPPORT"))
        return replace(gate, **self.changes)

    def faults(self, ask, action):
        return ()


def submission(amount=250, *, agent="support-bot", key=None, claim=False, **fields):
    """A refund of so much."""
    action = Action(name="refund.create", payload={"amount": amount, "order": "1001"})
    return Submission(
        action=action,
        ask=make_ask(agent=agent, **fields),
        idempotency_key=key,
        fingerprint="f" * 64,
        claim=claim,
        claimant=CLAIMANT if claim else None,
    )


@contextmanager
def by_hand(folder, *, without=()):
    """A connection past the store to its file, as an intruder or an operator has; drops the triggers named."""
    with closing(hand_at(folder / "signoff.db", without=without)) as hand:
        yield hand


def key_of(proposal_id, channel="C0SUPPORT", kind=MessageKind.card):
    """Which message."""
    return MessageKey(kind=kind, subject=proposal_id, channel=channel)


async def stand(store, key, ts, *, words="words", version=1, whole=None):
    """As the keeper does it: the message is intended, and recorded to stand there; whether it is no twin."""
    await store.messages.intend(key, words=words, whole=whole)
    return await store.messages.posted(key, ts, version=version, digest="d", revision=1)


async def adopt(store, key, ts, *, words="words"):
    """As the keeper does it with one that we did not live to record; whether it is no twin."""
    return await store.messages.adopt(key, ts, words=words, whole=None, version=1, digest="d", revision=1)


async def notices(store, now):
    """The notices that are due, as channel and text, all of which are told by this, and whatever else is due with it."""
    found = []
    while delivery := await store.outbox.lease(now, 60):
        if delivery.kind is Effect.notice and (
            notice := await store.messages.notice(delivery.subject, delivery.channel)
        ):
            found.append((delivery.channel, notice.words))
        await store.outbox.complete(delivery)
    return found
