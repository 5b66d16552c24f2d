"""A child for the supervisor's tests: ``child.py FOLDER NAME``.

Notes its starts, its process id and, when it ends as asked, its name in FOLDER. By its name it is
steady until asked to end, deaf to it, or doomed after a first good run.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path


def main(folder: Path, name: str) -> None:
    with (folder / f"{name}.starts").open("a") as starts:
        starts.write("x")
    if name == "doomed":
        time.sleep(0.5)
        sys.exit(3)
    signal.signal(signal.SIGTERM, signal.SIG_IGN if name == "deaf" else lambda *_: sys.exit(0))
    (folder / f"{name}.pid").write_text(str(os.getpid()))
    try:
        time.sleep(300)
    finally:
        with (folder / "ends").open("a") as ends:
            ends.write(f"{name} ")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
