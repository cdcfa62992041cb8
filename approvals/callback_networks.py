"""Callback networks: the addresses a callback may reach.

Public ones over TLS, others only if the operator names them.
"""

import ipaddress
from dataclasses import dataclass
from functools import cache
from typing import TypeAlias

Address: TypeAlias = "ipaddress.IPv4Address | ipaddress.IPv6Address"
Network: TypeAlias = "ipaddress.IPv4Network | ipaddress.IPv6Network"

NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")
"""All of IPv6 that is given out; outside of it are the old private, mapped and link-local ranges."""
MISJUDGED: tuple[Network, ...] = tuple(
    ipaddress.ip_network(each) for each in ("192.0.0.0/24", "192.88.99.0/24", "3fff::/20", "2002::/16", "2001::/23")
)
"""What `is_global` of some Python takes for public: relays, documentation, tunnels to any IPv4 address."""


@dataclass(frozen=True, slots=True)
class CallbackNetworks:
    """Where a callback may go beyond public addresses over https."""

    private: tuple[Network, ...] = ()

    def allows(self, address: str, *, encrypted: bool) -> bool:
        """Whether a connection to the address may be opened; one without TLS only within the named networks."""
        try:
            found = ipv4_form(ipaddress.ip_address(address))
        except ValueError:
            return False
        if any(found in network for network in self.private):
            return True
        return encrypted and public(found)


def ipv4_form(address: Address) -> Address:
    """The IPv4 address that an IPv6 one stands for, where it does; else itself, without its zone."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address in NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return ipaddress.IPv6Address(int(address))


def public(address: Address) -> bool:
    """Whether the whole world means the same host by it."""
    if isinstance(address, ipaddress.IPv6Address) and address not in GLOBAL_UNICAST:
        return False
    odd = address.is_multicast or address.is_reserved or any(address in network for network in MISJUDGED)
    return address.is_global and not odd


@cache
def networks_of(text: str) -> CallbackNetworks:
    """What `no`, or networks separated by commas, allow. ValueError with a sentence for anything else."""
    if text.strip() in ("", "no"):
        return CallbackNetworks()
    networks = []
    for part in text.split(","):
        try:
            network = ipaddress.ip_network(part.strip())
        except ValueError as wrong:
            raise ValueError(f"takes no, or networks such as 10.20.0.0/16 separated by commas: {wrong}") from None
        if network.prefixlen == 0:
            raise ValueError(f"names {network}, which is every address there is: name the networks of the receivers")
        networks.append(network)
    return CallbackNetworks(tuple(networks))
