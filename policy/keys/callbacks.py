"""Callback addresses of agents that could never be reached: without TLS, or outside of the operator's networks."""

import ipaddress
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from approvals.callback_networks import CallbackNetworks, networks_of
from policy.file.faults import UnplacedFault

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from policy.file.rulebook import Rulebook

SETTING = "SIGNOFF_PRIVATE_CALLBACKS"


def unreachable(book: "Rulebook", environ: "Mapping[str, str]") -> "Iterator[UnplacedFault]":
    """A fault for each pattern that fits nothing which callbacks may reach as the environment has it."""
    networks = _reach(environ.get(SETTING, ""))
    for name, agent in book.agents.items():
        for place, pattern in enumerate(agent.callbacks):
            path = ("agents", name, "callbacks", place)
            parts = urlsplit(pattern)
            encrypted = parts.scheme == "https"
            if not encrypted and not networks.private:
                remedy = f"Write https://…, or name the receiver's network in {SETTING}."
                yield UnplacedFault(path=path, message=f"{pattern!r} is not https", remedy=remedy)
            elif not _within(networks, parts.hostname or "", encrypted=encrypted):
                remedy = f"Name its network in {SETTING}, or another receiver."
                yield UnplacedFault(path=path, message=f"{pattern!r} leads to an address out of reach", remedy=remedy)


def _within(networks: CallbackNetworks, host: str, *, encrypted: bool) -> bool:
    """Whether a host may be within reach: of a name only the connection can tell, but for that of this machine."""
    if host == "localhost" or host.endswith(".localhost"):
        return any(networks.allows(address, encrypted=encrypted) for address in ("127.0.0.1", "::1"))
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return True
    return networks.allows(host, encrypted=encrypted)


def _reach(text: str) -> CallbackNetworks:
    try:
        return networks_of(text)
    except ValueError:
        return CallbackNetworks()  # the setting itself is told as wrong where settings are read
