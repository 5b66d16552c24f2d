"""Entry point of the web server: ``gunicorn -c gunicorn.conf.py asgi:app``."""

from __future__ import annotations

import os

from taskforge.serving import in_threads
from wsgi import app as flask_app

app = in_threads(flask_app, threads=int(os.environ.get("WEB_THREADS", "8")))
