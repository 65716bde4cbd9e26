import io
import stat
import struct
import tempfile
import zipfile
from pathlib import Path

import pytest

from index.documents import Document, ReadFailure, read_documents
from index.readers import limits

ARTICLE = "Headline of the article\nThe body of the article.\nAnd more of it."


def packed(members: dict[str, bytes | str] | list[tuple[str, bytes | str]]) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items() if isinstance(members, dict) else members:
            archive.writestr(name, content)
    return data.getvalue()


def read(path: Path) -> tuple[list[Document], list[ReadFailure]]:
    failures: list[ReadFailure] = []
    return list(read_documents(path, failures.append)), failures


def write(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for temporary files of its own, which must be empty at the end."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def test_a_zip_file_reads_as_the_folder_it_was_made_of(tmp_path: Path, temporary: Path) -> None:
    folder = tmp_path / "export"
    for name in ("a.txt", "2021/b.md", "2021/خبر.txt", ".hidden/c.txt", "d.png", "2021/.e.txt"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(ARTICLE, encoding="utf-8")
    (folder / "wire.jsonl").write_text('{"text": "one"}\n{"text": "two", "uri": "x:2"}\n', encoding="utf-8")
    (folder / "rows.csv").write_text("title,text,date\nT,three,some day\n", encoding="utf-8")
    (folder / "old.txt").write_bytes("خبر بترميز قديم جدا".encode("cp1256"))
    inner = packed({p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()})
    path = write(
        tmp_path / "export.zip", packed({"in/inner.ZIP": inner, "__MACOSX/a.txt": "no", "z.txt": ARTICLE})
    )

    plain, plain_failures = read(folder)
    documents, failures = read(path)
    assert documents.pop().uri == "export.zip/z.txt"
    prefix = "in/inner.ZIP/"
    expected = {d.uri if d.uri == "x:2" else f"export.zip/{prefix}{d.uri}": d.sha256 for d in plain}
    assert {d.uri: d.sha256 for d in documents} == expected
    shown = sorted(
        (str(f.path).replace(str(path / "in/inner.ZIP"), str(folder)), f.line, f.kept) for f in failures
    )
    assert shown == sorted((str(f.path), f.line, f.kept) for f in plain_failures)
    (old,) = [f for f in failures if Path(f.path).name == "old.txt"]
    assert "it looks like WINDOWS-1256" in old.reason
    assert str(temporary) not in old.reason
    assert list(temporary.iterdir()) == []


def test_members_that_are_refused_do_not_stop_the_others(tmp_path: Path, temporary: Path) -> None:
    link = zipfile.ZipInfo("link.txt")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    members: list[tuple[str, bytes | str]] = [
        ("../../escaped.txt", ARTICLE),
        ("/absolute.txt", ARTICLE),
        ("C:\\windows.txt", ARTICLE),
        ("a\\..\\..\\b.txt", ARTICLE),
        ("n" * 2000 + ".txt", ARTICLE),
        ("bell\x07.txt", ARTICLE),
        ("empty.txt", ""),
        ("good.txt", ARTICLE),
    ]
    data = io.BytesIO(packed(members))
    with zipfile.ZipFile(data, "a") as archive:
        archive.writestr(link, "/etc/hostname")
    documents, failures = read(write(tmp_path / "a.zip", data.getvalue()))
    assert [d.uri for d in documents] == ["a.zip/good.txt"]
    reasons = [f.reason for f in failures]
    assert sum("leads out of the .zip file" in reason for reason in reasons) == 4
    assert sum("longer than any file's, or holds characters" in reason for reason in reasons) == 2
    assert sum("a link to another file" in reason for reason in reasons) == 1
    assert sum("the file is empty" in reason for reason in reasons) == 1
    assert len(reasons) == 8
    assert not list(tmp_path.parent.rglob("escaped.txt"))
    assert list(temporary.iterdir()) == []


def test_a_bomb_is_refused_and_the_rest_is_read(tmp_path: Path) -> None:
    bomb = packed({"bomb.txt": bytes(2**26), "good.txt": ARTICLE})
    assert len(bomb) < 2**17
    documents, (failure,) = read(write(tmp_path / "a.zip", bomb))
    assert [d.uri for d in documents] == ["a.zip/good.txt"]
    assert "'bomb.txt': packed to less than 1/200 of its size" in failure.reason


def test_a_bomb_that_lies_about_its_size(tmp_path: Path, temporary: Path) -> None:
    data = bytearray(packed({"bomb.txt": bytes(2**24)}))
    size = struct.pack("<I", 2**24)
    while (place := data.find(size)) >= 0:
        data[place : place + 4] = struct.pack("<I", 1000)
    documents, (failure,) = read(write(tmp_path / "a.zip", bytes(data)))
    assert documents == []
    assert "cannot be unpacked" in failure.reason
    assert list(temporary.iterdir()) == []


def test_bombs_of_many_files_and_many_layers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    layers = packed({"a.txt": ARTICLE})
    for _ in range(3):
        layers = packed({"inner.zip": layers, "a.txt": ARTICLE})
    documents, (failure,) = read(write(tmp_path / "layers.zip", layers))
    assert [d.uri for d in documents] == ["layers.zip/inner.zip/a.txt", "layers.zip/a.txt"]
    assert str(failure.path).endswith("layers.zip/inner.zip/inner.zip")
    assert "nested more than 2 deep" in failure.reason

    monkeypatch.setattr(limits, "MAX_MEMBERS", 3)
    inner = packed({f"{n}.txt": ARTICLE for n in range(3)})
    documents, (failure,) = read(write(tmp_path / "many.zip", packed({"0.txt": ARTICLE, "1.zip": inner})))
    assert [d.uri for d in documents] == ["many.zip/0.txt"]
    assert "more than 3 files" in failure.reason
    monkeypatch.undo()

    monkeypatch.setattr(limits, "MAX_UNPACKED_BYTES", 200)
    large = packed({f"{n}.txt": ARTICLE for n in range(9)})
    documents, (failure,) = read(write(tmp_path / "large.zip", large))
    assert len(documents) == 200 // len(ARTICLE)
    assert "'3.txt' and what follows are left out" in failure.reason
    monkeypatch.setattr(limits, "MAX_MEMBER_BYTES", 10)
    _, failures = read(tmp_path / "large.zip")
    assert len(failures) == 9


def test_encrypted_members_and_damaged_files(tmp_path: Path) -> None:
    data = bytearray(packed({"a.txt": ARTICLE, "b.txt": ARTICLE}))
    data[data.index(b"PK\x03\x04") + 6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    documents, (failure,) = read(write(tmp_path / "a.zip", bytes(data)))
    assert [d.uri for d in documents] == ["a.zip/b.txt"]
    assert "'a.txt': it is encrypted" in failure.reason

    data = bytearray(packed({"a.txt": ARTICLE, "b.txt": ARTICLE}))
    data[45] ^= 255
    documents, (failure,) = read(write(tmp_path / "b.zip", bytes(data)))
    assert [d.uri for d in documents] == ["b.zip/b.txt"]
    assert "cannot be unpacked" in failure.reason

    for name, content in (("c.zip", b"plain"), ("d.zip", packed({"a.txt": ARTICLE})[:-30]), ("e.zip", b"")):
        documents, (failure,) = read(write(tmp_path / name, content))
        assert documents == []
        assert "damaged or of an unknown kind" in failure.reason


@pytest.mark.parametrize("members", [{}, {"a.png": "x", "b.exe": "x"}])
def test_nothing_to_read(tmp_path: Path, members: dict[str, bytes | str]) -> None:
    documents, (failure,) = read(write(tmp_path / "a.zip", packed(members)))
    assert documents == []
    assert "it holds no file to read (.atom, .csv, " in failure.reason
    assert ("2 others, such as 'a.png'" in failure.reason) == bool(members)
