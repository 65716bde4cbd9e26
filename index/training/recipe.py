"""The numbers of a training run."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Recipe:
    """Every number the weights depend on, besides the data.

    Attributes:
        width: Length of a vector; with a teacher, the teacher's.
        vocabulary: Number of token pieces.
        passes: How often the sentence pairs are shown.
        sentences: Sentence pairs in a batch.
        terms: Lexicon pairs in a batch.
        searches: Query-passage pairs in a batch.
        rate: Learning rate at the start; it falls linearly to zero.
        temperature: Softmax temperature of sentences and searches.
        term_temperature: Softmax temperature of lexicon pairs.
        token_dropout: Share of tokens left out of a text each time it is shown.
        rarity: a in a / (a + p(token)), the factor that quiets frequent tokens (Arora et al. 2017).
        distillation: Weight of the teacher's loss on sentences.
        term_distillation: Weight of the teacher's loss on lexicon pairs.
        max_tokens: Tokens of a text that are read in training.
        seed: Seed of initial vectors, order and dropout.
    """

    width: int = 384
    vocabulary: int = 64_000
    passes: int = 28
    sentences: int = 2048
    terms: int = 1536
    searches: int = 512
    rate: float = 5e-3
    temperature: float = 0.05
    term_temperature: float = 0.07
    token_dropout: float = 0.1
    rarity: float = 1e-3
    distillation: float = 10.0
    term_distillation: float = 3.0
    max_tokens: int = 256
    seed: int = 20_261
