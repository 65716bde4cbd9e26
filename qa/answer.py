"""A question to an answer made of verbatim sentences."""

import time
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from typing import Any

from index.archive import Archive
from index.documents import Document
from index.errors import IsnadError
from index.filters import Filter
from qa.calibration import Calibration
from qa.default_archive import default_archive
from qa.evidence import Evidence, Sentence, gather
from qa.period import Period
from qa.question import Question
from qa.refusal import refusal_reason
from qa.rephrase.rephrased import Rephrased
from qa.retrieval import EVERYTHING
from qa.short.short_answer import ShortAnswer, short_answer


@dataclass(frozen=True)
class Citation:
    """A sentence of a document, word for word: ``document.text[start:end] == quote``.

    Attributes:
        document: the article it stands in.
        start: offset of its first character in the article's text.
        end: offset after its last character.
        quote: the sentence.
        score: how likely it is that the answer it belongs to is right, from 0 to 1.
        others: the near-duplicates of the article, the earliest first: where the story also stands.
    """

    document: Document
    start: int
    end: int
    quote: str
    score: float
    others: tuple[Document, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return the citation for JSON: the article's label instead of its text."""
        return {
            **self.document.label,
            "sha256": self.document.sha256,
            "start": self.start,
            "end": self.end,
            "quote": self.quote,
            "score": round(self.score, 4),
            "others": [other.label for other in self.others],
        }


@dataclass(frozen=True)
class Answer:
    """What the archive says to a question.

    Attributes:
        question: as it was asked.
        found: whether the archive answers it.
        text: the cited sentences, a line each; empty where nothing was found.
        citations: one to three, the best first; none where nothing was found.
        nearest: where nothing was found, the sentences that came nearest.
        reason: where nothing was found, why, in the language of the question.
        elapsed: seconds it took.
        where: the articles that were looked at.
        period: the time the question names, where it was one of the conditions of ``where``.
        dropped: the time the question names, where nothing was found in it and all times were looked at instead.
        evidence: all the sentences that were weighed, of which the best are cited; not part of the JSON.
        understood: where it follows up on others (see ``qa.conversation``), the whole question that is answered.
        rephrased: what a language model made of it, where one was asked (see ``qa.rephrase.rephrasing``).
        short: the words of the first citation that answer in short, where some are likely enough to.
    """

    question: Question
    found: bool
    text: str
    citations: tuple[Citation, ...]
    nearest: tuple[Citation, ...]
    reason: str | None
    elapsed: float
    where: Filter = EVERYTHING
    period: Period | None = None
    dropped: Period | None = None
    evidence: Evidence = field(
        default_factory=lambda: Evidence((), Calibration.shipped()), compare=False, repr=False
    )
    understood: str | None = None
    rephrased: Rephrased | None = None
    short: ShortAnswer | None = None

    @property
    def answered(self) -> str:
        """The question that is answered: as it was understood, or else as it was asked."""
        return self.understood or self.question.text

    def as_dict(self) -> dict[str, Any]:
        """Return the answer for JSON."""
        return {
            "question": self.question.text,
            "understood": self.understood,
            "language": self.question.language,
            "found": self.found,
            "text": self.text,
            "citations": [citation.as_dict() for citation in self.citations],
            "nearest": [citation.as_dict() for citation in self.nearest],
            "reason": self.reason,
            "elapsed": round(self.elapsed, 4),
            "where": asdict(self.where),
            "period": asdict(self.period) if self.period else None,
            "dropped": asdict(self.dropped) if self.dropped else None,
            "rephrased": self.rephrased.as_dict() if self.rephrased else None,
            "short": self.short.as_dict() if self.short else None,
        }


def ask(
    question: str,
    archive: Archive | None = None,
    k: int = 3,
    where: Filter = EVERYTHING,
    dates: bool = True,
    today: date | None = None,
) -> Answer:
    """Answer a question from an archive, in sentences quoted word for word, or say that it does not answer.

    Args:
        question: in Arabic or English, whatever the language of the articles.
        archive: where to look; the archive that ships with Isnad if none is given.
        k: how many sentences at most.
        where: the articles to look at.
        dates: whether a time that the question names ("in March 2021", see ``find_period``) limits the articles
            further. It does where they answer, and where ``where`` has no dates of its own.
        today: what "last week" is meant from; the day it is, if none is given.

    Returns:
        The answer, or a refusal with its reason and what came nearest.

    Raises:
        IsnadError: the question cannot be understood (see ``Question.parse``), or ``k`` is not positive.

    Examples:
        >>> ask("Who co-chairs the GCTF?").citations[0].document.language
        'ar'
    """
    started = time.perf_counter()
    if k < 1:
        raise IsnadError(f"k is the number of sentences to quote and must be at least 1, not {k}")
    parsed = Question.parse(question, today)
    archive = default_archive() if archive is None else archive  # an empty one is falsy
    period, dropped = parsed.period if dates and not (where.first or where.last) else None, None
    within = replace(where, first=period.first, last=period.last) if period else where
    evidence = gather(parsed, archive, within)
    if period and not (evidence.sentences and evidence.answers):
        period, dropped, within = None, period, where
        evidence = gather(parsed, archive, within)
    quoted = evidence.best(k) if evidence.answers else evidence.nearest(k)
    cited = tuple(_cite(sentence, evidence.probability, archive) for sentence in quoted)
    if evidence.answers:
        text = "\n".join(citation.quote for citation in cited)
        short = short_answer(parsed, cited[0].document, cited[0].start, cited[0].end)
        seconds = time.perf_counter() - started
        return Answer(
            parsed, True, text, cited, (), None, seconds, within, period, dropped, evidence=evidence, short=short
        )
    reason = refusal_reason(parsed, evidence, archive)
    seconds = time.perf_counter() - started
    return Answer(parsed, False, "", (), cited, reason, seconds, within, period, dropped, evidence=evidence)


def _cite(sentence: Sentence, score: float, archive: Archive) -> Citation:
    document = sentence.document
    others = tuple(other for other in archive.story(document.uri).documents if other.uri != document.uri)
    quote = document.text[sentence.start : sentence.end]
    return Citation(document, sentence.start, sentence.end, quote, score, others)
