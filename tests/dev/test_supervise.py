"""The supervisor: what it restarts, what it gives up on, and the order in which it stops."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from taskforge.server.processes import Child, Process, StartFailed


def supervised(folder: Path, *names: str) -> subprocess.Popen[str]:
    """A process of its own that runs children under the supervisor."""
    command = [sys.executable, "-m", "tests.dev.supervised", str(folder), *names]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True)


def wait_for(path: Path, text: str = "") -> str:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        if path.exists() and (found := path.read_text()) and text in found:
            return found
        time.sleep(0.02)
    pytest.fail(f"{path.name} never said {text!r}")


def stop(supervisor: subprocess.Popen[str], number: int = signal.SIGTERM) -> tuple[int, str]:
    supervisor.send_signal(number)
    said, _ = supervisor.communicate(timeout=120)
    return supervisor.returncode, said


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_stores_stop_after_what_uses_them(tmp_path: Path, number: int) -> None:
    supervisor = supervised(tmp_path, "store", "web")
    wait_for(tmp_path / "store.pid")
    wait_for(tmp_path / "web.pid")
    code, _ = stop(supervisor, number)
    assert (code, (tmp_path / "ends").read_text()) == (0, "web store ")


def test_a_child_that_is_killed_starts_again(tmp_path: Path) -> None:
    supervisor = supervised(tmp_path, "web")
    os.kill(int(wait_for(tmp_path / "web.pid")), signal.SIGKILL)
    wait_for(tmp_path / "web.starts", "xx")
    code, said = stop(supervisor)
    assert code == 0
    assert "web was ended by SIGKILL; starting it again in 0.25 s." in said


def test_a_store_that_no_restart_mends_ends_everything(tmp_path: Path) -> None:
    supervisor = supervised(tmp_path, "doomed", "web")
    said, _ = supervisor.communicate(timeout=120)
    assert supervisor.returncode == 1
    assert "doomed ended with exit code 3 again and again; giving up." in said
    assert (tmp_path / "ends").read_text() == "web "


def test_a_child_that_will_not_stop_is_killed_after_its_grace(tmp_path: Path) -> None:
    supervisor = supervised(tmp_path, "deaf")
    wait_for(tmp_path / "deaf.pid")
    code, said = stop(supervisor)
    assert code == 0
    assert "deaf did not stop by itself and was killed." in said


def test_a_child_that_cannot_start_says_why_with_the_end_of_its_log(tmp_path: Path) -> None:
    command = (sys.executable, "-c", "raise SystemExit('no such table')")
    child = Child(name="web", command=command, log=tmp_path / "web.log", is_ready=lambda: False)
    with pytest.raises(StartFailed, match=r"web ended with exit code 1.*\n    no such table"):
        Process(child).wait_until_ready()


def test_a_program_that_does_not_exist_is_a_sentence() -> None:
    with pytest.raises(StartFailed, match=r"web can't be started: No such file or directory"):
        Process(Child(name="web", command=("/nowhere/web",)))


def test_a_long_log_is_put_aside(tmp_path: Path) -> None:
    log = tmp_path / "web.log"
    log.write_bytes(b"x" * 5_000_001)
    process = Process(Child(name="web", command=("true",), log=log))
    assert process.wait_stopped()
    assert log.stat().st_size == 0
    assert (tmp_path / "web.old.log").stat().st_size == 5_000_001
