"""The table and the plot of a run."""

from collections.abc import Iterable
from pathlib import Path

from tests.bench.processes import Figures

ISNAD = "Isnad"
Results = dict[str, dict[int, Figures]]  # by system, then by size asked for

# What of Isnad is held against what of a rival, and whether more is better.
_COMPARED = (
    ("indexing, passages/s", "indexing, passages/s", True),
    ("search alone p50, ms", "question p50, ms", False),
    ("search alone p95, ms", "question p95, ms", False),
    ("search alone, mean processor time, ms", "question, mean processor time, ms", False),
    ("memory, MB", "memory, MB", False),
    ("disk, MB", "disk, MB", False),
    ("opening, s", "opening, s", False),
)
# What issue 3 asks of a million passages on two cores.
_TARGETS = {
    "indexing, passages/s": ">= 2,000",
    "opening, s": "<= 1",
    "question p50, ms": "<= 25",
    "question p95, ms": "<= 60",
    "memory, MB": "<= 2,560",
    "recall@10": ">= 0.95",
    "adding an article until it is found, s": "<= 1",
}


def tables(results: Results, notes: Iterable[str]) -> str:
    """Return the figures as Markdown: Isnad's own, then each rival's with how they compare."""
    parts = ["## Isnad\n\n" + _own(results.get(ISNAD, {}))]
    rivals = {name: sizes for name, sizes in results.items() if name != ISNAD and sizes}
    if rivals:
        parts.append(
            "## Beside what a user might pick instead\n\nIn brackets how many times better Isnad is: faster, "
            "or smaller; below 1 it is worse. A question to a rival, its embedding included, is held against "
            "Isnad's search alone, because a rival does not answer.\n\n"
            + _compared(results.get(ISNAD, {}), rivals)
        )
    listed = "\n".join(f"- {note}" for note in notes)
    return "\n\n".join([*parts, listed]).rstrip() + "\n"


def _own(sizes: dict[int, Figures]) -> str:
    names = list(dict.fromkeys(name for figures in sizes.values() for name in figures))
    rows = [
        [name, *(_number(figures.get(name)) for figures in sizes.values()), _TARGETS.get(name, "")]
        for name in names
    ]
    return _markdown(["", *(f"{size:,}" for size in sizes), "asked for at 1,000,000"], rows)


def _compared(own: dict[int, Figures], rivals: Results) -> str:
    rows = []
    for rival, sizes in rivals.items():
        for size, figures in sizes.items():
            row = [rival, f"{size:,}"]
            for mine, theirs, more in _COMPARED:
                cell = _number(figures.get(theirs))
                ours, other = own.get(size, {}).get(mine), figures.get(theirs)
                if ours and other:
                    cell += f" ({(ours / other if more else other / ours):.3g}x)"
                row.append(cell)
            rows.append(row)
    return _markdown(["", "passages", *(theirs for _, theirs, _ in _COMPARED)], rows)


def _markdown(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _number(value: float | None) -> str:
    if value is None:
        return ""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.3f}" if value < 1 else f"{value:.1f}"


def plot(results: Results, file: Path) -> None:
    """Draw cost against size, a panel a cost and a line a system, both axes logarithmic."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(2, 2, figsize=(11, 8), layout="constrained")
    panels = (
        ("warm question p50, ms (dotted: p95; Isnad with the answer, others search alone)", "question p50, ms"),
        ("indexing, passages/s", "indexing, passages/s"),
        ("memory after the questions, MB", "memory, MB"),
        ("disk, MB", "disk, MB"),
    )
    for axis, (title, name) in zip(axes.flat, panels, strict=True):
        for number, (system, sizes) in enumerate(results.items()):
            points = [(f["passages"], f) for f in sizes.values() if name in f]
            counts = [count for count, _ in points]
            style = {"color": f"C{number}", "linewidth": 2.5 if system == ISNAD else 1.5}
            axis.plot(counts, [f[name] for _, f in points], marker="o", label=system, **style)
            if "p50" in name:
                p95 = name.replace("p50", "p95")
                axis.plot(counts, [f[p95] for _, f in points], linestyle=":", color=f"C{number}")
        axis.set(xscale="log", yscale="log", title=title, xlabel="passages")
        axis.grid(visible=True, which="both", alpha=0.25)
    axes.flat[0].legend()
    figure.savefig(file, dpi=130)
    pyplot.close(figure)
