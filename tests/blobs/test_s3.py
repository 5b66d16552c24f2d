"""Blobs in an S3-compatible store: long ones in parts, faults on the way, and the address that leads there."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from taskforge import clock
from taskforge.s3_address import read_address
from taskforge.stores.blobs.contract import BlobMissing, BlobsUnavailable, StoredBlob
from taskforge.stores.blobs.s3_client import breaker
from taskforge.stores.blobs.s3_store import PART_BYTES, S3Store
from tests.blobs.s3_server import FaultyServer, answer_lost, busy, cut_off, forbidden

SECRET = "k:a%2Fb"
KEY = "a/0190b7a0-1111-7abc-8def-000000000001"
LONG = bytes(range(256)) * (PART_BYTES // 256) + b"and a little more"


def test_a_long_blob_is_sent_in_parts_and_is_whole_at_the_end(
    s3: S3Store, s3_server: FaultyServer
) -> None:
    s3_server.asked.clear()
    stored = s3.write(KEY, [LONG])
    assert [re.sub("=[^&]*", "", one) for one in s3_server.asked] == [
        "POST uploads",
        "PUT uploadId&partNumber",
        "PUT uploadId&partNumber",
        "POST uploadId",
    ]
    assert stored == s3.stat(KEY)
    assert b"".join(s3.read(KEY)) == LONG
    assert b"".join(s3.read(KEY, PART_BYTES - 3, 6)) == LONG[PART_BYTES - 3 : PART_BYTES + 3]


def test_what_the_store_asks_to_try_again_is_tried_again(
    s3: S3Store, s3_server: FaultyServer
) -> None:
    with s3_server.faulty("PUT", "partNumber=2", busy):
        s3.write(KEY, [LONG])
    with s3_server.faulty("GET", "", busy):
        assert b"".join(s3.read(KEY)) == LONG


def test_a_blob_whose_last_answer_was_lost_is_there(s3: S3Store, s3_server: FaultyServer) -> None:
    with s3_server.faulty("POST", "uploadId", answer_lost):
        stored = s3.write(KEY, [LONG])
    assert s3.stat(KEY) == stored


def test_a_write_that_fails_takes_back_the_parts_that_were_sent(
    s3: S3Store, s3_server: FaultyServer, s3_client: Any, s3_url: str
) -> None:
    with (
        s3_server.faulty("PUT", "partNumber=2", forbidden),
        pytest.raises(BlobsUnavailable, match="Access Denied"),
    ):
        s3.write(KEY, [LONG])
    assert s3.stat(KEY) is None
    bucket = read_address(s3_url).bucket
    assert "Uploads" not in s3_client.list_multipart_uploads(Bucket=bucket)


def test_parts_of_a_killed_process_are_purged_after_a_while(
    s3: S3Store, s3_client: Any, s3_url: str
) -> None:
    address = read_address(s3_url)
    begun = {"Bucket": address.bucket, "Key": address.folder + KEY}
    s3_client.create_multipart_upload(**begun)
    s3_client.create_multipart_upload(**begun | {"Key": "of somebody else"})
    # moto says of every upload that it began in 2010.
    assert s3.purge_unfinished(clock.now() - timedelta(days=365 * 20)) == 0
    assert s3.purge_unfinished(clock.now() - timedelta(hours=1)) == 1
    assert s3.purge_unfinished(clock.now() + timedelta(hours=1)) == 0


def test_an_answer_that_is_cut_off_is_no_blob(s3: S3Store, s3_server: FaultyServer) -> None:
    s3.write(KEY, [LONG])
    with s3_server.faulty("GET", "", cut_off), pytest.raises(BlobsUnavailable):
        list(s3.read(KEY))


def test_a_reader_that_stops_lets_its_connection_go(s3: S3Store) -> None:
    s3.write(KEY, [LONG])
    for _ in range(12):  # more than the client has connections
        pieces = s3.read(KEY)
        assert next(pieces)
        pieces.close()  # type: ignore[attr-defined]
    assert b"".join(s3.read(KEY)) == LONG


def test_objects_of_others_are_not_listed(s3: S3Store, s3_client: Any, s3_url: str) -> None:
    address = read_address(s3_url)
    for key in ("Readme.TXT", "a b", "a/1", "z z"):
        s3_client.put_object(Bucket=address.bucket, Key=address.folder + key, Body=b"x")
    s3_client.put_object(Bucket=address.bucket, Key="a/2", Body=b"x")
    assert [key for key, _ in s3.list_keys("", 1)] == ["a/1"]
    assert s3.list_keys("a/1", 1) == []


def test_a_store_that_is_away_is_not_waited_for_long(s3_url: str) -> None:
    nowhere = read_address("http://key:password@127.0.0.1:1/taskforge-files")
    store = S3Store(nowhere, 1.0)
    try:
        for ask in (
            lambda: store.write("a/1", [b"x"]),
            lambda: store.read(KEY),
            lambda: store.stat(KEY),
            lambda: store.delete([KEY]),
            lambda: store.list_keys("", 1),
            store.check,
        ):
            with pytest.raises(BlobsUnavailable):
                ask()
        assert breaker.is_open
    finally:
        breaker.reset()


def test_a_missing_bucket_is_said(s3: S3Store, s3_url: str) -> None:
    s3.check()
    with pytest.raises(BlobMissing):
        S3Store(read_address(s3_url.replace("taskforge-files", "nobodys")), 30.0).check()


def test_the_address_has_all_that_is_needed() -> None:
    address = read_address(
        f"https://{SECRET}@s3.example.com:9000/files/team/one?region=eu-central-1"
    )
    assert address == (
        "https://s3.example.com:9000",
        "s3.example.com",
        "k",
        "a/b",
        "files",
        "team/one/",
        "eu-central-1",
        "path",
    )
    assert read_address("http://k:p@[::1]/files?addressing=virtual").folder == ""


@pytest.mark.parametrize(
    "url",
    [
        "s3://k:p@host/bucket",
        "https://host/bucket",
        "https://k@host/bucket",
        "https://k:p@host",
        "https://k:p@host/b",
        "https://k:p@host/bucket?colour=red",
        "https://k:p@host/bucket?addressing=some",
        "https://k:p@host/bucket#x",
        "https://k:p@host:0/bucket",
        "https://k:p@host:x/bucket",
        "https://k:p@host/bucket/a b",
    ],
)
def test_other_addresses_are_refused_without_their_secret(url: str) -> None:
    with pytest.raises(ValueError) as refused:  # noqa: PT011  every one says what is wanted
        read_address(url)
    assert "k:p" not in str(refused.value)


def test_a_store_says_what_it_holds_even_of_an_object_without_a_hash(
    s3: S3Store, s3_client: Any, s3_url: str
) -> None:
    address = read_address(s3_url)
    s3_client.put_object(Bucket=address.bucket, Key=address.folder + KEY, Body=b"xyz")
    assert s3.stat(KEY) == StoredBlob(3, "")
