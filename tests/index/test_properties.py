"""Authors in the properties of files, and what programs put there instead."""

from pathlib import Path

import pytest

from index.readers.article import Article
from index.readers.pdf import read_pdf
from index.readers.properties import article_with_properties
from tests.index.pdfs import pdf_of_pages

TEXT = "Council opens a new bridge\n\nThe council opened a bridge on Monday. It cost 12 million."

PROGRAMS = [
    "anonymous", "Unknown", "unknown author", "user", "User 1", "USER-PC", "Windows User", "Microsoft Office User",
    "admin", "Administrator", "DESKTOP-4F3K2", "HP", "hp LaserJet 400", "Xerox WorkCentre 7845", "python-docx",
    "Adobe InDesign CS6", "Acrobat Distiller 9.0", "LibreOffice 7.3", "ReportLab PDF Library - www.reportlab.com",
    "pdfTeX-1.40", "Canva", "utilisateur", "Administrateur", "المستخدم", "مدير النظام", "غير معروف", "---", " \t",
    "2", "None",
]  # fmt: skip
PEOPLE = [
    "A. Writer", "Usera Banu", "Tex Mercer", "Canon Peter Vale", "Prince Varo", "Dell Ashby", "Root Nadim",
    "Selim Admin", "Guest Writer", "Illustrator Nadia Varo", "مدير تحرير الجريدة", "سليم المدير", "Mac Orla",
]  # fmt: skip


@pytest.mark.parametrize("author", PROGRAMS)
def test_what_programs_write_is_no_byline(author: str) -> None:
    article = article_with_properties(TEXT, "PDF", None, author, None)
    assert article.author is None
    assert "author" not in {origin.field for origin in article.origins}


@pytest.mark.parametrize("author", PEOPLE)
def test_names_of_people_are_bylines(author: str) -> None:
    article = article_with_properties(TEXT, "PDF", None, f" {author}  ", None)
    assert article.author == author


@pytest.mark.parametrize(("author", "expected"), [("anonymous", None), ("A. Writer", "A. Writer")])
def test_through_a_pdf(tmp_path: Path, author: str, expected: str | None) -> None:
    file = tmp_path / "a.pdf"
    file.write_bytes(pdf_of_pages([TEXT.split("\n")], info=f"/Author ({author})"))
    (article,) = (found for found in read_pdf(file) if isinstance(found, Article))
    assert article.author == expected
