"""The written policy: what fills `approvals.ports.Policy`, and what the edges read of it."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from approvals.gate import Gate, Tier
from approvals.proposal import Action, Ask, Source
from approvals.refusals import Fault
from policy import evaluate, routing
from policy.agents import Agent, holder
from policy.explain import Explanation
from policy.schemas import UnusableSchema, agents_schema

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from policy.credentials import Credentials
    from policy.evaluate import Defaults, Rule
    from policy.routing import Ops, Role
    from policy.schemas import PayloadSchema


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenPolicy:
    """A policy file that was found sound, with the environment it names."""

    version: str
    """Names the content of the file and of its schemas."""
    roles: "Mapping[str, Role]"
    agents: "Mapping[str, Agent]"
    ops: "Ops | None"
    defaults: "Defaults"
    rules: "tuple[Rule, ...]"
    schemas: "Mapping[str, PayloadSchema]"
    """The operator's, by action."""
    warnings: tuple[str, ...]
    """What an operator should know at every start, located like faults."""
    credentials: "Credentials" = field(repr=False)

    @property
    def role_channels(self) -> tuple[str, ...]:
        """Every channel that a role asks in, sorted."""
        return routing.channels(self.roles, self.roles)

    def allows(self, agent: str, action: str) -> bool:
        """Whether the agent has an entry that names the action."""
        return agent in self.agents and self.agents[agent].allows(action)

    def pending_limit(self, agent: str) -> int:
        """How many of the agent's proposals may wait at once; none of one that has no entry."""
        return self.agents[agent].pending_limit if agent in self.agents else 0

    def agent_of(self, token: str) -> str | None:
        """The agent whose token it is."""
        return holder(self.credentials.agents, token)

    def auditor_of(self, token: str) -> str | None:
        """The auditor whose token it is."""
        return holder(self.credentials.auditors, token)

    def source_for(self, agent: str, said: Source | None) -> Source:
        """What counts as the source of the agent's proposal, whatever it says."""
        return self.agents[agent].source_of(said) if agent in self.agents else Source.untrusted

    def may_call_back(self, agent: str, url: str) -> bool:
        """Whether the agent's entry lists the URL."""
        return agent in self.agents and self.agents[agent].may_be_called_at(url)

    def judge(self, ask: Ask, revisions: "Sequence[Action]", *, at_least: Tier = Tier.auto) -> Gate:
        """The gate of all rules that match any of the revisions; see `approvals.ports.Policy`."""
        return self._gate(ask, evaluate.judge(self.rules, self.defaults, ask, revisions, at_least))

    def faults(self, ask: Ask, action: Action) -> tuple[Fault, ...]:
        """What the operator's schema and the agent's own say against the payload; a bad schema is a fault too."""
        found: tuple[Fault, ...] = ()
        if action.name in self.schemas:
            found += self.schemas[action.name].faults(action.payload)
        if ask.payload_schema is not None:
            try:
                found += agents_schema(ask.payload_schema).faults(action.payload)
            except UnusableSchema as error:
                found += (Fault("", f"cannot be checked, payload_schema is unusable: {error}"),)
        return tuple(dict.fromkeys(found))

    def explain(self, ask: Ask, action: Action) -> Explanation:
        """What each rule says of the action, and the gate that comes of it."""
        weighed = evaluate.weigh_all(self.rules, ask, action)
        return Explanation(
            ask=ask,
            action=action,
            gate=self._gate(ask, evaluate.combined([weighed], self.defaults, Tier.auto)),
            weighed=tuple(weighed),
            allowed=self.allows(ask.agent, action.name),
            faults=self.faults(ask, action),
        )

    def _gate(self, ask: Ask, judgement: evaluate.Judgement) -> Gate:
        owner = self.agents[ask.agent].owner if ask.agent in self.agents else None
        return Gate(
            tier=judgement.tier,
            roles=judgement.roles,
            approvals=judgement.approvals,
            channels=routing.channels(self.roles, judgement.roles),
            expires_in=judgement.expires_in,
            execute_within=self.defaults.execute_within,
            report_within=self.defaults.report_within,
            edit=judgement.edit,
            excluded=frozenset(user for user in (owner, ask.on_behalf_of) if user),
            self_review=frozenset(role.name for role in self.roles.values() if role.allow_self_review),
            risk=judgement.risk,
            rules=judgement.rules,
            policy_version=self.version,
        )
