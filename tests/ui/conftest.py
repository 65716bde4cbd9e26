"""A tiny archive of made-up news, in both languages, with one hostile article."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from index.archive import Archive
from index.documents import Document

HOSTILE = (
    "<script>alert('made up')</script> & <img src=x onerror=alert(1)> ${alert(2)} {{alert}} \u202edesrever\u2069\n"
    "Made-up mayor Zed Quux said: \u201cthe lighthouse of Quuxville costs 9 million crowns\u201d."
)


@pytest.fixture(scope="session")
def documents() -> list[Document]:
    return [
        Document.create(
            uri="harbour.txt",
            title="Made-up news: the harbour of Testville opens again",
            text="The harbour of Testville opened again on Monday after repairs that took three years.\n"
            "The minister of transport, Anna Sample, paid for the repairs with a loan of 40 million crowns.",
            source="Sample Agency",
            published="2020-02-03",
            language="en",
        ),
        Document.create(
            uri="bridge.txt",
            title="خبر مختلق: افتتاح جسر المدينة",
            text="افتتح رئيس البلدية سمير المثال جسر النهر الجديد يوم الثلاثاء.\n"
            "وبلغت كلفة الجسر عشرين مليون درهم.",
            source="وكالة المثال",
            author="كاتب المثال",
            language="ar",
        ),
        Document.create(
            uri='"><b>hostile</b>.txt', title="<b>Made-up</b> lighthouse", text=HOSTILE, language="en"
        ),
    ]


@pytest.fixture(scope="session")
def archive_folder(tmp_path_factory: pytest.TempPathFactory, documents: list[Document]) -> Path:
    folder = tmp_path_factory.mktemp("ui") / "archive"
    with Archive.create(folder) as archive:
        archive.add(documents)
    return folder


@pytest.fixture
def archive(archive_folder: Path) -> Iterator[Archive]:
    with Archive.open(archive_folder) as archive:
        yield archive
