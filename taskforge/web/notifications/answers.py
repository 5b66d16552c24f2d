"""How a change of the inbox is answered: to a script, to htmx, and to a browser; and the form that puts off."""

from __future__ import annotations

from datetime import datetime

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from taskforge import clock
from taskforge.errors import NotFound
from taskforge.http.htmx import go_to, render, wants_json, wants_partial
from taskforge.identity.current import current_actor
from taskforge.notifications import inbox_queries, snoozes
from taskforge.notifications.inbox_queries import InboxEntry
from taskforge.notifications.states import InboxState, read_state, state_of
from taskforge.notifications.triage import Lines
from taskforge.text import moments
from taskforge.web.notifications.inbox_forms import SnoozeForm
from taskforge.web.notifications.presenters import show_entry
from taskforge.web.ways_back import WayBack, offer_way_back, way_back_answer, way_back_header


def shown_state() -> InboxState:
    """The state of the list that the request comes from; what names none is passed over."""
    return read_state(request.values.get("show", ""))


def address_of_action(action: str, lines: Lines) -> str:
    """The address of the form that does something with a line, or with a card's."""
    if lines.notification_id is not None:
        return url_for(f"notifications.{action}", notification_id=lines.notification_id)
    return url_for(f"notifications.{action}_card", task_id=lines.task_id)


def undo_fields(at: datetime) -> dict[str, str]:
    """The fields with which a way back finds what was done at an instant, and the list to show then."""
    return {"at": moments.iso_text(at), "show": shown_state()}


def done(way: WayBack, lines: Lines | None = None) -> ResponseReturnValue:
    """Answer a change of some lines, or of all, that can be taken back."""
    if wants_json():
        return way_back_answer(way)
    if wants_partial() and lines is not None:
        return _entry_now(lines), 200, way_back_header(way)
    offer_way_back(way)
    return _go_back(lines)


def show_again(lines: Lines) -> ResponseReturnValue:
    """Answer a change that is seen in the list itself."""
    return _entry_now(lines) if wants_partial() else _go_back(lines)


def snooze_page(lines: Lines, form: SnoozeForm) -> str:
    """The form that puts lines off; htmx gets it without the page around it."""
    return render(
        "notifications/snooze.html",
        "notifications/_snooze.html",
        form=form,
        choices=snoozes.list_choices(clock.now(), clock.reader_zone()),
        address=address_of_action("snooze", lines),
        entry_id=lines.notification_id or lines.task_id,
        show=shown_state(),
        of_card=request.values.get("of_card", ""),
    )


def _go_back(lines: Lines | None) -> ResponseReturnValue:
    """Back to the list; a line that was changed on the page of its card leads there."""
    show = shown_state()
    card_id = request.form.get("of_card", "")
    if lines is not None and lines.notification_id is not None and card_id:
        return go_to(url_for("notifications.card", task_id=card_id, show=show))
    return go_to(url_for("notifications.inbox", show=show))


def _entry_now(lines: Lines) -> str:
    """The entry as it is now; empty where the list does not show it any more.

    What was read in the list of the unread stays there until the list is loaded again.
    """
    show = shown_state()
    state = InboxState.INBOX if show is InboxState.UNREAD else show
    entry = _find_entry(lines, state)
    if entry is None:
        return ""
    is_line = lines.notification_id is not None
    shown = show_entry(entry, is_line=is_line)
    of_card = request.form.get("of_card", "")
    return render_template("notifications/_entry.html", entry=shown, show=show, of_card=of_card)


def _find_entry(lines: Lines, state: InboxState) -> InboxEntry | None:
    actor = current_actor()
    if lines.task_id is not None:
        return inbox_queries.find_entry(actor, lines.task_id, state)
    assert lines.notification_id is not None
    try:
        row = inbox_queries.get_line(actor, lines.notification_id)
    except NotFound:
        return None
    return InboxEntry(row, ()) if state_of(row) is state else None
