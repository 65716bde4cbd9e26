"""What a language model is told: instructions, the question and the numbered sentences it may use."""

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from index.errors import IsnadError
from qa.question import Question
from qa.rephrase.language_model import Message

_PARTS = "---"
_MARK = re.compile(r"\[\s*(\d+)\s*\]")
_FIELD = re.compile(r"\{(\w+)\}")
# Joiners shape letters; the other format characters can hide text from a reader, or turn it round.
_JOINERS = "\u200c\u200d"


def messages(question: Question, sentences: Mapping[int, str]) -> list[Message]:
    """Return the messages that ask for an answer made of some sentences.

    The sentences are not to be trusted, as an article can say what it likes. Each is laid on one line, without
    characters that are not seen, and its own "[2]" becomes "(2)", so that it cannot pass for another one; and they
    stand between marks made from a hash of them all, which none of them can hold.

    Args:
        question: what is asked; its language is that of the instructions.
        sentences: by their numbers.
    """
    lines = [f"[{number}] {_one_line(sentence)}" for number, sentence in sentences.items()]
    asked = _one_line(question.text)
    mark = hashlib.sha256("\n".join([*lines, asked]).encode()).hexdigest()[:16]
    values = {"mark": mark, "sentences": "\n".join(lines), "question": asked}
    instructions, request = (
        _FIELD.sub(lambda field: values[field[1]], part) for part in _template(question.language)
    )
    return [{"role": "system", "content": instructions}, {"role": "user", "content": request}]


def _one_line(text: str) -> str:
    seen = "".join(" " if unicodedata.category(c) in ("Cc", "Zl", "Zp") else c for c in text if not _hidden(c))
    return _MARK.sub(r"(\1)", " ".join(seen.split()))


def _hidden(character: str) -> bool:
    return unicodedata.category(character) in ("Cf", "Co", "Cs", "Cn") and character not in _JOINERS


@cache
def _template(language: str) -> tuple[str, str]:
    file = files("qa") / "data" / f"prompt.{language}.txt"
    lines = [line for line in file.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    fields = set(_FIELD.findall("\n".join(lines)))
    if lines.count(_PARTS) != 1 or fields != {"mark", "sentences", "question"}:
        raise IsnadError(
            f"{file}: expected one line {_PARTS} and the fields {{mark}}, {{sentences}} and {{question}}, found "
            f"{lines.count(_PARTS)} and {', '.join(sorted(fields)) or 'none'}"
        )
    cut = lines.index(_PARTS)
    return "\n".join(lines[:cut]).strip(), "\n".join(lines[cut + 1 :]).strip()
