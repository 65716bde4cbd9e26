"""The file of floors: which gold sets there are, what they must reach, and why that was ever lowered."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Self

from index.errors import IsnadError
from qa.evaluation.gold_set import GoldSet


@dataclass(frozen=True)
class Lowering:
    """Why less is asked for than before.

    Attributes:
        date: ISO date.
        set: name of the gold set.
        what: the cell and figure, or the file that has changed.
        before: its floor, or its SHA-256.
        after: likewise; None where it is not held any more.
        reason: in the words of who did it.
    """

    date: str
    set: str
    what: str
    before: float | str | None
    after: float | str | None
    reason: str


@dataclass(frozen=True)
class FloorFile:
    """All gold sets by name, and the lowerings, the oldest first."""

    path: Path
    sets: dict[str, GoldSet]
    lowerings: tuple[Lowering, ...] = ()

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read the file.

        Raises:
            IsnadError: it cannot be read, or something in it is not as expected.
        """
        try:
            values = json.loads(path.read_text(encoding="utf-8"))
            sets = {}
            for name, of_set in values["sets"].items():
                try:
                    sets[name] = GoldSet.from_dict(name, of_set)
                except IsnadError as error:
                    raise IsnadError(f"{name}: {error}") from error
            return cls(path, sets, tuple(Lowering(**one) for one in values["lowered"]))
        except OSError as error:
            raise IsnadError(
                f"cannot read the floors {path}: {error.strerror}. Run the gate in the project's folder, or name "
                f"the file with --floors"
            ) from error
        except KeyError as error:
            raise IsnadError(f"the floors {path}: the field {error} is missing") from error
        except (ValueError, TypeError, AttributeError, IsnadError) as error:
            raise IsnadError(f"the floors {path} cannot be understood: {error}") from error

    def save(self) -> None:
        """Write the file, whole or not at all."""
        values = {
            "sets": {name: one.as_dict() for name, one in self.sets.items()},
            "lowered": [asdict(lowering) for lowering in self.lowerings],
        }
        building = self.path.with_name(f".{self.path.name}.new")
        building.write_text(json.dumps(values, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        building.replace(self.path)

    def having(self, sets: Iterable[GoldSet], lowerings: Iterable[Lowering] = ()) -> "FloorFile":
        """Return the file with these sets in the place of those of their names, and further lowerings."""
        changed = {**self.sets, **{one.name: one for one in sets}}
        return replace(self, sets=changed, lowerings=(*self.lowerings, *lowerings))
