import json
from pathlib import Path

import pytest

from index.documents import read_documents
from index.origin import Origin
from index.readers.html import decode_html, parse_html

# Made-up pages with made-up news.
ENGLISH = """<!DOCTYPE html>
<html lang="en-GB"><head><meta charset="utf-8">
<title>River bridge opens after two years | The Made-up Gazette</title>
<meta property="og:site_name" content="The Made-up Gazette">
<meta property="og:title" content="River bridge opens">
<meta name="author" content="https://gazette.example/people/1">
<meta property="article:modified_time" content="2024-01-01T00:00:00Z">
<script type="application/ld+json">{"broken": </script>
<script type="application/ld+json">{"@context": "https://schema.org", "@graph": [
 {"@type": "WebSite", "name": "Wrong", "datePublished": "1999-01-01"},
 {"@type": ["Thing", "NewsArticle"], "headline": "River bridge opens after\n two years",
  "datePublished": "2021-03-05T10:15:00+01:00", "dateModified": "2022-01-01",
  "author": [{"@type": "Person", "name": "A. Writer"}, {"name": "B. Writer"}],
  "publisher": {"@type": "Organization", "name": "The Made-up Gazette"}}]}</script>
</head><body class="social ad">
<div class="cookie-banner">We use cookies to make this site better. <button>Accept all cookies</button></div>
<nav><ul><li><a href="/">Home</a></li><li><a href="/sport">Sport</a></li></ul></nav>
<main class="promo"><article class="share"><h1>River bridge opens after two years</h1>
<p class="byline">By <a rel="author" href="/1">A. Writer</a></p>
<p>The council opened a new bridge over the river on Monday, after two years of work and a number of delays.</p>
<div class="ad">ADVERTISEMENT</div>
<p>It cost 12.5 million, said the mayor &mdash; &ldquo;less than we had feared&rdquo; &mdash;
and is open to all.</p>
<ul class="share"><li><a href="#">Share on a network</a></li></ul>
<p>The old bridge will be taken down in spring, and its stones laid out along the banks of the river.</p>
</article><aside><h3>Most read</h3><a href="/a">Something else entirely happened in another town</a></aside></main>
<footer>&copy; 2019-2024 The Made-up Gazette. All rights reserved.</footer></body></html>"""
ENGLISH_TEXT = [
    "The council opened a new bridge over the river on Monday, after two years of work and a number of delays.",
    "It cost 12.5 million, said the mayor — “less than we had feared” — and is open to all.",
    "The old bridge will be taken down in spring, and its stones laid out along the banks of the river.",
]
ARABIC_TEXT = [
    "افتتح رئيس المجلس، أمس الاثنين، جسرا جديدا فوق النهر بعد سنتين من الأشغال التي عرفت تأخرا كبيرا.",
    "وقال الرئيس في كلمة له إن الكلفة بلغت 12,5 مليون درهم، مضيفا أن المرور سيكون مفتوحا أمام الجميع.",
    "ومن المقرر أن يهدم الجسر القديم في فصل الربيع القادم وأن توضع أحجاره على ضفاف النهر.",
]
ARABIC = f"""<html lang="en" dir="rtl"><head>
<meta http-equiv="Content-Type" content="text/html; charset=windows-1256">
<meta name="date" content="2021-03-05"><meta property="og:site_name" content="جريدة مختلقة">
<title>افتتاح جسر جديد - جريدة مختلقة</title></head><body>
<table class="menu"><tr><td><a href="/">الرئيسية</a></td><td><a href="/s">رياضة</a></td></tr></table>
<div id="content"><h1>افتتاح جسر جديد</h1><span class="author">أ ف ب</span>
<p>{ARABIC_TEXT[0]}</p><p>{ARABIC_TEXT[1]}</p><p>{ARABIC_TEXT[2]}</p></div>
<div id="footer">جميع الحقوق محفوظة 2012</div></body></html>"""


def test_an_english_page() -> None:
    article = parse_html(ENGLISH.encode(), "https://gazette.example/bridge")
    assert article.text.split("\n") == ENGLISH_TEXT
    assert (article.title, article.author) == ("River bridge opens after two years", "A. Writer, B. Writer")
    assert (article.source, article.language) == ("The Made-up Gazette", "en-GB")
    assert article.published == "2021-03-05T10:15:00+01:00"
    assert article.uri == "https://gazette.example/bridge"
    assert set(article.origins) == {
        Origin("title", "JSON-LD headline", True),
        Origin("author", "JSON-LD author", True),
        Origin("published", "JSON-LD datePublished", True),
        Origin("source", "JSON-LD publisher", True),
        Origin("language", "html element", True),
    }


def test_an_arabic_page_in_windows_1256(tmp_path: Path) -> None:
    (tmp_path / "a.htm").write_bytes(ARABIC.encode("cp1256"))
    (document,) = read_documents(tmp_path)
    assert document.text.split("\n") == ARABIC_TEXT
    assert (document.uri, document.title, document.source) == ("a.htm", "افتتاح جسر جديد", "جريدة مختلقة")
    assert (document.agency, document.author, document.published) == ("أ ف ب", None, "2021-03-05")
    assert document.language == "ar", "the page says en, its text is Arabic"
    assert document.origins == (
        Origin("agency", "class author", False),
        Origin("language", "detected from the text", False),
        Origin("published", "meta date", False),
        Origin("source", "meta og:site_name", True),
        Origin("title", "h1 element", False),
    )


@pytest.mark.parametrize(
    ("head", "published", "place", "certain"),
    [
        (
            '<meta property="article:published_time" content="2020-01-02">',
            "2020-01-02",
            "meta article:published_time",
            1,
        ),
        ('<meta name="DC.date" content="2020-01-02">', "2020-01-02", "meta dc.date", 1),
        ('<time pubdate datetime="2020-01-02">yesterday</time>', "2020-01-02", "time pubdate element", 1),
        ('<meta itemprop="datePublished" content="2020-01-02">', "2020-01-02", "meta datepublished", 1),
        (
            '<meta name="pubdate" content="5 mars"><meta name="date" content="2020-01-02">',
            "2020-01-02",
            "meta date",
            0,
        ),
        ('<meta name="pubdate" content="5 mars 2020">', "5 mars 2020", "meta pubdate", 1),
        ("<p>© 2015 The Made-up Gazette</p>", "2015-01-01", "htmldate: guessed from the page", 0),
    ],
)
def test_dates(head: str, published: str, place: str, certain: int) -> None:
    page = f"<html><head></head><body>{head}<article><p>{'</p><p>'.join(ENGLISH_TEXT)}</p></article></body></html>"
    article = parse_html(page.encode())
    assert article.published == published
    assert Origin("published", place, bool(certain)) in article.origins


@pytest.mark.parametrize(
    ("data", "charset"),
    [
        (ARABIC.encode("cp1256"), None),
        (ARABIC.encode("cp1256"), "utf-8"),  # a server that is wrong
        (ARABIC.replace("; charset=windows-1256", "").encode("cp1256"), None),
        (ARABIC.replace("windows-1256", "no-such-charset").encode("cp1256"), None),
        (ARABIC.replace("windows-1256", "utf-8").encode("cp1256"), None),
        (ARABIC.replace("windows-1256", "iso-8859-6").encode("iso-8859-6"), None),
        (ARABIC.replace("; charset=windows-1256", "").encode("iso-8859-6"), "ISO-8859-6"),
        (ARABIC.encode(), None),  # the page says windows-1256 and is UTF-8
        (b"\xef\xbb\xbf" + ARABIC.encode(), None),
        (ARABIC.encode("utf-16"), None),
    ],
)
def test_charsets(data: bytes, charset: str | None) -> None:
    assert all(line in decode_html(data, charset) for line in ARABIC_TEXT)


def test_latin1_is_read_as_browsers_do() -> None:
    assert decode_html(b'<meta charset="iso-8859-1">\x93caf\xe9\x94').endswith("“café”")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b" \n\x00", "the page is empty"),
        (b"%PDF-1.5", "this is a PDF, not a web page"),
        (b"<html><head><script>app()</script></head><body><div id=root></div></body></html>", "no article found"),
        (b"<!-- nothing -->", "that can be read|no article found"),
        (b"<div>" * 20_000, "no article found"),
    ],
)
def test_pages_without_an_article(data: bytes, reason: str, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ValueError, match=reason):
        parse_html(data)
    assert capfd.readouterr() == ("", ""), "what libraries have to say is not for the user"


def test_json_ld_of_any_shape_does_no_harm() -> None:
    odd = [
        "text",
        5,
        None,
        {"@type": "NewsArticle", "headline": {"a": 1}, "author": [None, {"name": []}], "datePublished": 5},
    ]
    for value in [*odd, odd, {"@graph": odd}, [[[odd]]]]:
        script = f'<script type="application/ld+json">{json.dumps(value)}</script>'
        article = parse_html(ENGLISH.replace("</head>", script + "</head>").encode())
        assert article.title == "River bridge opens after two years"
