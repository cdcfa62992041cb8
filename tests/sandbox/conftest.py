from collections.abc import AsyncIterator

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from sandbox import Sandbox


class HandClock:
    """A clock that only moves when told."""

    def __init__(self) -> None:
        self.now = 1_760_000_000.0

    def __call__(self) -> float:
        return self.now

    def forward(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
async def slack(clock) -> AsyncIterator[Sandbox]:
    async with Sandbox(port=0, clock=clock) as workspace:
        workspace.add_user("U0ALICE", "Alice")
        workspace.add_user("U0BOB", "Bob")
        workspace.add_channel("C0SUPPORT", "support", members=["U0ALICE", "U0BOB"])
        workspace.add_group("S0FINANCE", "finance", users=["U0BOB"])
        yield workspace


@pytest.fixture
def client(slack) -> AsyncWebClient:
    return AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)
