"""A team at work, made through the services: what the pictures and the axe run look at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from flask import Flask, g
from playwright.sync_api import Browser, BrowserContext, Page
from sqlalchemy import text

from taskforge import clock
from taskforge.comments.service import create_comment
from taskforge.demo import player, rights, scenario
from taskforge.errors import Forbidden, NotFound, RateLimited, TaskForgeError, Unavailable
from taskforge.http.error_pages import answer_error
from taskforge.ids import new_id
from taskforge.mail.tokens import make_token
from taskforge.stores import sql
from taskforge.stores.actor import Actor
from taskforge.tasks.service import create_task, delete_task, edit_task
from taskforge.teams.invitations.service import invite_person
from taskforge.teams.service import change_role
from tests.e2e.journeys import PASSWORD, create_team, sign_up

TITLE = "Keep the storm lantern lit"
BEFORE = (
    "It goes out in the wind.\n\n- try a taller glass\n- ask Tomas about the wick\n\n"
    "The old one had `12 mm` of air around the flame."
)
AFTER = (
    "It goes out in **strong** wind.\n\n- try a taller glass\n- order three wicks from Tomas\n\n"
    "The old one had `15 mm` of air around the flame."
)
STEPS = ("Measure the draught", "Cut the glass", "Test it outside")


@dataclass
class World:
    """A team of eight with a big board, a task that was talked about, and a newcomer with a sample board."""

    app: Flask
    people: list[Actor]
    team: str
    board: str
    task: str
    invitation: str
    sample: str = ""
    empty: str = ""
    here: list[BrowserContext] = field(default_factory=list)

    def edit(self, person: int, **changes: object) -> None:
        """A teammate changes the task."""
        with self.app.app_context():
            edit_task(self.people[person], self.task.rsplit("/", 1)[1], changes=changes)

    def forget_visit(self) -> None:
        """The first person saw the board as it is now, and left it yesterday."""
        with self.app.app_context():
            sql.execute_now(
                text(
                    "UPDATE board_view_preferences v SET seen_seq = b.seq, seen_at = now() - interval '1 day'"
                    " FROM boards b WHERE b.board_id = v.board_id AND v.user_id = :user_id"
                ),
                {"user_id": self.people[0].user_id},
            )

    def forget_lanes(self) -> None:
        """Nobody keeps the board in lanes."""
        with self.app.app_context():
            sql.execute_now(text("UPDATE board_view_preferences SET lanes = NULL"))

    def make_guest(self, person: Actor) -> None:
        """From now on somebody is a guest of the team."""
        with self.app.app_context():
            change_role(self.people[0], self.team.rpartition("/")[2], person.user_id, role="guest")

    def error_page(self, error: TaskForgeError) -> str:
        """An error as a page, for those that a picture should not have to provoke."""
        with self.app.test_request_context("/boards"):
            g.request_id = "01a7c3f0b2de"
            return answer_error(error).get_data(as_text=True)


ERRORS: dict[str, Callable[[], TaskForgeError]] = {
    "error-403": lambda: Forbidden("Only the people who run this team may change its boards."),
    "error-404": NotFound,
    "error-429": lambda: RateLimited(
        "Too many tries. Please wait 40 seconds, then try again.", retry_after=40
    ),
    "error-500": TaskForgeError,
    "error-503": Unavailable,
}


def make_world(app: Flask, *, share: float = 0.25) -> World:
    """The team and its work, through the services."""
    with app.app_context():
        scene = player.set_up(PASSWORD, clock.now())
        player.play(scene, scenario.write_scenario(1, clock.now(), share=share), done=lambda: None)
        task = _make_task(scene.people, scene.boards[0])
        rights.set_rights(scene, clock.now())
        token = make_token()
        invite_person(
            scene.people[0],
            scene.team_id,
            token=token,
            role="member",
            per_day=10,
            email="juno@lantern.example",
        )
        thrown = create_task(scene.people[1], board_id=scene.boards[0], title="Paint the door")
        delete_task(scene.people[1], thrown.entity_id)
    return World(
        app,
        scene.people,
        f"/teams/{scene.team_id}",
        f"/boards/{scene.boards[0]}",
        f"/tasks/{task}",
        f"/invitations/{token.secret}",
    )


def _make_task(people: list[Actor], board_id: str) -> str:
    made = create_task(
        people[1],
        board_id=board_id,
        title="Keep the lantern lit",
        priority="high",
        texts={
            "description": BEFORE,
            "tags": ["research", "customer"],
            "checklist": [
                {"item_id": new_id(), "text": words, "done": not place}
                for place, words in enumerate(STEPS)
            ],
        },
    )
    task = made.entity_id
    edit_task(people[1], task, changes={"title": TITLE, "assignee_id": people[0].user_id})
    edit_task(people[2], task, changes={"status": "in_progress"})
    edit_task(people[2], task, changes={"description": AFTER})
    create_comment(people[2], task, content="The taller glass helps, but it is **hot** to touch.")
    create_comment(people[3], task, content="There is leather in the shed, second shelf.")
    edit_task(people[1], task, changes={"priority": "urgent"})
    return task


def log_in(page: Page, person: int = 0) -> None:
    """Open a session as one of the team's people."""
    page.goto("/login")
    page.locator("[name=email]").fill(player.email_of(person))
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main form button[type=submit]").click()
    page.wait_for_url("**/boards**")


def be_here(browser: Browser, base_url: str, world: World, persons: range) -> None:
    """Let people of the team open the board, and stay: their faces show at its head."""
    for person in persons:
        context = browser.new_context(base_url=base_url)
        page = context.new_page()
        log_in(page, person)
        page.evaluate(
            "(address) => { window.stream = new EventSource(address) }", f"/live{world.board}"
        )
        world.here.append(context)


def welcome(page: Page, world: World) -> None:
    """A newcomer signs up: a sample board; and an empty one of a second team."""
    sign_up(page)
    world.sample = page.url.partition("#")[0]
    world.empty = create_team(page, "The forge")
