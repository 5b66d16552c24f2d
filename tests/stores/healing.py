"""A scene in which things have happened, and what the doctor says of it."""

from __future__ import annotations

from dataclasses import dataclass

from taskforge.admin import doctor_probes
from taskforge.comments.service import create_comment, edit_comment
from taskforge.stores import doctor, invariants
from taskforge.tasks.service import delete_task, edit_task, move_task
from tests.stores.scene import Scene, with_op

TEXT = {"description": "Two coats, *green*", "tags": ["home"]}


@dataclass(frozen=True)
class Lived:
    """Ids of a task with a history, one in the trash, and a comment on the first."""

    scene: Scene
    task: str
    trashed: str
    comment: str


def live(scene: Scene) -> Lived:
    """Let things happen: tasks, edits, a move, a comment, something deleted."""
    task = scene.add_task(texts=TEXT, assignee_id=scene.bob.user_id)
    edit_task(with_op(scene.ann), task, changes={"description": "Three coats"})
    move_task(with_op(scene.bob), task, column_id=scene.columns[2])
    comment = create_comment(scene.bob, task, content="Which green?").entity_id
    edit_comment(scene.bob, comment, content="Which green, @ann?")
    trashed = scene.add_task("Buy brushes")
    delete_task(scene.ann, trashed)
    return Lived(scene, task, trashed, comment)


def found(name: str) -> list[tuple[str, bool]]:
    """What the check of an invariant finds: of what, and whether it can be repaired."""
    violations = invariants.check(name, doctor_probes.probes())
    return [(violation.entity, violation.repairable) for violation in violations]


def repair() -> doctor.Report:
    """Have everything mended, and see that a second look finds nothing."""
    report = doctor.treat(doctor_probes.probes(), doctor_probes.remedies())
    assert report.exit_code == doctor.REPAIRED, report.left
    assert report.left == []
    second = doctor.examine(doctor_probes.probes())
    assert (second.found, second.exit_code) == ([], doctor.CLEAN)
    return report
