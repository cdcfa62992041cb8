"""What `signoff policy check` and `signoff policy explain` say, as text lines or as JSON."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from policy.build import examine, load
from policy.explain import Explanation, proposed

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from approvals.proposal import JSON
    from policy.faults import PolicyFault


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
        told = [
            *(f"fault    {fault}" for fault in self.faults),
            *(f"warning  {warning}" for warning in self.warnings),
            *(f"note     {note}" for note in self.notes),
        ]
        verdict = f"sound, version {self.version}, rules: {self.rules}" if self.sound else f"faults: {len(self.faults)}"
        return (*told, f"{self.file}: {verdict}, warnings: {len(self.warnings)}")

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


def check(path: "Path", environ: "Mapping[str, str]") -> CheckReport:
    """Examines the policy at `path`; raises nothing, faults are in the report."""
    examined = examine(path, environ)
    policy = examined.policy
    return CheckReport(
        file=str(path),
        version=None if policy is None else policy.version,
        rules=0 if policy is None else len(policy.rules),
        faults=examined.faults,
        warnings=examined.warnings,
        notes=examined.notes,
    )


def explain(path: "Path", proposal_json_text: str, agent: str | None = None) -> Explanation:
    """What the policy at `path` makes of a proposal's JSON; no token is needed to ask.

    The agent is the one given, else the `agent` named in the JSON, else the policy's only one. Raises PolicyFaults
    where the policy may not be used, NotAProposal where the text is none or nobody can tell whose it is.
    """
    policy = load(path, None)
    said = proposed(proposal_json_text, policy.agents, agent)
    return policy.explain(said.ask(policy.source_for(said.agent, said.source)), said.judged_action())
