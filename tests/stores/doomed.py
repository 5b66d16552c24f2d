"""A process that forks children to die: it imports the application once, and each child does one thing.

It reads one JSON object a line, {"fault", "what", "actor", "arguments"}, and answers {"signal", "answer"}. The
children are real processes that end by SIGKILL at the crash point, in the middle of what they are at.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from io import BytesIO
from typing import Any

from flask import Flask

from taskforge import create_app, faults
from taskforge.accounts.picture_service import change_picture
from taskforge.accounts.session_records import open_session, revoke_all_sessions, revoke_session
from taskforge.admin.erasure import erase_deleted_people
from taskforge.admin.maintenance import empty_trash
from taskforge.attachments.changes import delete_attachment
from taskforge.attachments.service import attach_to_task
from taskforge.attachments.thumbnails import make_due
from taskforge.audit.jobs import seal_pending, write_security_event
from taskforge.comments.service import create_comment
from taskforge.leaving.deletion import delete_account
from taskforge.leaving.export_jobs import write_due
from taskforge.notifications.jobs import deliver_pending
from taskforge.search.feed import feed
from taskforge.search.rebuilding import rebuild
from taskforge.sent_file import SentFile
from taskforge.stores import relay
from taskforge.stores.actor import Actor
from taskforge.stores.operations import Change
from taskforge.tasks.service import create_task, edit_task, move_task
from taskforge.teams.invitations.service import accept_invitation

ACTIONS: dict[str, Callable[..., Any]] = {
    "create": create_task,
    "edit": edit_task,
    "move": move_task,
    "comment": create_comment,
    "accept": accept_invitation,
    "delete account": delete_account,
    "picture": lambda actor, *, file: change_picture(actor, bytes.fromhex(file), version=1),
    "revoke": revoke_session,
    "revoke all": revoke_all_sessions,
}


def attach(actor: Actor, *, task_id: str, file: str) -> Change:
    """Attach a file whose content is written in hexadecimal."""
    content = bytes.fromhex(file)
    return attach_to_task(actor, task_id, SentFile("notes.txt", BytesIO(content), len(content)))


ACTIONS |= {"attach": attach, "delete file": delete_attachment}
JOBS: dict[str, Callable[..., Any]] = {
    "log in": open_session,
    "relay": lambda: relay.process_outbox(seconds=5),
    "seal": seal_pending,
    "deliver": deliver_pending,
    "erase": erase_deleted_people,
    "write export": write_due,
    "empty trash": empty_trash,
    "make thumbnails": make_due,
    "write security event": write_security_event,
    "feed search": feed,
    "rebuild search": lambda: sum(rebuild()),
}


def main() -> None:
    """Serve until the input ends."""
    app = create_app()
    print("ready", flush=True)
    for line in sys.stdin:
        print(json.dumps(run_in_child(app, json.loads(line))), flush=True)


def run_in_child(app: Flask, order: dict[str, Any]) -> dict[str, Any]:
    """Fork, do what was ordered, and tell how it ended."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            os.write(writing, json.dumps(do(app, order)).encode())
            code = 0
        finally:
            os._exit(code)
    os.close(writing)
    with os.fdopen(reading, "rb") as answer:
        said = answer.read()
    _, status = os.waitpid(child, 0)
    return {
        "signal": os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0,
        "answer": json.loads(said) if said else None,
    }


def do(app: Flask, order: dict[str, Any]) -> Any:
    """In the child: arm the crash point, then act."""
    faults._armed = order["fault"]
    with app.app_context():
        if order["what"] in JOBS:
            return JOBS[order["what"]](**order["arguments"]) and "done"
        answer = ACTIONS[order["what"]](Actor(**order["actor"]), **order["arguments"])
    if isinstance(answer, Change):
        return {"entity_id": answer.entity_id, "version": answer.version}
    return answer


if __name__ == "__main__":
    main()
