"""An answer put into a language model's words, each sentence of which is held against the quotations."""

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from functools import cache
from importlib.resources import files
from typing import cast

from index.documents import Document
from index.folding import fold
from index.language import detect_language
from index.tokens import is_stopword, tokens
from qa.answer import Answer, Citation
from qa.claims import Claim, ClaimReader
from qa.guard import Problem, check
from qa.language_model import LanguageModel, NoReplyError
from qa.prompt import messages
from qa.question import LANGUAGES
from qa.rephrased import RemovedSentence, Rephrased, RephrasedSentence
from qa.word_support import word_support

# Kinds of problems that are told in the same words.
_NUMBERS = ("number", "ordinal", "fraction", "magnitude", "percent", "money", "quantity")
_TOLD_AS = {
    **dict.fromkeys(_NUMBERS, "number"),
    **dict.fromkeys(("date", "time"), "date"),
    **dict.fromkeys(("name", "country"), "name"),
}
_HINTS = {401: "status_key", 403: "status_key", 404: "status_place", 429: "status_busy"}


def rephrase(answer: Answer, model: LanguageModel) -> Answer:
    """Return an answer with what a language model makes of its quotations.

    Args:
        answer: what the archive says; a refusal is returned as it is, and nothing of it is sent.
        model: see ``LanguageModel.from_environment``.

    Returns:
        The answer, its quotations untouched, and in ``rephrased`` the sentences of the model that they bear out;
        or none and why, if there is no reply in time, or nothing in it holds.
    """
    last = answer
    for last in rephrase_stream(answer, model):  # noqa: B007  (the others are for those who watch)
        pass
    return last


def rephrase_stream(answer: Answer, model: LanguageModel) -> Iterator[Answer]:
    """Yield an answer each time the language model has written another sentence that holds, and at the end.

    Only the last one tells the outcome: where the reply breaks off, what was shown of it is taken back.

    Args:
        answer: see ``rephrase``; for a refusal nothing is yielded.
        model: likewise.
    """
    if not answer.found:
        return
    started = time.perf_counter()
    judge = _Judge(answer)
    language = answer.question.language

    def so_far(problem: str | None = None, status: int | None = None) -> Answer:
        note = None
        if problem:
            seconds = f"{model.timeout:g}"
            why = _texts(language)[problem].format(url=model.url, seconds=seconds, status=status)
            note = _texts(language)["stands"].format(why=why)
        seconds_taken = time.perf_counter() - started
        kept = () if problem else tuple(judge.kept)
        return replace(answer, rephrased=Rephrased(kept, tuple(judge.removed), note, model.name, seconds_taken))

    if not judge.usable:
        yield so_far("unguarded")
        return
    reader = ClaimReader(language)
    try:
        with closing(model.stream(messages(answer.question, judge.usable))) as pieces:
            for piece in pieces:
                for claim in reader.feed(piece):
                    if judge.takes(claim):
                        yield so_far()
    except NoReplyError as error:
        problem = _HINTS.get(error.status or 0, error.reason)
        yield so_far(problem, error.status)
        return
    for claim in reader.end():
        judge.takes(claim)
    yield so_far(None if judge.kept else "none_left" if judge.removed else "empty")


class _Judge:
    """Finds out which citations a language model's sentences rest on, and keeps those that they bear out."""

    def __init__(self, answer: Answer) -> None:
        self._citations: Sequence[Citation] = answer.citations
        self._language = answer.question.language
        self._said: set[str] = set()
        self.kept: list[RephrasedSentence] = []
        self.removed: list[RemovedSentence] = []
        self.usable = {
            number: citation.quote
            for number, citation in enumerate(answer.citations, 1)
            if citation.document.language in LANGUAGES
        }

    def takes(self, claim: Claim) -> bool:
        """Keep or remove a sentence, and return whether it was kept."""
        problem = self._refused(claim)
        if problem:
            self.removed.append(RemovedSentence(claim.text, (_texts(self._language)[problem],)))
            return False
        numbers, problems = self._rests_on(claim)
        if problems:
            reasons = dict.fromkeys(self._reason(claim, problem) for problem in problems)
            self.removed.append(RemovedSentence(claim.text, tuple(reasons)))
            return False
        self.kept.append(RephrasedSentence(claim.text, numbers))
        return True

    def _refused(self, claim: Claim) -> str | None:
        """Key of the reason why a sentence is not even held against the citations."""
        said = fold(claim.text)
        if said in self._said:
            return "removed_repeated"
        self._said.add(said)
        if all(is_stopword(token.text) for token in tokens(claim.text)):
            return "removed_contents"
        spoken = detect_language(claim.text)
        return "removed_language" if spoken in LANGUAGES and spoken != self._language else None

    def _rests_on(self, claim: Claim) -> tuple[tuple[int, ...], list[Problem]]:
        """Return the citations that bear a sentence out, or the problems with the one that is nearest to it.

        Those it names come first: each that bears it out by itself, else all of a language together, for a
        sentence may join what they say. Then the others, the best by the bundled model's scores first; and at last the nearest
        together with what else is quoted from its article, which may name what the nearest calls "it".
        """
        found = {number: self._problems(claim, (number,)) for number in self.usable}
        named = tuple(number for number in claim.marks if number in self.usable)
        if alone := tuple(number for number in named if not found[number]):
            return alone, []
        best = sorted(self.usable, key=lambda number: -_support(claim.text, self.usable[number]))
        nearest = (named or best)[0]
        together = [tuple(n for n in named if self._article(n).language == language) for language in LANGUAGES]
        same_article = tuple(n for n in self.usable if self._article(n) == self._article(nearest))
        for numbers in (*together, *((number,) for number in best), same_article):
            if numbers and not self._problems(claim, numbers):
                return numbers, []
        return (), found[nearest]

    def _article(self, number: int) -> Document:
        return self._citations[number - 1].document

    def _problems(self, claim: Claim, numbers: Sequence[int]) -> list[Problem]:
        """Hold a sentence against citations of one language."""
        evidence = "\n".join(self.usable[number] for number in numbers)
        return check(claim.text, evidence, self._language, self._article(numbers[0]).language)

    def _reason(self, claim: Claim, problem: Problem) -> str:
        texts = _texts(self._language)
        text = texts.get(f"removed_{_TOLD_AS.get(problem.kind, problem.kind)}", texts["removed_unsupported"])
        return text.format(words=claim.text[problem.start : problem.end])


def _support(claim: str, quote: str) -> float:
    """Return how much of a claim a quotation says, from 0 to 1: its words by their weights."""
    words = word_support(claim, quote)
    return sum(word.score * word.weight for word in words) / max(sum(word.weight for word in words), 1e-9)


@cache
def _all_texts() -> Mapping[str, Mapping[str, str]]:
    file = files("qa") / "data" / "rephrasing.json"
    return cast(Mapping[str, Mapping[str, str]], json.loads(file.read_text(encoding="utf-8")))


def _texts(language: str) -> Mapping[str, str]:
    return _all_texts()[language]
