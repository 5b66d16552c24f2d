"""Use cases of pictures: a person gives themselves one, or takes it away."""

from __future__ import annotations

from collections.abc import Sequence

from taskforge import faults
from taskforge.accounts import picture_store
from taskforge.accounts.pictures import make_picture
from taskforge.accounts.service import edit_profile, read_profile, write_profile
from taskforge.stores.actor import ITSELF, Actor
from taskforge.stores.operations import Change
from taskforge.stores.violations import Violation


def change_picture(actor: Actor, file: bytes, *, version: int) -> Change:
    """Make the picture in a file the actor's.

    The picture is stored first and named by the profile then: a profile never names one that is not there.

    Raises:
        InvalidInput: the file is no picture that can be taken.
        StaleVersion: the picture was changed in another window since `version`.
        Unavailable: the picture can't be stored, or the present profile not be read.
    """
    picture = make_picture(file)
    picture_store.store(actor.user_id, picture)
    faults.point("upload.blob_written")
    return edit_profile(actor, version=version, changes={"picture": picture.name})


def remove_picture(actor: Actor, *, version: int) -> Change:
    """Take the actor's picture away; its bytes are purged later.

    Raises:
        StaleVersion: the picture was changed in another window since `version`.
        Unavailable: the present profile can't be read.
    """
    return edit_profile(actor, version=version, changes={"picture": None})


def remove_unnamed(_violations: Sequence[Violation]) -> None:
    """Remove pictures that are in no profile."""
    picture_store.purge_unnamed()


def forget_lost(violations: Sequence[Violation]) -> None:
    """Take pictures that are not stored any more out of their profiles."""
    for violation in violations:
        row, old = read_profile(violation.entity_id)
        name = old["picture"]
        if name is not None and not picture_store.is_stored(violation.entity_id, name):
            write_profile(ITSELF, row, old, {**old, "picture": None})
