"""Gold questions with the articles they are asked of, and the floors they are held to."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

from index.errors import IsnadError
from index.training import Part
from qa.evaluate import evaluate
from qa.evaluation.arcd import arcd_outcomes
from qa.evaluation.floors import Floors
from qa.evaluation.report import Report
from qa.evaluation.temporary_archive import archive_of

# Stands in paths for the folder of corpora, which is no part of the project.
CORPORA = "CORPORA"
FORMS = ("gold", "arcd")


@dataclass(frozen=True)
class GoldSet:
    """A part of some gold questions, what they are asked of, and what must be reached.

    Attributes:
        name: such as "newsroom dev".
        form: "gold" for the format of ``load_gold``, "arcd" for ARCD.
        gold: file of the questions, of ARCD those in English; as are the articles, from the folder one stands in,
            or from CORPORA on.
        articles: what they are asked of, a file or a folder.
        part: only questions of this part.
        sha256: of ``gold`` and ``articles``, as they were when the floors were pinned.
        floors: what must be reached.
    """

    name: str
    form: str
    gold: str
    articles: str
    part: str
    sha256: Mapping[str, str]
    floors: Floors

    @classmethod
    def from_dict(cls, name: str, values: Mapping[str, Any]) -> Self:
        """Read what ``as_dict`` wrote.

        Raises:
            IsnadError: a value is not one that is known.
            KeyError: a value is missing.
        """
        if values["form"] not in FORMS:
            raise IsnadError(f"the form is {values['form']!r}, expected one of {', '.join(FORMS)}")
        if values["form"] == "arcd" and values["part"] not in tuple(Part):
            raise IsnadError(f"ARCD has the parts {', '.join(Part)}, not {values['part']!r}")
        texts = {field: str(values[field]) for field in ("form", "gold", "articles", "part")}
        return cls(name, **texts, sha256=dict(values["sha256"]), floors=Floors.from_dict(values["floors"]))

    def as_dict(self) -> dict[str, Any]:
        """Return the set for JSON, without its name."""
        return {
            "form": self.form,
            "gold": self.gold,
            "articles": self.articles,
            "part": self.part,
            "sha256": dict(self.sha256),
            "floors": self.floors.as_dict(),
        }

    @property
    def needs_corpora(self) -> bool:
        """Whether it cannot be measured without the corpora."""
        return CORPORA in f"{self.gold} {self.articles}"

    def hashes(self, corpora: Path | None) -> dict[str, str]:
        """Return the SHA-256 of questions and articles by path, as they are now.

        Raises:
            IsnadError: one cannot be read.
        """
        return {path: _sha256(_path(path, corpora)) for path in (self.gold, self.articles)}

    def changed(self, corpora: Path | None) -> list[str]:
        """Return the paths whose content is not what the floors were pinned on."""
        if not self.floors:
            return []
        return [path for path, digest in self.hashes(corpora).items() if self.sha256.get(path) != digest]

    def pinned(self, floors: Floors, corpora: Path | None) -> "GoldSet":
        """Return the set with other floors, pinned on its files as they are now."""
        return replace(self, floors=floors, sha256=self.hashes(corpora))

    def measure(self, corpora: Path | None) -> Report:
        """Ask all questions of the part."""
        if self.form == "arcd":
            if corpora is None:
                raise IsnadError(f"the set {self.name!r} cannot be measured without the corpora")
            return Report.of(arcd_outcomes(corpora, Path(self.gold), Part(self.part)))
        with archive_of(_path(self.articles, corpora)) as archive:
            return evaluate(_path(self.gold, corpora), archive, self.part)


def _path(name: str, corpora: Path | None) -> Path:
    return Path(name.replace(CORPORA, str(corpora), 1)) if corpora else Path(name)


def _sha256(path: Path) -> str:
    """Return the digest of a file, or of the names and digests of all files of a folder."""
    try:
        if path.is_dir():
            files = sorted(file for file in path.rglob("*") if file.is_file())
            lines = [f"{_sha256(file)} {file.relative_to(path).as_posix()}\n" for file in files]
            return hashlib.sha256("".join(lines).encode()).hexdigest()
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise IsnadError(
            f"cannot read {path}: {error.strerror}. Paths are meant from the project's folder: run the gate there"
        ) from error
