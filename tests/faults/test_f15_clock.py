"""F15: the machine's clock jumps two hours. Forward: expired is rejected. Backward: nothing revives, no deadline grows."""

from tests.tally import injected
from tests.town import SUPPORT

TWO_HOURS = 2 * 60 * 60


async def test_f15_a_jump_forward_expires_what_waits_and_lapses_what_was_not_claimed(shifting, record_property):
    place, shift = shifting
    waiting, granted = await place.propose(), await place.propose("email.other")
    await place.click("U0ALICE", SUPPORT, await place.card(SUPPORT, granted), "approve")
    card = await place.card(SUPPORT, waiting)
    shift(TWO_HOURS)
    assert await place.status(waiting) == "rejected"
    assert await place.status(granted) == "lapsed"
    await place.click("U0ALICE", SUPPORT, card, "approve")
    assert "nobody answered" in await place.told("U0ALICE")
    await place.claim(granted, expect=409)
    await place.card_saying(SUPPORT, card["ts"], "nobody answered in time")
    injected(record_property, "F15 clock two hours forward", "sqlite", 1)


async def test_f15_a_jump_backward_revives_nothing_and_lets_no_deadline_grow(shifting, record_property):
    place, shift = shifting
    expired = await place.propose(expires_in=1)
    card = await place.card(SUPPORT, expired)
    await place.card_saying(SUPPORT, card["ts"], "nobody answered in time")
    waiting = await place.propose("email.other")
    shift(-TWO_HOURS)
    assert await place.status(expired) == "rejected"
    await place.click("U0ALICE", SUPPORT, card, "approve", seen=card)
    assert await place.told("U0ALICE")
    assert await place.status(expired) == "rejected"
    assert (await place.get(waiting["id"]))["expires_at"] == waiting["expires_at"]
    after = await place.propose("email.third", expires_in=1)
    answer = await place.get(after["id"], wait=30)
    assert (answer["status"], answer["cause"]) == ("rejected", "expired")
    injected(record_property, "F15 clock two hours back", "sqlite", 1)


async def test_f15_after_a_jump_backward_the_scheduler_and_the_courier_go_on_working(shifting, record_property):
    place, shift = shifting
    await place.card(SUPPORT, await place.propose())
    await place.settled(SUPPORT)
    shift(-TWO_HOURS)
    after = await place.propose("email.other", expires_in=1)
    card = await place.card(SUPPORT, after)
    await place.get(after["id"], wait=30)
    await place.card_saying(SUPPORT, card["ts"], "nobody answered in time")
    assert place.count(after["id"], "proposal:rejected") == 1
    assert (await place.readiness())[0] == 200
    injected(record_property, "F15 clock two hours back", "sqlite", 1)
