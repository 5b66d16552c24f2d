"""What each kind of notification is called where somebody chooses how to hear of it, by groups."""

from __future__ import annotations

from taskforge.notification_kinds import Channel, NotificationKind

CHANNEL_NAMES = {
    Channel.INBOX: "Inbox",
    Channel.LIVE: "On screen",
    Channel.MAIL: "Mail",
    Channel.PUSH: "Device",
}
GROUPS: dict[str, dict[NotificationKind, str]] = {
    "Cards": {
        NotificationKind.ASSIGNED: "A card is assigned to you",
        NotificationKind.MENTIONED: "Somebody mentions you",
        NotificationKind.COMMENTED: "A comment on a card that you watch",
        NotificationKind.STATUS_CHANGED: "A card that you watch is moved",
        NotificationKind.DUE_SOON: "A card is due soon",
        NotificationKind.OVERDUE: "A card is overdue",
        NotificationKind.REMINDER: "A reminder that you asked for",
        NotificationKind.HANDED_OVER: "Cards of somebody are handed over to you",
    },
    "Teams": {
        NotificationKind.INVITED_TO_TEAM: "You are invited",
        NotificationKind.ADDED_TO_TEAM: "You are added",
        NotificationKind.ROLE_CHANGED: "Your role changes",
        NotificationKind.LIMITED_TO_BOARDS: "You are limited to some boards",
        NotificationKind.MADE_ADMIN: "A team is handed over to you",
        NotificationKind.REMOVED_FROM_TEAM: "You are removed",
        NotificationKind.TEAM_DELETED: "A team of yours is deleted",
        NotificationKind.INVITATION_ACCEPTED: "Your invitation is accepted",
        NotificationKind.INVITATION_DECLINED: "Your invitation is declined",
        NotificationKind.TWO_FACTOR_REQUIRED: "A team requires two-factor log-in",
    },
    "Your account": {
        NotificationKind.REPORT_READY: "An export is ready",
        NotificationKind.NEW_DEVICE: "A new device logs in",
        NotificationKind.TWO_FACTOR_RESET: "Your two-factor log-in is turned off",
    },
}
NAMES: dict[NotificationKind, str] = {
    kind: name for kinds in GROUPS.values() for kind, name in kinds.items()
}


def name_kind(kind: NotificationKind) -> str:
    """What a kind is called; its own name where it is in no group."""
    return NAMES.get(kind, kind.value.replace("_", " "))
