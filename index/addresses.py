"""Which network addresses may be fetched from: those of the public internet, unless the user says otherwise."""

import ipaddress
import socket
import ssl
import time
from collections.abc import Callable, Iterable

import httpcore

_NAT64 = ipaddress.ip_network("64:ff9b::/96")  # RFC 6052; an IPv4 address is its last four bytes
_LOCAL_NAT64 = ipaddress.ip_network("64:ff9b:1::/48")  # RFC 8215; where they lead is a network's own affair
_COMPATIBLE = ipaddress.ip_network("::/96")  # RFC 4291 2.5.5.1, deprecated; the same

Resolver = Callable[[str, int], list[str]]


class RefusedAddressError(Exception):
    """A host is at an address that is not of the public internet; the message names both."""


def is_public(address: str) -> bool:
    """Tell whether an IP address can be reached by everyone.

    Args:
        address: An IPv4 or IPv6 address in its usual form, an IPv6 one perhaps with a zone.

    Returns:
        False for loopback, private, shared, link-local, multicast, reserved and unspecified addresses, for an
        IPv6 address that leads to such an IPv4 address (mapped, compatible, 6to4, Teredo, NAT64), and for what is
        no address.
    """
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(parsed, ipaddress.IPv6Address):
        embedded = _embedded(parsed)
        if embedded:
            return all(map(_is_global, embedded))
        if parsed.is_site_local or parsed in _LOCAL_NAT64:
            return False
    return _is_global(parsed)


def _is_global(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


def _embedded(address: ipaddress.IPv6Address) -> list[ipaddress.IPv4Address]:
    """The IPv4 addresses that packets to an IPv6 address end up at."""
    if address.ipv4_mapped:
        return [address.ipv4_mapped]
    if address.sixtofour:
        return [address.sixtofour]
    if address.teredo:
        return list(address.teredo)
    if address in _NAT64 or (address in _COMPATIBLE and int(address) > 1):
        return [ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)]
    return []


def resolve(host: str, port: int) -> list[str]:
    """Look up the addresses of a host.

    Raises:
        OSError: The name is not known, or no name server answers.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class GuardedBackend(httpcore.NetworkBackend):
    """Connects to the very addresses it has checked, and lets no connection outlive its deadline.

    A name is looked up once for each connection, so that a name server which answers differently the second time
    (DNS rebinding) changes nothing.
    """

    def __init__(self, allow_private: bool, deadline: float, resolver: Resolver = resolve) -> None:
        """Make a backend for one fetch.

        Args:
            allow_private: Whether addresses which are not public may be connected to.
            deadline: Until when all must be done, in seconds of `time.monotonic`.
            resolver: Looks up the addresses of a host and port; raises OSError when there are none.
        """
        self._inner = httpcore.SyncBackend()
        self._allow_private = allow_private
        self._deadline = deadline
        self._resolver = resolver

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to the first address of a host that answers.

        Raises:
            RefusedAddressError: If one of its addresses is not public.
            httpcore.ConnectError: If the name is not known, or no address answers.
            httpcore.ConnectTimeout: If none answers in time.
        """
        try:
            addresses = self._resolver(host, port)
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError(f"there is no host {host}, or no network") from error
        for address in addresses:
            if not self._allow_private and not is_public(address):
                at = "" if address == host else f" is at {address}, which"
                raise RefusedAddressError(f"{host}{at} is not an address of the public internet")
        failure: Exception = httpcore.ConnectError(f"{host} has no address")
        for address in addresses:
            try:
                stream = self._inner.connect_tcp(
                    address, port, _time_left(self._deadline, timeout), local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
            else:
                return _DeadlineStream(stream, self._deadline)
        raise failure


class _DeadlineStream(httpcore.NetworkStream):
    """A connection on which nothing waits beyond the deadline, however slowly the other side drips."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: float) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _time_left(self._deadline, timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _time_left(self._deadline, timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        secured = self._stream.start_tls(ssl_context, server_hostname, _time_left(self._deadline, timeout))
        return _DeadlineStream(secured, self._deadline)

    def get_extra_info(self, info: str) -> object:
        return self._stream.get_extra_info(info)


def _time_left(deadline: float, timeout: float | None) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise httpcore.ReadTimeout("out of time")
    return left if timeout is None else min(left, timeout)
