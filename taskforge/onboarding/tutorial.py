"""The cards of a sample board: a short tour, to be done on the cards themselves. Column by status, title, the rest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from taskforge.boards.statuses import Status
from taskforge.tasks.bulk.batches import NewTask

BOARD = "Welcome"
MAX_NAME_LENGTH = 40  # in a title, where small letters may be twice as many
_DRAG = """\
With a finger, hold me for a moment first. The arrow on a card moves it too.

By keyboard: the arrow keys select a card, `.` and `,` send it right and left.
"""
_OPEN = """\
Here is room for the whole story, in **Markdown**: lists, `code`, links.

- Click the title, a date or a name to change it.
- Talk below: write `@` and a name, and they hear of it.
- *History* keeps every change, and undoes it as long as nothing was built on it.
"""
_TYPE = """\
One line says it all, from the field below each column:

- `@name` is who does it
- `!1` to `!4` is how urgent it is (`!4` burns)
- `#tag` is what it is about
- `fri`, `tomorrow`, `12 may` or `in 3 days` at the end is when it is due

Want the sign itself? Put a `\\` in front of it.
"""
_FIND = """\
A title, a tag or a key like `WEL-1` finds a task of any board. By keyboard, it also knows every command of the page.

`?` lists all the keys.
"""
_FILTER = """\
By person, priority, tag, day or words. The address of the page keeps what you chose, so you can send it to somebody.

*Lanes*, beside it, sorts the same cards into rows.
"""
_UNDO = """\
The Undo stands in the message below; `Ctrl+Z` does the same.

*History*, at the top of the board, shows all of it as it was at any moment.
"""
_PASTE = """\
Copy a few lines from anywhere, and paste them into the field below a column. It offers to make a card of each line.
"""
_INVITE = "Open **Teams**, choose your team, and invite them by their e-mail address."


def write_cards(first_name: str, user_id: str) -> Mapping[str, Sequence[NewTask]]:
    """The cards by the status of their column, from the top down, for the person whose first board it is."""
    short = first_name.isalpha() and len(first_name) <= MAX_NAME_LENGTH
    you = f" @{first_name.lower()}" if short else ""
    return {
        Status.BACKLOG: (
            _card("Drag me one column to the right, or select me and press “.”", _DRAG, "high"),
            _card("Open me, there is more inside", _OPEN),
            _card(f"Type into the box below: Call the mill{you} !3 #idea fri", _TYPE, tag="idea"),
        ),
        Status.TODO: (
            _card("Move me, then undo it. Nothing is ever lost", _UNDO),
            _card("Find anything: press Ctrl+K, or use the search above", _FIND),
            _card("Show less: press f, or choose Filter above", _FILTER),
        ),
        Status.IN_PROGRESS: (
            _card("Paste a list: every line becomes a card", _PASTE),
            _card("Invite a teammate", _INVITE, tag="team"),
        ),
        Status.DONE: (NewTask(title="Light the forge", assignee_id=user_id),),
    }


def _card(title: str, description: str, priority: str = "medium", tag: str = "") -> NewTask:
    return NewTask(
        title=title,
        priority=priority,
        texts={"description": description, "tags": [tag] if tag else []},
    )
