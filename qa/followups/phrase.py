"""What a question or a sentence speaks of."""

from dataclasses import dataclass, replace

from qa.glossary import Entry

NAMES = frozenset(
    {"country", "organisation", "bloc", "treaty", "armed group", "region", "media", "city", "agency"}
) | {
    "party",
    "court",
    "office",
    "name",
}


@dataclass(frozen=True)
class Phrase:
    """A name or a noun with what belongs to it: ``text`` without what Arabic writes together with its first word.

    Attributes:
        text: as it is written.
        start: offset of its first character in the question or sentence.
        end: offset after its last.
        language: of the text it stands in.
        kind: of the glossary entry that names it, "name" for another name, "thing" for a noun.
        entry: the glossary entry, if it is one.
        human: whether it is a person or several; None where that cannot be told.
        gender: "m", "f", or "" where it cannot be told; in English only that of persons is asked for.
        plural: whether it is more than one; None where that cannot be told.
        inner: whether it is but part of a larger phrase.
    """

    text: str
    start: int
    end: int
    language: str
    kind: str = "thing"
    entry: Entry | None = None
    human: bool | None = None
    gender: str = ""
    plural: bool | None = None
    inner: bool = False

    @property
    def named(self) -> bool:
        """Whether it is a name."""
        return self.kind in NAMES

    def within(self) -> "Phrase":
        """Return the same phrase as part of a larger one."""
        return replace(self, inner=True)
