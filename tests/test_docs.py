"""The documentation is true: its examples run, and what it names is there."""

import ast
import doctest
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from index.documents import read_documents
from index.sentences import sentence_spans
from qa.default_archive import default_archive
from ui.cli import app

ROOT = Path(__file__).parents[1]
PAGES = sorted({*ROOT.glob("*.md"), *(ROOT / "seeds").glob("*.md"), *(ROOT / "index" / "model").glob("*.md")})
MODULES = [
    file
    for room in ("index", "qa", "ui")
    for file in sorted((ROOT / room).rglob("*.py"))
    if ">>>" in file.read_text(encoding="utf-8")
]
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]+)[^)]*\)")
CODE = re.compile(r"`([^`\n]+)`")
FILE = re.compile(r"(?:[\w.-]+/)*[\w.-]+\.(?:py|md|txt|tsv|json|jsonl|toml|css|js|sqlite|faiss)|(?:[\w.-]+/)+")
# Suffixes of formats, and what stands for a file of the reader's own or for one that the program makes.
OF_THE_READER = {"CORPORA", "GOLD", "DIR", "REPORT.json", "articles/", "catalog.sqlite", "manifest.json"}


def by_name(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


@pytest.fixture(scope="module", autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Examples ask the archive that ships, which is built in the cache folder."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        default_archive.cache_clear()
        yield
        default_archive.cache_clear()


def blocks(page: Path, *kinds: str) -> list[str]:
    return [code for kind, code in FENCE.findall(page.read_text(encoding="utf-8")) if kind in kinds]


def prose(page: Path) -> str:
    return FENCE.sub("", page.read_text(encoding="utf-8"))


@pytest.mark.parametrize("page", PAGES, ids=by_name)
def test_fences_are_closed(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert text.count("```") == 2 * len(FENCE.findall(text))


PYTHON = [
    pytest.param(page, code, id=f"{by_name(page)}-{number}")
    for page in PAGES
    for number, code in enumerate(blocks(page, "python", "pycon", "py"))
]


@pytest.mark.parametrize(("page", "code"), PYTHON)
def test_python_examples_run(page: Path, code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)  # where a reader of the project is
    if ">>>" in code:
        example = doctest.DocTestParser().get_doctest(code, {}, by_name(page), str(page), 0)
        assert doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(example).failed == 0
    else:
        exec(compile(code, str(page), "exec"), {"__name__": "example"})


def test_the_readme_has_an_example() -> None:
    assert blocks(ROOT / "README.md", "python")


@pytest.mark.parametrize("file", MODULES, ids=by_name)
def test_examples_of_docstrings_are_right(file: Path) -> None:
    module = import_module(".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"))
    result = doctest.testmod(module, optionflags=doctest.ELLIPSIS)
    assert result.failed == 0
    skipped = file.read_text(encoding="utf-8").count("# doctest: +SKIP")
    assert result.attempted + skipped > 0


@pytest.mark.parametrize("page", PAGES, ids=by_name)
def test_relative_links_lead_somewhere(page: Path) -> None:
    links = [link for link in LINK.findall(prose(page)) if not re.match(r"\w+:", link)]
    assert [link for link in links if not (page.parent / link).exists()] == []


def is_there(name: str, page: Path) -> bool:
    """Whether a file or folder is in the project: by its path, or anywhere if only its name is given."""
    bare = name.rstrip("/")
    if any(
        (base / bare).exists() for base in (ROOT, page.parent, *(ROOT / room for room in ("index", "qa", "ui")))
    ):
        return True
    return "/" not in bare and any(
        next((ROOT / room).rglob(bare), None) for room in ("index", "qa", "ui", "seeds")
    )


@pytest.mark.parametrize("page", PAGES, ids=by_name)
def test_files_that_are_named_are_there(page: Path) -> None:
    words = {word for code in CODE.findall(prose(page)) for word in code.split()}
    words |= set(re.findall(r"[\w/]+\.md\b", prose(page)))
    named = {word.strip("(),;:") for word in words if FILE.fullmatch(word.strip("(),;:"))}
    named = {name for name in named if name not in OF_THE_READER and not name.startswith(".")}
    assert [name for name in sorted(named) if not is_there(name, page)] == []


def commands() -> str:
    """All that the pages tell a reader to type."""
    console = "\n".join(code for page in PAGES for code in blocks(page, "console", "sh", "bash", ""))
    return "\n".join([console, *(code for page in PAGES for code in CODE.findall(prose(page)))])


def test_make_targets_are_there() -> None:
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = set(re.findall(r"\bmake (\w+)", commands()))
    assert {"demo", "test", "serve"} <= named <= targets


def test_commands_of_isnad_are_there() -> None:
    known = {command.name or "" for command in app.registered_commands} | {
        command.callback.__name__ for command in app.registered_commands if command.callback
    }
    named = set(re.findall(r"\bisnad (\w+)", commands()))
    assert {"index", "ask"} <= named <= known


def test_programs_and_their_options_are_there() -> None:
    named = re.findall(r"python -m ([\w.]+)([^\n]*)", commands())
    assert named
    for module, arguments in named:
        path = ROOT.joinpath(*module.split("."))
        sources = sorted(path.glob("*.py")) if path.is_dir() else [path.with_suffix(".py")]
        text = "".join(source.read_text(encoding="utf-8") for source in sources)
        options = re.findall(r"--([\w-]+)", arguments)  # of argparse, or a parameter that typer makes one of
        missing = [one for one in options if not re.search(rf'"--{one}"|\b{one.replace("-", "_")}: ', text)]
        assert missing == [], module


def test_the_readme_quotes_the_article() -> None:
    """The places that the example at the top cites are sentences of the seed article, in its words."""
    article = {document.uri: document for document in read_documents(ROOT / "seeds" / "articles")}
    example = next(code for code in blocks(ROOT / "README.md", "console") if "characters" in code)
    cited = re.findall(r"(\S+\.txt) · characters (\d+)-(\d+)", example)
    assert cited
    shown = " ".join(example.split())
    for uri, start, end in cited:
        document = article[uri]
        assert (int(start), int(end)) in sentence_spans(document.text, document.language)
        assert " ".join(document.text[int(start) : int(end)].split())[:60] in shown


def test_every_public_name_says_what_it_is() -> None:
    silent = []
    for room in ("index", "qa", "ui"):
        for file in sorted((ROOT / room).rglob("*.py")):
            tree = ast.parse(file.read_text(encoding="utf-8"))
            for node in (tree, *tree.body):
                if isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef):
                    name = getattr(node, "name", file.stem)
                    if not name.startswith("_") and not ast.get_docstring(node):
                        silent.append(f"{by_name(file)}: {name}")
    assert silent == []
