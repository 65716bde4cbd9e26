import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from index.documents import Document
from index.origin import Origin
from tests.index.server import Site, article, serving
from tests.index.web import ACCESS, ARABIC, ENGLISH, TEASER, XML, item, paragraphs, read, rss


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as site:
        yield site


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

    @pytest.mark.parametrize(
        ("written", "day", "certain"),
        [
            ("Wed, 20 Sep 2017 23:30:00 -0500", "2017-09-20", True),
            ("20 سبتمبر 2017", "2017-09-20", True),
            ("3/4/2021", "2021-04-03", False),
            ("Wed Sep 20 10:30:00 2017", "2017-09-20", True),  # which feedparser alone understands
        ],
    )
    def test_dates_as_feeds_write_them(self, tmp_path: Path, written: str, day: str, certain: bool) -> None:
        more = f"<pubDate>{written}</pubDate>"
        feed = XML("utf-8") + rss(item("One", "http://a.example/1", paragraphs(ENGLISH), more=more))
        (tmp_path / "feed.xml").write_text(feed, encoding="utf-8")
        ((document,), failures) = read(tmp_path / "feed.xml")
        assert (document.published, failures) == (day, [])
        assert Origin("published", "feed entry date", certain) in document.origins

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
