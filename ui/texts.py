"""What the page says in each language, from strings/*.json."""

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import cast

LANGUAGES = ("ar", "en")


@cache
def texts(language: str) -> Mapping[str, str]:
    """Return the texts of the page by key.

    Args:
        language: one of ``LANGUAGES``; English stands in for any other.
    """
    name = language if language in LANGUAGES else "en"
    file = files("ui") / "strings" / f"{name}.json"
    return cast(Mapping[str, str], json.loads(file.read_text(encoding="utf-8")))
