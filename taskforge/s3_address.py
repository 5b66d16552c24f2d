"""The address of an S3-compatible store, as the setting ``S3_URL`` writes it."""

from __future__ import annotations

import re
from typing import NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit

FORM = "https://KEY:password@host[:port]/bucket[/folder][?region=…][&addressing=path|virtual]"
DEFAULT_REGION = "us-east-1"
_BUCKET = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{1,62}")
_FOLDER = re.compile(r"[A-Za-z0-9._/-]{0,200}")


class S3Address(NamedTuple):
    """Where blobs are, and with which key; ``folder`` is empty or ends in a slash, ``addressing`` path or virtual."""

    endpoint: str
    host: str
    key: str
    secret: str
    bucket: str
    folder: str
    region: str
    addressing: str

    @property
    def is_encrypted(self) -> bool:
        """Whether the store is spoken to by TLS."""
        return self.endpoint.startswith("https://")


def read_address(url: str) -> S3Address:
    """The parts of an address of the form `FORM`.

    Raises:
        ValueError: it is none; the message does not repeat it, as it holds a secret.
    """
    parts = urlsplit(url)
    options = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    bucket, _, folder = parts.path.strip("/").partition("/")
    is_known = parts.scheme in ("http", "https") and options.keys() <= {"region", "addressing"}
    is_whole = parts.hostname and parts.username and parts.password and not parts.fragment
    addressing = options.get("addressing", "path")
    if not (is_known and is_whole and addressing in ("path", "virtual") and parts.port != 0):
        raise ValueError(f"is no address of the form {FORM}")
    if not (_BUCKET.fullmatch(bucket) and _FOLDER.fullmatch(folder)):
        raise ValueError(f"names no bucket as {FORM} does")
    return S3Address(
        endpoint=f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}",
        host=parts.hostname or "",
        key=unquote(parts.username or ""),
        secret=unquote(parts.password or ""),
        bucket=bucket,
        folder=f"{folder}/" if folder else "",
        region=options.get("region", DEFAULT_REGION),
        addressing=addressing,
    )
