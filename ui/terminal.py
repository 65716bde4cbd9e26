"""What the command line prints: plain text a terminal cannot be fooled by, and JSON."""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

import typer

from ui.conditions import Condition, conditions
from ui.texts import texts

if TYPE_CHECKING:  # importing them takes longer than printing `isnad --help` may
    from index.changes import Changes
    from index.documents import Document
    from index.story import Story
    from qa import Answer, Citation
    from qa.rephrase.rephrased import Rephrased
    from qa.short.short_answer import ShortAnswer

# Control characters move a terminal's cursor, recolour it or answer in the user's name; explicit directional
# ones (of Unicode's bidirectional algorithm) make a text read as another. The marks LRM and RLM are harmless.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_DIRECTIONAL = re.compile(r"[\u202a-\u202e\u2066-\u2069]")
_UNSAFE_IN_JSON = re.compile(r"[\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def safe(text: str) -> str:
    """Return a text with control characters made visible and directional overrides left out."""
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", _DIRECTIONAL.sub("", text))


def as_json(value: object) -> str:
    """Return a value as readable JSON, in which characters a terminal could act on are escaped."""
    text = json.dumps(value, ensure_ascii=False, indent=2)
    return _UNSAFE_IN_JSON.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def answer_lines(answer: "Answer") -> Iterator[str]:
    """Yield an answer line by line: its sentences, then their sources; or why there is none."""
    limits = conditions(answer.answered, answer.where, answer.period, answer.dropped)
    if answer.understood:
        told = texts(answer.question.language)["understood"].format(question=one_line(answer.understood))
        yield typer.style(told, dim=True)
    if not answer.found:
        yield typer.style(safe(answer.reason or ""), fg=typer.colors.YELLOW)
        yield from limits_lines(limits, answer.question.language)
        if answer.nearest:
            yield ""
            yield typer.style("Nearest (not an answer):", dim=True)
        for citation in answer.nearest:
            yield f"  - {one_line(citation.quote)}"
            yield _place(citation.document, citation.start, citation.end)
        return
    if answer.short:
        yield typer.style(_short(answer.short, answer.question.language), bold=True)
    if answer.rephrased:
        yield from _rephrased_lines(answer.rephrased, answer.question.language)
    for number, citation in enumerate(answer.citations, 1):
        yield f"{one_line(citation.quote)} {_number(number)}"
    yield from limits_lines(limits, answer.question.language)
    yield ""
    for number, citation in enumerate(answer.citations, 1):
        yield from _source_lines(number, citation)


def _rephrased_lines(rephrased: "Rephrased", language: str) -> Iterator[str]:
    """Yield what a language model made of the answer, and what was left out of that, above the quotations."""
    said = texts(language)
    for sentence in rephrased.sentences:
        yield f"{one_line(sentence.text)} {''.join(map(_number, sentence.citations))}"
    if rephrased.sentences:
        yield typer.style(said["rephrased"].format(model=one_line(rephrased.model)), dim=True)
    if rephrased.note:
        yield typer.style(one_line(rephrased.note), fg=typer.colors.YELLOW)
    if rephrased.removed:
        reasons = dict.fromkeys(reason for sentence in rephrased.removed for reason in sentence.reasons)
        told = _semicolon(language).join(map(one_line, reasons))
        yield typer.style(said["removed"].format(count=len(rephrased.removed), reasons=told), dim=True)
    yield ""


def _short(short: "ShortAnswer", language: str) -> str:
    """Return the short answer, with the words it was rendered from behind it."""
    rendering = short.rendering
    if rendering is None or rendering.how == "same":
        return one_line(short.text)
    note = texts(language)["spelled"] if rendering.how == "transliterated" else ""
    return " ".join(filter(None, (one_line(rendering.text), f"({one_line(short.text)})", note)))


def limits_lines(limits: Iterable[Condition], language: str) -> Iterator[str]:
    """Yield the line that says what the articles were limited to, if anything.

    Args:
        limits: see ``conditions``.
        language: of the question.
    """
    told = []
    for limit in limits:
        told.append(limit.phrase(language, one_line))
        if limit.key == "period":
            told.append(texts(language)["no_dates"].format(option="--no-dates"))
    if told:
        yield typer.style(_semicolon(language).join(told), dim=True)


def passage_lines(number: int, document: "Document", start: int, end: int) -> Iterator[str]:
    """Yield a passage found: its headline, where it stands, its text."""
    yield f"{_number(number)} {typer.style(safe(document.title), bold=True)}"
    yield _place(document, start, end)
    yield f"    {one_line(document.text[start:end])}"


def also_line(outlets: Sequence[str]) -> str:
    """Return the line that says where else a story stands."""
    return "    " + typer.style(f"also in: {', '.join(map(one_line, outlets))}", dim=True)


def story_lines(story: "Story", changed: "Sequence[Changes]") -> Iterator[str]:
    """Yield a story: each document, and after it what it changed relative to the earliest."""
    for number, (document, changes) in enumerate(zip(story.documents, changed, strict=True), 1):
        known = [document.source, document.published, document.uri]
        yield f"{_number(number)} {typer.style(safe(document.title), bold=True)}"
        yield "    " + typer.style(" · ".join(one_line(part) for part in known if part), dim=True)
        yield from change_lines(changes)


def change_lines(changes: "Changes") -> Iterator[str]:
    """Yield the sentences removed and added, marked as patches mark them."""
    for mark, sentences, colour in (
        ("-", changes.removed, typer.colors.RED),
        ("+", changes.added, typer.colors.GREEN),
    ):
        for sentence in sentences:
            yield "    " + typer.style(f"{mark} {one_line(sentence)}", fg=colour)


def outlet(document: "Document") -> str | None:
    """Return who published a document and, in brackets, the agency that wrote it."""
    if document.source and document.agency and document.source != document.agency:
        return f"{document.source} ({document.agency})"
    return document.source or document.agency


def document_line(document: "Document") -> str:
    """Return a document as one line of a list: uri, language, date and headline between tabs."""
    cells: Sequence[str] = (document.uri, document.language, document.published or "", document.title)
    return "\t".join(one_line(cell) for cell in cells)


def document_record(document: "Document") -> dict[str, object]:
    """Return a document as one object of a list in JSON."""
    return {
        **document.label,
        "sha256": document.sha256,
        "characters": len(document.text),
        "origins": [origin._asdict() for origin in document.origins],
    }


def json_lines(values: Iterable[object]) -> Iterator[str]:
    """Yield the lines of a JSON list of many values, of which one at a time is held."""
    before = "["
    for value in values:
        yield before
        yield from as_json(value).splitlines()[:-1]
        before = "},"
    yield "[]" if before == "[" else "}]"


def _source_lines(number: int, citation: "Citation") -> Iterator[str]:
    yield f"{_number(number)} {typer.style(safe(citation.document.title), bold=True)}"
    yield _place(citation.document, citation.start, citation.end)
    if citation.others:
        yield also_line([other.source or other.uri for other in citation.others])


def _place(document: "Document", start: int, end: int) -> str:
    known = [outlet(document), document.author, document.published, document.uri]
    where = [one_line(part) for part in known if part]
    return "    " + typer.style(" · ".join([*where, f"characters {start}-{end}"]), dim=True)


def _semicolon(language: str) -> str:
    return "؛ " if language == "ar" else "; "


def _number(number: int) -> str:
    return typer.style(f"[{number}]", fg=typer.colors.CYAN)


def one_line(text: str) -> str:
    """Return a text as one line that a terminal can show."""
    return " ".join(safe(text).split())
