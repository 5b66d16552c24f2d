"""The environment of a development run: ``.env``, generated secrets, who runs in this folder."""

from __future__ import annotations

import fcntl
import json
import os
import secrets
from pathlib import Path
from typing import IO

from dotenv import dotenv_values

SECRETS = ("SECRET_KEY", "AUDIT_KEY")
SHARED = (*SECRETS, "DATABASE_URL", "MONGODB_URI", "REDIS_URL", "PUBLIC_URL", "PORT")


def read_environment(root: Path) -> dict[str, str]:
    """The process's environment over the values of ``.env``."""
    from_file = {
        key: value for key, value in dotenv_values(root / ".env").items() if value is not None
    }
    return {**from_file, **os.environ}


def add_secrets(environment: dict[str, str], file: Path) -> None:
    """Fill in the secrets that are not set, from a file that the first start writes."""
    missing = [name for name in SECRETS if not environment.get(name)]
    stored = (
        {key: value for key, value in dotenv_values(file).items() if value} if file.exists() else {}
    )
    if any(name not in stored for name in missing):
        stored = {**{name: secrets.token_hex(32) for name in SECRETS}, **stored}
        write_privately(file, "".join(f"{name}={value}\n" for name, value in stored.items()))
    environment.update({name: stored[name] for name in missing})


def write_privately(file: Path, text: str) -> None:
    """Replace a file atomically by one that only its owner can read."""
    partial = file.with_name(file.name + ".new")
    partial.unlink(missing_ok=True)
    with open(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as output:
        output.write(text)
    partial.replace(file)


class Claim:
    """The right to run the servers of one data folder, held by one process at a time."""

    def __init__(self, folder: Path) -> None:
        self._lock: IO[str] = (folder / "lock").open("a+")
        self._running = folder / "env.json"

    def take(self) -> bool:
        """Try to take the claim; the kernel releases it when the process ends."""
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        self._running.unlink(missing_ok=True)
        return True

    def publish(self, *, pid: int, address: str, environment: dict[str, str]) -> None:
        """Publish for other processes in this folder what runs and how to reach it."""
        shared = {name: environment[name] for name in SHARED}
        known = {"pid": pid, "address": address, "environment": shared}
        write_privately(self._running, json.dumps(known))

    def published(self) -> tuple[int, str, dict[str, str]] | None:
        """What the running process published (process id, address, variables); None before it is up."""
        try:
            known = json.loads(self._running.read_text())
        except (OSError, ValueError):
            return None
        return known["pid"], known["address"], known["environment"]

    def withdraw(self) -> None:
        """Remove what was published, before stopping."""
        self._running.unlink(missing_ok=True)
