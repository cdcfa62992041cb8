"""What a test may ask of the stage: send the people away and back, move the clock, break the door, read the log."""

import asyncio

from aiohttp import web

from bot.api.answers import answer
from tests.stage.door import Fault
from tests.stage.people import SCRIPT

LONGEST = 30.0


class Control:
    """`POST /pause`, `/resume`, `/forward {"seconds"}`, `/faults {"mode", …}`; `GET /log?run_id=&tool_call_id=&status=`."""

    def __init__(self, *, town, clock, people, door):
        self.town, self.clock, self.people, self.door = town, clock, people, door

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
        until one of them is in one, with `settled` until people have decided all that their script has a line for.
        """
        asked = {name: request.query[name] for name in ("run_id", "tool_call_id") if name in request.query}
        status, settled = request.query.get("status"), "settled" in request.query
        wanted = set(status.split(",")) if status else None
        try:
            async with asyncio.timeout(LONGEST):
                while True:
                    changed = self.town.bot.store.any_changed()
                    found = await self._proposals(asked)
                    there = wanted is None or wanted & {each["status"] for each in found}
                    if there and not (settled and any(map(undecided, found))):
                        break
                    await changed
        except TimeoutError:
            raise web.HTTPRequestTimeout(text=f"none of {asked} became {status or 'settled'}: {found}") from None
        return web.json_response({"proposals": found, "trouble": self.people.trouble})

    async def _proposals(self, asked):
        tags = {}
        for entry in await self.town.entries():
            if entry.proposal_id is not None:
                tags.setdefault(entry.proposal_id, []).append(entry.tag)
        found = [(await self.town.bot.store.find(each), events) for each, events in tags.items()]
        given = [
            {**answer(proposal), "events": events, "claims": events.count("proposal:claimed")}
            for proposal, events in found
            if proposal is not None
        ]
        return [each for each in given if asked.items() <= {name: each[name] for name in asked}.items()]


def undecided(proposal):
    """Whether people are going to decide it, and have not."""
    return proposal["status"] == "pending" and proposal["payload"].get("amount") in SCRIPT
