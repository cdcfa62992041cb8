"""How a verdict was given: what was typed with it, and since when the reviewer had seen what it is on."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from approvals.decision import Decision
    from approvals.haste import Seen


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """The manner of one verdict."""

    typed: "Sequence[str] | None" = ()
    """In the order of `friction.words`; None looks ahead, before there is anything to type."""
    seen: "Seen | None" = None
    """None where nobody knows."""

    def marked(self, decision: "Decision") -> "Decision":
        """The decision with when its reviewer first saw it, and whether it came too soon after that."""
        if self.seen is None:
            return decision
        return replace(decision, hasty=self.seen.too_soon(decision.at), seen_at=self.seen.at)


PLAIN = Given()
"""A click alone."""
AHEAD = Given(typed=None)
"""A look ahead."""
