"""Files of the demo: pictures, a table, a paper, one of them on its card, and one in a text."""

from __future__ import annotations

from datetime import datetime, timedelta
from io import BytesIO

from taskforge import clock
from taskforge.attachments import thumbnails
from taskforge.attachments.changes import set_cover
from taskforge.attachments.service import attach_to_task
from taskforge.boards.statuses import Status
from taskforge.comments.service import create_comment
from taskforge.demo import drawings
from taskforge.demo.player import DemoTeam
from taskforge.sent_file import SentFile
from taskforge.stores.actor import Actor
from taskforge.tasks.board.queries import get_board

MEASURES = "glass,wind in m/s,minutes\nold,8,4.5\nold,12,1.0\ntall,8,18.0\ntall,12,11.5\n"
ORDER = "Three wicks, 12 mm, waxed.\nTwo tall glasses, no. 3.\nAsk whether Tomas can bring them on Friday.\n"
TEST = (
    "Storm test",
    "",
    "The lantern stood in the yard for two hours.",
    "With the tall glass it burned until the end.",
    "The handle stayed cool; the rim did not.",
)


def attach_files(team: DemoTeam, until: datetime) -> None:
    """Attach files to two cards of the first board that somebody works on, within its last days."""
    board_id, (ada, ben, cleo, *_) = team.boards[0], team.people
    cards = sorted(
        get_board(ada, board_id).cards, key=lambda card: card["status"] != Status.IN_PROGRESS
    )
    first, second = cards[0]["task_id"], cards[1]["task_id"]
    with clock.frozen(until - timedelta(days=2)):
        photo = _attach(ben, first, "Lantern at night.jpg", drawings.lantern())
        _attach(ben, first, "Sketch of the glass.png", drawings.sketch())
        _attach(cleo, first, "Measurements.csv", MEASURES.encode())
        _attach(cleo, first, "Order for Tomas.txt", ORDER.encode())
        _attach(ada, first, "Storm test.pdf", drawings.paper(TEST))
        figure = _attach(cleo, second, "Minutes in the wind.png", drawings.chart())
        thumbnails.make_due()
        set_cover(ben, first, photo)
    with clock.frozen(until - timedelta(days=1)):
        text = f"The tall glass wins:\n\n![Minutes in the wind](/attachments/{figure})"
        create_comment(cleo, second, content=text)


def _attach(person: Actor, task_id: str, name: str, content: bytes) -> str:
    sent = SentFile(name, BytesIO(content), len(content))
    return attach_to_task(person, task_id, sent).entity_id
