"""Made-up feeds, sitemaps and web archives for tests."""

import gzip
import io
import warnings
from pathlib import Path

from index.documents import Access, Document, ReadFailure, read_documents
from tests.index.server import article

ACCESS = Access(allow_private=True, timeout=5, total_timeout=10, delay=0)


ENGLISH = "\n".join(
    f"In this made-up report the council of Testville spoke about bridge number {n} for a long while."
    for n in range(9)
)


ARABIC = "\n".join(f"تحدث مجلس المدينة في هذا الخبر المختلق عن الجسر رقم {n} حديثا طويلا مفصلا." for n in range(9))


TEASER = "The council of Testville spoke about …"


XML = '<?xml version="1.0" encoding="{}"?>'.format


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


RECORDS = (
    ("http://a.example/1", "200 OK", "text/html; charset=utf-8", article("One", ENGLISH).encode()),
    ("http://a.example/robots.txt", "200 OK", "text/plain", b"User-agent: *"),
    ("http://a.example/old", "404 Not Found", "text/html", article("Gone", ENGLISH).encode()),
    ("http://a.example/list", "200 OK", "text/html", b"<html><body></body></html>"),
    ("http://a.example/2", "200 OK", "text/html", gzip.compress(article("اثنان", ARABIC).encode())),
    ("http://a.example/3", "200 OK", "text/html", article("ثلاثة", ARABIC).encode("cp1256")),
)
