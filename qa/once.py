"""A story told by many outlets is told once."""

from collections import defaultdict
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
    """What has been told of each story: a later version may add to it, and is not to repeat it."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._sentences: dict[int, dict[str, str]] = defaultdict(dict)
        self._stories: dict[str, int] = {}

    def adding(self, passages: Sequence[Passage]) -> Iterator[tuple[int, Document, Passage]]:
        """Yield the number and document of each passage that another of its story has not mostly told.

        Args:
            passages: the best first; read as they are asked for.
        """
        self._stories |= self._archive.stories_of(passage.document for passage in passages)
        for number, passage in enumerate(passages):
            document = self._archive.document(passage.document)
            sentences = self._sentences[self._stories.get(document.uri, 0)]
            spans = sentence_spans(document.text[passage.start : passage.end], document.language)
            folded = [fold(document.text[passage.start + start : passage.start + end]) for start, end in spans]
            new = [sentence for sentence in folded if sentences.get(sentence, document.uri) == document.uri]
            if 2 * len(new) > len(folded) or not folded:
                for sentence in new:
                    sentences[sentence] = document.uri
                yield number, document, passage

    def first_in(self, document: Document, sentence: str) -> bool:
        """Return whether no other document of the story said this first, in a passage ``adding`` gave."""
        return (
            self._sentences[self._stories.get(document.uri, 0)].get(fold(sentence), document.uri) == document.uri
        )
