import gzip
from pathlib import Path

import pytest

from tests.index.web import (
    ARABIC,
    ENGLISH,
    RECORDS,
    read,
    warc,
)


@pytest.mark.parametrize("name", ["a.warc", "a.warc.gz"])
class TestWarc:
    def test_pages_with_articles(self, tmp_path: Path, name: str) -> None:
        (tmp_path / name).write_bytes(warc(*RECORDS, packed=name.endswith("gz")))
        documents, (failure,) = read(tmp_path)
        assert [(d.uri[-1], d.title) for d in documents] == [("1", "One"), ("2", "اثنان"), ("3", "ثلاثة")]
        assert [d.text for d in documents] == [ENGLISH, ARABIC, ARABIC]
        assert str(failure).startswith(f"{tmp_path / name}: http://a.example/list: no article found")

    def test_cut_off_files(self, tmp_path: Path, name: str) -> None:
        whole = warc(*RECORDS[:1], packed=name.endswith("gz"))
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
        packed = gzip.compress(warc(*RECORDS, packed=False))
        for data, reason in ((b"", "no WARC record"), (b"hello\n" * 9, "not a WARC file"), (packed, "gunzip")):
            (tmp_path / name).write_bytes(data)
            _, (failure,) = read(tmp_path)
            assert reason in failure.reason

    def test_bombs(self, tmp_path: Path, name: str) -> None:
        bomb = ("http://a.example/1", "200 OK", "text/html", gzip.compress(b"<p>" + b" " * 30_000_000))
        (tmp_path / name).write_bytes(warc(bomb, packed=name.endswith("gz")))
        _, (failure,) = read(tmp_path)
        assert "the page has more than 20 MB" in failure.reason
