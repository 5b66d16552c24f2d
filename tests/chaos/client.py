"""A client of the JSON API: one person who changes a team of their own, and knows what each change must have left."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from tests.chaos import deletions, files, outsiders, people, programs, rights
from tests.chaos.caller import Caller, GaveUp

# What else is done to a task, with its weight.
ON_A_TASK: dict[Callable[..., object], int] = {
    deletions.delete_comment: 2,
    deletions.undo: 2,
    files.attach: 2,
    files.replace: 1,
    files.delete: 2,
}
AWAY_ACTS = (
    deletions.delete_column,
    deletions.archive,
    deletions.delete_board,
    deletions.delete_team,
)
STAYING_ACTS = AWAY_ACTS[:2]  # of every other client: what is told of its tasks is always to arrive
VISITORS, SITE_ADMINS, OUTSIDERS = (
    1000,
    3000,
    4000,
)  # from here on the numbers of who is beside a client
RARELY_MAILED = 4  # of so many clients one wants mails by the hour, the others at once
STATUSES = ("backlog", "todo", "in_progress", "in_review", "done")


@dataclass(frozen=True)
class Rare:
    """An act that is none on a task: how often it is done, and how often in all (None: without an end)."""

    name: str
    share: float
    act: Callable[[Client], None]
    at_most: int | None = None


@dataclass
class Known:
    """A task as its only writer knows it: what was acknowledged last."""

    task_id: str
    version: int
    fields: dict[str, Any]
    deleted: bool = False
    comments: dict[str, str] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)  # their SHA-256
    before: dict[str, Any] | None = (
        None  # the fields before the last change, if that was an edit or a move
    )


class Client(Caller):
    """One person, with a thread of their own. Beside them, in the same thread: a visitor who comes and goes, a site
    administrator, and an outsider whom that one suspends or gives a new password."""

    def __init__(self, number: int, port: int, seed: int) -> None:
        super().__init__(number, port, seed)
        self.name = f"client {number}"
        self.thread = threading.Thread(target=self.run, name=self.name)
        self.tasks: dict[str, Known] = {}
        self.acknowledged_at: list[float] = []
        self.reads = 0
        self.team_id = self.board_id = ""
        self.partner: Client | None = None
        self.visitor = self.companion(number + VISITORS)
        self.site_admin = self.companion(number + SITE_ADMINS)
        self.outsider = outsiders.Outsider(self.companion(number + OUTSIDERS))
        self.programs: list[programs.Program] = []
        self.done: dict[str, int] = {}  # how often each rare act was done
        self.columns: dict[str, str] = {}

    @property
    def companions(self) -> tuple[Caller, ...]:
        """Those beside this one, who make changes of their own."""
        return self.visitor, self.site_admin, self.outsider.person

    def enter(self) -> None:
        """Log in, and create a team with its board; and let those log in who will be beside."""
        for person in (self, *self.companions):
            person.log_in()
        if self.number % RARELY_MAILED == 1:
            notifications = {"frequency": "hourly"}
            self.call("PATCH", "/users/me", {"preferences": {"notifications": notifications}})
        self.outsider.take_token()
        team = self.call("POST", "/teams", {"name": f"Team {self.number}", "description": ""})[1]
        self.team_id = team["teamId"]
        boards = self.call("GET", f"/teams/{self.team_id}/boards")[1]["items"]
        self.board_id = boards[0]["boardId"]
        self.columns = {c["columnId"]: c["status"] for c in boards[0]["columns"]}

    def invite(self, partner: Client) -> None:
        """Take in somebody who will be told of what happens."""
        self.partner = partner
        member = {"userId": partner.user_id, "role": "member"}
        known = self.call("POST", f"/teams/{self.team_id}/members", member)[1]["invitationId"]
        partner.call("POST", f"/invitations/{known}/accept", {})

    def run(self) -> None:
        """Write until told to stop."""
        try:
            while not self.stop_order.event.is_set():
                self.do_something()
        except GaveUp as error:
            self.violations.append(f"{self.name}: {error}")
        except Exception as error:
            self.violations.append(f"{self.name}: {type(error).__name__}: {error}")

    def stop(self) -> None:
        """Finish the change at hand, then end."""
        self.stop_order.at = time.monotonic()
        self.stop_order.event.set()

    def do_something(self) -> None:
        """One change of a random kind, and sometimes a look at what it left."""
        for rare in RARE_ACTS:
            done = self.done.get(rare.name, 0)
            if (rare.at_most is None or done < rare.at_most) and self.chance.random() < rare.share:
                self.done[rare.name] = done + 1
                rare.act(self)
                self.acknowledged_at.append(time.time())
                return
        task = self._change_a_task()
        self.acknowledged_at.append(time.time())
        if self.chance.random() < 0.3:
            self.look(task)

    def _change_a_task(self) -> Known:
        live = [task for task in self.tasks.values() if not task.deleted]
        trashed = [task for task in self.tasks.values() if task.deleted]
        kinds = [(self.create, 3 if len(live) < 40 else 0)]
        if live:
            kinds += [(self.edit, 6), (self.move, 5), (self.comment, 3), (self.delete_task, 1)]
            kinds += [(partial(act, self), weight) for act, weight in ON_A_TASK.items()]
        if trashed:
            kinds.append((self.restore, 2))
        act = self.chance.choices([kind for kind, _ in kinds], [weight for _, weight in kinds])[0]
        if act == self.create:
            return self.create()
        task = self.chance.choice(trashed if act == self.restore else live)
        act(task)
        return task

    def create(self, by: Caller | None = None) -> Known:
        """A new task, half of them for the partner; made by oneself or a program."""
        wanted: dict[str, Any] = {"title": self.word("Task"), "description": self.word("Text")}
        if self.partner and self.chance.random() < 0.5:
            wanted["assigneeId"] = self.partner.user_id
        answer = (by or self).post("/tasks", {**wanted, "teamId": self.team_id})
        fields = {**wanted, "columnId": answer["columnId"], "status": answer["status"]}
        known = self.tasks[answer["taskId"]] = Known(answer["taskId"], 1, fields)
        return known

    def edit(self, task: Known) -> None:
        """Other texts, sometimes another status."""
        choices: list[dict[str, Any]] = [
            {"title": self.word("Title")},
            {"description": self.word("Text") * self.chance.randint(1, 40)},
            {"tags": [self.word("tag").lower()]},
            {"title": self.word("Title"), "description": self.word("Text")},
        ]
        changes = self.chance.choice(choices)
        if self.chance.random() < 0.2:
            changes["status"] = self.chance.choice(STATUSES)
        body = {**changes, "version": task.version}
        status, answer = self.call("PATCH", f"/tasks/{task.task_id}", body)
        if status == 409:  # then the first attempt must have arrived: nobody else writes
            answer = answer["error"]["current"]
        if answer["version"] != task.version + 1:
            self.violations.append(
                f"{task.task_id}: edit of {task.version} led to {answer['version']}"
            )
        task.version += 1
        task.before = dict(task.fields)
        task.fields |= changes
        task.fields["columnId"] = answer["columnId"]

    def move(self, task: Known) -> None:
        """To a random column, sometimes to a place beside another task."""
        column_id = self.chance.choice(list(self.columns))
        place: dict[str, Any] = {"columnId": column_id}
        others = [k for k in self.tasks.values() if not k.deleted and k is not task]
        if others and self.chance.random() < 0.5:
            place[self.chance.choice(["beforeId", "afterId"])] = self.chance.choice(others).task_id
        self.post(f"/tasks/{task.task_id}/move", place)
        task.version += 1
        task.before = dict(task.fields)
        task.fields |= {"columnId": column_id, "status": self.columns[column_id]}

    def comment(self, task: Known) -> None:
        """Say something that the partner is told of."""
        content = self.word("Comment")
        answer = self.post(f"/tasks/{task.task_id}/comments", {"content": content})
        task.comments[answer["commentId"]] = content

    def delete_task(self, task: Known) -> None:
        """Into the trash; a repetition finds it gone."""
        status, answer = self.call("DELETE", f"/tasks/{task.task_id}", {"version": task.version})
        if status not in (204, 404):
            self.violations.append(f"{task.task_id}: delete answered {status} {answer}")
        task.version += 1
        task.deleted, task.before = True, None

    def restore(self, task: Known) -> None:
        """Out of the trash."""
        answer = self.post(f"/tasks/{task.task_id}/restore", {})
        task.version += 1
        task.deleted = False
        task.fields |= {"columnId": answer["columnId"], "status": answer["status"]}

    def look(self, task: Known) -> None:
        """Read one's own acknowledged write."""
        status, answer = self.call("GET", f"/tasks/{task.task_id}")
        self.reads += 1
        wanted = 404 if task.deleted else 200
        if status != wanted:
            self.violations.append(f"{task.task_id}: read answered {status}, not {wanted}")
        elif status == 200:
            self.violations += differences(task, answer)


def _change_rights(client: Client) -> None:
    client.chance.choice((rights.change_role, rights.change_rights))(client)


def _take_away(client: Client) -> None:
    client.chance.choice(AWAY_ACTS if client.number % 2 else STAYING_ACTS)(client)


# A person invites a hundred in an hour (a leaver twice), and makes twenty tokens a day.
RARE_ACTS = (
    Rare("rights", 0.05, _change_rights),
    Rare("away", 0.05, _take_away),
    Rare("comings", 0.03, people.come_and_go, at_most=75),
    Rare("leavings", 0.01, people.leave_for_good, at_most=10),
    Rare("suspensions", 0.02, outsiders.suspend_or_lift, at_most=12),
    Rare(
        "resets", 0.01, outsiders.reset_password, at_most=2
    ),  # thirty from one address in 15 minutes
    Rare("tokens", 0.02, programs.make_and_use, at_most=8),
)


def differences(task: Known, answer: dict[str, Any]) -> list[str]:
    """What an answer says otherwise than what was acknowledged; a text that can't be read now is null."""
    found = []
    if answer["version"] != task.version:
        found.append(f"{task.task_id}: version {answer['version']}, acknowledged {task.version}")
    for name, value in task.fields.items():
        if name in ("description", "tags") and answer.get("description") is None:
            continue
        if answer[name] != value:
            found.append(f"{task.task_id}: {name} is {answer[name]!r}, acknowledged {value!r}")
    return found
