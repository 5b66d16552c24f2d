"""Files' bytes: written, read and deleted by key, in the store that the configuration names."""

from __future__ import annotations

from taskforge.config import Config
from taskforge.stores.blobs.contract import BlobMissing, BlobStore, BlobsUnavailable, StoredBlob
from taskforge.stores.blobs.gridfs_store import GridFSStore
from taskforge.stores.blobs.paired_store import PairedStore

__all__ = [
    "BlobMissing",
    "BlobStore",
    "BlobsUnavailable",
    "PairedStore",
    "StoredBlob",
    "ask_s3",
    "connect",
    "store",
]

_store: BlobStore = GridFSStore()


def store() -> BlobStore:
    """The store of this process. Into which one it writes, and where it looks too, says the configuration."""
    return _store


def connect(config: Config) -> None:
    """Make the store of this process as it is configured; nothing is connected yet.

    With ``S3_URL`` blobs are written there, or into MongoDB where ``FILE_STORE`` says so, and found in both.
    """
    global _store
    gridfs = GridFSStore()
    if not config.s3_url:
        _store = gridfs
        return
    from taskforge.s3_address import read_address
    from taskforge.stores.blobs.s3_store import S3Store

    s3 = S3Store(read_address(config.s3_url), config.s3_timeout_seconds)
    _store = PairedStore(gridfs, s3) if config.file_store == "gridfs" else PairedStore(s3, gridfs)


def ask_s3() -> None:
    """Ask the S3-compatible store whether it can be used; only where ``S3_URL`` is set.

    Raises:
        BlobsUnavailable, BlobMissing: it can't be asked, or has no such bucket.
    """
    from taskforge.stores.blobs.s3_store import S3Store

    for store in (_store.first, _store.second) if isinstance(_store, PairedStore) else ():
        if isinstance(store, S3Store):
            store.check()
