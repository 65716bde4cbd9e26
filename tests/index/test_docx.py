import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from index.documents import read_documents
from index.origin import Origin
from index.readers import Article, ReadFailure, limits
from index.readers.docx import read_docx


def made(path: Path, fill: Callable[[Any], object]) -> Path:
    document = docx.Document()
    core = document.core_properties
    core.title, core.author, core.created = "Word Document", "someone", datetime(2021, 3, 5, 10)
    fill(document)
    document.save(str(path))
    return path


def read(path: Path) -> Article:
    (article,) = read_docx(path)
    assert isinstance(article, Article), article
    return article


def test_paragraphs_and_tables_in_their_order(tmp_path: Path) -> None:
    def fill(document: Any) -> None:
        document.add_heading("افتتاح جسر جديد", 0)
        document.add_paragraph("و م ع")
        document.add_paragraph("افتتح رئيس المجلس، أمس، جسرا جديدا.\nوحضر السفراء.")
        table = document.add_table(2, 2)
        for cell, text in zip(
            (c for row in table.rows for c in row.cells), ("البلد", "الكلفة", "أ\nب", "5"), strict=True
        ):
            cell.text = text
        document.add_heading("عنوان فرعي", 2)
        document.add_paragraph("آخر فقرة.")

    article = read(made(tmp_path / "a.docx", fill))
    assert article.text.split("\n") == [
        "افتتح رئيس المجلس، أمس، جسرا جديدا.",
        "وحضر السفراء.",
        "البلد | الكلفة",
        "أ ب | 5",
        "عنوان فرعي",
        "آخر فقرة.",
    ]
    assert (article.title, article.agency, article.author) == ("افتتاح جسر جديد", "و م ع", None)
    assert article.published == "2021-03-05"
    assert set(article.origins) == {
        Origin("title", "Word title style", True),
        Origin("agency", "second line", True),
        Origin("published", "Word properties: day the file was made", False),
    }


def test_without_a_title_style_the_first_line_is_the_headline(tmp_path: Path) -> None:
    def fill(document: Any) -> None:
        for line in (
            "Council opens a new bridge",
            "",
            "The council opened a bridge on Monday.",
            "It cost 12 million.",
        ):
            document.add_paragraph(line)

    article = read(made(tmp_path / "a.docx", fill))
    assert (article.title, article.author) == ("Council opens a new bridge", "someone")
    assert article.text == "The council opened a bridge on Monday.\nIt cost 12 million."
    assert Origin("title", "first line", False) in article.origins
    assert Origin("author", "Word properties", False) in article.origins


def test_the_day_of_a_template_is_none(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_paragraph("The council opened a bridge.")
    document.save(str(tmp_path / "a.docx"))
    assert read(tmp_path / "a.docx").published is None


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("A bridge, a river", Origin("title", "Word properties", False)),
        ("One sentence alone.", None),  # the whole body
        ("report.docx", None),
        ("Untitled 3", None),
        ("مستند جديد", None),
    ],
)
def test_titles_of_programs_are_none(tmp_path: Path, title: str, expected: Origin | None) -> None:
    def fill(document: Any) -> None:
        document.core_properties.title = title
        document.add_paragraph("The council opened a bridge.")

    article = read(made(tmp_path / "a.docx", fill))
    assert article.title == (title if expected or title.startswith("One") else "")
    assert article.text == "The council opened a bridge."


def test_tracked_changes_links_and_controls(tmp_path: Path) -> None:
    xml = (
        f"<w:sdt {nsdecls('w')}><w:sdtContent><w:p><w:r><w:t xml:space='preserve'>It cost </w:t></w:r>"
        "<w:del w:id='1' w:author='x'><w:r><w:delText>ten</w:delText></w:r></w:del>"
        "<w:ins w:id='2' w:author='x'><w:r><w:t>twelve</w:t></w:r></w:ins>"
        "<w:hyperlink><w:r><w:tab/><w:t>million</w:t></w:r></w:hyperlink></w:p></w:sdtContent></w:sdt>"
    )
    article = read(made(tmp_path / "a.docx", lambda document: document.element.body.insert(0, parse_xml(xml))))
    assert article.text == "It cost twelve million"


def test_what_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def reason(path: Path) -> str:
        (failure,) = read_docx(path)
        assert isinstance(failure, ReadFailure)
        return failure.reason

    def written(name: str, data: bytes) -> Path:
        (tmp_path / name).write_bytes(data)
        return tmp_path / name

    good = made(tmp_path / "good.docx", lambda document: document.add_paragraph("Text. " * 100))
    assert "holds no text" in reason(made(tmp_path / "a.docx", lambda document: None))
    assert "save it anew as .docx" in reason(written("b.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"))
    assert "damaged or is none" in reason(written("c.docx", b"plain text"))
    assert "damaged or is none" in reason(written("d.docx", good.read_bytes()[:5000]))
    with zipfile.ZipFile(tmp_path / "e.docx", "w") as file:
        file.writestr("a.txt", "no Word file")
    assert "damaged or is none" in reason(tmp_path / "e.docx")
    assert "No such file" in reason(tmp_path / "missing.docx")
    assert list(read_documents(good))
    with zipfile.ZipFile(good, "a", zipfile.ZIP_DEFLATED) as file:
        file.writestr("word/media/bomb", bytes(2**22))
    assert "perhaps a zip bomb" in reason(good)
    monkeypatch.setattr(limits, "RATIO_FROM_BYTES", 2**30)
    monkeypatch.setattr(limits, "MAX_MEMBER_BYTES", 2**22)
    assert "parts would unpack to 5 MB, more than 4" in reason(good)
