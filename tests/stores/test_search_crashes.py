"""A relay is killed while it feeds the search projection: the next one writes what it left, once."""

from __future__ import annotations

import pytest

from taskforge.comments.service import create_comment
from taskforge.search.feed import feed
from taskforge.search.rebuilding import begin, rebuild
from tests.stores.conftest import Doomed, assert_stores_agree, catch_up
from tests.stores.scene import Scene, read
from tests.stores.test_crash_points import SEARCHING

pytestmark = pytest.mark.crash
WORDS = "SELECT count(*) FROM search_entries WHERE texts @@ 'linseed'"


@pytest.mark.parametrize("point", SEARCHING)
def test_another_relay_feeds_what_a_killed_one_began(
    scene: Scene, doomed: Doomed, point: str
) -> None:
    begin()
    assert sum(rebuild()) > 0
    task_id = scene.add_task("Paint", texts={"description": "Linseed oil"})
    create_comment(scene.ann, task_id, content="More linseed")
    catch_up()
    doomed.die_at(point, "feed search")
    assert read(WORDS) < 2
    feed()
    assert read(WORDS) == 2
    assert feed() == 0
    assert_stores_agree()


def test_another_rebuild_goes_on_where_a_killed_one_was(scene: Scene, doomed: Doomed) -> None:
    task_id = scene.add_task("Paint", texts={"description": "Linseed oil"})
    create_comment(scene.ann, task_id, content="More linseed")
    catch_up()
    begin()
    doomed.die_at("search.written", "rebuild search")
    assert sum(rebuild()) > 0
    assert read(WORDS) == 2
    assert_stores_agree()
