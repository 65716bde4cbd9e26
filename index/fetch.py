"""Fetching over HTTP: only from addresses that may be fetched from, within limits of size and time."""

import re
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from importlib.metadata import version
from typing import TYPE_CHECKING

from index.errors import IsnadError
from index.unpacking import gunzip

if TYPE_CHECKING:  # imported when something is fetched, so that what needs no network starts fast
    import ssl

_ACCEPT = "text/html, application/xhtml+xml, application/xml;q=0.9, */*;q=0.8"
_REDIRECTS = 5
_LAST_PORT = 65535
_INFLATION = 4  # times as large as packed a body may be
_ADDRESS = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]*)://")


@dataclass(frozen=True, slots=True)
class Access:
    """What may be fetched, and how.

    Attributes:
        allow_private: Whether addresses that are not of the public internet may be fetched from.
        limit: Articles at most taken from a sitemap, and followed from a feed; None for 100, and to be told
            when there are more.
        max_bytes: Bytes at most of one answer; unpacked it may have four times as many.
        timeout: Seconds to wait for a connection, and for the next bytes.
        total_timeout: Seconds for one fetch, redirects included.
        delay: Seconds between two pages of one host.
        robots: Whether to heed robots.txt for pages which a feed or sitemap leads to.
        skip: Told the address of each article that a feed or sitemap leads to, and when it was last changed as
            written there, if known; where it returns true, the article is not fetched.
    """

    allow_private: bool = False
    limit: int | None = None
    max_bytes: int = 50 * 1024 * 1024
    timeout: float = 15
    total_timeout: float = 120
    delay: float = 1
    robots: bool = True
    skip: Callable[[str, str | None], bool] | None = None


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a server answered.

    Attributes:
        url: Where it was found after redirects, without password and fragment.
        data: The body, unpacked.
        content_type: As sent, "" if not.
        etag: The version's tag, if sent; for the next `fetch`.
        last_modified: When it was last changed as sent, if so; for the next `fetch`.
    """

    url: str
    data: bytes
    content_type: str = ""
    etag: str | None = None
    last_modified: str | None = None


class FetchError(IsnadError):
    """Something could not be fetched.

    Attributes:
        url: The address.
        reason: What is wrong and how to mend it.
        status: The HTTP status, where a server has answered.
    """

    def __init__(self, url: str, reason: str, status: int | None = None) -> None:
        super().__init__(f"{url}: {reason}")
        self.url = url
        self.reason = reason
        self.status = status


def is_url(place: object) -> bool:
    """Tell whether something is meant as an address, and not as a path."""
    return isinstance(place, str) and _ADDRESS.match(place) is not None


def fetch(
    url: str, access: Access | None = None, *, etag: str | None = None, last_modified: str | None = None
) -> Fetched | None:
    """Fetch what is at an address.

    Proxies and passwords set in the environment are not used: a proxy looks up names itself, so that the check of
    addresses could not hold.

    Args:
        url: An address of http or https.
        access: What may be fetched.
        etag: The tag of the version that is known.
        last_modified: When the version that is known was last changed.

    Returns:
        What the server answered, None if the version known is still the current one.

    Raises:
        FetchError: The address is not one of http or https, may not be fetched from, or does not answer with
            status 200 within the limits.
    """
    access = access or Access()
    known = {"If-None-Match": etag, "If-Modified-Since": last_modified}
    headers = [*_headers(), *((name, value) for name, value in known.items() if value)]
    deadline = time.monotonic() + access.total_timeout
    here = checked_url(url)
    for _ in range(_REDIRECTS + 1):
        answer = _get(here, headers, access, deadline)
        if answer is None or isinstance(answer, Fetched):
            return answer
        here = answer
    raise FetchError(url, f"it leads on more than {_REDIRECTS} times, at last to {here}")


def checked_url(url: str) -> str:
    """Return an address as it is fetched and shown: without fragment, its host in small ASCII letters.

    Raises:
        FetchError: It is not a full address of http or https, or has a password.
    """
    import httpx

    try:
        parsed = httpx.URL(url.strip())
    except (httpx.InvalidURL, UnicodeError) as error:
        raise FetchError(url, f"not an address ({error}); expected one such as https://example.org/news") from None
    if parsed.scheme not in ("http", "https") or not parsed.host:
        raise FetchError(url, "only http and https addresses can be fetched, such as https://example.org/news")
    if "%" in parsed.host or (parsed.port or 0) > _LAST_PORT:
        raise FetchError(
            url, "not an address: there can be no such host; expected one such as https://example.org/news"
        )
    if parsed.userinfo:
        raise FetchError(str(parsed.copy_with(userinfo=b"")), "addresses with a name and password are not fetched")
    return str(parsed.copy_with(fragment=None))


@cache
def user_agent() -> str:
    """Return what Isnad calls itself to servers."""
    return f"Isnad/{version('isnad')} (personal news archive)"


def _headers() -> list[tuple[str, str]]:
    # gzip alone: other packings cannot be unpacked within limits by the standard library.
    return [("User-Agent", user_agent()), ("Accept", _ACCEPT), ("Accept-Encoding", "gzip")]


@cache
def _tls() -> "ssl.SSLContext":
    import httpx

    return httpx.create_ssl_context()


def _get(url: str, headers: list[tuple[str, str]], access: Access, deadline: float) -> Fetched | str | None:
    """Make one request: what was answered, the address it leads on to, or None if nothing has changed."""
    import httpcore
    import httpx

    from index.addresses import GuardedBackend, RefusedAddressError

    parsed = httpx.URL(url)
    target = httpcore.URL(scheme=parsed.raw_scheme, host=parsed.raw_host, port=parsed.port, target=parsed.raw_path)
    times = dict.fromkeys(("connect", "read", "write", "pool"), access.timeout)
    backend = GuardedBackend(access.allow_private, deadline)
    host = parsed.host
    try:
        with (
            httpcore.ConnectionPool(ssl_context=_tls(), network_backend=backend) as pool,
            pool.stream("GET", target, headers=headers, extensions={"timeout": times}) as response,
        ):
            fields = httpx.Headers(response.headers)
            if response.status == HTTPStatus.NOT_MODIFIED:
                return None
            if response.status in (301, 302, 303, 307, 308) and "location" in fields:
                return _next(url, fields["location"])
            if response.status != HTTPStatus.OK:
                raise FetchError(url, f"the server of {host} answered {_spoken(response.status)}", response.status)
            data = _body(response.iter_stream(), fields.get("content-encoding", ""), access.max_bytes)
    except RefusedAddressError as error:
        raise FetchError(url, f"{error}; allow it with --allow-private") from None
    except ValueError as error:
        raise FetchError(url, str(error)) from None
    except httpcore.TimeoutException:
        raise FetchError(url, f"{host} did not answer in time; check the network or try again later") from None
    except httpcore.ConnectError as error:
        raise FetchError(url, f"cannot reach {host} ({error}); check the network and the address") from None
    except (httpcore.NetworkError, httpcore.ProtocolError) as error:
        raise FetchError(url, f"the answer of {host} broke off or is no HTTP ({error}); try again later") from None
    return Fetched(url, data, fields.get("content-type", ""), fields.get("etag"), fields.get("last-modified"))


def _next(url: str, location: str) -> str:
    import httpx

    try:
        return checked_url(str(httpx.URL(url).join(location)))
    except httpx.InvalidURL:
        raise FetchError(url, f"it leads on to {location!r:.80}, which is no address") from None
    except FetchError as error:
        raise FetchError(url, f"it leads on to {error.url}: {error.reason}") from None


def _body(chunks: Iterable[bytes], encoding: str, limit: int) -> bytes:
    """All of an answer, unpacked.

    Raises:
        ValueError: It is too large, or packed in another way than was asked for.
    """
    counted = _counted(chunks, limit)
    packing = encoding.strip().lower()
    if packing in ("gzip", "x-gzip", "deflate"):
        return gunzip(counted, limit * _INFLATION)
    if packing not in ("", "identity"):
        raise ValueError(f"the answer is packed as {packing!r:.40}; only gzip was asked for")
    return b"".join(counted)


def _counted(chunks: Iterable[bytes], limit: int) -> Iterator[bytes]:
    size = 0
    for chunk in chunks:
        size += len(chunk)
        if size > limit:
            raise ValueError(f"the answer has more than {limit / 2**20:,.0f} MB, the most that is fetched")
        yield chunk


def _spoken(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)
