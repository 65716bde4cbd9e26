"""The tokens of words seen before."""

from collections.abc import Sequence, Set
from itertools import chain
from threading import Lock

from tokenizers import Tokenizer

from index.token_rows import TokenRows

# So many words are remembered, and as many from before, in some 100 MB; what is not met again is forgotten.
WORDS = 250_000


class WordCache:
    """Tokenizes like its tokenizer, but a word only once.

    For tokenizers that never look across white space: what such a one has made of a word holds wherever the word
    stands. And for vocabularies of at most 65,536 tokens, which are kept in 16 bits. Most words of news have been
    seen before, and remembering them is several times as fast.
    """

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer
        self._known: dict[str, bytes] = {}
        self._before: dict[str, bytes] = {}
        self._lock = Lock()

    def tokenize(self, texts: Sequence[str]) -> TokenRows:
        """Return the token ids of every text, a row a text."""
        rows = [text.split() for text in texts]
        with self._lock:
            self._learn(set(chain.from_iterable(rows)))
            return TokenRows.from_bytes([b"".join(map(self._known.__getitem__, row)) for row in rows])

    def _learn(self, words: Set[str]) -> None:
        """Know these words: newly, or from before."""
        new = [word for word in words if word not in self._known]
        if len(self._known) + len(new) > WORDS:
            self._before, self._known = self._known, {}
            new = list(words)
        self._known.update((word, self._before[word]) for word in new if word in self._before)
        strange = [word for word in new if word not in self._before]
        encodings = self._tokenizer.encode_batch_fast(strange, add_special_tokens=False)
        tokens = TokenRows.of([encoding.ids for encoding in encodings]).to_bytes()
        self._known.update(zip(strange, tokens, strict=True))
