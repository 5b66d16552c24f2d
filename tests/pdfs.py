"""PDFs, also such as nobody writes by accident."""

from __future__ import annotations

import zlib

A4 = (595, 842)


def pdf_of(objects: list[bytes], *, trailer: bytes = b"") -> bytes:
    """A PDF of objects that are counted from 1, of which the first is the catalogue."""
    made, places = b"%PDF-1.7\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(made))
        made += b"%d 0 obj%b\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    end = b"trailer<</Size %d/Root 1 0 R%b>>\nstartxref\n%d\n%%%%EOF\n" % (size, trailer, len(made))
    return made + b"xref\n0 %d\n0000000000 65535 f \n%b" % (size, table) + end


def stream_of(content: bytes, more: bytes = b"") -> bytes:
    return b"<</Length %d%b>>stream\n%b\nendstream" % (len(content), more, content)


def paper(
    *texts: str,
    size: tuple[int, int] = A4,
    catalog: bytes = b"",
    trailer: bytes = b"",
    count: int | None = None,
) -> bytes:
    """A PDF with a text on each page; `count` is how many pages it says it has."""
    pages = range(4, 4 + 2 * len(texts), 2)
    kids = b" ".join(b"%d 0 R" % number for number in pages)
    objects = [
        b"<</Type/Catalog/Pages 2 0 R%b>>" % catalog,
        b"<</Type/Pages/Kids[%b]/Count %d>>" % (kids, len(texts) if count is None else count),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    for number, text in zip(pages, texts, strict=True):
        head = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 %d %d]/Contents %d 0 R" % (
            *size,
            number + 1,
        )
        objects.append(head + b"/Resources<</Font<</F1 3 0 R>>>>>>")
        words = b"BT /F1 %d Tf 40 40 Td (%b) Tj ET" % (size[1] // 10, text.encode("latin-1"))
        objects.append(stream_of(words))
    return pdf_of(objects, trailer=trailer)


def long_paper(count: int) -> bytes:
    """A PDF that has the same page many times."""
    kids = b"4 0 R " * count
    return paper("again").replace(b"/Kids[4 0 R]/Count 1", b"/Kids[%b]/Count %d" % (kids, count))


def locked_paper() -> bytes:
    """A PDF that wants a password."""
    lock = b"/Filter/Standard/V 1/R 2/P -4/O<%b>/U<%b>" % (b"41" * 32, b"42" * 32)
    return paper("secret", trailer=b"/Encrypt<<%b>>/ID[<00><00>]" % lock)


def scripted_paper() -> bytes:
    """A PDF that runs a script, and asks an address, as soon as a viewer opens it."""
    script = rb"/S/JavaScript/JS(app.alert\('pwned'\);this.submitForm\('/pwned'\);)"
    return paper("still", catalog=b"/OpenAction<<%b>>/AA<</WC<<%b>>>>" % (script, script))


def filled_form() -> bytes:
    """A PDF of one page with nothing on it but a field, in which stands a black bar."""
    return pdf_of(
        [
            b"<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[4 0 R]>>>>",
            b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Annots[4 0 R]>>",
            b"<</Type/Annot/Subtype/Widget/FT/Tx/T(a)/V(x)/F 4/Rect[20 20 180 180]/P 3 0 R/AP<</N 5 0 R>>>>",
            stream_of(b"0 0 160 160 re f", b"/Type/XObject/Subtype/Form/BBox[0 0 160 160]"),
        ]
    )


def exploding_paper() -> bytes:
    """A PDF in whose first page stands an image of 60,000 × 60,000 pixels."""
    image = zlib.compress(zlib.compress(bytes(450_000_000), 1), 9)
    about = (
        b"/Type/XObject/Subtype/Image/Width 60000/Height 60000/ColorSpace/DeviceGray/BitsPerComponent 1"
        b"/Filter[/FlateDecode/FlateDecode]"
    )
    return pdf_of(
        [
            b"<</Type/Catalog/Pages 2 0 R>>",
            b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 5 0 R/Resources<</XObject<</I 4 0 R>>>>>>",
            stream_of(image, about),
            stream_of(b"595 0 0 842 0 0 cm /I Do"),
        ]
    )


def endless_paper() -> bytes:
    """A PDF whose second page draws something twice that draws something twice, and so on thirty times."""
    depth, first = 30, 8
    names = range(first, first + depth)
    whole = paper("quick", "endless")
    objects = [part.split(b"\nendobj")[0] for part in whole.split(b" 0 obj")[1:]]
    objects[5] = objects[5].replace(b"/Font", b"/XObject<</X %d 0 R>>/Font" % first)
    objects[6] = stream_of(b"/X Do")
    for number in names:
        about = b"/Type/XObject/Subtype/Form/BBox[0 0 600 900]"
        is_last = number == names[-1]
        inner = b"0 0 600 900 re f" if is_last else b"/X Do /X Do"
        more = b"" if is_last else b"/Resources<</XObject<</X %d 0 R>>>>" % (number + 1)
        objects.append(stream_of(inner, about + more))
    return pdf_of(objects)
