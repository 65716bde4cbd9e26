import json
import os
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.embedding import bundled_embedder
from index.errors import DamagedArchiveError, IsnadError
from index.manifest import FORMAT, Manifest, Vouched

FOLDER_SAFE = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


def vouching(folder: Path) -> Manifest:
    """A manifest at generation 3 that vouches for two files, saved."""
    (folder / "sub").mkdir(exist_ok=True)
    files = [folder / "a.faiss", folder / "sub" / "b"]
    for number, file in enumerate(files):
        file.write_bytes(b"content" * number)
    manifest = Manifest.of(bundled_embedder()).at(3, folder, files)
    manifest.save(folder)
    return manifest


def test_saved_and_loaded(tmp_path: Path) -> None:
    manifest = vouching(tmp_path)
    assert Manifest.load(tmp_path) == manifest
    assert manifest.files.keys() == {"a.faiss", "sub/b"}
    assert (manifest.generation, manifest.format, manifest.dimension) == (3, FORMAT, bundled_embedder().dimension)
    assert manifest.damaged_files(tmp_path) == []
    assert not (tmp_path / "manifest.json.new").exists()


def test_the_label_says_all_but_what_changes(tmp_path: Path) -> None:
    manifest = vouching(tmp_path)
    assert Manifest.from_label(manifest.label, tmp_path) == replace(manifest, generation=0, files={})


def test_damaged_and_missing_files_are_named(tmp_path: Path) -> None:
    manifest = vouching(tmp_path)
    (tmp_path / "a.faiss").write_bytes(b"x")
    (tmp_path / "sub" / "b").unlink()
    first, second = manifest.damaged_files(tmp_path)
    assert first.startswith("a.faiss is not what was written")
    assert second == "sub/b is missing"


def test_sha256_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "abc").write_bytes(b"abc")  # the example of FIPS 180-2
    assert (
        Vouched.of(tmp_path / "abc").sha256 == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    )


def test_a_large_file_is_read_again_when_it_was_written_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.manifest.LARGE", 7)
    manifest = vouching(tmp_path)
    file = tmp_path / "sub" / "b"
    written = file.stat()
    file.write_bytes(b"another"[: written.st_size])
    assert len(manifest.damaged_files(tmp_path, thorough=False)) == 1
    # As a disk that fails would leave it: only reading everything finds that.
    os.utime(file, ns=(written.st_atime_ns, written.st_mtime_ns))
    assert manifest.damaged_files(tmp_path, thorough=False) == []
    assert len(manifest.damaged_files(tmp_path)) == 1


def test_what_is_vouched_for_is_not_read_again_but_lists_are(tmp_path: Path) -> None:
    manifest = vouching(tmp_path)
    meta = tmp_path / "meta.json"
    meta.write_bytes(b"1")
    files = [tmp_path / "sub" / "b", meta]
    once = manifest.at(4, tmp_path, files)
    for file in files:
        written = file.stat()
        file.write_bytes(b"2" * written.st_size)
        os.utime(file, ns=(written.st_atime_ns, written.st_mtime_ns))
    again = once.at(5, tmp_path, files)
    assert again.files["sub/b"] == once.files["sub/b"]
    assert again.files["meta.json"] == Vouched.of(meta)
    assert again.generation == 5


@FOLDER_SAFE
@given(st.data())
def test_no_changed_byte_goes_unnoticed(tmp_path: Path, data: st.DataObject) -> None:
    manifest = vouching(tmp_path)
    file = tmp_path / "manifest.json"
    content = bytearray(file.read_bytes())
    content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    file.write_bytes(content)
    outcome: Manifest | str
    try:
        outcome = Manifest.load(tmp_path)
    except IsnadError as error:
        outcome = str(error)
    # Another kind of white space is all that may change without a word.
    assert outcome == manifest or (isinstance(outcome, str) and str(tmp_path) in outcome)


@pytest.mark.parametrize(
    "content", ["", "null", "[]", "5", '"text"', "{}", '{"format": 3}', "\x00", "[" * 100_000]
)
def test_what_is_no_manifest_is_named_with_the_mend(tmp_path: Path, content: str) -> None:
    (tmp_path / "manifest.json").write_text(content, encoding="utf-8")
    with pytest.raises(DamagedArchiveError, match=f"isnad verify --repair --archive {tmp_path}") as caught:
        Manifest.load(tmp_path)
    assert f"{tmp_path / 'manifest.json'} is damaged" in str(caught.value)


def test_another_format_version_is_named_with_our_own(tmp_path: Path) -> None:
    vouching(tmp_path)
    file = tmp_path / "manifest.json"
    values = json.loads(file.read_text(encoding="utf-8"))
    file.write_text(json.dumps(values | {"format": 99, "unheard_of": True}), encoding="utf-8")
    with pytest.raises(IsnadError, match=f"format version 99, this Isnad reads version {FORMAT}") as caught:
        Manifest.load(tmp_path)
    assert not isinstance(caught.value, DamagedArchiveError)
    with pytest.raises(IsnadError, match="format version 99"):
        Manifest.from_label(json.dumps(values | {"format": 99}), tmp_path)
    with pytest.raises(DamagedArchiveError, match=r"label.*damaged"):
        Manifest.from_label("{}", tmp_path)


def test_a_missing_manifest(tmp_path: Path) -> None:
    with pytest.raises(IsnadError, match=f"{tmp_path} is not an Isnad archive"):
        Manifest.load(tmp_path)
    (tmp_path / "catalog.sqlite").touch()
    with pytest.raises(DamagedArchiveError, match=r"manifest\.json is missing.*isnad verify --repair --archive"):
        Manifest.load(tmp_path)


def test_models_are_checked_by_fingerprint(tmp_path: Path) -> None:
    model = bundled_embedder()
    manifest = Manifest.of(model)
    manifest.check_models(tmp_path, model)
    replace(manifest, model="elsewhere").check_models(tmp_path, model)
    with pytest.raises(IsnadError, match=r"'elsewhere' \(abcabcabcabc\).*'bundled' is " + model.fingerprint[:12]):
        replace(manifest, model="elsewhere", fingerprint="abc" * 9).check_models(tmp_path, model)
    with pytest.raises(
        IsnadError, match=r"tokens of the bundled model abcabcabcabc.*ships " + model.fingerprint[:12]
    ):
        replace(manifest, tokens="abc" * 9).check_models(tmp_path, model)
