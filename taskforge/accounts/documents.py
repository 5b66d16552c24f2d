"""The profile document in MongoDB: its content (what people say of themselves) and a mirror of the account."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from mongoengine import (
    BooleanField,
    DateTimeField,
    DictField,
    Document,
    EmbeddedDocument,
    EmbeddedDocumentField,
    IntField,
    StringField,
)

from taskforge import clock
from taskforge.accounts.notification_preferences import DEFAULTS, FREQUENCIES
from taskforge.stores.document_parts import (
    CONTENT,
    MIRROR,
    TOMBSTONE_SECONDS,
    DocumentPart,
    PartField,
    first_schema,
    part_of,
    register_part,
)
from taskforge.stores.outbox import Message, encode_message
from taskforge.text.zones import MAX_LENGTH as MAX_ZONE_LENGTH

NAME_LENGTH = 80
BIO_LENGTH = 2000
THEMES = ("system", "light", "dark")
WEEK_STARTS = tuple(clock.WEEK_STARTS)
PROFILE_CONTENT = register_part(
    DocumentPart(
        entity_type="user",
        name=CONTENT,
        collection="profiles",
        counter="doc_version",
        table="users",
        key="user_id",
        version_column="doc_version",
        fields=(
            *first_schema("first_name", "last_name", "picture", "bio", "preferences"),
            PartField("time_zone", since=2),
            PartField("week_start", since=2, default="monday"),
        ),
        absent_when_deleted=True,
    )
)
PROFILE_MIRROR = register_part(
    DocumentPart(
        entity_type="user",
        name=MIRROR,
        collection="profiles",
        counter="core_version",
        table="users",
        key="user_id",
        version_column="core_version",
        fields=first_schema("email", "metadata"),
        absent_when_deleted=True,
    )
)


class NotificationPreferences(EmbeddedDocument):
    """By which ways, how often and when somebody wants to hear of things.

    What came later has no default here: a profile that was written before has its own hash
    (`taskforge.accounts.notification_preferences.complete`).
    """

    email = BooleanField(default=True)
    push = BooleanField(default=True)
    frequency = StringField(choices=FREQUENCIES, default="immediate")
    digest_hour = IntField(min_value=0, max_value=23)
    digest_weekday = IntField(min_value=1, max_value=7)
    quiet_from = StringField(max_length=5)
    quiet_until = StringField(max_length=5)
    matrix = DictField(default=None)


class Preferences(EmbeddedDocument):
    """How TaskForge looks and talks to somebody."""

    theme = StringField(choices=THEMES, default="system")
    notifications = EmbeddedDocumentField(NotificationPreferences, default=NotificationPreferences)


class ProfileMetadata(EmbeddedDocument):
    """Instants of the account (a copy of the user's row)."""

    created = DateTimeField(required=True)
    last_login = DateTimeField()
    last_password_change = DateTimeField()


class ProfileDocument(Document):
    """What a person tells about themselves. Holds no password hash.

    ``picture`` is the name of their picture (`taskforge.accounts.picture_store`), ``time_zone`` a name of the IANA
    database, None for the browser's.
    """

    user_id = StringField(primary_key=True)
    first_name = StringField(required=True, max_length=NAME_LENGTH)
    last_name = StringField(default="", max_length=NAME_LENGTH)
    picture = StringField(max_length=2000)
    bio = StringField(max_length=BIO_LENGTH, default="")
    preferences = EmbeddedDocumentField(Preferences, default=Preferences)
    time_zone = StringField(max_length=MAX_ZONE_LENGTH)
    week_start = StringField(choices=WEEK_STARTS, default="monday")
    doc_version = IntField()
    content_schema = IntField()

    email = StringField()
    metadata = EmbeddedDocumentField(ProfileMetadata)
    core_version = IntField()
    mirror_schema = IntField()
    purged_at = DateTimeField()

    meta = {
        "collection": "profiles",
        "auto_create_index": False,
        "indexes": [{"fields": ["purged_at"], "expireAfterSeconds": TOMBSTONE_SECONDS}],
    }


def new_profile(first_name: str, last_name: str) -> dict[str, Any]:
    """The content of a new account's profile, with the default preferences; people with one name have no last name."""
    return {
        "first_name": first_name,
        "last_name": last_name,
        "picture": None,
        "bio": "",
        "preferences": {
            "theme": "system",
            "notifications": {**DEFAULTS, "matrix": {}},
        },
        "time_zone": None,
        "week_start": "monday",
    }


def content_message(user_id: str, version: int, fields: Mapping[str, Any]) -> Message:
    """The content of a profile at a version, checked and encoded.

    Raises:
        mongoengine.ValidationError: the caller passed a field of the wrong shape.
    """
    part = part_of("user", CONTENT)
    document = ProfileDocument(user_id=user_id, **{name: fields[name] for name in part.names})
    document.validate()
    return encode_message(part, user_id, version, part.defaults() | document.to_mongo())


def mirror_message(row: Mapping[str, Any]) -> Message:
    """The mirror of a row of `users`, at its ``core_version``."""
    part = part_of("user", MIRROR)
    return encode_message(part, row["user_id"], row["core_version"], mirror_fields(row))


def deleted_mirror_message(row: Mapping[str, Any], at: datetime) -> Message:
    """The mirror of the row of a deleted account; with it MongoDB drops the document after `TOMBSTONE_SECONDS`."""
    part = part_of("user", MIRROR)
    fields = mirror_fields(row)
    return encode_message(
        part, row["user_id"], row["core_version"], fields, extra={"purged_at": at}
    )


def mirror_fields(row: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of the mirror as a user's row gives them."""
    metadata = {
        "created": row["created_at"],
        "last_login": row["last_login"],
        "last_password_change": row["password_changed_at"],
    }
    return {"email": row["email"], "metadata": metadata}


def denormalised_columns(profile: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of the user's row that are copied from the profile, because every page needs them."""
    return {
        "display_name": " ".join(filter(None, [profile["first_name"], profile["last_name"]])),
        "theme": profile["preferences"]["theme"],
        "picture": profile["picture"],
        "time_zone": profile["time_zone"],
        "week_start": profile["week_start"],
    }
