"""The look at the past for people in Slack: worked out once for all who ask meanwhile, and anew for who asks later."""

import asyncio

from bot.suggestions import looking_back
from tests.databases import new_database
from tests.making import Clock
from tests.patience import PATIENCE
from tests.policy.decided import FILE


async def test_who_asks_meanwhile_gets_the_very_same_and_who_asks_later_another(tmp_path):
    url = new_database(tmp_path / "signoff.db")
    (tmp_path / "policy.yml").write_text(FILE)
    async with looking_back(url, tmp_path / "policy.yml", Clock()) as look_back:
        look_back.worker.patience = PATIENCE
        async with look_back.worker._turn:
            asking = [asyncio.create_task(look_back()) for _ in range(2)]
            await asyncio.sleep(0)
        first, second = await asyncio.gather(*asking)
        assert first is second
        assert (first.proposals, first.suggestions) == (0, ())
        assert await look_back() is not first
