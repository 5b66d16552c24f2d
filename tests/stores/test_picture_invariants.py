"""Pictures that no profile names, and profiles that name a picture that is lost, are found and repaired (I17)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from flask import Flask

from taskforge import clock
from taskforge.accounts import picture_store
from taskforge.accounts.picture_service import change_picture
from taskforge.accounts.pictures import make_picture
from taskforge.accounts.service import get_profile
from taskforge.admin import doctor_probes
from taskforge.admin.maintenance import purge_pictures
from taskforge.stores import doctor, invariants, mongo
from tests.factories import Person
from tests.pictures import BLUE, picture_file
from tests.stores.conftest import catch_up

pytestmark = pytest.mark.usefixtures("inside")


@pytest.fixture
def inside(app: Flask) -> Iterator[None]:
    """The application's context."""
    with app.app_context():
        yield


def findings() -> list[str]:
    return [one.entity for one in invariants.check("I17", doctor_probes.probes())]


def later() -> datetime:
    return clock.now() + timedelta(hours=2)


def test_a_picture_of_a_change_that_did_not_come_about_is_found_and_removed(ada: Person) -> None:
    change_picture(ada.actor, picture_file(), version=1)
    orphan = make_picture(picture_file(colour=BLUE))
    picture_store.store(ada.user_id, orphan)
    assert findings() == []  # its change may still commit
    catch_up()
    with clock.frozen(later()):
        assert findings() == [f"picture {ada.user_id}/{orphan.name}"]
        report = doctor.treat(doctor_probes.probes(), doctor_probes.remedies())
        assert [one for one in report.left if one.invariant == "I17"] == []
    assert picture_store.find(ada.user_id, orphan.name, large=True) is None
    name = str(get_profile(ada.actor).row["picture"])
    assert picture_store.find(ada.user_id, name, large=True)


def test_the_relay_removes_it_too(ada: Person) -> None:
    orphan = make_picture(picture_file())
    picture_store.store(ada.user_id, orphan)
    assert purge_pictures() == 0
    with clock.frozen(later()):
        assert purge_pictures() == 1
    assert not picture_store.is_stored(ada.user_id, orphan.name)


def test_a_profile_whose_picture_is_lost_shows_initials_again(ada: Person) -> None:
    change_picture(ada.actor, picture_file(), version=1)
    catch_up()
    mongo.collection(picture_store.COLLECTION).delete_many({})
    assert findings() == [f"user {ada.user_id}"]
    doctor.treat(doctor_probes.probes(), doctor_probes.remedies())
    assert findings() == []
    row = get_profile(ada.actor).row
    assert (row["picture"], row["version"]) == (None, 3)
    catch_up()
    assert doctor.examine(doctor_probes.probes()).exit_code == doctor.CLEAN
