"""What a key of a blob may be: a letter for what it is, and the id of what it belongs to.

Nothing of a key comes from a person: neither the name of a file nor its type.
"""

from __future__ import annotations

import re

MAX_KEY_LENGTH = 100
_KEY = re.compile(rf"[a-z0-9/_-]{{1,{MAX_KEY_LENGTH}}}")


def is_key(text: str) -> bool:
    """Whether a blob may have this key."""
    return bool(_KEY.fullmatch(text))


def check_key(key: str) -> str:
    """The key itself.

    Raises:
        ValueError: it has other characters than ``[a-z0-9/_-]``, none or too many.
    """
    if not is_key(key):
        raise ValueError(f"not a key of a blob: {key[:120]!r}")
    return key
