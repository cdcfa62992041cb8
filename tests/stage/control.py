"""What a test may ask of the stage: send the people away and back, move the clock, break the door, read the log."""

import asyncio

from aiohttp import web

from bot.api.present import answer
from tests.stage.door import Fault
from tests.stage.people import SCRIPT

LONGEST = 300.0
"""Seconds. No test passes by it: it only ends one that would never end, also on a machine that is busy."""


class Control:
    """`POST /pause`, `/resume`, `/forward {"seconds"}`, `/faults {"mode", …}`; `GET /log?run_id=&tool_call_id=&status=`."""

    def __init__(self, *, town, clock, people, door):
        self.town, self.clock, self.people, self.door = town, clock, people, door
        self._record = Record(town)

    def app(self):
        """The endpoints, to be served on the loopback."""
        app = web.Application()
        app.add_routes(
            [
                web.post("/pause", self.pause),
                web.post("/resume", self.resume),
                web.post("/forward", self.forward),
                web.post("/faults", self.faults),
                web.get("/log", self.log),
            ]
        )
        return app

    async def pause(self, _):
        await self.people.pause()
        return web.json_response({})

    async def resume(self, _):
        self.people.resume()
        return web.json_response({})

    async def forward(self, request):
        at = self.clock.forward((await request.json())["seconds"])
        return web.json_response({"now": at.isoformat()})

    async def faults(self, request):
        try:
            fault = Fault(**await request.json())
        except (TypeError, ValueError) as error:
            raise web.HTTPBadRequest(text=str(error)) from None
        await self.door.set(fault)
        return web.json_response({})

    async def log(self, request):
        """What happened: every proposal as the agent reads it, with the `events` of its record and its `claims`.

        With `run_id` and `tool_call_id` those of that run and call. With `status` (several: commas) the answer waits
        until one of them is in one, with `count` until there are so many, with `settled` until people have decided all
        that their script has a line for.
        """
        asked = {name: request.query[name] for name in ("run_id", "tool_call_id") if name in request.query}
        status, settled = request.query.get("status"), "settled" in request.query
        wanted, count = set(status.split(",")) if status else None, int(request.query.get("count", 0))
        found = []
        try:
            async with asyncio.timeout(LONGEST):
                while True:
                    changed = self.town.bot.store.any_changed()
                    if len(await self._record.of(asked)) < count:
                        await changed
                        continue
                    found = await self._proposals(asked)
                    there = wanted is None or wanted & {each["status"] for each in found}
                    if there and not (settled and any(map(undecided, found))):
                        break
                    await changed
        except TimeoutError:
            raise web.HTTPRequestTimeout(
                text=f"none of {asked} became {status or count or 'settled'}: {found}"
            ) from None
        return web.json_response({"proposals": found, "trouble": self.people.trouble})

    async def _proposals(self, asked):
        store, found = self.town.bot.store, []
        for each, tags in await self._record.of(asked):
            claims = tags.count("proposal:claimed")
            found.append({**answer(await store.find(each)), "events": tags, "claims": claims})
        return found


class Record:
    """The audit log, read on from where it was left, for whoever asks for a few proposals out of hundreds."""

    def __init__(self, town):
        self._town = town
        self._turn = asyncio.Lock()
        self._read = 0
        self._tags = {}
        self._origins = {}

    async def of(self, asked):
        """Ids and tags of the proposals whose run and call are those asked for, oldest first."""
        async with self._turn:
            await self._read_on()
        return [
            (each, list(tags))
            for each, tags in self._tags.items()
            if each in self._origins and asked.items() <= self._origins[each].items()
        ]

    async def _read_on(self):
        store = self._town.bot.store
        for entry in await store.audit.entries(self._read, 10_000):
            self._read = entry.seq
            if entry.proposal_id is not None:
                self._tags.setdefault(entry.proposal_id, []).append(entry.tag)
        for each in self._tags.keys() - self._origins.keys():
            if (proposal := await store.find(each)) is not None:
                known = answer(proposal)
                self._origins[each] = {name: known[name] for name in ("run_id", "tool_call_id")}


def undecided(proposal):
    """Whether people are going to decide it, and have not."""
    return proposal["status"] == "pending" and proposal["payload"].get("amount") in SCRIPT
