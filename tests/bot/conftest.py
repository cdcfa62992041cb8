"""A Slack workspace, and a client that speaks to it as the bot does."""

import pytest

from bot.slack.web.client import slack_client
from bot.slack.web.identity import Identity
from sandbox import Sandbox


@pytest.fixture
async def slack():
    async with Sandbox() as slack:
        slack.add_user("U0ALICE", "Alice")
        slack.add_user("U0ERIN", "Erin")
        slack.add_channel("C0SUPPORT", "support", members=["U0ALICE"], is_private=True)
        slack.add_group("S0FINANCE", "finance-people", users=["U0ERIN"])
        slack.add_group("S0LEADS", "leads", users=["U0ERIN"])
        yield slack


@pytest.fixture
async def client(slack):
    async with slack_client(slack.bot_token, slack.api_url) as client:
        yield client


@pytest.fixture
def identity(slack):
    return Identity(
        team_id=slack.team_id,
        enterprise_id=None,
        app_id=slack.app_id,
        bot_id=slack.bot_id,
        bot_user=slack.bot_user,
    )
