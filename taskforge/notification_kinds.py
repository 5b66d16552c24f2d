"""Every kind of notification, in one table: what it says, what it is about, and by which channels it comes.

It is a root module because every feature that notifies names a kind; the inbox, the API and the docs use the same
table.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Self


class Channel(StrEnum):
    """A way by which a notification reaches a person. All others follow the line in the inbox: without it, nothing."""

    INBOX = "inbox"
    LIVE = "live"  # a short message on each open page
    MAIL = "mail"
    PUSH = "push"  # on a device, while no page is open


@dataclass(frozen=True)
class Ways:
    """The channels of a kind: those ``offered`` to a person's choice, those that are on by ``default``, and ``fixed``.

    What is fixed is on whatever a person chooses: they must be able to find out who got into their account.
    """

    offered: frozenset[Channel]
    default: frozenset[Channel]
    fixed: frozenset[Channel] = frozenset()


_ALL = frozenset(Channel)
_ON_SCREEN = frozenset({Channel.INBOX, Channel.LIVE})
# What asks the reader to do something, or is addressed to them.
_PERSONAL = Ways(_ALL, _ALL)
# What is good to know when one looks.
_MINOR = Ways(_ALL, _ON_SCREEN)
# What goes by a mail of its own too (`taskforge.mail.kinds`), which nobody can switch off.
_ACCOUNT = Ways(_ALL - {Channel.MAIL}, _ALL - {Channel.MAIL}, frozenset({Channel.INBOX}))


class Subject(StrEnum):
    """What a notification is about, and so the page that it leads to.

    The payload of a notification holds the subject's id (``task_id``, ``comment_id`` and ``task_id``, ``team_id``),
    and the words that its sentence needs, so that it can be read when the subject is deleted. It holds no name of a
    person: they are named by their id (``person_id``) and read by it, because their name goes with their account.
    """

    TASK = "task"
    COMMENT = "comment"
    TEAM = "team"
    SESSIONS = "sessions"  # of the reader, who may end them
    OWN_DATA = "own_data"  # the page with the exports of the reader
    INVITATION = "invitation"  # into a team, which its reader can't see yet
    NONE = "none"  # leads to the inbox itself


class NotificationKind(StrEnum):
    """A kind: its name, its `Subject`, its sentence, and by which `Ways` it comes.

    In a sentence ``{actor}`` is who caused it, ``{task}`` a card by key and title, ``{column}`` the column that it was
    moved to, ``{team}`` the name of the team, ``{day}`` an instant, ``{device}`` a browser and its system, ``{cards}``
    a number of cards, ``{person}`` the name of somebody else, by the payload's ``person_id``, ``{due}`` a moment and
    ``{role}`` a role with its article.
    """

    subject: Subject
    sentence: str
    ways: Ways

    def __new__(cls, name: str, subject: Subject, sentence: str, ways: Ways) -> Self:
        """One row of the table."""
        kind = str.__new__(cls, name)
        kind._value_ = name
        kind.subject = subject
        kind.sentence = sentence
        kind.ways = ways
        return kind

    ASSIGNED = "assigned", Subject.TASK, "{actor} assigned {task} to you", _PERSONAL
    MENTIONED = "mentioned", Subject.COMMENT, "{actor} mentioned you in {task}", _PERSONAL
    COMMENTED = "commented", Subject.COMMENT, "{actor} commented on {task}", _PERSONAL
    STATUS_CHANGED = "status_changed", Subject.TASK, "{actor} moved {task} to “{column}”", _MINOR
    DUE_SOON = "due_soon", Subject.TASK, "{task} is due: {due}", _PERSONAL
    OVERDUE = "overdue", Subject.TASK, "{task} is overdue: {due}", _PERSONAL
    REMINDER = "reminder", Subject.TASK, "You wanted to be reminded of {task}", _PERSONAL
    ADDED_TO_TEAM = "added_to_team", Subject.TEAM, "{actor} added you to {team}", _PERSONAL
    # Without a subject: the team's page is closed to its reader.
    REMOVED_FROM_TEAM = (
        "removed_from_team",
        Subject.NONE,
        "{actor} removed you from {team}",
        _PERSONAL,
    )
    ROLE_CHANGED = "role_changed", Subject.TEAM, "{actor} made you {role} in {team}", _PERSONAL
    LIMITED_TO_BOARDS = (
        "limited_to_boards",
        Subject.TEAM,
        "{actor} limited you to some boards of {team}",
        _PERSONAL,
    )
    TEAM_DELETED = "team_deleted", Subject.NONE, "{actor} deleted {team}", _PERSONAL
    HANDED_OVER = (
        "handed_over",
        Subject.TEAM,
        "{actor} handed {cards} of {person} over to you in {team}",
        _PERSONAL,
    )
    MADE_ADMIN = (
        "made_admin",
        Subject.TEAM,
        "{actor} handed {team} over to you: you are an admin of it",
        _PERSONAL,
    )
    REPORT_READY = "report_ready", Subject.OWN_DATA, "Your export is ready", _PERSONAL
    NEW_DEVICE = (
        "new_device",
        Subject.SESSIONS,
        "{actor} logged in to your account with a new device: {device}",
        _ACCOUNT,
    )
    TWO_FACTOR_RESET = (
        "two_factor_reset",
        Subject.NONE,
        "{actor} turned off your two-factor log-in",
        _ACCOUNT,
    )
    TWO_FACTOR_REQUIRED = (
        "two_factor_required",
        Subject.TEAM,
        "{actor} made two-factor log-in a must in {team}, from {day} on",
        _ACCOUNT,
    )
    INVITED_TO_TEAM = (
        "invited_to_team",
        Subject.INVITATION,
        "{actor} invites you to {team}",
        _ACCOUNT,
    )
    INVITATION_ACCEPTED = (
        "invitation_accepted",
        Subject.TEAM,
        "{actor} accepted your invitation to {team}",
        _MINOR,
    )
    INVITATION_DECLINED = (
        "invitation_declined",
        Subject.TEAM,
        "{actor} declined your invitation to {team}",
        _MINOR,
    )


KINDS: dict[str, NotificationKind] = {kind.value: kind for kind in NotificationKind}


def find_kind(name: str) -> NotificationKind | None:
    """The kind of that name; None for one that an older release delivered and this one does not know."""
    return KINDS.get(name)
