import io
import shutil
import warnings
from collections.abc import Callable
from pathlib import Path

import pytest
from pypdf import PdfReader, PdfWriter

from index.origin import Origin
from index.readers import Article, ReadFailure, limits
from index.readers.pdf import read_pdf
from index.readers.pdf_layout import paragraphs
from index.readers.pdf_text import pages_by_pdftotext, pages_by_pypdf
from tests.index.pdfs import pdf_of_pages

Pages = Callable[[Path], list[str]]
NEEDED = pytest.mark.skipif(not shutil.which("pdftotext"), reason="pdftotext is not installed")
ENGINES = [
    pytest.param(pages_by_pdftotext, marks=NEEDED, id="pdftotext"),
    pytest.param(pages_by_pypdf, id="pypdf"),
]

# Made-up news.
ENGLISH = [
    [
        "Council opens a new bridge",
        "By A. Writer",
        "The council opened a new bridge over the river on Monday after two years",
        "of work and many delays, officials said.",
        "It cost 12.5 million.",
        "The old bridge, which had stood since the war, will be taken down in the com-",
        "ing weeks, and its stones will be laid out on the banks of the river for the",
    ],
    ["use of all who live there, as the members of the council had asked."],
    ["Nobody objected."],
]
ARABIC = [
    "افتتاح جسر جديد في المدينة",
    "قال الوزير (رويترز) إن الجسر الجديد الذي كلف 12,500 درهم سيفتح في",
    "المدينة يوم 20/09/2017 بعد سنتين من العمل، وأضاف أن هذه المدرسة",
    "قريبة منه.",
]


def read(path: Path, engine: Pages) -> tuple[Article, list[ReadFailure]]:
    found = list(read_pdf(path, engine))
    (article,) = [each for each in found if isinstance(each, Article)]
    return article, [each for each in found if isinstance(each, ReadFailure)]


def reason(path: Path, engine: Pages) -> str:
    (failure,) = read_pdf(path, engine)
    assert isinstance(failure, ReadFailure)
    assert not failure.kept
    return failure.reason


def write(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def visual(line: str) -> str:
    """A line of Arabic as it is drawn from left to right, worked out by hand for the numbers in these tests."""
    drawn = line[::-1].translate(str.maketrans("()", ")("))
    for number in ("12,500", "20/09/2017"):
        drawn = drawn.replace(number[::-1], number)
    return drawn


@pytest.mark.parametrize("engine", ENGINES)
class TestReading:
    def test_lines_become_paragraphs_and_edges_go(self, tmp_path: Path, engine: Pages) -> None:
        pages = [["The Made-up Gazette", *lines, f"Page {n} of 3"] for n, lines in enumerate(ENGLISH, start=1)]
        info = "/Title (Microsoft Word - bridge.docx) /Author (someone) /CreationDate (D:20210305101500+01'00')"
        article, failures = read(write(tmp_path / "-a b.pdf", pdf_of_pages(pages, info=info)), engine)
        assert failures == []
        assert article.text.split("\n") == [
            "The council opened a new bridge over the river on Monday after two years of work and many delays, "
            "officials said.",
            "It cost 12.5 million.",
            "The old bridge, which had stood since the war, will be taken down in the coming weeks, and its "
            "stones will be laid out on the banks of the river for the use of all who live there, as the members "
            "of the council had asked.",
            "Nobody objected.",
        ]
        assert (article.title, article.author) == ("Council opens a new bridge", "A. Writer")
        assert article.published == "2021-03-05"
        assert set(article.origins) == {
            Origin("title", "first line", False),
            Origin("author", "second line", True),
            Origin("published", "PDF properties: day the file was made", False),
        }

    def test_a_title_in_the_properties_counts_when_the_text_bears_it_out(
        self, tmp_path: Path, engine: Pages
    ) -> None:
        pages = [["LOCAL NEWS", "A bridge, a river, a town.", *ENGLISH[0][2:], ENGLISH[1][0]]]
        info = "/Title (A bridge, a river, a town.)"
        article, _ = read(write(tmp_path / "a.pdf", pdf_of_pages(pages, info=info)), engine)
        assert article.title == "A bridge, a river, a town."
        assert article.origins == (Origin("title", "PDF properties and text", True),)
        assert article.text.startswith("The council opened")

    @pytest.mark.parametrize("order", [visual, str], ids=["drawn right", "drawn back to front"])
    def test_arabic_comes_in_reading_order(
        self, tmp_path: Path, engine: Pages, order: Callable[[str], str]
    ) -> None:
        path = write(tmp_path / "a.pdf", pdf_of_pages([[order(line) for line in ARABIC]]))
        article, failures = read(path, engine)
        doubts = [failure.reason for failure in failures if failure.kept]
        assert len(doubts) == len(failures) == (engine is pages_by_pypdf)
        assert all("install poppler" in doubt for doubt in doubts)
        assert article.title == ARABIC[0]
        assert article.text == " ".join(ARABIC[1:])

    def test_numbers_in_arabic(self, tmp_path: Path, engine: Pages) -> None:
        line = ".20/09/2019 موي ىلإ 2018-2017 نيب Acme Inc ةكرش نم %12.5 ةبسنب (نيتنس) ةنيدملا يف"
        article, _ = read(write(tmp_path / "a.pdf", pdf_of_pages([[line]])), engine)
        assert article.text == "في المدينة (سنتين) بنسبة 12.5% من شركة Acme Inc بين 2017-2018 إلى يوم 20/09/2019."

    def test_a_title_over_two_lines(self, tmp_path: Path, engine: Pages) -> None:
        info = "/Title (Council opens a new bridge over the river)"
        path = write(
            tmp_path / "a.pdf",
            pdf_of_pages([["Council opens", "a new bridge over the river", *ENGLISH[0][1:]]], info=info),
        )
        article, _ = read(path, engine)
        assert (article.title, article.author) == ("Council opens a new bridge over the river", "A. Writer")

    def test_joined_shapes_become_letters(self, tmp_path: Path, engine: Pages) -> None:
        shapes = "ﺔﺒﻠﻄﻟﺍ ﻦﻣ ﻒﻟﺃ ﻰﻟﺇ ﻡﻼﺳﻹﺍ ﺔﺴﺳﺆﻣ"
        article, _ = read(write(tmp_path / "a.pdf", pdf_of_pages([[shapes]])), engine)
        assert article.text == "مؤسسة الإسلام إلى ألف من الطلبة"

    def test_lam_alef_the_wrong_way_round_is_mended_and_warned_of(self, tmp_path: Path, engine: Pages) -> None:
        line = "قال الوزير إن األشغال في هذه المدرسة بلغت"[::-1]
        article, failures = read(write(tmp_path / "a.pdf", pdf_of_pages([[line]])), engine)
        assert article.text == "قال الوزير إن الأشغال في هذه المدرسة بلغت"
        assert "made lam and alef change places" in failures[0].reason

    def test_a_page_without_text_is_warned_of(self, tmp_path: Path, engine: Pages) -> None:
        path = write(tmp_path / "a.pdf", pdf_of_pages([ENGLISH[0], [], ENGLISH[1]]))
        article, (warning,) = read(path, engine)
        assert article.title == "Council opens a new bridge"
        assert warning == ReadFailure(path, None, "no text on page 2: if scanned, note that OCR is not done", True)

    def test_a_scanned_pdf(self, tmp_path: Path, engine: Pages) -> None:
        path = write(tmp_path / "a.pdf", pdf_of_pages([[], []]))
        assert reason(path, engine).startswith(
            "no page of the PDF has text, only pictures (2 pages): it was scanned"
        )

    @pytest.mark.filterwarnings("ignore:.*ARC4:DeprecationWarning")
    def test_an_encrypted_pdf(self, tmp_path: Path, engine: Pages) -> None:
        writer = PdfWriter(io.BytesIO(pdf_of_pages(ENGLISH)))
        writer.encrypt("a password", algorithm="RC4-128")
        writer.write(tmp_path / "a.pdf")
        assert "the PDF is encrypted" in reason(tmp_path / "a.pdf", engine)

    @pytest.mark.parametrize("data", [b"%PDF-1.5\nno objects at all", pdf_of_pages(ENGLISH)[:300]])
    def test_a_damaged_pdf(
        self, tmp_path: Path, engine: Pages, data: bytes, capfd: pytest.CaptureFixture[str]
    ) -> None:
        assert "damaged" in reason(write(tmp_path / "a.pdf", data), engine)
        assert capfd.readouterr() == ("", "")

    def test_what_is_no_pdf(self, tmp_path: Path, engine: Pages) -> None:
        assert "this is no PDF" in reason(write(tmp_path / "a.pdf", b"<html>"), engine)
        assert "No such file" in reason(tmp_path / "missing.pdf", engine)

    def test_fonts_that_do_not_say_their_letters(self, tmp_path: Path, engine: Pages) -> None:
        path = write(tmp_path / "a.pdf", pdf_of_pages([["\ue001\ue002\ue003 \ue004\ue005"]]))
        assert "its fonts do not say which letters" in reason(path, engine)

    def test_limits(self, tmp_path: Path, engine: Pages, monkeypatch: pytest.MonkeyPatch) -> None:
        path = write(tmp_path / "a.pdf", pdf_of_pages(ENGLISH))
        monkeypatch.setattr(limits, "MAX_PDF_BYTES", 100)
        assert "more than 0; split it" in reason(path, engine)
        monkeypatch.undo()
        monkeypatch.setattr(limits, "MAX_BYTES", 100)
        assert "of text; split it" in reason(path, engine)
        monkeypatch.undo()
        monkeypatch.setattr(limits, "PDF_SECONDS", 0.0)
        assert "took more than 0 seconds" in reason(path, engine)


def test_too_many_pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_PDF_PAGES", 2)
    assert "3 pages, more than 2" in reason(write(tmp_path / "a.pdf", pdf_of_pages(ENGLISH)), pages_by_pypdf)


@pytest.mark.parametrize(
    ("pages", "text"),
    [
        (["one line"], "one line"),
        (["A word that co-\noperates with this one.\nEnd. "], "A word that cooperates with this one. End."),
        (["Pages of the years 1990-\n2000 are full of it."], "Pages of the years 1990- 2000 are full of it."),
        (["the same\n1", "the same\n2"], ""),
        (
            ["The text ended in 2023 and\nin the end there was\n2023"],
            "The text ended in 2023 and in the end there was 2023",
        ),
        (["- 1 -\nA text of one page\n1"], "A text of one page"),
        (["خبر طويل في هذه الصفحة من\nالجريدة\nصفحة 1 من 2"], "خبر طويل في هذه الصفحة من الجريدة"),
    ],
)
def test_paragraphs(pages: list[str], text: str) -> None:
    assert paragraphs(pages) == text


def test_reportlab_writes_what_is_read(tmp_path: Path) -> None:
    """A PDF by another program, with a font of its own."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]
    canvas = Canvas(str(tmp_path / "a.pdf"))
    for number, line in enumerate(ENGLISH[0][:4]):
        canvas.drawString(72, 700 - 14 * number, line)
    canvas.save()
    assert len(PdfReader(tmp_path / "a.pdf").pages) == 1
    for found in read_pdf(tmp_path / "a.pdf"):
        assert isinstance(found, Article)
        assert (found.title, found.author, found.text[:11]) == (ENGLISH[0][0], "A. Writer", "The council")
