import time
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

import pytest

from index.documents import Access, read_documents
from index.errors import IsnadError
from index.fetch import fetch
from index.readers.xml import root_name
from tests.index.server import Site, article, serving
from tests.index.web import ACCESS, ARABIC, ENGLISH, RECORDS, item, paragraphs, read, rss, warc


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as site:
        yield site


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
            packed.writestr("crawl.warc.gz", warc(*RECORDS[:1], packed=True))
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
