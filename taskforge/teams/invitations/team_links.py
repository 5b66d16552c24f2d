"""Links by which anybody with an account may join a team in a role: made, renewed and removed by who manages it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import text

from taskforge.accounts.queries import join_person
from taskforge.errors import Conflict, Forbidden, InvalidInput, NotFound, RateLimited
from taskforge.events import Event
from taskforge.mail.tokens import LinkToken
from taskforge.stores import sql
from taskforge.stores.actor import Actor
from taskforge.stores.operations import Change, idempotent
from taskforge.stores.prepared_statements import prepared
from taskforge.stores.unit_of_work import UnitOfWork
from taskforge.teams.access import access_team, lock_team, lock_team_to_join, require_role_in
from taskforge.teams.hierarchy import lock_tree
from taskforge.teams.invitations.queries import may_invite
from taskforge.teams.invitations.tokens import UNKNOWN, hash_token
from taskforge.teams.members import insert_member
from taskforge.teams.permissions import Permission, Role
from taskforge.teams.queries import join_team

LINK_ROLES = (Role.MEMBER.value, Role.GUEST.value)
OFF = "This link was switched off or renewed. Ask somebody in the team for the present one."
WERE_REMOVED = "You were removed from this team, so its link does not let you in. Ask somebody there to invite you."
A_DAY_SECONDS = 86_400

_COLUMNS = f"""
           l.team_id, l.role, l.nonce, l.token_hash, l.created_by, l.created_at, t.name AS team_name,
           s.display_name AS creator_name, {may_invite("l", "created_by")} AS is_held
    FROM   join_links l
           {join_team("l.team_id")}
           {join_person("l.created_by", "s")}
"""
_BY_TOKEN = prepared(f"SELECT {_COLUMNS} WHERE l.token_hash = :token_hash")
_OF_TEAM = text(f"SELECT {_COLUMNS} WHERE l.team_id = :team_id")
_PUT = prepared("""
    INSERT INTO join_links (team_id, role, nonce, token_hash, created_by, created_at)
    VALUES (:team_id, :role, :nonce, :token_hash, :user_id, :at)
    ON CONFLICT (team_id, role) DO UPDATE
    SET    nonce = excluded.nonce, token_hash = excluded.token_hash, created_by = excluded.created_by,
           created_at = excluded.created_at
""")
_DELETE = prepared("DELETE FROM join_links WHERE team_id = :team_id AND role = :role")
_COUNT_JOIN = prepared("""
    UPDATE join_links
    SET    joined = CASE WHEN counted_on = CAST(:today AS date) THEN joined + 1 ELSE 1 END,
           counted_on = CAST(:today AS date)
    WHERE  team_id = :team_id AND role = :role
    RETURNING joined
""")
# Who removed somebody from a team last, if anybody did.
_LAST_REMOVAL = prepared(f"""
    SELECT actor_id
    FROM   audit_logs
    WHERE  entity_id = :team_id AND event = '{Event.TEAM_MEMBER_REMOVED}'
           AND jsonb_exists(new_state -> 'members', CAST(:user_id AS text))
    ORDER  BY log_id DESC
    LIMIT  1
""")


@idempotent
def make_join_link(
    actor: Actor, team_id: str, *, role: str, nonce: str, token: LinkToken
) -> Change:
    """Switch the link for a role on, or renew it: the one before is dead. `token` is derived from `nonce`.

    Raises:
        NotFound, Forbidden: no access, no permission ``team.manage_members``, or a role above the actor's.
        InvalidInput: a role that no link can give.
    """
    access_team(actor.user_id, team_id, Permission.TEAM_MANAGE_MEMBERS)
    _check_link_role(role)
    with UnitOfWork(actor, entity_id=team_id, version=0) as uow:
        lock_team(uow, team_id, Permission.TEAM_MANAGE_MEMBERS)
        require_role_in(uow, team_id, role)
        values = {"team_id": team_id, "role": role, "user_id": actor.user_id, "at": uow.at}
        uow.execute(_PUT, {**values, "nonce": nonce, "token_hash": token.hash})
        _record(uow, team_id, Event.TEAM_JOIN_LINK_MADE, {"role": role, "is_on": True})
    return uow.change


@idempotent
def remove_join_link(actor: Actor, team_id: str, *, role: str) -> Change:
    """Switch the link for a role off.

    Raises:
        NotFound, Forbidden: no access, or no permission ``team.manage_members``.
        InvalidInput: a role that no link can give.
        Conflict: it is off.
    """
    access_team(actor.user_id, team_id, Permission.TEAM_MANAGE_MEMBERS)
    _check_link_role(role)
    with UnitOfWork(actor, entity_id=team_id, version=0) as uow:
        lock_team(uow, team_id, Permission.TEAM_MANAGE_MEMBERS)
        if uow.execute(_DELETE, {"team_id": team_id, "role": role}).rowcount == 0:
            raise Conflict("This link is off already.")
        _record(uow, team_id, Event.TEAM_JOIN_LINK_REMOVED, {"role": role, "is_on": False})
    return uow.change


@idempotent
def join_by_link(actor: Actor, token: str, *, per_day: int) -> Change:
    """Join a team by its link; `per_day` is how many people may do so in a day (UTC).

    Raises:
        NotFound: no link has this token now.
        Forbidden: the actor was removed from the team.
        Conflict: in the team already, the team is full, the actor is in too many teams of others, or who made the link
            may not invite any more.
        RateLimited: `per_day` people have joined by it today.
    """
    link = find_join_link(token)
    team_id, role = link["team_id"], link["role"]
    with UnitOfWork(actor, entity_id=team_id, version=0) as uow:
        lock_tree(uow)
        lock_team_to_join(uow, team_id)
        held = uow.row(_BY_TOKEN, {"token_hash": hash_token(token)})
        if held is None or not held["is_held"]:
            raise Conflict(OFF)
        _refuse_removed(uow, team_id)
        today = uow.at.date().isoformat()
        counted = uow.execute(_COUNT_JOIN, {"team_id": team_id, "role": role, "today": today})
        if counted.scalar_one() > per_day:
            raise RateLimited(
                f"{per_day} people have joined by this link today. Please try again tomorrow.",
                retry_after=A_DAY_SECONDS,
            )
        also = {"by_join_link": role}
        insert_member(uow, team_id, actor.user_id, role, event=Event.TEAM_MEMBER_JOINED, also=also)
    return uow.change


def find_join_link(token: str) -> sql.Row:
    """The link with a token: ``team_id``, ``team_name``, ``role``, ``is_held``, and who made it.

    Raises:
        NotFound: there is none now.
    """
    found = sql.row(_BY_TOKEN, {"token_hash": hash_token(token)})
    if found is None:
        raise NotFound(UNKNOWN)
    return found


def list_join_links(actor: Actor, team_id: str) -> Sequence[sql.Row]:
    """The links of a team that are on.

    Raises:
        NotFound, Forbidden: no access, or no permission ``team.manage_members``.
    """
    access_team(actor.user_id, team_id, Permission.TEAM_MANAGE_MEMBERS)
    return sql.rows(_OF_TEAM, {"team_id": team_id})


def _check_link_role(role: str) -> None:
    if role not in LINK_ROLES:
        raise InvalidInput.about("role", "of a link must be member or guest")


def _refuse_removed(uow: UnitOfWork, team_id: str) -> None:
    """Keep out whom somebody else removed: they may know the link from before."""
    user_id = uow.actor.user_id
    last = uow.row(_LAST_REMOVAL, {"team_id": team_id, "user_id": user_id})
    if last is not None and last["actor_id"] != user_id:
        raise Forbidden(WERE_REMOVED)


def _record(uow: UnitOfWork, team_id: str, event: Event, after: dict[str, object]) -> None:
    uow.record(
        event,
        entity_type="team",
        entity_id=team_id,
        version=uow.change.version,
        before=None,
        after={"join_link": after},
        team_id=team_id,
    )
