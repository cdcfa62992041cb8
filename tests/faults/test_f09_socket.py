"""F9: the socket drops. Back within 5 s; a lost click never counts."""

import asyncio

from tests.town import SUPPORT


async def test_f09_a_dropped_socket_is_back_within_five_seconds_and_clicks_work_again(place):
    await place.start()
    proposal = await place.propose()
    card = await place.card(SUPPORT, proposal)
    for _ in range(2):
        place.slack.drop_sockets()
        await place.slack.until(lambda: place.slack.socket_count == 0)
        lost = await place.click("U0ALICE", SUPPORT, card, "approve")
        assert lost.failure == "dispatch_failed"
        assert await place.status(proposal) == "pending"
        await place.slack.until(lambda: place.slack.socket_count == 1)
    assert place.count(proposal["id"], "proposal:decided") == 0
    delivery = await place.click("U0ALICE", SUPPORT, card, "approve")
    assert delivery.acknowledged
    assert await place.status(proposal) == "approved"


async def test_f09_it_is_back_although_slack_refuses_the_first_new_connections(place):
    await place.start()
    place.slack.faults.add("apps.connections.open", "500")
    place.slack.faults.add("apps.connections.open", "ok_false", error="internal_error")
    place.slack.drop_sockets()
    await place.slack.until(lambda: place.slack.socket_count == 0)
    await place.slack.until(lambda: place.slack.socket_count == 1)


async def test_f09_slack_s_own_request_to_reconnect_is_followed(place):
    await place.start()
    proposal = await place.propose()
    card = await place.card(SUPPORT, proposal)
    sockets = place.slack.sockets
    (old,) = sockets.open
    await place.slack.refresh_sockets()
    await place.slack.until(lambda: sockets.open and old not in sockets.open)
    assert (await place.click("U0ALICE", SUPPORT, card, "approve")).acknowledged
    assert await place.status(proposal) == "approved"


async def test_f09_without_a_socket_it_is_degraded_and_says_so_but_ready(place):
    await place.start()
    place.slack.faults.add("apps.connections.open", "500", times=50)
    place.slack.drop_sockets()
    await place.slack.until(lambda: place.slack.socket_count == 0)
    status, body = await place.readiness()
    assert status == 200
    assert "out of reach" in str(body["degraded"])


async def test_f09_a_click_whose_person_slack_does_not_tell_us_about_in_time_does_not_count(place):
    await place.start()
    proposal = await place.propose()
    card = await place.card(SUPPORT, proposal)
    looking = await place.hangs("hang", "users.info")
    clicking = asyncio.create_task(place.click("U0ALICE", SUPPORT, card, "approve"))
    await looking()
    place.slack.drop_sockets()
    assert not (await clicking).acknowledged
    assert await place.told("U0ALICE")
    assert await place.status(proposal) == "pending"
    assert place.count(proposal["id"], "proposal:decided") == 0
