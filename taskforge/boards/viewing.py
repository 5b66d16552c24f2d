"""An admin looks at a team as a role, or as one of its members, sees it: for half an hour, and changing nothing.

The session keeps the `View`; while it holds, memberships and named people are read as they are for that person
(`taskforge.stores.substitutes`). So every page, list and stream shows what they would see, and nothing of other teams.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from taskforge import clock
from taskforge.accounts.queries import SET_VIEWING, list_display_names
from taskforge.errors import Conflict, Forbidden, NotFound
from taskforge.events import Event
from taskforge.stores.actor import Actor
from taskforge.stores.operations import Change, idempotent
from taskforge.stores.unit_of_work import UnitOfWork
from taskforge.teams.access import access_team, check_role, hold_membership, require_role_in
from taskforge.teams.permissions import Role
from taskforge.teams.queries import get_standing, viewed_memberships
from taskforge.text.values import is_uuid

LASTS = timedelta(minutes=30)
FOR_ADMINS = "Only admins of a team can look at it as others see it."
NOT_YOURSELF = "You see the team as yourself already."
ONLY_BROWSERS = "Only a browser can look at a team as others see it."


@dataclass(frozen=True)
class View:
    """As whom somebody looks at a team: as a role, or (``user_id``) as a member; ``name`` says it in words."""

    team_id: str
    team_name: str
    role: str
    user_id: str | None
    name: str
    until: str

    def queries(self, viewer_id: str) -> dict[str, str]:
        """What stands for tables while somebody looks so."""
        memberships = viewed_memberships(
            viewer_id, self.team_id, role=self.role, as_user_id=self.user_id
        )
        people = f"SELECT board_id, user_id FROM public.board_people WHERE user_id <> '{viewer_id}'"
        if self.user_id is not None:
            people += (
                f" UNION ALL SELECT board_id, CAST('{viewer_id}' AS uuid)"
                f" FROM public.board_people WHERE user_id = '{self.user_id}'"
            )
        return {"effective_memberships": memberships, "board_people": people}


def view_of(viewing: Mapping[str, Any] | None) -> View | None:
    """The view that a session keeps, while it holds."""
    if viewing is None or datetime.fromisoformat(viewing["until"]) <= clock.now():
        return None
    return View(**viewing)


@idempotent
def start_view(actor: Actor, team_id: str, *, as_whom: str) -> Change:
    """Look at a team as a role or, by their id, as a member sees it, for half an hour.

    Raises:
        NotFound: no such team or member.
        Forbidden: the actor is no admin of the team.
        InvalidInput: it is neither a role nor an id.
        Conflict: it is the actor; or not a browser's session.
    """
    membership = access_team(actor.user_id, team_id)
    if membership.role != Role.ADMIN:
        raise Forbidden(FOR_ADMINS)
    user_id = as_whom if is_uuid(as_whom) else None
    if user_id == actor.user_id:
        raise Conflict(NOT_YOURSELF)
    if user_id is None:
        check_role(as_whom)
    with UnitOfWork(actor, entity_id=team_id, version=0) as uow:
        hold_membership(uow, team_id, None)
        role, name = as_whom, f"a {as_whom}"
        if user_id is not None:
            standing = get_standing(uow, team_id, user_id)
            if standing is None:
                raise NotFound()
            role, name = standing["role"], list_display_names([user_id], uow)[user_id]
        require_role_in(uow, team_id, Role.ADMIN, role, why=FOR_ADMINS)
        until = (uow.at + LASTS).isoformat()
        view = View(team_id, membership.team_name, role, user_id, name, until)
        _keep(uow, view)
        _record(uow, Event.TEAM_VIEW_STARTED, None, asdict(view))
    return uow.change


def end_view(actor: Actor, view: View) -> Change:
    """Look at the team as oneself again."""
    with UnitOfWork(actor, entity_id=view.team_id, version=0) as uow:
        _keep(uow, None)
        _record(uow, Event.TEAM_VIEW_ENDED, asdict(view), None)
    return uow.change


def _keep(uow: UnitOfWork, view: View | None) -> None:
    kept = uow.execute(
        SET_VIEWING,
        {
            "viewing": None if view is None else json.dumps(asdict(view)),
            "session_id": uow.actor.session_id,
            "user_id": uow.actor.user_id,
        },
    )
    if kept.rowcount != 1:
        raise Conflict(ONLY_BROWSERS)


def _record(
    uow: UnitOfWork, event: Event, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None
) -> None:
    team_id = str((after or before or {})["team_id"])
    shown = [
        {"view": one and {name: one[name] for name in ("role", "user_id", "until")}}
        for one in (before, after)
    ]
    uow.record(
        event,
        entity_type="team",
        entity_id=team_id,
        before=shown[0],
        after=shown[1],
        team_id=team_id,
    )
