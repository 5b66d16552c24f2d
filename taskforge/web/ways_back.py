"""Ways back: what a page offers after a deletion or its like, so that it can be taken back at once.

A change of one task is taken back by its event (`web/tasks/undo_toast.py`); everything else by a form of its own, which
a way back names. The toast that comes with a page, the JSON of a script and a header for htmx all say the same.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from flask import flash, request

TRIGGER = "forge:done"
WAY, BACK = "way", "back"

Kind = Literal["undo", "redo"]


@dataclass(frozen=True, kw_only=True)
class WayBack:
    """What was done, in a sentence, and the form that takes it back: its address and fields.

    ``kind`` is "redo" where what was done was itself an undoing (`kind_of_restoration`).
    """

    text: str
    address: str
    fields: Mapping[str, str] = field(default_factory=dict)
    kind: Kind = "undo"
    is_quiet: bool = False  # known to Ctrl+Z, without a toast


def offer_way_back(way: WayBack) -> None:
    """Flash the sentence as a toast, with the form."""
    flash(asdict(way), "ok")  # type: ignore[arg-type]


def way_back_answer(way: WayBack) -> dict[str, Any]:
    """The JSON answer to a change, for scripts."""
    return asdict(way)


def way_back_header(way: WayBack) -> dict[str, str]:
    """The header that makes htmx trigger ``forge:done``, whose toast offers the way back."""
    return {"HX-Trigger": json.dumps({TRIGGER: asdict(way)})}


def kind_of_restoration() -> Kind:
    """What the way back of a restoration is called: redo where an Undo sent it, else undo, as after any change."""
    return "redo" if request.form.get(WAY) == BACK else "undo"
