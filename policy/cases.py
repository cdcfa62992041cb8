"""Policy tests: cases written beside a policy that say what it shall make of proposals; a pipeline runs them."""

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from approvals.gate import Tier
from policy.explain import NotAProposal, proposed
from policy.file.faults import UnplacedFault
from policy.file.yaml_file import read_yaml

if TYPE_CHECKING:
    from pathlib import Path

    from approvals.digest import JSON
    from policy.explain import Explanation
    from policy.loaded import LoadedPolicy

NOT_ALLOWED, FAILS_SCHEMA = "action-not-allowed", "schema"
"""What comes of a proposal that is refused before any rule is asked, as the answer's problem type has it."""
_EXPECTED = re.compile(r"(?P<tier>[a-z-]+)(?::(?P<roles>[^:]+))?")
_WORDS = (*(tier.value for tier in Tier), NOT_ALLOWED, FAILS_SCHEMA)


class NotAnExpectation(ValueError):
    """A case says nothing that a policy could do; the message says what to write."""


@dataclass(frozen=True, slots=True)
class Expectation:
    """A tier, or a refusal, and whom it asks."""

    verdict: str
    roles: frozenset[str] | None = None
    """None where any will do."""

    def __str__(self) -> str:
        return self.verdict if self.roles is None else f"{self.verdict}:{'+'.join(sorted(self.roles))}"

    def is_met(self, explanation: "Explanation") -> bool:
        """Whether the policy does so."""
        found = outcome(explanation)
        return found.verdict == self.verdict and self.roles in (None, found.roles)


def expectation(text: str) -> Expectation:
    """What `approve:finance+support`, `block` or `schema` says. Raises NotAnExpectation."""
    found = _EXPECTED.fullmatch(text.strip())
    if found is None or found["tier"] not in _WORDS or (found["roles"] and found["tier"] not in ("approve", "watch")):
        said = f"{text!r} is nothing to expect. Write one of {', '.join(_WORDS)}"
        raise NotAnExpectation(f"{said}, and behind approve or watch whom it asks: approve:finance+support.")
    roles = None if found["roles"] is None else frozenset(each.strip() for each in found["roles"].split("+"))
    return Expectation(found["tier"], roles)


def require_roles(expected: Expectation, policy: "LoadedPolicy") -> None:
    """Raises NotAnExpectation for a role that the policy has not: it would be expected in vain for ever."""
    if unknown := sorted((expected.roles or frozenset()) - policy.roles.keys()):
        known = ", ".join(sorted(policy.roles))
        raise NotAnExpectation(f"there is no role {unknown[0]!r} to expect. Known: {known}.")


def outcome(explanation: "Explanation") -> Expectation:
    """What the policy does, said in the same way."""
    if not explanation.allowed:
        return Expectation(NOT_ALLOWED)
    if explanation.faults:
        return Expectation(FAILS_SCHEMA)
    roles = frozenset(explanation.roles) if explanation.tier in (Tier.approve, Tier.watch) else None
    return Expectation(explanation.tier.value, roles)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One proposal, and what came of it."""

    name: str
    line: int
    expected: Expectation
    found: Expectation
    rules: tuple[str, ...]
    """The rules that matched."""
    met: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseReport:
    """Every case of a file."""

    file: str
    cases: tuple[Case, ...]

    @property
    def sound(self) -> bool:
        """Whether there is a case, and all are met."""
        return bool(self.cases) and all(case.met for case in self.cases)

    def lines(self) -> tuple[str, ...]:
        """The report for a person: what differs, then how many."""
        differing = [case for case in self.cases if not case.met]
        failures = [
            f"differs  {self.file}:{case.line}: {case.name}: {case.found} instead of {case.expected}, "
            f"by {', '.join(case.rules) or 'the default'}"
            for case in differing
        ]
        return (*failures, f"{self.file}: cases: {len(self.cases)}, as expected: {len(self.cases) - len(differing)}")

    def as_json(self) -> "dict[str, JSON]":
        """The report for a program."""
        cases: list[JSON] = [
            {
                "name": case.name,
                "line": case.line,
                "expected": str(case.expected),
                "found": str(case.found),
                "rules": list(case.rules),
                "met": case.met,
            }
            for case in self.cases
        ]
        return {"file": self.file, "sound": self.sound, "cases": cases}


class NotACase(ValueError):
    """An entry of the file cannot be held against a policy; the message says where and why."""


def tried(policy: "LoadedPolicy", path: "Path") -> CaseReport:
    """The cases of a YAML file: a list of proposals, each with `expect`, and if wanted `name` and `agent`.

    Raises NotACase; PolicyFaults where the file cannot be read.
    """
    document = read_yaml(path)
    if not isinstance(document.value, list):
        raise NotACase(f"{path}: the file must be a list. Write a dash before each case.")
    cases = []
    for place, entry in enumerate(document.value):
        line = document.located(UnplacedFault(path=(place,), message="", remedy="")).line
        try:
            cases.append(_case(policy, entry, line, place + 1))
        except (NotAProposal, NotAnExpectation) as wrong:
            raise NotACase(f"{path}:{line}: {wrong}") from None
    return CaseReport(file=str(path), cases=tuple(cases))


def _case(policy: "LoadedPolicy", entry: object, line: int, number: int) -> Case:
    if not isinstance(entry, dict) or not isinstance(entry.get("expect"), str):
        raise NotAnExpectation("a case is a proposal with expect. Write expect: approve:finance beside its action.")
    expected = expectation(entry["expect"])
    require_roles(expected, policy)
    if "agent" not in entry and len(policy.agents) != 1:
        raise NotAnExpectation(f"whose proposal is it? Write agent: with one of {', '.join(sorted(policy.agents))}.")
    body = {key: value for key, value in entry.items() if key not in ("expect", "name")}
    said = proposed(json.dumps(body), policy.agents)
    explanation = policy.explain(said.ask(policy.source_for(said.agent, said.source)), said.judged_action())
    return Case(
        name=str(entry.get("name") or f"case {number}, {said.action}"),
        line=line,
        expected=expected,
        found=outcome(explanation),
        rules=explanation.gate.rules,
        met=expected.is_met(explanation),
    )
