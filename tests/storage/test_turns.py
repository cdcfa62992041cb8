"""Turns without any database: who hears what, whenever somebody is cancelled."""

import asyncio

import pytest

from storage.engine.turns import Turns
from tests.patience import PATIENCE


@pytest.mark.parametrize("late", [False, True])
async def test_whoever_is_cancelled_in_the_moment_in_which_it_is_over_ends_and_holds_up_nobody(late):
    told = []

    async def carry_out(batch):
        while (turn := turns.next()) is not None:
            batch.append(turn)
            number = len(batch)
            turn.keep(number, lambda number=number: told.append(number))
        if late:
            asyncio.get_running_loop().call_soon(callers[0].cancel)  # comes before the caller goes on with its answer
        else:
            callers[0].cancel()

    async def work(_statements):
        """What is done of it is up to `carry_out`."""

    turns = Turns(carry_out)
    callers = [asyncio.create_task(turns.write(work)) for _ in range(3)]
    async with asyncio.timeout(PATIENCE):
        first, *others = await asyncio.gather(*callers, return_exceptions=True)
    assert isinstance(first, asyncio.CancelledError)
    assert others == [2, 3]
    assert told == [1, 2, 3]
