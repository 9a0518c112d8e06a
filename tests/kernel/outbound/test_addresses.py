"""Which addresses may be asked."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from azora.outbound.addresses import Inside, is_public, reachable

PRIVATE = [
    *("127.0.0.1", "127.255.0.3", "0.0.0.0", "10.0.0.1", "172.16.5.4", "192.168.1.1"),
    *("169.254.169.254", "100.64.0.1", "192.0.2.1", "198.18.0.1", "224.0.0.1", "255.255.255.255"),
    *("::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12:3456::1", "fec0::1", "ff02::1"),
    *("2001:db8::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "2002:7f00:1::", "2002:a00:1::1"),
    *("64:ff9b::127.0.0.1", "64:ff9b::a9fe:a9fe", "2001:0:7f00:1:0:0:80ff:fffe"),
]
PUBLIC = ["8.8.8.8", "196.25.1.1", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]


@pytest.mark.parametrize("address", PRIVATE)
def test_an_address_inside_is_not_public_however_it_is_written(address):
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", PUBLIC)
def test_an_address_of_the_internet_is_public(address):
    assert is_public(ipaddress.ip_address(address))


@given(st.ip_addresses(v=4))
def test_an_address_hidden_in_ipv6_is_as_public_as_it_is_bare(address):
    number = int(address)
    hidden = [
        ipaddress.IPv6Address(0xFFFF << 32 | number),
        ipaddress.IPv6Address(0x2002 << 112 | number << 80),
        ipaddress.IPv6Address(int(ipaddress.IPv6Address("64:ff9b::")) | number),
    ]
    assert {is_public(one) for one in hidden} == {is_public(address)}


def test_of_a_name_with_several_addresses_the_public_ones_remain():
    found = ["10.0.0.1", "8.8.8.8", "8.8.8.8", "::1"]
    assert reachable("x.example", 80, Inside.of([]), lambda *_: found) == ["8.8.8.8"]


def test_an_operator_names_machines_inside_by_name_or_network():
    inside = Inside.of(["DSpace.school.lan", "10.1.0.0/16", "fd00::/8"])
    for name, address, allowed in [
        ("dspace.school.lan", "192.168.0.9", True),
        ("other.school.lan", "192.168.0.9", False),
        ("other.school.lan", "10.1.2.3", True),
        ("other.school.lan", "10.2.2.3", False),
        ("other.school.lan", "fd12::1", True),
    ]:
        assert reachable(name, 80, inside, lambda *_, one=address: [one]) == [address] * allowed


@pytest.mark.parametrize("entry", ["10.1.0.0/33", "a b", "http://x", "10.1", "", "-x.lan"])
def test_what_is_neither_name_nor_network_is_refused(entry):
    with pytest.raises(ValueError, match="neither"):
        Inside.of([entry])
