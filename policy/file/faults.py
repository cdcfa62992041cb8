"""Faults of a policy file: what is wrong, where, and what to do about it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Sequence

    from approvals.digest import JSON

Path: TypeAlias = tuple[str | int, ...]
"""The way from the top of the file to a value: `("rules", 2, "when", 0)`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnplacedFault:
    """Something noticed about a value of the file, before it is known on which line it stands."""

    path: Path
    message: str
    remedy: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyFault:
    """One finding, located. `line` counts from 1; `rule` is None outside of `rules`; `key` is empty for the file."""

    file: str
    line: int
    rule: str | None
    key: str
    message: str
    remedy: str

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}: "
        if self.rule is not None:
            where += f"rule {self.rule}: "
        if self.key:
            where += f"{self.key}: "
        return f"{where}{self.message}. {self.remedy}"

    def as_json(self) -> "dict[str, JSON]":
        """The same, field by field."""
        return {
            "file": self.file,
            "line": self.line,
            "rule": self.rule,
            "key": self.key,
            "message": self.message,
            "remedy": self.remedy,
        }


class PolicyFaults(Exception):
    """The policy may not be used; `faults` has all that could be found, in the order of the file."""

    def __init__(self, faults: "Sequence[PolicyFault]") -> None:
        self.faults = tuple(sorted(faults, key=lambda fault: (fault.line, fault.rule or "", fault.key, fault.message)))
        super().__init__("\n".join(str(fault) for fault in self.faults))
