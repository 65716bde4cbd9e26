"""The tokens of words seen before."""

from collections.abc import Sequence
from itertools import chain
from threading import Lock

from tokenizers import Tokenizer

from index.token_rows import TokenRows

# So many words' tokens are remembered, in some 50 MB.
WORDS = 200_000


class WordCache:
    """Tokenizes like its tokenizer, but a word only once.

    For tokenizers that never look across white space: what such a one has made of a word holds wherever the word
    stands. Most words of news have been seen before, and remembering them is several times as fast.
    """

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer
        self._known: dict[str, list[int]] = {}
        self._lock = Lock()

    def tokenize(self, texts: Sequence[str]) -> TokenRows:
        """Return the token ids of every text, a row a text."""
        rows = [text.split() for text in texts]
        with self._lock:
            words = set(chain.from_iterable(rows))
            if len(self._known) + len(words) > WORDS:
                self._known.clear()
            new = [word for word in words if word not in self._known]
            encodings = self._tokenizer.encode_batch_fast(new, add_special_tokens=False)
            self._known.update((word, encoding.ids) for word, encoding in zip(new, encodings, strict=True))
            return TokenRows.of([list(chain.from_iterable(map(self._known.__getitem__, row))) for row in rows])
