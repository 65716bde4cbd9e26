"""How much a file may hold: what is larger is refused with a reason, never read in part."""

from pathlib import Path
from zipfile import ZipFile, ZipInfo

MAX_BYTES = 50 * 2**20  # of one text, one line of a .jsonl file or one row of a .csv file
MAX_PAGE_BYTES = 20 * 2**20  # of a web page; none of an article comes near
MAX_PDF_BYTES = 200 * 2**20
MAX_PDF_PAGES = 2_000
PDF_SECONDS = 60.0  # for the text of one file; a newspaper of 100 pages takes one or two

# Of files in which others are packed. Text packs to a tenth, a table perhaps to a hundredth, bombs to less.
MAX_MEMBERS = 100_000
MAX_MEMBER_BYTES = 500 * 2**20
MAX_UNPACKED_BYTES = 4 * 2**30
MAX_RATIO = 200
RATIO_FROM_BYTES = 2**20  # small files may pack to anything
MAX_DEPTH = 2  # a .zip in a .zip, and no more


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
        raise ValueError(
            f"the file has {path.stat().st_size / 2**20:.0f} MB; a {path.suffix} file may have "
            f"{limit / 2**20:.0f} MB at most"
        )
    return data


def check_member(member: ZipInfo) -> None:
    """Refuse a packed file that would unpack to too much; what is said of its size is held to when unpacking.

    Raises:
        ValueError: If it is too large, or packed tighter than any text.
    """
    if member.file_size > MAX_MEMBER_BYTES:
        raise ValueError(
            f"unpacked it would have {member.file_size / 2**20:,.0f} MB, more than {MAX_MEMBER_BYTES / 2**20:,.0f}"
        )
    if member.file_size > RATIO_FROM_BYTES and member.file_size > MAX_RATIO * member.compress_size:
        raise ValueError(f"packed to less than 1/{MAX_RATIO} of its size, as no text is: perhaps a zip bomb")


def check_document(archive: ZipFile) -> None:
    """Refuse a document that is a .zip file, such as .docx, when it would unpack to too much.

    Raises:
        ValueError: If one of its parts or all of them together are too large.
    """
    members = archive.infolist()
    for member in members:
        check_member(member)
    unpacked = sum(member.file_size for member in members)
    if len(members) > MAX_MEMBERS or unpacked > MAX_MEMBER_BYTES:
        raise ValueError(
            f"its {len(members):,} parts would unpack to {unpacked / 2**20:,.0f} MB, more than "
            f"{MAX_MEMBER_BYTES / 2**20:,.0f}"
        )
