"""How much of what is false the claim guard finds, and how often it doubts what is true.

False sentences are true ones with one fact changed (`tests.bench.perturbations`), held against the sentence
itself and against its translation; true ones are translations, and paraphrases written for this
(tests/data/paraphrases.tsv). To be run with the corpora: python -m tests.bench.guard --data CORPORA --part test
"""

import argparse
import random
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

from index.training.corpora import SentencePair, load_held_out
from index.training.splits import Part
from qa.guard.support import Problem, check
from tests.bench.perturbations import Perturbed, Perturber

PARAPHRASES = Path(__file__).parent.parent / "data" / "paraphrases.tsv"
SOURCES = ("sents_", "ud_pud", "tico19_tm")
LANGUAGES = ("ar", "en")
PARTS = {"dev": Part.DEV, "test": Part.TEST}


def sentence_pairs(data: Path, part: Part) -> list[SentencePair]:
    """Read the held-out sentence pairs of news, encyclopedias and health advice."""
    return [pair for pair in load_held_out(data, part).pairs if pair.source.startswith(SOURCES)]


def side(pair: SentencePair, language: str) -> str:
    return pair.english if language == "en" else pair.arabic


def paraphrases(part: Part) -> list[tuple[str, str, str]]:
    """Read language, claim and evidence of the paraphrases; every other one is for dev."""
    lines = [line for line in PARAPHRASES.read_text(encoding="utf-8").splitlines() if line and line[0] != "#"]
    rows = [tuple(line.split("\t")) for line in lines][0 if part is Part.DEV else 1 :: 2]
    return [(language, claim, evidence) for language, claim, evidence in rows]


def false_claims(pairs: list[SentencePair], data: Path, language: str) -> Iterator[tuple[Perturbed, SentencePair]]:
    """Give every false sentence in a language with the pair that it was made from."""
    perturber = Perturber(data)
    for pair in pairs:
        for perturbed in perturber.of(pair, language):
            yield perturbed, pair
    strangers = pairs.copy()
    random.Random(1).shuffle(strangers)
    for pair, stranger in zip(pairs, strangers, strict=True):
        if pair is not stranger:
            text = side(stranger, language)
            yield Perturbed("other sentence", text, 0, len(text)), pair


def finds(problems: Iterable[Problem], perturbed: Perturbed) -> bool:
    """Tell whether a problem is found at the place that was changed; a dropped word has no place."""
    if perturbed.kind in ("negation dropped", "quotation", "swap"):
        return any(True for _ in problems)
    return any(problem.start <= perturbed.end and perturbed.start <= problem.end for problem in problems)


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.guard", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the corpora folder")
    parser.add_argument("--part", choices=PARTS, default="dev")
    parser.add_argument("--show", default="", help="kind of false sentence, or alarm, whose misses are printed")
    options = parser.parse_args()
    part = PARTS[options.part]
    pairs = sentence_pairs(options.data, part)
    found: dict[str, dict[str, list[tuple[bool, bool]]]] = defaultdict(lambda: defaultdict(list))
    write = sys.stdout.write
    for language in LANGUAGES:
        for perturbed, pair in false_claims(pairs, options.data, language):
            for other in LANGUAGES:
                evidence = side(pair, other)
                problems = check(perturbed.text, evidence, language, other)
                cell = f"{language} on {other}"
                found[perturbed.kind][cell].append((bool(problems), finds(problems, perturbed)))
                if perturbed.kind in options.show.split(",") and not problems:
                    at = perturbed.text[perturbed.start : perturbed.end]
                    write(f"  missed, {cell}: [{at}] {perturbed.text}\n      {evidence}\n")
    cells = [f"{claim} on {evidence}" for claim in LANGUAGES for evidence in LANGUAGES]
    write(f"Found, % of false sentences (n; in brackets: at the place changed), {options.part}\n")
    write(f"{'':18}" + "".join(f"{cell:>24}" for cell in cells) + "\n")
    for kind, of_kind in found.items():
        write(f"{kind:18}" + "".join(f"{_share(of_kind[cell]):>24}" for cell in cells) + "\n")
    facts = [kind for kind in found if kind not in ("other sentence",)]
    every = {cell: [one for kind in facts for one in found[kind][cell]] for cell in cells}
    write(f"{'all facts':18}" + "".join(f"{_share(every[cell]):>24}" for cell in cells) + "\n\n")
    _alarms(pairs, part, options.show)


def _share(results: list[tuple[bool, bool]]) -> str:
    if not results:
        return "-"
    flagged, placed = (100 * sum(one[at] for one in results) / len(results) for at in (0, 1))
    return f"{flagged:.1f} ({placed:.1f}; {len(results)})"


def _alarms(pairs: list[SentencePair], part: Part, show: str) -> None:
    write = sys.stdout.write
    true: dict[str, list[tuple[str, str, str, str]]] = {
        f"{claim} on {evidence}": [(side(pair, claim), side(pair, evidence), claim, evidence) for pair in pairs]
        for claim, evidence in (("ar", "en"), ("en", "ar"))
    }
    for language, claim, evidence in paraphrases(part):
        true.setdefault(f"{language} on {language}", []).append((claim, evidence, language, language))
    write("False alarms, % of true sentences\n")
    for cell, claims in sorted(true.items()):
        kinds: dict[str, int] = defaultdict(int)
        alarms = 0
        for claim, evidence, language, other in claims:
            problems = check(claim, evidence, language, other)
            alarms += bool(problems)
            for kind in {problem.kind for problem in problems}:
                kinds[kind] += 1
            if problems and show in ("alarms", cell, *(problem.kind for problem in problems)):
                said = [(one.kind, claim[one.start : one.end], one.instead) for one in problems]
                write(f"  {cell}: {claim}\n      {evidence}\n      {said}\n")
        counts = ", ".join(f"{kind} {count}" for kind, count in sorted(kinds.items(), key=lambda item: -item[1]))
        write(f"{cell:18}{100 * alarms / len(claims):6.1f}  (n {len(claims)}; {counts})\n")


if __name__ == "__main__":
    main()
