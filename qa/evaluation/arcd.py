"""ARCD's test part as gold questions: of its Wikipedia passages, in Arabic and as put into English."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from index.documents import Document
from index.errors import IsnadError
from index.training import Part
from qa.evaluate import outcomes_of
from qa.evaluation.gold import GoldQuestion, Place
from qa.evaluation.outcome import Outcome
from qa.evaluation.temporary_archive import temporary_archive
from qa.evaluation.trials import Case, arcd_cases

# To see whether an archive is known not to answer, this share of the Wikipedia articles is taken out at a time.
FOLDS = 5


def arcd_outcomes(data: Path, english: Path, part: Part) -> list[Outcome]:
    """Ask all questions of a part twice: of all its passages, and of those of other Wikipedia articles.

    Args:
        data: the corpora folder, with ``benchmarks`` beside it.
        english: the questions in English; see its head.
        part: of ARCD.

    Raises:
        IsnadError: the corpora or the benchmark are not there.
    """
    documents, cases = arcd_cases(data, None, english, part)
    if not cases:
        raise IsnadError(
            f"no questions of ARCD: expected the file {data.parent / 'benchmarks' / 'arcd_test.tsv.gz'}"
        )
    with temporary_archive(documents) as archive:
        outcomes = outcomes_of([_gold(case) for case in cases], archive)
    titles = sorted({document.title for document in documents})
    for fold in (set(titles[start::FOLDS]) for start in range(min(FOLDS, len(titles)))):
        outcomes += _outcomes_without(fold, documents, cases)
    return outcomes


def _outcomes_without(titles: set[str], documents: Sequence[Document], cases: Sequence[Case]) -> list[Outcome]:
    """Ask the questions about articles that are taken out."""
    gold = [replace(_gold(case), evidence=()) for case in cases if case.document.title in titles]
    with temporary_archive(document for document in documents if document.title not in titles) as archive:
        # Without any article left there is no language to be in a cell of.
        return outcomes_of(gold, archive) if gold and len(archive) else []


def _gold(case: Case) -> GoldQuestion:
    digest = hashlib.sha256(case.question.encode()).hexdigest()[:16]
    place = Place(case.document.uri, case.start, case.end)
    return GoldQuestion(digest, case.question, case.language, "test", (place,))
