"""Calls that are not alone: of one message, equal ones, and very many that wait."""

import asyncio

import pytest
from scene import Scene, assert_a_clear_no

MANY = 150
"""More than one client has connections."""
BEYOND = 3601
"""Seconds, past the deadline of all that waits on the stage."""
PATIENCE = 600.0
"""Seconds for an answer, and for a service that is away: no test passes by it, however busy the machine is."""


class Company(Scene):
    """Inline: each call of a message waits for its own."""

    @pytest.mark.aspect("parallel")
    async def test_calls_of_one_message_that_are_changed_into_each_other_run_each_its_own(self):
        turns = self.make_calls(41, 42)
        first, second = await self.method("several", turns)
        assert sorted(self.effects()) == [41, 42]
        assert "Refunded 42." in first
        assert "Refunded 41." in second
        found = [self.only(turn, "succeeded") for turn in turns]
        assert [(each["payload"]["amount"], each["claims"]) for each in found] == [(42, 1), (41, 1)]
        self.shows("held")

    @pytest.mark.aspect("equal")
    async def test_equal_calls_of_one_message_are_two_effects(self):
        turns = self.make_calls(5, 5)
        read = await self.method("several", turns)
        assert ["Refunded 5." in each for each in read] == [True, True], read
        assert self.effects() == [5, 5]
        assert [self.only(turn, "succeeded")["claims"] for turn in turns] == [1, 1]

    @pytest.mark.aspect("many")
    async def test_very_many_that_wait_keep_nobody_from_acting_and_reporting(self):
        self.stage.pause()
        turns = self.make_calls(5, *[7] * (MANY - 1), timeout=PATIENCE, patience=PATIENCE, wait=PATIENCE)
        taking = asyncio.create_task(asyncio.to_thread(asyncio.run, self.method("several", turns)))
        try:
            await asyncio.to_thread(self.stage.log, turns[0].run_id, count=MANY)
            self.stage.resume()
            await asyncio.to_thread(self.only, turns[0], "succeeded")
        finally:
            self.stage.forward(BEYOND)
            first, *others = await taking
        assert "Refunded 5." in first
        assert self.effects() == [5]
        for read in others:
            assert_a_clear_no(read)
            assert "expired" in read
