"""What is written when an invitation changes: its row, and the audit event of its team."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from taskforge.events import Event
from taskforge.stores import sql
from taskforge.stores.operations import as_json
from taskforge.stores.unit_of_work import UnitOfWork
from taskforge.teams.invitations import queries
from taskforge.teams.invitations.models import InvitationState


def close_invitation(
    uow: UnitOfWork, invitation: sql.Row, state: InvitationState, event: Event
) -> str:
    """Let an invitation be used no more; answers the id of the audit event."""
    uow.execute(
        queries.CLOSE,
        {"invitation_id": invitation["invitation_id"], "state": state.value, "at": uow.at},
    )
    named = name_invited(invitation)
    before = {**named, "state": InvitationState.OPEN.value}
    after = {**named, "state": state.value}
    return record_invitation(uow, invitation["team_id"], event, before=before, after=after)


def name_invited(invitation: Mapping[str, Any]) -> dict[str, Any]:
    """What audit events say of whom an invitation is for: the account if it was named by id, else the address."""
    name = "user_id" if invitation["user_id"] else "email"
    return {"invitation_id": invitation["invitation_id"], name: invitation[name]}


def record_invitation(
    uow: UnitOfWork,
    team_id: str,
    event: Event,
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any],
) -> str:
    """Write an audit event; what it says of the invitation stands apart from the team's own fields. Answers its id."""
    return uow.record(
        event,
        entity_type="team",
        entity_id=team_id,
        version=uow.change.version,
        before=before and {"invitation": as_json(before)},
        after={"invitation": as_json(after)},
        team_id=team_id,
    )
