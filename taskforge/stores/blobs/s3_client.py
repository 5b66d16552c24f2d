"""The client of an S3-compatible store, and what its errors mean here.

Imported only where ``S3_URL`` is set: botocore takes 38 MB and half a second.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from botocore.config import Config as ClientConfig
from botocore.exceptions import BotoCoreError, ClientError
from botocore.session import Session

from taskforge.messaging.breaker import S3, BreakerOpen, make_breaker
from taskforge.metrics.trips import note_trip, now
from taskforge.s3_address import S3Address
from taskforge.stores.blobs.contract import BlobMissing, BlobsUnavailable

# Tries of a request: once more after a lost connection, or an answer that asks for it (500, 503, SlowDown).
TRIES = 2
MISSING = frozenset({"404", "NoSuchKey"})
BEHIND_THE_END = frozenset({"416", "InvalidRange"})
NO_SUCH_UPLOAD = "NoSuchUpload"

breaker = make_breaker(S3, (BlobsUnavailable,))


def make_client(address: S3Address, timeout_seconds: float) -> Any:
    """A client for threads to share; it connects on first use, in whatever process that is."""
    breaker.reset()
    return Session().create_client(
        "s3",
        endpoint_url=address.endpoint,
        region_name=address.region,
        aws_access_key_id=address.key,
        aws_secret_access_key=address.secret,
        config=ClientConfig(
            connect_timeout=timeout_seconds,
            read_timeout=timeout_seconds,
            retries={"total_max_attempts": TRIES, "mode": "standard"},
            s3={"addressing_style": address.addressing, "payload_signing_enabled": True},
            # Newer sums that not every compatible store knows. The signature holds the SHA-256 of what is sent.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
            # Nothing of the machine: neither its proxies nor its files of credentials.
            proxies={},
        ),
    )


@contextmanager
def asking(key: str = "") -> Iterator[None]:
    """Guard a block of calls for the blob `key`.

    Raises:
        BlobMissing: the store has no such blob.
        BlobsUnavailable: the store is away, hangs, refuses, or was away a moment ago.
    """
    began = now()
    try:
        with breaker.guard(), _translating(key):
            yield
    except BreakerOpen as error:
        raise BlobsUnavailable(str(error)) from error
    finally:
        note_trip(S3, now() - began, lambda: f"blob {key}")


def code_of(error: ClientError) -> str:
    """The code by which the store names what is wrong; of an answer without a body its status."""
    return str(error.response.get("Error", {}).get("Code", ""))


@contextmanager
def _translating(key: str) -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        if code_of(error) in MISSING:
            raise BlobMissing(key) from error
        raise BlobsUnavailable(str(error)[:300]) from error
    except (BotoCoreError, OSError) as error:
        raise BlobsUnavailable(str(error)[:300]) from error
