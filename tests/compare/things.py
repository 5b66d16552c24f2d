"""The things that a checkout's data holds, by id: what the requests that no page leads to are made of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.compare.client import Client

PAGE = 200


@dataclass(frozen=True)
class Things:
    """Ids of what a person sees. `tasks` begins with the most telling ones."""

    user: str
    teams: list[dict[str, Any]]
    boards: list[dict[str, Any]]
    tasks: list[dict[str, Any]]
    comments: list[dict[str, Any]]
    notifications: list[dict[str, Any]]
    history: list[dict[str, Any]]

    def narrowed(self) -> Things:
        """One of each, for somebody whose pages differ little from another's."""
        few = {
            name: found[:1] if isinstance(found, list) else found
            for name, found in vars(self).items()
        }
        return Things(**few)

    def ids(self) -> dict[str, list[str]]:
        """Values for the parameters in the paths of the API."""
        return {
            "team_id": [team["teamId"] for team in self.teams[:2]],
            "board_id": [board["boardId"] for board in self.boards[:3]],
            "task_id": [task["taskId"] for task in self.tasks[:4]],
            "column_id": [column["columnId"] for column in self.boards[0]["columns"]],
            "comment_id": [comment["commentId"] for comment in self.comments[:3]],
            "user_id": [self.user],
        }


def find_things(client: Client) -> Things:
    """Ask the API for what the person sees."""
    teams = client.get_json("/api/teams")["items"]
    boards = [
        board
        for team in teams
        for board in client.get_json(f"/api/teams/{team['teamId']}/boards")["items"]
    ]
    boards.sort(key=lambda board: board["name"], reverse=True)
    tasks: list[dict[str, Any]] = []
    for board in boards:
        tasks += client.get_json(f"/api/tasks?boardId={board['boardId']}&limit={PAGE}")["items"]
    telling = _most_telling(tasks)
    comments: list[dict[str, Any]] = []
    history: list[dict[str, Any]] = []
    for task in telling[:2]:
        comments += client.get_json(f"/api/tasks/{task['taskId']}/comments")["items"]
        history += client.get_json(f"/api/tasks/{task['taskId']}/history")["items"]
    notifications = client.get_json("/api/notifications")["items"]
    user = client.get_json("/api/users/me")["userId"]
    comments.sort(
        key=lambda comment: (comment["deletedAt"] is not None, comment["authorId"] != user)
    )
    return Things(user, teams, boards, telling, comments, notifications, history)


def _most_telling(tasks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The oddest title, most comments, most changes, most steps and the last change first, then all in their order."""
    keys: tuple[Callable[[dict[str, Any]], Any], ...] = (
        lambda task: sum(not letter.isascii() for letter in task["title"]),
        lambda task: task["commentCount"],
        lambda task: task["version"],
        lambda task: task["checklistTotal"],
        lambda task: task["updatedAt"],
    )
    chosen = [max(tasks, key=lambda task, key=key: (key(task), task["taskId"])) for key in keys]
    first = list({task["taskId"]: task for task in chosen}.values())
    return [*first, *(task for task in tasks if task not in first)]
