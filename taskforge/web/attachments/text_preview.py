"""The beginning of an attached text, for a page that shows it as it is written."""

from __future__ import annotations

import re
from typing import Any

from taskforge.attachments.blob_keys import file_key
from taskforge.errors import Unavailable
from taskforge.stores import blobs

MAX_BYTES = 100_000
UNREADABLE = "The file can’t be read right now. Please try again in a moment."
# Nobody sees them, and some turn the text around them.
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def read_text(attachment_id: str) -> dict[str, Any]:
    """``text``, the first 100 kB of a file as text, and ``is_cut``: there is more of it.

    What is no UTF-8, and what nobody sees, becomes a mark of replacement.

    Raises:
        Unavailable: the blob store does not answer, or has lost it.
    """
    try:
        raw = b"".join(blobs.store().read(file_key(attachment_id), 0, MAX_BYTES + 1))
    except (blobs.BlobsUnavailable, blobs.BlobMissing) as error:
        raise Unavailable(UNREADABLE) from error
    text = raw[:MAX_BYTES].decode("utf-8-sig", "replace").replace("\r\n", "\n")
    return {"text": _UNSEEN.sub("\ufffd", text), "is_cut": len(raw) > MAX_BYTES}
