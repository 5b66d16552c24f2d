"""The profile document in MongoDB: a text register (what people say of themselves) and the account's core."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mongoengine import (
    BooleanField,
    DateTimeField,
    Document,
    EmbeddedDocument,
    EmbeddedDocumentField,
    IntField,
    StringField,
)

from taskforge.stores.document_parts import CORE, PROFILE_CORE, PROFILE_TEXT, TEXT
from taskforge.stores.outbox import Message, encode_message

NAME_LENGTH = 80
BIO_LENGTH = 2000
THEMES = ("system", "light", "dark")
FREQUENCIES = ("immediate", "hourly", "daily", "weekly")


class NotificationPreferences(EmbeddedDocument):
    """By which ways and how often somebody wants to hear of things."""

    email = BooleanField(default=True)
    push = BooleanField(default=True)
    frequency = StringField(choices=FREQUENCIES, default="immediate")


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
    """What a person tells about themselves. Holds no password hash."""

    user_id = StringField(primary_key=True)
    first_name = StringField(required=True, max_length=NAME_LENGTH)
    last_name = StringField(required=True, max_length=NAME_LENGTH)
    picture = StringField(max_length=2000)
    bio = StringField(max_length=BIO_LENGTH, default="")
    preferences = EmbeddedDocumentField(Preferences, default=Preferences)
    doc_version = IntField()

    email = StringField()
    metadata = EmbeddedDocumentField(ProfileMetadata)
    core_version = IntField()

    meta = {"collection": "profiles", "auto_create_index": False, "indexes": []}


def new_profile(first_name: str, last_name: str) -> dict[str, Any]:
    """The text register of a new account, with the default preferences."""
    return {
        "first_name": first_name,
        "last_name": last_name,
        "picture": None,
        "bio": "",
        "preferences": {
            "theme": "system",
            "notifications": {"email": True, "push": True, "frequency": "immediate"},
        },
    }


def text_message(user_id: str, version: int, fields: Mapping[str, Any]) -> Message:
    """The text register of a profile at a version, checked and encoded.

    Raises:
        mongoengine.ValidationError: the caller passed a field of the wrong shape.
    """
    document = ProfileDocument(user_id=user_id, **{name: fields[name] for name in PROFILE_TEXT})
    document.validate()
    stored = document.to_mongo()
    text = {name: stored.get(name) for name in PROFILE_TEXT}
    return encode_message("user", user_id, TEXT, version, text)


def core_message(row: Mapping[str, Any]) -> Message:
    """The core register of a profile: a copy of a row of `users`, at its core version."""
    return encode_message("user", row["user_id"], CORE, row["core_version"], core_fields(row))


def core_fields(row: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of the core register as a user's row gives them, in the register's order."""
    metadata = {
        "created": row["created_at"],
        "last_login": row["last_login"],
        "last_password_change": row["password_changed_at"],
    }
    known = {"email": row["email"], "metadata": metadata}
    return {name: known[name] for name in PROFILE_CORE}


def face_fields(profile: Mapping[str, Any]) -> dict[str, Any]:
    """What the user's row copies of the profile, because every page needs it."""
    return {
        "display_name": f"{profile['first_name']} {profile['last_name']}",
        "theme": profile["preferences"]["theme"],
    }
