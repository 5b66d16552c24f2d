"""`make run`: the stores, the migrations, the web server and the workers, with one command.

``python taskforge/dev`` runs everything until Ctrl-C; ``python taskforge/dev exec COMMAND ...``
runs one command against the same stores, starting them for as long as it takes unless they run.
"""

from __future__ import annotations

import os
import socket
import subprocess
import time
from functools import partial

from taskforge.dev.commands import HOST, RELEASE, ROOT, flask_command, web_child, worker_children
from taskforge.dev.environment import Claim, add_secrets, read_environment
from taskforge.dev.servers import DESCRIBE, Home, start
from taskforge.server.processes import POLL_SECONDS, Child, Process, StartFailed, end_leftover
from taskforge.server.supervisor import Supervisor, say

DATA = ROOT / ".data"
FIRST_PORT = 8000
PATIENCE_SECONDS = 60


def main(arguments: list[str]) -> int:
    """Run everything, or one command. Returns an exit code; a foreseeable failure is a sentence."""
    home, supervisor = Home(DATA), Supervisor()
    supervisor.listen()
    try:
        home.prepare()
        claim = Claim(DATA)
        environment = read_environment(ROOT)
        add_secrets(environment, DATA / "dev-secrets.env")
        environment.setdefault("PYTHONUNBUFFERED", "1")
        if arguments[:1] == ["exec"]:
            return run_one(arguments[1:], home, claim, environment, supervisor)
        return run_everything(home, claim, environment, supervisor)
    except StartFailed as failure:
        say(str(failure))
    except PermissionError as error:
        say(
            f"{error.filename} belongs to another user;"
            " run as that user, or remove the folder .data."
        )
    except OSError as error:
        say(f"TaskForge could not start: {error.strerror}: {error.filename}.")
    finally:
        supervisor.stop()
    return 1


def run_everything(
    home: Home, claim: Claim, environment: dict[str, str], supervisor: Supervisor
) -> int:
    """Start everything, print the address, and supervise it until it is stopped."""
    began = time.monotonic()
    if not claim.take():
        running = claim.published()
        where = (
            f": {running[1]} (pid {running[0]})" if running else "; it is just starting or stopping"
        )
        say(f"TaskForge already runs here{where}.")
        return 1
    end_leftover(web_child(environment, 0, home))  # after a kill -9 it can still hold the port
    port = choose_port(environment)
    address = f"http://{HOST}:{port}"
    environment["PORT"] = str(port)
    environment.setdefault("PUBLIC_URL", address)
    say("Starting the stores ...")
    versions = start_stores(home, environment, supervisor)
    say(f"Starting TaskForge ({', '.join(versions) or 'with stores of your own'}) ...")
    release(home, environment, supervisor)
    # The web server first: nobody waits for the workers.
    for child in (web_child(environment, port, home), *worker_children(environment, home)):
        supervisor.start(child)
    if not supervisor.is_stopping:
        claim.publish(pid=os.getpid(), address=address, environment=environment)
        say(welcome(address, time.monotonic() - began))
    code = supervisor.watch()
    claim.withdraw()
    say("\nStopping ...")
    stopping = time.monotonic()
    supervisor.stop()
    say(f"Stopped in {time.monotonic() - stopping:.1f} s. The data stays in .data/.")
    return code


def run_one(
    command: list[str],
    home: Home,
    claim: Claim,
    environment: dict[str, str],
    supervisor: Supervisor,
) -> int:
    """Run one command against the stores of this folder, whoever started them."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not claim.take():
        running = claim.published()
        if running:
            return call(command, {**environment, **running[2]})
        if time.monotonic() > deadline or supervisor.is_stopping:
            raise StartFailed("TaskForge is just starting or stopping in this folder; try again.")
        time.sleep(0.2)
    start_stores(home, environment, supervisor)
    release(home, environment, supervisor)
    return 1 if supervisor.is_stopping else call(command, environment)


def start_stores(home: Home, environment: dict[str, str], supervisor: Supervisor) -> list[str]:
    """Start each kind of store whose URL is not set, and set it. Returns the versions started."""
    started = []
    for variable, describe in DESCRIBE.items():
        if environment.get(variable) or supervisor.is_stopping:
            continue
        store, process = start(partial(describe, home))
        supervisor.adopt(process)
        environment[variable] = store.url
        started.append(store.version)
    return started


def release(home: Home, environment: dict[str, str], supervisor: Supervisor) -> None:
    """Run the migrations and make the indexes.

    Raises:
        StartFailed: with the end of what they said.
    """
    if supervisor.is_stopping:
        return
    children = [
        Child(
            name=" ".join(words),
            command=flask_command(*words),
            env=environment,
            cwd=ROOT,
            log=home.log(words[0]),
        )
        for words in RELEASE
    ]
    processes = [
        Process(child) for child in children
    ]  # at the same time: they use different stores
    codes = [finish(process, supervisor) for process in processes]
    for process, code in zip(processes, codes, strict=True):
        if code:
            said = process.log_tail()
            raise StartFailed(f"The stores could not be prepared ({process.child.name}).{said}")


def finish(process: Process, supervisor: Supervisor) -> int:
    """Wait for a process that ends by itself, or end it when somebody asks to stop (then 0)."""
    while process.exit_code is None:
        if supervisor.is_stopping:
            process.ask_to_stop()
            process.wait_stopped()
            return 0
        time.sleep(POLL_SECONDS)
    return process.exit_code


def choose_port(environment: dict[str, str]) -> int:
    """The port to serve on: PORT, or 8000.

    Raises:
        StartFailed: it is no port, or another program listens there.
    """
    port = environment.get("PORT") or str(FIRST_PORT)
    if not port.isdigit() or not 0 < int(port) < 65536:
        raise StartFailed(f"PORT must be a number from 1 to 65535, not {port!r}.")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, int(port)))
        except PermissionError:
            raise StartFailed(
                f"Port {port} needs root; choose one above 1023: PORT=8001 make run"
            ) from None
        except OSError:
            other = int(port) + 1 if int(port) < 65535 else FIRST_PORT
            raise StartFailed(
                f"Port {port} is taken by another program; choose another: PORT={other} make run"
            ) from None
    return int(port)


def call(command: list[str], environment: dict[str, str]) -> int:
    """Run a command in the foreground, with the terminal. Returns its exit code."""
    if command[:1] == ["flask"]:
        command = [*flask_command(), *command[1:]]
    try:
        return subprocess.run(command, env=environment, cwd=ROOT).returncode
    except FileNotFoundError:
        raise StartFailed(f"There is no command {command[0]!r}.") from None


def welcome(address: str, seconds: float) -> str:
    """The text that is printed once everything runs."""
    return f"""
TaskForge is up ({seconds:.1f} s): {address}

  Open it and sign up.
  The first administrator:  make admin   (in another terminal; prints a one-time link)
  Logs:                     .data/log/
  Ctrl-C stops everything; the data stays in .data/.
"""
