"""The splitter behind passages, on langchain-text-splitters."""

import itertools

from langchain_text_splitters import RecursiveCharacterTextSplitter, TextSplitter

from index.sentences import sentence_spans

# Where a sentence that is too long is cut, the strongest mark first; the last resort is between two letters.
MARKS = ["\n", "؟ ", "! ", ". ", "؛ ", "; ", ": ", "، ", ", ", " ", ""]


class SentenceSplitter(TextSplitter):
    """Lays whole sentences together up to a size, losing nothing: the pieces joined are the text.

    The library finds a piece's offset by searching the text for it; because nothing is lost here, an offset is
    the sum of the lengths before it, which cannot hit an earlier copy of the same words.
    """

    def __init__(self, language: str, size: int) -> None:
        super().__init__(chunk_size=size, chunk_overlap=0, strip_whitespace=False)
        self._language = language
        self._within = RecursiveCharacterTextSplitter(
            separators=MARKS, keep_separator="end", chunk_size=size, chunk_overlap=0, strip_whitespace=False
        )

    def split_text(self, text: str) -> list[str]:
        """Return the pieces of the text, each at most the size long."""
        starts = [start for start, _ in sentence_spans(text, self._language)]
        if not starts:
            return [text] if text else []
        cuts = [0, *starts[1:], len(text)]
        sentences = (text[start:end] for start, end in itertools.pairwise(cuts))
        pieces: list[str] = self._merge_splits(
            (piece for sentence in sentences for piece in self._pieces(sentence)), separator=""
        )
        return pieces

    def _pieces(self, sentence: str) -> list[str]:
        if len(sentence) <= self._chunk_size:
            return [sentence]
        pieces: list[str] = self._within.split_text(sentence)
        return pieces
