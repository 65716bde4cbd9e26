"""The sentences of a language model, each held against the citations it may rest on."""

from collections.abc import Sequence

from index.documents import Document
from index.embedding import bundled_embedder
from index.folding import fold
from index.language import detect_language
from index.scores import LateInteraction
from index.token_rows import TokenRows
from index.tokens import is_stopword, tokens
from qa.answer import Answer, Citation
from qa.guard.support import Problem, check
from qa.question import LANGUAGES
from qa.rephrase.claims import Claim
from qa.rephrase.rephrased import RemovedSentence, RephrasedSentence, texts

# A sentence of which a quotation says less than this has nothing to do with it, though the guard may find nothing
# to object: of translations of unseen news sentences half a percent have less, of strangers one percent has .12.
FLOOR = 0.15
# Kinds of problems that are told in the same words.
_NUMBERS = ("number", "ordinal", "fraction", "magnitude", "percent", "money", "quantity")
_TOLD_AS = {
    **dict.fromkeys(_NUMBERS, "number"),
    **dict.fromkeys(("date", "time"), "date"),
    **dict.fromkeys(("name", "country"), "name"),
}


class Attribution:
    """Which citations of an answer a language model's sentences rest on.

    Attributes:
        usable: the quotations that sentences can be held against, by their numbers: those in Arabic or English.
        kept: the sentences that citations bear out.
        removed: those that none does.
    """

    def __init__(self, answer: Answer) -> None:
        """Begin with no sentence.

        Args:
            answer: it has the citations.
        """
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
            self.removed.append(RemovedSentence(claim.text, (texts(self._language)[problem],)))
            return False
        numbers, problems = self._rests_on(claim)
        if problems:
            # That a sentence as a whole is not borne out says less than what in it is not.
            parts = [problem for problem in problems if (problem.start, problem.end) != (0, len(claim.text))]
            reasons = dict.fromkeys(self._reason(claim, problem) for problem in parts or problems)
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
        sentence may join what they say. Then the others, the best by the bundled model's scores first; and at
        last the nearest together with what else is quoted from its article, which may name what it calls "it".
        """
        found = {number: self._problems(claim, (number,)) for number in self.usable}
        named = tuple(number for number in claim.marks if number in self.usable)
        if alone := tuple(number for number in named if not found[number]):
            return alone, []
        scores = _support(claim.text, list(self.usable.values()))
        best = [number for _, number in sorted(zip(scores, self.usable, strict=True), key=lambda pair: -pair[0])]
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
        problems = check(claim.text, evidence, self._language, self._article(numbers[0]).language)
        if not problems and _support(claim.text, [evidence])[0] < FLOOR:
            return [Problem("unsupported", 0, len(claim.text))]
        return problems

    def _reason(self, claim: Claim, problem: Problem) -> str:
        said = texts(self._language)
        text = said.get(f"removed_{_TOLD_AS.get(problem.kind, problem.kind)}", said["removed_unsupported"])
        return text.format(words=claim.text[problem.start : problem.end])


def _support(claim: str, quotes: Sequence[str]) -> list[float]:
    """Return how much of a claim each quotation says, from 0 to 1: M of ``index.scores``, asked with the claim."""
    model = bundled_embedder()
    claimed, *said = model.tokenize([claim, *quotes])
    scores: list[float] = LateInteraction(claimed, model).scores(TokenRows.of(said)).tolist()
    return scores
