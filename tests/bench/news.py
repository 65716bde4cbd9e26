"""News at any scale: real articles where a file of them is given, and made-up ones with the statistics of those.

A made-up article is laid together from stretches of two to four words, taken from one base article, from a second
one near it, from another for each passage, and from anywhere. So frequent and rare words and their neighbours are
those of real text, articles gather round topics as news does, and no two share long stretches.
"""

import gzip
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count as numbers
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.data import words as word_list
from index.documents import Document
from index.embedding import bundled_embedder
from qa.glossary import Glossary

SOURCES = tuple(f"Made-up Outlet {number}" for number in range(1, 13))
FIRST_DAY = date(2014, 1, 1)
DAYS = 3652
ENGLISH_EVERY = 4  # of so many articles one is English
HELD_OUT_EVERY = 50  # of so many real articles one is kept out, to make questions from

_SEED = 7
_BATCH = 256
_NEVER_REACHED = 10**9  # a batch
_WORDS = 600  # an article, on average; four passages
_BASE_WORDS = 120  # what is laid together to one base article where there are only sentences
_NEIGHBOURS = 40
# How much of an article is from its base, the article near that, the passage's own; the rest is from anywhere.
_SHARES = (0.25, 0.20, 0.25)
_NEW_WORDS = 0.03
_WORD = re.compile(r"[\w\u064b-\u0652]+(?:[-'’.,/:][\w\u064b-\u0652]+)*")
_SYLLABLES = {
    "ar": (
        "با تا جا دا را زا سا شا طا عا فا قا كا لا ما نا ها وا يا",
        "بو مو نو رو دي ري لي ني مي ور ين ان ام ير يل",
    ),
    "en": (
        "ba ka da fa ga ha ja la ma na ra sa ta va za be de le me",
        "ne re te bo ko do lo mo no ro so li mi ni ri",
    ),
}


@dataclass(frozen=True)
class _Bases:
    """The articles of a language that others are made from, as numbers of words.

    Attributes:
        language: "ar" or "en".
        stream: the words of all of them, one article after the other.
        bounds: where in the stream each begins, and the end of the last, shape [articles + 1].
        titles: words of each headline.
        near: the nearest others of each, shape [articles, neighbours].
        words: every word, new names and numbers behind them.
        known: how many of the words are in the stream.
    """

    language: str
    stream: NDArray[np.int32]
    bounds: NDArray[np.int64]
    titles: list[list[str]]
    near: NDArray[np.int64]
    words: NDArray[np.object_]
    known: int

    @classmethod
    def of(cls, language: str, articles: Sequence[tuple[str, str]]) -> "_Bases":
        """Take (title, text) pairs apart."""
        ids: dict[str, int] = {}
        rows = [[ids.setdefault(word, len(ids)) for word in _WORD.findall(text)] for _, text in articles]
        kept = [number for number, row in enumerate(rows) if len(row) > 12]
        lengths = [len(rows[number]) for number in kept]
        vectors = bundled_embedder().encode([f"{articles[n][0]}\n{articles[n][1][:400]}" for n in kept])
        return cls(
            language,
            np.concatenate([np.array(rows[number], dtype=np.int32) for number in kept]),
            np.concatenate([[0], np.cumsum(lengths)]),
            [_WORD.findall(articles[number][0]) for number in kept],
            _nearest(vectors, _NEIGHBOURS),
            np.array([*ids, *_new_words(language)], dtype=object),
            len(ids),
        )

    def articles(self, first: int = 0) -> Iterator[tuple[str, str]]:
        """Yield made-up (title, text) pairs without end, always the same ones, from a batch on."""
        for number in numbers(first):
            yield from self._batch(np.random.default_rng([_SEED, self.language == "en", number]))

    def _batch(self, random: np.random.Generator) -> Iterator[tuple[str, str]]:
        base = random.integers(len(self.titles), size=_BATCH)
        second = self.near[base, random.integers(self.near.shape[1], size=_BATCH)]
        spans = np.clip(random.lognormal(np.log(0.9 * _WORDS / 3), 0.45, _BATCH), 20, 800).astype(np.int64)
        article = np.repeat(np.arange(_BATCH), spans)
        place = np.arange(len(article)) - np.repeat(np.cumsum(spans) - spans, spans)

        passage = place // 50  # of about 150 words; each has a theme of its own
        theme = self.near[base[:, None], random.integers(self.near.shape[1], size=(_BATCH, passage.max() + 1))]
        origin = np.searchsorted(np.cumsum(_SHARES), random.random(len(article)))
        anywhere = random.integers(len(self.titles), size=len(article))
        taken = np.choose(origin, [base[article], second[article], theme[article, passage], anywhere])

        lengths = random.integers(2, 5, size=len(article))
        room = np.maximum(self.bounds[taken + 1] - self.bounds[taken] - lengths, 1)
        starts = self.bounds[taken] + (random.random(len(article)) * room).astype(np.int64)
        ends = np.cumsum(lengths)
        within = np.arange(ends[-1]) - np.repeat(ends - lengths, lengths)
        words = self.stream[np.repeat(starts, lengths) + within].astype(np.int64)

        # Each article has names and numbers of its own, most of them found nowhere else.
        made = self.known + (random.random((_BATCH, 5)) ** 2 * (len(self.words) - self.known)).astype(np.int64)
        owner = np.repeat(article, lengths)
        new = np.flatnonzero(random.random(len(words)) < _NEW_WORDS)
        words[new] = made[owner[new], random.integers(5, size=len(new))]

        written = self.words[words]
        cuts = np.concatenate([[0], ends[np.cumsum(spans) - 1]])
        _punctuate(written, cuts[1:], "،" if self.language == "ar" else ",", random)
        for number in range(_BATCH):
            text = " ".join(written[cuts[number] : cuts[number + 1]].tolist()).replace("\n ", "\n")
            first, other = self.titles[base[number]], self.titles[second[number]]
            yield " ".join([*first[:7], self.words[made[number, 0]], *other[:3]]), text


def _punctuate(
    words: NDArray[np.object_], ends: NDArray[np.int64], comma: str, random: np.random.Generator
) -> None:
    """Write commas, full stops, paragraphs and capitals into the words of articles that end at ``ends``."""
    sentences = np.clip(random.lognormal(np.log(22), 0.4, len(words) // 8), 5, 60).astype(np.int64)
    last = np.union1d(np.cumsum(sentences), ends) - 1
    last = last[last < len(words)]
    words[np.setdiff1d(np.flatnonzero(random.random(len(words)) < 0.05), last)] += comma
    words[last] += np.where(random.random(len(last)) < 0.3, ".\n", ".").astype(object)
    first = np.concatenate([[0], last[:-1] + 1])
    words[first] = [word[:1].upper() + word[1:] for word in words[first]]


class News:
    """Articles, the same ones in every run; a quarter of them in English.

    Args:
        file: real Arabic articles to begin with and to make others from, gzipped, one a line, "title . text";
            made-up ones where none is given.
        english: gzipped tables with English sentences in the first column, to make the English articles from.
        topics: how many there are of made-up articles, where nothing real is given.
    """

    def __init__(
        self, file: Path | None = None, english: Iterable[Path] | None = None, topics: int = 2000
    ) -> None:
        self._real = list(_read(file)) if file else []
        kept = [pair for number, pair in self._real if number % HELD_OUT_EVERY]
        self._bases = {
            "ar": _Bases.of("ar", kept or _invented("ar", topics)),
            "en": _Bases.of("en", _from_sentences(english) if english else _invented("en", topics)),
        }

    def articles(self) -> Iterator[Document]:
        """Yield articles without end."""
        real = iter([(number, pair) for number, pair in self._real if number % HELD_OUT_EVERY])
        made_up = {language: bases.articles() for language, bases in self._bases.items()}
        for number in numbers():
            language = "en" if number % ENGLISH_EVERY == ENGLISH_EVERY - 1 else "ar"
            line, pair = next(real, (0, None)) if language == "ar" else (0, None)
            uri = f"news/{line}" if pair else f"made-up/{number}"
            yield _document(uri, *(pair or next(made_up[language])), language, number)

    def held_out(self) -> Iterator[Document]:
        """Yield articles that ``articles`` never yields, Arabic and English in turn, to make questions from."""
        real = iter([(number, pair) for number, pair in self._real if not number % HELD_OUT_EVERY])
        made_up = {language: bases.articles(_NEVER_REACHED) for language, bases in self._bases.items()}
        for number in numbers():
            line, pair = next(real, (number, None))
            yield _document(f"held-out/ar/{line}", *(pair or next(made_up["ar"])), "ar", number)
            yield _document(f"held-out/en/{number}", *next(made_up["en"]), "en", number)


def articles(count: int, file: Path | None = None, english: Iterable[Path] | None = None) -> Iterator[Document]:
    """Yield so many articles of ``News``."""
    return islice(News(file, english).articles(), count)


def real_articles(file: Path) -> list[Document]:
    """Return the articles of a file, and no others."""
    return [_document(f"news/{number}", *pair, "ar", number) for number, pair in _read(file)]


def _document(uri: str, title: str, text: str, language: str, number: int) -> Document:
    """Make a document; outlet and day are made up for real articles too, whose file does not name them."""
    day = FIRST_DAY + timedelta(days=number * 1009 % DAYS)
    source = SOURCES[number * 7919 // 64 % len(SOURCES)]
    return Document.create(uri, text, title, source=source, published=day.isoformat(), language=language)


def _read(file: Path) -> Iterator[tuple[int, tuple[str, str]]]:
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        for number, line in enumerate(lines):
            title, _, text = line.strip().partition(" . ")
            if text:
                yield number, (title, text)


def _from_sentences(files: Iterable[Path]) -> list[tuple[str, str]]:
    """Lay sentences that follow one another together to articles, the first words as the headline."""
    found = []
    for file in files:
        with gzip.open(file, "rt", encoding="utf-8") as lines:
            gathered: list[str] = []
            for line in lines:
                gathered += line.partition("\t")[0].split()
                if len(gathered) >= _BASE_WORDS:
                    found.append((" ".join(gathered[:9]), " ".join(gathered)))
                    gathered = []
    return found


def _invented(language: str, topics: int) -> list[tuple[str, str]]:
    """Make base articles from what the project has: the words of its model, near ones together, and its glossary.

    The model's tokens, the frequent ones first, stand in for a vocabulary, and the nearest ones of a word, by
    the model, for a topic.
    """
    from tokenizers import Tokenizer

    random = np.random.default_rng([_SEED, language == "en"])
    model = bundled_embedder()
    pattern = re.compile(r"[\u0621-\u064a]{4,}" if language == "ar" else r"[a-z]{4,}")
    pieces = Tokenizer.from_file(str(model.folder / "tokenizer.json")).get_vocab()
    words = np.array(sorted(filter(pattern.fullmatch, pieces), key=pieces.__getitem__), dtype=object)
    ids = [pieces[word] for word in words]
    vectors = model.vectors[ids] / model.lengths[ids, None]
    seeds = random.choice(len(words), size=topics, replace=topics > len(words))
    near = _nearest(vectors, 60, seeds)
    entries = Glossary.load().entries
    names = [entry.arabic[0] if language == "ar" else entry.english[0] for entry in entries]
    frequent = np.array(word_list(f"stopwords.{language}.txt"), dtype=object)
    found = []
    for topic in range(topics):
        common = _zipf(random, len(frequent), 60)
        general = _zipf(random, len(words), 70)
        own = near[topic][(random.random(40) ** 1.5 * near.shape[1]).astype(np.int64)]
        named = [names[n] for n in random.integers(len(names), size=4)] * 2
        drawn = np.array([*frequent[common], *words[general], *words[own], *named], dtype=object)
        drawn = random.permutation(drawn)
        title = [*words[own[:7]], named[0]]
        found.append((" ".join(title), " ".join(drawn)))
    return found


def _zipf(random: np.random.Generator, size: int, count: int) -> NDArray[np.int64]:
    """Draw numbers below ``size``, the low ones as often as Zipf's law has it."""
    return (size ** random.random(count)).astype(np.int64) - 1


def _nearest(vectors: NDArray[np.float32], count: int, of: NDArray[np.int64] | None = None) -> NDArray[np.int64]:
    """Return the nearest other rows of each row, or of some, nearest first."""
    of = np.arange(len(vectors)) if of is None else of
    count = min(count, len(vectors) - 1)
    found = np.empty((len(of), count), dtype=np.int64)
    for first in range(0, len(of), 512):
        part = of[first : first + 512]
        cosines = vectors[part] @ vectors.T
        cosines[np.arange(len(part)), part] = -2
        best = np.argpartition(-cosines, count - 1, axis=1)[:, :count]
        order = np.argsort(-np.take_along_axis(cosines, best, axis=1), axis=1)
        found[first : first + len(part)] = np.take_along_axis(best, order, axis=1)
    return found


def _new_words(language: str, count: int = 200_000) -> list[str]:
    """Make up names and numbers that are found nowhere else, a third of them numbers."""
    random = np.random.default_rng([_SEED, language == "en", count])
    syllables = np.array(" ".join(_SYLLABLES[language]).split(), dtype=object)
    drawn = syllables[random.integers(len(syllables), size=(4, 2 * count // 3))]
    longer = np.where(random.random(drawn.shape[1]) < 0.5, drawn[3], "")
    figures = [f"{number:,}" for number in random.integers(10, 10**7, size=count - drawn.shape[1])]
    made = np.concatenate([drawn[0] + drawn[1] + drawn[2] + longer, np.array(figures, dtype=object)])
    random.shuffle(made)
    return [word.capitalize() for word in made]
