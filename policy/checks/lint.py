"""Lint: what is wrong with a policy of the right shape: references, contradictions, rules that can do nothing."""

from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TYPE_CHECKING

from approvals.gate import Tier
from approvals.remembered.approval import OURS as ALLOWED
from approvals.remembered.rejection import OURS as HOLDS
from policy import once
from policy.expressions.condition import BOUND, handed_over
from policy.expressions.contradiction import contradiction
from policy.file.faults import Path, UnplacedFault
from policy.file.rulebook import SAME
from policy.keys import batch, budget, confirmation, fatigue, retention, timing
from policy.keys.past import BUILT_IN
from policy.patterns import is_wider, overlap
from policy.rules import Rule
from policy.staffing import STANDS_IN, demand, staffed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from policy.expressions.types import Fields
    from policy.file.rulebook import Rulebook, RuleEntry

WATCHING = ("role", "roles")
"""Keys of a rule that say who looks at it: those who are asked, or may object."""
ASKING = (
    "approvals",
    "expires_in",
    "max_expires_in",
    "undo_window",
    "remind",
    "escalate",
    "hours",
    "edited",
    "remember_approval",
    "batch",
    "confirmation",
    "remember_rejection",
    "edit",
    "distinct_roles",
)
"""Keys of a rule that say something about waiting for people."""
PAST = ("first_time", "unusual", "repeat_of_rejected", "rate", "budget")
"""Keys of a rule that depend on the past."""
OURS = (BUILT_IN, STANDS_IN, ALLOWED, HOLDS)
"""What cards and the audit log call the reasons that no rule gives."""


@dataclass(frozen=True, slots=True)
class Lint:
    """A policy under examination: its sound entries, and by place in the file the rules whose conditions compile."""

    book: "Rulebook"
    rules: "dict[int, Rule]"
    fields: "Mapping[str, Fields]" = field(default_factory=dict)
    """The types that the operator's schemas give to fields, by action."""
    _short: "dict[tuple[frozenset[str], int, str | None, bool], str]" = field(default_factory=dict)
    """What was found of some roles; a thousand rules ask the same few."""

    def faults(self) -> "Iterator[UnplacedFault]":
        """What keeps the program from starting."""
        checks: tuple[Callable[[], Iterator[UnplacedFault]], ...] = (
            self._roles,
            self._agents,
            self._defaults,
            self._ids,
            self._references,
            self._contradictions,
            self._sharpening,
            self._asks_nobody,
            self._remembered,
            lambda: timing.faults(self.book),
            lambda: sample_faults(self),
            lambda: batch.faults(self.book),
            lambda: budget.faults(self.book),
            lambda: confirmation.faults(self.book),
            lambda: fatigue.faults(self.book),
            lambda: retention.faults(self.book),
            lambda: once.faults(self.book),
            self._drills,
            self._claims,
            self._constants,
            self._never_together,
            self._reach,
            self._people,
            self._people_of_the_default,
        )
        for check in checks:
            yield from check()

    def _roles(self) -> "Iterator[UnplacedFault]":
        for name, role in self.book.roles.items():
            path = ("roles", name)
            if name == SAME:
                message = "is a word of ours: in a rule it means whoever is asked anyhow"
                yield finding(path, message, "Choose another name.")
            if not role.members and not role.groups:
                yield finding(path, "has nobody in it", "Name members, or groups, or both.")
            elif role.notify == "group" and not role.groups:
                yield finding((*path, "notify"), "names a group, but the role has none", "Write members or none.")
            elif role.notify == "members" and not role.members:
                yield finding((*path, "notify"), "names members, but the role has none", "Write group or none.")
            if role.backup is not None:
                yield from self._backup((*path, "backup"), name, role.backup)

    def _backup(self, path: Path, name: str, backup: str) -> "Iterator[UnplacedFault]":
        yield from self._known_role(path, backup)
        line: list[str] = []
        following: str | None = backup
        while following is not None and following not in line:
            line.append(following)
            following = self.book.roles[following].backup if following in self.book.roles else None
        if name in line:
            message = "stands in for itself" if backup == name else f"comes round to {name} again"
            yield finding(path, message, "Name a role whose people are others, and end the line there.")

    def _agents(self) -> "Iterator[UnplacedFault]":
        for name, agent in self.book.agents.items():
            if agent.callbacks and agent.callback_secret_env is None:
                remedy = "Name the variable of the secret in callback_secret_env."
                yield finding(("agents", name, "callbacks"), "cannot be signed without a secret", remedy)
            if agent.callback_secret_env is not None and not agent.callbacks:
                remedy = "List callbacks, or leave it out."
                yield finding(("agents", name, "callback_secret_env"), "signs nothing", remedy)

    def _defaults(self) -> "Iterator[UnplacedFault]":
        if self.book.defaults is None:
            return
        if self.book.defaults.tier < Tier.approve:
            remedy = "Write approve or block: what no rule knows must not run."
            yield finding(("defaults", "tier"), f"the default may not be {self.book.defaults.tier}", remedy)
        yield from self._known_role(("defaults", "role"), self.book.defaults.role)
        for place, name in enumerate(self.book.defaults.covered_by):
            yield from self._known_role(("defaults", "covered_by", place), name)
            if name == self.book.defaults.role:
                yield finding(("defaults", "covered_by", place), "is the default's own role", "Leave it out.")
        if self.book.defaults.covered_by and self.book.defaults.tier is Tier.block:
            yield finding(("defaults", "covered_by"), "covers nothing: what is blocked asks nobody", "Leave it out.")

    def _ids(self) -> "Iterator[UnplacedFault]":
        seen: set[str] = set()
        for index, rule in self.book.rules.items():
            if rule.id in seen:
                yield finding(("rules", index, "id"), "another rule has this id", "Give each rule an id of its own.")
            seen.add(rule.id)
            if rule.id in OURS:
                yield finding(("rules", index, "id"), f"{rule.id} is a name of our own", "Choose another.")

    def _references(self) -> "Iterator[UnplacedFault]":
        for index, rule in self.book.rules.items():
            if rule.role is not None and not rule.sharpens:
                yield from self._known_role(("rules", index, "role"), rule.role)
            for place, role in enumerate(rule.roles or []):
                yield from self._known_role(("rules", index, "roles", place), role)
            if rule.escalate is not None:
                yield from self._known_role(("rules", index, "escalate", "to"), rule.escalate.to)

    def _drills(self) -> "Iterator[UnplacedFault]":
        for place, role in enumerate(self.book.drills.roles if self.book.drills is not None else ()):
            yield from self._known_role(("drills", "roles", place), role)

    def _known_role(self, path: Path, role: str) -> "Iterator[UnplacedFault]":
        if role not in self.book.known_roles and (self.book.known_roles or "roles" in self.book.whole):
            near = get_close_matches(role, self.book.known_roles, n=1)
            remedy = f"Did you mean {near[0]}?" if near else f"Known: {', '.join(sorted(self.book.known_roles))}."
            yield finding(path, f"there is no role {role!r}", remedy)

    def _contradictions(self) -> "Iterator[UnplacedFault]":
        for index, rule in self.book.rules.items():
            if rule.role is not None and rule.roles is not None:
                yield finding(("rules", index, "role"), "stands beside roles", "Keep one of role and roles.")
            if rule.tier < Tier.approve:
                for key in PAST:
                    if getattr(rule, key):
                        message = "a rule that loosens may not depend on the past"
                        yield finding(("rules", index, key), message, "Write it in a rule of tier approve or block.")
            if rule.object_within is not None and rule.tier is not Tier.watch:
                message = f"a rule of tier {rule.tier} leaves nothing to object to"
                yield finding(("rules", index, "object_within"), message, "Leave it out, or write tier: watch.")
            if rule.distinct_roles and rule.tier is Tier.approve:
                yield from _distinct_role_faults(index, rule)
            if rule.edited is not None and rule.edit == []:
                yield finding(("rules", index, "edited"), "says nothing: edit allows no change", "Keep one of the two.")

    def _sharpening(self) -> "Iterator[UnplacedFault]":
        for index, rule in self.book.rules.items():
            if rule.sharpens and rule.tier is Tier.watch:
                message = "sharpens what people are asked, and a rule of tier watch asks nobody"
                yield finding(("rules", index, "role"), message, "Name who may object, or leave it out.")
            if rule.sharpens and rule.escalate is not None:
                message = "stands beside role: same, and such a rule has no places of its own that others could fill"
                yield finding(("rules", index, "escalate"), message, "Name the role, or leave it out.")

    def _asks_nobody(self) -> "Iterator[UnplacedFault]":
        for index, rule in self.book.rules.items():
            looked_at = () if rule.tier is Tier.watch or rule.sample is not None else WATCHING
            refused = () if rule.tier is Tier.watch else ("reject_reasons",)  # an objection gives one, too
            keys = () if rule.tier is Tier.approve else (*looked_at, *refused, *ASKING)
            for key in keys:
                if getattr(rule, key) not in (None, False):
                    remedy = "Leave it out, or write tier: approve."
                    yield finding(("rules", index, key), f"a rule of tier {rule.tier} asks nobody", remedy)
            if rule.tier is Tier.block and rule.execute_within is not None:
                yield finding(("rules", index, "execute_within"), "what is blocked never runs", "Leave it out.")

    def _remembered(self) -> "Iterator[UnplacedFault]":
        for index, rule in self.book.rules.items():
            if rule.remember_approval is None:
                continue
            several = {
                "approvals": (rule.approvals or 1) > 1,
                "roles": len(rule.named_roles) > 1,
                "edited": rule.edited is not None,
            }
            for key in (key for key, more in several.items() if more):
                message = f"stands beside {key}, and only where one approval is enough may it be remembered for more"
                yield finding(("rules", index, "remember_approval"), message, "Keep one of the two.")

    def _claims(self) -> "Iterator[UnplacedFault]":
        for index, rule in self.rules.items():
            if not rule.tier < Tier.approve and rule.batch is None:
                continue
            for place, condition in enumerate(rule.conditions):
                if said := sorted(condition.reads - BOUND):
                    message = f"a rule that loosens may not read {', '.join(said)}"
                    remedy = "What an agent says of itself can only make a gate stricter: read action, agent, payload."
                    yield finding(("rules", index, "when", place), message, remedy)

    def _constants(self) -> "Iterator[UnplacedFault]":
        for index, rule in self.rules.items():
            for place, condition in enumerate(rule.conditions):
                if not condition.reads and condition.ask(handed_over({})) is not True:
                    message = "is never true, so nothing can reach the rule"
                    yield finding(("rules", index, "when", place), message, "Read the proposal in it.")

    def _never_together(self) -> "Iterator[UnplacedFault]":
        for index, rule in self.rules.items():
            found = contradiction([condition.tree for condition in rule.conditions])
            if found is None:
                continue
            earlier, place = found
            against = "itself" if earlier == place else f"when[{earlier}], {rule.conditions[earlier].source}"
            message = f"contradicts {against}, so nothing can reach the rule"
            yield finding(("rules", index, "when", place), message, "Correct one of them, or make two rules of it.")

    def _reach(self) -> "Iterator[UnplacedFault]":
        if "agents" not in self.book.whole:
            return
        for index, rule in self.book.rules.items():
            if not self.proposers(rule.action):
                message = "nothing can reach this rule: no agent may propose such an action"
                remedy = "Mend the pattern, or let an agent have it in its actions."
                yield finding(("rules", index, "action"), message, remedy)

    def _people(self) -> "Iterator[UnplacedFault]":
        for index, rule in self.rules.items():
            if rule.tier is not Tier.approve:
                continue
            always = [other for other in self.rules.values() if other.always and is_wider(other.action, rule.action)]
            if any(other.tier is Tier.block for other in always):
                continue
            if shortage := self.shortage([rule, *always]):
                yield finding(self.asking(index), f"wants more people than there are: {shortage}", MORE_PEOPLE)
                continue
            for name, owner in self.proposers(rule.action).items():
                if owner and (shortage := self.shortage([rule, *always], owner)):
                    message = f"nobody can fill this for {name}, whose owner {owner} may not approve: {shortage}"
                    yield finding(self.asking(index), message, _OWN)

    def _people_of_the_default(self) -> "Iterator[UnplacedFault]":
        if self.book.defaults is None or self.book.defaults.tier is Tier.block:
            return
        for name, agent in self.book.agents.items():
            open_ended = [action for action in agent.actions if not self._replaces_default(action)]
            if agent.owner and open_ended and (shortage := self.shortage([], agent.owner)):
                message = f"nobody may approve {open_ended[0]} but the owner {agent.owner}, who may not: {shortage}"
                yield finding(("agents", name, "owner"), message, _OWN)

    def _replaces_default(self, action: str) -> bool:
        """Whether one rule without conditions takes the default's place for the whole pattern."""
        return any(rule.always and rule.lifts and is_wider(rule.action, action) for rule in self.rules.values())

    def proposers(self, action: str) -> "dict[str, str | None]":
        """The agents that may propose something of the pattern, each with its owner."""
        agents = self.book.agents.items()
        return {name: agent.owner for name, agent in agents if any(overlap(own, action) for own in agent.actions)}

    def shortage(self, rules: "list[Rule]", owner: str | None = None) -> str:
        """Which roles fall short where all these rules match; empty where none does, or where it is not known."""
        default = [] if self.book.defaults is None else [self.book.defaults.role]
        asked = {role for rule in rules for role in _asked_by(rule, default)} or set(default)
        if not all(self._staffed(name) for name in asked):
            return ""
        approvals = max((rule.approvals for rule in rules if rule.approvals is not None), default=1)
        second_person = any(rule.second_person for rule in rules)
        asking = (frozenset(asked), approvals, owner, second_person)
        if asking not in self._short:
            excluded = frozenset({owner} if owner else ())
            gate = demand(self.book.roles, asked, approvals, excluded, second_person=second_person)
            staffing = staffed(gate, self.book.roles, excluded)
            short = ", ".join(f"{role} lacks {number}" for role, number in staffing.lacking)
            self._short[asking] = short or ("whoever edits has no second person" if staffing.alone else "")
        return self._short[asking]

    def _staffed(self, name: str) -> bool:
        """Whether the role and all its backups are known and not empty; they have a fault of their own otherwise."""
        line: list[str] = []
        following: str | None = name
        while following is not None:
            role = self.book.roles.get(following)
            if role is None or following in line or not (role.members or role.groups):
                return False
            line.append(following)
            following = role.backup
        return True

    def asking(self, index: int) -> Path:
        """The key of a rule that says how many are asked, or else who, or else the rule."""
        entry: RuleEntry = self.book.rules[index]
        return next(
            (("rules", index, key) for key in ("approvals", "roles", "role", "edited") if getattr(entry, key)),
            ("rules", index),
        )


def _asked_by(rule: "Rule", default: "list[str]") -> "Iterable[str]":
    """The roles that it asks where it matches; one of a lower tier is asked of those alone that it names."""
    return rule.roles if rule.roles or rule.same or rule.tier is not Tier.approve else default


MORE_PEOPLE = "Add people to the role, or ask for fewer; one person fills one place."
_OWN = "Add somebody else to the role, or say allow_self_review: true in it."


def _distinct_role_faults(index: int, rule: "RuleEntry") -> "Iterator[UnplacedFault]":
    """Where distinct roles cannot mean anything, or not what is written beside them."""
    number = len(rule.named_roles)
    if number < 2:
        remedy = "Name them: roles: [finance, support]; or leave it out."
        yield finding(("rules", index, "distinct_roles"), "needs several roles to tell apart", remedy)
    elif rule.approvals not in (None, number):
        message = f"counts all together here, and there are {number} roles"
        remedy = "Write as many as there are roles, or leave it out; without distinct_roles it is so many of each."
        yield finding(("rules", index, "approvals"), message, remedy)


def finding(path: Path, message: str, remedy: str) -> UnplacedFault:
    """A fault without a place in one breath."""
    return UnplacedFault(path=path, message=message, remedy=remedy)


def sample_faults(lint: "Lint") -> "Iterator[UnplacedFault]":
    """What keeps the program from starting, rule by rule."""
    for index, rule in lint.book.rules.items():
        if rule.sample is None:
            continue
        path = ("rules", index, "sample")
        if rule.tier is not Tier.auto:
            message = f"a rule of tier {rule.tier} draws no sample"
            yield UnplacedFault(path=path, message=message, remedy="Leave it out, or write tier: auto.")
        elif not rule.named_roles:
            message = "says nobody who looks over what is drawn"
            yield UnplacedFault(path=path, message=message, remedy="Name a role in role.")
        else:
            yield from _nobody_to_review(lint, index, rule)


def _nobody_to_review(lint: "Lint", index: int, rule: "RuleEntry") -> "Iterator[UnplacedFault]":
    for name, owner in lint.proposers(rule.action).items():
        asked = [Rule(id=rule.id, action=rule.action, tier=Tier.approve, roles=(role,)) for role in rule.named_roles]
        if owner and all(lint.shortage([each], owner) for each in asked):
            key = "roles" if rule.role is None else "role"
            yield UnplacedFault(
                path=("rules", index, key),
                message=f"nobody may judge what is drawn of {name}, whose owner {owner} may not",
                remedy="Add somebody else to the role, or say allow_self_review: true in it.",
            )
