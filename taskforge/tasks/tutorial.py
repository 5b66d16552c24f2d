"""The cards of a sample board: a short tour, to be done on the cards themselves. Column by status, title, the rest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from taskforge.tasks.batches import NewTask

BOARD = "Welcome"
LONGEST_NAME = 40  # in a title, where small letters may be twice as many
_OPEN = """\
Here is room for the whole story, in **Markdown**: lists, `code`, links.

- Click the title, a date or a name to change it.
- Talk below: write `@` and a name, and they hear of it.
- *History* keeps every change, and any of them can be undone.
"""
_TYPE = """\
One line says it all, from the field below each column:

- `@name` is who does it
- `!1` to `!4` is how urgent it is (`!4` burns)
- `#tag` is what it is about
- `fri`, `tomorrow`, `12 may` or `in 3 days` at the end is when it is due

Want the sign itself? Put a `\\` in front of it.
"""
_PASTE = "Copy a few lines from anywhere and paste them into the field below a column. Each becomes a card."
_INVITE = "Open **Teams**, choose your team, and add them by the address of their account."


def write_cards(first_name: str, user_id: str) -> Mapping[str, Sequence[NewTask]]:
    """The cards by the status of their column, from the top down, for the person whose first board it is."""
    you = first_name.lower() if first_name.isalpha() and len(first_name) <= LONGEST_NAME else "you"
    return {
        "backlog": (
            NewTask(title="Drag me to In progress, or press the . key on me", priority="high"),
            NewTask(title="Open me, there is more inside", texts={"description": _OPEN}),
            NewTask(
                title=f"Type into the box below: Call the mill @{you} !3 #idea fri",
                texts={"description": _TYPE, "tags": ["idea"]},
            ),
        ),
        "todo": (
            NewTask(title="Press ? to see every key"),
            NewTask(title="Press Ctrl+K to get anywhere"),
            NewTask(title="Move me, then undo it. Nothing is ever lost"),
        ),
        "in_progress": (
            NewTask(title="Paste a list: every line becomes a card", texts={"description": _PASTE}),
            NewTask(title="Invite a teammate", texts={"description": _INVITE, "tags": ["team"]}),
        ),
        "done": (NewTask(title="Light the forge", assignee_id=user_id),),
    }
