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

from index.training.corpora import Search, SentencePair, TrainingData
from index.training.pairs import Pairs, Teacher
from index.training.recipe import Recipe
from index.training.row_adam import RowAdam

_log = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class _Group:
    """The rows of one kind in a batch, and how their loss is weighed."""

    pairs: Pairs
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
        loss = loss + contrastive(left, right, group.temperature, torch.from_numpy(group.pairs.same(group.rows)))
        if group.distillation and (judged := group.pairs.goals(group.rows)):
            chosen, goals = (torch.from_numpy(array) for array in judged)
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
) -> Pairs:
    rows = [(pair.english, pair.arabic) for pair in pairs]
    columns = Pairs.of(tokenizer, rows, [pair.weight for pair in pairs], recipe.max_tokens)
    if teacher is not None:
        columns.teach(pairs, teacher)
    return columns


def _searches(tokenizer: Tokenizer, searches: Sequence[Search], recipe: Recipe) -> Pairs:
    rows = [(search.query, search.passage) for search in searches]
    return Pairs.of(tokenizer, rows, [search.weight for search in searches], recipe.max_tokens)


def _rarity(vocabulary: int, columns: Sequence[Pairs], a: float) -> Tensor:
    counts = np.zeros(vocabulary)
    for pairs in columns:
        for texts in (pairs.left, pairs.right):
            counts += np.bincount(texts.ids, minlength=vocabulary)
    share = counts / max(1.0, counts.sum())
    return torch.from_numpy((a / (a + share)).astype(np.float32))
