"""Archives for this room: the one that ships, and a dozen short made-up articles to rank."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from index.archive import Archive
from index.documents import Document, read_documents
from tests.qa.llm_server import Endpoint, serving

SEEDS = Path(__file__).parents[2] / "seeds"

# Made-up news: no such place, person or event.
ENGLISH = [
    "The port of Kessan closed for two days because of a storm.",
    "Fishermen in Kessan lost eleven boats in the storm. The government promised new ones.",
    "A court in Velmora sentenced a banker to six years in prison for fraud.",
    "The teachers of Osk ended their strike on Thursday after a rise in pay of nine percent.",
    "Doctors warn that the flu has reached every province. Hospitals are full.",
    "The railway from Velmora to Osk will open in 2031, the ministry of transport said.",
    "Prices of bread rose again in June. Bakers blame the drought.",
]
ARABIC = [
    "أغلق ميناء كسان يومين بسبب العاصفة.",
    "فقد الصيادون في كسان أحد عشر قاربا في العاصفة. ووعدت الحكومة بقوارب جديدة.",
    "حكمت محكمة في فلمورة على مصرفي بالسجن ست سنوات بتهمة الاحتيال.",
    "أنهى معلمو أوسك إضرابهم يوم الخميس بعد زيادة في الأجور بنسبة تسعة في المائة.",
    "يحذر الأطباء من أن الإنفلونزا بلغت جميع الأقاليم. والمستشفيات ممتلئة.",
]


@pytest.fixture(scope="session")
def seed_archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    """The article that ships, in an archive that tests only read."""
    with Archive.create(tmp_path_factory.mktemp("seeds") / "archive") as archive:
        archive.add(read_documents(SEEDS / "articles"))
        yield archive


@pytest.fixture(scope="session")
def news_archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    """Short articles of one passage each, seven in English and five in Arabic, that tests only read."""
    documents = [
        Document.create(f"{language}/{number}", text, language=language)
        for language, texts in (("en", ENGLISH), ("ar", ARABIC))
        for number, text in enumerate(texts)
    ]
    with Archive.create(tmp_path_factory.mktemp("news") / "archive") as archive:
        archive.add(documents)
        yield archive


@pytest.fixture
def no_archive(make_archive: Callable[..., Archive]) -> Archive:
    """An archive without any article."""
    return make_archive([])


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    """An endpoint of a language model on this machine, that replies as a test tells it."""
    with serving() as endpoint:
        yield endpoint
