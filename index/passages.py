"""Documents to passages: whole sentences up to a size, with exact offsets."""

from dataclasses import dataclass

from index.documents import Document

PASSAGE_CHARACTERS = 1200


@dataclass(frozen=True)
class Passage:
    """A stretch of a document that is searched as one.

    Attributes:
        id: number of the passage in its archive, never used again after a removal.
        document: URI of the document.
        start: offset of the first character in the document's text.
        end: offset after the last character.
    """

    id: int
    document: str
    start: int
    end: int


def passage_spans(document: Document, size: int = PASSAGE_CHARACTERS) -> list[tuple[int, int]]:
    """Cut a document into passages of whole sentences.

    Sentences are laid together by langchain-text-splitters up to ``size`` characters; a sentence longer than
    that is cut at the strongest mark inside it.

    Args:
        document: what to cut.
        size: characters a passage holds at most.

    Returns:
        Start and end offsets in ``document.text``, in order, without overlap; every character that is not
        white space is in exactly one passage.
    """
    from index.splitting import SentenceSplitter  # imports langchain, which a question does not need

    spans = []
    start = 0
    for piece in SentenceSplitter(document.language, size).split_text(document.text):
        kept = piece.strip()
        if kept:
            first = start + piece.index(kept)
            spans.append((first, first + len(kept)))
        start += len(piece)
    return spans
