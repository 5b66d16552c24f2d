"""A client of the JSON API that writes, repeats what failed, and remembers what was acknowledged."""

from __future__ import annotations

import http.client
import json
import random
import threading
import time
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from uuid import UUID

from tests.chaos import deletions, people, rights

PASSWORD = "seven green bottles standing"
ATTEMPT_SECONDS = 12
# What else is done to a task, with its weight; how often a column or the whole board goes and comes back, and how
# often the people and rights of the team change.
ON_A_TASK = {deletions.delete_comment: 2, deletions.undo: 2}
AWAY = 0.05
AWAY_ACTS = (
    deletions.delete_column,
    deletions.delete_board,
    deletions.delete_team,
    deletions.archive,
)
# How often somebody comes and goes, and how often in all: a person invites a hundred in an hour.
COMINGS = 0.03
MAX_COMINGS = 80
VISITORS = 1000  # from here on the numbers of those who come and go
# How often somebody comes, and then deletes their account; and how often in all.
LEAVINGS, MAX_LEAVINGS = 0.01, 10
LEAVERS = 2000  # from here on their numbers, so many for each client
RIGHTS = 0.05
GIVE_UP_SECONDS = 60
STATUSES = ("backlog", "todo", "in_progress", "in_review", "done")


class GaveUp(Exception):
    """A request was not answered for a minute although everything was running again."""


@dataclass
class Known:
    """A task as its only writer knows it: what was acknowledged last."""

    task_id: str
    version: int
    fields: dict[str, Any]
    deleted: bool = False
    comments: dict[str, str] = field(default_factory=dict)
    before: dict[str, Any] | None = (
        None  # the fields before the last change, if that was an edit or a move
    )


class Client(threading.Thread):
    """One person. Changes are identified by a key, or by the version that they change, so that a repetition shows
    whether the first attempt had arrived."""

    def __init__(self, number: int, port: int, seed: int) -> None:
        super().__init__(name=f"client {number}")
        self.number, self.port, self.seed = number, port, seed
        self.chance = random.Random(f"{seed}/{number}")
        self.tasks: dict[str, Known] = {}
        self.operations: dict[str, int] = {}  # the audit events of each acknowledged key
        self.acknowledged_at: list[float] = []
        self.attempts = 0
        self.failures = 0
        self.reads = 0
        self.violations: list[str] = []
        self.user_id = self.team_id = self.board_id = ""
        self.email = f"client{number}@example.org"
        self.password = PASSWORD
        self.partner: Client | None = None
        self.visitor: Client | None = None
        self.comings = self.leavings = 0
        self.columns: dict[str, str] = {}
        self.stopping = threading.Event()
        self.stopped_at = 0.0
        self._headers: dict[str, str] = {}
        self._connection: http.client.HTTPConnection | None = None
        self._count = 0

    def register(self) -> None:
        """Register and log in."""
        person = {"email": self.email, "password": PASSWORD, "firstName": "C", "lastName": "Lient"}
        self.user_id = self.post("/auth/register", person)["userId"]
        login = self.call("POST", "/auth/login", {"email": self.email, "password": PASSWORD})[1]
        self._headers = {"X-Session-Id": login["sessionId"]}

    def enter(self) -> None:
        """Register, log in, and create a team with its board; and let somebody register who will come and go."""
        self.register()
        self.visitor = Client(self.number + VISITORS, self.port, self.seed)
        self.visitor.register()
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
            while not self.stopping.is_set():
                self.do_something()
        except GaveUp as error:
            self.violations.append(f"{self.name}: {error}")
        except Exception as error:
            self.violations.append(f"{self.name}: {type(error).__name__}: {error}")

    def stop(self) -> None:
        """Finish the change at hand, then end."""
        self.stopped_at = time.monotonic()
        self.stopping.set()

    def do_something(self) -> None:
        """One change of a random kind, and sometimes a look at what it left."""
        live = [task for task in self.tasks.values() if not task.deleted]
        trashed = [task for task in self.tasks.values() if task.deleted]
        kinds = [(self.create, 3 if len(live) < 40 else 0)]
        if live:
            kinds += [(self.edit, 6), (self.move, 5), (self.comment, 3), (self.delete, 1)]
            kinds += [(partial(act, self), weight) for act, weight in ON_A_TASK.items()]
        if trashed:
            kinds.append((self.restore, 2))
        act = self.chance.choices([kind for kind, _ in kinds], [weight for _, weight in kinds])[0]
        if self.chance.random() < RIGHTS:
            self.chance.choice((rights.change_role, rights.change_rights))(self)
            self.acknowledged_at.append(time.time())
            return
        if self.chance.random() < AWAY:
            self.chance.choice(AWAY_ACTS)(self)
            self.acknowledged_at.append(time.time())
            return
        if self.visitor and self.comings < MAX_COMINGS and self.chance.random() < COMINGS:
            self.comings += 1
            people.come_and_go(self, self.visitor)
            self.acknowledged_at.append(time.time())
            return
        if self.leavings < MAX_LEAVINGS and self.chance.random() < LEAVINGS:
            number = LEAVERS + self.number * MAX_LEAVINGS + self.leavings
            self.leavings += 1
            people.leave_for_good(self, Client(number, self.port, self.seed))
            self.acknowledged_at.append(time.time())
            return
        if act == self.create:
            task = self.create()
        else:
            task = self.chance.choice(trashed if act == self.restore else live)
            act(task)
        self.acknowledged_at.append(time.time())
        if self.chance.random() < 0.3:
            self.look(task)

    def create(self) -> Known:
        """A new task, half of them for the partner."""
        wanted: dict[str, Any] = {"title": self._word("Task"), "description": self._word("Text")}
        if self.partner and self.chance.random() < 0.5:
            wanted["assigneeId"] = self.partner.user_id
        answer = self.post("/tasks", {**wanted, "teamId": self.team_id})
        fields = {**wanted, "columnId": answer["columnId"], "status": answer["status"]}
        known = self.tasks[answer["taskId"]] = Known(answer["taskId"], 1, fields)
        return known

    def edit(self, task: Known) -> None:
        """Other texts, sometimes another status."""
        choices: list[dict[str, Any]] = [
            {"title": self._word("Title")},
            {"description": self._word("Text") * self.chance.randint(1, 40)},
            {"tags": [self._word("tag").lower()]},
            {"title": self._word("Title"), "description": self._word("Text")},
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
        content = self._word("Comment")
        answer = self.post(f"/tasks/{task.task_id}/comments", {"content": content})
        task.comments[answer["commentId"]] = content

    def delete(self, task: Known) -> None:
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

    def call(
        self, method: str, path: str, body: Any = None, key: str | None = None
    ) -> tuple[int, Any]:
        """Send a request until it has a definite answer, the same each time."""
        began = time.monotonic()
        while True:
            self.attempts += 1
            try:
                status, answer = self._send(method, path, body, key)
            except (OSError, http.client.HTTPException, ValueError):
                self._connection = None
                status, answer = 0, None
            if 200 <= status < 500 and status != 429:
                if status in (400, 401, 403, 422):
                    raise AssertionError(f"{method} {path} answered {status} {answer}")
                return status, answer
            self.failures += 1
            since = self.stopped_at if self.stopping.is_set() else time.monotonic()
            if time.monotonic() - max(since, began) > GIVE_UP_SECONDS:
                raise GaveUp(f"{method} {path} got {status or 'no answer'} for a minute")
            time.sleep(self.chance.uniform(0.05, 0.3))

    def post(self, path: str, body: Any, *, facts: int = 1) -> Any:
        """Send a change with a key of its own, which is to write so many audit events."""
        key = str(UUID(int=self.chance.getrandbits(128), version=4))
        status, answer = self.call("POST", path, body, key)
        if status >= 300:
            raise AssertionError(f"POST {path} answered {status} {answer}")
        self.operations[key] = facts
        return answer

    def _send(self, method: str, path: str, body: Any, key: str | None) -> tuple[int, Any]:
        connection = self._connection or http.client.HTTPConnection(
            "127.0.0.1", self.port, timeout=ATTEMPT_SECONDS
        )
        self._connection = connection
        headers = {**self._headers, "Content-Type": "application/json"}
        if key:
            headers["Idempotency-Key"] = key
        connection.request(
            method, "/api" + path, None if body is None else json.dumps(body), headers
        )
        response = connection.getresponse()
        raw = response.read()
        return response.status, json.loads(raw) if raw else None

    def _word(self, kind: str) -> str:
        self._count += 1
        return f"{kind} {self.number}.{self._count} "[:180].strip()


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
