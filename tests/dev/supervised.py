"""Runs children under the supervisor: ``python -m tests.dev.supervised FOLDER NAME ...``."""

from __future__ import annotations

import sys
from pathlib import Path

from taskforge.server.processes import Child
from taskforge.server.supervisor import run

PROGRAM = Path(__file__).with_name("child.py")


def describe(name: str, folder: Path) -> Child:
    starts = folder / f"{name}.starts"
    return Child(
        name=name,
        command=(sys.executable, str(PROGRAM), str(folder), name),
        grace_seconds=0.5 if name == "deaf" else 10,
        is_store=name in ("store", "doomed"),
        is_ready=lambda: name != "doomed" or starts.read_text() == "x",
    )


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    sys.exit(run(describe(name, folder) for name in sys.argv[2:]))
