import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.documents import Document, ReadFailure, read_documents
from index.origin import Origin
from index.readers import csv as csv_reader
from index.readers import decoding
from index.readers.field_names import named_fields


def read(path: Path) -> tuple[list[Document], list[ReadFailure]]:
    failures: list[ReadFailure] = []
    return list(read_documents(path, failures.append)), failures


def write(path: Path, text: str | bytes) -> Path:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("start", ["", "\ufeff", "sep={}\r\n"])
def test_columns_become_fields(tmp_path: Path, delimiter: str, start: str) -> None:
    header = ["id", "العنوان", "النص", "تاريخ النشر", "Outlet", "By-line", "agency", "Lang", "Link"]
    row = [
        "7",
        "عنوان",
        'نص، فيه "اقتباس"; وفاصلة\tوسطر|\nثان',
        "2021-03-05",
        "S",
        "A",
        "AFP",
        "ar",
        "https://x.example/7",
    ]
    lines = io.StringIO()
    csv.writer(lines, delimiter=delimiter).writerows([header, row])
    (document,), failures = read(write(tmp_path / "a.csv", start.format(delimiter) + lines.getvalue()))
    assert failures == []
    assert document == Document.create(
        "https://x.example/7",
        row[2],
        "عنوان",
        source="S",
        author="A",
        published="2021-03-05",
        language="ar",
        agency="AFP",
        origins=[
            Origin("title", "column العنوان", True),
            Origin("published", "column تاريخ النشر", True),
            Origin("source", "column Outlet", True),
            Origin("author", "column By-line", True),
            Origin("agency", "column agency", True),
            Origin("language", "column Lang", True),
        ],
    )


@given(
    st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1), min_size=1, max_size=5)
)
def test_what_the_csv_module_writes_is_read(tmp_path_factory: pytest.TempPathFactory, texts: list[str]) -> None:
    path = tmp_path_factory.mktemp("csv") / "a.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["text", "n"], *[[f".{text}.", "1"] for text in texts]])
    documents, failures = read(path)
    assert failures == []
    assert [d.text for d in documents] == [Document.create("a", f".{text}.").text for text in texts]


def test_bad_rows_are_named_and_the_rest_is_read(tmp_path: Path) -> None:
    lines = [
        b"title,text,date",
        b'one,"a text\nof two lines",2021-03-05',
        b"two,,2021-03-05",
        b"three,a text, with a comma,2021-03-05,",
        b"",
        b'four,"quotes" in it,',
        b"five,caf\xe9,",
        b"six,ok,some day",
        b"seven,ok",
        b'eight,"never closed',
        b"nine,lost",
    ]
    documents, failures = read(write(tmp_path / "a.csv", b"\n".join(lines)))
    assert [(d.uri, d.title) for d in documents] == [("a.csv#2", "one"), ("a.csv#9", "six"), ("a.csv#10", "seven")]
    expected = [
        (4, "the text is empty", False),
        (5, "the row has 5 cells, the first row names 3 columns", False),
        (7, "cannot be parted into cells", False),
        (8, "it looks like WINDOWS-1252", False),
        (9, "got 'some day'; the article is kept without it", True),
        (11, "a quote in it may not be closed", False),
    ]
    assert len(failures) == len(expected)
    for failure, (line, reason, kept) in zip(failures, expected, strict=True):
        assert (failure.line, failure.kept) == (line, kept)
        assert reason in failure.reason


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ("", "the file is empty"),
        ("text,title\n\n,,\n", "there is no row below"),
        ("id;name\n1;2", "no column holds the text of the articles; the columns are: id, name. Name one of them"),
        ("النص\nخبر".encode("utf-16"), "it looks like UTF-16"),
        ("العنوان,النص\nخبر".encode("cp1256"), "it looks like WINDOWS-1256"),
    ],
)
def test_files_without_articles(tmp_path: Path, data: str | bytes, reason: str) -> None:
    documents, (failure,) = read(write(tmp_path / "a.tsv", data))
    assert documents == []
    assert reason in failure.reason


def test_a_row_without_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_reader, "MAX_BYTES", 1000)
    monkeypatch.setattr(decoding, "MAX_BYTES", 1000)
    documents, failures = read(write(tmp_path / "a.csv", 'text\nok\n"' + "line\n" * 1000))
    assert [d.text for d in documents] == ["ok"]
    assert "field larger than field limit" in failures[0].reason


@pytest.mark.parametrize(
    ("names", "fields"),
    [
        (["TITLE", "Body"], {"title": "TITLE", "text": "Body"}),
        (["content", "text"], {"text": "text"}),
        (["article_body", "Publication-Date"], {"text": "article_body", "published": "Publication-Date"}),
        (["المصدر", "الوكالة", "اللُّغة"], {"source": "المصدر", "agency": "الوكالة", "language": "اللُّغة"}),
        (["views", ""], {}),
    ],
)
def test_names_of_fields(names: list[str], fields: dict[str, str]) -> None:
    assert named_fields(names) == fields
