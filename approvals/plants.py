"""Plants: what may become a drill, how much of it, and how much there was."""

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from approvals.digest import JSON
    from approvals.drill import Drill
    from approvals.proposal import Action, Ask, Evidence, Preview


@dataclass(frozen=True, slots=True, kw_only=True)
class Plant:
    """Something that may be planted: all that stands on the card and is not taken from a proposal of the agent."""

    action: "Action"
    drill: "Drill"
    reasoning: str
    summary: str | None = None
    confidence: float | None = None
    signals: "Mapping[str, JSON]" = field(default_factory=dict)
    context: "tuple[Evidence, ...]" = ()
    preview: "Preview | None" = None
    rollback_plan: str | None = None
    preconditions: tuple[str, ...] = ()

    def ask(self, like: "Ask") -> "Ask":
        """It as the agent would say it, that has just proposed another of the kind: in its run, for the same person."""
        return replace(
            like,
            reasoning=self.reasoning,
            summary=self.summary,
            confidence=self.confidence,
            signals=self.signals,
            context=self.context,
            preview=self.preview,
            rollback_plan=self.rollback_plan,
            preconditions=self.preconditions,
            tool_call_id=None,
            traceparent=None,
            callback_url=None,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class DrillTerms:
    """How much may be planted, among what, and what."""

    share: float
    """Of what a role was asked in a week, no more than this is planted; above 0."""
    most: int
    """Nor more than so many in a week, for each role."""
    roles: frozenset[str]
    """Only what asks none but these has drills among it."""
    plants: "Mapping[str, tuple[Plant, ...]]"
    """By action."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DrillCounts:
    """What a role was asked within a week, and how many drills were among it."""

    asked: int
    planted: int
