"""What becomes of a gold question when an archive is asked it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from index.archive import Archive
from index.filters import Filter
from qa.answer import ask
from qa.evaluation.gold import GoldQuestion
from qa.retrieval import Hit, retrieve

# So many passages are looked at.
DEPTH = 10
# So many of an archive that also has them in other languages are held against one that has not.
ALONE = 5


@dataclass(frozen=True)
class Outcome:
    """What became of one gold question.

    Attributes:
        gold: the question.
        cell: language of the question and of its evidence, such as "en-ar"; "en-any" where the evidence is in
            several languages, or where there is none and the archive has several.
        passages: ids of the passages retrieved, best first.
        alone: likewise where only the articles in the language of the evidence are searched; None where that
            makes no difference, or no sense.
        relevant: ids of the passages that hold evidence; of several documents that tell one story only those of
            the one retrieved, as no second one would be.
        found: whether an answer was given.
        probability: that the archive answers, as it was estimated, from 0 to 1.
        place: place of the first sentence that answers, from 1; None if none of the ranked ones does.
        seconds: time the answer took.
    """

    gold: GoldQuestion
    cell: str
    passages: tuple[int, ...]
    alone: tuple[int, ...] | None
    relevant: frozenset[int]
    found: bool
    probability: float
    place: int | None
    seconds: float

    @cached_property
    def answerable(self) -> bool:
        """Whether the archive answers the question."""
        return bool(self.gold.evidence)


def outcome_of(gold: GoldQuestion, archive: Archive) -> Outcome:
    """Ask an archive a gold question."""
    answer = ask(gold.question, archive)
    places = [
        number
        for number, sentence in enumerate(answer.evidence.sentences, start=1)
        if any(place.nests(sentence.document.uri, sentence.start, sentence.end) for place in gold.evidence)
    ]
    held = list(archive.passage_counts())
    languages = sorted({archive.document(place.uri).language for place in gold.evidence}) or held
    alone = None
    if gold.evidence and len(languages) == 1 < len(held):
        alone = retrieve(answer.question, archive, ALONE, Filter(languages=tuple(languages)))
    hits = retrieve(answer.question, archive, DEPTH)
    return Outcome(
        gold,
        f"{gold.language}-{languages[0] if len(languages) == 1 else 'any'}",
        _ids(hits),
        None if alone is None else _ids(alone),
        frozenset(_relevant(gold, archive, {hit.passage.document for hit in hits})),
        answer.found,
        answer.evidence.probability,
        places[0] if places else None,
        answer.elapsed,
    )


def _ids(hits: Iterable[Hit]) -> tuple[int, ...]:
    return tuple(hit.passage.id for hit in hits)


def _relevant(gold: GoldQuestion, archive: Archive, retrieved: set[str]) -> Iterator[int]:
    uris = sorted({place.uri for place in gold.evidence}, key=lambda uri: (uri not in retrieved, uri))
    stories = archive.stories_of(uris)
    by_story = {stories[uri]: uri for uri in reversed(uris)}
    for uri in by_story.values():
        for passage in archive.passages_of(uri):
            if any(place.overlaps(uri, passage.start, passage.end) for place in gold.evidence):
                yield passage.id
