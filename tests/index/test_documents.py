import hashlib
import json
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.documents import Document, ReadFailure, read_documents
from index.errors import IsnadError
from index.origin import Origin
from index.readers import decoding, jsonl
from index.readers.text import split_article

ARTICLE = "الرباط: الوزير يفتتح المؤتمر\nو م ع\nافتتح الوزير، أمس، المؤتمر.\nوحضر السفراء.\n"
BODY = "افتتح الوزير، أمس، المؤتمر.\nوحضر السفراء."


def read_all(path: Path) -> tuple[list[Document], list[ReadFailure]]:
    failures: list[ReadFailure] = []
    return list(read_documents(path, failures.append)), failures


def write(path: Path, text: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


class TestDocument:
    def test_text_is_normalised(self) -> None:
        document = Document.create("a", "\ufeff\n\n e\u0301\r\nb\rc\x00\u2028d \n\n", title=" Two\n words ")
        assert document.text == "é\nb\nc\nd"
        assert document.title == "Two words"

    @given(st.text(), st.text())
    def test_normalising_twice_changes_nothing(self, before: str, after: str) -> None:
        once = Document.create("a", f"{before}.{after}")
        assert Document.create("a", once.text, once.title) == once
        assert unicodedata.is_normalized("NFC", once.text)
        once.text.encode()

    def test_digest_covers_everything_but_the_uri(self) -> None:
        fields: dict[str, Any] = {
            "text": "Body.",
            "title": "T",
            "source": "S",
            "author": "A",
            "agency": "G",
            "published": "2017-09-20",
            "language": "en",
            "origins": (Origin("title", "first line", True),),
        }
        document = Document.create("a", **fields)
        assert document.sha256 == Document.create("b", **fields).sha256
        other = dict.fromkeys(fields, "2018-01-01") | {"language": "fr", "origins": ()}
        for name in fields:
            assert document.sha256 != Document.create("a", **fields | {name: other[name]}).sha256, name
        canonical = json.dumps(fields, sort_keys=True, separators=(",", ":"))
        assert document.sha256 == hashlib.sha256(canonical.encode()).hexdigest()

    def test_language_is_detected_or_taken(self) -> None:
        assert Document.create("a", "قال الوزير ذلك.").language == "ar"
        assert Document.create("a", "The minister said so.").language == "en"
        assert Document.create("a", "The minister said so.", language="AR-ma").language == "ar"

    def test_first_words_stand_in_for_a_missing_title(self) -> None:
        assert Document.create("a", "One line\nand more").title == "One line"
        title = Document.create("a", "word " * 100).title
        assert title.endswith("word…")
        assert len(title) <= 81

    @pytest.mark.parametrize(
        ("fields", "message"),
        [
            ({"uri": " ", "text": "x"}, "needs a uri"),
            ({"uri": "a", "text": " \n\x00"}, "a: the text is empty"),
            ({"uri": "a", "text": "x", "published": "20 Sept"}, "ISO date such as 2017-09-20, got '20 Sept'"),
            ({"uri": "a", "text": "x", "published": "2017-13-01"}, "got '2017-13-01'"),
            ({"uri": "a", "text": "x", "language": "arabic!"}, "got 'arabic!'"),
        ],
    )
    def test_bad_fields_are_named(self, fields: dict[str, Any], message: str) -> None:
        with pytest.raises(IsnadError, match=message.replace("!", ".")):
            Document.create(**fields)

    @pytest.mark.parametrize(
        ("published", "date"),
        [
            ("2017-09-20", "2017-09-20"),
            (" 2017-09-20T10:30:00Z ", "2017-09-20"),
            ("2017-09-20 10:30:00+01:00", "2017-09-20"),
            ("20170920", "2017-09-20"),
            ("٢٠١٧-٠٩-٢٠", "2017-09-20"),
            ("20 سبتمبر 2017", "2017-09-20"),
            ("Sept. 20, 2017 10:30 GMT", "2017-09-20"),
            ("Wed, 20 Sep 2017 10:30:00 +0100", "2017-09-20"),
            ("14 رمضان 1442 هـ", "2021-04-26"),
            ("", None),
            (None, None),
        ],
    )
    def test_dates(self, published: str | None, date: str | None) -> None:
        document = Document.create("a", "x", published=published, language="en")
        assert document.published == date
        assert document.origins == ()

    def test_a_date_to_be_read_in_two_ways_has_an_uncertain_origin(self) -> None:
        document = Document.create("a", "x", published="3/4/2021", language="en")
        assert document.published == "2021-04-03"
        assert document.origins == (Origin("published", "day and month unclear", False),)
        origins = (Origin("title", "title", True), Origin("published", "meta date", True))
        document = Document.create("a", "x", published="3/4/2021", language="en", origins=iter(origins))
        assert document.origins == (Origin("published", "meta date", False), Origin("title", "title", True))
        assert document.canonical() == document


class TestText:
    def test_headline_agency_body(self, tmp_path: Path) -> None:
        (document,) = read_documents(write(tmp_path / "a.txt", ARTICLE))
        assert (document.uri, document.title) == ("a.txt", "الرباط: الوزير يفتتح المؤتمر")
        assert (document.source, document.agency, document.author) == (None, "و م ع", None)
        assert document.language == "ar"
        assert document.origins == (
            Origin("agency", "second line", True),
            Origin("language", "detected from the text", False),
            Origin("title", "first line", False),
        )
        assert document.text == BODY

    @pytest.mark.parametrize(
        "name", ["Reuters", "أ.ف.ب", "رويترز", "MAP", "AP", "Rabat - Reuters", "الرباط/و م ع"]
    )
    def test_known_agencies_are_the_agency(self, name: str) -> None:
        article = split_article(f"Headline\n{name}\nThe body of the article.")
        assert (article.agency, article.source, article.author) == (name, None, None)

    @pytest.mark.parametrize(
        ("body", "agency"),
        [
            ("CAIRO (Reuters) - The minister said so.", "Reuters"),
            ("CAIRO, March 5 (Reuters) — The minister said so.", "Reuters"),
            ("القاهرة (أ ف ب) - قال الوزير ذلك.", "أ ف ب"),
            ("القاهرة - رويترز: قال الوزير ذلك.", "رويترز"),
            ("The minister (Reuters reported) said so - at last.", None),
            ("He left. London (Reuters) - later.", None),
            ("CAIRO (a city) - The minister said so.", None),
        ],
    )
    def test_a_dateline_names_the_agency(self, tmp_path: Path, body: str, agency: str | None) -> None:
        (document,) = read_documents(write(tmp_path / "a.txt", f"Headline\n{body}"))
        assert (document.agency, document.text) == (agency, body)
        assert (Origin("agency", "dateline", False) in document.origins) == bool(agency)

    @pytest.mark.parametrize(
        ("line", "author", "certain"),
        [
            ("By A. Writer", "A. Writer", True),
            ("بقلم: كاتب الخبر", "كاتب الخبر", True),
            ("A Writer", "A Writer", False),
            ("Byron", "Byron", False),
        ],
    )
    def test_other_short_second_lines_are_the_author(self, line: str, author: str, certain: bool) -> None:
        article = split_article(f"Headline\n{line}\nThe body of the article.")
        assert Origin("author", "second line", certain) in article.origins
        assert (article.source, article.author, article.text) == (None, author, "The body of the article.")

    @pytest.mark.parametrize(
        "line", ["A sentence.", "من حضر؟", "A line much too long to be the name of an author", "20 September 2017"]
    )
    def test_other_second_lines_belong_to_the_body(self, line: str) -> None:
        article = split_article(f"Headline\n{line}\nThe body of the article is longer than that.")
        assert (article.title, article.text.partition("\n")[0]) == ("Headline", line)

    @pytest.mark.parametrize(
        "text",
        ["One paragraph only.", "A first sentence.\nA second one.", "word " * 60 + "\nMore.", "\n\nAlone\n\n"],
    )
    def test_without_a_headline_all_is_body(self, text: str) -> None:
        assert Document.create("a", split_article(text).text).text == text.strip()

    @given(st.lists(st.text(st.sampled_from("abم .؟")).filter(str.strip), min_size=1, max_size=5))
    def test_nothing_is_lost(self, lines: list[str]) -> None:
        article = split_article("\n".join(lines))
        assert article.text.strip()
        shown = f"{article.title} {article.agency or ''} {article.author or ''} {article.text}"
        assert "".join(shown.split()) == "".join("".join(lines).split())

    def test_the_byte_order_mark_is_no_part_of_the_headline(self, tmp_path: Path) -> None:
        (document,) = read_documents(write(tmp_path / "a.txt", b"\xef\xbb\xbf" + ARTICLE.encode()))
        assert document.title == "الرباط: الوزير يفتتح المؤتمر"


class TestMarkdown:
    def test_front_matter_and_heading(self, tmp_path: Path) -> None:
        text = (
            '---\ntitle: "A headline"\ndate: 2017-09-20\nAuthor: A. Writer\n'
            "agency: MAP\ntags: [x]\n---\n\nThe **body**.\n"
        )
        (document,) = read_documents(write(tmp_path / "a.md", text))
        assert document == Document.create(
            "a.md",
            "The **body**.",
            "A headline",
            agency="MAP",
            author="A. Writer",
            published="2017-09-20",
            origins=(
                Origin("title", "front matter title", True),
                Origin("published", "front matter date", True),
                Origin("author", "front matter Author", True),
                Origin("agency", "front matter agency", True),
            ),
        )

    def test_a_date_that_is_not_understood_is_dropped_with_a_warning(self, tmp_path: Path) -> None:
        path = write(tmp_path / "a.md", "---\ndate: some day\nlang: ??\n---\nThe body of it.")
        (document,), warnings = read_all(path)
        assert (document.published, document.language) == (None, "en")
        assert [origin.field for origin in document.origins] == ["language"]
        assert [warning.kept for warning in warnings] == [True, True]
        assert "got 'some day'; the article is kept without it" in warnings[0].reason
        assert "got '??'" in warnings[1].reason
        assert list(read_documents(path)) == [document], "a warning is no reason to stop"

    def test_the_first_heading_is_the_title(self, tmp_path: Path) -> None:
        (document,) = read_documents(
            write(tmp_path / "a.md", "# عنوان الخبر #\r\n\r\nنص الخبر.\r\n## فرعي\r\nتتمة.")
        )
        assert (document.title, document.text) == ("عنوان الخبر", "نص الخبر.\n## فرعي\nتتمة.")

    def test_front_matter_that_never_closes_is_text(self, tmp_path: Path) -> None:
        (document,) = read_documents(write(tmp_path / "a.md", "---\ntitle: x\nThe body."))
        assert document.text == "---\ntitle: x\nThe body."

    def test_front_matter_alone_is_a_failure(self, tmp_path: Path) -> None:
        documents, failures = read_all(write(tmp_path / "a.md", "---\ntitle: x\n---\n"))
        assert documents == []
        assert [f.reason for f in failures] == ["there is no text below the title: an article needs a body"]


class TestJsonLines:
    def test_bad_lines_are_named_and_the_rest_is_read(self, tmp_path: Path) -> None:
        good = {"title": "T", "text": "Body.", "source": "S", "author": None, "uri": "x:1", "views": 5}
        lines: list[bytes] = [
            json.dumps(good).encode(),
            b"",
            b'{"text": "unfinished',
            b"[1, 2]",
            b'{"title": "no text"}',
            b'{"text": 5}',
            b'{"text": "ok", "published": "yesterday"}',
            b'{"text": "\xe9"}',
            b'{"text": "ok", "language": "??"}',
            b"[" * 100_000,
            '{"text": "نص الخبر"}'.encode(),
        ]
        data = b"\n".join(lines)
        path = write(tmp_path / "a.jsonl", data)
        documents, failures = read_all(path)
        assert [d.uri for d in documents] == ["x:1", "a.jsonl#7", "a.jsonl#9", "a.jsonl#11"]
        origins = (Origin("title", "key title", True), Origin("source", "key source", True))
        assert documents[0] == Document.create("x:1", "Body.", "T", source="S", origins=origins)
        assert [f.line for f in failures] == [3, 4, 5, 6, 7, 8, 9, 10]
        assert [f.line for f in failures if f.kept] == [7, 9]
        expected = [
            "not JSON at column",
            "expected a JSON object, got a list",
            '"text" is missing',
            '"text" must be a string, got a number: 5',
            "got 'yesterday'",
            "not UTF-8 at byte " + str(data.index(b"\xe9")),
            "got '??'",
            "",
        ]
        for failure, reason in zip(failures, expected, strict=True):
            assert reason in failure.reason
        assert str(failures[0]).startswith(f"{path}, line 3: ")

    def test_other_names_of_keys(self, tmp_path: Path) -> None:
        record = {
            "headline": "T",
            "content": "Body.",
            "body": " ",
            "date": 5,
            "Published_At": "2017-09-20",
            "url": "x:1",
        }
        (document,) = read_documents(write(tmp_path / "a.jsonl", json.dumps(record | {"الوكالة": "رويترز"})))
        assert (document.uri, document.title, document.text) == ("x:1", "T", "Body.")
        assert (document.published, document.agency) == ("2017-09-20", "رويترز")
        assert Origin("published", "key Published_At", True) in document.origins

    def test_a_line_without_end_stops_the_file(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(jsonl, "MAX_BYTES", 100)
        path = write(tmp_path / "a.jsonl", b'{"text": "x"}\n[' + b" " * 1000)
        documents, failures = read_all(path)
        assert [d.text for d in documents] == ["x"]
        assert [f.line for f in failures] == [2]
        assert "one object a line" in failures[0].reason

    def test_without_a_callback_the_first_failure_stops(self, tmp_path: Path) -> None:
        path = write(tmp_path / "a.jsonl", '{"text": "x"}\nno\n')
        documents = read_documents(path)
        assert next(documents).text == "x"
        with pytest.raises(IsnadError, match=r"a\.jsonl, line 2: not JSON"):
            next(documents)


class TestFolder:
    def test_order_uris_and_what_is_passed_over(self, tmp_path: Path) -> None:
        for name in ("b/z.txt", "b/a.TXT", "a.md", ".hidden/x.txt", "b/.y.txt", "image.png"):
            write(tmp_path / name, ARTICLE)
        documents, failures = read_all(tmp_path)
        assert [d.uri for d in documents] == ["a.md", "b/a.TXT", "b/z.txt"]
        assert failures == []
        assert [d.uri for d in read_documents(f"{tmp_path}/b/../")] == ["a.md", "b/a.TXT", "b/z.txt"]

    def test_a_bad_file_does_not_stop_the_others(self, tmp_path: Path) -> None:
        write(tmp_path / "a.txt", "")
        write(tmp_path / "b.txt", ARTICLE)
        write(tmp_path / "c.txt", "خبر بترميز قديم جدا".encode("cp1256"))
        documents, failures = read_all(tmp_path)
        assert [d.uri for d in documents] == ["b.txt"]
        assert [Path(f.path).name for f in failures] == ["a.txt", "c.txt"]
        assert "empty" in failures[0].reason

    @pytest.mark.parametrize(
        ("names", "message"),
        [([], "has no file to read"), (["a.png"], "it holds 1 of other kinds, such as a.png")],
    )
    def test_nothing_to_read(self, tmp_path: Path, names: list[str], message: str) -> None:
        for name in names:
            write(tmp_path / name, "x")
        with pytest.raises(IsnadError, match=message):
            read_documents(tmp_path)

    def test_no_such_path(self, tmp_path: Path) -> None:
        with pytest.raises(IsnadError, match="missing: no such file or folder"):
            read_documents(tmp_path / "missing")

    def test_a_file_of_another_kind(self, tmp_path: Path) -> None:
        with pytest.raises(IsnadError, match=r"cannot read \.png; expected \.atom, \.csv, .*\.txt, .*\.zip"):
            read_documents(write(tmp_path / "a.png", "x"))


class TestEncoding:
    @pytest.mark.parametrize(
        ("data", "reason"),
        [
            (ARTICLE.encode("utf-16"), "at byte 0, it looks like UTF-16; convert it with: iconv -f UTF-16"),
            (ARTICLE.encode("utf-16-le"), "it looks like UTF-16"),
            (
                "الخبر بترميز قديم".encode("cp1256"),
                "at byte 0, it looks like WINDOWS-1256; convert it with: iconv",
            ),
            ("Le président est arrivé".encode("cp1252"), "at byte 5, it looks like WINDOWS-1252"),
            (ARTICLE.encode() + b"\xff", f"damaged UTF-8 at byte {len(ARTICLE.encode())}; "),
            (b"\xef\xbb\xbfabc\xe9", "at byte 6,"),
        ],
    )
    def test_the_encoding_is_guessed_and_the_mend_given(self, tmp_path: Path, data: bytes, reason: str) -> None:
        path = write(tmp_path / "a b.txt", data)
        documents, failures = read_all(path)
        assert documents == []
        assert reason in failures[0].reason
        assert f"'{path}' > 'a b.utf8.txt'" in failures[0].reason

    def test_a_text_too_large_is_refused(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(decoding, "MAX_BYTES", 2**20)
        documents, failures = read_all(write(tmp_path / "a.txt", b"x" * (2**20 + 1)))
        assert documents == []
        assert "at most 1 MB" in failures[0].reason
