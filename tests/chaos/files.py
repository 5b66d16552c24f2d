"""Acts of a client on the files of its tasks: attach, replace, delete, restore; and what they must read at the end."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from tests.chaos.caller import Form

if TYPE_CHECKING:
    from tests.chaos.client import Client, Known

MAX_BYTES = 600_000  # more than two chunks of GridFS


def attach(client: Client, task: Known) -> str:
    """Attach a file that nobody else has; its id."""
    content = client.chance.randbytes(client.chance.randint(1, MAX_BYTES))
    form = Form(f"{client.word('file')}.bin", content)
    file = client.post(f"/tasks/{task.task_id}/attachments", form)
    client.expect(f"{file['attachmentId']}: size", file["size"], len(content))
    task.files[file["attachmentId"]] = hashlib.sha256(content).hexdigest()
    return str(file["attachmentId"])


def replace(client: Client, task: Known) -> None:
    """Attach a file in place of another one."""
    old = _choose(client, task)
    attach(client, task)
    _delete(client, task, old)


def delete(client: Client, task: Known) -> None:
    """Delete a file, and mostly restore it: it has the same bytes."""
    chosen = _choose(client, task)
    digest = task.files[chosen]
    _delete(client, task, chosen)
    if client.chance.random() < 0.6:
        client.post(f"/attachments/{chosen}/restore", {})
        task.files[chosen] = digest
        look(client, task, chosen)


def look(client: Client, task: Known, attachment_id: str) -> None:
    """Read one's own file back."""
    status, content = client.call("GET", f"/attachments/{attachment_id}")
    client.reads += 1
    found = hashlib.sha256(content).hexdigest() if status == 200 else f"answered {status}"
    client.expect(f"{attachment_id}: bytes", found, task.files[attachment_id])


def compare_files(client: Client, task: Known) -> None:
    """Every file of a task against what was acknowledged, by its hash; and that there is no other."""
    listed = client.call("GET", f"/tasks/{task.task_id}/attachments")[1]["items"]
    ids = sorted(file["attachmentId"] for file in listed)
    client.expect(f"{task.task_id}: files", ids, sorted(task.files))
    shown = client.call("GET", f"/tasks/{task.task_id}")[1]["attachments"]
    client.expect(f"{task.task_id}: files shown", [one["attachmentId"] for one in shown], ids)
    for attachment_id in task.files:
        look(client, task, attachment_id)


def _choose(client: Client, task: Known) -> str:
    if not task.files:
        return attach(client, task)
    return client.chance.choice(sorted(task.files))


def _delete(client: Client, task: Known, attachment_id: str) -> None:
    client.delete(f"/attachments/{attachment_id}")
    del task.files[attachment_id]
