"""Gold questions: what is asked, whether the archive answers, and where."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.archive import Archive
from index.errors import IsnadError
from qa.question import LANGUAGES


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
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise IsnadError(f"cannot read the gold file {file}: {error}") from error
    gold = []
    for number, line in enumerate(lines, start=1):
        if line.strip():
            try:
                gold.append(_question(json.loads(line), number, archive))
            except (ValueError, KeyError, TypeError, AttributeError, IsnadError) as error:
                what = f"the field {error} is missing" if isinstance(error, KeyError) else str(error)
                raise IsnadError(f"{file}, line {number}: {what}; seeds/README.md describes the format") from error
    if not gold:
        raise IsnadError(f"the gold file {file} holds no question")
    return gold


def _question(values: Mapping[str, Any], number: int, archive: Archive) -> GoldQuestion:
    if values["language"] not in LANGUAGES:
        raise IsnadError(f"the language is {values['language']!r}, expected one of {', '.join(LANGUAGES)}")
    evidence = tuple(_place(place, archive) for place in values.get("evidence", []))
    if bool(values.get("answerable", bool(evidence))) != bool(evidence):
        raise IsnadError("an answerable question needs evidence, another one must have none")
    return GoldQuestion(
        str(values.get("id", number)), values["question"], values["language"], values.get("part", ""), evidence
    )


def _place(values: Mapping[str, Any], archive: Archive) -> Place:
    document = archive.document(values["uri"])
    if "quote" not in values:
        start, end = int(values["start"]), int(values["end"])
        if not 0 <= start < end <= len(document.text):
            raise IsnadError(f"the evidence {start}-{end} is not within the {len(document.text)} characters")
        return Place(document.uri, start, end)
    start = document.text.find(values["quote"])
    if start < 0 or not values["quote"]:
        raise IsnadError(f"the quote {values['quote']!r} is not in {document.uri!r}, character for character")
    return Place(document.uri, start, start + len(values["quote"]))
