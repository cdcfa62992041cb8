"""T3: a signature is good for 300 s both ways; inside that window the card's secret is what stops a replay."""

import time

import pytest

from tests.town import SUPPORT


@pytest.mark.parametrize("off", [-297, -60, 60, 297])
async def test_t03_a_clock_that_is_less_than_five_minutes_off_shuts_nobody_out(town, off):
    proposal, card = await town.proposed()
    payload = await town.made("U0ALICE", SUPPORT, card, "approve")
    assert await town.knock(*town.signed(payload, at=int(time.time()) + off)) == 200
    assert await town.status(proposal) == "approved"


@pytest.mark.parametrize("off", [-86_400, -303, 303, 86_400, 10**11])
async def test_t03_a_signature_from_outside_the_window_is_401(town, off):
    proposal, card = await town.proposed()
    payload = await town.made("U0ALICE", SUPPORT, card, "approve")
    assert await town.knock(*town.signed(payload, at=int(time.time()) + off)) == 401
    assert await town.status(proposal) == "pending"


async def test_t03_the_same_signed_request_again_within_the_window_decides_once(town):
    proposal, card = await town.proposed("refund.create", {"amount": 1500})
    payload = await town.made("U0ALICE", SUPPORT, card, "approve")
    request = town.signed(payload)
    assert [await town.knock(*request) for _ in range(3)] == [200, 200, 200]
    assert await town.count(proposal, "proposal:decided") == 1
