"""A policy of four rules: searches run, refunds ask support, large ones finance too, tables are never dropped."""

from dataclasses import dataclass, field, replace

from approvals.gate import Reason, Tier
from approvals.refusals import Fault
from tests.making import make_gate


@dataclass
class Rules:
    """See approvals.ports.Policy. What a test changes is a field."""

    version: str = "v1"
    agents: set = field(default_factory=lambda: {"support-bot", "other-bot"})
    actions: set = field(default_factory=lambda: {"search", "refund", "db"})
    limit: int = 3
    free: set = field(default_factory=lambda: {"search"})
    large: float = 1000
    approvals: int = 1
    highest: float = 5000
    asks: dict = field(default_factory=dict)
    """The questions of the past by the first word of an action."""
    told: list = field(default_factory=list)
    """What was known, and the gate before, at each judgement."""
    changes: dict = field(default_factory=dict)
    """What else each gate asks."""
    gone: set = field(default_factory=set)
    """Who is in no role any more."""
    terms: dict = field(default_factory=dict)
    """What each role takes for tired."""
    people: dict = field(default_factory=dict)
    """Whom the text names in each role."""
    judged: list = field(default_factory=list)
    """Called with each gate before it is given: a test may let something else happen at that moment."""

    def allows(self, agent, action):
        return agent in self.agents and action.partition(".")[0] in self.actions

    def may_call_back(self, _agent, url):
        return url.startswith("https://agents.example.com/hooks/")

    def pending_limit(self, _agent):
        return self.limit

    def questions(self, _ask, action):
        return self.asks.get(action.name.partition(".")[0], ())

    def groups_of(self, _agent):
        return ()

    def channel_of(self, role):
        return f"C0{role.upper()}" if role in ("support", "finance", "lead") else None

    def stoppers(self, agent):
        return {*self.operators, "U0OWNER"} if agent in self.agents else None

    @property
    def operators(self):
        return {"U0OPS"}

    def fatigue(self, roles):
        return tuple(self.terms[role] for role in sorted(roles) if role in self.terms)

    def named(self, roles):
        people = {person for role in roles for person in self.people.get(role, ())}
        return {each: frozenset(role for role in roles if each in self.people.get(role, ())) for each in people}

    def could_decide(self, user, _roles):
        return user not in self.gone

    def judge(self, _ask, revisions, known, *, at_least=Tier.auto, before=None, groups=None):
        self.told.append((known, before))
        tier, roles, risk = at_least, set(), []
        for action in revisions:
            kind = action.name.partition(".")[0]
            if kind == "db":
                tier = max(tier, Tier.block)
                risk.append(Reason(rule="no-drops", reason="Tables are never dropped by agents"))
            elif kind not in self.free:
                tier = max(tier, Tier.approve)
                if action.payload.get("amount", 0) > self.large:
                    roles.add("finance")
        if tier is Tier.approve:
            roles.add("support")
        gate = make_gate(
            tier=tier,
            roles=tuple(sorted(roles)),
            approvals=self.approvals,
            channels=tuple(f"C0{role.upper()}" for role in sorted(roles)),
            risk=tuple(risk),
            rules=(),
            object_within=None,
            policy_version=self.version,
        )
        gate = replace(gate, **self.changes)
        for told in self.judged:
            told(gate)
        return gate

    def faults(self, _ask, action):
        if action.payload.get("amount", 0) > self.highest:
            return (Fault("/amount", f"must be at most {self.highest}"),)
        return ()
