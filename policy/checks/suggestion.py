"""Suggestions: what people's decisions say about a rule, and whether that bears a change of it. Pure.

Nobody changes a policy but its keepers. What loosens needs many decisions that were read, and few that went wrong:
a share alone shows nothing, so each has its interval, and the cautious end of that is what counts.
"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from approvals.estimate import Share, more_to_show

if TYPE_CHECKING:
    from approvals.digest import JSON
    from policy.file.edits import RuleEdit


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """From what on figures bear a suggestion."""

    decisions: int = 200
    """So many approvals, read and unchanged, before anything loosens."""
    untouched: float = 0.98
    """Of all that was asked, what share has to have been approved as it was."""
    error: float = 0.02
    """The share that went wrong has to be shown to be below this."""
    rejections: int = 20
    """So many rejections, and no approval, before anything is blocked."""
    expiries: int = 10
    edits: int = 20


USUAL = Bounds()


@dataclass(slots=True, kw_only=True)
class Opinions:
    """What people said of some proposals, counted."""

    asked: int = 0
    """How many they were asked about and that are over: decided, or expired."""
    untouched: int = 0
    """Approved as they were, without a question, and read."""
    rushed: int = 0
    """Approved as they were, faster than one can read: no evidence of anything."""
    changed: int = 0
    """Approved after an edit, or after a question was asked."""
    rejected: int = 0
    expired: int = 0
    wrong: int = 0
    """Of those approved: taken back, objected to, or failed."""
    judged: int = 0
    """Samples that were looked over."""
    not_fine: int = 0
    undoable: int = 0
    """Of those asked, how many came with a plan for a rollback."""

    @property
    def approved(self) -> int:
        """All that people approved, however."""
        return self.untouched + self.rushed + self.changed

    @property
    def share_untouched(self) -> Share:
        """Of what was asked, but for what was approved unread."""
        return Share(self.untouched, self.asked - self.rushed)

    @property
    def share_wrong(self) -> Share:
        """Of what was approved, what went wrong afterwards."""
        return Share(self.wrong, self.approved)

    @property
    def share_not_fine(self) -> Share:
        """Of the samples that were looked over."""
        return Share(self.not_fine, self.judged)

    @property
    def share_rejected(self) -> Share:
        """Of what was decided."""
        return Share(self.rejected, self.rejected + self.approved)


def against_loosening(opinions: Opinions, bounds: Bounds) -> str | None:
    """Why the figures do not bear it that people are asked no longer; None where they do."""
    if opinions.untouched < bounds.decisions:
        missing = bounds.decisions - opinions.untouched
        return f"{missing:,} more approvals that were read are needed before anything loosens"
    if (opinions.share_untouched.value or 0.0) < bounds.untouched:
        return f"people approve less than {percent(bounds.untouched)} of it as it is"
    for share, what in ((opinions.share_wrong, "approvals"), (opinions.share_not_fine, "samples")):
        if share.cases and share.bounds[1] > bounds.error:
            more = more_to_show(share.hits, share.cases, bounds.error)
            remedy = "" if more is None else f"; {more:,} more without one would show it"
            return f"of its {what} {share_text(share)} went wrong, not surely less than {percent(bounds.error)}{remedy}"
    return None


def against_blocking(opinions: Opinions, bounds: Bounds) -> str | None:
    """Why the figures do not bear it that it is blocked; None where they do."""
    if opinions.approved:
        return f"people approved {opinions.approved:,} of it"
    if opinions.rejected < bounds.rejections:
        return f"{bounds.rejections - opinions.rejected:,} more rejections are needed before anything is blocked"
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """A change that the figures bear, for a person to decide about."""

    kind: str
    """watch, sample, block, remove, hours or field."""
    rule: str
    what: str
    """What to do, in a sentence."""
    why: tuple[str, ...]
    """The figures, each with how many there are and between what the true share lies."""
    shares: "dict[str, Share]" = field(default_factory=dict)
    edit: "RuleEdit | None" = None
    """None where only a person can write it."""
    diff: str | None = None
    replay: "dict[str, int]" = field(default_factory=dict)
    """How many past proposals the change would judge otherwise, by what changes."""
    schema: "dict[str, JSON] | None" = None
    """Of the payload, where a schema would say it."""

    def as_json(self) -> "dict[str, JSON]":
        """The suggestion for a program."""
        return {
            "kind": self.kind,
            "rule": self.rule,
            "what": self.what,
            "why": list(self.why),
            "figures": {
                name: {"hits": share.hits, "cases": share.cases, "low": share.bounds[0], "high": share.bounds[1]}
                for name, share in self.shares.items()
            },
            "diff": self.diff,
            "replay": dict(self.replay),
            "schema": self.schema,
        }


def percent(share: float) -> str:
    """A share as people read it."""
    return f"{share * 100:.1f}".removesuffix(".0") + " %"


def share_text(share: Share) -> str:
    """How many of how many, and between what the true share lies with 95 % confidence."""
    low, high = share.bounds
    return f"{share.hits:,} of {share.cases:,} ({percent(low)} to {percent(high)})"
