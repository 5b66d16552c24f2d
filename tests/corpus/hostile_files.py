"""Files that would run something if a browser took them for what they pretend to be, or for what they are.

Whatever of them runs asks for ``/pwned``, and leaves ``pwned`` in the browser's storage.
"""

from __future__ import annotations

import struct
import zlib
from io import BytesIO

from PIL import Image

SCRIPT = (
    b"localStorage.setItem('pwned','1');new Image().src='/pwned';fetch('/pwned');alert('pwned')"
)
TAG = b"<script>" + SCRIPT + b"</script>"
PAGE = b'<!doctype html><html><body onload="' + SCRIPT + b'">' + TAG + b"</body></html>"
SVG = (
    b'<svg xmlns="http://www.w3.org/2000/svg" onload="' + SCRIPT + b'"><script>' + SCRIPT
    + b'</script><foreignObject><iframe xmlns="http://www.w3.org/1999/xhtml" srcdoc="'
    + TAG.replace(b'"', b"&quot;").replace(b"<", b"&lt;") + b'"/></foreignObject></svg>'
)  # fmt: skip
XHTML = b'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml">' + TAG + b"</html>"
XSLT = (
    b'<?xml version="1.0"?><?xml-stylesheet type="text/xsl" href="#s"?><d><xsl:stylesheet id="s" version="1.0"'
    b' xmlns:xsl="http://www.w3.org/1999/XSL/Transform"><xsl:template match="/">' + TAG
    + b"</xsl:template></xsl:stylesheet></d>"
)  # fmt: skip
PDF = (
    b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R/OpenAction<</S/JavaScript/JS(app.alert\\('pwned'\\);)>>>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n" + TAG
)
MHTML = (
    b"MIME-Version: 1.0\nContent-Type: multipart/related; boundary=x\n\n--x\nContent-Type: text/html\n\n"
    + PAGE + b"\n--x--\n"
)  # fmt: skip
MARKDOWN = b"[a](javascript:" + SCRIPT + b")\n\n" + TAG + b"\n\n![x](x\"onerror=\"alert('pwned'))\n"


def _image(kind: str, **more: object) -> bytes:
    made = BytesIO()
    Image.new("RGB", (40, 30), "navy").save(made, kind, **more)
    return made.getvalue()


def _png_with_text() -> bytes:
    """A PNG whose text, which stands before its pixels, is a page."""
    plain, body = _image("PNG"), b"Comment\0" + PAGE
    chunk = (
        struct.pack(">I", len(body))
        + b"tEXt"
        + body
        + struct.pack(">I", zlib.crc32(b"tEXt" + body))
    )
    return plain[:33] + chunk + plain[33:] + PAGE


HOSTILE = {
    "page.html": PAGE,
    "page.htm": b"\xef\xbb\xbf" + PAGE,
    "page.txt": PAGE,
    "late.txt": b" " * 5000 + PAGE,
    "wide.txt": ("\ufeff" + PAGE.decode()).encode("utf-16-le"),
    "drawing.svg": SVG,
    "drawing.txt": SVG,
    "page.xhtml": XHTML,
    "data.xml": XHTML,
    "style.xml": XSLT,
    "mail.mhtml": MHTML,
    "plan.pdf": PDF,
    "script.js": SCRIPT,
    "notes.md": MARKDOWN,
    "cells.csv": b'=HYPERLINK("javascript:alert(1)"),' + TAG,
    "text.png": _png_with_text(),
    "tail.gif": _image("GIF") + PAGE,
    "js.gif": _image("GIF").replace(b"GIF89a", b"GIF87a") + b"*/=1;" + SCRIPT,
    "comment.jpg": _image("JPEG", comment=PAGE) + PAGE,
    "flash.swf": b"FWS\x09" + PAGE,
    "archive.zip": b"PK\x03\x04" + PAGE,
    "nothing": b"\0" + PAGE,
    '"><img src=x onerror=alert(1)>.txt': b"a name",
    "</title><script>alert(1)<!--.html": PAGE,
    "photo\u202egnp.exe": b"MZ" + PAGE,
    "../../../" + "long " * 60 + ".html": PAGE,
}
