"""Second factors: a code that a person types with an approval, the audit entries about it, and the refusals.

The secret that codes come from is kept sealed, and no entry has it or a code: they tell of a code by its step, which
is the number of the half minute that it is good for.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from approvals.events import Note
from approvals.refusals import CodeRefusal, FactorRefused

if TYPE_CHECKING:
    from datetime import datetime

MOST_WRONG = 5
"""So many wrong codes of one person within WRONG_COUNTS, and no further one is looked at for so long."""
WRONG_COUNTS = timedelta(hours=1)
RESET_WAITS = timedelta(hours=24)
"""So long a reset waits for the second operator."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeUse:
    """What a code is typed for: it counts for this content in this round, and for nothing else."""

    proposal: str
    digest: str
    round: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolment:
    """The second factor of a person."""

    person: str
    sealed: str
    """The secret under a key that is not in the database."""
    at: "datetime"


@dataclass(frozen=True, slots=True, kw_only=True)
class ResetRequest:
    """That one operator asked for a person's second factor to be reset; another has to ask too."""

    person: str
    by: str
    at: "datetime"


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondFactorEnrolled(Note):
    """A person has shown, by a first code, that they hold the secret."""

    tag = "second_factor:enrolled"
    person: str
    sealed: str
    """SHA-256 of the secret as it is kept, sealed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResetRequested(Note):
    """An operator says that the person has lost it."""

    tag = "second_factor:reset_requested"
    person: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondFactorReset(Note):
    """A second operator said so too: the person has none, and may enrol anew."""

    tag = "second_factor:reset"
    person: str
    by: str
    requested_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeAccepted(Note):
    """A person typed a code that was right. It counts once, ever."""

    tag = "code:accepted"
    person: str
    step: str
    """As text, so that each database finds it by its index."""
    use: CodeUse | None
    """What was approved with it; None where it enrolled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeRefused(Note):
    """A person typed a code that was wrong, or one that had counted before."""

    tag = "code:refused"
    person: str
    cause: str
    proposal: str | None


class NotEnrolled(CodeRefusal):
    """The person has no second factor yet."""

    slug = "not-enrolled"


class CodeWrong(CodeRefusal):
    """It is not what the person's app shows now; `left` more may be tried."""

    slug = "code-wrong"

    def __init__(self, left: int) -> None:
        super().__init__(f"{left} left")
        self.left = left


class CodeUsed(CodeRefusal):
    """It counted before."""

    slug = "code-used"


class CodesLocked(CodeRefusal):
    """Too many were wrong, so none is looked at for a while."""

    slug = "codes-locked"

    def __init__(self, until: "datetime") -> None:
        super().__init__(f"until {until.isoformat()}")
        self.until = until


class AlreadyEnrolled(FactorRefused):
    """The person has one already; two operators reset it."""

    slug = "already-enrolled"


class NothingToReset(FactorRefused):
    """The person has none."""

    slug = "nothing-to-reset"


class OperatorsReset(FactorRefused):
    """A second factor is reset by operators."""

    slug = "operators-reset"


class AnotherOperator(FactorRefused):
    """Who asked for the reset is not who carries it out."""

    slug = "another-operator"
