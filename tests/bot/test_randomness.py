"""Lots come from the system, and from nothing that anybody could know or choose."""

import random
import secrets

from bot.ids import SystemRandomness


def test_lots_are_spread_over_the_whole_range_and_never_reach_its_end():
    randomness = SystemRandomness()
    drawn = [randomness.draw() for _ in range(4000)]
    assert all(0 <= lot < 1 for lot in drawn)
    tenths = [sum(int(lot * 10) == tenth for lot in drawn) for tenth in range(10)]
    assert min(tenths) > 250  # 400 each, give or take 19: eight of these away


def test_lots_cannot_be_repeated_by_seeding():
    random.seed(1)
    one = SystemRandomness().draw()
    random.seed(1)
    assert SystemRandomness().draw() != one
    assert isinstance(SystemRandomness()._source, secrets.SystemRandom)
