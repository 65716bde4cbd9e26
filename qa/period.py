"""The time that a question limits the articles to: "in March 2021", «الأسبوع الماضي»."""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files

from index.date_grammar import date_grammar
from index.date_words import date_words
from index.dates import DateMention, find_dates
from index.filters import Filter
from index.folding import fold, fold_with_offsets

_DAY = timedelta(1)
_HALF_A_YEAR = timedelta(182)
_LEAD = 80  # how many characters before a date are looked at


@dataclass(frozen=True)
class Period:
    """A time of publication that a question names.

    Attributes:
        first: ISO date from which articles are wanted, None for all up to `last`.
        last: ISO date up to which, that day included, None for all from `first` on.
        start: offset in the question of the words that say so.
        end: offset after them.
    """

    first: str | None
    last: str | None
    start: int
    end: int

    @property
    def where(self) -> Filter:
        """The period as a filter."""
        return Filter(first=self.first, last=self.last)


def find_period(text: str, language: str, today: date) -> Period | None:
    """Find the time that a question limits the articles to.

    A date in a question can also belong to what is asked about ("the 2014 World Cup", "the treaty of 1998"), and
    a limit on the articles would then hide the answer. So only these count: a date relative to today ("last
    week"), and one after a word such as in, since or between that does not follow an event; only if there is one
    such time in the question, it has begun, and the question does not ask for a date. A single day brings the
    next one with it, since papers tell of the day before.

    Args:
        text: the question.
        language: "ar" or "en".
        today: what relative dates are resolved against. A day or month without a year is the last such.

    Returns:
        The period, or None.
    """
    mentions = _mentions(text, language, today)
    patterns = _patterns(language)
    folded, offsets = fold_with_offsets(text)
    if len(mentions) not in (1, 2) or mentions[0].first > today or patterns["asks"].search(folded):
        return None
    spans = [(bisect_left(offsets, found.start), bisect_left(offsets, found.end)) for found in mentions]
    start, end = mentions[0].start, mentions[-1].end
    first, last = mentions[0].first, mentions[-1].last
    before, after = folded[: spans[0][0]][-_LEAD:], folded[spans[-1][1] :]
    lead = patterns["lead"].search(before)
    kind = lead.lastgroup if lead else None
    if len(mentions) == 2:
        joined = patterns["and"].fullmatch(folded[spans[0][1] : spans[1][0]])
        if kind != "between" or not joined or last < first:
            return None
    elif kind == "between" and not (first.year < last.year or _is_range(folded[slice(*spans[0])])):
        return None  # "between 2019 and 2020" is one date of two years; "from 2019" is the year of something
    if not mentions[0].relative and (patterns["named"].search(before) or patterns["event"].match(after)):
        return None
    if lead is None or kind is None:
        vague = not mentions[0].certain and date_grammar(language).month.search(folded[slice(*spans[0])])
        if not mentions[0].relative or vague or patterns["of"].search(before):
            return None
        kind = "since" if patterns["since"].match(folded, spans[0][0]) else "within"  # منذ أسبوعين
    else:
        start = offsets[spans[0][0] - len(before) + lead.start(kind)]
    if kind == "within" and first == last:
        last = max(last, min(last + _DAY, today))
    if kind == "before":
        return Period(None, (first - _DAY).isoformat(), start, end)
    return Period(
        None if kind == "until" else first.isoformat(), None if kind == "since" else last.isoformat(), start, end
    )


def _mentions(text: str, language: str, today: date) -> list[DateMention]:
    """Find the dates of a question, those without a year in the twelve months up to today."""
    past = {(found.start, found.end): found for found in find_dates(text, language, today - _HALF_A_YEAR)}
    found = find_dates(text, language, today)
    return [
        past.get((mention.start, mention.end), mention)
        if mention.relative and not mention.certain and mention.first > today
        else mention
        for mention in found
    ]


def _is_range(text: str) -> bool:
    return len(re.findall(r"\d{4}|[^\W\d]{3,}", text)) > 1


@cache
def _words() -> Mapping[tuple[str, str], list[str]]:
    """Read ``data/periods.txt``: the folded words of each kind and language."""
    lines = (files("qa") / "data" / "periods.txt").read_text(encoding="utf-8").splitlines()
    words: dict[tuple[str, str], list[str]] = defaultdict(list)
    for line in lines:
        if line.strip() and not line.startswith("#"):
            head, _, forms = line.partition(":")
            kind, language = head.split()
            words[kind, language] += [fold(form).strip() for form in forms.split("|")]
    return words


@cache
def _patterns(language: str) -> Mapping[str, re.Pattern[str]]:
    def any_of(kind: str) -> str:
        forms = sorted(_words()[kind, language], key=lambda form: (-len(form), form))
        return "|".join(r"\s+".join(map(re.escape, form.split())) for form in forms)

    dates = date_words(language)
    prefix = f"{dates.any('prefix')}?" if language == "ar" else ""
    kinds = ("within", "since", "until", "before", "between")
    either = rf"(?:{'|'.join(map(any_of, kinds))})\s+"
    leads = "|".join(rf"(?P<{kind}>{any_of(kind)})" for kind in kinds)
    filler = rf"(?:{prefix}(?:{any_of('filler')})\s+)*{prefix}"
    return {
        "lead": re.compile(rf"(?<!\w)[وف]?(?:{leads})(?:\s+|-){filler}$"),
        "and": re.compile(rf"\s*(?:,\s*)?(?:{any_of('and')})\s*{filler}|\s*[-–—]\s*"),
        "asks": re.compile(rf"(?<!\w){prefix}(?:{any_of('asks')})(?!\w)"),
        "since": re.compile(rf"(?:{any_of('since')})\s"),
        "of": re.compile(rf"(?<!\w)(?:{dates.any('of', 'event')})\s+$"),
        # "in the 2014 World Cup" and "the war in 2006" name an event
        "named": re.compile(rf"(?<!\w){dates.any('the')}\s+$|(?<!\w){dates.any('event')}\s+(?:{either}){filler}$"),
        "event": re.compile(rf"\s+{dates.any('event')}(?!\w)"),
    }
