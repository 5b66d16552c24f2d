"""My work: what somebody has to do, over all boards that they see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import request, url_for
from flask.typing import ResponseReturnValue

from taskforge.errors import NotFound
from taskforge.http.forms import id_or_none
from taskforge.http.htmx import go_to, render, wants_partial
from taskforge.identity.current import current_actor
from taskforge.tasks.my_work import (
    BY_NAME,
    MAX_FIRST,
    MAX_PAGE,
    SECTIONS,
    Section,
    find_work,
    list_section,
    list_work,
)
from taskforge.tasks.table.layout import TABLE_FIELDS, TITLE
from taskforge.web.boards.table_presenter import render_rows_of_boards
from taskforge.web.tasks.routes import blueprint

COLUMNS = (TITLE, "column", "priority", "due", "assignee")


@blueprint.get("/my-work")
def my_work() -> ResponseReturnValue:
    """The sections with their first tasks; with ``section`` the tasks of one, behind the task ``after``."""
    actor, name = current_actor(), request.args.get("section")
    after = id_or_none(request.args.get("after"))
    if name is None:
        work = list_work(actor)
        sections = [_show(one, work[one.name], most=MAX_FIRST) for one in SECTIONS]
    else:
        found = list_section(actor, name, after=after)
        sections = [_show(BY_NAME[name], found, most=MAX_PAGE, is_alone=True)]
    return render(
        "tasks/my_work.html",
        "tasks/_my_work.html",
        sections=[section for section in sections if section["rows"]],
        chosen=None if name is None else BY_NAME[name].title,
        heads=[TABLE_FIELDS[column].label for column in COLUMNS[1:]],
        columns_url=url_for("tasks.my_work", section=name, after=after),
    )


@blueprint.get("/my-work/rows/<id:task_id>")
def my_work_row(task_id: str) -> ResponseReturnValue:
    """One row as it is now, in whatever section."""
    found = find_work(current_actor(), task_id)
    if found is None:
        raise NotFound()
    if not wants_partial():
        return go_to(url_for("tasks.show", task_id=task_id))
    return str(render_rows_of_boards([found], COLUMNS)[0])


def _show(
    section: Section, rows: Sequence[Mapping[str, Any]], *, most: int, is_alone: bool = False
) -> dict[str, Any]:
    shown = rows[:most]
    more_url = None
    if len(rows) > most:
        after = shown[-1]["task_id"] if is_alone else None
        more_url = url_for("tasks.my_work", section=section.name, after=after)
    return {
        "name": section.name,
        "title": section.title,
        "count": f"{most}+" if more_url else str(len(shown)),
        "rows": render_rows_of_boards(shown, COLUMNS),
        "more_url": more_url,
    }
