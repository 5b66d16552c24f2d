"""What a process has used counts all that it started, also what has ended."""

from __future__ import annotations

import subprocess
import sys

from tests.bench.usage import cpu_of_tree, memory_of_tree

BURN = "import time\nwhile time.process_time() < 0.3: pass"
PARENT = f"""
import subprocess, sys
subprocess.run([sys.executable, "-c", {BURN!r}])
print("done", flush=True)
sys.stdin.read()"""


def test_processor_time_of_children_that_have_ended_is_counted() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PARENT], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == b"done\n"
        assert cpu_of_tree(parent.pid) > 0.3
        assert cpu_of_tree(parent.pid, without=[parent.pid]) == 0
        assert memory_of_tree(parent.pid) > 1
        parent.communicate()
    assert cpu_of_tree(parent.pid) == 0
