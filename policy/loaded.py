"""The loaded policy: what fills `approvals.ports.Policy`, and what the edges read of it."""

import hashlib
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeVar

from approvals.gate import Escalation, Fact, Gate, Reason, Tier
from approvals.past import About, PastAnswer, PastQuery
from approvals.ports import Examination
from approvals.proposal import Action, Ask, Source
from policy import evaluate, once, routing
from policy.agents import Agent, holder, token_digest
from policy.explain import Explanation
from policy.file.strict_json import text_of
from policy.json_schema.choices import choices
from policy.json_schema.schemas import inspected, inspected_at_once
from policy.keys import batch, sample
from policy.keys.past import BUILT_IN, REJECTED, REPEAT_NAME, UNSURE, Past, Repeat, questions, rejected_before
from policy.patterns import matches
from policy.staffing import STANDS_IN, UNKNOWN, Staffing, second_people, staffed

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from approvals.digest import JSON
    from approvals.fatigue import FatigueTerms
    from approvals.gate import StandIn
    from approvals.plants import DrillTerms
    from approvals.refusals import Fault
    from policy.file.credentials import Credentials
    from policy.json_schema.schemas import PayloadSchema
    from policy.keys.retention import Retention
    from policy.routing import Ops, Role
    from policy.rules import Defaults, Rule, Weighed
    from policy.staffing import Groups

K = TypeVar("K")
V = TypeVar("V")
REMEMBERED = 1000
"""So many actions' rules are kept found, and so many gates."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedPolicy:
    """A policy file that was found sound, with the environment it names."""

    version: str
    """Names the content of the file and of its schemas."""
    roles: "Mapping[str, Role]"
    agents: "Mapping[str, Agent]"
    ops: "Ops | None"
    defaults: "Defaults"
    retention: "Retention"
    """How long what was written is kept."""
    drills: "DrillTerms | None" = None
    """What is planted, and how much; None: nothing."""
    rules: "tuple[Rule, ...]"
    schemas: "Mapping[str, PayloadSchema]"
    """The operator's, by action."""
    warnings: tuple[str, ...]
    """What an operator should know at every start, located like faults."""
    credentials: "Credentials" = field(repr=False)
    _holders: "dict[bytes, str]" = field(default_factory=dict, init=False, repr=False, compare=False)
    """The agents that have shown a token, by its digest."""
    _rules_of: "dict[str, tuple[Rule, ...]]" = field(default_factory=dict, init=False, repr=False, compare=False)
    """The rules that name an action: a policy may have a thousand others."""
    _gates: "dict[tuple[object, ...], Gate]" = field(default_factory=dict, init=False, repr=False, compare=False)
    """The gate of those whom the same rules match, where these say of each the same."""

    def allows(self, agent: str, action: str) -> bool:
        """Whether the agent has an entry that names the action."""
        return agent in self.agents and self.agents[agent].allows(action)

    def rate_limit(self, agent: str) -> int:
        """How many requests a second the agent may make over time."""
        return self.agents[agent].rate_limit

    def pending_limit(self, agent: str) -> int:
        """How many of the agent's proposals may wait at once; none of one that has no entry."""
        return self.agents[agent].pending_limit if agent in self.agents else 0

    def agent_of(self, token: str) -> str | None:
        """The agent whose token it is."""
        presented = token_digest(token)
        known = self._holders.get(presented)
        if known is None and (known := holder(self.credentials.agents, presented)) is not None:
            self._holders[presented] = known
        return known

    def auditor_of(self, token: str) -> str | None:
        """The auditor whose token it is."""
        return holder(self.credentials.auditors, token_digest(token))

    def source_for(self, agent: str, said: Source | None) -> Source:
        """What counts as the source of the agent's proposal, whatever it says."""
        return self.agents[agent].source_of(said) if agent in self.agents else Source.untrusted

    def may_call_back(self, agent: str, url: str) -> bool:
        """Whether the agent's entry lists the URL."""
        return agent in self.agents and self.agents[agent].may_be_called_at(url)

    def channel_of(self, role: str) -> str | None:
        """The channel of a role; None if there is no such role."""
        return self.roles[role].channel if role in self.roles else None

    def stoppers(self, agent: str) -> frozenset[str] | None:
        """Who may stop the agent: its owner and the operators; None if it has no entry."""
        if agent not in self.agents:
            return None
        owner = self.agents[agent].owner
        return self.operators if owner is None else self.operators | {owner}

    @property
    def samples(self) -> bool:
        """Whether any rule draws samples of what runs by itself."""
        return any(rule.sampling is not None for rule in self.rules)

    @property
    def operators(self) -> frozenset[str]:
        """The people who run it; nobody where the policy names none."""
        return frozenset() if self.ops is None else frozenset(self.ops.members)

    def could_decide(self, user: str, roles: "Collection[str]") -> bool:
        """Whether the person is a member of one of the roles, or may be in a group of one."""
        asked = [self.roles[name] for name in roles if name in self.roles]
        return any(user in role.members or role.groups for role in asked)

    def fatigue(self, roles: "Collection[str]") -> "tuple[FatigueTerms, ...]":
        """What those of the roles that say so take for tired."""
        found = [self.roles[name].fatigue for name in sorted(roles) if name in self.roles]
        return tuple(each for each in found if each is not None)

    def named(self, roles: "Collection[str]") -> dict[str, frozenset[str]]:
        """Everybody whom the text names in one of the roles, with those of them; nobody of a user group."""
        asked = [self.roles[name] for name in roles if name in self.roles]
        people = {member for role in asked for member in role.members}
        return {person: frozenset(role.name for role in asked if person in role.members) for person in people}

    def questions(self, ask: Ask, action: Action) -> tuple[PastQuery, ...]:
        """What has to be known of the past: what rules want to know, and whether a person rejected exactly this."""
        wanted = evaluate.past_queries(self._naming([action]), ask, action)
        if not any(question.about is About.repeat for question in wanted):
            wanted += questions((Repeat(nearly=False),), ask, action, action.name)
        wanted += once.queries(self._naming([action]), ask, action)
        return tuple(dict.fromkeys(wanted))

    def judge(
        self,
        ask: Ask,
        revisions: "Sequence[Action]",
        known: "Mapping[PastQuery, PastAnswer]",
        *,
        at_least: Tier = Tier.auto,
        before: Gate | None = None,
        groups: "Groups" = UNKNOWN,
    ) -> Gate:
        """The gate of all rules that match any of the revisions; see `approvals.ports.Policy`."""
        past = Past(known=known, before=before)
        if repeat := rejected_before(ask, revisions[-1], past):
            at_least = max(at_least, Tier.approve)
        weighed = evaluate.weigh_revisions(self._naming(revisions), ask, revisions, past)
        effects = once.effects_of(weighed, ask, revisions[-1], past)
        at_least = max(at_least, effects.tier)
        if repeat is None and before is None and not groups and effects is once.NONE:
            gate = self._known_gate(ask, weighed, at_least)
        else:
            held = repeat is not None or effects.asks
            judgement = evaluate.combined(weighed, self.defaults, at_least, repeat=held)
            gate = self._gate(ask, judgement, repeat, groups, before, effects)
        schema = self.schemas.get(revisions[-1].name)
        if schema is None or gate.tier not in (Tier.watch, Tier.approve):
            return gate
        return replace(gate, choices=choices(schema.schema, revisions[-1].payload))

    def judge_apart(self, ask: Ask, revisions: "Sequence[Action]", before: Gate, *, at_least: Tier = Tier.auto) -> Gate:
        """The gate for what lies behind us, when the past of that day cannot be asked again.

        What it found of the past then, `before` keeps; beyond that the past counts as empty.
        """
        empty = dict.fromkeys(self.questions(ask, revisions[-1]), PastAnswer())
        return self.judge(ask, revisions, empty, at_least=at_least, before=before)

    def faults(self, ask: Ask, action: Action) -> "tuple[Fault, ...] | Examination":
        """What the operator's schema and the agent's own say against the payload; a bad schema is a fault too.

        Where that may take long, what has to be asked elsewhere.
        """
        found = inspected_at_once(self.schemas.get(action.name), ask.payload_schema, action.payload)
        if found is not None:
            return found
        text = "" if ask.payload_schema is None else text_of(dict(ask.payload_schema))
        own = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
        return Examination(
            key=(self.version, action.digest, own), function=inspected, args=self._inspection(ask, action)
        )

    def all_faults(self, ask: Ask, action: Action) -> "tuple[Fault, ...]":
        """The same, however long it takes: for commands."""
        return inspected(*self._inspection(ask, action))

    def _inspection(
        self, ask: Ask, action: Action
    ) -> "tuple[Mapping[str, JSON] | None, Mapping[str, JSON] | None, Mapping[str, JSON]]":
        schema = self.schemas.get(action.name)
        return None if schema is None else schema.schema, ask.payload_schema, action.payload

    def explain(self, ask: Ask, action: Action, at: "datetime | None" = None) -> Explanation:
        """What each rule says of the action, and the gate that comes of it where nothing of the past is known.

        `at` is when it would be proposed, for what happens when.
        """
        weighed = evaluate.weigh_all(self.rules, ask, action, Past())
        gate = self._combined(ask, action, weighed)
        return Explanation(
            ask=ask,
            action=action,
            gate=gate,
            fatigue=self.fatigue(gate.asked),
            weighed=tuple(weighed),
            otherwise={
                each.rule.id: self._combined(ask, action, [other for other in weighed if other is not each])
                for each in weighed
                if each.matched and each.open
            },
            allowed=self.allows(ask.agent, action.name),
            faults=self.all_faults(ask, action),
            plants=self._plants(action.name, gate.roles if gate.tier is Tier.approve else ()),
            kept=self.retention.kept(action.name),
            at=at,
        )

    def _plants(self, action: str, roles: "Collection[str]") -> int:
        """How many drills of the action may come among what these roles are asked."""
        if self.drills is None or not roles or not set(roles) <= self.drills.roles:
            return 0
        return len(self.drills.plants.get(action, ()))

    def _combined(self, ask: Ask, action: Action, weighed: "Sequence[Weighed]") -> Gate:
        effects = once.effects_of([weighed], ask, action)
        judgement = evaluate.combined([weighed], self.defaults, effects.tier, repeat=effects.asks)
        return self._gate(ask, judgement, None, effects=effects)

    def _naming(self, actions: "Sequence[Action]") -> "tuple[Rule, ...]":
        """The rules that name one of the actions, in their order."""
        names = {each.name for each in actions}
        if len(names) > 1:
            return self.rules
        (name,) = names
        if (known := self._rules_of.get(name)) is None:
            known = tuple(rule for rule in self.rules if matches(rule.action, name))
            _keep(self._rules_of, name, known)
        return known

    def _known_gate(self, ask: Ask, weighed: "Sequence[Sequence[Weighed]]", at_least: Tier) -> Gate:
        """The gate where nothing is known but what the rules say: made once for those of whom they say the same."""
        matched = [[each for each in revision if each.matched] for revision in weighed]
        if not all(each.plain for revision in matched for each in revision):
            return self._gate(ask, evaluate.combined(weighed, self.defaults, at_least), None)
        rules = tuple(tuple(each.rule.id for each in revision) for revision in matched)
        key = (rules, at_least, ask.agent, ask.on_behalf_of)
        if (gate := self._gates.get(key)) is None:
            gate = self._gate(ask, evaluate.combined(weighed, self.defaults, at_least), None)
            _keep(self._gates, key, gate)
        return gate

    def groups_of(self, agent: str) -> tuple[str, ...]:
        """The user groups that have to be known to tell whether a backup comes in for the agent's owner, sorted."""
        if not self._owner(agent):
            return ()
        backed = [role for role in self.roles.values() if role.backup is not None]
        asked = {*backed, *(self.roles[role.backup] for role in backed if role.backup is not None)}
        return tuple(sorted({group for role in asked for group in role.groups}))

    def _owner(self, agent: str) -> frozenset[str]:
        owner = self.agents[agent].owner if agent in self.agents else None
        return frozenset() if owner is None else frozenset({owner})

    def _gate(
        self,
        ask: Ask,
        judgement: evaluate.Judgement,
        repeat: Fact | None,
        groups: "Groups" = UNKNOWN,
        before: Gate | None = None,
        effects: once.Effects = once.NONE,
    ) -> Gate:
        owner = self._owner(ask.agent)
        excluded = owner | frozenset({ask.on_behalf_of} if ask.on_behalf_of else ())
        known = (*judgement.facts, *effects.facts, *([] if repeat is None else [repeat]))
        held = repeat is not None or effects.asks
        gate = Gate(
            tier=judgement.tier,
            roles=judgement.roles,
            approvals=judgement.approvals,
            channels=routing.channels(self.roles, judgement.roles),
            expires_in=judgement.expires_in,
            execute_within=judgement.execute_within,
            report_within=self.defaults.report_within,
            edit=judgement.edit,
            excluded=excluded,
            self_review=frozenset(role.name for role in self.roles.values() if role.allow_self_review),
            risk=(*judgement.risk, *effects.risk, *([] if repeat is None else [_repeated(repeat)])),
            rules=judgement.rules,
            policy_version=self.version,
            second_person=judgement.second_person,
            object_within=judgement.object_within,
            undo_window=judgement.undo_window,
            remind=judgement.remind,
            escalate=tuple(
                Escalation(
                    after=each.after,
                    to=each.to,
                    channel=self.roles[each.to].channel,
                    outside=each.outside,
                    roles=each.roles,
                )
                for each in judgement.escalate
            ),
            hours=judgement.hours,
            max_expires_in=judgement.max_expires_in,
            facts=known,
            sampling=sample.routed(judgement.sampling, owner, self.roles, groups),
            remember_approval=None
            if held or any(fact.name == REPEAT_NAME for fact in known)
            else judgement.remember_approval,
            batch=None if held else judgement.batch,
            confirmation=judgement.confirmation,
            reject_reasons=judgement.reject_reasons,
            remember_rejection=judgement.remember_rejection,
            title=judgement.title,
            show=judgement.show,
            redact=judgement.redact,
            effects=tuple(key.digest for key in effects.keys),
            effect_names=tuple(key.text for key in effects.keys),
        )
        asks = gate.tier is Tier.approve
        if not asks:
            return replace(gate, batch=None, confirmation=None)
        gate = batch.without_needless_batch(self._with_people(gate, staffed(gate, self.roles, owner, groups, before)))
        return replace(gate, second_people=second_people(gate, self.roles) if gate.second_person else None)

    def _with_people(self, gate: Gate, staffing: Staffing) -> Gate:
        """The gate with whoever stands in for a role that lacks its owner, or with why nobody can fill it."""
        stand_ins = tuple(Reason(rule=STANDS_IN, reason=_stands_in(each), always=True) for each in staffing.stand_ins)
        return replace(
            gate,
            stand_ins=staffing.stand_ins,
            channels=routing.channels(self.roles, {*gate.roles, *(each.by for each in staffing.stand_ins)}),
            edit=() if staffing.alone else gate.edit,
            risk=(*gate.risk, *stand_ins, *([_ALONE] if staffing.alone else [])),
            quorum_unreachable=staffing.why_not,
        )


def _keep(memory: "dict[K, V]", key: K, value: V) -> None:
    """Keeps what was found out; agents choose names, so not for ever."""
    if len(memory) >= REMEMBERED:
        memory.clear()
    memory[key] = value


_ALONE = Reason(
    rule=STANDS_IN,
    reason="Whoever changes this needs a second person to agree, and only one may decide: nothing can be changed.",
    always=True,
)


def _stands_in(each: "StandIn") -> str:
    if each.most:
        return f"Without the agent's owner {each.role} has too few people, so one of {each.by} may approve this, too."
    return f"Whoever changes this needs a second person, so beside one of {each.role} somebody of {each.by} may agree."


def _repeated(fact: Fact) -> Reason:
    return Reason(rule=BUILT_IN, reason=UNSURE if fact.value == UNSURE else REJECTED)
