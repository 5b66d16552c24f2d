"""What is done with a line of the inbox, or with all of a card's: mark, archive, put off, and back.

Each is a form of its own. htmx gets the entry as it is now, nothing where it is gone from the list that was shown.
"""

from __future__ import annotations

from flask import url_for
from flask.typing import ResponseReturnValue

from taskforge.http.htmx import go_to
from taskforge.identity.current import current_actor
from taskforge.notifications import queries, service, triage
from taskforge.notifications.states import InboxState
from taskforge.notifications.triage import Lines
from taskforge.text import moments
from taskforge.web.notifications.answers import (
    address_of_action,
    done,
    show_again,
    shown_state,
    snooze_page,
    undo_fields,
)
from taskforge.web.notifications.blueprint import blueprint
from taskforge.web.notifications.inbox_forms import SnoozeForm, UndoForm
from taskforge.web.notifications.presenters import address_of
from taskforge.web.ways_back import WayBack, kind_of_restoration

BACK = "Back in the inbox."


@blueprint.post("/inbox/read")
def mark_all_read() -> ResponseReturnValue:
    """Mark all of the person's notifications as read."""
    at = service.mark_all_read(current_actor())
    address = url_for("notifications.mark_all_unread")
    return done(WayBack(text="All is read.", address=address, fields={"at": moments.iso_text(at)}))


@blueprint.post("/inbox/unread")
def mark_all_unread() -> ResponseReturnValue:
    """Take back that all was marked as read at an instant."""
    actor = current_actor()
    at = UndoForm().require()["at"]
    if at is not None:
        service.mark_unread_again(actor, at)
    address = url_for("notifications.mark_all_read")
    return done(WayBack(text="Unread again.", address=address, kind=kind_of_restoration()))


@blueprint.post("/inbox/<id:notification_id>/open")
def open_line(notification_id: str) -> ResponseReturnValue:
    """Mark one notification as read, and go to what it is about."""
    actor = current_actor()
    row = queries.get_notification(actor, notification_id)
    service.mark_read(actor, notification_ids=[notification_id])
    return go_to(address_of(row))


@blueprint.post("/inbox/<id:notification_id>/read")
def mark_read(notification_id: str) -> ResponseReturnValue:
    """Mark one notification as read."""
    lines = _line(notification_id)
    service.mark_read(current_actor(), notification_ids=[notification_id])
    return show_again(lines)


@blueprint.post("/inbox/cards/<id:task_id>/read")
def mark_read_card(task_id: str) -> ResponseReturnValue:
    """Mark what the inbox says of a card as read."""
    service.mark_task_read(current_actor(), task_id)
    return show_again(Lines(task_id=task_id))


@blueprint.post("/inbox/<id:notification_id>/unread")
def mark_unread(notification_id: str) -> ResponseReturnValue:
    """Mark one notification as unread."""
    return _mark_unread(_line(notification_id))


@blueprint.post("/inbox/cards/<id:task_id>/unread")
def mark_unread_card(task_id: str) -> ResponseReturnValue:
    """Mark what the inbox says of a card as unread."""
    return _mark_unread(Lines(task_id=task_id))


@blueprint.post("/inbox/<id:notification_id>/archive")
def archive(notification_id: str) -> ResponseReturnValue:
    """Archive one notification."""
    return _archive(_line(notification_id))


@blueprint.post("/inbox/cards/<id:task_id>/archive")
def archive_card(task_id: str) -> ResponseReturnValue:
    """Archive what the inbox says of a card."""
    return _archive(Lines(task_id=task_id))


@blueprint.post("/inbox/<id:notification_id>/unarchive")
def unarchive(notification_id: str) -> ResponseReturnValue:
    """Bring one notification back from the archive."""
    return _unarchive(_line(notification_id))


@blueprint.post("/inbox/cards/<id:task_id>/unarchive")
def unarchive_card(task_id: str) -> ResponseReturnValue:
    """Bring what was archived of a card back."""
    return _unarchive(Lines(task_id=task_id))


@blueprint.get("/inbox/<id:notification_id>/snooze")
def snooze_form(notification_id: str) -> ResponseReturnValue:
    """The times until which one notification can be put off."""
    return snooze_page(_line(notification_id), SnoozeForm(formdata=None))


@blueprint.get("/inbox/cards/<id:task_id>/snooze")
def snooze_card_form(task_id: str) -> ResponseReturnValue:
    """The times until which a card can be put off."""
    current_actor()  # it says nothing of the card, but is for who is logged in
    return snooze_page(Lines(task_id=task_id), SnoozeForm(formdata=None))


@blueprint.post("/inbox/<id:notification_id>/snooze")
def snooze(notification_id: str) -> ResponseReturnValue:
    """Put one notification off."""
    return _snooze(_line(notification_id))


@blueprint.post("/inbox/cards/<id:task_id>/snooze")
def snooze_card(task_id: str) -> ResponseReturnValue:
    """Put what the inbox says of a card off."""
    return _snooze(Lines(task_id=task_id))


@blueprint.post("/inbox/<id:notification_id>/unsnooze")
def unsnooze(notification_id: str) -> ResponseReturnValue:
    """Bring one notification back before its time."""
    return _unsnooze(_line(notification_id))


@blueprint.post("/inbox/cards/<id:task_id>/unsnooze")
def unsnooze_card(task_id: str) -> ResponseReturnValue:
    """Bring what was put off of a card back before its time."""
    return _unsnooze(Lines(task_id=task_id))


def _line(notification_id: str) -> Lines:
    """A line of the person's own; a 404 for all others."""
    queries.get_notification(current_actor(), notification_id)
    return Lines(notification_id=notification_id)


def _mark_unread(lines: Lines) -> ResponseReturnValue:
    triage.mark_unread(current_actor(), lines)
    return show_again(lines)


def _archive(lines: Lines) -> ResponseReturnValue:
    at = triage.archive(current_actor(), lines)
    address = address_of_action("unarchive", lines)
    return done(WayBack(text="Archived.", address=address, fields=undo_fields(at)), lines)


def _unarchive(lines: Lines) -> ResponseReturnValue:
    triage.unarchive(current_actor(), lines, at=UndoForm().require()["at"])
    address = address_of_action("archive", lines)
    return done(WayBack(text=BACK, address=address, kind=kind_of_restoration()), lines)


def _snooze(lines: Lines) -> ResponseReturnValue:
    actor, form = current_actor(), SnoozeForm()
    state = InboxState.SNOOZED if shown_state() == InboxState.SNOOZED else InboxState.INBOX
    at = form.attempt(lambda until: triage.snooze(actor, lines, until=until, state=state))
    if at is None:
        return form.refused(
            snooze_page(lines, form), {"HX-Retarget": "#snooze-form", "HX-Reswap": "outerHTML"}
        )
    text = f"Put off until {moments.show_moment(form.values['until'], with_year=False)}."
    address = address_of_action("unsnooze", lines)
    return done(WayBack(text=text, address=address, fields=undo_fields(at)), lines)


def _unsnooze(lines: Lines) -> ResponseReturnValue:
    actor = current_actor()
    until = triage.unsnooze(actor, lines, at=UndoForm().require()["at"])
    fields = {"until": moments.iso_text(until)} if until else {}
    address = address_of_action("snooze", lines)
    return done(
        WayBack(text=BACK, address=address, fields=fields, kind=kind_of_restoration()), lines
    )
