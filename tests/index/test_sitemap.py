import gzip
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.index.server import Answer, Site, article, serving
from tests.index.web import (
    ACCESS,
    ENGLISH,
    index,
    read,
    urlset,
)


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as site:
        yield site


class TestSitemap:
    @pytest.fixture(autouse=True)
    def pages(self, site: Site) -> None:
        for number in range(6):
            site.put(f"/{number}", article(f"Bridge {number}", ENGLISH))

    def test_newest_first_and_told_when_cut(self, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
        dates = ["2020-01-01", "2020-03-01T00:30:00+03:00", "2020-02-29T22:00:00Z", "", "nonsense", "2020-03-05"]
        url = site.put("/sitemap.xml", urlset(*((f"/{n}", date) for n, date in enumerate(dates))), "text/xml")
        documents, failures = read(url)
        assert [d.uri[-1] for d in documents] == ["5", "2", "1", "0", "3", "4"]
        assert failures == []
        documents, failures = read(url, replace(ACCESS, limit=2))
        assert [d.uri[-1] for d in documents] == ["5", "2"]
        assert failures == []
        monkeypatch.setattr("index.crawler.DEFAULT_LIMIT", 3)
        documents, (failure,) = read(url)
        assert [d.uri[-1] for d in documents] == ["5", "2", "1"]
        assert failure.reason == "it lists 6 pages, of which the 3 newest were read; for more give --limit"

    def test_index_of_packed_sitemaps(self, site: Site) -> None:
        packed = gzip.compress(urlset(("/1", "2020-02-01"), ("/2", "2020-02-03")).encode())
        site.put("/new.xml.gz", packed, "application/gzip")
        site.put("/old.xml", urlset(("/3", "2019-01-01")), "text/xml")
        url = site.put(
            "/index.xml", index(("/old.xml", "2019-01-01"), ("/new.xml.gz", "2020-02-03"), ("/index.xml", ""))
        )
        documents, failures = read(url)
        assert ([d.uri[-1] for d in documents], failures) == (["2", "1", "3"], [])
        site.asked.clear()
        assert [d.uri[-1] for d in read(url, replace(ACCESS, limit=2))[0]] == ["2", "1"]
        assert "/old.xml" not in site.asked  # it cannot hold a newer one
        site.put("/new.xml.gz", gzip.compress(b"<urlset"), "application/gzip")
        documents, (failure,) = read(url)
        assert [d.uri[-1] for d in documents] == ["3"]
        assert str(failure).startswith(f"{site.url}/new.xml.gz: the sitemap is not well-formed XML")

    def test_files(self, site: Site, tmp_path: Path) -> None:
        data = urlset((f"{site.url}/1", "")).encode()
        for name, written in (("a.xml", data), ("b.xml.gz", gzip.compress(data))):
            (tmp_path / name).write_bytes(written)
        (tmp_path / "c.xml.gz").write_bytes(gzip.compress(data)[:-9])
        documents, (failure,) = read(tmp_path)
        assert [d.uri for d in documents] == [f"{site.url}/1"] * 2
        assert str(failure) == f"{tmp_path / 'c.xml.gz'}: the packed data ends too early"

    def test_news(self, site: Site) -> None:
        news = (
            "<news:news><news:publication><news:name>Testville Wire</news:name><news:language>en</news:language>"
            "</news:publication><news:publication_date>2020-02-03T10:00:00Z</news:publication_date>"
            "<news:title>From the sitemap</news:title></news:news>"
        )
        (document,), _ = read(site.put("/news.xml", urlset(("/1", ""), more=news)))
        assert (document.title, document.source) == ("From the sitemap", "Testville Wire")
        assert (document.published, document.language) == ("2020-02-03", "en")
        assert {o.field for o in document.origins if o.place == "news sitemap"} == {
            "title",
            "source",
            "published",
            "language",
        }

    def test_robots_and_delay(self, site: Site) -> None:
        site.put("/robots.txt", "User-agent: *\nDisallow: /1\n", "text/plain")
        url = site.put("/sitemap.xml", urlset(*((f"/{n}", "") for n in range(3))))
        start = time.monotonic()
        documents, (failure,) = read(url, replace(ACCESS, delay=0.2))
        assert time.monotonic() - start >= 0.2
        assert [d.uri[-1] for d in documents] == ["0", "2"]
        assert failure.reason == "robots.txt of 127.0.0.1 asks programs not to fetch it"
        assert site.asked.count("/robots.txt") == 1
        assert len(read(url, replace(ACCESS, robots=False))[0]) == 3
        assert [d.uri[-1] for d in read(site.url + "/1")[0]] == ["1"]  # named by the user
        site.pages["/robots.txt"] = Answer(status=503)
        documents, failures = read(url)
        assert (documents, len(failures)) == ([], 3)
