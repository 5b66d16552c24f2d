"""An S3-compatible server of the tests' own, and an empty bucket in it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from taskforge.s3_address import read_address
from taskforge.server.store_checks import init_store_checks
from taskforge.stores import blobs
from taskforge.stores.blobs.contract import BlobStore
from taskforge.stores.blobs.gridfs_store import GridFSStore
from taskforge.stores.blobs.paired_store import PairedStore
from taskforge.stores.blobs.s3_client import breaker, make_client
from taskforge.stores.blobs.s3_store import S3Store
from tests.blobs.s3_server import FaultyServer

PATIENCE_SECONDS = 30.0
KEY = "key:se%2Fcret"


@pytest.fixture(scope="session")
def s3_server() -> Iterator[FaultyServer]:
    """A server of its own."""
    server = FaultyServer()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def s3_url(s3_server: FaultyServer) -> str:
    """Its address, with a key, its secret, a bucket and a folder in it."""
    return f"http://{KEY}@127.0.0.1:{s3_server.port}/taskforge-files/in/here"


@pytest.fixture(scope="session")
def s3_client(s3_url: str) -> Any:
    """A client of the server, which has the bucket; to make one takes half a second."""
    client = make_client(read_address(s3_url), PATIENCE_SECONDS)
    client.create_bucket(Bucket=read_address(s3_url).bucket)
    return client


@pytest.fixture(scope="session")
def only_s3_store(s3_url: str, s3_client: Any) -> S3Store:
    return S3Store(read_address(s3_url), PATIENCE_SECONDS)


@pytest.fixture
def s3(only_s3_store: S3Store, s3_url: str, s3_client: Any) -> Iterator[S3Store]:
    """Blobs in an S3-compatible store; none yet."""
    yield only_s3_store
    bucket = {"Bucket": read_address(s3_url).bucket}
    for begun in s3_client.list_multipart_uploads(**bucket).get("Uploads", ()):
        upload = {"Key": begun["Key"], "UploadId": begun["UploadId"]}
        s3_client.abort_multipart_upload(**bucket, **upload)
    for found in s3_client.list_objects_v2(**bucket).get("Contents", ()):
        s3_client.delete_object(**bucket, Key=found["Key"])
    breaker.reset()


@pytest.fixture
def gridfs(app: Flask) -> Iterator[GridFSStore]:
    """Blobs in MongoDB; none yet."""
    with app.app_context():
        yield GridFSStore()


@pytest.fixture(params=["gridfs", "s3", "s3 and gridfs", "gridfs and s3"])
def store(request: pytest.FixtureRequest) -> BlobStore:
    """Each store in its turn, and both as one."""
    stores = [request.getfixturevalue(name) for name in request.param.split(" and ")]
    return stores[0] if len(stores) == 1 else PairedStore(*stores)


@pytest.fixture
def s3_configured(app: Flask, s3: S3Store, s3_url: str) -> Iterator[Flask]:
    """The application with ``S3_URL``, which has files in both stores."""
    before = app.config["TASKFORGE"]
    app.config["TASKFORGE"] = before.replaced(s3_url=s3_url, s3_timeout_seconds=PATIENCE_SECONDS)
    blobs.connect(app.config["TASKFORGE"])
    init_store_checks(app)
    with app.app_context():
        yield app
    app.config["TASKFORGE"] = before
    blobs.connect(before)
    init_store_checks(app)
