"""Read the corpora, clean them a little, and keep held-out rows out of the training data."""

import csv
import gzip
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from index.errors import IsnadError
from index.training.splits import Part, fold, leak_keys, part_of_passage, part_of_sentence, part_of_title

# Software documentation makes up four fifths of the sentence pairs; news is what the model is for.
_DOCUMENTATION = ("msdocs_", "openclaw_docs", "qiskit_docs", "reactjs_docs", "tldr", "ui_", "ai_terms_dict")
DOCUMENTATION_WEIGHT = 0.4
WRITTEN_WEIGHT = 3.0
WRITTEN_TERM_WEIGHT = 12.0
QUESTION_WEIGHT = 3.0
HEADING_WEIGHT = 0.5

# Rows written for this project where the model was seen to fail, in the form of written/ of the corpora.
WRITTEN_HERE = Path(__file__).parent / "data"

_HELD_OUT_SOURCES = ("ud_pud", "tico19_tm", "sents_")
_NEWS_SOURCES = ("ud_pud", "sents_")
# The tokenizer sees the lexica of news vocabulary, but not the long automatic ones: they would crowd it out.
_TOKENIZED_LEXICA = ("terms_", "cldr", "mledoze_countries", "un_country_names", "tico19_terms")
_LEXICON_REPEATS = 3
_NAME_LISTS = ("dr5hn_places", "wikidata_name_tokens")
_ARABIC = re.compile(r"[\u0621-\u064a]")
_LATIN = re.compile(r"[A-Za-z]")
_MARKUP = re.compile(r"[{}<>|=\\_*#`/\[\]@]")


@dataclass(frozen=True)
class SentencePair:
    """A text in English and the same text in Arabic.

    Attributes:
        english: One side.
        arabic: The other side.
        source: Name of the file.
        weight: How often a pass shows it; in a lexicon, its share of a batch.
        taught: Whether the teacher's vector of the English side means something; not so for bare names.
    """

    english: str
    arabic: str
    source: str
    weight: float = 1.0
    taught: bool = True


@dataclass(frozen=True)
class BilingualQuestion:
    """A question and the passage that answers it, each in both languages."""

    question_en: str
    question_ar: str
    passage_en: str
    passage_ar: str
    source: str


@dataclass(frozen=True)
class ArabicQuestion:
    """An Arabic question of ARCD with its Wikipedia passage, the answer in it and the article's title."""

    question: str
    passage: str
    answer: str
    title: str


@dataclass(frozen=True)
class Search:
    """A short text and the passage it should find, in any two of the languages; weight is its share of a batch."""

    query: str
    passage: str
    source: str
    weight: float = 1.0


@dataclass(frozen=True)
class HeldOut:
    """What no weight was fitted on: one part, dev or test."""

    pairs: list[SentencePair]
    questions: list[BilingualQuestion]
    arcd: list[ArabicQuestion]

    @property
    def news(self) -> list[SentencePair]:
        """The pairs that are news or encyclopedic prose: written sentences and PUD."""
        return [pair for pair in self.pairs if pair.source.startswith(_NEWS_SOURCES)]


@dataclass(frozen=True)
class TrainingData:
    """All that the model is fitted on."""

    sentences: list[SentencePair]
    lexicon: list[SentencePair]
    searches: list[Search]
    news: list[str]

    def texts(self) -> list[str]:
        """Return what the tokenizer learns from: both sides of the pairs as often as they weigh, and the news."""
        texts = list(self.news)
        for pair in self.sentences:
            texts += [pair.english, pair.arabic] * max(1, round(pair.weight))
        for pair in self.lexicon:
            if pair.source.startswith(_TOKENIZED_LEXICA):
                texts += [pair.english, pair.arabic] * _LEXICON_REPEATS
        return texts


def load_held_out(data: Path, part: Part, benchmarks: Path | None = None) -> HeldOut:
    """Read the rows that are kept out of training.

    Args:
        data: The corpora folder (parallel/, written/, ...).
        part: `Part.DEV` or `Part.TEST`.
        benchmarks: The folder of arcd_test.tsv.gz; by default `benchmarks` beside the corpora. Where the file
            is missing, `arcd` is empty.

    Raises:
        IsnadError: The corpora folder is missing, or a row has too few columns.
    """
    _require_folder(data)
    pairs = [pair for pair in _sentence_pairs(data) if _part(pair) is part]
    questions = [q for q in written_questions(data) if part_of_passage(q.passage_en) is part]
    arcd_file = (benchmarks or data.parent / "benchmarks") / "arcd_test.tsv.gz"
    arcd = [q for q in _arcd(arcd_file) if part_of_title(q.title) is part]
    return HeldOut(pairs, questions, arcd)


def load_training_data(data: Path, benchmarks: Path | None = None) -> TrainingData:
    """Read everything that is trained on, without held-out rows and without texts that occur in them.

    Raises:
        IsnadError: The corpora folder is missing, it holds no sentence pairs, or a row has too few columns.
    """
    held_out = [load_held_out(data, part, benchmarks) for part in (Part.DEV, Part.TEST)]
    secret = leak_keys(_texts(held_out))
    sentences = [pair for pair in _sentence_pairs(data) if _part(pair) is Part.TRAIN]
    searches: list[Search] = []
    for q in written_questions(data):
        if part_of_passage(q.passage_en) is Part.TRAIN:
            sentences.append(SentencePair(q.question_en, q.question_ar, q.source, WRITTEN_WEIGHT))
            sentences.append(SentencePair(q.passage_en, q.passage_ar, q.source, WRITTEN_WEIGHT))
            searches.extend(_four_ways(q, QUESTION_WEIGHT))
    for q in _documentation_sections(data):
        searches.extend(_four_ways(q, HEADING_WEIGHT))
    secret_titles = {q.title for part in held_out for q in part.arcd}
    for question in _arcd(data / "qa" / "arcd_train.tsv.gz"):
        if question.title not in secret_titles:
            searches.append(Search(question.question, question.passage, "arcd_train", QUESTION_WEIGHT))
    for row in _rows(data / "qa" / "ant_title_body.tsv.gz", columns=3):
        searches.append(Search(row[1], row[2], "ant_title_body"))
    kept = [p for p in sentences if is_translation(p) and not {fold(p.english), fold(p.arabic)} & secret]
    if not kept:
        raise IsnadError(
            f"No sentence pairs found under {data}: expected parallel/*.tsv.gz or written/sents*.tsv with "
            "English, a tab and Arabic on each line."
        )
    searches = [s for s in searches if not {fold(s.query), fold(s.passage)} & secret]
    lexicon = [entry for entry in _lexicon(data) if entry.english and _ARABIC.search(entry.arabic)]
    return TrainingData(kept, lexicon, searches, list(_lines(data / "mono" / "ant_tunisian_news.txt.gz")))


def is_translation(pair: SentencePair) -> bool:
    """Tell prose in two languages from code, markup, leftovers in one language and wrong alignments."""
    english, arabic = pair.english, pair.arabic
    arabic_letters = len(_ARABIC.findall(arabic))
    latin_letters = len(_LATIN.findall(arabic))
    if not _LATIN.search(english) or arabic_letters <= latin_letters or _ARABIC.search(english):
        return False
    if len(_MARKUP.findall(english)) > 0.1 * len(english):
        return False
    longer, shorter = max(len(english), len(arabic)), min(len(english), len(arabic))
    return longer <= 3 * shorter + 20


def _part(pair: SentencePair) -> Part:
    return part_of_sentence(pair.english) if pair.source.startswith(_HELD_OUT_SOURCES) else Part.TRAIN


def _texts(parts: Iterable[HeldOut]) -> Iterator[str]:
    for part in parts:
        for pair in part.pairs:
            yield from (pair.english, pair.arabic)
        for q in part.questions:
            yield from (q.question_en, q.question_ar, q.passage_en, q.passage_ar)
        for a in part.arcd:
            yield from (a.question, a.passage)


def _four_ways(q: BilingualQuestion, weight: float) -> Iterator[Search]:
    for query in (q.question_en, q.question_ar):
        for passage in (q.passage_en, q.passage_ar):
            yield Search(query, passage, q.source, weight)


def _sentence_pairs(data: Path) -> Iterator[SentencePair]:
    for path in sorted((data / "parallel").glob("*.tsv.gz")):
        weight = DOCUMENTATION_WEIGHT if path.name.startswith(_DOCUMENTATION) else 1.0
        yield from _pairs(path, weight)
    for path in written_files(data, "sents"):
        yield from _pairs(path, WRITTEN_WEIGHT)


def _lexicon(data: Path) -> Iterator[SentencePair]:
    for path in sorted((data / "lexicon").glob("*.tsv.gz")):
        yield from _pairs(path, 1.0, taught=not path.name.startswith(_NAME_LISTS))
    for path in written_files(data, "terms"):
        yield from _pairs(path, WRITTEN_TERM_WEIGHT)


def _pairs(path: Path, weight: float, taught: bool = True) -> Iterator[SentencePair]:
    source = _source(path)
    seen = set()
    for row in _rows(path, columns=2):
        pair = SentencePair(row[0].strip(), row[1].strip(), source, weight, taught)
        if (key := (pair.english, pair.arabic)) not in seen:
            seen.add(key)
            yield pair


def written_questions(data: Path) -> Iterator[BilingualQuestion]:
    """Yield the question-passage rows written for this project, of all parts, in the order of the files."""
    for path in written_files(data, "qa"):
        for row in _rows(path, columns=4):
            yield BilingualQuestion(row[0], row[1], row[2], row[3], _source(path))


def written_files(data: Path, kind: str) -> list[Path]:
    """Return the files written for this project: those of the corpora, then those in ``data`` of this package."""
    return [file for folder in (data / "written", WRITTEN_HERE) for file in sorted(folder.glob(f"{kind}*.tsv"))]


def _documentation_sections(data: Path) -> Iterator[BilingualQuestion]:
    path = data / "qa" / "docs_sections_bilingual.tsv.gz"
    for row in _rows(path, columns=4):
        yield BilingualQuestion(row[0], row[1], row[2], row[3], _source(path))


def _arcd(path: Path) -> Iterator[ArabicQuestion]:
    for row in _rows(path, columns=5):
        yield ArabicQuestion(row[1], row[2], row[3], row[4])


def _source(path: Path) -> str:
    return path.name.split(".", 1)[0]


def _rows(path: Path, columns: int) -> Iterator[list[str]]:
    for number, row in enumerate(csv.reader(_lines(path), delimiter="\t", quoting=csv.QUOTE_NONE), start=1):
        if len(row) < columns:
            raise IsnadError(
                f"{path}, line {number}: {len(row)} tab-separated columns, expected at least {columns}."
            )
        yield row


def _lines(path: Path) -> Iterator[str]:
    if not path.exists():
        return
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as stream:
        for line in stream:
            if text := line.rstrip("\n"):
                yield text


def _require_folder(data: Path) -> None:
    if not data.is_dir():
        raise IsnadError(
            f"No corpora folder at {data}: expected a folder with parallel/, written/, lexicon/, qa/ and mono/. "
            "Pass its path with --data."
        )
