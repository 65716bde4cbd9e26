import gzip
import time
import zlib
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import addresses
from index.errors import IsnadError
from index.fetch import Access, Fetched, FetchError, checked_url, fetch, is_url
from index.unpacking import gunzip
from tests.index.server import Answer, Site, serving

LOCAL = Access(allow_private=True, timeout=5, total_timeout=10)


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as site:
        yield site


def get(url: str, **limits: Any) -> Fetched:
    fetched = fetch(url, Access(**{"allow_private": True, "timeout": 5, "total_timeout": 10, **limits}))
    assert fetched is not None
    return fetched


def test_what_is_fetched(site: Site) -> None:
    url = site.put(
        "/a", "نص", "text/plain; charset=utf-8", ETag='"1"', Last_Modified="Tue, 01 Sep 2020 10:00:00 GMT"
    )
    expected = Fetched(url, "نص".encode(), "text/plain; charset=utf-8", '"1"', "Tue, 01 Sep 2020 10:00:00 GMT")
    assert get(url + "#part") == expected
    (headers,) = site.sent
    assert headers["User-Agent"].startswith("Isnad/")
    assert (headers["Accept-Encoding"], headers["Host"]) == ("gzip", url.split("/")[2])


def test_what_has_not_changed(site: Site) -> None:
    site.pages["/a"] = Answer(status=304)
    assert fetch(site.url + "/a", LOCAL, etag='"1"', last_modified="then") is None
    assert (site.sent[0]["If-None-Match"], site.sent[0]["If-Modified-Since"]) == ('"1"', "then")
    assert fetch(site.url + "/a", LOCAL) is None
    assert site.sent[1]["If-None-Match"] is None


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "127.1", "0x7f.1", "[::ffff:127.0.0.1]"])
def test_this_computer_is_refused(site: Site, host: str) -> None:
    with pytest.raises(FetchError, match=r"not an address of the public internet; allow it with --allow-private"):
        fetch(f"http://{host}:{site.url.rpartition(':')[2]}/")
    assert site.asked == []


def test_redirects_are_checked(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(addresses, "is_public", lambda address: address == "127.0.0.1")
    inner = site.url.replace("127.0.0.1", "127.0.0.2")
    site.put("/secret", "secret")
    with pytest.raises(FetchError, match=r"127\.0\.0\.2 is not an address of the public"):
        fetch(site.redirect("/out", f"{inner}/secret"))
    assert site.asked == ["/out"]


@pytest.mark.parametrize(
    ("location", "message"),
    [
        ("file:///etc/passwd", "leads on to file:.*/etc/passwd: only http and https"),
        ("ftp://example.org/", "only http and https"),
        ("http://a:99999/", "not an address"),
        ("http://user:secret@example.org/", "name and password"),
        ("/loop", "leads on more than 5 times"),
    ],
)
def test_bad_redirects(site: Site, location: str, message: str) -> None:
    with pytest.raises(FetchError, match=message) as caught:
        get(site.redirect("/loop", location))
    assert "secret" not in str(caught.value)


def test_redirects_end_at_the_final_address(site: Site) -> None:
    site.redirect("/3", "4?x=1#part", 308)
    site.redirect("/2", "/3", 301)
    site.put("/4", "here")
    assert get(site.redirect("/1", f"{site.url}/2")) == Fetched(
        f"{site.url}/4?x=1", b"here", "text/html; charset=utf-8"
    )
    for number in range(6):
        site.redirect(f"/r{number}", f"/r{number + 1}")
    site.put("/r6", "far")
    assert get(site.url + "/r1").data == b"far"
    with pytest.raises(FetchError, match="more than 5 times"):
        get(site.url + "/r0")


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("file:///etc/passwd", "only http and https"),
        ("ftp://example.org/x", "only http and https"),
        ("http://", "only http and https"),
        ("http://[::1", "not an address"),
        ("http://exa mple.org/", "not an address"),
        ("http://user:secret@example.org/", "name and password"),
        ("http://no-such-host.invalid/", r"cannot reach no-such-host\.invalid .*; check the network"),
        ("http://127.0.0.1:1/", r"cannot reach 127\.0\.0\.1 "),
    ],
)
def test_bad_addresses(url: str, message: str) -> None:
    with pytest.raises(FetchError, match=message) as caught:
        get(url)
    assert isinstance(caught.value, IsnadError)
    assert "secret" not in str(caught.value)


def test_addresses_and_paths_are_told_apart() -> None:
    assert is_url("https://example.org/news")
    assert is_url("ftp://example.org")
    assert not any(map(is_url, ("news", "a/b.txt", "C:\\news", "//host/share", "http:/x", "")))
    assert checked_url(" HTTP://EXAMPLE.org:80/A#b ") == "http://example.org/A"
    assert checked_url("http://أخبار.example/خبر").startswith("http://")


def test_status_is_told(site: Site) -> None:
    with pytest.raises(FetchError, match=r"answered 404 Not Found$") as caught:
        get(site.url + "/missing")
    assert caught.value.status == 404
    assert str(caught.value) == f"{site.url}/missing: {caught.value.reason}"


def test_size_is_limited(site: Site) -> None:
    url = site.put("/big", b"x" * 100_000)
    assert len(get(url, max_bytes=100_000).data) == 100_000
    with pytest.raises(FetchError, match=r"more than .* MB"):
        get(url, max_bytes=99_999)


def test_gzip_is_unpacked_and_bombs_are_not(site: Site) -> None:
    text = "نص الخبر " * 1000
    assert get(site.put("/a", gzip.compress(text.encode()), Content_Encoding="gzip")).data.decode() == text
    bomb = gzip.compress(b"\0" * 50_000_000)
    url = site.put("/bomb", bomb, Content_Encoding="gzip")
    with pytest.raises(FetchError, match="unpacked it has more than"):
        get(url, max_bytes=len(bomb))
    with pytest.raises(FetchError, match="packed as 'gzip, gzip'"):
        get(site.put("/two", gzip.compress(bomb), Content_Encoding="gzip, gzip"))
    with pytest.raises(FetchError, match="packed as 'br'"):
        get(site.put("/br", b"x", Content_Encoding="br"))
    for broken, message in ((gzip.compress(b"x" * 999)[:-9], "ends too early"), (b"no gzip", "damaged")):
        with pytest.raises(FetchError, match=message):
            get(site.put("/broken", broken, Content_Encoding="gzip"))


def drip(*parts: bytes, pause: float = 0.1) -> Callable[[BaseHTTPRequestHandler], None]:
    def send(handler: BaseHTTPRequestHandler) -> None:
        for part in parts:
            handler.wfile.write(part)
            handler.wfile.flush()
            time.sleep(pause)
        handler.close_connection = True

    return send


@pytest.mark.parametrize("parts", [[b""] * 30, [b"HTTP/1.1 200 OK\r\n", *[b"X: y\r\n"] * 30]])
def test_a_slow_server_is_left(site: Site, parts: list[bytes]) -> None:
    site.pages["/slow"] = Answer(drip(*parts))
    start = time.monotonic()
    with pytest.raises(FetchError, match="did not answer in time"):
        get(site.url + "/slow", total_timeout=0.5)
    assert time.monotonic() - start < 2


def test_a_slow_body_is_left(site: Site) -> None:
    site.pages["/slow"] = Answer(drip(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n", *[b"x"] * 30))
    with pytest.raises(FetchError, match="did not answer in time"):
        get(site.url + "/slow", total_timeout=0.5)


def test_a_silent_server_is_left(site: Site) -> None:
    site.pages["/slow"] = Answer(drip(b"", pause=3))
    with pytest.raises(FetchError, match="did not answer in time"):
        get(site.url + "/slow", timeout=0.3)


@pytest.mark.parametrize(
    "sent",
    [b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nhalf", b"SSH-2.0\r\n", b"", b"HTTP/1.1 200 OK\r\n" * 99],
)
def test_no_half_answers(site: Site, sent: bytes) -> None:
    site.pages["/half"] = Answer(drip(sent, pause=0))
    with pytest.raises(FetchError, match="broke off or is no HTTP"):
        get(site.url + "/half")


@given(st.lists(st.binary(), min_size=1), st.integers(1, 50))
def test_unpacking(members: list[bytes], step: int) -> None:
    packed = b"".join(map(gzip.compress, members))
    chunks = [packed[start : start + step] for start in range(0, len(packed), step)]
    whole = b"".join(members)
    assert gunzip(chunks, len(whole)) == whole
    assert gunzip([packed + b"\0" * 9], len(whole)) == whole
    assert gunzip([zlib.compress(whole)], len(whole)) == whole
    if whole:
        with pytest.raises(ValueError, match="more than"):
            gunzip(chunks, len(whole) - 1)
    with pytest.raises(ValueError, match="early"):
        gunzip([packed[:-1]], len(whole))
