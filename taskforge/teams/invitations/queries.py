"""Reads of invitations, and their SQL."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import text

from taskforge import clock
from taskforge.accounts.queries import IS_NOT_DELETED, PEOPLE, join_person, left_join_person
from taskforge.extensions import config_of
from taskforge.stores import sql
from taskforge.stores.actor import Actor
from taskforge.stores.prepared_statements import prepared
from taskforge.stores.sql import JoinedQuery
from taskforge.teams.access import access_team
from taskforge.teams.invitations.models import IS_OPEN
from taskforge.teams.permissions import ROLES, Permission
from taskforge.teams.queries import is_admitted, is_member, join_team

MAX_SHOWN = 200
MAX_OWN = 50

_ROLE_ORDER = f"CAST('{{{','.join(ROLES)}}}' AS text[])"


def may_invite(alias: str, sender: str) -> str:
    """SQL of the condition that the person `s`, whose id is in column `sender`, may invite for a row.s role."""
    return f"""
           (s.suspended_at IS NULL AND EXISTS (
               SELECT
               FROM   effective_memberships sm
                      JOIN role_permissions rp ON rp.team_id = sm.team_id AND rp.role = sm.role
                      JOIN permissions p USING (permission_id)
               WHERE  sm.team_id = {alias}.team_id AND sm.user_id = {alias}.{sender} AND {is_admitted("sm")}
                      AND p.name = '{Permission.TEAM_MANAGE_MEMBERS}'
                      AND array_position({_ROLE_ORDER}, sm.role::text)
                          <= array_position({_ROLE_ORDER}, {alias}.role::text)))
"""


_IS_HELD = may_invite("i", "invited_by")
# ``status``: the state, or why an open invitation can't be used: "expired", or "void" when its sender lost the right.
_STATUS = f"""
           CASE WHEN i.state <> 'open' THEN i.state
                WHEN i.expires_at <= :at THEN 'expired'
                WHEN NOT {_IS_HELD} THEN 'void'
                ELSE 'open' END AS status
"""
# Whether the invitation `i` is for the account `u`. Without its link only an account that was there when it was made
# can answer it: whoever registers somebody else's address later must have the link. The same holds for who registered
# it before and has not confirmed it, where mails take the link to its owner (`:has_mail_server`).
_IS_FOR = "(i.user_id = u.user_id OR (i.user_id IS NULL AND i.email = u.email))"
_IS_FOR_WITHOUT_LINK = f"""({_IS_FOR} AND u.created_at <= i.created_at
                        AND (i.user_id IS NOT NULL OR u.email_verified_at IS NOT NULL
                             OR NOT CAST(:has_mail_server AS boolean)))"""
_COLUMNS = f"""
           i.invitation_id, i.team_id, i.role, i.email, i.user_id, i.invited_by, i.token_hash, i.created_at, i.sent_at,
           i.sendings, i.expires_at, t.name AS team_name, s.display_name AS inviter_name,
           {_STATUS}
"""
_INVITATIONS = f"""
           invitations i
           {join_team("i.team_id")}
           {join_person("i.invited_by", "s")}
"""
# An invitation by the hash of its link's token; whether it is for `:user_id`, who may be nobody.
BY_TOKEN = prepared(f"""
    SELECT {_COLUMNS},
           EXISTS (SELECT
                   FROM   {PEOPLE}
                   WHERE  u.user_id = CAST(:user_id AS uuid) AND {_IS_FOR}) AS is_for_actor
    FROM   {_INVITATIONS}
    WHERE  i.token_hash = :token_hash
""")
# An invitation that `:user_id` may answer without its link.
BY_ID = prepared(f"""
    SELECT {_COLUMNS}, true AS is_for_actor
    FROM   {_INVITATIONS}
           {join_person("CAST(:user_id AS uuid)")} AND {_IS_FOR_WITHOUT_LINK}
    WHERE  i.invitation_id = :invitation_id
""")
OF_TEAM = prepared(f"""
    SELECT {_COLUMNS}
    FROM   {_INVITATIONS}
    WHERE  i.team_id = :team_id AND i.invitation_id = :invitation_id
    FOR    UPDATE OF i
""")
LOCK_STATUS = prepared(f"""
    SELECT i.token_hash, {_STATUS}
    FROM   {_INVITATIONS}
    WHERE  i.invitation_id = :invitation_id
    FOR    UPDATE OF i
""")
COUNT_OPEN = prepared(f"""
    SELECT count(*)
    FROM   invitations
    WHERE  team_id = :team_id AND {IS_OPEN} AND expires_at > :at
""")
COUNT_SENT_SINCE = prepared("""
    SELECT count(*)
    FROM   invitations
    WHERE  invited_by = :user_id AND created_at > :since
""")
REPLACE_EXPIRED = prepared(f"""
    UPDATE invitations
    SET    state = 'replaced', closed_at = :at
    WHERE  team_id = :team_id AND email = :email AND {IS_OPEN} AND expires_at <= :at
""")
INSERT = prepared("""
    INSERT INTO invitations (invitation_id, team_id, email, user_id, role, token_hash, invited_by,
                             created_at, sent_at, expires_at)
    VALUES (:invitation_id, :team_id, :email, :user_id, :role, :token_hash, :invited_by,
            :at, :at, :expires_at)
    ON CONFLICT DO NOTHING
""")
RENEW = prepared("""
    UPDATE invitations
    SET    token_hash = :token_hash, invited_by = :invited_by, sent_at = :at, expires_at = :expires_at,
           sendings = sendings + 1
    WHERE  invitation_id = :invitation_id
""")
CLOSE = prepared("""
    UPDATE invitations
    SET    state = :state, closed_at = :at
    WHERE  invitation_id = :invitation_id
""")
# What became of the invitations of somebody who is in the team now.
CLOSE_INVITATIONS_OF_MEMBER = prepared(f"""
    UPDATE invitations i
    SET    state = 'accepted', closed_at = :at
    FROM   {PEOPLE}
    WHERE  u.user_id = :user_id AND i.team_id = :team_id AND i.{IS_OPEN} AND {_IS_FOR}
""")
PERSON_TO_INVITE = prepared(f"""
    SELECT u.user_id, u.email, u.created_at, u.email_verified_at IS NOT NULL AS is_confirmed,
           {is_member("CAST(:team_id AS uuid)", "u.user_id")} AS is_member,
           EXISTS (SELECT
                   FROM   teams t
                          JOIN effective_memberships p ON p.team_id = t.parent_team_id
                   WHERE  t.team_id = :team_id AND p.user_id = u.user_id) AS is_in_parent
    FROM   {PEOPLE}
    WHERE  (u.user_id = CAST(:user_id AS uuid) OR u.email = :email) AND {IS_NOT_DELETED}
    LIMIT  1
""")
_OPEN_OF_TEAM = text(f"""
    SELECT {_COLUMNS}, person.display_name AS invited_name
    FROM   {_INVITATIONS}
           {left_join_person("i.user_id", "person")}
    WHERE  i.team_id = :team_id AND i.{IS_OPEN}
    ORDER  BY i.sent_at DESC, i.invitation_id
    LIMIT  :limit
""")
_OPEN_FOR_PERSON = text(f"""
    SELECT {_COLUMNS}
    FROM   {PEOPLE}
           JOIN invitations i ON {_IS_FOR_WITHOUT_LINK}
           {join_team("i.team_id")}
           {join_person("i.invited_by", "s")}
    WHERE  u.user_id = :user_id AND i.{IS_OPEN} AND i.expires_at > :at AND {_IS_HELD}
           AND NOT {is_member("i.team_id", "u.user_id")}
    ORDER  BY i.sent_at DESC, i.invitation_id
    LIMIT  :limit
""")

# Gives the identified user `u` a row if an invitation may be for them; `list_own` says which. A page that is joined
# to the identification by it costs no statement more for everybody else.
INVITED_QUERY = JoinedQuery(
    f"""
    SELECT true AS is_invited
    WHERE  EXISTS (SELECT
                   FROM   invitations i
                   WHERE  i.{IS_OPEN} AND {_IS_FOR})
    """,
    {},
)


def list_of_team(actor: Actor, team_id: str) -> Sequence[sql.Row]:
    """The open invitations into a team, newest first; those that can't be used any more say so by their ``status``.

    Somebody who was invited by the id of their account has ``invited_name`` instead of an address.

    Raises:
        NotFound, Forbidden: no access, or no permission ``team.manage_members``.
    """
    access_team(actor.user_id, team_id, Permission.TEAM_MANAGE_MEMBERS)
    found = sql.rows(_OPEN_OF_TEAM, {"team_id": team_id, "at": clock.now(), "limit": MAX_SHOWN})
    return [{**row, "email": None if row["user_id"] else row["email"]} for row in found]


def list_own(actor: Actor) -> Sequence[sql.Row]:
    """The invitations that the actor can accept or decline, newest first; at most `MAX_OWN`."""
    parameters = {"user_id": actor.user_id, "at": clock.now(), "limit": MAX_OWN}
    return sql.rows(_OPEN_FOR_PERSON, {**parameters, "has_mail_server": has_mail_server()})


def has_mail_server() -> bool:
    """Whether mails reach the owner of an address, so that who says that it is theirs can be asked to prove it."""
    return bool(config_of().smtp_url)
