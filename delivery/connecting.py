"""Connections of callbacks: the address is checked as it is connected, whatever a name resolved to before."""

import socket
from typing import TYPE_CHECKING

import aiohttp

if TYPE_CHECKING:
    from collections.abc import Callable

    from aiohttp.abc import AbstractResolver
    from aiohttp.connector import AddrInfoType

    from approvals.callback_networks import CallbackNetworks

TIMEOUT = 15.0
"""Seconds for all of an attempt, from the look-up of the name to the head of the answer."""


class OutsideNetworks(OSError):
    """The address may not be connected to."""


def socket_opener(networks: "CallbackNetworks", *, encrypted: bool) -> "Callable[[AddrInfoType], socket.socket]":
    """Makes sockets, but only for addresses within reach; raises OutOfReach."""

    def opened(info: "AddrInfoType") -> socket.socket:
        family, kind, protocol, _, address = info
        if not networks.allows(str(address[0]), encrypted=encrypted):
            how = "" if encrypted else " without TLS"
            raise OutsideNetworks(f"its address {address[0]} may not be reached{how}: SIGNOFF_PRIVATE_CALLBACKS")
        return socket.socket(family, kind, protocol)

    return opened


def session(
    networks: "CallbackNetworks",
    *,
    encrypted: bool,
    resolver: "AbstractResolver | None" = None,
    timeout: float = TIMEOUT,
) -> aiohttp.ClientSession:
    """A session for callbacks: no proxies, no cookies, no connection kept, nothing of an answer unpacked.

    `resolver` looks names up, the system's by default; an attempt ends after `timeout` seconds.
    """
    connector = aiohttp.TCPConnector(
        socket_factory=socket_opener(networks, encrypted=encrypted),
        resolver=resolver,
        use_dns_cache=False,
        force_close=True,
        limit=0,
    )
    return aiohttp.ClientSession(
        connector=connector,
        timeout=aiohttp.ClientTimeout(total=timeout),
        cookie_jar=aiohttp.DummyCookieJar(),
        trust_env=False,
        auto_decompress=False,
    )
