"""What made an archive, and what its derived files must look like."""

import hashlib
import json
import os
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, NamedTuple, Self

from index.embedding import BUNDLED, Embedder, bundled_embedder
from index.errors import DamagedArchiveError, IsnadError
from index.passages import PASSAGE_CHARACTERS

FORMAT = 3
FILE_NAME = "manifest.json"
# Bytes from which reading a file takes longer than opening an archive may.
LARGE = 4_000_000


class Vouched(NamedTuple):
    """A file as it was written.

    Attributes:
        sha256: of its bytes.
        size: in bytes.
        changed: time of the last change in nanoseconds; with the size it changes when a file is written to.
    """

    sha256: str
    size: int
    changed: int

    @classmethod
    def of(cls, file: Path) -> Self:
        """Read a file."""
        status = file.stat()
        return cls(sha256_of(file), status.st_size, status.st_mtime_ns)

    def looks_like(self, file: Path) -> bool:
        """Return whether size and time of change are those of this file."""
        status = file.stat()
        return (self.size, self.changed) == (status.st_size, status.st_mtime_ns)


@dataclass(frozen=True)
class Manifest:
    """The archive's label: written last, after the files it vouches for.

    Attributes:
        model: name of the embedding model, for ``load_embedder``.
        fingerprint: SHA-256 of that model.
        dimension: numbers a vector.
        prompts: the model's prompts by name.
        tokens: fingerprint of the bundled model, whose token ids are stored.
        passage_characters: size passages were cut to.
        format: version of the layout on disk.
        generation: the commit of the catalog that the derived files were built at.
        files: of every derived file, what it is, by its path within the archive.
    """

    model: str
    fingerprint: str
    dimension: int
    prompts: dict[str, str]
    tokens: str
    passage_characters: int = PASSAGE_CHARACTERS
    format: int = FORMAT
    generation: int = 0
    files: dict[str, Vouched] = field(default_factory=dict)

    @classmethod
    def of(cls, embedder: Embedder) -> Self:
        """Return the manifest of an empty archive that embeds with this model."""
        return cls(
            embedder.name,
            embedder.fingerprint,
            embedder.dimension,
            dict(embedder.prompts),
            bundled_embedder().fingerprint,
        )

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read the manifest of the archive in the folder.

        Raises:
            IsnadError: there is no archive, it may not be read, or it is of another format version.
            DamagedArchiveError: the manifest is missing or not what was written.
        """
        file = folder / FILE_NAME
        mend = f"The documents are kept in the catalog; write it anew with: {repair_command(folder)}"
        try:
            values = json.loads(file.read_text(encoding="utf-8"))
            written = values.pop("checksum", None)
            manifest = cls._of_values(values, folder)
            intact = written == manifest._checksum
        except (FileNotFoundError, NotADirectoryError) as error:
            if (folder / "catalog.sqlite").is_file():
                raise DamagedArchiveError(f"{file} is missing. {mend}") from error
            raise IsnadError(
                f"{folder} is not an Isnad archive: it has no {FILE_NAME}. Make one with: isnad index"
            ) from error
        except OSError as error:
            raise IsnadError(f"cannot read {file}: {error.strerror}") from error
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            raise DamagedArchiveError(f"{file} is damaged ({error}). {mend}") from error
        if not intact:
            raise DamagedArchiveError(f"{file} is damaged (its checksum differs). {mend}")
        return manifest

    @classmethod
    def from_label(cls, label: str, folder: Path) -> Self:
        """Return the manifest that a catalog's label describes, vouching for no file yet.

        Raises:
            IsnadError: it is of another format version.
            DamagedArchiveError: the label cannot be read.
        """
        try:
            return cls._of_values(json.loads(label), folder)
        except (ValueError, TypeError, KeyError) as error:
            raise DamagedArchiveError(
                f"the label in {folder / 'catalog.sqlite'} is damaged ({error}); restore a backup"
            ) from error

    @classmethod
    def _of_values(cls, values: dict[str, Any], folder: Path) -> Self:
        if values["format"] != FORMAT:
            raise IsnadError(
                f"the archive {folder} has format version {values['format']}, this Isnad reads version {FORMAT}. "
                f"Index the articles again into a new folder, or use the Isnad that wrote it."
            )
        files = {name: Vouched(*vouched) for name, vouched in values.get("files", {}).items()}
        return cls(**values | {"files": files})

    @property
    def label(self) -> str:
        """What made the archive, without what changes; kept in the catalog too."""
        return json.dumps(asdict(replace(self, generation=0, files={})))

    @property
    def _checksum(self) -> str:
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()

    def save(self, folder: Path) -> None:
        """Write the manifest in one step: a reader sees the old one or the new one."""
        temporary = folder / f"{FILE_NAME}.new"
        with temporary.open("w", encoding="utf-8") as stream:
            json.dump(asdict(self) | {"checksum": self._checksum}, stream, ensure_ascii=False, indent=1)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(folder / FILE_NAME)
        flush_folder(folder)

    def check_models(self, folder: Path, embedder: Embedder) -> None:
        """Refuse an archive built with another model.

        Raises:
            IsnadError: names both models and the command that builds the archive anew.
        """
        mend = f"Build it anew from its own documents with: isnad rebuild --archive {folder}"
        if embedder.fingerprint != self.fingerprint:
            raise IsnadError(
                f"the archive {folder} was built with the model {self.model!r} ({self.fingerprint[:12]}), but "
                f"{embedder.name!r} is {embedder.fingerprint[:12]}. {mend}"
            )
        tokens = bundled_embedder().fingerprint
        if tokens != self.tokens:
            raise IsnadError(
                f"the archive {folder} holds tokens of the {BUNDLED} model {self.tokens[:12]}, but this Isnad "
                f"ships {tokens[:12]}. {mend}"
            )

    def at(self, generation: int, folder: Path, files: list[Path]) -> Self:
        """Return the manifest that vouches for these files as they are now.

        What it vouches for already is not read again, except for files that are written more than once.
        """
        vouched = {}
        for file in files:
            name = file.relative_to(folder).as_posix()
            known = self.files.get(name)
            again = known and known.looks_like(file) and file.suffix != ".json"
            vouched[name] = known if known and again else Vouched.of(file)
        return replace(self, generation=generation, files=vouched)

    def damaged_files(self, folder: Path, *, thorough: bool = True) -> list[str]:
        """Return a line for each derived file that is missing or not what was written.

        Args:
            folder: of the archive.
            thorough: read every file; otherwise a large one whose size and time of change are those it was left
                with is trusted.
        """
        problems = []
        for name, vouched in self.files.items():
            file = folder / name
            if not file.is_file():
                problems.append(f"{name} is missing")
            elif not thorough and vouched.size >= LARGE and vouched.looks_like(file):
                continue
            elif Vouched.of(file).sha256 != vouched.sha256:
                problems.append(f"{name} is not what was written (its SHA-256 differs)")
        return problems


def repair_command(folder: Path) -> str:
    """Return what a user types to have everything derived built again."""
    return f"isnad verify --repair --archive {folder}"


def flush_folder(folder: Path) -> None:
    """Write the names in a folder all the way to the disk, where the system can."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def sha256_of(file: Path) -> str:
    """Return the SHA-256 of a file's bytes."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
