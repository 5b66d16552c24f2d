"""Files' bytes: written, read and deleted by key, in the store that the configuration names."""

from __future__ import annotations

from taskforge.stores.blobs.contract import BlobMissing, BlobStore, BlobsUnavailable, StoredBlob
from taskforge.stores.blobs.gridfs_store import GridFSStore

__all__ = ["BlobMissing", "BlobStore", "BlobsUnavailable", "StoredBlob", "store"]


def store() -> BlobStore:
    """The store into which blobs are written."""
    return GridFSStore()
