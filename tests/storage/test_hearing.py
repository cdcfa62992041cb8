"""Who waits is woken by what other processes commit, whatever the database says meanwhile."""

import asyncio

import pytest

from approvals.ports import StoreBusy
from storage.databases.hearing import pass_on
from storage.engine.database import Elsewhere
from storage.engine.errors import StoreFault
from storage.wakeups import Signals
from tests.making import make_proposal
from tests.patience import PATIENCE


@pytest.mark.parametrize("trouble", [StoreBusy("away"), StoreFault("not let in")])
async def test_a_read_that_fails_is_tried_again_and_ends_no_hearing(trouble):
    signals, proposal = Signals(), make_proposal()
    troubles = [trouble]

    async def elsewhere():
        yield Elsewhere(proposals=frozenset({proposal.id}))

    async def read(_ids):
        if troubles:
            raise troubles.pop()
        return [proposal]

    waiting = signals.watch(proposal.id, proposal.version - 1)
    async with asyncio.timeout(PATIENCE):
        await pass_on(elsewhere(), signals, read)
    assert waiting.result() == proposal
    assert troubles == []
