"""The pages of people, and their pictures."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from taskforge.accounts import picture_store
from taskforge.accounts.pictures import MEDIA_TYPE
from taskforge.boards.person_access import (
    get_person,
    list_shared_boards,
    list_shared_teams,
    picture_query,
)
from taskforge.errors import NotFound
from taskforge.history.person_activity import list_person_activity
from taskforge.http.forms import id_or_none
from taskforge.identity.current import current_actor, current_actor_and_preloaded
from taskforge.messaging.online import find_online
from taskforge.tasks.person_tasks import list_open_tasks
from taskforge.web.people.presenters import show_activity, show_person, show_task
from taskforge.web.picture_answers import is_kept, keep_picture

blueprint = Blueprint("people", __name__)
TASKS_PER_PAGE = 20


@blueprint.get("/people/<id:person_id>")
def show(person_id: str) -> ResponseReturnValue:
    """A person whom one shares a team with: what they say of themselves, and what they work on."""
    actor = current_actor()
    view = get_person(actor, person_id)
    after_id = id_or_none(request.args.get("after"))
    tasks = list_open_tasks(actor, person_id, after_id=after_id, limit=TASKS_PER_PAGE + 1)
    shown = tasks[:TASKS_PER_PAGE]
    return render_template(
        "people/show.html",
        **show_person(view, is_online=bool(find_online([person_id]))),
        is_you=person_id == actor.user_id,
        teams=list_shared_teams(actor, person_id),
        boards=list_shared_boards(actor, person_id),
        tasks=[show_task(task) for task in shown],
        after=shown[-1]["task_id"] if len(tasks) > len(shown) else None,
        activity=show_activity(list_person_activity(actor, person_id)),
    )


@blueprint.get("/people/<id:person_id>/picture/<picture_name>", defaults={"size": "small"})
@blueprint.get("/people/<id:person_id>/picture/<picture_name>/<any(large):size>")
def picture(person_id: str, picture_name: str, size: str) -> ResponseReturnValue:
    """A person's picture. One that was replaced or removed is gone at once."""
    _, row = current_actor_and_preloaded(picture_query(person_id))
    if row is None or row["person_picture"] != picture_name:
        raise NotFound()
    etag = f"{picture_name}-{size}"
    if is_kept(etag):
        return keep_picture(Response(status=304), etag)
    found = picture_store.find(person_id, picture_name, large=size == "large")
    if found is None:
        raise NotFound()
    return keep_picture(Response(found, mimetype=MEDIA_TYPE), etag)
