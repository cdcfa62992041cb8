"""Explanations: why a proposal gets its gate, rule by rule. `signoff policy explain` prints one."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from approvals.events import as_json
from approvals.gate import Gate, Tier
from approvals.moves.confirmation import asks_again, is_grave
from approvals.paths import is_redacted, path_text, steps
from approvals.proposal import Action, Ask, Source
from policy.file.durations import duration_text
from policy.file.scalars import ActionName, SourceName, User
from policy.file.strict_json import NotJSON, parse_json
from policy.keys.past import UNKNOWN
from policy.timetable import Timetable

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime

    from approvals.digest import JSON
    from approvals.fatigue import FatigueTerms
    from approvals.gate import Batch, StandIn
    from approvals.refusals import Fault
    from policy.rules import Weighed


class NotAProposal(ValueError):
    """The text is no proposal; the message says where and why."""


class Proposed(BaseModel):
    """A proposal's body as an agent sends it, with the agent's name beside it; only what judging reads is checked."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    agent: str
    action: ActionName
    payload: dict[str, Any]
    reasoning: str = ""
    confidence: float | None = Field(default=None, ge=0, le=1)
    signals: dict[str, int | float | bool | str] = {}
    source: SourceName | None = None
    on_behalf_of: User | None = None
    run_id: str | None = None
    expires_in: int | None = Field(default=None, ge=1)
    payload_schema: dict[str, Any] | None = None
    summary: Any = None
    context: Any = None
    preview: Any = None
    rollback_plan: Any = None
    preconditions: Any = None
    tool_call_id: Any = None
    traceparent: Any = None
    callback_url: Any = None
    claim: Any = None
    claimant: Any = None

    def judged_action(self) -> Action:
        """What would run."""
        return Action(name=self.action, payload=self.payload)

    def ask(self, source: Source) -> Ask:
        """What the rules read of it, with the source that the policy lets count."""
        return Ask(
            agent=self.agent,
            reasoning=self.reasoning,
            confidence=self.confidence,
            signals=dict(self.signals),
            source=source,
            on_behalf_of=self.on_behalf_of,
            run_id=self.run_id,
            expires_in=self.expires_in,
            payload_schema=self.payload_schema,
        )


def proposed(text: str, agents: "Collection[str]" = (), agent: str | None = None) -> Proposed:
    """The proposal in a JSON text; raises NotAProposal.

    Its agent is the one given, else the one it names, else the only one there is.
    """
    try:
        said = parse_json(text)
        if isinstance(said, dict) and agent is not None:
            said = {**said, "agent": agent}
        elif isinstance(said, dict) and "agent" not in said:
            if len(agents) != 1:
                raise NotAProposal(f"Whose proposal is it? Name one with --agent: {', '.join(sorted(agents))}.")
            said = {**said, "agent": next(iter(agents))}
        return Proposed.model_validate(said)
    except NotJSON as error:
        raise NotAProposal(f"The proposal {error}.") from None
    except ValidationError as error:
        faults = [
            f"{'.'.join(map(str, detail['loc'])) or 'the whole'}: {detail['msg']}"
            for detail in error.errors(include_url=False)
        ]
        raise NotAProposal("The proposal does not fit: " + "; ".join(faults) + ".") from None


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """A judgement with the way to it."""

    ask: Ask
    action: Action
    gate: Gate
    weighed: "tuple[Weighed, ...]"
    """Every rule of the policy, in the order of the file."""
    otherwise: "Mapping[str, Gate]"
    """For each rule that depends on the past, the gate where it does not apply."""
    allowed: bool
    """Whether the agent's entry names the action; without it the answer is 403, whatever the gate."""
    faults: "tuple[Fault, ...]"
    """What the schemas say; any of them makes the answer a 422."""
    kept: int | None = None
    """Seconds after it is over until what was written of it is erased; None: never by itself."""
    fatigue: "tuple[FatigueTerms, ...]" = ()
    """What the roles that it asks take for tired."""
    plants: int = 0
    """How many drills of the action the library has, where they may be planted among what it asks."""
    at: "datetime | None" = None
    """When it would be proposed; without a zone, by the clock of the hours. None: no moments can be told."""

    @property
    def timetable(self) -> Timetable:
        """When what the gate times would happen."""
        return Timetable(gate=self.gate, ask=self.ask, at=self.at)

    @property
    def tier(self) -> Tier:
        """How strict the gate is."""
        return self.gate.tier

    @property
    def roles(self) -> tuple[str, ...]:
        """Whose approval it wants."""
        return self.gate.roles

    @property
    def approvals(self) -> int:
        """How many approvals of each role."""
        return self.gate.approvals

    def lines(self) -> tuple[str, ...]:
        """The explanation for a person."""
        return (
            f"{self.action.name} by {self.ask.agent}: {self.tier}",
            *self._refusals(),
            *self._demand(),
            *self._effects(),
            *self._card_lines(),
            *(f"risk: {reason.reason} ({reason.rule})" for reason in self.gate.risk),
            *(
                f"{'+' if each.matched else '-'} {each.rule.id} ({each.rule.tier}): {self._why_it_matches(each)}"
                for each in self.weighed
            ),
            *self._default(),
            *self._past(),
            *(
                [f"what is written of it is erased {duration_text(self.kept)} after it is over"]
                if self.kept is not None
                else []
            ),
            *([f"drills: {self.plants} like it may be planted among what is asked"] if self.plants else []),
        )

    def as_json(self) -> "dict[str, JSON]":
        """The explanation for a program."""
        return {
            "agent": self.ask.agent,
            "action": self.action.name,
            "digest": self.action.digest,
            "allowed": self.allowed,
            "faults": [{"pointer": fault.pointer, "detail": fault.detail} for fault in self.faults],
            "gate": as_json(self.gate),
            "kept_seconds": self.kept,
            "drills": self.plants,
            "moments": self.timetable.as_json() if self.tier is Tier.approve else {},
            "rules": [
                {
                    "rule": each.rule.id,
                    "tier": str(each.rule.tier),
                    "matched": each.matched,
                    "named": each.named,
                    "false": each.false,
                    "unevaluable": [{"condition": source, "why": why} for source, why in each.doubts],
                    "otherwise": as_json(self.otherwise.get(each.rule.id)),
                }
                for each in self.weighed
            ],
        }

    def _refusals(self) -> list[str]:
        refused = [] if self.allowed else ["refused with 403: the agent's entry does not name this action"]
        return refused + [f"refused with 422: {fault.pointer or 'the payload'} {fault.detail}" for fault in self.faults]

    def _default(self) -> list[str]:
        if not self.gate.rules:
            return ["No rule matches: the default holds."]
        if all(each.tier < self.tier for each in self.weighed if each.matched):
            return ["Rules match by what the agent says of itself alone: the default holds as well."]
        return []

    def _past(self) -> list[str]:
        notes = []
        if self.otherwise:
            notes.append("Nothing of the past is known here, so what depends on it counts as true.")
        if self.tier < Tier.approve:
            notes.append(
                "It depends on the past, too: had a person rejected exactly this before, people would be asked."
            )
        return notes

    def _demand(self) -> list[str]:
        gate = self.gate
        if gate.tier is Tier.watch:
            who = f"{' and '.join(gate.roles)} in {' and '.join(gate.channels)}"
            within = "" if gate.object_within is None else f" within {duration_text(gate.object_within)}"
            return [f"runs at once; {who} may object{within}"]
        if gate.sampling is not None:
            who = f"{' or '.join(gate.sampling.roles)} in {' and '.join(gate.sampling.channels)}"
            share = f"{gate.sampling.share * 100:.4g}% of it, drawn at random,"
            return [f"runs at once; {share} is looked over by {who} afterwards"]
        if gate.tier is not Tier.approve:
            return []
        return [
            f"asks {' and '.join(gate.roles)} in {' and '.join(gate.channels)}: {gate.approvals} of each"
            + (", all different people" if len(gate.roles) > 1 else ""),
            *([f"rejected at once: {gate.quorum_unreachable}"] if gate.quorum_unreachable else []),
            *map(_stands_in, gate.stand_ins),
            *(["whoever edits needs a second person"] if gate.second_person else []),
            *self.timetable.steps(),
            *([_shared(gate.batch)] if gate.batch else []),
            self.timetable.end(),
            *(
                [f"has an undo window of {duration_text(gate.undo_window)}: until then nobody claims it"]
                if gate.undo_window
                else []
            ),
            *_approval_terms(gate),
            *_confirmation(gate),
            *map(_fatigue, self.fatigue if is_grave(gate) else ()),
            *([f"reasons to choose from for a no: {', '.join(gate.reject_reasons)}"] if gate.reject_reasons else []),
            f"a rejection may be remembered for {duration_text(gate.remember_rejection)}",
            f"editable: {_editable(gate)}",
            *([f"may not approve: {', '.join(sorted(gate.excluded))}"] if gate.excluded else []),
        ]

    def _effects(self) -> list[str]:
        """What it does once, by its name and how its digest begins: by that the database has it."""
        once = {each.rule.effect for each in self.weighed if each.matched and each.rule.effect is not None}
        after = "blocked once it succeeded" if any(each.once for each in once) else "asked of people who are told so"
        return [
            f"does {name} ({digest[:12]}): one open proposal of it at a time; the next is {after}"
            for digest, name in zip(self.gate.effects, self.gate.effect_names, strict=True)
        ]

    def _card_lines(self) -> list[str]:
        """How the card words it."""
        gate = self.gate
        return [
            *([f"title: {gate.title}"] if gate.title is not None else []),
            *([f"shown first: {', '.join(gate.show)}"] if gate.show else []),
            *([f"redacted: {', '.join(gate.redact)}"] if gate.redact else []),
        ]

    def _why_it_matches(self, weighed: "Weighed") -> str:
        if not weighed.named:
            return f"is about {weighed.rule.action}"
        if weighed.false is not None:
            return f"{weighed.false} is false"
        parts = [f"{source} could not be evaluated, {why}" for source, why in weighed.doubts if why != UNKNOWN]
        if weighed.rule.id in self.otherwise:
            past = " and ".join(source for source, why in weighed.doubts if why == UNKNOWN)
            parts.append(
                f"depends on the past: {past}; if so {_short(self.gate)}, "
                f"if not {_short(self.otherwise[weighed.rule.id])}"
            )
        return "; ".join(parts) or "matches" + "".join(
            f", {condition.source} is true" for condition in weighed.rule.conditions
        )


def _stands_in(each: "StandIn") -> str:
    if each.most:
        return f"{each.by} may decide for {each.role} where it lacks the owner: {each.most} of its places"
    return f"one of {each.by} may agree beside whoever decides for {each.role}"


def _shared(batch: "Batch") -> str:
    return (
        f"batched: shares a card with others of its agent, action and role that come within "
        f"{duration_text(batch.window)}, {batch.most} at most"
    )


def _short(gate: Gate) -> str:
    """A gate in half a line."""
    if gate.tier is not Tier.approve:
        return str(gate.tier)
    return f"{gate.tier} by {' and '.join(gate.roles)}, {gate.approvals} of each"


def _approval_terms(gate: Gate) -> list[str]:
    terms = gate.remember_approval
    if terms is None:
        return []
    if not gate.may_remember_approval:
        return ["no approval may be remembered for the next like it: one person's is not enough"]
    fields = ", ".join(terms.may_differ) or "nothing"
    within = duration_text(terms.lasts)
    return [f"an approval may be remembered for the next {terms.most} like it within {within}; may differ: {fields}"]


def _confirmation(gate: Gate) -> list[str]:
    if gate.confirmation is not None and gate.confirmation.takes_words:
        asked = dict.fromkeys(
            f"the value of {path}" if path and not is_redacted(path, gate.redact) else "the action's name"
            for path in gate.confirmation.typed
        )
        code = ["a code of their second factor"] if gate.confirmation.code else []
        return [f"whoever approves types {', '.join([*asked, *code])}"]
    return ["Approve asks once more before it counts"] if asks_again(gate) else []


def _fatigue(terms: "FatigueTerms") -> str:
    met = {"decisions": terms.decisions, "rushed approvals": terms.rushed}
    after = " or ".join(f"{count} {what}" for what, count in met.items() if count is not None)
    first = "lets others of the role go first, then " if terms.somebody_else else ""
    return f"whoever made {after} within {duration_text(terms.within)} {first}types one more value"


def _editable(gate: Gate) -> str:
    """The fields that a reviewer may change: what the policy redacts has no input in the form."""
    redacted = sorted({path_text(steps(path)[:1]) for path in gate.redact})
    if gate.edit is None:
        return f"every field but {', '.join(redacted)}, redacted" if redacted else "every field"
    fields = (path_text([name]) for name in gate.edit)
    return ", ".join(field for field in fields if not is_redacted(field, gate.redact)) or "nothing"
