"""Callbacks go where the policy and the operator let them, whatever a name leads to, and take nothing along."""

import socket

import pytest
from aiohttp.abc import AbstractResolver

from tests.delivery.calling import calling
from tests.making import Clock


class Resolver(AbstractResolver):
    """Leads every name to one address, as whoever owns the name can."""

    def __init__(self, address):
        self.address = address

    async def resolve(self, host, port=0, family=socket.AF_INET):
        kind = socket.AF_INET6 if ":" in self.address else socket.AF_INET
        return [
            {
                "hostname": host,
                "host": self.address,
                "port": port,
                "family": kind,
                "proto": 0,
                "flags": socket.AI_NUMERICHOST,
            }
        ]

    async def close(self):
        """Nothing is open."""


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "fd00::1", "::ffff:10.0.0.1", "64:ff9b::a00:1"]
)
async def test_a_name_that_leads_to_a_private_address_is_not_connected_to(tmp_path, address):
    async with calling(tmp_path / "signoff.db", Clock(), private="no", resolver=Resolver(address)) as calls:
        await calls.approved("https://agents.example.com/hooks/1")
        await calls.drain()
        told = f"its address {address} may not be reached: SIGNOFF_PRIVATE_CALLBACKS"
        assert (await calls.only()).why == f"the receiver is out of reach: {told}"


async def test_a_name_whose_address_changes_after_the_first_look_is_checked_again(tmp_path, http_receiver):
    resolver = Resolver("127.0.0.1")
    async with calling(tmp_path / "signoff.db", Clock(), resolver=resolver) as calls:
        port = http_receiver.url.rsplit(":", 1)[1]
        http_receiver.answers = [500]
        await calls.approved(f"http://agents.example.com:{port}/hooks/1")
        await calls.drain()
        resolver.address = "10.0.0.1"
        calls.clock.forward(5)
        await calls.drain()
        assert len(http_receiver.got) == 1
        assert "10.0.0.1 may not be reached without TLS" in (await calls.only()).why


async def test_an_address_that_is_allowed_is_reached_by_name(tmp_path, http_receiver):
    async with calling(tmp_path / "signoff.db", Clock(), resolver=Resolver("127.0.0.1")) as calls:
        port = http_receiver.url.rsplit(":", 1)[1]
        await calls.approved(f"http://agents.example.com:{port}/hooks/1")
        await calls.drain()
        assert http_receiver.got[0].headers["host"] == f"agents.example.com:{port}"


async def test_no_proxy_of_the_environment_is_used(tmp_path, http_receiver, hook, monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    async with calling(tmp_path / "signoff.db", Clock()) as calls:
        await calls.approved(hook)
        await calls.drain()
        assert len(http_receiver.got) == 1


async def test_cookies_are_not_kept_between_callbacks(tmp_path, http_receiver):
    http_receiver.answers = [(500, {"Set-Cookie": "who=1"})]
    async with calling(tmp_path / "signoff.db", Clock(), resolver=Resolver("127.0.0.1")) as calls:
        await calls.approved(f"http://agents.example.com:{http_receiver.url.rsplit(':', 1)[1]}/hooks/1")
        await calls.drain()
        calls.clock.forward(5)
        await calls.drain()
    assert ["cookie" in got.headers for got in http_receiver.got] == [False, False]


async def test_an_address_that_the_policy_no_longer_names_is_parked_without_an_attempt(calls, http_receiver, hook):
    await calls.approved(hook)
    calls.books.known = []
    await calls.drain()
    kept = await calls.only()
    assert (kept.state, http_receiver.got) == ("dead_letter", [])
    assert "no longer names this address" in kept.why
