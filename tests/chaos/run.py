"""`make chaos`: clients write through the API while every process is killed at random; then nothing may be missing.

``make chaos SECONDS=120 SEED=1 CLIENTS=8``. Exits with 1 on any violation. The seed fixes who is killed and when, and
what the clients do; how far each of them has come by then is the machine's affair.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from taskforge.server.processes import StartFailed, free_port
from tests.chaos import news
from tests.chaos.client import Client
from tests.chaos.judge import ask, judge, wait_until_done
from tests.chaos.mails import PostOffice, count_mails
from tests.chaos.system import System
from tests.mail.server import mail_server

PAUSE_SECONDS = (0.3, 2.2)
COME_BACK_SECONDS = 60.0
CONVERGE_SECONDS = 120.0
# Mails wait a minute for what follows. Meanwhile their worker is killed now and then; what it was at is claimed for two
# minutes.
MAIL_KILL_SECONDS, MAIL_PAUSE_SECONDS = 60.0, (1.0, 6.0)
SEND_SECONDS = 300.0
LONGEST_WAIT_SECONDS = 15.0
ALONE_SECONDS = 1.0
SHOWN = 20


def main(arguments: Sequence[str]) -> int:
    """Run, judge, print; the exit code."""
    parser = argparse.ArgumentParser(prog="make chaos")
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--json", type=Path, help="write the figures here")
    parser.add_argument("--keep", action="store_true", help="keep the folder with data and logs")
    wanted = parser.parse_args(arguments)
    folder = Path(tempfile.mkdtemp(prefix="taskforge-chaos-"))
    office, port = PostOffice(), free_port()
    try:
        with mail_server(port, office):
            system = start(folder, wanted.seed, smtp_port=port)
            figures = run(system, office, wanted.seconds, wanted.seed, wanted.clients)
    except StartFailed as failure:
        print(failure)
        return 1
    print(json.dumps(figures, indent=2))
    if wanted.json:
        wanted.json.parent.mkdir(parents=True, exist_ok=True)
        wanted.json.write_text(json.dumps(figures, indent=2) + "\n")
    if figures["violations"] or wanted.keep:
        print(f"Data and logs are in {folder}.", file=sys.stderr)
    else:
        shutil.rmtree(folder, ignore_errors=True)
    return 1 if figures["violations"] else 0


def start(folder: Path, seed: int, *, smtp_port: int) -> System:
    """Everything that runs, in a folder of its own."""
    print(f"Starting everything (seed {seed}) ...", flush=True)
    mail = {
        "SMTP_URL": f"smtp://127.0.0.1:{smtp_port}",
        "MAIL_FROM": "TaskForge <forge@example.org>",
    }
    return System.start(folder, random.Random(seed), settings=mail)


def run(
    system: System, office: PostOffice, seconds: float, seed: int, count: int
) -> dict[str, Any]:
    """One run; its figures, with every violation found. Stops the system."""
    try:
        clients = [Client(number, system.port, seed) for number in range(count)]
        people = [person for one in clients for person in (one, *one.companions)]
        system.run_module("tests.chaos.accounts", *(person.email for person in people))
        for client in clients:
            client.enter()
        system.run_module("tests.chaos.site_admins", *(one.site_admin.user_id for one in clients))
        for client, partner in zip(clients, [*clients[1:], clients[0]], strict=True):
            client.invite(partner)
        print(f"{count} clients write for {seconds:.0f} s ...", flush=True)
        began = time.time()
        for client in clients:
            client.thread.start()
        kills = kill_for(system, clients, seconds)
        ended = time.time()
        print("Everything may run again ...", flush=True)
        for client in clients:
            client.stop()
        system.wait_until_up(COME_BACK_SECONDS)
        while any(client.thread.is_alive() for client in clients):
            system.keep()
            time.sleep(0.1)
        converged, stuck = wait_until_done(system, CONVERGE_SECONDS)
        print("The last mails leave ...", flush=True)
        kills += kill_mail_worker(system, MAIL_KILL_SECONDS)
        mailed, unsent = wait_until_done(system, SEND_SECONDS, news.UNSENT)
        print("Judging ...", flush=True)
        violations = stuck + unsent + judge(system, clients, office, kills)
        counted = {name: ask(system, question)[0][0] for name, question in news.FIGURES.items()}
        return figures_of(
            clients,
            seed=seed,
            seconds=round(ended - began, 1),
            began=began,
            kills=kills,
            convergedSeconds=round(converged, 1),
            mailedSeconds=round(mailed, 1),
            violations=violations,
            **counted,
            **count_mails(office, kills),
        )
    finally:
        system.stop()


def kill_for(system: System, clients: Sequence[Client], seconds: float) -> list[tuple[str, float]]:
    """Kill and start again at random for a while; what was killed when.

    Between most kills something must get through, or an unlucky seed would only show that nothing works while
    nothing runs; every third comes without waiting, so that troubles overlap too.
    """
    kills: list[tuple[str, float]] = []
    deadline = time.monotonic() + seconds
    next_kill = time.monotonic() + 1.0
    at_once = False
    while time.monotonic() < deadline:
        system.keep()
        now = time.monotonic()
        patient = at_once or now > next_kill + LONGEST_WAIT_SECONDS
        if now >= next_kill and (patient or _wrote_since(clients, kills)):
            kind = system.kill_something()
            if kind:
                kills.append((kind, time.time()))
            at_once = system.chance.random() < 1 / 3
            next_kill = now + system.chance.uniform(*PAUSE_SECONDS)
        time.sleep(0.05)
    return kills


def kill_mail_worker(system: System, seconds: float) -> list[tuple[str, float]]:
    """Kill the worker of the mails alone at random for a while; what was killed when."""
    kills: list[tuple[str, float]] = []
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        next_kill = time.monotonic() + system.chance.uniform(*MAIL_PAUSE_SECONDS)
        while time.monotonic() < next_kill:
            system.keep()
            time.sleep(0.05)
        if kind := system.kill("mail worker"):
            kills.append((kind, time.time()))
    return kills


def _wrote_since(clients: Sequence[Client], kills: Sequence[tuple[str, float]]) -> bool:
    last = kills[-1][1] if kills else 0.0
    return any(client.acknowledged_at and client.acknowledged_at[-1] > last for client in clients)


def figures_of(
    clients: Sequence[Client], *, began: float, kills: list[tuple[str, float]], **known: Any
) -> dict[str, Any]:
    """What a reader wants to know of a run; ``unavailableSeconds`` are whole seconds without an acknowledged write."""
    writes = sorted(at for client in clients for at in client.acknowledged_at)
    alive = {int(at - began) for at in writes}
    silent = [second for second in range(int(known["seconds"])) if second not in alive]
    violations = known.pop("violations")
    return {
        **known,
        "kills": dict(sorted(Counter(kind for kind, _ in kills).items())),
        "killsTotal": len(kills),
        "clients": len(clients),
        "requests": sum(client.attempts for client in clients),
        "failedRequests": sum(client.failures for client in clients),
        "acknowledgedWrites": len(writes),
        "checkedReads": sum(client.reads for client in clients),
        "tasks": sum(len(client.tasks) for client in clients),
        "unavailableSeconds": len(silent),
        "longestUnavailableSeconds": _longest_run(silent),
        "longestSilence": silences(kills, writes),
        "violations": len(violations),
        "first": violations[:SHOWN],
    }


def silences(kills: Sequence[tuple[str, float]], writes: Sequence[float]) -> dict[str, float]:
    """For each kind, the longest time from a kill to the next acknowledged write, if no other kill was near."""
    longest: dict[str, float] = {}
    times = [at for _, at in kills]
    for kind, at in kills:
        after = next((write for write in writes if write > at), None)
        before = max((other for other in times if other < at), default=0.0)
        recovered = any(before + ALONE_SECONDS < write <= at for write in writes)
        if after is not None and recovered and not any(at < other < after for other in times):
            longest[kind] = max(longest.get(kind, 0.0), round(after - at, 2))
    return dict(sorted(longest.items()))


def _longest_run(seconds: Sequence[int]) -> int:
    longest = current = 0
    for before, second in zip([None, *seconds], seconds, strict=False):
        current = current + 1 if before is not None and second == before + 1 else 1
        longest = max(longest, current)
    return longest


if __name__ == "__main__":
    os.environ.pop("PORT", None)
    raise SystemExit(main(sys.argv[1:]))
