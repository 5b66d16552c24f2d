"""What a large file costs: it is never whole in memory, and the task that it belongs to is read as before."""

from __future__ import annotations

import tempfile
import tracemalloc

import pytest

from taskforge.attachments.blob_keys import file_key
from taskforge.attachments.service import attach_to_task
from taskforge.sent_file import SentFile
from taskforge.stores import blobs
from tests.factories import Person

SIZE = 25 * 1024 * 1024
MAX_HELD = 2 * 1024 * 1024


@pytest.mark.usefixtures("inside")
def test_a_file_of_25_mb_goes_in_and_out_with_two_megabytes_of_memory(
    ada: Person, task_id: str
) -> None:
    piece = bytes(range(256)) * 4096
    with tempfile.TemporaryFile() as file:
        for _ in range(SIZE // len(piece)):
            file.write(piece)
        file.seek(0)
        tracemalloc.start()
        try:
            change = attach_to_task(ada.actor, task_id, SentFile("large.bin", file, SIZE))
            read = sum(len(one) for one in blobs.store().read(file_key(change.entity_id)))
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert read == SIZE
    assert peak < MAX_HELD, peak
