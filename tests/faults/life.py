"""One life under fault: proposed, approved by a click, claimed, reported, its card true. Each step is tried until it is
answered, by an agent and a person who do again what they got no answer to; what was answered must stand.
"""

import asyncio
import time
from dataclasses import dataclass, field

import aiohttp

from tests.patience import PATIENCE
from tests.town import SUPPORT, has_button

CLAIMANT = "a-word-of-this-attempt-0123456789"
BODY = {"action": "email.send", "payload": {"to": "a@example.com"}, "reasoning": "Asked for."}
ANSWER = 3.0
"""Seconds within which an answer is promised whatever the disk does."""


class Died(Exception):
    """The bot is no more."""


@dataclass
class Life:
    """How far it has come, as the agent and the person know it."""

    place: object
    key: str = "the-key"
    mortal: bool = True
    """Whether a connection that ends means that the bot did."""
    id: str = None
    digest: str = None
    clicked: bool = False
    """Whether it was seen to be decided."""
    claimed: bool = False
    reported: bool = False
    slowest: float = 0.0
    refused: list = field(default_factory=list)
    """What was answered with 5xx."""

    async def lived(self):
        """All of it. Raises Died."""
        await self._until_answered(self._submit)
        await self._until_answered(self._click)
        if not self.claimed:
            await self._until_answered(self._claim)
        if not self.reported:
            await self._until_answered(self._report)
        await self._alive(self._told())

    async def _until_answered(self, step):
        async with asyncio.timeout(PATIENCE):
            answered = False
            while not answered:
                answered = await self._alive(step())

    async def _alive(self, work):
        """What the work gives, unless the bot dies before."""
        task = asyncio.ensure_future(work)
        over = asyncio.ensure_future(self.place.bot.child.wait())
        try:
            await asyncio.wait({task, over}, return_when=asyncio.FIRST_COMPLETED)
            if not task.done():
                raise Died
            try:
                return task.result()
            except (aiohttp.ClientError, ConnectionError) as fault:
                if not self.mortal:
                    return False  # its answer was lost, and it goes on
                async with asyncio.timeout(PATIENCE):
                    await over
                raise Died from fault
        finally:
            task.cancel()
            over.cancel()
            await asyncio.gather(task, over, return_exceptions=True)

    async def _ask(self, path, body, headers=None):
        """The answer; None for one that says to come again."""
        begun = time.monotonic()
        async with self.place.agent.post(path, json=body, headers=headers) as response:
            answer = await response.json()
        self.slowest = max(self.slowest, time.monotonic() - begun)
        if response.status >= 500:
            self.refused.append((path, response.status, answer))
            return None
        assert response.status < 300, (path, response.status, answer)
        return answer

    async def _submit(self):
        answer = await self._ask("/v1/proposals", BODY, {"Idempotency-Key": self.key})
        if answer is None:
            return False
        assert self.id in (None, answer["id"]), "a retry made another proposal"
        self.id, self.digest = answer["id"], answer["digest"]
        return True

    async def _click(self):
        """Whoever sees a button presses it, on a twin too, until nothing waits any more."""
        await self.place.card(SUPPORT, {"id": self.id})
        for card in self._cards():
            if has_button(card, "approve"):
                await self.place.click("U0ALICE", SUPPORT, card, "approve")
        async with self.place.agent.get(f"/v1/proposals/{self.id}") as response:
            self.clicked = response.status == 200 and (await response.json())["status"] != "pending"
        return self.clicked

    async def _claim(self):
        path = f"/v1/proposals/{self.id}/claim"
        answer = await self._ask(path, {"digest": self.digest, "claimant": CLAIMANT})
        if answer is None:
            return False
        assert answer["payload"] == BODY["payload"]
        self.claimed = True
        return True

    async def _report(self):
        answer = await self._ask(f"/v1/proposals/{self.id}/outcome", {"status": "succeeded"})
        self.reported = self.reported or answer is not None
        return answer is not None

    async def _told(self):
        await self.place.slack.until(lambda: any("Succeeded" in str(each) for each in self._cards()))

    def _cards(self):
        return self.place.cards(SUPPORT, self.id)


async def held(life):
    """What must be true of a life that went through a fault, once the bot is up and it was lived to its end."""
    place = life.place
    known, clicked, claimed = life.id, life.clicked, life.claimed
    if known is not None:
        async with place.agent.get(f"/v1/proposals/{known}") as response:
            assert response.status == 200, "a 201 was not stored"
            found = (await response.json())["status"]
        assert not clicked or found != "pending", "a decision that was answered is gone"
        assert not claimed or found in ("claimed", "succeeded"), "a claim that was answered is gone"
    await life.lived()
    counts = place.rows(
        "SELECT tag, count(*) FROM entries WHERE tag LIKE 'proposal:%' AND tag <> 'proposal:refused' GROUP BY tag"
    )
    once = ("submitted", "decided", "approved", "claimed", "succeeded")
    assert dict(counts) == {f"proposal:{tag}": 1 for tag in once}
    assert place.rows("SELECT count(*) FROM messages WHERE kind = 'card'") == [(1,)]
    await place.claim({"id": life.id, "digest": life.digest}, expect=409)
