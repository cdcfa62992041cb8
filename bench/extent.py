"""Extent: how much is measured, as three sizes of a run; single numbers can be said on the command line."""

from dataclasses import dataclass

from bench.policy import TIERS


@dataclass(frozen=True, slots=True, kw_only=True)
class Extent:
    """All numbers of a run but those that are measured."""

    rounds: int
    """How often the baselines and the bot have their turn."""
    seconds: float
    """How long each load lasts."""
    warm_up: float
    """Seconds of each load before that, in which nothing is measured."""
    connections: tuple[int, ...]
    tiers: tuple[str, ...] = tuple(TIERS)
    clicks: int
    waiting: tuple[int, ...]
    """How many agents wait while people decide."""
    past: tuple[int, ...]
    """How many proposals are over; the first is what the others are held against."""
    past_rounds: int
    pending: int
    """How many proposals wait where the footprint is measured, but for those that agents wait for."""
    agents: int
    """How many of those."""
    starts: int
    burst: int
    rules: int
    """Of the policy that judges."""
    longest: float
    """Seconds after which a section is left as it is."""


FULL = Extent(
    rounds=5,
    seconds=3.0,
    warm_up=1.0,
    connections=(1, 32, 256),
    clicks=200,
    waiting=(1, 1000),
    past=(1_000, 100_000),
    past_rounds=3,
    pending=10_000,
    agents=1_000,
    starts=3,
    burst=500,
    rules=1000,
    longest=600.0,
)
"""About a quarter of an hour on a quiet machine with two cores."""
QUICK = Extent(
    rounds=2,
    seconds=1.0,
    warm_up=0.3,
    connections=(1, 32),
    clicks=24,
    waiting=(1, 200),
    past=(1_000, 10_000),
    past_rounds=1,
    pending=500,
    agents=200,
    starts=1,
    burst=100,
    rules=1000,
    longest=120.0,
)
"""Less than three minutes there."""
MILLION = 1_000_000
LONGER = 6
"""So many times as long a section may take then: writing them takes minutes, on a busy machine a quarter of an hour."""
