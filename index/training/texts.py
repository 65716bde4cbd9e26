"""Texts as token ids, ready to be taken in batches."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer


class Texts:
    """Token ids of many texts, end to end in one array, so that a batch is a few array operations."""

    def __init__(self, tokenizer: Tokenizer, texts: Sequence[str], max_tokens: int) -> None:
        encodings = tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)
        # A text of which nothing is left is one unknown token, so that no text is empty.
        ids = [np.asarray(encoding.ids[:max_tokens] or [0], dtype=np.int64) for encoding in encodings]
        self.lengths = np.array([len(row) for row in ids], dtype=np.int64)
        self.starts = np.concatenate([[0], np.cumsum(self.lengths)])[:-1]
        self.ids = np.concatenate(ids) if ids else np.zeros(0, dtype=np.int64)

    def __len__(self) -> int:
        return len(self.lengths)

    def take(self, rows: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the flat token ids of some texts and the length of each."""
        lengths = self.lengths[rows]
        ends = np.cumsum(lengths)
        within = np.arange(ends[-1] if len(ends) else 0) - np.repeat(ends - lengths, lengths)
        return self.ids[np.repeat(self.starts[rows], lengths) + within], lengths
