"""Estimates from counts: how sure a share is, and how many more cases would make it sure enough. Pure."""

from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist

CONFIDENCE = 0.95
_Z = NormalDist().inv_cdf((1 + CONFIDENCE) / 2)
_MOST_MORE = 10_000_000
"""Beyond so many there is no telling."""


def interval(hits: int, cases: int) -> tuple[float, float]:
    """Between which shares, from 0 to 1, the true one lies with CONFIDENCE, where `hits` of `cases` were found.

    Wilson's score interval, which holds for few cases and for none or all of them too: E. B. Wilson, "Probable
    Inference, the Law of Succession, and Statistical Inference", Journal of the American Statistical Association
    22 (158), 1927, pages 209-212. Raises ValueError unless 0 <= hits <= cases and there is a case.
    """
    if not 0 <= hits <= cases or cases == 0:
        raise ValueError(f"{hits} of {cases} is no share")
    share = hits / cases
    shrink = 1 + _Z**2 / cases
    middle = (share + _Z**2 / (2 * cases)) / shrink
    reach = _Z * sqrt(share * (1 - share) / cases + _Z**2 / (4 * cases**2)) / shrink
    low = 0.0 if hits == 0 else middle - reach
    return low, 1.0 if hits == cases else middle + reach


def more_to_show(hits: int, cases: int, below: float) -> int | None:
    """How many more cases, none of them a hit, would show with CONFIDENCE that the share is below a bound.

    0 where that is shown already; None where no number of them would. Raises ValueError as `interval` does, but for
    no case at all, and unless 0 < below < 1.
    """
    if not 0 < below < 1:
        raise ValueError(f"{below} is no bound of a share")
    if cases == 0 and hits == 0:
        return 1 + (more_to_show(0, 1, below) or 0)
    interval(hits, cases)
    few, many = -1, 1
    while interval(hits, cases + many)[1] >= below:
        few, many = many, 2 * many
        if many > _MOST_MORE:
            return None
    while many - few > 1:
        middle = (few + many) // 2
        few, many = (middle, many) if interval(hits, cases + middle)[1] >= below else (few, middle)
    return many


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many."""

    hits: int
    cases: int

    @property
    def value(self) -> float | None:
        """From 0 to 1; None of no case."""
        return self.hits / self.cases if self.cases else None

    @property
    def bounds(self) -> tuple[float, float]:
        """Between which the true share lies with CONFIDENCE; of no case anything may be."""
        return interval(self.hits, self.cases) if self.cases else (0.0, 1.0)

    def surely_above(self, other: "Share") -> bool:
        """Whether it is the greater one beyond what chance does: the two bounds do not touch."""
        return self.bounds[0] > other.bounds[1]
