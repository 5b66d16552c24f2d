"""Every event that can happen, in one table. One event is one change of one entity.

The name of an event is ``<entity type>.<what happened>``. Its row says which audit action it counts as, and which
sentence shows it, after the name of the person: in the history of a task, and in the history of a board, where
``{key}`` is a card's short key, ``{column}`` a card's column and ``{name}`` the name of the board or the column.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Self


class Event(StrEnum):
    """An event: its name, its audit ``action`` and the sentences that show it (empty where no history shows it).

    The sentences of an event that `changes_fields` are only used where nothing is known of the fields: otherwise the
    history names what has changed.
    """

    action: str
    on_task: str
    on_board: str
    changes_fields: bool

    def __new__(
        cls,
        name: str,
        action: str,
        on_task: str = "",
        on_board: str = "",
        changes_fields: bool = False,
    ) -> Self:
        """One row of the table."""
        event = str.__new__(cls, name)
        event._value_ = name
        event.action = action
        event.on_task = on_task
        event.on_board = on_board
        event.changes_fields = changes_fields
        return event

    USER_REGISTERED = "user.registered", "create"
    USER_REGISTRATION_REQUESTED = "user.registration_requested", "request"
    USER_PROFILE_EDITED = "user.profile_edited", "update"
    USER_PASSWORD_CHANGED = "user.password_changed", "update"
    USER_PASSWORD_RESET_REQUESTED = "user.password_reset_requested", "request"
    USER_RESET_LINK_ISSUED = "user.reset_link_issued", "issue"
    USER_PASSWORD_RESET = "user.password_reset", "update"
    USER_ADDRESS_LINK_REQUESTED = "user.address_link_requested", "request"
    USER_EMAIL_CONFIRMED = "user.email_confirmed", "update"
    USER_EMAIL_CHANGED = "user.email_changed", "update"
    USER_EXPORT_REQUESTED = "user.export_requested", "export"
    USER_EXPORT_DOWNLOADED = "user.export_downloaded", "export"
    USER_DELETED = "user.deleted", "delete"
    USER_ERASED = "user.erased", "erase"
    USER_ADMIN_CLAIM_ISSUED = "user.admin_claim_issued", "issue"
    USER_ADMIN_GRANTED = "user.admin_granted", "update"
    USER_ADMIN_REVOKED = "user.admin_revoked", "update"
    USER_SUSPENDED = "user.suspended", "suspend"
    USER_SUSPENSION_LIFTED = "user.suspension_lifted", "unsuspend"
    USER_LOGGED_IN = "user.logged_in", "login"
    USER_LOGIN_FAILED = "user.login_failed", "login_failed"
    USER_CONFIRMED = "user.confirmed", "confirm"
    USER_CONFIRMATION_FAILED = "user.confirmation_failed", "confirm_failed"
    USER_SECOND_FACTOR_FAILED = "user.second_factor_failed", "login_failed"
    USER_TWO_FACTOR_ENABLED = "user.two_factor_enabled", "update"
    USER_TWO_FACTOR_DISABLED = "user.two_factor_disabled", "update"
    USER_TWO_FACTOR_RESET = "user.two_factor_reset", "update"
    USER_RECOVERY_CODES_RENEWED = "user.recovery_codes_renewed", "update"
    USER_RECOVERY_CODE_USED = "user.recovery_code_used", "update"
    USER_PASSKEY_ADDED = "user.passkey_added", "update"
    USER_PASSKEY_REMOVED = "user.passkey_removed", "update"
    USER_PASSKEY_FAILED = "user.passkey_failed", "login_failed"
    USER_TOKEN_CREATED = "user.token_created", "create"
    USER_TOKEN_REVOKED = "user.token_revoked", "revoke"
    USER_PUSH_SWITCHED_ON = "user.push_switched_on", "create"
    USER_PUSH_SWITCHED_OFF = "user.push_switched_off", "revoke"
    USER_NEW_DEVICE = "user.new_device", "login"
    USER_LOGGED_OUT = "user.logged_out", "logout"
    USER_SESSION_REVOKED = "user.session_revoked", "revoke"
    USER_ALL_SESSIONS_REVOKED = "user.all_sessions_revoked", "revoke"
    USER_ACCESS_DENIED = "user.access_denied", "deny"
    USER_ACTIVITY_DOWNLOADED = "user.activity_downloaded", "export"
    USER_TASKS_DOWNLOADED = "user.tasks_downloaded", "export"
    USER_JOBS_REQUEUED = "user.jobs_requeued", "requeue"
    USER_JOBS_DELETED = "user.jobs_deleted", "delete"
    USER_MAIL_REQUEUED = "user.mail_requeued", "requeue"

    TEAM_CREATED = "team.created", "create"
    TEAM_EDITED = "team.edited", "update"
    TEAM_ARCHIVED = "team.archived", "archive"
    TEAM_UNARCHIVED = "team.unarchived", "unarchive"
    TEAM_DELETED = "team.deleted", "delete"
    TEAM_RESTORED = "team.restored", "restore"
    TEAM_PURGED = "team.purged", "purge"
    TEAM_MEMBER_ADDED = "team.member_added", "member_add"
    TEAM_MEMBER_ROLE_CHANGED = "team.member_role_changed", "member_role"
    TEAM_MEMBER_REMOVED = "team.member_removed", "member_remove"
    TEAM_MEMBER_RESTORED = "team.member_restored", "member_add"  # takes a removal back
    TEAM_MEMBER_JOINED = "team.member_joined", "member_add"  # of their own accord, by a link
    TEAM_TRANSFERRED = "team.transferred", "member_role"
    TEAM_INVITATION_SENT = "team.invitation_sent", "invite"
    TEAM_INVITATION_RESENT = "team.invitation_resent", "invite"
    TEAM_INVITATION_REVOKED = "team.invitation_revoked", "invite_revoke"
    TEAM_INVITATION_DECLINED = "team.invitation_declined", "invite_decline"
    TEAM_JOIN_LINK_MADE = "team.join_link_made", "join_link"
    TEAM_JOIN_LINK_REMOVED = "team.join_link_removed", "join_link_remove"
    TEAM_GUEST_LIMITED = "team.guest_limited", "member_limit"
    TEAM_PERMISSIONS_CHANGED = "team.permissions_changed", "permissions"
    TEAM_TWO_FACTOR_REQUIRED = "team.two_factor_required", "update"
    TEAM_TWO_FACTOR_RELEASED = "team.two_factor_released", "update"
    TEAM_VIEW_STARTED = "team.view_started", "view"
    TEAM_VIEW_ENDED = "team.view_ended", "view_end"

    BOARD_CREATED = "board.created", "create", "", "created the board {name}"
    BOARD_EDITED = "board.edited", "update", "", "renamed the board to {name}"
    BOARD_PERSON_NAMED = (
        "board.person_named",
        "person_add",
        "",
        "added a person to those whom the board names",
    )
    BOARD_PERSON_REMOVED = (
        "board.person_removed",
        "person_remove",
        "",
        "removed a person from those whom the board names",
    )
    BOARD_ARCHIVED = "board.archived", "archive", "", "archived the board"
    BOARD_UNARCHIVED = "board.unarchived", "unarchive", "", "took the board out of the archive"
    BOARD_DELETED = "board.deleted", "delete", "", "deleted the board"
    BOARD_RESTORED = "board.restored", "restore", "", "restored the board"
    BOARD_PURGED = "board.purged", "purge", "", "deleted the board for good"
    BOARD_COLUMN_CREATED = "board.column_created", "column_create", "", "added the column {name}"
    BOARD_COLUMN_EDITED = "board.column_edited", "column_update", "", "changed the column {name}"
    BOARD_COLUMN_MOVED = "board.column_moved", "column_move", "", "moved the column {name}"
    BOARD_COLUMN_DELETED = "board.column_deleted", "column_delete", "", "deleted the column {name}"
    BOARD_COLUMN_RESTORED = "board.column_restored", "restore", "", "restored the column {name}"

    TASK_CREATED = "task.created", "create", "created this task", "added {key} to {column}"
    TASK_EDITED = "task.edited", "update", "changed it", "changed {key}", True
    TASK_ASSIGNED = "task.assigned", "assign", "changed the assignee", "changed {key}", True
    TASK_STATUS_CHANGED = "task.status_changed", "status_change", "moved it", "changed {key}", True
    TASK_MOVED = "task.moved", "move", "moved it", "changed {key}", True
    TASK_COVER_SET = (
        "task.cover_set",
        "update",
        "changed the cover",
        "changed the cover of {key}",
    )
    TASK_DELETED = "task.deleted", "delete", "moved it to the trash", "moved {key} to the trash"
    TASK_RESTORED = "task.restored", "restore", "restored it", "restored {key}"
    TASK_PURGED = "task.purged", "purge", "deleted it for good", "deleted a card for good"

    VIEW_CREATED = "view.created", "create"
    VIEW_UPDATED = "view.updated", "update"
    VIEW_DELETED = "view.deleted", "delete"
    VIEW_FEED_MADE = "view.feed_made", "feed"
    VIEW_FEED_REMOVED = "view.feed_removed", "feed_remove"

    COMMENT_CREATED = "comment.created", "create", "commented", "commented on {key}"
    COMMENT_EDITED = "comment.edited", "update", "changed a comment", "changed a comment on {key}"
    COMMENT_DELETED = "comment.deleted", "delete", "deleted a comment", "deleted a comment on {key}"
    COMMENT_RESTORED = (
        "comment.restored",
        "restore",
        "restored a comment",
        "restored a comment on {key}",
    )

    ATTACHMENT_ADDED = "attachment.added", "create", "attached {name}", "attached a file to {key}"
    ATTACHMENT_DELETED = (
        "attachment.deleted",
        "delete",
        "deleted the file {name}",
        "deleted a file of {key}",
    )
    ATTACHMENT_RESTORED = (
        "attachment.restored",
        "restore",
        "restored the file {name}",
        "restored a file of {key}",
    )
    ATTACHMENT_PURGED = (
        "attachment.purged",
        "purge",
        "deleted the file {name} for good",
        "deleted a file of {key} for good",
    )

    @property
    def entity_type(self) -> str:
        """What it changes: a ``user``, ``team``, ``board``, ``view``, ``task``, ``comment`` or ``attachment``."""
        return self.value.partition(".")[0]


EVENTS: dict[str, Event] = {event.value: event for event in Event}

# The verb with which an open board announces a live change, before a card's title; without one it is "changed". The
# build puts this table into the scripts (`taskforge.http.assets`).
LIVE_VERBS: dict[Event, str] = {
    Event.TASK_CREATED: "added",
    Event.TASK_MOVED: "moved",
    Event.TASK_STATUS_CHANGED: "moved",
    Event.TASK_DELETED: "deleted",
    Event.TASK_RESTORED: "restored",
    Event.COMMENT_CREATED: "commented on",
}

# The sentences of a team's events on its page, after the name of the person: ``{person}`` is the member that it is
# about, ``{role}`` "a member", ``{invited}`` who is invited, ``{viewed}`` as whom somebody looks.
TEAM_SENTENCES: dict[Event, str] = {
    Event.TEAM_CREATED: "made the team",
    Event.TEAM_EDITED: "changed the team",
    Event.TEAM_ARCHIVED: "archived the team",
    Event.TEAM_UNARCHIVED: "took the team out of the archive",
    Event.TEAM_DELETED: "deleted the team",
    Event.TEAM_RESTORED: "restored the team",
    Event.TEAM_PURGED: "deleted the team for good",
    Event.TEAM_MEMBER_ADDED: "added {person} as {role}",
    Event.TEAM_MEMBER_ROLE_CHANGED: "made {person} {role}",
    Event.TEAM_MEMBER_REMOVED: "removed {person}",
    Event.TEAM_MEMBER_RESTORED: "took the removal of {person} back",
    Event.TEAM_MEMBER_JOINED: "joined as {role}",
    Event.TEAM_TRANSFERRED: "handed the team over to {person}",
    Event.TEAM_INVITATION_SENT: "invited {invited} as {role}",
    Event.TEAM_INVITATION_RESENT: "sent the invitation of {invited} again",
    Event.TEAM_INVITATION_REVOKED: "took the invitation of {invited} back",
    Event.TEAM_INVITATION_DECLINED: "declined the invitation",
    Event.TEAM_JOIN_LINK_MADE: "made a new link to join as {role}",
    Event.TEAM_JOIN_LINK_REMOVED: "switched the link to join as {role} off",
    Event.TEAM_GUEST_LIMITED: "changed which boards {person} sees",
    Event.TEAM_PERMISSIONS_CHANGED: "changed what each role may do",
    Event.TEAM_TWO_FACTOR_REQUIRED: "made two-factor log-in a must",
    Event.TEAM_TWO_FACTOR_RELEASED: "requires two-factor log-in no more",
    Event.TEAM_VIEW_STARTED: "began to look at the team as {viewed} sees it",
    Event.TEAM_VIEW_ENDED: "looks at the team as themselves again",
}
LEFT_TEAM = "left the team"  # instead of the sentence of a removal, where it was of oneself

# What was done with somebody's API tokens, on the page of these, before the name of the token.
TOKEN_SENTENCES: dict[str, str] = {
    Event.USER_TOKEN_CREATED: "Made",
    Event.USER_TOKEN_REVOKED: "Revoked",
}


def find_event(name: str) -> Event | None:
    """The event of that name; None for one that an older release recorded and this one does not know."""
    return EVENTS.get(name)
