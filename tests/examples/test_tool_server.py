"""The example of a tool: run as a program, beside a real Signoff, it acts once on what people approved and on nothing else."""

import asyncio
import json
import os
import sys
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest

from approvals.digest import digest
from approvals.receipt import PERMIT
from bot.keys import seeds_for
from bot.signing import Signer
from tests.town import FINANCE, open_town

ROOT = Path(__file__).parents[2]
PAYLOAD = {"order": "A-1001", "amount": 250, "note": "lost parcel"}
ISSUER = "https://signoff.example.com"
LONG_AGO, FAR = 1_000_000_000, 4_000_000_000


@dataclass(slots=True)
class Tool:
    """A running tool server, and what it has refunded."""

    address: str
    folder: Path
    session: aiohttp.ClientSession

    async def refund(self, permit, payload=PAYLOAD, *, raw=None):
        """Status and sentence."""
        headers = {} if permit is None else {"Signoff-Permit": permit}
        body = json.dumps(payload).encode() if raw is None else raw
        async with self.session.post(self.address, data=body, headers=headers) as response:
            return response.status, (await response.json())["said"]

    @property
    def refunded(self):
        ledger = self.folder / "refunds.jsonl"
        return [json.loads(line) for line in ledger.read_text().splitlines()] if ledger.exists() else []


@asynccontextmanager
async def serving(folder, jwks, **changes):
    """The program of the example, until the block ends."""
    folder.mkdir(exist_ok=True)
    (folder / "jwks.json").write_text(json.dumps(jwks))
    words = {"jwks": folder / "jwks.json", "issuer": ISSUER, "agent": "shop", "folder": folder, "port": 0, **changes}
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        ROOT / "examples" / "tool_server.py",
        *(str(word) for name, value in words.items() for word in (f"--{name}", value)),
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT / "client")},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        address = (await child.stdout.readline()).decode().strip()
        async with aiohttp.ClientSession() as session:
            yield Tool(address=address, folder=folder, session=session)
    finally:
        child.kill()
        await child.wait()


SIGNER = Signer.of([bytes(range(32))])


def permit(signer=SIGNER, **changes):
    """A permit as Signoff signs it."""
    claims = {
        "iss": ISSUER,
        "sub": "prp_1",
        "act": "refund.create",
        "digest": digest("refund.create", PAYLOAD),
        "agent": "shop",
        "iat": LONG_AGO,
        "exp": FAR,
    }
    return signer.signed(json.dumps({**claims, **changes}).encode(), PERMIT)


@pytest.fixture
async def tool(tmp_path):
    async with serving(tmp_path / "tool", SIGNER.jwks()) as tool:
        yield tool


async def test_what_people_approved_is_refunded_once_as_they_edited_it(tmp_path):
    async with open_town(tmp_path) as town, town.serving(signoff_url=ISSUER):
        keys = await town.call("GET", "/.well-known/jwks.json")
        proposal = await town.propose("refund.create", PAYLOAD)
        card = await town.card(FINANCE, proposal)
        await town.click("U0CAROL", FINANCE, card, "edit")
        await town.modal_saying("U0CAROL", "amount")
        await town.slack.submit("U0CAROL", {"amount": "120"})
        await town.modal_saying("U0CAROL", "120")
        await town.slack.submit("U0CAROL")
        claimed = await town.claim(await town.get(proposal["id"]))
        async with serving(tmp_path / "tool", keys) as tool:
            assert (await tool.refund(claimed["permit"], PAYLOAD))[0] == 403
            first = await tool.refund(claimed["permit"], claimed["payload"])
            again = await tool.refund(claimed["permit"], claimed["payload"])
            assert first == (200, f"Refunded, as approved in {proposal['id']}.")
            assert again == (403, f"The permit of {proposal['id']} was used before.")
            assert tool.refunded == [{"proposal": proposal["id"], **PAYLOAD, "amount": 120}]
        async with serving(tmp_path / "tool", keys) as restarted:
            assert (await restarted.refund(claimed["permit"], claimed["payload"]))[0] == 403
            assert len(restarted.refunded) == 1
        assert Signer.of(seeds_for(town.database, None)).jwks() == keys


REFUSED = {
    "one byte of the payload changed": ({}, {**PAYLOAD, "order": "A-1002"}, "this payload has sha256:"),
    "another agent's": ({"agent": "other"}, PAYLOAD, "of the agent other, not of shop"),
    "for another action": ({"act": "refund.all"}, PAYLOAD, "is for refund.all, not for refund.create"),
    "of another issuer": ({"iss": "https://other.example.com"}, PAYLOAD, "is of https://other.example.com"),
    "of another key": ({"signer": Signer.of([bytes(32)])}, PAYLOAD, "none of those given"),
    "expired": ({"exp": LONG_AGO + 60}, PAYLOAD, "The permit expired at 2001-09-09T01:47:40"),
}


@pytest.mark.parametrize("what", REFUSED)
async def test_a_permit_is_refused_and_nothing_runs_and_the_right_one_still_does(tool, what):
    changes, payload, why = REFUSED[what]
    status, said = await tool.refund(permit(**changes), payload)
    assert (status, why in said, tool.refunded) == (403, True, []), said
    assert (await tool.refund(permit()))[0] == 200
    assert tool.refunded == [{"proposal": "prp_1", **PAYLOAD}]


async def test_of_many_at_once_one_runs(tool):
    answers = await asyncio.gather(*(tool.refund(permit()) for _ in range(10)))
    assert sorted(status for status, _ in answers) == [200] + [403] * 9
    assert len(tool.refunded) == 1


async def test_without_a_permit_nothing_runs(tool):
    for none in (None, "", "rubbish", "a.b.c", permit()[:-2]):
        assert (await tool.refund(none))[0] == 403
    assert tool.refunded == []


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        (b"", 400),
        (b"refund", 400),
        (b"[" * 100_000, 400),
        (b'{"order": "A-1001", "amount": 9000, "amount": 250, "note": "lost parcel"}', 400),
        (json.dumps(list(PAYLOAD.items())).encode(), 403),
    ],
    ids=["empty", "no-json", "deep", "twice", "pairs"],
)
async def test_what_is_no_single_payload_does_not_run(tool, raw, status):
    assert (await tool.refund(permit(), raw=raw))[0] == status
    assert tool.refunded == []


async def test_nothing_else_is_served(tool):
    async with tool.session.get(tool.address) as response:
        assert response.status == 501
    async with tool.session.post(tool.address + "/other", data=b"{}", headers={"Signoff-Permit": permit()}) as response:
        assert response.status == 404
    assert tool.refunded == []


async def test_where_use_cannot_be_noted_nothing_runs(tool):
    (tool.folder / "used.db").write_bytes(b"This is no database, and it is long enough to be none." * 100)
    status, said = await tool.refund(permit())
    assert (status, "cannot be noted" in said, tool.refunded) == (503, True, [])
