"""Reads of teams and their members, and SQL of teams for the features above.

The fragments are the only way in which another feature's SQL names the tables of teams.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import column, table, text

from taskforge.accounts.queries import join_person
from taskforge.errors import NotFound
from taskforge.stores import sql
from taskforge.stores.actor import Actor
from taskforge.stores.unit_of_work import UnitOfWork
from taskforge.teams.permissions import (
    ARCHIVED,
    KEPT_IN_ARCHIVED_TEAM,
    ROLES,
    Permission,
    Role,
)

# Of each kind: teams that somebody made, and teams that others made and added them to. Others can't use up the first.
TEAMS_PER_USER = 200
MEMBERS_PER_TEAM = 500
MAX_TREE = 200  # teams in one tree


def is_admitted(membership: str = "m") -> str:
    """SQL of the condition that a membership lets its person in: they have two-factor log-in, or need none now.

    Each row asks for the team by its key; as a join the planner might read all teams.
    """
    return f"""((SELECT true
                 FROM   teams strict
                        {join_person(f"{membership}.user_id", "own_account")}
                 WHERE  strict.team_id = {membership}.team_id AND strict.two_factor_from <= now()
                        AND own_account.two_factor_at IS NULL) IS NULL)"""


def _held(condition: str = "") -> str:
    return f"""
       ARRAY(SELECT CAST(p.name AS text)
             FROM   role_permissions rp JOIN permissions p USING (permission_id)
             WHERE  rp.team_id = m.team_id AND rp.role = m.role{condition})"""


def held_of_archived(kept: Sequence[str]) -> str:
    """SQL of the permissions that a membership row `m` holds in something archived: those `kept`, and the mark."""
    names = ", ".join(f"'{name}'" for name in kept)
    return f"array_prepend('{ARCHIVED}', {_held(f' AND p.name IN ({names})')})"


# Whether the team of the membership `m` is archived.
IS_ARCHIVED_TEAM = (
    "EXISTS (SELECT FROM teams a WHERE a.team_id = m.team_id AND a.archived_at IS NOT NULL)"
)
# The names of the permissions that a membership row `m` holds, as an array.
HELD_PERMISSIONS = f"""
       CASE WHEN {IS_ARCHIVED_TEAM} THEN {held_of_archived(KEPT_IN_ARCHIVED_TEAM)}
            ELSE {_held()} END
"""
# The matrix of the team `t`, as pairs of a role and a permission.
GRANTS_OF_TEAM = """
           (SELECT jsonb_agg(jsonb_build_array(rp.role, p.name))
            FROM   role_permissions rp JOIN permissions p USING (permission_id)
            WHERE  rp.team_id = t.team_id)
"""
# Items of a FROM clause.
TEAMS = "teams t"
MEMBERSHIPS = "effective_memberships m"
ADDED_MEMBERSHIPS = "team_memberships m"  # without those that come from a parent
# Two memberships in the same team: `m` of the reader, `o` of a person.
SHARED_MEMBERSHIPS = "effective_memberships m JOIN effective_memberships o USING (team_id)"
MEMBERS = f"effective_memberships m {join_person('m.user_id')}"
# The same memberships for statements that SQLAlchemy composes.
COMPOSED_MEMBERSHIPS = table("effective_memberships", column("team_id"), column("user_id")).alias(
    "m"
)
TEAMS_OF_MEMBERS = "teams t JOIN effective_memberships m USING (team_id)"
# A column: whether the person of the membership `m` is kept out, see `is_admitted`.
LACKS_TWO_FACTOR = f"NOT {is_admitted()} AS lacks_two_factor"
# The columns of a list of teams, from `TEAMS_OF_MEMBERS`.
TEAM_COLUMNS = f"""
       t.team_id, t.name, t.description, t.parent_team_id, t.inherits_members, t.two_factor_from, t.version,
       t.created_at, t.updated_at, t.archived_at, m.role, {HELD_PERMISSIONS} AS permissions, {LACKS_TWO_FACTOR},
       (SELECT count(*) FROM effective_memberships o WHERE o.team_id = t.team_id) AS member_count
"""
# The ids of the teams of `:user_id`; whether that person, or the user `u`, is in any team.
TEAM_IDS_OF_PERSON = "SELECT team_id FROM effective_memberships WHERE user_id = :user_id"
IS_IN_A_TEAM = "EXISTS (SELECT FROM effective_memberships m WHERE m.user_id = u.user_id)"
# Those who are in a team; those who have one of `:roles` in it.
MEMBER_IDS = text("SELECT user_id FROM effective_memberships WHERE team_id = :team_id")
MEMBER_IDS_WITH_ROLES = text("""
    SELECT user_id
    FROM   effective_memberships
    WHERE  team_id = :team_id AND role = ANY(CAST(:roles AS text[]))
""")
_STANDING = text("""
    SELECT role, is_limited
    FROM   effective_memberships
    WHERE  team_id = :team_id AND user_id = :user_id
""")
# Archives the team `:team_id`, or (NULL) unarchives it; no row where it is so already.
SET_TEAM_ARCHIVED = text("""
    UPDATE teams
    SET    archived_at = :archived_at
    WHERE  team_id = :team_id AND (archived_at IS NULL) = :archive
""")
# Locks the row of `:team_id`, for what must be unique among the boards of a team.
LOCK_TEAM = text("SELECT 1 FROM teams WHERE team_id = :team_id FOR UPDATE")

# The teams right below `t`: those that the reader is in, and all of them for who may edit it.
_CHILDREN = f"""
           (SELECT jsonb_agg(to_jsonb(below) ORDER BY lower(below.name), below.team_id)
            FROM   (SELECT c.team_id, c.name, c.inherits_members, own.role IS NOT NULL AS is_member
                    FROM   teams c
                           LEFT JOIN effective_memberships own
                             ON  own.team_id = c.team_id AND own.user_id = m.user_id
                    WHERE  c.parent_team_id = t.team_id AND c.deleted_at IS NULL
                           AND (own.role IS NOT NULL OR '{Permission.TEAM_EDIT}' = ANY({HELD_PERMISSIONS}))
                    ORDER  BY lower(c.name), c.team_id
                    LIMIT  {MAX_TREE}) below) AS children
"""
_TEAM = text(f"""
    SELECT t.team_id, t.name, t.description, t.parent_team_id, t.inherits_members,
           parent.name AS parent_name, t.version, t.created_by, t.created_at, t.updated_at, t.archived_at, m.role,
           m.via_team_id <> m.team_id AS is_inherited, t.two_factor_from,
           {HELD_PERMISSIONS} AS permissions, {_CHILDREN},
           (SELECT count(*) FROM effective_memberships o WHERE o.team_id = t.team_id) AS people_count
    FROM   teams t
           JOIN effective_memberships m USING (team_id)
           LEFT JOIN teams parent
             ON  parent.team_id = t.parent_team_id
             AND EXISTS (SELECT
                         FROM   effective_memberships p
                         WHERE  p.team_id = t.parent_team_id AND p.user_id = m.user_id)
    WHERE  t.team_id = :team_id AND m.user_id = :user_id AND {is_admitted()}
""")
# The order of the people of a team: admins first, then by name.
_PEOPLE_ORDER = (
    "array_position(CAST(:roles AS text[]), m.role::text), lower(u.display_name), u.user_id"
)
_MEMBERS = text(f"""
    SELECT u.user_id, u.display_name, u.picture, m.role, m.is_limited, m.joined_at, m.via_team_id,
           m.via_team_id <> m.team_id AS is_inherited, via.name AS via_name, own.is_limited AS is_reader_limited,
           CASE WHEN own.role <> :guest OR u.user_id = own.user_id THEN u.email END AS email
    FROM   {MEMBERS}
           JOIN effective_memberships own ON own.team_id = m.team_id AND own.user_id = :user_id AND {is_admitted("own")}
           LEFT JOIN teams via
             ON  via.team_id = m.via_team_id
             AND EXISTS (SELECT
                         FROM   effective_memberships o
                         WHERE  o.team_id = via.team_id AND o.user_id = :user_id)
    WHERE  m.team_id = :team_id
           AND (:query = '' OR strpos(taskforge_find(u.display_name), taskforge_find(:query)) > 0)
           AND (CAST(:after_id AS uuid) IS NULL
                OR ({_PEOPLE_ORDER}) > (SELECT {_PEOPLE_ORDER}
                                        FROM   {MEMBERS}
                                        WHERE  m.team_id = :team_id AND m.user_id = CAST(:after_id AS uuid)))
    ORDER  BY {_PEOPLE_ORDER}
    LIMIT  :limit
""")


def viewed_memberships(viewer: str, team_id: str, *, role: str, as_user_id: str | None) -> str:
    """SQL of the memberships as they are for who looks at a team as another member of it sees it, or as a role.

    All ids are UUIDs. The viewer, while an admin of the team, has that standing in it, and is in no other team.
    """
    if as_user_id is None:
        standing = f"CAST('{Role(role)}' AS varchar) AS role, false AS is_limited"
        seen, condition = "own", "true"
    else:
        standing, seen = "seen.role, seen.is_limited", "seen"
        condition = f"seen.user_id = '{as_user_id}' AND {is_admitted('seen')}"
    return f"""
        SELECT o.team_id, o.user_id, o.role, o.is_limited, o.joined_at, o.via_team_id
        FROM   public.effective_memberships o
        WHERE  o.user_id <> '{viewer}'
        UNION  ALL
        SELECT own.team_id, own.user_id, {standing}, own.joined_at, {seen}.via_team_id
        FROM   public.effective_memberships own
               {"" if as_user_id is None else "JOIN public.effective_memberships seen USING (team_id)"}
        WHERE  own.team_id = '{team_id}' AND own.user_id = '{viewer}' AND own.role = '{Role.ADMIN}' AND {condition}
    """


def join_team(team_id: str) -> str:
    """SQL that joins the team, as ``t``, whose id the column `team_id` holds."""
    return f"JOIN teams t ON t.team_id = {team_id}"


def left_join_team(team_id: str) -> str:
    """Like `join_team`, where there may be none."""
    return f"LEFT {join_team(team_id)}"


def is_member(team_id: str, user_id: str) -> str:
    """SQL of the condition that a person belongs to a team; both are a column or another expression."""
    return f"""EXISTS (SELECT
                   FROM   effective_memberships member
                   WHERE  member.team_id = {team_id} AND member.user_id = {user_id})"""


def join_membership(team_id: str, user_id: str = ":user_id") -> str:
    """SQL that joins, as ``m``, the membership of a person (by default `:user_id`) in the team of a column."""
    return f"JOIN effective_memberships m ON m.team_id = {team_id} AND m.user_id = {user_id}"


def get_team(actor: Actor, team_id: str) -> sql.Row:
    """One team with the actor's role and permissions in it. Its parent has a name only for the parent's members.

    Raises:
        NotFound: no such team, or the actor is not in it.
    """
    found = sql.row(_TEAM, {"team_id": team_id, "user_id": actor.user_id})
    if found is None:
        raise NotFound()
    return found


def list_children(actor: Actor, team_id: str) -> Sequence[sql.Row]:
    """The teams right below one of the actor's (team_id, name, inherits_members, is_member), by name.

    Raises:
        NotFound: no such team, or the actor is not in it.
    """
    found: Sequence[sql.Row] = get_team(actor, team_id)["children"] or ()
    return found


def get_standing(uow: UnitOfWork, team_id: str, user_id: str) -> sql.Row | None:
    """The role of a member of a team, and whether they are a limited guest, in a transaction; None for others."""
    return uow.row(_STANDING, {"team_id": team_id, "user_id": user_id})


def list_members(
    actor: Actor,
    team_id: str,
    *,
    query: str = "",
    after_id: str | None = None,
    limit: int = MEMBERS_PER_TEAM,
) -> Sequence[sql.Row]:
    """The members of one of the actor's teams: user_id, display_name, email, role, joined_at; admins first.

    A guest gets no e-mail address but their own. `query` is a part of the name; `after_id` the last member of the page
    before, after whom nobody comes if they are not in the team any more.

    Raises:
        NotFound: no such team, or the actor is not in it.
    """
    parameters = {"team_id": team_id, "user_id": actor.user_id, "guest": Role.GUEST.value}
    place = {"query": query, "after_id": after_id, "limit": limit}
    found = sql.rows(_MEMBERS, {**parameters, **place, "roles": list(ROLES)})
    if not found and not query and after_id is None:  # not even the actor
        raise NotFound()
    return found
