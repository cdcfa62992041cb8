"""Reads a stream of server-sent events over real HTTP, block by block."""

import json
from contextlib import asynccontextmanager
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Heard:
    """One block of the stream."""

    id: int | None = None
    kind: str | None = None
    data: dict | None = None
    retry: int | None = None
    comment: str | None = None


def heard_from(text: bytes) -> Heard:
    """A whole block."""
    found = {}
    for line in text.decode("ascii").removesuffix("\n\n").split("\n"):
        name, _, value = line.partition(": ")
        assert name not in found, "every field is one line"
        found[name] = value
    return Heard(
        id=int(found["id"]) if "id" in found else None,
        kind=found.get("event"),
        data=json.loads(found["data"]) if "data" in found else None,
        retry=int(found["retry"]) if "retry" in found else None,
        comment=found.get(""),
    )


@dataclass
class Listener:
    """An open stream; `place` is the id to go on after."""

    response: object
    place: int | None = None
    began: int = field(init=False, default=None)

    async def block(self) -> Heard | None:
        """The next block, None at the end of the stream; half a block there is none."""
        text = await self.response.content.readuntil(b"\n\n")
        if not text.endswith(b"\n\n"):
            return None
        heard = heard_from(text)
        if heard.id is not None:
            self.place = heard.id
        return heard

    async def next(self) -> Heard | None:
        """The next event, without comments; None at the end."""
        while (heard := await self.block()) is not None and heard.data is None:
            pass
        return heard

    async def take(self, count) -> list[Heard]:
        return [await self.next() for _ in range(count)]


@asynccontextmanager
async def listening(session, *, query="", headers=None):
    """The stream, open: its first block is read."""
    async with session.get(f"/v1/events{query}", headers=headers, read_bufsize=2**20) as response:
        assert response.status == 200, await response.text()
        listener = Listener(response)
        first = await listener.block()
        assert first.kind is None
        assert first.data is None
        listener.began = first.id
        yield listener
