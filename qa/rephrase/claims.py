"""A language model's reply, as it comes in, to sentences and the marks that say what they rest on."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from index.sentences import sentence_spans

_MARK = r"[\[【]\s*\d{1,3}(?:\s*[,،;]\s*\d{1,3})*\s*[\]】]"
_MARKS = re.compile(rf"\s*{_MARK}(?:\s*{_MARK})*")
_NUMBER = re.compile(r"\d+")
_STOP = r"[.!?؟…]"
_CLOSING = r"[\"'”’»)]"
# Where a sentence is over, whatever follows: at the end of a line, and at marks with a full stop before or after
# them. Behind marks another character must have come, for more marks or the full stop may be on their way.
_OVER = re.compile(
    rf"\n|(?:(?<={_STOP})|(?<={_CLOSING})){_MARKS.pattern}(?=\s*[^\s\[【.!?؟…\"'”’»)])"
    rf"|{_MARKS.pattern}\s*{_STOP}+{_CLOSING}*(?=\s*[^\s\[【.!?؟…\"'”’»)])"
)
_BULLET = re.compile(r"\s*(?:[-*•–]\s+|#+\s+|\d{1,2}[.)]\s+(?=\D))+")
_STOPS_TWICE = re.compile(rf"({_STOP}{_CLOSING}*)\s*{_STOP}+\s*$")
_THOUGHT = ("<think>", "</think>")  # what some models write first to themselves


@dataclass(frozen=True)
class Claim:
    """A sentence that a language model has written.

    Attributes:
        text: the sentence, without its marks.
        marks: the numbers in them, each once, in the order written.
    """

    text: str
    marks: tuple[int, ...]


class ClaimReader:
    """Cuts a reply into claims as soon as they are complete; how it comes in pieces makes no difference."""

    def __init__(self, language: str) -> None:
        """Begin a reply.

        Args:
            language: it is expected in, "ar" or "en".
        """
        self._language = language
        self._text = ""
        self._begun = False

    def feed(self, piece: str) -> Iterator[Claim]:
        """Take a piece of the reply, and yield the claims that are complete with it."""
        self._text += piece
        self._skip_thought()
        while self._begun and (over := _OVER.search(self._text)):
            complete, self._text = self._text[: over.end()], self._text[over.end() :]
            yield from _claims(complete, self._language)

    def end(self) -> Iterator[Claim]:
        """Yield the claims that were left when the reply ended."""
        rest, self._text = self._text, ""
        if self._begun or not rest.lstrip().startswith(_THOUGHT[0]):
            yield from _claims(rest, self._language)

    def _skip_thought(self) -> None:
        """Drop what the model first wrote to itself; nothing begins before it is over."""
        if self._begun:
            return
        opening, closing = _THOUGHT
        begun = self._text.lstrip()
        if begun.startswith(opening):
            _, over, self._text = begun.partition(closing)
            self._begun = bool(over)
            self._text = self._text if over else begun
        else:
            self._begun = not opening.startswith(begun)


def _claims(text: str, language: str) -> Iterator[Claim]:
    # Half of a surrogate pair, which JSON can carry, is no character.
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    text = unicodedata.normalize("NFC", _BULLET.sub("", text, 1).replace("**", ""))
    # Marks written close to the full stop before them stay with its sentence.
    text = _MARKS.sub(lambda marks: "".join(f"[{number}]" for number in _numbers(marks[0])), text)
    for start, end in sentence_spans(text, language):
        sentence = text[start:end]
        marks = dict.fromkeys(number for found in _MARKS.findall(sentence) for number in _numbers(found))
        bare = _STOPS_TWICE.sub(r"\1", " ".join(_MARKS.sub("", sentence).split()))
        if any(map(str.isalnum, bare)):
            yield Claim(bare, tuple(marks))


def _numbers(marks: str) -> list[int]:
    return [int(number) for number in _NUMBER.findall(marks)]
