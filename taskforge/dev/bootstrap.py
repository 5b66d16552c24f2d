#!/usr/bin/env python3
"""Make the virtual environment, then run something in it: ``bootstrap.py LOCK_FILE [arguments of python]``.

Runs with the system's Python and its standard library alone, and reads under older versions too, so
that those get a sentence. A finished install leaves a stamp, written last: the hashes of the lock
files. Without the stamp the environment is built anew, so a half-finished one mends itself.
"""

import csv
import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "taskforge-install.json"
LOG = ROOT / ".data" / "log" / "install.log"
OLDEST = (3, 11)
NEWEST = (3, 13)  # the newest that every embedded server has a build for
# Each lock file holds what the ones after it hold, and more.
LOCK_FILES = ("requirements-e2e.txt", "requirements-dev.txt", "requirements.txt")


def main():
    """Install the packages of the lock file, then run the environment's Python in this process."""
    lock_file, arguments = sys.argv[1], sys.argv[2:]
    use_suitable_python()
    try:
        ensure_installed(lock_file)
    except KeyboardInterrupt:
        sys.exit("\nStopped. The next start goes on from here.")
    except OSError as error:
        sys.exit(
            "The virtual environment can't be made: {}: {}.".format(error.strerror, error.filename)
        )
    if arguments:
        keep_bytecode()
        os.execv(str(PYTHON), [str(PYTHON), *arguments])


def keep_bytecode():
    """Let Python write bytecode, below the environment if ``PYTHONDONTWRITEBYTECODE`` is set.

    Otherwise each of a dozen processes compiles all libraries at every start: 4 s instead of 1.
    """
    if os.environ.pop("PYTHONDONTWRITEBYTECODE", None):
        os.environ.setdefault("PYTHONPYCACHEPREFIX", str(VENV / "bytecode"))


def use_suitable_python():
    """Restart under a supported version of Python if this one is not; exits if there is none."""
    if OLDEST <= sys.version_info[:2] <= NEWEST:
        return
    for minor in range(NEWEST[1], OLDEST[1] - 1, -1):
        other = shutil.which("python3.{}".format(minor))
        if other:
            os.execv(other, [other, *sys.argv])
    if sys.version_info[:2] < OLDEST:
        sys.exit(
            "TaskForge needs Python 3.11 or later and this is {}.{} ({}). Install a newer one,"
            " or name it: make run PYTHON=/path/to/python3.12".format(
                *sys.version_info[:2], sys.executable
            )
        )


def ensure_installed(lock_file):
    """Install the packages of the lock file, unless they are installed."""
    required = {name: digest(name) for name in LOCK_FILES[LOCK_FILES.index(lock_file) :]}
    installed = read_stamp()
    if installed is not None and not missing_file():
        if required.items() <= installed.items():
            return
        STAMP.unlink()  # an interrupted installation must not leave a stamp
    else:
        make_environment(repairing=VENV.exists())
    print("Installing the packages of {} (about half a minute) ...".format(lock_file), flush=True)
    install(lock_file)
    partial = STAMP.with_suffix(".new")
    partial.write_text(json.dumps({"python": sys.version, **required}))
    partial.replace(STAMP)


def read_stamp():
    """The lock files that are installed, by the stamp; None without a stamp of this Python."""
    try:
        stamp = json.loads(STAMP.read_text())
        return stamp if stamp.pop("python") == sys.version and PYTHON.exists() else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def missing_file():
    """The first file of an installed package that is missing, or None."""
    packages = VENV / "lib" / "python{}.{}".format(*sys.version_info[:2]) / "site-packages"
    records = list(packages.glob("*.dist-info/RECORD"))
    for record in records:
        with record.open(newline="", encoding="utf-8") as lines:
            for name, *_ in csv.reader(lines):
                # Bytecode comes and goes; "../../bin" leads out of the folder and is fine.
                if not name.endswith(".pyc") and not os.path.exists(
                    os.path.join(str(packages), name)
                ):
                    return name
    return None if records else str(packages)


def make_environment(repairing):
    """Create the virtual environment; an existing one is replaced."""
    try:
        import ensurepip  # noqa: F401  (Debian and Ubuntu leave it out of their python3)
        import venv
    except ImportError:
        sys.exit(
            "This Python can't make virtual environments. On Debian or Ubuntu install the missing part:"
            " apt-get install python{}.{}-venv".format(*sys.version_info[:2])
        )
    print(
        "Building the virtual environment {} ...".format("anew" if repairing else ".venv"),
        flush=True,
    )
    shutil.rmtree(str(VENV), ignore_errors=True)
    LOG.parent.mkdir(parents=True, exist_ok=True)
    venv.create(str(VENV), with_pip=True, symlinks=os.name != "nt")


def install(lock_file):
    """Run pip; its output goes to a log, whose end is shown if it fails."""
    # Compiling every module takes longer than installing it; what is used compiles itself on first use.
    command = [str(PYTHON), "-m", "pip", "install", "--no-compile", "--no-user"]
    command += ["--no-input", "--disable-pip-version-check", "-r", str(ROOT / lock_file)]
    LOG.parent.mkdir(parents=True, exist_ok=True)
    with LOG.open("w") as log:
        done = subprocess.run(
            command, stdout=log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL
        )
    if done.returncode:
        tail = "\n    ".join(LOG.read_text(errors="replace").splitlines()[-8:])
        sys.exit(
            "The packages could not be installed; is the package index reachable?\n    " + tail
        )


def digest(lock_file):
    """The SHA-256 of a lock file."""
    return hashlib.sha256((ROOT / lock_file).read_bytes()).hexdigest()


if __name__ == "__main__":
    main()
