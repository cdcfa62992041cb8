"""Which addresses callbacks may reach: judged by the address, whatever a name resolved to."""

import pytest

from approvals.callback_networks import CallbackNetworks, networks_of

PRIVATE = [
    "0.0.0.0",
    "10.0.0.1",
    "100.64.0.1",
    "127.0.0.1",
    "169.254.169.254",
    "172.16.0.1",
    "192.0.0.8",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.0.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::1.2.3.4",
    "::ffff:10.0.0.1",
    "::ffff:127.0.0.1",
    "64:ff9b::10.0.0.1",
    "64:ff9b::169.254.169.254",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "2002:808:808::1",
    "3fff::1",
    "fc00::1",
    "fd12:3456::1",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
]
PUBLIC = ["8.8.8.8", "93.184.216.34", "2606:4700:4700::1111", "2a00:1450::1", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8"]


@pytest.mark.parametrize("address", PRIVATE)
def test_what_is_not_public_is_out_of_reach(address):
    assert not CallbackNetworks().allows(address, encrypted=True)


@pytest.mark.parametrize("address", PUBLIC)
def test_what_is_public_is_reached_with_tls_and_never_without(address):
    assert CallbackNetworks().allows(address, encrypted=True)
    assert not CallbackNetworks().allows(address, encrypted=False)
    assert not networks_of("10.0.0.0/8").allows(address, encrypted=False)


@pytest.mark.parametrize("encrypted", [True, False])
@pytest.mark.parametrize(
    ("address", "reached"),
    [
        ("10.20.0.1", True),
        ("::ffff:10.20.0.1", True),
        ("10.21.0.1", False),
        ("fd00::7", True),
        ("fd00::7%eth0", True),
        ("fd01::7", False),
        ("127.0.0.1", False),
    ],
)
def test_of_the_others_those_are_reached_that_the_operator_names(address, reached, encrypted):
    assert networks_of("10.20.0.0/16, fd00::/64").allows(address, encrypted=encrypted) is reached


@pytest.mark.parametrize("written", ["no", "", " no "])
def test_no_means_none(written):
    assert networks_of(written) == CallbackNetworks()


@pytest.mark.parametrize("written", ["yes", "10.0.0.1/8", "10.0.0.0/8,", "10.0.0.0/8;fd00::/8", "0.0.0.0/0", "::/0"])
def test_anything_but_networks_is_refused_and_so_is_everything_at_once(written):
    with pytest.raises(ValueError, match=r"takes no, or networks|every address there is"):
        networks_of(written)


@pytest.mark.parametrize("address", ["", "agents.example.com", "127.1", "0x7f000001", "2130706433"])
def test_what_is_no_address_is_out_of_reach(address):
    assert not networks_of("127.0.0.0/8").allows(address, encrypted=True)
