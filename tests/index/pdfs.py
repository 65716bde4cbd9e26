"""PDFs written by hand: glyphs at places of a page, and a ToUnicode map that says which letters they are."""

from collections.abc import Sequence

_SIZE, _LINE = 12, 16


def pdf_of_pages(pages: Sequence[Sequence[str]], to_unicode: bool = True, info: str = "") -> bytes:
    """Make a PDF in which glyphs are set from left to right as they come, whatever their letters.

    Args:
        pages: Lines as they are drawn; Arabic in visual order looks right on the page.
        to_unicode: Whether the font says which letters its glyphs are.
        info: Entries of the properties, in PDF syntax.
    """
    letters = sorted({letter for page in pages for line in page for letter in line})
    code = {letter: number for number, letter in enumerate(letters, start=3)}
    pairs = "".join(f"<{code[c]:04x}> <{c.encode('utf-16-be').hex()}>\n" for c in letters)
    cmap = (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def /CMapType 2 def\n"
        "1 begincodespacerange <0000> <ffff> endcodespacerange\n"
        f"{len(letters)} beginbfchar\n{pairs}endbfchar endcmap end end"
    )
    system = "<< /Registry (Adobe) /Ordering (Identity) /Supplement 0 >>"
    numbers = [6 + 2 * n for n in range(len(pages))]
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{' '.join(f'{n} 0 R' for n in numbers)}] /Count {len(pages)} >>",
        "<< /Type /Font /Subtype /Type0 /BaseFont /Made /Encoding /Identity-H /DescendantFonts [4 0 R]"
        + (" /ToUnicode 5 0 R >>" if to_unicode else " >>"),
        f"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /Made /CIDSystemInfo {system} /DW 500 "
        "/FontDescriptor << /Type /FontDescriptor /FontName /Made /Flags 4 /FontBBox [0 0 500 700] /ItalicAngle 0 "
        "/Ascent 700 /Descent 0 /CapHeight 700 /StemV 80 >> >>",
        _stream(cmap),
    ]
    for number, page in zip(numbers, pages, strict=True):
        shown = "".join(f"<{''.join(f'{code[c]:04x}' for c in line)}> Tj T*\n" for line in page)
        objects += [
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 900 800] /Contents {number + 1} 0 R "
            "/Resources << /Font << /F 3 0 R >> >> >>",
            _stream(f"BT /F {_SIZE} Tf {_LINE} TL 50 750 Td\n{shown}ET"),
        ]
    objects.append(f"<< {info} >>")
    body, places = b"%PDF-1.5\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(body))
        body += f"{number} 0 obj\n{content}\nendobj\n".encode("latin-1")
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    trailer = f"<< /Size {len(objects) + 1} /Root 1 0 R /Info {len(objects)} 0 R >>"
    head = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n"
    return body + f"{head}{table}trailer\n{trailer}\nstartxref\n{len(body)}\n%%EOF\n".encode()


def _stream(content: str) -> str:
    return f"<< /Length {len(content)} >>\nstream\n{content}\nendstream"
