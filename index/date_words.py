"""The words of dates in a language, read from ``index/data/dates.LANGUAGE.txt``."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from typing import Self

from index.data import rows
from index.folding import fold

LANGUAGES = ("ar", "en")
_HEAD = re.compile(r"([a-z ]+?)(?: (-?\d+|day|week|month|year))?")
_VALUED = frozenset(
    {"month", "short month", "hijri", "weekday", "short weekday", "ordinal", "relative", "number", "decade"}
    | {"unit", "dual", "several", "named"}
)
_PLAIN = frozenset(
    {"prefix", "day suffix", "of", "order", "year word", "month word", "era", "hijri era", "year after", "to"}
    | {
        "month after",
        "and",
        "counted",
        "never",
        "event",
        "the",
        "every",
        "general",
        "opening",
        "article",
        "day word",
        "equals",
    }
    | {"ago", "ago before", "century", "last before", "next before", "this before"}
    | {"last after", "next after", "this after"}
)
_NOTHING = r"(?!)"


@dataclass
class DateWords:
    """The words of one language, folded.

    Attributes:
        values: For each kind, such as "month", its forms and what each stands for, "3" or "week"; "" for kinds
            without values.
        ambiguous: The forms that also mean something else.
    """

    values: dict[str, dict[str, str]] = field(default_factory=dict)
    ambiguous: set[str] = field(default_factory=set)

    @classmethod
    def parse(cls, lines: Iterable[str]) -> Self:
        """Read the lines of a data file; the comments in it describe the format.

        Raises:
            ValueError: A line is malformed or of an unknown kind.
        """
        words = cls()
        for line in lines:
            head, colon, forms = line.partition(":")
            match = _HEAD.fullmatch(head)
            kind, value = (match[1], match[2] or "") if match else ("", "")
            if match and kind not in _VALUED and head in _PLAIN:
                kind, value = head, ""
            if not colon or not forms.strip() or kind not in (_VALUED if value else _PLAIN):
                raise ValueError(f"expected a known kind, a colon and words with | between them, found {line!r}")
            for form in forms.split("|"):
                folded = " ".join(fold(form.strip().removesuffix("?")).split())
                if form.strip().endswith("?"):
                    words.ambiguous.add(folded)
                of_kind = words.values.setdefault(kind, {})
                of_kind[folded] = value
                if "prefix" in words.values and folded.startswith("ال"):
                    of_kind.setdefault("لل" + folded[2:], value)  # how ل and the article are written together
        return words

    def find(self, kind: str, found: str) -> str:
        """Return what a form of a kind stands for, whatever the white space in it."""
        return self.values[kind][" ".join(found.split())]

    def kind(self, found: str, *kinds: str) -> str:
        """Return the first of some kinds that a form belongs to."""
        form = " ".join(found.split())
        return next(kind for kind in kinds if form in self.values.get(kind, ()))

    def any(self, *kinds: str) -> str:
        """Return a regular expression, without groups, for all forms of some kinds, the longest first."""
        forms = {form for kind in kinds for form in self.values.get(kind, ())}
        longest_first = sorted(forms, key=lambda form: (-len(form), form))
        patterns = (r"\s+".join(map(re.escape, form.split())) for form in longest_first)
        return f"(?:{'|'.join(patterns)})" if forms else _NOTHING


@cache
def date_words(language: str) -> DateWords:
    """Read the words of a language; those of English serve the languages that have none."""
    return DateWords.parse(rows(f"dates.{language if language in LANGUAGES else 'en'}.txt"))
