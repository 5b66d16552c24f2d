"""What a security event says, and the kinds by which a list of them is filtered."""

from __future__ import annotations

from taskforge.events import Event

# After the name of who did it; ``{person}`` is whose account it was.
SENTENCES: dict[Event, str] = {
    Event.USER_REGISTERED: "made an account",
    Event.USER_REGISTRATION_REQUESTED: "asked for an account",
    Event.USER_PROFILE_EDITED: "changed their profile",
    Event.USER_PASSWORD_CHANGED: "changed their password",
    Event.USER_PASSWORD_RESET_REQUESTED: "asked for a link to a new password",
    Event.USER_RESET_LINK_ISSUED: "made a link to a new password for {person}",
    Event.USER_PASSWORD_RESET: "set a new password by a link",
    Event.USER_ADDRESS_LINK_REQUESTED: "asked for a link to confirm an address",
    Event.USER_EMAIL_CONFIRMED: "confirmed their address",
    Event.USER_EMAIL_CHANGED: "changed their address",
    Event.USER_ADMIN_CLAIM_ISSUED: "A link that makes a site administrator was printed",
    Event.USER_ADMIN_GRANTED: "made {person} a site administrator",
    Event.USER_ADMIN_REVOKED: "took the site role from {person}",
    Event.USER_SUSPENDED: "suspended {person}",
    Event.USER_SUSPENSION_LIFTED: "lifted the suspension of {person}",
    Event.USER_LOGGED_IN: "logged in",
    Event.USER_LOGIN_FAILED: "A log-in was refused",
    Event.USER_CONFIRMED: "proved that it is them",
    Event.USER_CONFIRMATION_FAILED: "could not prove that it is them",
    Event.USER_SECOND_FACTOR_FAILED: "gave a wrong second factor",
    Event.USER_TWO_FACTOR_ENABLED: "turned two-factor log-in on",
    Event.USER_TWO_FACTOR_DISABLED: "turned two-factor log-in off",
    Event.USER_TWO_FACTOR_RESET: "turned two-factor log-in of {person} off",
    Event.USER_RECOVERY_CODES_RENEWED: "replaced their recovery codes",
    Event.USER_RECOVERY_CODE_USED: "used a recovery code",
    Event.USER_PASSKEY_ADDED: "added a passkey",
    Event.USER_PASSKEY_REMOVED: "removed a passkey",
    Event.USER_PASSKEY_FAILED: "A passkey was refused",
    Event.USER_NEW_DEVICE: "A new device logged in for {person}",
    Event.USER_LOGGED_OUT: "logged out",
    Event.USER_SESSION_REVOKED: "ended a session of {person}",
    Event.USER_ALL_SESSIONS_REVOKED: "ended all sessions of {person}",
    Event.USER_TOKEN_CREATED: "made an API token",
    Event.USER_TOKEN_REVOKED: "revoked an API token",
    Event.USER_PUSH_SWITCHED_ON: "switched push messages on for a device",
    Event.USER_PUSH_SWITCHED_OFF: "switched push messages off for a device",
    Event.USER_EXPORT_REQUESTED: "asked for an export of their data",
    Event.USER_EXPORT_DOWNLOADED: "downloaded an export of their data",
    Event.USER_ACTIVITY_DOWNLOADED: "downloaded the activity of a team",
    Event.USER_TASKS_DOWNLOADED: "downloaded the tasks of a board",
    Event.USER_DELETED: "deleted their account",
    Event.USER_ERASED: "A deleted account was removed from all stores",
    Event.USER_ACCESS_DENIED: "was denied something",
    Event.USER_JOBS_REQUEUED: "put jobs back into their queue",
    Event.USER_JOBS_DELETED: "deleted jobs",
    Event.USER_MAIL_REQUEUED: "let a mail be sent again",
}

# Where it was done to oneself.
OWN_SENTENCES: dict[Event, str] = {
    Event.USER_SESSION_REVOKED: "ended a session",
    Event.USER_ALL_SESSIONS_REVOKED: "ended all their sessions",
}

# Of each kind: its name, and its events.
KINDS: dict[str, tuple[str, tuple[Event, ...]]] = {
    "log-ins": (
        "Log-ins and log-outs",
        (Event.USER_LOGGED_IN, Event.USER_NEW_DEVICE, Event.USER_LOGGED_OUT),
    ),
    "refused": (
        "Refused and denied",
        (
            Event.USER_LOGIN_FAILED,
            Event.USER_SECOND_FACTOR_FAILED,
            Event.USER_PASSKEY_FAILED,
            Event.USER_CONFIRMATION_FAILED,
            Event.USER_ACCESS_DENIED,
        ),
    ),
    "credentials": (
        "Passwords, addresses, second factors",
        (
            Event.USER_PASSWORD_CHANGED,
            Event.USER_PASSWORD_RESET_REQUESTED,
            Event.USER_PASSWORD_RESET,
            Event.USER_ADDRESS_LINK_REQUESTED,
            Event.USER_EMAIL_CONFIRMED,
            Event.USER_EMAIL_CHANGED,
            Event.USER_TWO_FACTOR_ENABLED,
            Event.USER_TWO_FACTOR_DISABLED,
            Event.USER_RECOVERY_CODES_RENEWED,
            Event.USER_RECOVERY_CODE_USED,
            Event.USER_PASSKEY_ADDED,
            Event.USER_PASSKEY_REMOVED,
            Event.USER_TOKEN_CREATED,
            Event.USER_TOKEN_REVOKED,
        ),
    ),
    "devices": (
        "Push messages on devices",
        (Event.USER_PUSH_SWITCHED_ON, Event.USER_PUSH_SWITCHED_OFF),
    ),
    "data": (
        "Exports and deletions",
        (
            Event.USER_EXPORT_REQUESTED,
            Event.USER_EXPORT_DOWNLOADED,
            Event.USER_ACTIVITY_DOWNLOADED,
            Event.USER_TASKS_DOWNLOADED,
            Event.USER_DELETED,
            Event.USER_ERASED,
        ),
    ),
    "sessions": (
        "Ended sessions",
        (Event.USER_SESSION_REVOKED, Event.USER_ALL_SESSIONS_REVOKED),
    ),
    "administration": (
        "Administration",
        (
            Event.USER_SUSPENDED,
            Event.USER_SUSPENSION_LIFTED,
            Event.USER_ADMIN_CLAIM_ISSUED,
            Event.USER_ADMIN_GRANTED,
            Event.USER_ADMIN_REVOKED,
            Event.USER_RESET_LINK_ISSUED,
            Event.USER_TWO_FACTOR_RESET,
            Event.USER_JOBS_REQUEUED,
            Event.USER_JOBS_DELETED,
            Event.USER_MAIL_REQUEUED,
        ),
    ),
}
