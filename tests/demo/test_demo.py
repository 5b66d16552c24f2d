"""The demo: the same scenario for the same seed, played through the services, with nothing the doctor complains of."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from flask import Flask
from sqlalchemy import text

from taskforge import clock
from taskforge.admin import doctor_probes
from taskforge.boards.queries import list_boards
from taskforge.demo import files, news, player, rights, scenario
from taskforge.notifications import inbox_queries
from taskforge.notifications.states import InboxState
from taskforge.stores import doctor, relay, sql
from taskforge.teams.invitations.queries import list_of_team, list_own
from taskforge.teams.queries import get_team, list_children
from taskforge.teams.two_factor import list_requiring_teams
from tests.factories import PASSWORD

END = datetime(2026, 11, 1, tzinfo=UTC)


def test_the_same_seed_gives_the_same_scenario() -> None:
    assert scenario.write_scenario(7, END) == scenario.write_scenario(7, END)
    assert scenario.write_scenario(7, END) != scenario.write_scenario(8, END)


def test_the_whole_scenario_has_the_promised_size_and_length() -> None:
    steps = scenario.write_scenario(1, END)
    created = [step for step in steps if step.kind == "create"]
    per_board = [sum(step.details["board"] == board for step in created) for board in range(3)]
    assert per_board == [200, 120, 80]
    assert len({step.details["title"] for step in created}) == 400
    assert END - timedelta(days=183) < steps[0].at < END - timedelta(days=150)
    assert steps[-1].at <= END
    assert sum(step.kind == "comment" for step in steps) > 200


def test_no_step_comes_before_its_card(app: Flask) -> None:
    seen: set[int] = set()
    for step in scenario.write_scenario(3, END):
        if step.kind == "create":
            seen.add(step.card)
        assert step.card in seen


def test_a_told_story_is_true_in_all_stores(app: Flask) -> None:
    steps = scenario.write_scenario(1, END, share=0.05)
    with app.app_context():
        scene = player.set_up(PASSWORD, END)
        player.play(scene, steps, done=lambda: None)
        files.attach_files(scene, clock.now())
        rights.set_rights(scene, clock.now())
        news.set_news(scene, clock.now())
        attached = sql.scalar(
            text("SELECT count(*) FROM attachments WHERE thumbnail = 'ready' OR width IS NULL")
        )
        in_state = {
            state: len(inbox_queries.list_entries(scene.people[0], state).entries)
            for state in (InboxState.SNOOZED, InboxState.ARCHIVED)
        }
        covers = sql.scalar(text("SELECT count(*) FROM tasks WHERE cover_id IS NOT NULL"))
        admin, guest = scene.people[0], scene.people[rights.GUEST]
        boards = {row["name"]: row["board_id"] for row in list_boards(admin, scene.team_id)}
        seen_by_guest = [row["board_id"] for row in list_boards(guest, scene.team_id)]
        child = list_children(admin, scene.team_id)[0]
        in_child = get_team(guest, child["team_id"])
        own = list_own(scene.people[0])
        pending = list_of_team(scene.people[0], scene.team_id)
        (guarded,) = list_requiring_teams(admin.user_id)
        relay.process_outbox(seconds=20)
        facts = sql.scalar(
            text("SELECT count(*) FROM audit_logs WHERE entity_type IN ('task', 'comment')")
        )
        first = sql.scalar(text("SELECT min(created_at) FROM tasks"))
        doctor.treat(
            doctor_probes.probes(), doctor_probes.remedies()
        )  # seals and delivers, as the workers would
        report = doctor.examine(doctor_probes.probes())
    assert len(scene.cards) == 20
    assert (attached, covers) == (6, 1)
    assert all(in_state.values()), in_state
    assert facts >= len(scene.cards) * 2
    assert first < END - timedelta(days=60)
    assert report.found == []
    assert len(boards) == 4
    assert seen_by_guest == [scene.boards[rights.WORKSHOP]]
    assert (child["name"], in_child["role"]) == (rights.CHILD_TEAM, "guest")
    assert (guarded["name"], guarded["two_factor_from"] > END) == (rights.GUARDED_TEAM, True)
    assert [row["team_name"] for row in own] == [rights.OTHER_TEAM]
    assert {(row["role"], row["status"]) for row in pending} == {
        ("member", "open"),
        ("guest", "open"),
    }
