"""A town whose policy has the rules of the example's own page."""

from contextlib import asynccontextmanager

import pytest

from tests.examples.pages import EXAMPLES, Folder, blocks
from tests.town import AGENT_TOKEN, POLICY, open_town

HEAD = POLICY.partition("rules:\n")[0]


@pytest.fixture
def example(tmp_path):
    """Opens the town of an example, and its folder."""

    @asynccontextmanager
    async def opened(name):
        (rules,) = blocks(EXAMPLES / name / "README.md", "yaml")
        async with open_town(tmp_path, policy=HEAD + rules) as town, town.serving():
            yield town, Folder.of(name, tmp_path, town.bot.url, AGENT_TOKEN)

    return opened
