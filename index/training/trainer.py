"""Fit one vector per token so that a text's sum of vectors points where its translation's does."""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn import functional

from index.training.data import Search, SentencePair, TrainingData

Teacher = Callable[[Sequence[str]], NDArray[np.float32]]

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
        distillation: Weight of the teacher's loss on sentences.
        term_distillation: Weight of the teacher's loss on lexicon pairs.
        max_tokens: Tokens of a text that are read in training.
        seed: Seed of initial vectors, order and dropout.
    """

    width: int = 384
    vocabulary: int = 40_000
    passes: int = 10
    sentences: int = 2048
    terms: int = 1024
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
    """Two columns of texts, how often each row is shown, and what the teacher says of the left one."""

    def __init__(self, left: Texts, right: Texts, names: NDArray[np.int64], weights: Sequence[float]) -> None:
        self.left = left
        self.right = right
        self.names = names
        self.weights = np.asarray(weights, dtype=np.float64)
        self._cumulative = np.cumsum(self.weights)
        self._goals: Tensor | None = None
        self._goal_of_row = np.full(len(self.weights), -1, dtype=np.int64)

    @classmethod
    def of(
        cls, tokenizer: Tokenizer, rows: Sequence[tuple[str, str]], weights: Sequence[float], max_tokens: int
    ) -> "_Pairs":
        """Tokenize both columns and number equal texts alike."""
        numbers: dict[str, int] = {}
        names = [[numbers.setdefault(text, len(numbers)) for text in row] for row in rows]
        left = Texts(tokenizer, [row[0] for row in rows], max_tokens)
        right = Texts(tokenizer, [row[1] for row in rows], max_tokens)
        return cls(left, right, np.array(names, dtype=np.int64).reshape(-1, 2), weights)

    def teach(self, pairs: Sequence[SentencePair], teacher: Teacher) -> None:
        """Ask the teacher for the vectors of the English texts it can judge, each once."""
        texts = list(dict.fromkeys(pair.english for pair in pairs if pair.taught))
        if texts:
            place = {text: number for number, text in enumerate(texts)}
            self._goals = torch.from_numpy(teacher(texts))
            goals = [place[pair.english] if pair.taught else -1 for pair in pairs]
            self._goal_of_row = np.array(goals, dtype=np.int64)

    def goals(self, rows: NDArray[np.int64]) -> tuple[Tensor, Tensor] | None:
        """Return which of the rows the teacher has judged, and its vectors of them."""
        chosen = np.flatnonzero(self._goal_of_row[rows] >= 0)
        if self._goals is None or not len(chosen):
            return None
        goals = self._goals[torch.from_numpy(self._goal_of_row[rows[chosen]])]
        return torch.from_numpy(chosen), goals

    def one_pass(self, random: np.random.Generator) -> NDArray[np.int64]:
        """Return the rows of one pass in random order: weight 3 thrice, weight 0.5 every other pass."""
        whole = np.floor(self.weights).astype(np.int64)
        extra = random.random(len(whole)) < self.weights - whole
        rows = np.repeat(np.arange(len(whole)), whole + extra)
        random.shuffle(rows)
        return rows

    def sample(self, random: np.random.Generator, count: int) -> NDArray[np.int64]:
        """Return distinct rows drawn in proportion to their weights, or none where there are no rows."""
        if not len(self.weights):
            return np.zeros(0, dtype=np.int64)
        drawn = np.searchsorted(self._cumulative, random.random(count) * self._cumulative[-1], side="right")
        return np.unique(drawn)

    def same(self, rows: NDArray[np.int64]) -> Tensor:
        """Mark pairs of different rows that share a text: they are no negatives of each other."""
        left, right = self.names[rows].T
        shared = (left[:, None] == left) | (right[:, None] == right)
        np.fill_diagonal(shared, False)
        return torch.from_numpy(shared)


@dataclass(frozen=True, eq=False)
class _Group:
    """The rows of one kind in a batch, and how their loss is weighed."""

    pairs: _Pairs
    rows: NDArray[np.int64]
    temperature: float
    distillation: float = 0.0


def train(
    tokenizer: Tokenizer, data: TrainingData, recipe: Recipe, teacher: Teacher | None = None
) -> NDArray[np.float32]:
    """Fit the token vectors.

    Args:
        tokenizer: The trained tokenizer.
        data: What to fit on.
        recipe: The numbers.
        teacher: Gives English texts their normalised vectors, shape (texts, width); or None.

    Returns:
        float32 of shape (vocabulary, width): the norm of a row is the token's learned weight.
    """
    torch.manual_seed(recipe.seed)
    random = np.random.default_rng(recipe.seed)
    sentences = _translations(tokenizer, data.sentences, recipe, teacher)
    terms = _translations(tokenizer, data.lexicon, recipe, teacher)
    searches = _searches(tokenizer, data.searches, recipe)

    quiet = _rarity(tokenizer.get_vocab_size(), (sentences, searches), recipe.rarity)
    table = torch.randn(tokenizer.get_vocab_size(), recipe.width) * 0.01
    optimiser = RowAdam(table)
    steps_a_pass = max(1, round(sentences.weights.sum() / recipe.sentences))
    total, done, started = steps_a_pass * recipe.passes, 0, time.monotonic()
    for number in range(1, recipe.passes + 1):
        losses = []
        for rows in np.array_split(sentences.one_pass(random), steps_a_pass):
            shown = [
                _Group(sentences, np.unique(rows), recipe.temperature, recipe.distillation),
                _Group(
                    terms, terms.sample(random, recipe.terms), recipe.term_temperature, recipe.term_distillation
                ),
                _Group(searches, searches.sample(random, recipe.searches), recipe.temperature),
            ]
            groups = [group for group in shown if len(group.rows)]
            flat, lengths = _batch(groups, recipe.token_dropout, random)
            used, inverse = torch.unique(flat, return_inverse=True)
            vectors = table[used].requires_grad_()
            sums = functional.embedding_bag(
                inverse, vectors, lengths.cumsum(0) - lengths, mode="sum", per_sample_weights=quiet[flat]
            )
            loss = _loss(functional.normalize(sums, dim=1), groups)
            loss.backward()  # type: ignore[no-untyped-call]
            assert vectors.grad is not None
            optimiser.step(used, vectors.grad, recipe.rate * (1 - done / total))
            done += 1
            losses.append(loss.item())
        seconds = time.monotonic() - started
        _log.info("pass %d/%d: loss %.4f, %.0f s", number, recipe.passes, np.mean(losses), seconds)
    fitted: NDArray[np.float32] = (table * quiet[:, None]).numpy()
    return fitted


def _loss(vectors: Tensor, groups: Sequence[_Group]) -> Tensor:
    loss = torch.zeros(())
    position = 0
    for group in groups:
        left, right = vectors[position : position + 2 * len(group.rows)].chunk(2)
        position += 2 * len(group.rows)
        loss = loss + contrastive(left, right, group.temperature, group.pairs.same(group.rows))
        if group.distillation and (judged := group.pairs.goals(group.rows)):
            chosen, goals = judged
            cosines = (left[chosen] * goals).sum(1).mean() + (right[chosen] * goals).sum(1).mean()
            loss = loss + group.distillation * (2 - cosines)
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


def _batch(groups: Sequence[_Group], dropout: float, random: np.random.Generator) -> tuple[Tensor, Tensor]:
    flat, lengths = [], []
    for group in groups:
        for texts in (group.pairs.left, group.pairs.right):
            ids, counts = texts.take(group.rows)
            starts = np.cumsum(counts) - counts
            kept = random.random(len(ids)) >= dropout
            kept[starts] = True  # a text never loses its only token
            flat.append(ids[kept])
            lengths.append(np.add.reduceat(kept, starts).astype(np.int64))
    return torch.from_numpy(np.concatenate(flat)), torch.from_numpy(np.concatenate(lengths))


def _translations(
    tokenizer: Tokenizer, pairs: Sequence[SentencePair], recipe: Recipe, teacher: Teacher | None
) -> _Pairs:
    rows = [(pair.english, pair.arabic) for pair in pairs]
    columns = _Pairs.of(tokenizer, rows, [pair.weight for pair in pairs], recipe.max_tokens)
    if teacher is not None:
        columns.teach(pairs, teacher)
    return columns


def _searches(tokenizer: Tokenizer, searches: Sequence[Search], recipe: Recipe) -> _Pairs:
    rows = [(search.query, search.passage) for search in searches]
    return _Pairs.of(tokenizer, rows, [search.weight for search in searches], recipe.max_tokens)


def _rarity(vocabulary: int, columns: Sequence[_Pairs], a: float) -> Tensor:
    counts = np.zeros(vocabulary)
    for pairs in columns:
        for texts in (pairs.left, pairs.right):
            counts += np.bincount(texts.ids, minlength=vocabulary)
    share = counts / max(1.0, counts.sum())
    return torch.from_numpy((a / (a + share)).astype(np.float32))
