"""Invitations as tests send them, and what is stored of them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import text

from taskforge.mail.tokens import make_token
from taskforge.stores import sql
from taskforge.teams.invitations import service
from tests.factories import Person, Team

PER_DAY = 20


def invite(sender: Person, team: Team, role: str = "member", **person: Any) -> tuple[str, str]:
    """An invitation; its id, and the token of its link."""
    token = make_token()
    change = service.invite_person(
        sender.actor, team.team_id, token=token, role=role, per_day=PER_DAY, **person
    )
    return str(change.extra["invitation_id"]), token.secret


def state_of(invitation_id: str) -> str:
    return str(
        sql.scalar(
            text("SELECT state FROM invitations WHERE invitation_id = :id"), {"id": invitation_id}
        )
    )


def age(invitation_id: str, days: int) -> None:
    """Let an invitation have been sent some days ago, when all accounts were there."""
    sql.execute_now(
        text("UPDATE users SET created_at = created_at - make_interval(days => :days)"),
        {"days": days},
    )
    sql.execute_now(
        text("""
            UPDATE invitations
            SET    created_at = created_at - make_interval(days => :days),
                   sent_at = sent_at - make_interval(days => :days),
                   expires_at = expires_at - make_interval(days => :days)
            WHERE  invitation_id = :id
        """),
        {"days": days, "id": invitation_id},
    )
