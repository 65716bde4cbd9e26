"""How much a file may hold: what is larger is refused with a reason, never read in part."""

from pathlib import Path

MAX_BYTES = 50 * 2**20  # of one text, or one line of a .jsonl file
MAX_PAGE_BYTES = 20 * 2**20  # of a web page; none of an article comes near


def read_bytes(path: Path, limit: int = MAX_BYTES) -> bytes:
    """Read a whole file that may not be large.

    Args:
        path: The file.
        limit: How many bytes it may have.

    Returns:
        Its bytes.

    Raises:
        ValueError: If it is larger.
        OSError: If it cannot be opened.
    """
    with path.open("rb") as file:
        data = file.read(limit + 1)
    if len(data) > limit:
        size = path.stat().st_size
        raise ValueError(f"the file has {size / 2**20:.0f} MB; a {path.suffix} file may have {limit // 2**20} MB")
    return data
