"""What a user typed to limit the articles, checked against the archive."""

from collections.abc import Sequence
from difflib import get_close_matches

from index.archive import Archive
from index.errors import IsnadError
from index.filters import Filter
from index.folding import fold
from ui.days import parse_days


def filter_of(
    archive: Archive,
    since: str | None,
    until: str | None,
    sources: Sequence[str] | None,
    languages: Sequence[str] | None,
    documents: Sequence[str] | None = None,
) -> Filter:
    """Make a filter of the options of a command.

    Args:
        archive: whose articles are to be limited.
        since: a date (see ``parse_days``); of a month or year the first day counts.
        until: likewise; of a month or year the last day counts.
        sources: names of outlets or agencies.
        languages: codes.
        documents: uris.

    Raises:
        IsnadError: a date is none, the first is after the last, or the archive has nothing of that name.
    """
    first, last = (_day(*option) for option in (("--since", since, 0), ("--until", until, 1)))
    if first and last and first > last:
        raise IsnadError(f"--since {first} is after --until {last}; swap them")
    if sources:
        _check_sources(archive.sources(), sources)
    known = archive.passage_counts() if languages else {}
    codes = tuple(code.lower() for code in languages or ())
    for code in codes:
        if code not in known:
            raise IsnadError(
                f"--language: the archive has no article in {code!r}; it has: {', '.join(sorted(known)) or 'none'}"
            )
    for uri in documents or ():
        if uri not in archive:
            raise IsnadError(f"--document: the archive has no document {uri!r}; list them with: isnad list")
    return Filter(first, last, tuple(sources or ()), codes, tuple(documents or ()))


def _day(option: str, text: str | None, end: int) -> str | None:
    if not text:
        return None
    if days := parse_days(text):
        return days[end]
    raise IsnadError(f"{option}: expected a date such as 2021-03-15 or March 2021, got {text!r:.80}")


def _check_sources(known: Sequence[str], wanted: Sequence[str]) -> None:
    by_folded = {fold(name): name for name in known}
    for name in wanted:
        if fold(name) in by_folded:
            continue
        near = [by_folded[each] for each in get_close_matches(fold(name), list(by_folded), 3, 0.5)]
        hint = f"did you mean {' or '.join(map(repr, near))}? " if near else ""
        raise IsnadError(
            f"--source: the archive has no source {name!r:.80}; {hint}List the sources with: isnad info --json"
        )
