"""How a turn may end otherwise: cut short, cancelled, with words that nobody can write, without a client."""

import asyncio
from contextlib import suppress

import pytest
from scene import HURRY, Scene, assert_a_clear_no, assert_ran_though_unreported
from turn import BROKEN

SURROGATE = f"{BROKEN} \ud800"
"""Words that no UTF-8 has."""
BRIEF = 0.3
"""Seconds for a tool that takes longer, however long it is given."""


class Endings(Scene):
    """In both forms."""

    @pytest.mark.aspect("timeout")
    async def test_a_tool_that_is_cut_short_is_reported_unknown_for_it_may_go_on(self):
        turn = self.make_turn(5, within=BRIEF)
        turn.set_gate()
        try:
            for _ in range(2):
                with suppress(Exception):  # frameworks differ: some tell the model, some end the run
                    await self.take(turn)
            found = self.only(turn, "unknown")
        finally:
            turn.release()
        assert found["claims"] == 1
        assert self.effects() == [5]
        self.shows("held")

    @pytest.mark.aspect("surrogate")
    async def test_a_failure_in_words_that_nobody_can_write_is_reported_all_the_same(self):
        turn = self.make_turn(5, breaks=True, words=SURROGATE)
        with suppress(Exception):
            await self.take(turn)
        assert self.effects() == [5]
        assert self.only(turn, "failed")["outcome"]["detail"]

    @pytest.mark.aspect("closed")
    async def test_a_client_that_is_closed_while_the_tool_acts_keeps_nobody_in_the_dark(self):
        turn = self.make_turn(5, closes=True, **HURRY)
        assert_ran_though_unreported(await self.take(turn))
        assert self.effects() == [5]
        assert self.only(turn)["claims"] == 1
        assert_a_clear_no(await self.take(turn))
        assert self.effects() == [5]


class InlineEndings(Endings):
    """Where the call waits."""

    @pytest.mark.aspect("cancel")
    async def test_cancelled_while_it_waits_the_question_is_taken_back(self):
        self.stage.pause()
        turn = self.make_turn(5)
        waiting = asyncio.create_task(self.method("inline", turn))
        await asyncio.to_thread(self.only, turn, "pending")
        waiting.cancel()
        with suppress(asyncio.CancelledError):
            await waiting
        await asyncio.to_thread(self.only, turn, "withdrawn")  # some take it back by and by
        assert self.effects() == []
        self.shows("held")
