"""Acts of a client that take something away and bring it back: comments, columns, boards, teams; archives; and undo."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.chaos.client import Client, Known


def delete_comment(client: Client, task: Known) -> None:
    """Delete one of a task's comments, and sometimes restore it: its words are there again."""
    if not any(task.comments.values()):
        client.comment(task)
    comment_id = client.chance.choice([one for one, words in task.comments.items() if words])
    client.delete(f"/comments/{comment_id}")
    if client.chance.random() < 0.5:
        task.comments[comment_id] = ""  # its place stays
    else:
        answer = client.post(f"/comments/{comment_id}/restore", {})
        client.expect(f"{comment_id}: content", answer["content"], task.comments[comment_id])


def delete_column(client: Client) -> None:
    """Delete a column with its tasks, look at one of them, and restore it: all of them are where they were."""
    column_id, status = client.chance.choice(list(client.columns.items()))
    others = [other for other in client.columns if other != column_id]
    target = client.chance.choice([None, *others])
    inside = [
        task
        for task in client.tasks.values()
        if not task.deleted and task.fields["columnId"] == column_id
    ]
    path = f"/boards/{client.board_id}/columns/{column_id}"
    wish = "deleteTasks=true" if target is None else f"moveTasksTo={target}"
    client.delete(f"{path}?{wish}")
    for task in inside:
        task.version += 1
        task.before = None
        task.deleted = target is None
        if target is not None:
            task.fields |= {"columnId": target, "status": client.columns[target]}
    if inside:
        client.look(client.chance.choice(inside))
    client.post(f"{path}/restore", {}, facts=1 + len(inside))
    for task in inside:
        task.version += 1
        task.deleted = False
        task.fields |= {"columnId": column_id, "status": status}


def delete_board(client: Client) -> None:
    """Delete the board with all tasks on it, and restore it."""
    path = f"/boards/{client.board_id}"
    client.delete(path)
    hidden = client.call("GET", path)[0]
    client.expect(f"{client.board_id}: a deleted board", hidden, 404)
    client.post(f"{path}/restore", {})


def delete_team(client: Client) -> None:
    """Delete the team with all that is in it, and restore it."""
    client.confirm()
    path = f"/teams/{client.team_id}"
    client.delete(path)
    for hidden in (path, f"/boards/{client.board_id}"):
        client.expect(f"{client.team_id}: a deleted {hidden}", client.call("GET", hidden)[0], 404)
    client.post(f"{path}/restore", {})


def archive(client: Client) -> None:
    """Archive the board or the team, so that a new task is refused, and unarchive it."""
    path = client.chance.choice([f"/boards/{client.board_id}", f"/teams/{client.team_id}"])
    client.post(f"{path}/archive", {})
    task = {"title": "Refused", "teamId": client.team_id, "boardId": client.board_id}
    refused = client.call("POST", "/tasks", task)[0]
    client.expect(f"{client.board_id}: a task in an archive", refused, 409)
    status, answer = client.call("DELETE", f"{path}/archive")
    if status not in (204, 409):
        client.violations.append(f"{path}: unarchive answered {status} {answer}")


def undo(client: Client, task: Known) -> None:
    """Take the last edit or move of a task back."""
    if task.before in (None, task.fields):  # a move to where it was can't be undone
        client.edit(task)
    history = client.call("GET", f"/tasks/{task.task_id}/history?limit=50")[1]["items"]
    last = next(entry for entry in history if entry["entityType"] == "task")
    answer = client.post(f"/tasks/{task.task_id}/undo", {"eventId": last["eventId"]})
    task.version += 1
    task.fields, task.before = task.before or task.fields, None
    client.expect(f"{task.task_id}: version", answer["version"], task.version)
