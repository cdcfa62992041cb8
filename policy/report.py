"""Reports of `signoff policy check`, `lint` and `explain`, as text or as JSON."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from policy.build import check_policy, load
from policy.checks import second_factors
from policy.checks.dead_rules import inert
from policy.explain import Explanation, proposed
from policy.file.faults import PolicyFaults

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime
    from pathlib import Path

    from approvals.digest import JSON
    from policy.build import PolicyCheck
    from policy.checks.rule_usage import Usage
    from policy.file.faults import PolicyFault


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckReport:
    """Everything there is to say about a policy file."""

    file: str
    version: str | None
    """None where there are faults."""
    rules: int
    """How many rules are in force."""
    faults: "tuple[PolicyFault, ...]"
    warnings: "tuple[PolicyFault, ...]"
    notes: "tuple[PolicyFault, ...]"

    @property
    def sound(self) -> bool:
        """Whether the program would start with it; warnings do not count."""
        return not self.faults

    def lines(self) -> tuple[str, ...]:
        """The report for a person."""
        findings = [
            *(f"fault    {fault}" for fault in self.faults),
            *(f"warning  {warning}" for warning in self.warnings),
            *(f"note     {note}" for note in self.notes),
        ]
        verdict = f"sound, version {self.version}, rules: {self.rules}" if self.sound else f"faults: {len(self.faults)}"
        return (*findings, f"{self.file}: {verdict}, warnings: {len(self.warnings)}")

    def as_json(self) -> "dict[str, JSON]":
        """The report for a program."""
        return {
            "file": self.file,
            "sound": self.sound,
            "version": self.version,
            "rules": self.rules,
            "faults": [fault.as_json() for fault in self.faults],
            "warnings": [warning.as_json() for warning in self.warnings],
            "notes": [note.as_json() for note in self.notes],
        }


CLEAN = "There is nothing to mend, so the exit code is 0; notes do not count."
TO_MEND = "Faults, warnings and findings are to be mended, so the exit code is 1; notes do not count."


@dataclass(frozen=True, slots=True, kw_only=True)
class LintReport:
    """What an operator might mend in a policy file, beyond what keeps it from being used."""

    file: str
    faults: "tuple[PolicyFault, ...]" = ()
    warnings: "tuple[PolicyFault, ...]" = ()
    findings: "tuple[PolicyFault, ...]" = ()
    notes: "tuple[PolicyFault, ...]" = ()
    history: str
    """What past proposals it was held against, or why none."""

    @property
    def clean(self) -> bool:
        """Whether there is nothing to mend; notes do not count."""
        return not (self.faults or self.warnings or self.findings)

    def lines(self) -> tuple[str, ...]:
        """The report for a person."""
        return (
            *(f"fault    {fault}" for fault in self.faults),
            *(f"warning  {warning}" for warning in self.warnings),
            *(f"finding  {finding}" for finding in self.findings),
            *(f"note     {note}" for note in self.notes),
            self.history,
            f"{self.file}: faults: {len(self.faults)}, warnings: {len(self.warnings)}, findings: {len(self.findings)}",
            CLEAN if self.clean else TO_MEND,
        )

    def as_json(self) -> "dict[str, JSON]":
        """The report for a program."""
        return {
            "file": self.file,
            "clean": self.clean,
            "faults": [each.as_json() for each in self.faults],
            "warnings": [each.as_json() for each in self.warnings],
            "findings": [each.as_json() for each in self.findings],
            "notes": [each.as_json() for each in self.notes],
            "history": self.history,
        }


def linted(
    file: str,
    examined: "PolicyCheck",
    usage: "Usage | None",
    history: str,
    *,
    unused: bool = False,
    enrolled: "Collection[str] | None" = None,
) -> LintReport:
    """What there is to mend in an examined policy; `usage` is what its rules were held against, if anything.

    `enrolled` is who has a second factor, where that is known.

    A rule that never matched may be a guard against what should not happen: it is to be mended only with `unused`.
    """
    if examined.lint is None or examined.locate is None:
        return LintReport(file=file, faults=examined.faults, history=history)
    found = [*inert(examined.lint)]
    unmatched = [] if usage is None else list(usage.unmatched(examined.lint))
    found += [] if usage is None else usage.absent_fields(examined.lint)
    found += unmatched if unused else []
    if enrolled is not None and examined.policy is not None:
        found += second_factors.findings(examined.policy, examined.lint, enrolled)
    located = PolicyFaults([examined.locate(each) for each in found]).faults
    guards = () if unused else PolicyFaults([examined.locate(each) for each in unmatched]).faults
    notes = (*examined.notes, *guards)
    return LintReport(file=file, warnings=examined.warnings, findings=located, notes=notes, history=history)


def check(path: "Path", environ: "Mapping[str, str] | None") -> CheckReport:
    """Examines the policy at `path`; raises nothing, faults are in the report. Without variables no token is wanted."""
    examined = check_policy(path, environ)
    policy = examined.policy
    return CheckReport(
        file=str(path),
        version=None if policy is None else policy.version,
        rules=0 if policy is None else len(policy.rules),
        faults=examined.faults,
        warnings=examined.warnings,
        notes=examined.notes,
    )


def explain(
    path: "Path", proposal_json_text: str, agent: str | None = None, at: "datetime | None" = None
) -> Explanation:
    """What the policy at `path` makes of a proposal's JSON; no token is needed to ask.

    The agent is the one given, else the `agent` named in the JSON, else the policy's only one. `at` is when it would
    be proposed, for what happens when. Raises PolicyFaults where the policy may not be used, NotAProposal where the
    text is none or nobody can tell whose it is.
    """
    policy = load(path, None)
    said = proposed(proposal_json_text, policy.agents, agent)
    return policy.explain(said.ask(policy.source_for(said.agent, said.source)), said.judged_action(), at)
