import gzip
import io
import time
import warnings
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from zipfile import ZipFile

import pytest

from index.documents import Access, Document, ReadFailure, read_documents
from index.errors import IsnadError
from index.fetch import fetch
from index.origin import Origin
from index.readers.xml import root_name
from tests.index.server import Answer, Site, article, serving

ACCESS = Access(allow_private=True, timeout=5, total_timeout=10, delay=0)
ENGLISH = "\n".join(
    f"In this made-up report the council of Testville spoke about bridge number {n} for a long while."
    for n in range(9)
)
ARABIC = "\n".join(f"تحدث مجلس المدينة في هذا الخبر المختلق عن الجسر رقم {n} حديثا طويلا مفصلا." for n in range(9))
TEASER = "The council of Testville spoke about …"
XML = '<?xml version="1.0" encoding="{}"?>'.format


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as site:
        yield site


def read(place: Path | str, access: Access = ACCESS) -> tuple[list[Document], list[ReadFailure]]:
    failures: list[ReadFailure] = []
    return list(read_documents(place, failures.append, access)), failures


def rss(*items: str, title: str = "Testville Wire", language: str = "en-US") -> str:
    return (
        f'<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" '
        f'xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>{title}</title><link>/</link>'
        f"<language>{language}</language>{''.join(items)}</channel></rss>"
    )


def item(title: str, link: str = "", content: str = "", summary: str = "", more: str = "") -> str:
    encoded = f"<content:encoded><![CDATA[{content}]]></content:encoded>" if content else ""
    where = f"<link>{link}</link>" if link else ""
    return f"<item><title>{title}</title>{where}<description>{summary}</description>{encoded}{more}</item>"


def paragraphs(text: str) -> str:
    return "".join(f"<p>{line}</p>\n" for line in text.split("\n"))


class TestPage:
    def test_an_article(self, site: Site) -> None:
        head = '<link rel="canonical" href="/bridge"/><meta property="og:site_name" content="Testville Wire"/>'
        site.put("/b", article("A bridge", ENGLISH, head))
        (document,), failures = read(site.redirect("/a", "/b?utm_source=x"))
        assert failures == []
        assert (document.uri, document.title, document.text) == (f"{site.url}/bridge", "A bridge", ENGLISH)
        assert (document.source, document.language) == ("Testville Wire", "en")

    @pytest.mark.parametrize("canonical", ["https://elsewhere.example/x", "javascript:alert(1)", "http://[", ""])
    def test_a_page_cannot_speak_for_another_host(self, site: Site, canonical: str) -> None:
        head = f'<link rel="canonical" href="{canonical}"/>'
        (document,), _ = read(site.put("/a", article("A bridge", ENGLISH, head)) + "?id=1&utm_source=x#top")
        assert document.uri == f"{site.url}/a?id=1"

    def test_the_charset_is_that_of_the_server(self, site: Site) -> None:
        data = article("الجسر", ARABIC, language="ar").encode("cp1256")
        (document,), _ = read(site.put("/a", data, "text/html; charset=windows-1256"))
        assert (document.title, document.text, document.language) == ("الجسر", ARABIC, "ar")

    def test_failures_are_told_with_the_address(self, site: Site) -> None:
        url = site.put("/list", "<html><body></body></html>")
        documents, (failure,) = read(url)
        assert documents == []
        assert str(failure).startswith(f"{url}: no article found")
        with pytest.raises(IsnadError, match="answered 404"):
            list(read_documents(site.url + "/missing", access=ACCESS))
        with pytest.raises(IsnadError, match="only http and https"):
            read_documents("ftp://example.org/news")
        documents, (failure,) = read(url, Access())
        assert "allow it with --allow-private" in str(failure)

    @pytest.mark.parametrize("kind", ["image/png", "video/mp4", "application/octet-stream", "nonsense", ""])
    def test_other_kinds(self, site: Site, kind: str) -> None:
        _, (failure,) = read(site.put("/a", b"\x89PNG", kind))
        assert "expected a web page, a feed, a sitemap or a file (" in failure.reason

    @pytest.mark.parametrize(
        ("path", "kind"), [("/a.md", "text/plain"), ("/a", "text/markdown"), ("/a.md", "application/octet-stream")]
    )
    def test_files_are_read_as_from_disk(self, site: Site, path: str, kind: str) -> None:
        (document,), _ = read(site.put(path, "# A bridge\n\nThe **text**.", kind))
        assert (document.uri, document.title, document.text) == (site.url + path, "A bridge", "The **text**.")

    def test_lines_of_a_file(self, site: Site) -> None:
        url = site.put("/wire.jsonl", '{"text": "One."}\nno\n{"text": "Two.", "uri": "two"}\n', "text/plain")
        documents, (failure,) = read(url)
        assert [document.uri for document in documents] == [f"{url}#1", "two"]
        assert str(failure).startswith(f"{url}, line 2: not JSON")

    def test_packed_files(self, site: Site, tmp_path: Path) -> None:
        with ZipFile(tmp_path / "a.zip", "w") as packed:
            packed.writestr("news/a.html", article("A bridge", ENGLISH))
            packed.writestr("feed.rss", rss(item("One", "http://a.example/1", paragraphs(ENGLISH))))
            packed.writestr("crawl.warc.gz", warc(*TestWarc.RECORDS[:1], packed=True))
            packed.writestr("empty.html", "")
        uris = ["/news/a.html", "http://a.example/1", "http://a.example/1"]
        documents, failures = read(tmp_path / "a.zip")
        assert [document.uri for document in documents] == ["a.zip" + uris[0], *uris[1:]]
        assert [str(failure) for failure in failures] == [
            f"{tmp_path / 'a.zip' / 'empty.html'}: the page is empty"
        ]
        url = site.put("/b", (tmp_path / "a.zip").read_bytes(), "application/zip")
        documents, failures = read(site.redirect("/a", "/b"))
        assert [document.uri for document in documents] == [url + uris[0], *uris[1:]]
        assert [str(failure) for failure in failures] == [f"{url}/empty.html: the page is empty"]

    def test_what_has_been_fetched_is_not_fetched_again(self, site: Site) -> None:
        url = site.put("/a", article("A bridge", ENGLISH))
        fetched = fetch(url, ACCESS)
        assert fetched is not None
        assert [document.uri for document in read_documents(fetched, access=ACCESS)] == [url]
        assert site.asked == ["/a"]


class TestFeed:
    def test_whole_articles_stand_in_the_feed(self, site: Site) -> None:
        more = "<pubDate>Wed, 20 Sep 2017 00:30:00 +0300</pubDate><dc:creator>A. Sample</dc:creator>"
        content = paragraphs(ENGLISH).replace("council", "<b>coun</b>cil<script>x</script>")
        url = site.put(
            "/feed", rss(item("One &amp;amp; two", "/1?utm_medium=rss", content, TEASER, more)), "text/xml"
        )
        documents, failures = read(url)
        assert failures == []
        assert documents == [
            Document.create(
                f"{site.url}/1",
                ENGLISH,
                "One & two",
                source="Testville Wire",
                author="A. Sample",
                published="2017-09-20",  # the day where it was published; in Greenwich it was the 19th
                language="en-US",
                origins=[
                    Origin("title", "feed entry title", True),
                    Origin("author", "feed entry author", True),
                    Origin("source", "feed title", True),
                    Origin("published", "feed entry date", True),
                    Origin("language", "feed language", True),
                ],
            )
        ]
        assert site.asked == ["/feed"]
        assert read(url) == (documents, [])

    @pytest.mark.parametrize(
        "kind", ["application/rss+xml", "text/html", "text/plain", "application/octet-stream", ""]
    )
    def test_a_feed_is_known_by_its_content(self, site: Site, kind: str) -> None:
        documents, _ = read(site.put("/feed", XML("utf-8") + rss(item("One", "/1", paragraphs(ENGLISH))), kind))
        assert [document.text for document in documents] == [ENGLISH]

    def test_teasers_are_followed(self, site: Site) -> None:
        head = '<meta name="author" content="B. Sample"/>'
        site.put("/news/1", article("Page title", ENGLISH, head))
        url = site.put(
            "/news/feed", rss(item("Feed title", "1", summary=TEASER), item("Gone", "2", summary=TEASER))
        )
        (document,), (failure,) = read(url)
        assert (document.uri, document.title, document.author) == (f"{site.url}/news/1", "Feed title", "B. Sample")
        assert document.text == ENGLISH
        assert Origin("title", "feed entry title", True) in document.origins
        assert len({origin.field for origin in document.origins}) == len(document.origins)
        assert str(failure).startswith(f"{site.url}/news/2: the server of 127.0.0.1 answered 404")

    @pytest.mark.parametrize(
        "end", ["…", "[…]", "[...]", "... Read more »", "Continue reading →", "اقرأ المزيد..."]
    )
    def test_a_long_text_that_is_cut_is_no_article(self, site: Site, end: str) -> None:
        site.put("/1", article("One", ENGLISH))
        for entry in (
            item("One", "/1", paragraphs(ARABIC * 2 + end)),
            item("One", "/1", summary=ARABIC * 2 + end),
        ):
            (document,), _ = read(site.put("/feed", rss(entry)))
            assert document.text == ENGLISH

    def test_a_long_summary_is_an_article(self, site: Site) -> None:
        (document,), _ = read(site.put("/feed", rss(item("One", "/1", summary=ARABIC + ARABIC))))
        assert document.text == ARABIC + ARABIC

    def test_atom(self, site: Site) -> None:
        feed = (
            f'{XML("utf-8")}<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="ar"><title>وكالة المثال</title>'
            f"<entry><id>tag:example.org,2020:1</id><title>الجسر</title><updated>2020-02-03T23:00:00Z</updated>"
            f'<author><name>كاتب المثال</name></author><link href="/1"/><content type="html"><![CDATA['
            f"{paragraphs(ARABIC)}]]></content></entry></feed>"
        )
        (document,), _ = read(site.put("/atom", feed, "application/atom+xml"))
        assert (document.uri, document.title, document.text) == (f"{site.url}/1", "الجسر", ARABIC)
        assert (document.source, document.author) == ("وكالة المثال", "كاتب المثال")
        assert (document.published, document.language) == ("2020-02-03", "ar")

    def test_the_text_tells_its_language_better_than_blogging_software(self, tmp_path: Path) -> None:
        # In windows-1256, as old feeds are, and from a file.
        data = XML("windows-1256") + rss(item("الجسر", "http://a.example/1", paragraphs(ARABIC)), title="المثال")
        file = tmp_path / "feed.xml"
        file.write_bytes(data.encode("cp1256"))
        (document,), _ = read(file)
        assert (document.title, document.text, document.source) == ("الجسر", ARABIC, "المثال")
        assert document.language == "ar"
        assert Origin("language", "detected from the text", False) in document.origins

    def test_entries_without_link_have_a_lasting_name(self, tmp_path: Path) -> None:
        entries = [
            item("One", content=paragraphs(ENGLISH)),
            item("Two", content=paragraphs(ARABIC)),
            item("Three"),
        ]
        file = tmp_path / "a.rss"
        file.write_text(rss(*entries), encoding="utf-8")
        documents, (failure,) = read(file)
        assert failure.reason == "the entry 'Three' has no text and no link"
        file.write_text(rss(*reversed(entries[:2])), encoding="utf-8")
        assert {d.uri: d.text for d in read(file)[0]} == {d.uri: d.text for d in documents}
        assert len({d.uri for d in documents}) == 2

    def test_damaged_feeds(self, tmp_path: Path) -> None:
        file = tmp_path / "a.rss"
        whole = rss(
            item("A & B", "http://a.example/1", paragraphs(ENGLISH)), item("C", "http://a.example/2", ARABIC)
        )
        file.write_text(whole, encoding="utf-8")
        documents, failures = read(file)
        assert ([d.title for d in documents], failures) == (["A & B", "C"], [])
        file.write_text(whole[: whole.rindex("رقم 7")], encoding="utf-8")
        documents, (failure,) = read(file)
        assert [d.title for d in documents] == ["A & B"]
        assert "cut off" in failure.reason
        for data, reason in (("", "no element"), ("<x/>", "first element is <x>"), ("<rss", "cannot be read")):
            file.write_text(data)
            documents, failures = read(file)
            assert documents == []
            assert [reason in failure.reason for failure in failures] == [True]

    def test_entities_do_no_harm(self, tmp_path: Path, site: Site) -> None:
        secret = tmp_path / "secret"
        secret.write_text("secret")
        laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
        dtd = f'<!DOCTYPE x [<!ENTITY l0 "ha">{laughs}<!ENTITY f SYSTEM "{secret.as_uri()}">'
        dtd += f'<!ENTITY u SYSTEM "{site.url}/leak">]>'
        start = time.monotonic()
        for body in (
            rss(item("&l11;&f;&u;", "http://a.example/1", paragraphs(ENGLISH))),
            f"<urlset><url><loc>{site.url}/&f;&l11;&u;</loc></url></urlset>",
        ):
            file = tmp_path / "a.xml"
            file.write_text(XML("utf-8") + dtd + body, encoding="utf-8")
            documents, failures = read(file)
            assert "secret" not in f"{documents} {failures}".replace(str(secret), "")
            assert "hahahaha" not in f"{documents}"
        assert "/leak" not in site.asked
        assert time.monotonic() - start < 30

    def test_limit_and_skip(self, site: Site) -> None:
        for number in range(5):
            site.put(f"/{number}", article(f"Bridge {number}", ENGLISH))
        date = "<pubDate>Wed, 20 Sep 2017 10:00:00 GMT</pubDate>"
        url = site.put("/feed", rss(*(item(f"B{n}", f"/{n}", summary=TEASER, more=date) for n in range(5))))
        documents, failures = read(url, replace(ACCESS, limit=2))
        assert ([d.title for d in documents], failures) == (["B0", "B1"], [])
        asked: list[tuple[str, str | None]] = []

        def skip(url: str, updated: str | None) -> bool:
            asked.append((url, updated))
            return not url.endswith("/3")

        documents, _ = read(url, replace(ACCESS, skip=skip))
        assert [d.title for d in documents] == ["B3"]
        assert asked[0] == (f"{site.url}/0", "Wed, 20 Sep 2017 10:00:00 GMT")


def urlset(*urls: tuple[str, str], more: str = "") -> str:
    lines = "".join(f"<url><loc>{url}</loc><lastmod>{lastmod}</lastmod>{more}</url>" for url, lastmod in urls)
    return (
        f'{XML("UTF-8")}<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
        f'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">{lines}</urlset>'
    )


def index(*sitemaps: tuple[str, str]) -> str:
    lines = "".join(f"<sitemap><loc>{url}</loc><lastmod>{date}</lastmod></sitemap>" for url, date in sitemaps)
    return (
        f'{XML("UTF-8")}<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{lines}</sitemapindex>'
    )


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


def warc(*records: tuple[str, str, str, bytes], packed: bool) -> bytes:
    from warcio.statusandheaders import StatusAndHeaders
    from warcio.warcwriter import WARCWriter

    out = io.BytesIO()
    with warnings.catch_warnings(action="ignore", category=ResourceWarning):  # it leaves temporary files open
        writer = WARCWriter(out, gzip=packed)
        writer.write_record(writer.create_warcinfo_record("made-up.warc", {"software": "test"}))
        for url, status, kind, data in records:
            fields = [("Content-Type", kind)] + ([("Content-Encoding", "gzip")] if data[:2] == b"\x1f\x8b" else [])
            headers = StatusAndHeaders(status, fields, protocol="HTTP/1.1")
            record = writer.create_warc_record(url, "response", payload=io.BytesIO(data), http_headers=headers)
            writer.write_record(record)
            del record
        del writer
    return out.getvalue()


@pytest.mark.parametrize("name", ["a.warc", "a.warc.gz"])
class TestWarc:
    RECORDS = (
        ("http://a.example/1", "200 OK", "text/html; charset=utf-8", article("One", ENGLISH).encode()),
        ("http://a.example/robots.txt", "200 OK", "text/plain", b"User-agent: *"),
        ("http://a.example/old", "404 Not Found", "text/html", article("Gone", ENGLISH).encode()),
        ("http://a.example/list", "200 OK", "text/html", b"<html><body></body></html>"),
        ("http://a.example/2", "200 OK", "text/html", gzip.compress(article("اثنان", ARABIC).encode())),
        ("http://a.example/3", "200 OK", "text/html", article("ثلاثة", ARABIC).encode("cp1256")),
    )

    def test_pages_with_articles(self, tmp_path: Path, name: str) -> None:
        (tmp_path / name).write_bytes(warc(*self.RECORDS, packed=name.endswith("gz")))
        documents, (failure,) = read(tmp_path)
        assert [(d.uri[-1], d.title) for d in documents] == [("1", "One"), ("2", "اثنان"), ("3", "ثلاثة")]
        assert [d.text for d in documents] == [ENGLISH, ARABIC, ARABIC]
        assert str(failure).startswith(f"{tmp_path / name}: http://a.example/list: no article found")

    def test_cut_off_files(self, tmp_path: Path, name: str) -> None:
        whole = warc(*self.RECORDS[:1], packed=name.endswith("gz"))
        file = tmp_path / name
        boundary = len(warc(packed=name.endswith("gz")))
        for cut in [*range(8, boundary - 8, 41), *range(boundary + 8, len(whole) - 12, 97)]:
            file.write_bytes(whole[:cut])
            documents, failures = read(file)
            assert documents == []
            assert failures, cut
        file.write_bytes(whole)
        assert len(read(file)[0]) == 1

    def test_what_is_no_warc(self, tmp_path: Path, name: str) -> None:
        packed = gzip.compress(warc(*self.RECORDS, packed=False))
        for data, reason in ((b"", "no WARC record"), (b"hello\n" * 9, "not a WARC file"), (packed, "gunzip")):
            (tmp_path / name).write_bytes(data)
            _, (failure,) = read(tmp_path)
            assert reason in failure.reason

    def test_bombs(self, tmp_path: Path, name: str) -> None:
        bomb = ("http://a.example/1", "200 OK", "text/html", gzip.compress(b"<p>" + b" " * 30_000_000))
        (tmp_path / name).write_bytes(warc(bomb, packed=name.endswith("gz")))
        _, (failure,) = read(tmp_path)
        assert "the page has more than 20 MB" in failure.reason


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"<rss>", "rss"),
        (b"\xef\xbb\xbf \n<?xml version='1.0'?><!-- <html> --><!DOCTYPE a [<!ENTITY b '<c>'>]><rdf:RDF>", "rdf"),
        ("\ufeff<?xml version='1.0'?><feed>".encode("utf-16-le"), "feed"),
        (b"plain <rss>", ""),
        (b"", ""),
        (b"<!--" * 9999, ""),
        (b"<!DOCTYPE " + b"[" * 9999, ""),
        (b"<!DOCTYPE " + b"[]]" * 9999, ""),
        (b"<?" * 9999, ""),
    ],
)
def test_first_element(data: bytes, name: str) -> None:
    start = time.monotonic()
    assert root_name(data) == name
    assert time.monotonic() - start < 1
