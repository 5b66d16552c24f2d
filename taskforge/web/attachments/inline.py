"""The images that the texts of a task may show: those among its files and the files of its comments."""

from __future__ import annotations

from collections.abc import Mapping

from taskforge.attachments.queries import list_files_of_visible_task
from taskforge.text.own_files import InlineImage
from taskforge.web.attachments.presenters import inline_images


class TaskImages:
    """The images of a task, read when a text first shows one."""

    def __init__(self, user_id: str, task_id: str) -> None:
        self._user_id, self._task_id = user_id, task_id
        self._read: Mapping[str, InlineImage] | None = None

    def __call__(self) -> Mapping[str, InlineImage]:
        """The images by id, from the second time on without a statement."""
        if self._read is None:
            self._read = inline_images(list_files_of_visible_task(self._user_id, self._task_id))
        return self._read
