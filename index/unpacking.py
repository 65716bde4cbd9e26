"""Unpacking gzip and zlib data that may be a bomb: never more than allowed, whatever it claims to be."""

import zlib
from collections.abc import Iterable, Iterator

_GZIP_OR_ZLIB = 47  # window bits with which zlib tells the two apart by itself
GZIP = b"\x1f\x8b"  # what gzip data starts with
_STEP = 1 << 20


def gunzip(chunks: Iterable[bytes], limit: int) -> bytes:
    """Unpack data as it comes in.

    Args:
        chunks: The packed data; gzip with one or more members, or zlib.
        limit: How many bytes there may be unpacked.

    Returns:
        The data unpacked.

    Raises:
        ValueError: If it is damaged, ends too early, or is larger than the limit.
    """
    data = bytearray()
    for piece in unpacked(chunks):
        data += piece
        if len(data) > limit:
            raise ValueError(f"unpacked it has more than {limit // 2**20:,} MB")
    return bytes(data)


def unpacked(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Unpack data without end in pieces of at most 1 MB.

    Args:
        chunks: As for `gunzip`.

    Yields:
        The data unpacked.

    Raises:
        ValueError: If it is damaged or ends too early.
    """
    unpacker = zlib.decompressobj(_GZIP_OR_ZLIB)
    started = False
    for chunk in chunks:
        data = chunk
        while data:
            if unpacker.eof:  # another member follows; zeros are padding
                data = data.lstrip(b"\x00")
                if not data:
                    break
                unpacker = zlib.decompressobj(_GZIP_OR_ZLIB)
            started = True
            try:
                yield unpacker.decompress(data, _STEP)
            except zlib.error as error:
                raise ValueError(f"the packed data is damaged ({error})") from None
            data = unpacker.unused_data if unpacker.eof else unpacker.unconsumed_tail
    if started and not unpacker.eof:
        raise ValueError("the packed data ends too early")
