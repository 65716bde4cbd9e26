"""How well stories are found: ``python -m tests.bench.stories [--news FILE.gz]``.

Copies of articles, changed as outlets change them, must become one story; reports of one event in other words, and
reports filled into one form, must not. The threshold is chosen on copies of some articles, the development
part, and reported on copies of others.
"""

import argparse
import random
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import combinations
from pathlib import Path
from unittest.mock import patch

from index import story_links
from index.archive import Archive
from index.documents import Document
from tests.bench.news import articles, real_articles
from tests.bench.syndication import Labelled, syndicate

THRESHOLDS = (0.2, 0.23, 0.26, 0.3, 0.35, 0.4, 0.5)


def pairs(made: Sequence[Labelled]) -> tuple[int, int, int]:
    """Group the documents in an archive; return how many pairs were rightly joined, joined and to be joined."""
    found = stories([each.document for each in made])
    both = Counter((found[each.document.uri], each.story) for each in made)
    return _pairs(both), _pairs(Counter(found.values())), _pairs(Counter(each.story for each in made))


def stories(documents: Sequence[Document]) -> dict[str, int]:
    """Return the story of every document in an archive of them all."""
    with tempfile.TemporaryDirectory() as scratch, Archive.create(Path(scratch) / "archive") as archive:
        archive.add(documents)
        return dict(archive.stories_of([document.uri for document in documents]))


def _pairs(sizes: Counter[object] | Counter[int] | Counter[str] | Counter[tuple[int, str]]) -> int:
    return sum(size * (size - 1) // 2 for size in sizes.values())


def _line(name: str, right: int, joined: int, wanted: int) -> str:
    precision, recall = right / max(joined, 1), right / max(wanted, 1)
    f1 = 2 * precision * recall / max(precision + recall, 1e-9)
    return f"{name:<22}{precision:>10.4f}{recall:>10.4f}{f1:>10.4f}{wanted:>10,}\n"


def main() -> None:
    """Print precision, recall and F1 of pairs, and the pairs found among real articles."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.stories", description=__doc__)
    parser.add_argument("--news", type=Path, help="a gzipped file with an article a line, instead of made-up ones")
    parser.add_argument("--articles", type=int, default=1500, help="how many articles to take for each part")
    parser.add_argument("--sweep", action="store_true", help="try other thresholds on the development part")
    parser.add_argument(
        "--sample", type=int, default=0, help="show so many pairs found among the articles as they are"
    )
    options = parser.parse_args()
    bases = real_articles(options.news) if options.news else list(articles(2 * options.articles))
    if options.sample:
        _show(bases, options.sample)
        return
    random.Random(1).shuffle(bases)
    dev, test = syndicate(bases[: options.articles], 1), syndicate(bases[-options.articles :], 2)
    sys.stdout.write(f"{'':<22}{'precision':>10}{'recall':>10}{'F1':>10}{'pairs':>10}\n")
    for threshold in THRESHOLDS if options.sweep else ():
        with patch.object(story_links, "SAME_STORY", threshold):
            sys.stdout.write(_line(f"dev, threshold {threshold}", *pairs(dev)))
    for name, part in (("dev", dev), ("test", test)):
        sys.stdout.write(_line(f"{name} ({len(part):,} documents)", *pairs(part)))


def _show(documents: Sequence[Document], count: int) -> None:
    started = time.perf_counter()
    found = stories(documents)
    seconds = time.perf_counter() - started
    groups: dict[int, list[Document]] = defaultdict(list)
    for document in documents:
        groups[found[document.uri]].append(document)
    several = [group for group in groups.values() if len(group) > 1]
    sizes = Counter(map(len, several))
    sys.stdout.write(f"{len(documents):,} articles in {seconds:.1f} s: {len(several):,} stories of several, ")
    sys.stdout.write(f"{dict(sorted(sizes.items()))} by size\n")
    joined = [pair for group in several for pair in combinations(group, 2)]
    for pair in random.Random(1).sample(joined, min(count, len(joined))):
        sys.stdout.write("\n" + "".join(f"{each.uri} | {each.title} | {each.text}\n" for each in pair))


if __name__ == "__main__":
    main()
