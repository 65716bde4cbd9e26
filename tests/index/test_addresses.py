import ipaddress
import time
from collections.abc import Iterable

import httpcore
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.addresses import GuardedBackend, RefusedAddressError, is_public

# IANA's registry of special addresses (RFC 6890), with multicast (RFC 5771); the oracle for IPv4.
NOT_PUBLIC = [
    ipaddress.IPv4Network(network)
    for network in (
        *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"),
        *("192.0.0.0/24", "192.0.2.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24"),
        *("203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"),
    )
]
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
ANYCAST = ipaddress.IPv4Network("192.0.0.0/24")  # two of its addresses are global: Python's versions differ


def embedded(inner: ipaddress.IPv4Address) -> Iterable[str]:
    number = int(inner)
    yield f"::ffff:{inner}"
    yield str(ipaddress.IPv6Address(0x64FF9B << 96 | number))
    yield str(ipaddress.IPv6Address(0x2002 << 112 | number << 80 | 1))
    if number > 1:
        yield f"::{inner}"


@given(st.ip_addresses(v=4))
def test_ipv4_against_the_registry(address: ipaddress.IPv4Address) -> None:
    if address not in ANYCAST:
        assert is_public(str(address)) is not any(address in network for network in NOT_PUBLIC)


@given(st.ip_addresses())
def test_nothing_special_is_public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
    special = (
        address.is_loopback
        or address.is_private
        or address.is_link_local
        or address.is_multicast
        or address.is_reserved
        or address.is_unspecified
    )
    tunnel = isinstance(address, ipaddress.IPv6Address) and (address.ipv4_mapped or address in NAT64)
    if special and not tunnel:
        assert not is_public(str(address))
    if is_public(str(address)) and not tunnel:
        assert address.is_global


@given(st.ip_addresses(v=4))
def test_an_ipv6_address_is_as_public_as_the_ipv4_address_in_it(inner: ipaddress.IPv4Address) -> None:
    for outer in embedded(inner):
        assert is_public(outer) is is_public(str(inner)), outer


@pytest.mark.parametrize(
    "address",
    [
        "fe80::1%eth0",
        "fe80::1",
        "fc00::1",
        "fec0::1",
        "ff02::1",
        "::",
        "::1",
        "64:ff9b:1::8.8.8.8",
        "2001:db8::1",
        "2001:0:7f00:1::1",
        "",
        "example.org",
        "0177.0.0.1",
        "1.2.3",
        "127.1",
    ],
)
def test_what_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8"])
def test_what_is_public(address: str) -> None:
    assert is_public(address)


class Connected(httpcore.NetworkStream):
    def close(self) -> None:
        pass


def test_what_is_connected_to_is_what_was_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter([["8.8.8.8"], ["127.0.0.1"], ["8.8.8.8", "10.0.0.1"]])  # the name server of an attacker
    asked: list[str] = []
    connected: list[str] = []

    def resolver(host: str, port: int) -> list[str]:
        asked.append(host)
        return next(answers)

    def connect(self: object, host: str, *rest: object) -> httpcore.NetworkStream:
        connected.append(host)
        return Connected()

    monkeypatch.setattr(httpcore.SyncBackend, "connect_tcp", connect)
    backend = GuardedBackend(False, time.monotonic() + 10, resolver)
    backend.connect_tcp("rebind.example", 80)
    assert (asked, connected) == (["rebind.example"], ["8.8.8.8"])
    for _ in range(2):
        with pytest.raises(RefusedAddressError, match="not an address of the public internet"):
            backend.connect_tcp("rebind.example", 80)
    assert connected == ["8.8.8.8"]


def test_the_next_address_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    def connect(self: object, host: str, *rest: object) -> httpcore.NetworkStream:
        if host == "8.8.8.8":
            raise httpcore.ConnectError("refused")
        return Connected()

    monkeypatch.setattr(httpcore.SyncBackend, "connect_tcp", connect)
    backend = GuardedBackend(False, time.monotonic() + 10, lambda host, port: addresses)
    addresses = ["8.8.8.8", "8.8.4.4"]
    assert backend.connect_tcp("a.example", 80)
    while addresses:
        addresses.pop()
        with pytest.raises(httpcore.ConnectError):
            backend.connect_tcp("a.example", 80)


def test_nothing_is_done_after_the_deadline() -> None:
    backend = GuardedBackend(True, time.monotonic() - 1, lambda host, port: ["127.0.0.1"])
    with pytest.raises(httpcore.TimeoutException):
        backend.connect_tcp("a.example", 80)
