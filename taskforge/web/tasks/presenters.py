"""A task for the templates of its pages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from taskforge.boards.mentions import BoardNames
from taskforge.stores import sql
from taskforge.tasks.custom_fields import show_value
from taskforge.tasks.queries import TaskView
from taskforge.teams.access import Membership
from taskforge.teams.permissions import ARCHIVED, Permission
from taskforge.text.markdown import People, render_markdown
from taskforge.text.own_files import Images
from taskforge.text.people import person_of
from taskforge.web.attachments.presenters import show_files


def show_reference(row: sql.Row) -> dict[str, Any]:
    """The row of a task without its content: enough for every page but the task's own."""
    team = {"team_id": row["team_id"], "name": row["team_name"]}
    return {
        **row,
        "assignee": person_of(
            row["assignee_id"], row["assignee_name"], picture=row["assignee_picture"]
        ),
        "creator": person_of(row["created_by"], row["creator_name"]),
        "board": {"board_id": row["board_id"], "name": row["board_name"], "team": team},
        "column": {
            "column_id": row["column_id"],
            "name": row["column_name"],
            "hue": row["column_hue"],
        },
    }


def show_task(
    view: TaskView, people: People | None = None, images: Images | None = None
) -> dict[str, Any]:
    """The whole task; without its content while that can't be read.

    `people` are its team, `images` those that its description may show.
    """
    shown = {
        **show_reference(view.row),
        "syncing": view.syncing,
        "attachments": show_files(view.row),
    }
    if view.texts is None:
        return shown
    fields = [
        {"name": field["k"].replace("_", " ").capitalize(), "value": show_value(field["v"])}
        for field in view.texts["custom_fields"]
    ]
    return shown | {
        **view.texts,
        "description_html": render_markdown(
            view.texts["description"], people or BoardNames(view.row["board_id"]), images
        ),
        "custom_fields": fields,
    }


def task_rights(membership: Membership, *, deleted: bool) -> dict[str, bool]:
    """What the person may do with a task, by the names that templates ask for; in the trash only restore it.

    With ``is_archived`` all of it is refused because the board or the team is archived.
    """
    return {
        "edit": not deleted and membership.may(Permission.TASK_EDIT),
        "move": not deleted and membership.may(Permission.TASK_MOVE),
        "delete": not deleted and membership.may(Permission.TASK_DELETE),
        "comment": not deleted and membership.may(Permission.COMMENT_CREATE),
        "restore": deleted and membership.may(Permission.TASK_RESTORE),
        "is_archived": membership.may(ARCHIVED),
    }


def show_move_columns(columns: Sequence[sql.Row]) -> list[dict[str, Any]]:
    """The columns of the move form; ``full`` says that the WIP limit is reached."""
    return [
        {
            **column,
            "full": column["wip_limit"] is not None and column["task_count"] >= column["wip_limit"],
        }
        for column in columns
    ]
