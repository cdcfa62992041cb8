"""One proposal at its worst, taken through every surface of the running bot, while somebody else clicks."""

import asyncio
import gc
import json
import time
from asyncio import events
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

from approvals.proposal import Proposal
from bot.serve import collect_no_more_what_is_here
from bot.slack.words import answers
from tests.threats.heavy import BYTES, SHAPES
from tests.town import POLICY, SUPPORT, has_button, open_town, visible_text

RULES = """\
  - {id: secret-lists, action: db.lists, tier: approve, role: support, redact: [words]}
"""
JSON = {"Content-Type": "application/json"}
_OF_THE_BOT: ContextVar[bool] = ContextVar("of_the_bot", default=False)
"""Whether a callback was begun by the bot: in a test the sandbox and the agent share its loop."""


class LoopTime:
    """The longest time of its own thread that one callback of the bot took: what all others waited for at the least."""

    longest: float = 0.0
    what: str = ""

    def run(self, handle, of=events.Handle._run):
        if not handle._context.get(_OF_THE_BOT):
            return of(handle)
        began = time.thread_time()
        try:
            return of(handle)
        finally:
            if (taken := time.thread_time() - began) > self.longest:
                self.longest, self.what = taken, repr(handle)[:300]

    def take(self) -> float:
        """The longest since it was last asked, in seconds."""
        longest, self.longest = self.longest, 0.0
        return longest


@dataclass(frozen=True, slots=True)
class Figures:
    """Of one surface."""

    surface: str
    loop: float
    """Seconds of the longest callback, in its own time."""
    click: float
    """Seconds until somebody else's click was acknowledged, begun together with the work."""
    work: float
    """Seconds until the attacker or the reviewer had what they asked for."""
    acknowledged: bool
    overtook: bool
    """Whether the click was acknowledged before the work ended."""


class Siege:
    """A bot, an attacker's agent, a reviewer who reads all that it sends, and Bob who wants to do something else."""

    def __init__(self, town, times: LoopTime, card) -> None:
        self.town, self.times, self.card = town, times, card
        self.figures: list[Figures] = []

    async def through(self, body) -> list[Figures]:
        """From the submission to the receipt; where it is refused there is no more to see."""
        self.figures = []
        self.times.take()
        answer = await self.beside("submit", self.submitted(body))
        if answer is None:
            return self.figures
        town, named = self.town, answer["id"]
        card = await self.beside("card", town.card(SUPPORT, answer))
        for surface, label in (("Details", "Details"), ("edit form", "Edit")):
            button = {"action_id": "edit"} if has_button(card, "edit") and label == "Edit" else None
            if label == "Edit" and button is None:
                continue
            press = button or {"action_id": "more", "selected": label}
            await self.beside(surface, self.opened(card, **press))
            if surface == "Details":
                await town.slack.close_modal("U0ALICE")
        view = town.slack.modal("U0ALICE")
        if view is not None and view.get("submit") and (typed := changed(view)):
            await self.beside("submitted edit", self.edited(typed))
            if (view := town.slack.modal("U0ALICE")) and view["callback_id"] == "confirm" and view.get("submit"):
                await self.beside("approved edit", self.decided())
        while town.slack.modal("U0ALICE") is not None:
            await town.slack.close_modal("U0ALICE")
        await self.beside("list", self.read("/v1/proposals?limit=20"))
        await self.beside("receipt", self.read(f"/v1/proposals/{named}/receipt"))
        await self.beside("withdrawal", town.call("POST", f"/v1/proposals/{named}/withdraw", {"reason": "w"}))
        await self.beside("stream", self.streamed(named))
        return self.figures

    async def beside(self, surface, work):
        """Does the work, and meanwhile has Bob's click; the answer of the work."""
        began = time.perf_counter()
        heavy = asyncio.create_task(work)
        await asyncio.sleep(0)
        delivery = await self.town.click("U0BOB", SUPPORT, self.card, "more", selected="Details")
        overtook = not heavy.done()
        answer = await heavy
        took = time.perf_counter() - began
        await self.town.slack.until(lambda: self.town.slack.modal("U0BOB"))
        await self.town.slack.close_modal("U0BOB")
        self.figures.append(
            Figures(surface, self.times.take(), delivery.seconds, took, delivery.acknowledged, overtook)
        )
        return answer

    async def submitted(self, body):
        async with self.town.agent.post("/v1/proposals", data=body, headers=JSON) as response:
            answer = await response.json()
            assert response.status in (201, 422), answer
            return answer if response.status == 201 else None

    async def opened(self, card, action_id, **more):
        delivery = await self.town.click("U0ALICE", SUPPORT, card, action_id, **more)
        assert delivery.acknowledged
        await self.town.slack.until(self.made)

    def made(self):
        view = self.town.slack.modal("U0ALICE")
        return view and answers.ONE_MOMENT not in visible_text(view)

    async def edited(self, typed):
        before = self.town.slack.modal("U0ALICE")["hash"]
        delivery = await self.town.slack.submit("U0ALICE", typed)
        assert delivery.acknowledged
        await self.town.slack.until(
            lambda: (
                (view := self.town.slack.modal("U0ALICE")) is None
                or (self.made() and (view["hash"] != before or view["errors"]))
            )
        )

    async def decided(self):
        assert (await self.town.slack.submit("U0ALICE")).acknowledged

    async def read(self, path):
        async with self.town.agent.get(path) as response:
            assert response.status == 200
            await response.read()

    async def streamed(self, named):
        """Until the stream has told of the proposal."""
        said = b""
        async with self.town.agent.get("/v1/events?after=0") as response:
            assert response.status == 200
            async for part in response.content.iter_any():
                said = said[-len(named) :] + part
                if named.encode() in said:
                    return


def changed(view) -> dict:
    """One word more in the first input that takes text."""
    for block in view["blocks"]:
        if block["type"] == "input" and block["element"]["type"] == "plain_text_input":
            return {block["block_id"]: block["element"].get("initial_value", "") + "1"}
    return {}


@asynccontextmanager
async def siege(folder: Path, **changes):
    """The bot with its callbacks timed, an ordinary card for Bob, and nobody else about."""
    times = LoopTime()

    def seen(handle):  # a function, for it stands in place of a method
        return times.run(handle)

    policy = POLICY.replace("owner: U0OWEN", "owner: U0OWEN\n    pending_limit: 5000") + RULES
    async with open_town(folder, "http", policy=policy, **changes) as town:
        begun = _OF_THE_BOT.set(True)
        async with town.serving():
            _OF_THE_BOT.reset(begun)
            collect_no_more_what_is_here()  # as the program does
            ordinary = await town.propose(session=town.other)
            try:
                with patch.object(events.Handle, "_run", seen):
                    yield Siege(town, times, await town.card(SUPPORT, ordinary))
            finally:
                gc.unfreeze()
    collect_no_more_what_is_here()  # now without the town


def body_of(shape: str, size: int = BYTES) -> bytes:
    """The request that asks for it, of at most 256 KiB."""
    if shape in SCHEMAS:
        return json.dumps(SCHEMAS[shape](size), ensure_ascii=False, separators=(",", ":")).encode()
    proposal = SHAPES[shape](size)
    assert isinstance(proposal, Proposal)
    said: dict = {
        "action": "db.lists" if proposal.gate.redact else "email.send",
        "payload": proposal.action.payload,
        "reasoning": "w",
    }
    if (preview := proposal.ask.preview) is not None:
        kept = {"kind": preview.kind, "text": preview.text, "before": preview.before, "after": preview.after}
        said["preview"] = {name: value for name, value in kept.items() if value}
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()


def _proposed(payload, schema) -> dict:
    return {"action": "email.send", "payload": payload, "payload_schema": schema, "reasoning": "w"}


def _choices(keyword, size):
    made = [f"c{number}" for number in range(size // 60)]
    each = {"enum": made} if keyword == "enum" else {keyword: [{"const": value} for value in made]}
    return _proposed({"x": [made[-1]] * (size // 20)}, {"properties": {"x": {"items": each}}})


def _doubling(levels):
    parts = {f"a{each}": {"anyOf": [{"$ref": f"#/$defs/%61{each + 1}"}] * 2} for each in range(levels)}
    parts[f"a{levels}"] = {"type": "string"}
    return _proposed({"x": 1}, {"properties": {"x": {"$ref": "#/$defs/%610"}}, "$defs": parts})


SCHEMAS = {
    "schema of anyOf, times an array": lambda size: _choices("anyOf", size),
    "schema of enum, times an array": lambda size: _choices("enum", size),
    "schema of doubling references": lambda _size: _doubling(22),
    "schema as long as the payload": lambda size: _proposed(
        {f"f{n}": "x" for n in range(size // 60)},
        {"properties": {f"f{n}": {"type": "string"} for n in range(size // 60)}},
    ),
}
"""Bodies that ask for long judging."""
