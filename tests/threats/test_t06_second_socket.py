"""T6: the app token leaked, and a second socket swallows clicks. It is seen, told once, and what it gets never counts."""

from contextlib import asynccontextmanager

import aiohttp
import pytest

from tests.threats.ground import ground
from tests.town import OPS, SUPPORT, visible_text

TOLD, OVER = "with this bot's app token", "No other connection uses this bot's app token any more"


@pytest.fixture
async def town(tmp_path):
    async with ground(tmp_path, "socket") as town, town.serving():
        yield town


@asynccontextmanager
async def second_socket(town):
    """Somebody else with our app token; they take what Slack gives them and answer nothing."""
    headers = {"Authorization": f"Bearer {town.slack.app_token}"}
    async with aiohttp.ClientSession(headers=headers) as session:
        async with session.post(f"{town.slack.api_url}apps.connections.open") as answer:
            address = (await answer.json())["url"]
        async with session.ws_connect(address) as socket:
            assert (await socket.receive_json())["type"] == "hello"
            yield socket


async def degraded(town):
    return str((await town.call("GET", "/readyz"))["degraded"])


def told(town, text):
    return [each for each in town.slack.messages(OPS) if text in visible_text(each)]


async def test_t06_a_second_socket_is_in_readiness_and_told_once_and_so_is_its_end(town):
    assert "connection" not in await degraded(town)
    async with second_socket(town):
        for _ in range(3):
            await town.bot.socket.renew()
        assert "1 more connection is open with SLACK_APP_TOKEN" in await degraded(town)
        await town.slack.until(lambda: told(town, TOLD))
    await town.slack.until(lambda: town.slack.socket_count == 1)
    await town.bot.socket.renew()
    await town.slack.until(lambda: told(town, OVER))
    assert "connection" not in await degraded(town)
    assert len(told(town, TOLD)) == 1
    assert len(told(town, OVER)) == 1


async def test_t06_one_that_was_there_first_is_seen_at_the_start(tmp_path):
    async with ground(tmp_path, "socket") as town, second_socket(town), town.serving():
        await town.slack.until(lambda: told(town, TOLD))
        assert "1 more connection is open with SLACK_APP_TOKEN" in await degraded(town)


async def test_t06_our_own_two_while_one_takes_over_from_the_other_are_no_alarm(town):
    for _ in range(3):
        await town.bot.socket.renew()
    sockets = town.slack.sockets
    (old,) = sockets.open
    await town.slack.refresh_sockets()
    await town.slack.until(lambda: len(sockets.open) == 1 and old not in sockets.open)
    town.slack.drop_sockets()
    await town.slack.until(lambda: town.slack.socket_count == 0)
    await town.slack.until(lambda: town.slack.socket_count == 1)
    assert "connection" not in await degraded(town)
    assert told(town, TOLD) == []


async def test_t06_a_click_that_comes_while_one_takes_over_from_the_other_counts(town):
    proposal, card = await town.proposed()
    await town.bot.socket.renew()
    assert (await town.click("U0ALICE", SUPPORT, card, "approve")).acknowledged
    assert await town.status(proposal) == "approved"


async def test_t06_a_click_that_the_second_socket_took_never_counts(town):
    proposal, card = await town.proposed()
    town.slack.ack_seconds = 0.2
    async with second_socket(town):
        sockets, ours = town.slack.sockets, town.slack.sockets.open[0]
        sockets.open.remove(ours)  # Slack gives it to either; here to theirs
        assert not (await town.click("U0ALICE", SUPPORT, card, "approve")).acknowledged
        sockets.open.insert(0, ours)
    assert await town.status(proposal) == "pending"
    assert await town.count(proposal, "proposal:decided") == 0
