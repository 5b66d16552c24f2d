"""Pictures of people in MongoDB: a document for each picture of each person, written before any row names it.

The profile names the picture (``users.picture``) by a hash of its content. A picture that no profile names is of a
change that did not come about, or was replaced or removed since; `purge_unnamed` removes it after an hour. Within that
hour a change that stored it may still commit.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from bson.binary import Binary
from mongoengine import BinaryField, DateTimeField, Document, StringField
from pymongo.errors import DuplicateKeyError
from sqlalchemy import text

from taskforge import clock
from taskforge.accounts.pictures import Picture
from taskforge.errors import Unavailable
from taskforge.stores import mongo, sql
from taskforge.stores.violations import Violation

COLLECTION = "pictures"
INVARIANT = "I17"
REMOVE, FORGET = "remove pictures", "forget pictures"
UNNAMED_FOR = timedelta(hours=1)
PAGE = 500
CANNOT_STORE = "Pictures can't be stored right now. Please try again in a moment."

_NAMED = text("""
    SELECT user_id, picture
    FROM   users
    WHERE  user_id = ANY(CAST(:ids AS uuid[])) AND picture IS NOT NULL
""")
_WITH_PICTURE = text("""
    SELECT user_id, picture
    FROM   users
    WHERE  picture IS NOT NULL AND (CAST(:after AS uuid) IS NULL OR user_id > CAST(:after AS uuid))
    ORDER  BY user_id
    LIMIT  :limit
""")


class PictureDocument(Document):
    """A picture in both sizes; the key is its person's id and its name."""

    key = StringField(primary_key=True)
    created = DateTimeField(required=True)
    small = BinaryField(required=True)
    large = BinaryField(required=True)

    meta = {"collection": COLLECTION, "auto_create_index": False, "indexes": []}


def store(user_id: str, picture: Picture) -> None:
    """Store a picture, which no profile names yet. Safe to repeat: from now on it stays for an hour in any case.

    Raises:
        Unavailable: MongoDB can't be asked, or did not confirm.
    """
    fields = {
        "created": clock.now(),
        "small": Binary(picture.small),
        "large": Binary(picture.large),
    }
    try:
        if not _put(_key(user_id, picture.name), fields):
            _put(_key(user_id, picture.name), fields)
    except mongo.DocumentsUnavailable as error:
        raise Unavailable(CANNOT_STORE) from error


def _put(key: str, fields: Mapping[str, Any]) -> bool:
    """Write a picture; False when another request has just inserted the same one."""
    with mongo.asking():
        try:
            mongo.collection(COLLECTION).update_one({"_id": key}, {"$set": fields}, upsert=True)
        except DuplicateKeyError:
            return False
        return True


def find(user_id: str, name: str, *, large: bool) -> bytes | None:
    """The bytes of a picture in one of its sizes; None when it is not stored.

    Raises:
        Unavailable: MongoDB can't be asked.
    """
    size = "large" if large else "small"
    try:
        with mongo.asking():
            found = mongo.collection(COLLECTION).find_one({"_id": _key(user_id, name)}, {size: 1})
    except mongo.DocumentsUnavailable as error:
        raise Unavailable() from error
    return bytes(found[size]) if found else None


def find_small(pictures: Mapping[str, str]) -> dict[str, bytes]:
    """The small sizes of the pictures of several people, both by person; what is not stored is left out.

    Raises:
        Unavailable: MongoDB can't be asked.
    """
    owners = {_key(user_id, name): user_id for user_id, name in pictures.items()}
    try:
        with mongo.asking():
            found = list(
                mongo.collection(COLLECTION).find({"_id": {"$in": list(owners)}}, {"small": 1})
            )
    except mongo.DocumentsUnavailable as error:
        raise Unavailable() from error
    return {owners[document["_id"]]: bytes(document["small"]) for document in found}


def purge_unnamed(at: datetime | None = None) -> int:
    """Remove the pictures that no profile names since an hour; answers how many."""
    return sum(_remove(keys, at or clock.now()) for keys in _unnamed_keys())


def wrong_pictures() -> Iterator[Violation]:
    """I17: each picture that is stored is named by its person's profile, and each that is named is stored."""
    before = clock.now() - UNNAMED_FOR
    for keys in _unnamed_keys():
        found = mongo.collection(COLLECTION).find(
            {"_id": {"$in": keys}, "created": {"$lt": before}}, {"_id": 1}
        )
        for document in found:
            yield Violation(INVARIANT, f"picture {document['_id']}", "is in no profile", REMOVE)
    for rows in _named_pages():
        owners = {_key(row["user_id"], row["picture"]): row["user_id"] for row in rows}
        stored = mongo.collection(COLLECTION).find({"_id": {"$in": list(owners)}}, {"_id": 1})
        for key in owners.keys() - {document["_id"] for document in stored}:
            yield Violation(INVARIANT, f"user {owners[key]}", "has a picture that is lost", FORGET)


def is_stored(user_id: str, name: str) -> bool:
    """Whether a picture is stored.

    Raises:
        DocumentsUnavailable: MongoDB can't be asked.
    """
    with mongo.asking():
        found = mongo.collection(COLLECTION).find_one({"_id": _key(user_id, name)}, {"_id": 1})
    return found is not None


def _key(user_id: str, name: str) -> str:
    return f"{user_id}/{name}"


def _unnamed_keys() -> Iterator[list[str]]:
    """The keys of pictures that no profile names, in pages: only the index of keys is read of those that one does."""
    after = ""
    while True:
        with mongo.asking():
            page = [
                str(document["_id"])
                for document in mongo.collection(COLLECTION)
                .find({"_id": {"$gt": after}}, {"_id": 1})
                .sort("_id", 1)
                .limit(PAGE)
            ]
        if not page:
            return
        people = list({key.partition("/")[0] for key in page})
        named = {_key(row["user_id"], row["picture"]) for row in sql.rows(_NAMED, {"ids": people})}
        yield [key for key in page if key not in named]
        after = page[-1]


def _remove(keys: Sequence[str], at: datetime) -> int:
    """Remove pictures, but those that were stored again within the last hour."""
    if not keys:
        return 0
    old = {"_id": {"$in": list(keys)}, "created": {"$lt": at - UNNAMED_FOR}}
    with mongo.asking():
        return int(mongo.collection(COLLECTION).delete_many(old).deleted_count)


def _named_pages() -> Iterator[Sequence[sql.Row]]:
    after: str | None = None
    while rows := sql.rows(_WITH_PICTURE, {"after": after, "limit": PAGE}):
        yield rows
        after = rows[-1]["user_id"]
