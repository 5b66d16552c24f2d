"""Blobs in an S3-compatible store: an object for each, whose key ends in the blob's; its hash is in the metadata.

The hash must be known before an object is begun. So a blob is first written to a file on the disk, without a name, and
sent from there: a short one by one request, a longer one in parts, each of which is tried again alone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import datetime
from tempfile import TemporaryFile
from typing import IO, Any

from botocore.exceptions import ClientError

from taskforge.s3_address import S3Address
from taskforge.stores.blobs import s3_client
from taskforge.stores.blobs.contract import (
    MAX_PIECE_BYTES,
    BlobMissing,
    BlobsUnavailable,
    StoredBlob,
)
from taskforge.stores.blobs.keys import check_key, is_key
from taskforge.stores.blobs.s3_client import asking

PART_BYTES = 8 * 1024 * 1024  # the protocol wants 5 MB at least, and takes 10,000 parts
MAX_LISTED = 1000  # by the protocol
READ_BYTES = 64 * 1024  # at once; the client asks for 1 MB to sign
HASH = "sha256"  # in an object's metadata


class S3Store:
    """The blob store of a TaskForge with ``S3_URL``."""

    name = "s3"

    def __init__(self, address: S3Address, timeout_seconds: float) -> None:
        self._client = s3_client.make_client(address, timeout_seconds)
        self._bucket, self._folder = address.bucket, address.folder

    def write(self, key: str, chunks: Iterable[bytes]) -> StoredBlob:
        """See `BlobStore.write`."""
        target = self._target(key)
        with TemporaryFile() as file:
            stored = _spool(chunks, file)
            described = {
                **target,
                "Metadata": {HASH: stored.sha256},
                "ContentType": "application/octet-stream",
            }
            if stored.size <= PART_BYTES:
                whole = _Slice(file, 0, stored.size)
                with asking(key):
                    self._client.put_object(**described, Body=whole, ContentLength=stored.size)
            else:
                self._write_parts(key, described, file, stored)
        return stored

    def read(self, key: str, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        """See `BlobStore.read`."""
        if length == 0:  # no range can be empty
            if self.stat(key) is None:
                raise BlobMissing(key)
            return iter(())
        wanted = self._target(key)
        if start or length is not None:
            wanted["Range"] = f"bytes={start}-{'' if length is None else start + length - 1}"
        with asking(key):
            try:
                return _Pieces(key, self._client.get_object(**wanted)["Body"])
            except ClientError as error:
                if s3_client.code_of(error) not in s3_client.BEHIND_THE_END:
                    raise
        return iter(())

    def stat(self, key: str) -> StoredBlob | None:
        """See `BlobStore.stat`."""
        try:
            with asking(key):
                found = self._client.head_object(**self._target(key))
        except BlobMissing:
            return None
        return StoredBlob(found["ContentLength"], found["Metadata"].get(HASH, ""))

    def delete(self, keys: Iterable[str]) -> None:
        """See `BlobStore.delete`. One request for each: that for many wants a sum that some stores do not know."""
        targets = [(key, self._target(key)) for key in keys]
        for key, target in targets:
            with asking(key), suppress(BlobMissing):
                self._client.delete_object(**target)

    def list_keys(self, after: str, limit: int) -> list[tuple[str, datetime]]:
        """See `BlobStore.list_keys`; objects whose keys are none of ours are passed over."""
        begin = len(self._folder)
        while True:
            with asking():
                page = self._client.list_objects_v2(
                    Bucket=self._bucket,
                    Prefix=self._folder,
                    StartAfter=self._folder + after,
                    MaxKeys=min(limit, MAX_LISTED),
                ).get("Contents", [])
            found = [(each["Key"][begin:], each["LastModified"]) for each in page]
            ours = [(key, at) for key, at in found if is_key(key)]
            if ours or not found:
                return ours
            after = found[-1][0]

    def purge_unfinished(self, before: datetime) -> int:
        """See `BlobStore.purge_unfinished`; at most `MAX_LISTED`."""
        with asking():
            page = self._client.list_multipart_uploads(Bucket=self._bucket, Prefix=self._folder)
        old = [each for each in page.get("Uploads", ()) if each["Initiated"] < before]
        for each in old:
            self._abort({"Bucket": self._bucket, "Key": each["Key"]}, each["UploadId"])
        return len(old)

    def check(self) -> None:
        """Ask for the bucket.

        Raises:
            BlobsUnavailable: the store is away, or lets this key not use the bucket.
            BlobMissing: there is no such bucket.
        """
        with asking():
            self._client.head_bucket(Bucket=self._bucket)

    def _target(self, key: str) -> dict[str, Any]:
        return {"Bucket": self._bucket, "Key": self._folder + check_key(key)}

    def _write_parts(
        self, key: str, described: dict[str, Any], file: IO[bytes], stored: StoredBlob
    ) -> None:
        target = self._target(key)
        with asking(key):
            upload_id = self._client.create_multipart_upload(**described)["UploadId"]
        try:
            parts = [
                self._write_part(key, upload_id, number, _Slice(file, start, stored.size))
                for number, start in enumerate(range(0, stored.size, PART_BYTES), start=1)
            ]
            self._complete(key, upload_id, parts, stored)
        except BaseException:
            with suppress(BlobsUnavailable):
                self._abort(target, upload_id)
            raise

    def _write_part(self, key: str, upload_id: str, number: int, part: _Slice) -> dict[str, Any]:
        with asking(key):
            answer = self._client.upload_part(
                **self._target(key),
                UploadId=upload_id,
                PartNumber=number,
                Body=part,
                ContentLength=len(part),
            )
        return {"PartNumber": number, "ETag": answer["ETag"]}

    def _complete(
        self, key: str, upload_id: str, parts: list[dict[str, Any]], stored: StoredBlob
    ) -> None:
        try:
            with asking(key):
                self._client.complete_multipart_upload(
                    **self._target(key), UploadId=upload_id, MultipartUpload={"Parts": parts}
                )
        except BlobsUnavailable:
            # The first try may have come through, and only its answer been lost.
            if self.stat(key) != stored:
                raise

    def _abort(self, target: dict[str, Any], upload_id: str) -> None:
        with asking():
            try:
                self._client.abort_multipart_upload(**target, UploadId=upload_id)
            except ClientError as error:
                if s3_client.code_of(error) != s3_client.NO_SUCH_UPLOAD:
                    raise


def _spool(chunks: Iterable[bytes], file: IO[bytes]) -> StoredBlob:
    digest = hashlib.sha256()
    for chunk in chunks:
        digest.update(chunk)
        file.write(chunk)
    return StoredBlob(file.tell(), digest.hexdigest())


class _Slice:
    """A part of a file as a file of its own, at most `PART_BYTES` long. The client reads it twice: to sign, to send."""

    def __init__(self, file: IO[bytes], start: int, size: int) -> None:
        self._file, self._start = file, start
        self._length = min(PART_BYTES, size - start)
        self._at = 0

    def __len__(self) -> int:
        return self._length

    def read(self, size: int = -1) -> bytes:
        left = self._length - self._at
        self._file.seek(self._start + self._at)
        data = self._file.read(left if size < 0 else min(size, left, READ_BYTES))
        self._at += len(data)
        return data

    def seek(self, offset: int, whence: int = 0) -> int:
        self._at = offset + (0, self._at, self._length)[whence]
        return self._at

    def tell(self) -> int:
        return self._at


class _Pieces:
    """The bytes of an answer, which is let go when they are read, or on `close`."""

    def __init__(self, key: str, body: Any) -> None:
        self._key, self._body = key, body

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        try:
            with asking(self._key):
                piece: bytes = self._body.read(MAX_PIECE_BYTES)
        except BaseException:
            self.close()
            raise
        if not piece:
            self.close()
            raise StopIteration
        return piece

    def close(self) -> None:
        self._body.close()
