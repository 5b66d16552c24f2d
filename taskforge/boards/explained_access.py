"""Explained access: each right of a person in a team, and each board, yes or no and why, now or at a past instant."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import text

from taskforge import clock
from taskforge.boards.queries import BOARDS_OF_MEMBERS
from taskforge.errors import InvalidInput, NotFound
from taskforge.events import Event
from taskforge.stores import sql
from taskforge.stores.actor import Actor
from taskforge.teams.access import access_team
from taskforge.teams.matrix import DEFAULT_MATRIX, Grant
from taskforge.teams.past_standing import Cause, PastStanding, Source, read_standing
from taskforge.teams.permissions import Permission, Role
from taskforge.teams.queries import MEMBERSHIPS, TEAM_IDS_OF_PERSON, is_admitted
from taskforge.text.moments import show_when

# The boards of a team that the reader sees now, as they were at `:at`: made, private, deleted, and naming the person.
# Who is named stands in events of the board, and of the team where a guest was limited; of both the last one counts.
_BOARDS = text(f"""
    SELECT b.board_id, b.name, s.state ->> 'made' IS NOT NULL AS is_made,
           coalesce(CAST(s.state ->> 'is_private' AS boolean), false) AS is_private,
           coalesce(CAST(s.state ->> 'deleted' AS boolean), false) AS is_deleted,
           coalesce(n.is_named, false) AS is_named
    FROM   {BOARDS_OF_MEMBERS}
           CROSS JOIN LATERAL (
               SELECT jsonb_object_agg(e.key, e.value ORDER BY l.entity_version)
                          FILTER (WHERE e.key IN ('is_private', 'deleted', 'made')) AS state
               FROM   audit_logs l
                      CROSS JOIN LATERAL jsonb_each(
                          CASE WHEN jsonb_typeof(l.new_state) = 'object' THEN l.new_state ELSE '{{}}' END
                          || CASE WHEN l.action = 'create' THEN '{{"made": true}}'::jsonb ELSE '{{}}' END) e
               WHERE  l.entity_type = 'board' AND l.entity_id = b.board_id AND l.action_timestamp <= :at
                      AND l.new_state -> 'column_id' IS NULL) s
           LEFT JOIN LATERAL (
               SELECT CAST(coalesce(
                          l.new_state -> 'people' ->> :user_id,
                          l.new_state -> 'boards' -> :user_id ->> CAST(b.board_id AS text)) AS boolean) AS is_named
               FROM   audit_logs l
               WHERE  l.entity_id IN (b.board_id, b.team_id) AND l.action_timestamp <= :at
                      AND (l.new_state -> 'people' ->> :user_id IS NOT NULL
                           OR l.new_state -> 'boards' -> :user_id ->> CAST(b.board_id AS text) IS NOT NULL)
               ORDER  BY l.log_id DESC
               LIMIT  1) n ON true
    WHERE  b.team_id = :team_id AND m.user_id = :reader_id
    ORDER  BY lower(b.name), b.board_id
    LIMIT  :limit
""")
_OWN_TEAMS = text(TEAM_IDS_OF_PERSON)
# From when on the team required two-factor log-in, and since when the person had it, as it was at `:at`.
_TWO_FACTOR = text(f"""
    SELECT (SELECT CAST(l.new_state ->> 'two_factor_from' AS timestamptz)
            FROM   audit_logs l
            WHERE  l.entity_id = :team_id AND l.action_timestamp <= :at
                   AND l.event IN ('{Event.TEAM_TWO_FACTOR_REQUIRED}', '{Event.TEAM_TWO_FACTOR_RELEASED}')
            ORDER  BY l.log_id DESC
            LIMIT  1) AS starts_at,
           (SELECT l.new_state ->> 'two_factor_at'
            FROM   audit_logs l
            WHERE  l.entity_id = :user_id AND l.action_timestamp <= :at
                   AND jsonb_exists(l.new_state, 'two_factor_at')
            ORDER  BY l.log_id DESC
            LIMIT  1) AS enabled_at
""")
_IS_ADMITTED = text(f"""
    SELECT 1
    FROM   {MEMBERSHIPS}
    WHERE  m.team_id = :team_id AND m.user_id = :user_id AND {is_admitted()}
""")
KEPT_OUT = "The team requires two-factor log-in, which they do not have."
MAX_BOARDS = 300  # of one team, those in the trash among them


@dataclass(frozen=True)
class ExplainedRight:
    """Whether a person holds a permission, and a sentence that says because of what."""

    permission: Permission
    is_held: bool
    reason: str


@dataclass(frozen=True)
class ExplainedBoard:
    """Whether a person sees a board, and a sentence that says because of what."""

    board_id: str
    name: str
    is_seen: bool
    reason: str


@dataclass(frozen=True)
class ExplainedAccess:
    """What a person may do in a team at an instant. ``role`` is None for who was not in it; ``reason`` says why so.

    ``is_kept_out``: whether the team keeps them out, because they lack the two-factor log-in that it requires.
    """

    at: datetime
    role: str | None
    is_limited: bool
    is_kept_out: bool
    reason: str
    rights: Sequence[ExplainedRight]
    boards: Sequence[ExplainedBoard]


def explain_access(
    actor: Actor, team_id: str, user_id: str, at: datetime | None = None
) -> ExplainedAccess:
    """What somebody may do in a team, now or `at` an instant, and why. Boards are those that the actor sees.

    Raises:
        NotFound: no access to the team, or it has never had to do with that person.
        Forbidden: about somebody else without the permission ``team.manage_members``.
        InvalidInput: the instant is in the future.
    """
    access_team(
        actor.user_id, team_id, None if user_id == actor.user_id else Permission.TEAM_MANAGE_MEMBERS
    )
    now = clock.now()
    if at is not None and at > now:
        raise InvalidInput.about("at", "must not be in the future")
    standing = read_standing(team_id, user_id, at or now)
    if not standing.is_known and not read_standing(team_id, user_id, now).is_known:
        raise NotFound()
    source = standing.source
    is_kept_out = source is not None and _is_kept_out(team_id, user_id, at)
    own_teams = sql.rows(_OWN_TEAMS, {"user_id": actor.user_id})
    return ExplainedAccess(
        at=at or now,
        role=source.role if source else None,
        is_limited=bool(source and source.is_limited),
        is_kept_out=is_kept_out,
        reason=_why_role(standing, {row["team_id"] for row in own_teams})
        + (f" {KEPT_OUT}" if is_kept_out else ""),
        rights=[
            ExplainedRight(one, False, KEPT_OUT) if is_kept_out else _explain_right(standing, one)
            for one in Permission
        ],
        boards=[
            replace(board, is_seen=False, reason=KEPT_OUT) if is_kept_out else board
            for board in _explain_boards(actor, standing, user_id, at or now)
        ],
    )


def _is_kept_out(team_id: str, user_id: str, at: datetime | None) -> bool:
    """Whether the team requires two-factor log-in now, or did at an instant, which the person has or had not."""
    parameters = {"team_id": team_id, "user_id": user_id, "at": at}
    if at is None:
        return sql.row(_IS_ADMITTED, parameters) is None
    found = sql.row(_TWO_FACTOR, parameters)
    assert found is not None
    starts_at = found["starts_at"]
    return starts_at is not None and starts_at <= at and found["enabled_at"] is None


def _why_role(standing: PastStanding, known: Collection[str]) -> str:
    source = standing.source
    if not standing.team.exists:
        return "The team did not exist then."
    if standing.team.is_deleted:
        return "The team was deleted then."
    if source is None:
        gone = standing.team.role_cause
        return f"Not in the team: removed {_by(gone)}." if gone else "Not in the team."
    if source.team_id == standing.team.team_id:
        why = f"{source.role.title()}, by the membership in this team, set {_by(source.cause)}."
    else:
        named = _name_of(source, known)
        why = f"{source.role.title()}, because members of {named} are members here."
        if source.team_id in known:
            why += f" The role was set there {_by(source.cause)}."
    others = [f"{one.role} in {_name_of(one, known)}" for one in standing.sources[1:]]
    if others:
        why += f" The highest role counts; they are also {' and '.join(others)}."
    if standing.team.is_archived:
        why += " The team is archived: whatever the role may do, nothing can be changed."
    return why


def _name_of(source: Source, known: Collection[str]) -> str:
    """The name of a team from which a role comes, for a reader who is in the teams `known`."""
    return source.name if source.team_id in known else "a parent team"


def _explain_right(standing: PastStanding, permission: Permission) -> ExplainedRight:
    source = standing.source
    if source is None:
        return ExplainedRight(permission, False, "Not in the team.")
    grant = Grant(source.role, permission.value)
    is_held = grant in standing.matrix
    does = "hold" if is_held else "do not hold"
    cause = standing.team.cell_causes.get(grant)
    if cause is not None:
        line = f"set {_by(cause)}"
    elif (grant in DEFAULT_MATRIX) == is_held:
        line = "as in every new team"
    else:
        line = "since before this was recorded"
    return ExplainedRight(permission, is_held, f"{source.role.title()}s {does} it, {line}.")


def _explain_boards(
    actor: Actor, standing: PastStanding, user_id: str, at: datetime
) -> list[ExplainedBoard]:
    team_id = standing.team.team_id
    rows = sql.rows(
        _BOARDS,
        {
            "team_id": team_id,
            "user_id": user_id,
            "reader_id": actor.user_id,
            "at": at,
            "limit": MAX_BOARDS,
        },
    )
    shown = [row for row in rows if row["is_made"] and not row["is_deleted"]]
    return [
        ExplainedBoard(row["board_id"], row["name"], *_explain_board(standing, row))
        for row in shown
    ]


def _explain_board(standing: PastStanding, row: Mapping[str, object]) -> tuple[bool, str]:
    source = standing.source
    if source is None:
        return False, "Not in the team."
    if source.role == Role.ADMIN:
        return True, "Admins see every board."
    if row["is_named"] and (row["is_private"] or source.is_limited):
        return True, "The board names them."
    if row["is_private"]:
        return False, "The board is private and does not name them."
    if source.is_limited:
        return False, "They are limited to boards that name them, and this one does not."
    return True, f"{source.role.title()}s see every board that is not private."


def _by(cause: Cause | None) -> str:
    if cause is None:
        return "before this was recorded"
    return f"by {cause.actor_name or 'TaskForge'} {show_when(cause.at)}"
