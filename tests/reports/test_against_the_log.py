"""Every figure is what a slow and obvious computation from the audit log says, on random lives of a board."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from taskforge import clock
from taskforge.admin.doctor_probes import probes
from taskforge.reports import projection
from taskforge.reports.catalogue import REPORTS, report_of_board
from taskforge.stores.invariants import check
from tests.reports import naive
from tests.reports.life import BEGIN, FlowLife
from tests.stores.scene import Scene, read, set_scene

ZONES = (
    "Europe/Vienna",
    "America/New_York",
    "Australia/Lord_Howe",
    "America/Santiago",
    "Asia/Kathmandu",
)
STEPS = 90


@pytest.fixture
def scene(app: Flask) -> Iterator[Scene]:
    with app.app_context(), clock.frozen(BEGIN):
        yield set_scene()


def figures(life: FlowLife, name: str, **given: str) -> dict[str, Any]:
    with life.now():
        return report_of_board(life.scene.bob, REPORTS[name], life.scene.board_id, given).figures


@pytest.mark.parametrize("seed", range(len(ZONES)))
def test_a_random_life(scene: Scene, seed: int) -> None:
    life = FlowLife(scene, seed)
    life.live(STEPS // 2)
    halfway, said = life.at, {name: figures(life, name) for name in REPORTS}
    life.at += timedelta(seconds=1)
    assert projection.keep_transitions(seconds=60) > 0
    life.live(STEPS // 2)
    # Half of it was kept by the relay, the other half is only in the log.
    assert_all(life, ZONES[seed])
    projection.keep_transitions(seconds=60)
    assert check("I22", probes()) == []
    # The reports say of an instant of the past what they said then.
    assert {name: figures(life, name, asOf=halfway.isoformat()) for name in REPORTS} == said


def assert_all(life: FlowLife, zone: str) -> None:
    assert_flow(life, zone)
    assert_times(life, zone)
    assert_counts(life, zone)
    assert_people_and_ages(life, zone)


def log_of(life: FlowLife) -> naive.Log:
    return naive.read_log(life.scene.board_id).until(life.at)


def given(life: FlowLife, zone: str) -> dict[str, str]:
    today = life.at.astimezone(ZoneInfo(zone)).date()
    return {"from": "2026-03-24", "to": today.isoformat(), "zone": zone}


def assert_flow(life: FlowLife, zone: str) -> None:
    log, asked = log_of(life), given(life, zone)
    for by, field in (("column", "column_id"), ("status", "status")):
        found = figures(life, "cumulative-flow", by=by, **asked)
        burnt = figures(life, "burndown", **asked)
        for place, day in enumerate(found["days"]):
            counts = naive.count_by(log, day, ZoneInfo(zone), field)
            shown = {one["id"]: one["counts"][place] for one in found["series"]}
            assert {key: count for key, count in shown.items() if count} == counts, day
            if by == "status":
                row = burnt["days"][place]
                assert (row["total"], row["done"]) == (sum(counts.values()), counts.get("done", 0))
                assert row["remaining"] == row["total"] - row["done"]


def assert_times(life: FlowLife, zone: str) -> None:
    log, asked = log_of(life), given(life, zone)
    start = naive.first_instant(
        figures(life, "burndown", **asked)["days"][0]["day"], ZoneInfo(zone)
    )
    lives = [naive.life_of(log, task_id) for task_id in log.task_ids()]
    finished = [one for one in lives if one["finished"] is not None and one["finished"] >= start]
    found = figures(life, "cycle-time", **asked)
    cycles = {
        one["task_id"]: (one["finished"] - one["started"]).total_seconds() for one in finished
    }
    leads = {one["task_id"]: (one["finished"] - one["created"]).total_seconds() for one in finished}
    assert {one["task_id"]: one["cycle_seconds"] for one in found["points"]} == cycles
    assert {one["task_id"]: one["lead_seconds"] for one in found["points"]} == leads
    for share in (50, 70, 85, 95) if finished else ():
        assert found["cycle"][share] == naive.nearest_rank(list(cycles.values()), share)
        assert found["lead"][share] == naive.nearest_rank(list(leads.values()), share)
    assert found["finished"] == len(finished)
    assert found["in_trash"] == sum(one["state"]["deleted"] for one in finished)
    assert found["reopened"] == sum(one["reopened"] > 0 for one in finished)
    for by, field in (("column", "column_id"), ("status", "status")):
        rows = figures(life, "time-in-column", by=by, **asked)["rows"]
        spent: dict[str, list[float]] = {}
        for one in finished:
            for key, seconds in naive.seconds_in(
                log, one["task_id"], one["finished"], field
            ).items():
                spent.setdefault(key, []).append(seconds)
        shown = {row["id"]: row["mean_seconds"] for row in rows if row["mean_seconds"]}
        assert shown == pytest.approx({key: sum(all_) / len(all_) for key, all_ in spent.items()})


def assert_counts(life: FlowLife, zone: str) -> None:
    log, asked, place = log_of(life), given(life, zone), ZoneInfo(zone)
    lives = [naive.life_of(log, task_id) for task_id in log.task_ids()]
    first = figures(life, "burndown", **asked)["days"][0]["day"]
    for per in ("day", "week", "month"):
        ended, begun = Counter[Any](), Counter[Any]()
        for one in lives:
            for at, counted in ((one["finished"], ended), (one["created"], begun)):
                day = at.astimezone(place).date() if at else None
                if day and day >= first:
                    back = {"day": 0, "week": day.weekday(), "month": day.day - 1}[per]
                    counted[day - timedelta(days=back)] += 1
        found = figures(life, "throughput", per=per, **asked)
        assert {
            part["day"]: part["finished"] for part in found["parts"] if part["finished"]
        } == dict(ended)
        both = figures(life, "created-done", per=per, **asked)["parts"]
        assert {part["day"]: part["created"] for part in both if part["created"]} == dict(begun)
        assert both[-1]["difference"] == sum(begun.values()) - sum(ended.values())


def assert_people_and_ages(life: FlowLife, zone: str) -> None:
    log, asked = log_of(life), given(life, zone)
    lives = [naive.life_of(log, task_id) for task_id in log.task_ids()]
    doing = [
        one
        for one in lives
        if one["state"]["status"] in naive.PROGRESS and not one["state"]["deleted"]
    ]
    found = figures(life, "ageing", **asked)
    ages = {one["task_id"]: (life.at - one["started"]).total_seconds() for one in doing}
    assert {one["task_id"]: one["age_seconds"] for one in found["points"]} == ages
    people = figures(life, "workload", **asked)["people"]
    shown = {one["user_id"]: one["in_progress"] for one in people if one["in_progress"]}
    assert shown == dict(Counter(one["state"]["assignee_id"] for one in doing))
    waiting = [
        one
        for one in lives
        if one["state"]["status"] in ("backlog", "todo") and not one["state"]["deleted"]
    ]
    shown = {one["user_id"]: one["not_started"] for one in people if one["not_started"]}
    assert shown == dict(Counter(one["state"]["assignee_id"] for one in waiting))


def test_the_columns_of_a_flow_have_the_names_of_that_moment(scene: Scene) -> None:
    life = FlowLife(scene, 9)
    life.live(20)
    before = [one["name"] for one in figures(life, "cumulative-flow")["series"]]
    then = life.at
    life.at += timedelta(days=2)
    with life.now():
        life.edit_column()
        life.move_column()
    assert [
        one["name"] for one in figures(life, "cumulative-flow", asOf=then.isoformat())["series"]
    ] == before
    assert (
        read("SELECT count(*) FROM task_transitions") == 0
    )  # a report asks the log where nothing is kept
