"""Oversight figures: what became of what people were asked, and how they decided it, as counts that tell it. Pure.

A decision is held against the reading time of its very card: so many words at READING_SPEED. A streak is the place of a
decision among those of its reviewer within an hour.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from approvals.estimate import Share, more_to_show

READING_SPEED = 3.75
"""Words a second, of who reads to understand."""
ONCE = 128
"""The time for reading once, in the steps in which it is counted; a quarter of it is too soon for anybody."""
STREAKS = (1, 11, 31, 101)
"""Where the streaks begin that are told apart."""
BOUNDS = (0.05, 0.01)
"""Below which a sampled error is worth showing to be."""
_MANY = 20
"""With fewer decisions to go by nothing is said of a reviewer."""


class Figure(StrEnum):
    """What is counted. Of the first, each proposal that people were asked counts for one."""

    waits = "waits"
    untouched = "untouched"
    edited = "edited"
    rejected = "rejected"
    revoked = "revoked"
    expired = "expired"
    otherwise = "otherwise"
    failed = "failed"
    """Of those approved: its agent reported that acting failed."""
    wait = "wait"
    """How long it took from the proposal to the end of its review, in steps of milliseconds."""
    agreed = "agreed"
    """Decisions: an approval of what is there."""
    changed = "changed"
    """An approval of what its reviewer had edited."""
    refused = "refused"
    details = "details"
    """Decisions before which the reviewer had opened Details."""
    rushed = "rushed"
    looked = "looked"
    """How long from first seen to the decision, in steps of milliseconds."""
    read = "read"
    """How often that was enough to read the card, in steps of 128ths; counted for each streak."""
    second = "second"
    """Decisions where more than one person is asked and another had decided before."""
    disagreed = "disagreed"
    retracted = "retracted"
    """Approvals that their reviewer took back."""
    failed_later = "failed_later"
    """Approvals after which acting failed."""
    undone_later = "undone_later"
    """Approvals that somebody revoked."""
    sampled = "sampled"
    judged = "judged"
    not_fine = "not_fine"
    caught = "caught"
    """Drills to which somebody said no; what ended a drill counts in none of the others."""
    missed = "missed"
    unanswered = "unanswered"
    broken_off = "broken_off"
    """Drills that somebody changed or asked about, or that were called off: neither caught nor missed."""


ENDINGS = (
    Figure.untouched,
    Figure.edited,
    Figure.rejected,
    Figure.revoked,
    Figure.expired,
    Figure.otherwise,
)
VERDICTS = (Figure.agreed, Figure.changed, Figure.refused)


@dataclass(frozen=True, slots=True)
class Spread:
    """Numbers that fall into steps: for each where it begins, how many are in it, and what they add up to."""

    steps: tuple[tuple[int, int, int], ...] = ()

    @property
    def count(self) -> int:
        """How many numbers there are."""
        return sum(count for _, count, _ in self.steps)

    def quantile(self, share: float) -> float | None:
        """Below which so large a share of the numbers lies, about: each is taken for the mean of its step."""
        wanted = share * self.count
        up_to = 0
        for _, count, total in self.steps:
            up_to += count
            if up_to >= wanted:
                return total / count
        return None

    def below(self, step: int) -> Share:
        """How many are in the steps before one."""
        return Share(sum(count for begins, count, _ in self.steps if begins < step), self.count)

    def and_also(self, other: "Spread") -> "Spread":
        """The numbers of both."""
        added: dict[int, tuple[int, int]] = {}
        for begins, count, total in (*self.steps, *other.steps):
            known = added.get(begins, (0, 0))
            added[begins] = (known[0] + count, known[1] + total)
        return Spread(tuple((begins, *added[begins]) for begins in sorted(added)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Streak:
    """Decisions that came at such places of their streaks."""

    begins: int
    verdicts: Mapping[Figure, int]
    details: int
    read: Spread

    @property
    def decisions(self) -> int:
        """How many there are."""
        return sum(self.verdicts.values())

    @property
    def ends(self) -> int | None:
        """The last place of it; None of the last."""
        following = [each for each in STREAKS if each > self.begins]
        return min(following) - 1 if following else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Oversight:
    """All figures of one action, rule, agent, role or reviewer, or of everything."""

    name: str = ""
    counts: Mapping[tuple[str, int], tuple[int, int]] = field(default_factory=dict)
    """By what is counted and its step: how many, and what they add up to."""

    def number(self, *figures: Figure) -> int:
        """How many of these."""
        return sum(count for (kind, _), (count, _) in self.counts.items() if kind in figures)

    def spread(self, kind: str) -> Spread:
        """The numbers of a kind that is counted in steps."""
        found = sorted((step, *counted) for (each, step), counted in self.counts.items() if each == kind and counted[0])
        return Spread(tuple(found))

    @property
    def asked(self) -> int:
        """How many proposals people were asked."""
        return self.number(Figure.waits, *ENDINGS)

    @property
    def answered(self) -> int:
        """How many of them people approved or rejected, and nobody took that back."""
        return self.number(Figure.untouched, Figure.edited, Figure.rejected)

    @property
    def decisions(self) -> int:
        """How many decisions were made."""
        return self.number(*VERDICTS)

    @property
    def untouched(self) -> Share:
        """Of what people answered, what they approved as it was."""
        return Share(self.number(Figure.untouched), self.answered)

    @property
    def wait(self) -> Spread:
        """From the proposal to the end of its review, in milliseconds."""
        return self.spread(Figure.wait)

    @property
    def looked(self) -> Spread:
        """From first seen to the decision, in milliseconds, where it is known."""
        return self.spread(Figure.looked)

    @property
    def read(self) -> Spread:
        """How often the time was enough to read the card, in 128ths, where it is known."""
        found = Spread()
        for each in self.streaks:
            found = found.and_also(each.read)
        return found

    @property
    def unread(self) -> Share:
        """Of the decisions of which the time is known, those that came sooner than in half the reading time."""
        return self.read.below(ONCE // 2)

    @property
    def streaks(self) -> tuple[Streak, ...]:
        """Decisions by their places in a streak, all of STREAKS."""
        return tuple(
            Streak(
                begins=begins,
                verdicts={verdict: self.counts.get((verdict, begins), (0, 0))[0] for verdict in VERDICTS},
                details=self.counts.get((Figure.details, begins), (0, 0))[0],
                read=self.spread(f"{Figure.read}_{begins}"),
            )
            for begins in STREAKS
        )

    @property
    def late(self) -> Spread:
        """How often the time was enough to read the card, from the 31st within an hour on."""
        _, _, third, last = self.streaks
        return third.read.and_also(last.read)

    @property
    def disagreed(self) -> Share:
        """Of decisions after another person's, those that said something else."""
        return Share(self.number(Figure.disagreed), self.number(Figure.second))

    @property
    def error(self) -> Share:
        """Of the samples that were judged, those that were not fine."""
        return Share(self.number(Figure.not_fine), self.number(Figure.judged))

    @property
    def drills(self) -> int:
        """How many drills are over."""
        return self.number(Figure.caught, Figure.missed, Figure.unanswered, Figure.broken_off)

    @property
    def caught(self) -> Share:
        """Of the drills that somebody decided, those that were caught."""
        return Share(self.number(Figure.caught), self.number(Figure.caught, Figure.missed))

    @property
    def more_to_judge(self) -> tuple[tuple[float, int | None], ...]:
        """For each of BOUNDS, how many more samples that are all fine would show that the error is below it."""
        return tuple((bound, more_to_show(self.error.hits, self.error.cases, bound)) for bound in BOUNDS)

    @property
    def tires(self) -> bool:
        """Whether surely more is decided unread from the 31st within an hour on than among the first ten."""
        first, last = self.streaks[0].read.below(ONCE // 2), self.late.below(ONCE // 2)
        return min(first.cases, last.cases) >= _MANY and last.surely_above(first)

    @property
    def habit(self) -> "Habit | None":
        """How cards are looked at, as far as the time says; None with too little to go by."""
        known = self.read
        middle = known.quantile(0.5)
        if middle is None or known.count < _MANY:
            return None
        if middle < ONCE / 4:
            return Habit.clicks
        if self.tires:
            return Habit.tires
        return Habit.skims if middle < ONCE else Habit.reads


class Habit(StrEnum):
    """What the time before a decision tells. It does not tell whether anything was understood."""

    reads = "reads"
    """Half of the cards or more are before the person long enough to be read."""
    skims = "skims"
    tires = "tires"
    """The first ones are read, and late in a streak surely fewer."""
    clicks = "clicks"
    """Half of them or more are decided sooner than anybody can read them."""


def moment(spread: Spread, share: float) -> timedelta | None:
    """A quantile of numbers that are milliseconds."""
    found = spread.quantile(share)
    return None if found is None else timedelta(milliseconds=found)
