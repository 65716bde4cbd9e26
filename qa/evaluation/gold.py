"""Gold questions: what is asked, whether the archive answers, and where."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.archive import Archive
from index.errors import IsnadError
from qa.question import LANGUAGES, Question


@dataclass(frozen=True)
class Place:
    """A stretch of a document that answers a question.

    Attributes:
        uri: of the document.
        start: offset of its first character in the document's text.
        end: offset after its last character.
    """

    uri: str
    start: int
    end: int

    def overlaps(self, uri: str, start: int, end: int) -> bool:
        """Whether it shares a character with another stretch."""
        return uri == self.uri and start < self.end and self.start < end

    def nests(self, uri: str, start: int, end: int) -> bool:
        """Whether it contains another stretch, or the other contains it."""
        outer, inner = ((start, end), (self.start, self.end))
        if outer[1] - outer[0] < inner[1] - inner[0]:
            outer, inner = inner, outer
        return uri == self.uri and outer[0] <= inner[0] and inner[1] <= outer[1]


@dataclass(frozen=True)
class GoldQuestion:
    """A question with its evidence, none where the archive does not answer it.

    Attributes:
        id: names it within its file.
        question: as a reader would ask it.
        language: "ar" or "en".
        part: "dev" for choices, "test" for reports, or whatever else the file says; empty if it says nothing.
        evidence: stretches of which each answers by itself.
    """

    id: str
    question: str
    language: str
    part: str
    evidence: tuple[Place, ...]


def load_gold(file: Path, archive: Archive) -> list[GoldQuestion]:
    """Read gold questions from a file of JSON lines; seeds/README.md describes the format.

    Raises:
        IsnadError: the file cannot be read, a line is malformed, or its evidence is not in the archive; names
            the line.
    """
    try:
        lines = file.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise IsnadError(f"cannot read the gold file {file}: {error}") from error
    gold: dict[str, GoldQuestion] = {}
    for number, line in enumerate(lines, start=1):
        if line.strip():
            try:
                question = _question(json.loads(line), number, archive)
                if question.id in gold:
                    raise IsnadError(f"the id {question.id!r} is given to another question too")
            except (ValueError, KeyError, TypeError, AttributeError, IsnadError) as error:
                what = f"the field {error} is missing" if isinstance(error, KeyError) else str(error)
                raise IsnadError(f"{file}, line {number}: {what}; seeds/README.md describes the format") from error
            gold[question.id] = question
    if not gold:
        raise IsnadError(f"the gold file {file} holds no question")
    return list(gold.values())


def _question(values: Mapping[str, Any], number: int, archive: Archive) -> GoldQuestion:
    if not isinstance(values, dict):
        raise IsnadError(f"expected a JSON object, not {values!r:.60}")
    if values["language"] not in LANGUAGES:
        raise IsnadError(f"the language is {values['language']!r}, expected one of {', '.join(LANGUAGES)}")
    if not isinstance(values["question"], str):
        raise IsnadError(f"the question is {values['question']!r:.60}, expected a text")
    Question.parse(values["question"])
    # Either of the two tells the other, but a misspelt field must not make a question one without an answer.
    places = values["evidence"] if "answerable" not in values else values.get("evidence", [])
    evidence = tuple(_place(place, archive) for place in places)
    if values.get("answerable", bool(evidence)) is not bool(evidence):
        raise IsnadError(
            f"answerable is {values['answerable']!r} with {len(evidence)} places as evidence; expected true and "
            f"one at least, or false and none"
        )
    name = str(values.get("id", f"line {number}"))
    return GoldQuestion(name, values["question"], values["language"], values.get("part", ""), evidence)


def _place(values: Mapping[str, Any], archive: Archive) -> Place:
    document = archive.document(values["uri"])
    if "quote" not in values:
        start, end = int(values["start"]), int(values["end"])
        if not 0 <= start < end <= len(document.text):
            raise IsnadError(f"the evidence {start}-{end} is not within the {len(document.text)} characters")
        return Place(document.uri, start, end)
    if not isinstance(values["quote"], str):
        raise IsnadError(f"the quote is {values['quote']!r:.60}, expected a text")
    start = document.text.find(values["quote"])
    if start < 0 or not values["quote"].strip():
        raise IsnadError(f"the quote {values['quote']!r} is not in {document.uri!r}, character for character")
    return Place(document.uri, start, start + len(values["quote"]))
