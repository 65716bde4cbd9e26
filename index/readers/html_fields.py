"""What a web page says about its article: the places of `index/data/html_fields.txt`, looked up in turn."""

import json
import re
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from index.data import rows
from index.origin import Origin

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_ARTICLE_TYPE = re.compile(r".*(Article|Posting|Report|Review)")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}([-_]\w+)*")
_ADDRESS = re.compile(r"https?://|www\.|@\w", re.IGNORECASE)
_LONGEST = 300  # characters; more is no name, date or headline


class Place(NamedTuple):
    """A place of a page where a field may stand: a row of `index/data/html_fields.txt`."""

    field: str
    kind: str
    name: str
    certain: bool


def find_fields(page: "HtmlElement") -> tuple[dict[str, str], list[Origin]]:
    """Look up what a page says about its article.

    Args:
        page: The whole page.

    Returns:
        The fields found, by their names in `Article` (dates and languages as written), and where each stood.
    """
    objects = list(_article_objects(page))
    fields: dict[str, str] = {}
    origins: dict[str, Origin] = {}
    for field, kind, name, certain in _places():
        # A date that is not ISO gives way to one that is, further down.
        if field in fields and (field != "published" or _is_iso(fields[field])):
            continue
        found = (" ".join(value.split()) for value in _values(page, objects, kind, name))
        value = next((value for value in found if _fits(field, value)), None)
        if value and (field not in fields or _is_iso(value)):
            fields[field] = value
            origins[field] = Origin(field, _spoken(kind, name), certain)
    return fields, list(origins.values())


@cache
def _places() -> tuple[Place, ...]:
    split = (row.split() for row in rows("html_fields.txt"))
    return tuple(Place(field, kind, name, not doubt) for field, kind, name, *doubt in split)


def _spoken(kind: str, name: str) -> str:
    if kind == "tag":
        return re.sub(r".*/|[@\]]", "", name).replace("[", " ") + " element"
    return f"JSON-LD {name}" if kind == "json-ld" else f"{kind} {name}"


def _fits(field: str, value: str) -> bool:
    if not value or len(value) > _LONGEST:
        return False
    if field == "language":
        return bool(_LANGUAGE.fullmatch(value))
    if field == "published":
        return any(map(str.isdecimal, value))
    return field == "title" or not _ADDRESS.match(value)


def _is_iso(value: str) -> bool:
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return True


def _values(page: "HtmlElement", objects: list[dict[str, Any]], kind: str, name: str) -> Iterator[str]:
    """What stands at a place, in the order of the page."""
    if kind == "json-ld":
        for found in objects:
            yield _spelled(found.get(name))
    elif kind == "meta":
        for element in page.iter("meta"):
            keys = (element.get(key, "").lower() for key in ("name", "property", "itemprop", "http-equiv"))
            if name in keys:
                yield element.get("content", "")
    elif kind == "tag":
        for element in [page] if name == page.tag else page.xpath(f"//{name}"):
            yield element.get("lang", "") if name == "html" else _shown(element)
    elif kind == "class":
        for element in page.xpath("//*[contains(concat(' ', @class, ' '), $name)]", name=f" {name} "):
            yield _shown(element)
    else:
        for element in page.xpath(f"//*[contains(concat(' ', @{kind}, ' '), $name)]", name=f" {name} "):
            yield _shown(element)


def _shown(element: "HtmlElement") -> str:
    """The value of an element: what it says to programs, else its text."""
    dated = element if element.get("datetime") else next(element.iterfind(".//time[@datetime]"), None)
    if dated is not None:
        return str(dated.get("datetime"))
    named = next(element.iterfind(".//*[@itemprop='name']"), element)
    return str(element.get("content") or named.get("content") or named.text_content())


def _spelled(value: object) -> str:
    """A value of JSON-LD as text: names for objects, lists with commas."""
    if isinstance(value, dict):
        return _spelled(value.get("name") or value.get("alternateName"))
    if isinstance(value, list):
        return ", ".join(dict.fromkeys(filter(None, map(_spelled, value))))
    return value if isinstance(value, str) else ""


def _article_objects(page: "HtmlElement") -> Iterator[dict[str, Any]]:
    """The articles among the schema.org objects of a page; scripts that are not JSON are passed over."""
    for script in page.xpath("//script[@type='application/ld+json']"):
        try:
            waiting = [json.loads(script.text_content(), strict=False)]
        except (ValueError, RecursionError):
            continue
        while waiting:
            value = waiting.pop(0)
            if isinstance(value, list):
                waiting.extend(value)
            elif isinstance(value, dict):
                kinds = value.get("@type")
                if any(
                    _ARTICLE_TYPE.fullmatch(str(kind)) for kind in (kinds if isinstance(kinds, list) else [kinds])
                ):
                    yield value
                waiting.extend(value[key] for key in ("@graph", "mainEntity", "mainEntityOfPage") if key in value)
