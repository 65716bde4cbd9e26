"""What the rooms show to the outside, and which of them knows of which."""

import ast
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

import index
import index.archive
import index.documents
import qa

ROOT = Path(__file__).parents[1]
MAY_IMPORT = {"index": {"index"}, "qa": {"qa", "index", "seeds"}, "ui": {"ui", "qa", "index", "seeds"}}
FILES = [file for room in MAY_IMPORT for file in sorted((ROOT / room).rglob("*.py"))]


def shown(module: ModuleType) -> set[str]:
    """The names a reader sees, beside modules of the room that happen to be imported."""
    return {
        name
        for name, value in vars(module).items()
        if not name.startswith("_") and not isinstance(value, ModuleType)
    }


def test_what_qa_exports() -> None:
    assert qa.__all__ == sorted(qa.__all__, key=lambda name: (name.islower(), name))
    assert set(qa.__all__) == {"Answer", "Citation", "Hit", "ask", "retrieve"}
    assert shown(qa) == set(qa.__all__)
    for name in qa.__all__:
        assert getattr(qa, name).__module__.startswith("qa.")
        assert getattr(qa, name).__doc__


def test_what_index_exports() -> None:
    assert shown(index) == set()
    assert set(index.archive.__all__) == {"Added", "Archive", "Info", "Root", "Synced"}
    assert {"Document", "read_documents"} <= set(index.documents.__all__)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.relative_to(ROOT).as_posix())
def test_names_in_all_are_there(file: Path) -> None:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    exported = [
        ast.literal_eval(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign) and [ast.unparse(target) for target in node.targets] == ["__all__"]
    ]
    if exported:
        relative = file.relative_to(ROOT).with_suffix("")
        module = import_module(".".join(relative.parts).removesuffix(".__init__"))
        (names,) = exported
        assert len(names) == len(set(names))
        assert [name for name in names if not hasattr(module, name)] == []


def rooms_imported(tree: ast.Module) -> set[str]:
    """The packages of this project that a file imports anywhere in it, functions included."""
    modules = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            modules |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"line {node.lineno}: imports are absolute"
            modules.add(node.module or "")
    return {module.partition(".")[0] for module in modules} & {"index", "qa", "ui", "seeds", "tests"}


def test_imports_are_seen_wherever_they_stand() -> None:
    tree = ast.parse(
        "import os, ui.app\ndef f():\n    from qa.answer import ask\n    if 1:\n        import index\n"
    )
    assert rooms_imported(tree) == {"index", "qa", "ui"}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.relative_to(ROOT).as_posix())
def test_imports_go_one_way(file: Path) -> None:
    room = file.relative_to(ROOT).parts[0]
    assert rooms_imported(ast.parse(file.read_text(encoding="utf-8"))) <= MAY_IMPORT[room]


def test_all_rooms_are_looked_at() -> None:
    for room in MAY_IMPORT:
        assert sum(file.relative_to(ROOT).parts[0] == room for file in FILES) > 5
