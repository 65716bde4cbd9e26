"""Fit one vector per token so that a text's sum of vectors points where its translation's does."""

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn import functional

from index.training.data import Search, SentencePair, TrainingData

_log = logging.getLogger(__name__)


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
        distillation: Weight of the teacher's loss.
        max_tokens: Tokens of a text that are read in training.
        seed: Seed of initial vectors, order and dropout.
    """

    width: int = 384
    vocabulary: int = 40_000
    passes: int = 10
    sentences: int = 2048
    terms: int = 1024
    searches: int = 384
    rate: float = 5e-3
    temperature: float = 0.05
    term_temperature: float = 0.07
    token_dropout: float = 0.1
    rarity: float = 1e-3
    distillation: float = 1.0
    max_tokens: int = 256
    seed: int = 20_261


class Texts:
    """Token ids of many texts, end to end in one array, so that a batch is a few array operations."""

    def __init__(self, tokenizer: Tokenizer, texts: Sequence[str], max_tokens: int) -> None:
        encodings = tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)
        ids = [np.asarray(encoding.ids[:max_tokens], dtype=np.int64) for encoding in encodings]
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


class RowAdam:
    """Adam (Kingma & Ba 2015) that touches only the rows of a table which a batch has used."""

    def __init__(self, table: Tensor, betas: tuple[float, float] = (0.9, 0.999), epsilon: float = 1e-8) -> None:
        self.table = table
        self.betas = betas
        self.epsilon = epsilon
        self.mean = torch.zeros_like(table)
        self.square = torch.zeros_like(table)
        self.step_count = 0

    def step(self, rows: Tensor, gradient: Tensor, rate: float) -> None:
        """Update the given rows; bias is corrected by the number of steps taken, as in SparseAdam."""
        self.step_count += 1
        first, second = self.betas
        mean = self.mean[rows].lerp_(gradient, 1 - first)
        square = self.square[rows].mul_(second).addcmul_(gradient, gradient, value=1 - second)
        self.mean[rows] = mean
        self.square[rows] = square
        scale = rate * (1 - second**self.step_count) ** 0.5 / (1 - first**self.step_count)
        self.table.index_put_((rows,), mean.div_(square.sqrt_().add_(self.epsilon)).mul_(-scale), accumulate=True)


class _Pairs:
    """Two columns of texts, how often a pass shows each row, and the text each row must not be told from."""

    def __init__(
        self, tokenizer: Tokenizer, pairs: Sequence[tuple[str, str]], weights: Sequence[float], cut: int
    ) -> None:
        self.left = Texts(tokenizer, [left for left, _ in pairs], cut)
        self.right = Texts(tokenizer, [right for _, right in pairs], cut)
        self.weights = np.asarray(weights, dtype=np.float64)
        self._cumulative = np.cumsum(self.weights)
        names: dict[str, int] = {}
        self.left_name = np.array([names.setdefault(left, len(names)) for left, _ in pairs], dtype=np.int64)
        self.right_name = np.array([names.setdefault(right, len(names)) for _, right in pairs], dtype=np.int64)

    def one_pass(self, random: np.random.Generator) -> NDArray[np.int64]:
        """Return the rows of one pass in random order: weight 3 thrice, weight 0.5 every other pass."""
        whole = np.floor(self.weights).astype(np.int64)
        extra = random.random(len(whole)) < self.weights - whole
        rows = np.repeat(np.arange(len(whole)), whole + extra)
        random.shuffle(rows)
        return rows

    def sample(self, random: np.random.Generator, count: int) -> NDArray[np.int64]:
        """Return rows drawn in proportion to their weights, or none where there are no rows."""
        if not len(self.weights):
            return np.zeros(0, dtype=np.int64)
        drawn = np.searchsorted(self._cumulative, random.random(count) * self._cumulative[-1], side="right")
        return np.unique(drawn)

    def same(self, rows: NDArray[np.int64]) -> Tensor:
        """Mark pairs of different rows that share a text: they are no negatives of each other."""
        left, right = self.left_name[rows], self.right_name[rows]
        shared = (left[:, None] == left) | (right[:, None] == right)
        np.fill_diagonal(shared, False)
        return torch.from_numpy(shared)


def train(
    tokenizer: Tokenizer, data: TrainingData, recipe: Recipe, teacher: NDArray[np.float32] | None = None
) -> NDArray[np.float32]:
    """Fit the token vectors.

    Args:
        tokenizer: The trained tokenizer.
        data: What to fit on.
        recipe: The numbers.
        teacher: Normalised teacher vectors of the English sides of `data.sentences`, row by row, or None.

    Returns:
        float32 of shape (vocabulary, width): the norm of a row is the token's learned weight.
    """
    torch.manual_seed(recipe.seed)
    random = np.random.default_rng(recipe.seed)
    sentences = _translations(tokenizer, data.sentences, recipe)
    terms = _translations(tokenizer, data.lexicon, recipe)
    searches = _searches(tokenizer, data.searches, recipe)
    targets = None if teacher is None else torch.from_numpy(teacher)

    quiet = _rarity(tokenizer.get_vocab_size(), (sentences, searches), recipe.rarity)
    table = torch.randn(tokenizer.get_vocab_size(), recipe.width) * 0.01
    optimiser = RowAdam(table)
    steps_a_pass = max(1, round(sentences.weights.sum() / recipe.sentences))
    total, done, started = steps_a_pass * recipe.passes, 0, time.monotonic()
    for number in range(1, recipe.passes + 1):
        losses = []
        for rows in np.array_split(sentences.one_pass(random), steps_a_pass):
            groups = [
                (sentences, np.unique(rows), recipe.temperature),
                (terms, terms.sample(random, recipe.terms), recipe.term_temperature),
                (searches, searches.sample(random, recipe.searches), recipe.temperature),
            ]
            groups = [group for group in groups if len(group[1])]
            flat, lengths = _batch(groups, recipe.token_dropout, random)
            used, inverse = torch.unique(flat, return_inverse=True)
            vectors = table[used].requires_grad_()
            offsets = torch.cumsum(lengths, 0) - lengths
            sums = functional.embedding_bag(inverse, vectors, offsets, mode="sum", per_sample_weights=quiet[flat])
            loss = _loss(functional.normalize(sums, dim=1), groups, targets, recipe)
            loss.backward()
            assert vectors.grad is not None
            optimiser.step(used, vectors.grad, recipe.rate * (1 - done / total))
            done += 1
            losses.append(loss.item())
        seconds = time.monotonic() - started
        _log.info("pass %d/%d: loss %.4f, %.0f s", number, recipe.passes, np.mean(losses), seconds)
    fitted: NDArray[np.float32] = (table * quiet[:, None]).numpy()
    return fitted


def _loss(
    vectors: Tensor,
    groups: list[tuple[_Pairs, NDArray[np.int64], float]],
    targets: Tensor | None,
    recipe: Recipe,
) -> Tensor:
    loss = torch.zeros(())
    position = 0
    for index, (pairs, rows, temperature) in enumerate(groups):
        left, right = vectors[position : position + 2 * len(rows)].chunk(2)
        position += 2 * len(rows)
        loss = loss + contrastive(left, right, temperature, pairs.same(rows))
        if index == 0 and targets is not None:
            goal = targets[torch.from_numpy(rows)]
            apart = 2 - (left * goal).sum(1).mean() - (right * goal).sum(1).mean()
            loss = loss + recipe.distillation * apart
    return loss


def contrastive(left: Tensor, right: Tensor, temperature: float, same: Tensor) -> Tensor:
    """Tell each row's partner from the other rows' partners, both ways (InfoNCE with in-batch negatives).

    Args:
        left: Normalised vectors, shape (n, width).
        right: Their partners, same shape.
        temperature: Softmax temperature.
        same: Boolean (n, n): pairs that are left out because they are right answers too.
    """
    logits = (left @ right.T / temperature).masked_fill(same, float("-inf"))
    diagonal = logits.diagonal()
    there = torch.logsumexp(logits, dim=1) - diagonal
    back = torch.logsumexp(logits, dim=0) - diagonal
    return (there.mean() + back.mean()) / 2


def _batch(
    groups: list[tuple[_Pairs, NDArray[np.int64], float]], dropout: float, random: np.random.Generator
) -> tuple[Tensor, Tensor]:
    flat, lengths = [], []
    for pairs, rows, _ in groups:
        for texts in (pairs.left, pairs.right):
            ids, counts = texts.take(rows)
            kept = random.random(len(ids)) >= dropout
            kept[np.cumsum(counts) - counts] = True  # a text never loses its only token
            flat.append(ids[kept])
            lengths.append(np.add.reduceat(kept, np.cumsum(counts) - counts).astype(np.int64))
    return torch.from_numpy(np.concatenate(flat)), torch.from_numpy(np.concatenate(lengths))


def _translations(tokenizer: Tokenizer, pairs: Sequence[SentencePair], recipe: Recipe) -> _Pairs:
    return _Pairs(tokenizer, [(p.english, p.arabic) for p in pairs], [p.weight for p in pairs], recipe.max_tokens)


def _searches(tokenizer: Tokenizer, searches: Sequence[Search], recipe: Recipe) -> _Pairs:
    return _Pairs(tokenizer, [(s.query, s.passage) for s in searches], [1.0] * len(searches), recipe.max_tokens)


def _rarity(vocabulary: int, columns: Sequence[_Pairs], a: float) -> Tensor:
    counts = np.zeros(vocabulary)
    for pairs in columns:
        for texts in (pairs.left, pairs.right):
            counts += np.bincount(texts.ids, minlength=vocabulary)
    share = counts / max(1.0, counts.sum())
    return torch.from_numpy((a / (a + share)).astype(np.float32))
