"""The benchmark still runs, and measures what it says."""

import gzip
import json
import os
import sys
from importlib.util import find_spec
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from tests.bench import report, scale
from tests.bench.isnad import _exact
from tests.bench.news import DAYS, FIRST_DAY, SOURCES, News
from tests.bench.processes import StepError, run
from tests.bench.rivals import RIVALS, missing

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="sets cores and reads /proc")


@pytest.fixture(scope="module")
def news() -> News:
    return News(topics=200)


def test_news_is_the_same_in_every_run_and_mixed(news: News) -> None:
    first, again = (list(islice(news.articles(), 400)) for _ in range(2))
    assert first == again
    assert len({document.uri for document in first}) == 400
    assert sum(document.language == "en" for document in first) == 100
    assert {document.source for document in first} == {*SOURCES}
    days = sorted(document.published or "" for document in first)
    assert days[0] >= FIRST_DAY.isoformat()
    assert int(days[-1][:4]) - int(days[0][:4]) == DAYS // 365 - 1


def test_articles_do_not_share_stretches(news: News) -> None:
    held_out = [document.text for document in islice(news.held_out(), 40)]
    seen: dict[str, int] = {}
    texts = [*(document.text for document in islice(news.articles(), 300)), *held_out]
    for number, text in enumerate(texts):
        words = text.split()
        stretches = {" ".join(words[first : first + 5]) for first in range(len(words) - 4)}
        shared = [seen[stretch] for stretch in stretches if stretch in seen]
        for other in {*shared}:
            assert shared.count(other) < len(stretches) / 50
        seen |= dict.fromkeys(stretches, number)


@linux
def test_isnad_is_measured(news: News, tmp_path: Path) -> None:
    out, scratch = tmp_path / "out", tmp_path / "scratch"
    scratch.mkdir()
    written = list(islice(news.articles(), 200))
    with gzip.open(tmp_path / "news.gz", "wt", encoding="utf-8") as file:
        for document in written:
            if document.language == "ar":
                file.write(f"{document.title} . {document.text[:900]}\n".replace("\n", " ").rstrip() + "\n")
    with gzip.open(tmp_path / "english.gz", "wt", encoding="utf-8") as file:
        for document in written:
            if document.language == "en":
                file.writelines(f"{sentence}\t\n" for sentence in document.text.splitlines())
    options = ["--sizes", "300", "--questions", "60", "--rivals", "--out", str(out), "--scratch", str(scratch)]
    options += ["--news", str(tmp_path / "news.gz"), "--english", str(tmp_path / "english.gz")]
    assert scale.main(options) == 0
    figures = json.loads((out / "figures.json").read_text(encoding="utf-8"))[report.ISNAD]["300"]
    assert 200 < figures["passages"] < 450
    assert figures["questions"] == 50
    assert figures["recall@10"] > 0.9
    # Two measurements that cannot contradict each other.
    assert figures["memory of its own, MB"] < figures["memory, MB"] <= figures["peak memory, MB"]
    assert sum(value for name, value in figures.items() if name.startswith("disk: ")) == pytest.approx(
        figures["disk, MB"], rel=0.05
    )
    assert (out / "plot.png").is_file() == bool(find_spec("matplotlib"))
    assert not list(scratch.iterdir())


@linux
@pytest.mark.parametrize("rival", RIVALS)
def test_a_rival_is_filled_and_asked(rival: str, tmp_path: Path) -> None:
    if missing(rival):
        pytest.skip(f"{rival} is not installed")
    article = {"text": "The forum opened in Tunis. Morocco chairs it.", "title": "A forum opens", "language": "en"}
    lines = [json.dumps(article | {"uri": f"made-up/{number}"}) for number in range(12)]
    (tmp_path / "articles.jsonl").write_text("\n".join(lines), encoding="utf-8")
    (tmp_path / "questions.json").write_text(json.dumps(["Who chairs the forum?"] * 12), encoding="utf-8")
    folder = str(tmp_path / rival)
    given = {"rival": rival, "articles": str(tmp_path / "articles.jsonl"), "embedded_a_second": 1.0}
    filled = run("tests.bench.rivals:index", 2, folder=folder, **given)
    assert filled["passages"] == 12
    assert filled["disk, MB"] > 0
    # A transformer that embeds one passage a second leaves no more than that.
    assert (filled["indexing, passages/s"] < 1) == RIVALS[rival].embeds
    asked = run("tests.bench.rivals:ask", 1, rival=rival, folder=folder, asked=str(tmp_path / "questions.json"))
    assert 0 < asked["question p50, ms"] <= asked["question p95, ms"]


@linux
def test_exact_search_is_that_of_faiss(news: News, tmp_path: Path) -> None:
    """The yardstick of recall, against the flat index of another library."""
    import faiss

    from index.archive import Archive

    with Archive.create(tmp_path / "archive") as archive:
        archive.add(islice(news.articles(), 40))
        questions = archive.embedder.encode(["من يترأس المنتدى؟", "Who chairs the forum?"])
        for language, count in archive.passage_counts().items():
            ids = _exact(tmp_path / "archive" / "catalog.sqlite", language, questions, 10)
            data = archive.passage_data(
                _exact(tmp_path / "archive" / "catalog.sqlite", language, questions, count)[0]
            )
            assert len(data.ids) == count
            flat = faiss.IndexFlatIP(data.vectors.shape[1])
            flat.add(data.vectors)
            _, places = flat.search(questions, 10)
            np.testing.assert_array_equal(ids, data.ids[places])


def test_a_failing_step_says_why() -> None:
    with pytest.raises(StepError, match=r"no-such-archive"):
        run("tests.bench.isnad:add", 1, folder="no-such-archive")


@linux
def test_a_run_that_cannot_end_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match=r"GB of disk .* GB free; .*--scratch"):
        scale.main(["--sizes", str(10**12), "--scratch", str(tmp_path)])
    with pytest.raises(SystemExit, match=r"nowhere\.gz: no such file"):
        scale.main(["--news", "nowhere.gz"])


@linux
def test_a_step_stays_on_its_cores() -> None:
    # The child inherits the core it is given, and none else.
    assert os.cpu_count()
    cores = run("tests.bench.test_scale:_cores", 1)
    assert cores == {"cores": 1.0, "threads": 1.0}


def _cores() -> dict[str, float]:
    return {"cores": len(os.sched_getaffinity(0)), "threads": float(os.environ["OMP_NUM_THREADS"])}
