"""The web server loads the application once and then forks: nothing that must not be shared may exist by then."""

from __future__ import annotations

import json
import os
import subprocess
import sys

from flask import Flask

from taskforge.dev.commands import ROOT
from tests.servers import Servers
from tests.web_servers import SECRETS

LOOK = """
import json, os, threading
import asgi
from taskforge.ids import new_id

def open_sockets():
    paths = (f"/proc/self/fd/{number}" for number in os.listdir("/proc/self/fd"))
    links = (os.readlink(path) for path in paths if os.path.islink(path))
    return [link for link in links if link.startswith("socket:")]

told = {"sockets": open_sockets(), "threads": threading.active_count(), "ids": [], "answers": []}
for _ in range(2):
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        answer = asgi.flask_app.test_client().get("/readyz")
        mine = {"ids": [new_id() for _ in range(50)], "answer": answer.status_code}
        os.write(writing, json.dumps(mine).encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        said = json.load(pipe)
    os.waitpid(child, 0)
    told["ids"] += said["ids"]
    told["answers"].append(said["answer"])
print(json.dumps(told))
"""


def test_no_connection_and_no_thread_is_open_before_the_fork(
    servers: Servers, migrated_app: Flask
) -> None:
    environment = {
        **os.environ,
        **servers.environment,
        **{name.upper(): value for name, value in SECRETS.items()},
    }
    done = subprocess.run(
        [sys.executable, "-c", LOOK], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["sockets"] == []
    assert told["threads"] == 1
    assert told["answers"] == [200, 200]  # each child makes connections of its own
    assert len(set(told["ids"])) == 100
