"""A story told by many outlets is told once."""

from collections import Counter
from collections.abc import Iterator, Sequence

from index.archive import Archive
from index.documents import Document
from index.folding import fold
from index.passages import Passage
from index.sentences import sentence_spans


def once_a_story(archive: Archive, passages: Sequence[Passage]) -> list[Passage]:
    """Leave out passages of documents whose story an earlier passage of another document tells.

    Args:
        archive: where the passages are.
        passages: the best first.
    """
    stories = archive.stories_of(passage.document for passage in passages)
    told_by: dict[int, str] = {}
    return [
        passage
        for passage in passages
        # A document that has gone meanwhile has no story, and is no other's copy.
        if passage.document not in stories
        or told_by.setdefault(stories[passage.document], passage.document) == passage.document
    ]


def other_outlets(archive: Archive, uri: str) -> tuple[str, ...]:
    """Return the URIs of the other documents of a document's story, the earliest first."""
    return tuple(other for other in archive.uris_of_story(uri) if other != uri)


class Told:
    """What has been told of each story: a later version may add to it, and is not to repeat it.

    Of a story that one document tells, everything is new, so that its sentences need not be compared.
    """

    def __init__(self, archive: Archive, passages: Sequence[Passage]) -> None:
        """Begin with nothing told.

        Args:
            archive: where the passages are.
            passages: the best first.
        """
        self._archive = archive
        self._passages = passages
        self._stories = archive.stories_of(passage.document for passage in passages)
        tellers = Counter(self._stories.values())
        # By story, for those that several documents tell: who said each sentence first.
        self._sentences: dict[int, dict[str, str]] = {story: {} for story, count in tellers.items() if count > 1}

    def adding(self) -> Iterator[tuple[int, Document, Passage]]:
        """Yield the number and document of each passage that another of its story has not mostly told."""
        for number, passage in enumerate(self._passages):
            document = self._archive.document(passage.document)
            sentences = self._told_with(document)
            if sentences is not None:
                spans = sentence_spans(document.text[passage.start : passage.end], document.language)
                folded = [fold(document.text[passage.start + start : passage.start + end]) for start, end in spans]
                new = [sentence for sentence in folded if sentences.get(sentence, document.uri) == document.uri]
                if folded and 2 * len(new) <= len(folded):
                    continue
                sentences.update(dict.fromkeys(new, document.uri))
            yield number, document, passage

    def first_in(self, document: Document, sentence: str) -> bool:
        """Return whether no other document of the story said this first, in a passage ``adding`` gave."""
        sentences = self._told_with(document)
        return sentences is None or sentences.get(fold(sentence), document.uri) == document.uri

    def _told_with(self, document: Document) -> dict[str, str] | None:
        """What has been told of the document's story; None where no other document tells it."""
        return self._sentences.get(self._stories.get(document.uri, 0))
