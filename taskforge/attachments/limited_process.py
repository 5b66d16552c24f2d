"""Runs the programs that open what somebody sent: each in a process of its own, with bounded memory and time.

Such a program gets the file on standard input and writes to standard output. It knows no setting and opens no store.
What it writes is as little to be believed as the file: whoever exploits a decoder writes it.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import IO

ROOT = Path(__file__).parents[2]
MAX_MEMORY_BYTES = 1_000_000_000
MAX_CPU_SECONDS = 30
MAX_OUTPUT_BYTES = 64_000_000
TIMEOUT_SECONDS = 60.0
MAX_LAST_WORDS = 1_000  # bytes of what a program says on standard error that are looked at


def limit_itself() -> None:
    """Give up, for good, what the program of this process does not need. It is killed by the kernel beyond that."""
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY_BYTES, MAX_MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (MAX_CPU_SECONDS, MAX_CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (MAX_OUTPUT_BYTES, MAX_OUTPUT_BYTES))
    resource.setrlimit(resource.RLIMIT_NOFILE, (16, 16))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def run_limited(module: str, file: IO[bytes], output: IO[bytes]) -> str:
    """Run a program on a file that is at its beginning. Both are real files; the output is at its beginning again.

    Answers why it did not come to its end, or an empty text. The output may hold something even then.
    """
    # A file, which has the bound of the output: a pipe would be read into memory, however much comes.
    with tempfile.TemporaryFile() as complaints:
        try:
            ran = subprocess.run(
                [sys.executable, "-m", module],
                stdin=file,
                stdout=output,
                stderr=complaints,
                timeout=TIMEOUT_SECONDS,
                env={"PYTHONPATH": str(ROOT), "PATH": os.defpath},
                check=False,
            )
        except subprocess.TimeoutExpired:
            return "took too long"
        finally:
            output.seek(0)
        if ran.returncode == 0:
            return ""
        return _last_line(complaints) or f"ended with {ran.returncode}"


def _last_line(complaints: IO[bytes]) -> str:
    size = complaints.seek(0, os.SEEK_END)
    complaints.seek(max(0, size - MAX_LAST_WORDS))
    last_words = complaints.read(MAX_LAST_WORDS).decode(errors="replace").strip()
    return last_words.rsplit("\n", 1)[-1][:200]
