"""Development and test questions, asked of archives with and without what answers them."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from index.documents import Document
from index.filters import Filter
from index.training import Part, load_held_out
from index.training.corpora import written_questions
from index.training.splits import part_of_passage
from qa.calibration import Calibration
from qa.default_archive import default_archive
from qa.evaluation.gold import Place, load_gold
from qa.evaluation.temporary_archive import archive_of, temporary_archive
from qa.evidence import Evidence, gather
from qa.question import Question

# Where development and test questions come from; each source weighs the same in what is learned, however many
# questions it has. Only the last two ask about news, and past articles that are there.
SOURCES = ("written", "ARCD", "newsroom", "gold")


@dataclass(frozen=True)
class Case:
    """A question with the article and the stretch of it that answers."""

    question: str
    language: str
    document: Document
    start: int
    end: int


@dataclass(frozen=True, eq=False)
class Trial:
    """A question asked of an archive.

    Attributes:
        source: of the question, one of ``SOURCES``.
        cell: language of the question and of the archive's articles.
        evidence: what was found.
        places: what answers; nothing where the archive does not.
    """

    source: str
    cell: str
    evidence: Evidence
    places: tuple[Place, ...]

    @property
    def present(self) -> bool:
        """Whether the archive answers."""
        return bool(self.places)

    @cached_property
    def right(self) -> list[bool]:
        """Whether each sentence of the evidence touches a place that answers."""
        return [
            any(place.overlaps(sentence.document.uri, sentence.start, sentence.end) for place in self.places)
            for sentence in self.evidence.sentences
        ]

    def under(self, calibration: Calibration) -> "Trial":
        """Return the trial as it goes under other learned weights."""
        return Trial(self.source, self.cell, self.evidence.under(calibration), self.places)


def written_cases(data: Path, part: Part) -> tuple[list[Document], list[Case]]:
    """Return the written passages as documents, in both languages, and the part's questions in both.

    Passages of all parts stand in the archive, so that what is near the answer is there too.
    """
    documents: dict[str, Document] = {}
    cases = []
    for row in written_questions(data):
        for language, passage in (("en", row.passage_en), ("ar", row.passage_ar)):
            if passage not in documents:  # several questions may be asked of one
                uri = f"written/{len(documents) // 2}#{language}"
                documents[passage] = Document.create(uri, passage, language=language)
            document = documents[passage]
            if part_of_passage(row.passage_en) is part:
                for asked_in, question in (("en", row.question_en), ("ar", row.question_ar)):
                    cases.append(Case(question, asked_in, document, 0, len(document.text)))
    return list(documents.values()), cases


def arcd_cases(
    data: Path, benchmarks: Path | None, english: Path, part: Part
) -> tuple[list[Document], list[Case]]:
    """Return the Wikipedia passages of ARCD's part and its Arabic questions, also as put into English."""
    translations = _translations(english)
    documents: dict[str, Document] = {}
    articles: dict[str, int] = {}
    cases = []
    for row in load_held_out(data, part, benchmarks).arcd:
        if row.passage not in documents:
            # All passages of an article are taken out together: one often answers the question of another.
            uri = f"arcd/{articles.setdefault(row.title, len(articles))}#{len(documents)}"
            documents[row.passage] = Document.create(uri, row.passage, row.title, language="ar")
        document = documents[row.passage]
        start = document.text.find(row.answer.strip())
        if start >= 0:
            place = (document, start, start + len(row.answer.strip()))
            cases.append(Case(row.question, "ar", *place))
            key = hashlib.sha256(row.question.encode()).hexdigest()[:16]
            if key in translations:
                cases.append(Case(translations[key], "en", *place))
    return list(documents.values()), cases


def _translations(file: Path) -> dict[str, str]:
    """Read English questions by the first 16 digits of the SHA-256 of the Arabic one."""
    lines = file.read_text(encoding="utf-8").splitlines()
    rows = (line.split("\t") for line in lines if line and not line.startswith("#"))
    return dict(rows)


def trials(source: str, documents: Sequence[Document], cases: Sequence[Case]) -> Iterator[Trial]:
    """Ask every case of an archive with its article and of one without.

    Two archives, each with every second article out, so that all the others stand in the way as they would.
    """
    stories = sorted({_story(document) for document in documents})
    for removed in (set(stories[0::2]), set(stories[1::2])):
        with temporary_archive(document for document in documents if _story(document) not in removed) as archive:
            for case in cases:
                written_in = case.document.language
                # Only articles of the case's own language: the other holds the same story.
                evidence = gather(Question.parse(case.question), archive, Filter(languages=(written_in,)))
                present = _story(case.document) not in removed
                places = (Place(case.document.uri, case.start, case.end),) if present else ()
                yield Trial(source, f"{case.language}-{written_in}", evidence, places)


def gold_trials(gold: Path, part: Part) -> Iterator[Trial]:
    """Ask the archive that ships the gold questions of a part."""
    archive = default_archive()
    (written_in,) = archive.passage_counts()
    for one in load_gold(gold, archive):
        if one.part == part:
            evidence = gather(Question.parse(one.question), archive)
            yield Trial("gold", f"{one.language}-{written_in}", evidence, one.evidence)


def newsroom_trials(folder: Path, part: Part) -> Iterator[Trial]:
    """Ask the articles of each language of a made-up newsroom the gold questions of a part.

    What only the other language's articles answer is asked in vain, past news of the same events.

    Args:
        folder: holds articles.jsonl and gold.jsonl.
        part: of the questions.
    """
    with archive_of(folder / "articles.jsonl") as archive:
        for one in load_gold(folder / "gold.jsonl", archive):
            for written_in in archive.passage_counts() if one.part == part else ():
                evidence = gather(Question.parse(one.question), archive, Filter(languages=(written_in,)))
                places = [place for place in one.evidence if archive.document(place.uri).language == written_in]
                yield Trial("newsroom", f"{one.language}-{written_in}", evidence, tuple(places))


def _story(document: Document) -> str:
    return document.uri.partition("#")[0]
