"""Kill it at any moment and it opens; damage is found, not served."""

import os
import random
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import textwrap
from collections.abc import Callable
from contextlib import nullcontext, suppress
from dataclasses import replace
from pathlib import Path

import pytest

from index.archive import Archive
from index.catalog import Catalog
from index.documents import Document
from index.errors import DamagedArchiveError, IsnadError
from index.keywords import KeywordIndex, KeywordWriter
from index.manifest import Manifest
from index.passage_data import PassageData
from index.shelves import Shelves
from index.token_rows import TokenRows
from tests.index.archives import check, story

ROOT = Path(__file__).parent.parent.parent
DOCUMENTS = [story(0), story(1), story(2, language="ar"), story(3, language="ar")]


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pristine") / "archive"
    with Archive.create(folder) as archive:
        archive.add(DOCUMENTS)
    return folder


@pytest.fixture
def folder(pristine: Path, tmp_path: Path) -> Path:
    """A whole archive, to be damaged."""
    return shutil.copytree(pristine, tmp_path / "archive")


def flip(file: Path, place: float = 0.5) -> None:
    content = bytearray(file.read_bytes())
    content[int(len(content) * place)] ^= 0xFF
    file.write_bytes(content)


def delete(file: Path) -> None:
    file.unlink()


def truncate(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-1])


def derived_files(folder: Path) -> list[Path]:
    return [folder / name for name in Manifest.load(folder).files]


# Derived files


@pytest.mark.parametrize("damage", [flip, delete, truncate])
def test_every_damaged_derived_file_is_named_and_mended(
    pristine: Path, tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    files = [file.relative_to(pristine) for file in derived_files(pristine)]
    assert {file.suffix for file in files} >= {".npz", ".json", ".term", ".store"}
    for number, file in enumerate(files):
        folder = shutil.copytree(pristine, tmp_path / str(number))
        damage(folder / file)
        with pytest.raises(DamagedArchiveError) as caught:
            Archive.open(folder)
        assert str(file) in str(caught.value)
        assert f"isnad verify --repair --archive {folder}" in str(caught.value)
        if number % 4 == 0:
            with Archive.repair(folder) as archive:
                check(archive, DOCUMENTS)
            with Archive.open(folder) as archive:
                check(archive, DOCUMENTS)


@pytest.mark.parametrize("part", ["vectors", "keywords", "keywords/ar"])
def test_a_missing_folder_is_mended(folder: Path, part: str) -> None:
    shutil.rmtree(folder / part)
    with pytest.raises(DamagedArchiveError, match=part):
        Archive.open(folder)
    with Archive.repair(folder) as archive:
        check(archive, DOCUMENTS)


def test_verify_names_what_is_damaged_while_it_is_open(folder: Path) -> None:
    with Archive.open(folder) as archive:
        for file in derived_files(folder):
            if file.suffix == ".npz":
                file.write_bytes(b"broken")
        problems = archive.verify()
        assert any(problem.startswith("vectors/ar.1.npz is not what was written") for problem in problems)
        with pytest.raises(DamagedArchiveError, match=r"ar\.1\.npz"):
            archive.shelf("ar")


def test_verify_finds_an_index_that_differs_from_the_catalog(folder: Path) -> None:
    with Archive.open(folder) as archive:
        shelf = archive.shelf("ar")
        ids = shelf.vectors.ids
        shelf.vectors = shelf.vectors.changed(ids[:1].tolist(), [])
        assert archive.verify() == [
            f"vectors/ar holds {len(ids) - 1} passages, not exactly the catalog's {len(ids)}"
        ]
        other = PassageData(ids[:1], TokenRows.of([[]]), archive.embedder.encode(["something else"]))
        shelf.vectors = shelf.vectors.changed([], [other])
        assert archive.verify() == ["vectors/ar holds other vectors than the catalog"]
        with archive.shelf("en").keywords.writer() as writer:
            writer.remove(ids.tolist() + archive.shelf("en").vectors.ids.tolist())
        assert any("keywords/en holds 0 passages" in problem for problem in archive.verify())


# The manifest


@pytest.mark.parametrize("damage", [flip, delete, truncate])
def test_a_damaged_manifest_is_named_and_mended(folder: Path, damage: Callable[[Path], None]) -> None:
    damage(folder / "manifest.json")
    with pytest.raises(DamagedArchiveError, match=rf"manifest\.json .*isnad verify --repair --archive {folder}"):
        Archive.open(folder)
    with Archive.repair(folder) as archive:
        check(archive, DOCUMENTS)
    with Archive.open(folder) as archive:
        check(archive, DOCUMENTS)


def test_a_manifest_of_another_generation_is_not_believed(folder: Path) -> None:
    replace(Manifest.load(folder), generation=7).save(folder)
    with pytest.raises(DamagedArchiveError, match="isnad verify --repair"):
        Archive.open(folder)
    with Archive.repair(folder) as archive:
        check(archive, DOCUMENTS)


def test_a_catalog_older_than_its_indexes_is_noticed(folder: Path, tmp_path: Path) -> None:
    older = tmp_path / "older.sqlite"
    shutil.copy(folder / "catalog.sqlite", older)
    with Archive.open(folder) as archive:
        archive.add([story(9)])
    shutil.copy(older, folder / "catalog.sqlite")
    with pytest.raises(DamagedArchiveError, match=r"catalog\.sqlite is older.*isnad verify --repair"):
        Archive.open(folder)
    with Archive.repair(folder) as archive:
        check(archive, DOCUMENTS)
        archive.add([story(9)])
        check(archive, [*DOCUMENTS, story(9)])


# The catalog


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("text", "The council met about another plan."),
        ("title", "Another headline"),
        ("published", "1999-01-01"),
        ("published", "no date"),
        ("source", "Another source"),
        ("language", "??"),
        ("sha256", "0" * 64),
        ("text", ""),
    ],
)
def test_a_changed_document_is_found_and_not_served(folder: Path, column: str, value: str) -> None:
    connection = sqlite3.connect(folder / "catalog.sqlite")
    with connection:
        connection.execute(f"UPDATE document SET {column} = ? WHERE uri = 'story/1'", (value,))
    connection.close()
    with Archive.open(folder) as archive:
        with pytest.raises(DamagedArchiveError, match=r"story/1.*not what was stored.*index its file again"):
            archive.document("story/1")
        with pytest.raises(DamagedArchiveError):
            list(archive.documents())
        assert archive.verify() == ["catalog.sqlite: the document 'story/1' is not what was stored"]
        assert archive.document("story/0") == story(0)
        assert archive.add(DOCUMENTS).changed == 1  # indexed again, as the message says
        check(archive, DOCUMENTS)


def test_one_flipped_byte_anywhere_in_the_catalog_is_never_served(pristine: Path, tmp_path: Path) -> None:
    """Whatever byte is flipped: either an error of ours, or the right document."""
    chance = random.Random(3)
    content = (pristine / "catalog.sqlite").read_bytes()
    words = "الخطة".encode()
    places = [
        content.index(words),
        content.index(b"council"),
        *(chance.randrange(len(content)) for _ in range(60)),
    ]
    for number, place in enumerate(places):
        file = shutil.copytree(pristine, tmp_path / str(number)) / "catalog.sqlite"
        file.write_bytes(content[:place] + bytes([content[place] ^ 0x55]) + content[place + 1 :])
        problems = _problems_of_whatever_opens(file.parent)
        assert problems or number >= 2


def _problems_of_whatever_opens(folder: Path) -> list[str]:
    try:
        with Archive.open(folder) as archive:
            problems = archive.verify()
            for document in DOCUMENTS:
                with suppress(IsnadError) if problems else nullcontext():
                    assert archive.document(document.uri) == document
            return problems
    except IsnadError as error:
        return [str(error)]


def test_a_missing_catalog_cannot_be_mended(folder: Path) -> None:
    (folder / "catalog.sqlite").unlink()
    for use in (Archive.open, Archive.repair, Archive.rebuild):
        with pytest.raises(DamagedArchiveError, match=r"catalog\.sqlite is missing.*restore a backup"):
            use(folder)


def test_other_vectors_or_tokens_in_the_catalog_are_found(folder: Path) -> None:
    for column, expected in (("vector", "other vectors"), ("tokens", "token statistics of 'ar'")):
        connection = sqlite3.connect(folder / "catalog.sqlite")
        with connection:
            size = f"length({column})"
            connection.execute(f"UPDATE passage SET {column} = zeroblob({size}) WHERE language = 'ar'")
        connection.close()
        with Archive.open(folder) as archive:
            assert any(expected in problem for problem in archive.verify())


def test_other_format_version(folder: Path) -> None:
    replace(Manifest.load(folder), format=99).save(folder)
    with pytest.raises(IsnadError, match=r"format version 99, this Isnad reads version 3"):
        Archive.open(folder)


# Crashes


@pytest.mark.parametrize("remembered", [True, False])
def test_shelves_that_lag_catch_up(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, remembered: bool
) -> None:
    """All files but the catalog are older, as after a kill or where a part of a backup was put back."""
    if remembered:
        monkeypatch.setattr(Catalog, "forget_removals", lambda self, generation: None)
    older = shutil.copytree(folder, tmp_path / "older")
    changes = [story(0, 1), story(4), story(5, language="fr")]
    with Archive.open(folder) as archive:
        archive.add(changes)
        archive.remove("story/2")
    shutil.copy(folder / "catalog.sqlite", older)
    expected = [*changes, story(1), story(3, language="ar")]
    with Archive.open(older) as archive:
        check(archive, expected)
    with Archive.open(older) as archive:
        check(archive, expected)


@pytest.mark.parametrize("damage", [flip, delete])
def test_damage_is_not_served_after_a_crash_either(
    folder: Path, monkeypatch: pytest.MonkeyPatch, damage: Callable[[Path], None]
) -> None:
    with monkeypatch.context() as patch, Archive.open(folder) as archive:
        patch.setattr(Shelves, "catch_up", lambda self: None)
        archive.add([story(4)])
    for file in derived_files(folder):
        if file.suffix in (".npz", ".term"):
            damage(file)
    with Archive.open(folder) as archive:
        check(archive, [*DOCUMENTS, story(4)])


@pytest.mark.parametrize("killed", [True, False])
def test_a_compaction_that_did_not_come_to_its_end(
    folder: Path, monkeypatch: pytest.MonkeyPatch, killed: bool
) -> None:
    """Its keyword index is emptied: catching up is not enough then, for itself nor for who opens it next."""
    begin = KeywordWriter.__init__
    failures = [KeyboardInterrupt()] * (9 if killed else 1)

    def fails(writer: KeywordWriter, keywords: KeywordIndex) -> None:
        if failures:
            raise failures.pop()
        begin(writer, keywords)

    with Archive.open(folder) as archive, monkeypatch.context() as patch:
        patch.setattr(KeywordWriter, "__init__", fails)
        with pytest.raises(KeyboardInterrupt):
            archive.compact()
    with Archive.open(folder) as archive:
        check(archive, DOCUMENTS)


def test_killed_while_it_was_being_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def killed(self: Manifest, folder: Path) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Manifest, "save", killed)
        with pytest.raises(KeyboardInterrupt):
            Archive.create(tmp_path / "archive")
    with pytest.raises(DamagedArchiveError, match="isnad verify --repair"):
        Archive.open(tmp_path / "archive")
    with Archive.repair(tmp_path / "archive") as archive:
        check(archive, [])


WRITER = """
    import sys
    from index.archive import Archive
    from tests.index.test_archive_damage import step, STEPS
    archive = Archive.open(sys.argv[1])
    for number in range(int(sys.argv[2]), STEPS):
        step(archive, number)
        print(number, flush=True)
"""
STEPS = 400


def step(archive: Archive, number: int) -> None:
    """One change, a single commit: some documents added and replaced, or one removed."""
    if number % 3 == 2:
        archive.remove(f"story/{number % 5}")
    else:
        archive.add(changes(number))


def changes(number: int) -> list[Document]:
    return [story((number + i) % 7, number, "ar" if i % 2 else "en") for i in range(3)]


def expected_after(steps: int) -> list[Document]:
    oracle = {document.uri: document for document in DOCUMENTS}
    for number in range(steps):
        if number % 3 == 2:
            oracle.pop(f"story/{number % 5}", None)
        else:
            oracle |= {document.uri: document for document in changes(number)}
    return list(oracle.values())


def test_killed_at_any_moment(folder: Path) -> None:
    chance = random.Random(11)
    done = 0
    for _ in range(3):
        command = [sys.executable, "-c", textwrap.dedent(WRITER), str(folder), str(done)]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as writer:
            assert writer.stdout is not None
            for _ in range(chance.randrange(1, 6)):
                done = int(writer.stdout.readline()) + 1
            try:
                writer.wait(chance.uniform(0, 0.1))
            except subprocess.TimeoutExpired:
                os.kill(writer.pid, signal.SIGKILL)
            done += len(writer.stdout.read().split())
        with Archive.open(folder) as archive:
            stored = {document.uri: document for document in archive.documents()}
            whole = [n for n in (done, done + 1) if {d.uri: d for d in expected_after(n)} == stored]
            assert whole, f"neither what {done} steps leave nor what {done + 1} do"
            done = whole[0]
            check(archive, expected_after(done))


def test_a_full_disk_is_one_line_and_loses_nothing(folder: Path) -> None:
    program = """
        import resource, signal, sys
        from index.archive import Archive
        from index.errors import IsnadError
        from tests.index.archives import story
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        limit = int(sys.argv[2])
        archive = Archive.open(sys.argv[1])
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
        try:
            archive.add([story(n) for n in range(10, 400)])
        except IsnadError as error:
            print(error)
    """
    for limit in (3_000, 300_000):  # stops the catalog; stops only what is derived
        command = [sys.executable, "-c", textwrap.dedent(program), str(folder), str(limit)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, "")
        assert str(folder) in done.stdout
        with Archive.open(folder) as archive:
            assert archive.verify() == []
            assert set(DOCUMENTS) <= set(archive.documents())
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] == resource.RLIM_INFINITY
    with Archive.open(folder) as archive:
        archive.add([story(n) for n in range(10, 400)])
        check(archive, [*DOCUMENTS, *(story(n) for n in range(10, 400))])
