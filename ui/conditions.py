"""What an answer was limited to, in words."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from index.filters import Filter
from ui.texts import LANGUAGES, texts

if TYPE_CHECKING:  # importing it takes longer than printing `isnad --help` may
    from qa.period import Period


def _same(text: str) -> str:
    return text


@dataclass(frozen=True)
class Condition:
    """One thing that an answer was limited to.

    Attributes:
        key: of the text (see ``ui.texts``) that says so; "period" and "dropped" are times that the question names.
        names: of outlets, languages or articles.
        first: ISO date of the first day, "" for none.
        last: ISO date of the last day, "" for none.
        words: of the question that name the time.
    """

    key: str
    names: tuple[str, ...] = ()
    first: str = ""
    last: str = ""
    words: str = ""

    def phrase(
        self, language: str, box: Callable[[str], str] = _same, escape: Callable[[str], str] = _same
    ) -> str:
        """Return the condition in words.

        Args:
            language: to say it in.
            box: makes of a text that others wrote, or a date, what can stand in a sentence.
            escape: the same for a text of ours.
        """
        said = texts(language)
        if self.first and self.last:
            span = "on" if self.first == self.last else "between"
        else:
            span = "from" if self.first else "up_to"
        days = escape(said[span]).format(first=box(self.first), last=box(self.last))
        names = ("، " if language == "ar" else ", ").join(map(box, self.names))
        return escape(said[self.key]).format(days=days, names=names, words=box(self.words))


def conditions(
    question: str, where: Filter, period: "Period | None" = None, dropped: "Period | None" = None
) -> Iterator[Condition]:
    """Yield what an answer was limited to.

    Args:
        question: as asked.
        where: the filter applied.
        period: the time named in the question that is part of it.
        dropped: the time named in the question that is not, since nothing was found in it.
    """
    for key, time in (("period", period), ("dropped", dropped)):
        if time:
            words = question[time.start : time.end]
            yield Condition(key, first=time.first or "", last=time.last or "", words=words)
    if not period and (where.first or where.last):
        yield Condition("dates", first=where.first or "", last=where.last or "")
    if where.sources:
        yield Condition("in_outlets", where.sources)
    if where.languages:
        named = (texts(code)["name"] if code in LANGUAGES else code for code in where.languages)
        yield Condition("in_languages", tuple(named))
    if where.documents:
        yield Condition("in_documents", where.documents)
