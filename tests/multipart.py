"""Forms with files as the test client sends them: with a boundary that may be one."""

from __future__ import annotations

from typing import IO, Any

from werkzeug import test

BOUNDARY = "----TaskForgeTests7f31c0d9"
_encode = test.stream_encode_multipart


def keep_boundaries_short() -> None:
    """Have Werkzeug's client name a boundary of ours.

    Its own is made of the time and a random number, and one in 400 is longer than the 70 characters that are allowed
    (RFC 2046, section 5.1.1), so that it is refused.
    """
    test.stream_encode_multipart = _encode_with_boundary


def _encode_with_boundary(*given: Any, **named: Any) -> tuple[IO[bytes], int, str]:
    return _encode(*given, **{"boundary": BOUNDARY, **named})
