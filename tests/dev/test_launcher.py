"""`make run` and its bootstrap: foreseeable trouble gives one sentence, and nothing is lost."""

from __future__ import annotations

import socket
import stat
import sys
from pathlib import Path

import pytest

from taskforge.dev import bootstrap
from taskforge.dev.environment import Claim, add_secrets, read_environment
from taskforge.dev.launcher import choose_port
from taskforge.server.processes import StartFailed


def test_a_taken_port_is_named_with_a_way_out() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(StartFailed) as failure:
            choose_port({"PORT": str(port)})
    assert str(failure.value).startswith(
        f"Port {port} is taken by another program; choose another:"
    )


@pytest.mark.parametrize("port", ["http", "0", "65536", "-1", "80.0"])
def test_a_port_that_is_none_is_refused(port: str) -> None:
    with pytest.raises(StartFailed, match="PORT must be a number from 1 to 65535"):
        choose_port({"PORT": port})


def test_secrets_are_made_once_and_kept_privately(tmp_path: Path) -> None:
    file = tmp_path / "secrets.env"
    first: dict[str, str] = {}
    second = {"SECRET_KEY": "from the environment"}
    add_secrets(first, file)
    add_secrets(second, file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert len(first["SECRET_KEY"]) == len(first["AUDIT_KEY"]) == 64
    assert first["SECRET_KEY"] != first["AUDIT_KEY"]
    assert second == {"SECRET_KEY": "from the environment", "AUDIT_KEY": first["AUDIT_KEY"]}


def test_the_environment_wins_over_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text("REDIS_URL=redis://file\nMONGODB_URI=mongodb://file\nEMPTY\n")
    monkeypatch.setenv("REDIS_URL", "redis://environment")
    found = read_environment(tmp_path)
    assert found["REDIS_URL"] == "redis://environment"
    assert found["MONGODB_URI"] == "mongodb://file"


def test_only_one_may_run_in_a_folder_and_the_other_learns_where(tmp_path: Path) -> None:
    first, second = Claim(tmp_path), Claim(tmp_path)
    shared = dict.fromkeys(
        (
            "SECRET_KEY",
            "AUDIT_KEY",
            "DATABASE_URL",
            "MONGODB_URI",
            "REDIS_URL",
            "PUBLIC_URL",
            "PORT",
        ),
        "x",
    )
    assert first.take()
    assert not second.take()
    assert second.published() is None
    first.publish(pid=7, address="http://here", environment={**shared, "HOME": "private"})
    assert second.published() == (7, "http://here", shared)
    first.withdraw()
    assert second.published() is None


@pytest.fixture
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A finished install of one package, without running pip; its site-packages."""
    packages = tmp_path / "lib" / f"python3.{sys.version_info.minor}" / "site-packages"
    record = packages / "one-1.0.dist-info" / "RECORD"
    record.parent.mkdir(parents=True)
    (packages / "one").mkdir()
    (packages / "one" / "__init__.py").touch()
    record.write_text("one/__init__.py,,\none/__pycache__/__init__.cpython-311.pyc,,\n")
    monkeypatch.setattr(bootstrap, "VENV", tmp_path)
    return packages


def test_a_whole_install_misses_nothing(environment: Path) -> None:
    assert bootstrap.missing_file() is None


def test_a_half_deleted_install_is_noticed(environment: Path) -> None:
    (environment / "one" / "__init__.py").unlink()
    assert bootstrap.missing_file() == "one/__init__.py"


def test_an_install_without_any_package_is_noticed(environment: Path) -> None:
    (environment / "one-1.0.dist-info" / "RECORD").unlink()
    assert bootstrap.missing_file() == str(environment)


@pytest.mark.parametrize("text", ["", "{", "[]", '"x"', '{"python": "3.9"}', "{}"])
def test_a_stamp_of_something_else_counts_as_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    (tmp_path / "stamp.json").write_text(text)
    monkeypatch.setattr(bootstrap, "STAMP", tmp_path / "stamp.json")
    assert bootstrap.read_stamp() is None


def test_a_python_that_is_too_old_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "OLDEST", (9, 0))
    monkeypatch.setattr(bootstrap.shutil, "which", lambda name: None)
    with pytest.raises(SystemExit, match=r"TaskForge needs Python 3\.11 or later and this is 3"):
        bootstrap.use_suitable_python()


def test_the_bootstrap_reads_under_a_python_from_long_ago() -> None:
    source = Path(bootstrap.__file__).read_text()
    compile(source, "bootstrap.py", "exec", dont_inherit=True)
    assert "f'" not in source
    assert 'f"' not in source
    assert ":=" not in source
