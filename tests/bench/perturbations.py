"""False versions of true sentences, each with one fact changed: what the claim guard has to find.

The facts are found here by lists and patterns of this file and by the bilingual name list of the corpora, not by
`qa.mentions.mention`, so that what the guard overlooks is counted.
"""

import csv
import gzip
import itertools
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from index.training.corpora import SentencePair


@dataclass(frozen=True)
class Perturbed:
    """A sentence with a fact changed: ``text[start:end]`` is what is false now."""

    kind: str
    text: str
    start: int
    end: int


_PERCENT = r"(?=\s?(?:%|٪|percent|per cent|في المئة|في المائة|بالمئة|بالمائة))"
_AUXILIARY = re.compile(
    r"\b(is|are|was|were|has|have|had|will|would|can|could|should|may|might|must)\b(?! (?:not|no|never)\b)(?!n't)"
)
_BEFORE_PARTICIPLES = frozenset({"was", "were", "is", "are", "be", "been", "has", "have", "had", "not"})
_NEGATIONS = {"en": r"\b(not|never)\b ", "ar": r"(?<!\w)(و?)(?:لم|لن|لا|ليس|ليست) (?!يزال|تزال|سيما|يقل|تقل|بد )"}
_COMPOUND = re.compile(r"\d[\d.,٫٬]*")


class Perturber:
    """Changes one fact of a sentence.

    Args:
        data: The corpora folder.
        seed: Of the random choices.
    """

    def __init__(self, data: Path, seed: int = 0) -> None:
        self._random = random.Random(seed)
        self._names = {"en": _name_list(data, 0), "ar": _name_list(data, 1)}
        self._countries = {"en": _country_list(data, 0), "ar": _country_list(data, 1)}

    def of(self, pair: SentencePair, language: str) -> Iterator[Perturbed]:
        """Give the false versions of one side of a pair, at most two of a kind."""
        text = pair.english if language == "en" else pair.arabic
        kinds: dict[str, Callable[[str, str], list[Perturbed]]] = {
            "number": self._number, "scale": self._lists("scale"), "percent": self._percent,
            "date": self._date, "unit": self._unit, "currency": self._lists("currency"),
            "country": self._country, "name": self._name, "negation added": self._negated,
            "negation dropped": self._affirmed, "quotation": self._quoted, "swap": self._swapped,
        }  # fmt: skip
        for make in kinds.values():
            found = make(text, language)
            yield from self._random.sample(found, min(2, len(found)))

    def _changed(self, kind: str, text: str, start: int, end: int, new: str) -> Perturbed:
        return Perturbed(kind, text[:start] + new + text[end:], start, start + len(new))

    def _digit(self, kind: str, text: str, match: re.Match[str]) -> Perturbed:
        places = [at for at in range(*match.span()) if text[at].isdigit()]
        at = self._random.choice(places)
        zero = ord("٠") if text[at] >= "٠" else ord("0")
        digits = [chr(zero + d) for d in range(1, 10) if chr(zero + d) != text[at]]
        found = self._changed(kind, text, at, at + 1, self._random.choice(digits))
        return Perturbed(kind, found.text, match.start(), match.end())

    def _lists(self, kind: str) -> Callable[[str, str], list[Perturbed]]:
        return lambda text, language: self._listed(kind, text, word_lists(kind, language), language)

    def _listed(self, kind: str, text: str, lists: list[list[str]], language: str) -> list[Perturbed]:
        found = []
        prefix = "و?[بل]?" if language == "ar" else ""
        for words in lists:
            forms = "|".join(map(re.escape, sorted(words, key=len, reverse=True)))
            ends = ("", "") if words[0] == "$" else (rf"(?<!\w){prefix}", r"(?![\w\u064b-\u0652])")
            for match in re.finditer(f"{ends[0]}({forms}){ends[1]}", text):
                new = self._random.choice([word for word in words if word != match[1]])
                found.append(self._changed(kind, text, match.start(1), match.end(1), new))
        return found

    def _number(self, text: str, language: str) -> list[Perturbed]:
        found = [
            self._digit("number", text, match)
            for match in _COMPOUND.finditer(text)
            if not re.fullmatch(r"[12]\d{3}", match[0]) and not re.match(_PERCENT, text[match.end() :])
        ]
        return found + self._listed("number", text, word_lists("number", language), language)

    def _percent(self, text: str, language: str) -> list[Perturbed]:
        return [self._digit("percent", text, match) for match in re.finditer(r"\d[\d.,٫]*" + _PERCENT, text)]

    def _date(self, text: str, language: str) -> list[Perturbed]:
        found = []
        for match in re.finditer(r"(?<![\d.,])(?:1\d{3}|20\d\d)(?![\d]|[.,]\d)", text):
            new = str(int(match[0]) + self._random.choice([-20, -7, -3, -1, 1, 2, 5, 10]))
            found.append(self._changed("date", text, *match.span(), new))
        return found + self._listed("date", text, word_lists("date", language), language)

    def _unit(self, text: str, language: str) -> list[Perturbed]:
        found = self._listed("unit", text, word_lists("unit", language), language)
        numbers = {word for words in word_lists("number", language) for word in words} | {"عشر", "ألف"}
        kept = []
        for one in found:
            before = re.search(r"(\S+)[\s-]$", text[: one.start])
            dual = one.text[one.start : one.end].endswith("ين") and language == "ar"
            word = before[1].lstrip("وبل") if before and language == "ar" else before[1] if before else ""
            if dual or (before and (word[-1:].isdigit() or word.lower() in numbers)):
                kept.append(one)
        return kept

    def _country(self, text: str, language: str) -> list[Perturbed]:
        return self._listed(
            "country", text, [self._countries[language], *word_lists("country", language)], language
        )

    def _name(self, text: str, language: str) -> list[Perturbed]:
        found = []
        names = self._names[language]
        words = [
            (match[0], match.start())
            for match in re.finditer(r"\w(?:[\w'’.-]|[\u064b-\u0652\u0670])*(?<![.'’-])", text)
        ]
        for at, (_, start) in enumerate(words):
            for size in (4, 3, 2, 1):
                if at + size > len(words):
                    continue
                end = words[at + size - 1][1] + len(words[at + size - 1][0])
                name = text[start:end]
                if name in names:
                    new = self._random.choice(names[name])
                    found.append(self._changed("name", text, start, end, new))
                    break
        return found

    def _negated(self, text: str, language: str) -> list[Perturbed]:
        if language == "en":
            found = [
                self._changed("negation added", text, match.start(), match.end(), f"{match[0]} not")
                for match in _AUXILIARY.finditer(text)
            ]
            for verb, denied in (pair.split("=") for pair in word_lists("verb", "en")[0]):
                for match in re.finditer(rf"(?<!\w){verb}(?!\w)", text):
                    before = text[: match.start()].split()[-1:]
                    if before and before[0].lower() not in _BEFORE_PARTICIPLES:
                        found.append(self._changed("negation added", text, *match.span(), denied))
            return found
        verbs = "|".join(word_lists("verb", "ar")[0])
        return [
            self._changed(
                "negation added",
                text,
                match.start(1),
                match.end(1),
                f"{self._random.choice(['لم', 'لا', 'لن'])} {match[1]}",
            )
            for match in re.finditer(
                rf"(?:^|(?<= )|(?<= و))({verbs}|(?:سي|ست)\w{{3,}}|(?<=أن )[يت]\w{{3,}})(?!\w)", text
            )
            if not re.search(r"(?:لم|لا|لن|ليس|غير|ما) $", text[: match.start(1)])
        ]

    def _affirmed(self, text: str, language: str) -> list[Perturbed]:
        return [
            self._changed(
                "negation dropped", text, match.start(), match.end(), (match[1] if language == "ar" else "")
            )
            for match in re.finditer(_NEGATIONS[language], text)
            if not text[match.end() :].startswith("only")
        ]

    def _quoted(self, text: str, language: str) -> list[Perturbed]:
        found = []
        for match in re.finditer(r"[\"“«]([^\"”»]+)[\"”»]", text):
            words = list(re.finditer(r"\w{3,}", match[1]))
            if len(words) > 1:
                word = self._random.choice(words)
                start = match.start(1) + word.start()
                new = "indeed" if language == "en" else "حقا"
                found.append(self._changed("quotation", text, start, start + len(word[0]), new))
        return found

    def _swapped(self, text: str, language: str) -> list[Perturbed]:
        """Exchange two numbers, or two names of the bilingual list."""
        figures = [match.span() for match in _COMPOUND.finditer(text)]
        names = self._names[language]
        named = [match.span() for match in re.finditer(r"\w+(?: \w+)?", text) if match[0] in names]
        found = []
        for spans in (figures, named):
            for (first, end), (second, last) in itertools.combinations(spans, 2):
                one, other = text[first:end], text[second:last]
                if one != other:
                    new = text[:first] + other + text[end:second] + one + text[last:]
                    found.append(Perturbed("swap", new, first, last))
        return found


@cache
def word_lists(kind: str, language: str) -> list[list[str]]:
    """Return the lists of ``tests/data/perturbations.tsv`` of a kind."""
    lines = (Path(__file__).parent.parent / "data" / "perturbations.tsv").read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines if not line.startswith("#")]
    return [words.split(" | ") for of, what, words in rows if (of, what) == (kind, language)]


def _name_list(data: Path, column: int) -> dict[str, list[str]]:
    """Return for each name of the bilingual list others of as many words."""
    with (data / "written" / "terms_names.tsv").open(encoding="utf-8") as file:
        rows = [row for row in csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE) if len(row) >= 2]
    dates = {word for words in word_lists("date", "en") + word_lists("date", "ar") for word in words}
    rows = [row for row in rows if row[0][:1].isupper() and not re.search(r"\d|/", row[0]) and row[0] not in dates]
    sizes: dict[int, list[str]] = {}
    meanings: dict[str, set[str]] = {}
    for row in rows:
        sizes.setdefault(len(row[column].split()), []).append(row[column])
        meanings.setdefault(row[column], set()).add(row[1 - column])
    return {
        name: others
        for name in meanings
        if (others := [o for o in sizes[len(name.split())] if not meanings[o] & meanings[name] and len(o) > 2])
    }


def _country_list(data: Path, column: int) -> list[str]:
    with gzip.open(data / "lexicon" / "mledoze_countries.tsv.gz", "rt", encoding="utf-8") as file:
        rows = [line.rstrip("\n").split("\t") for line in file]
    names = {row[column] for row in rows if len(row[column].split()) <= 2}
    return sorted(names - {"Georgia", "Jordan", "Chad", "قطر", "مالي", "عمان", "بنين", "عُمان", "بوسنة", "تشاد"})
