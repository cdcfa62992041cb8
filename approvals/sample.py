"""Samples: what ran without anybody asked and people look over, and what a person thought of it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


class SampleVerdict(StrEnum):
    """What a person thinks of something that ran without anyone asked."""

    fine = "fine"
    not_fine = "not_fine"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """Somebody's judgement."""

    judgement: SampleVerdict
    by: str
    at: "datetime"
    reason: str | None = None
    """Why it is not fine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A proposal that was drawn. It stands beside the proposal, which never changes by it."""

    proposal_id: str
    roles: tuple[str, ...]
    """Anyone in any of them may judge it, but for whom the proposal's gate excludes."""
    channels: tuple[str, ...]
    nonce: str
    """Known only to its cards: a click carries it."""
    sampled_at: "datetime"
    judged: Judged | None = None
