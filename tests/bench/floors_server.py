"""The floors' web server: TaskForge's kind, without the hooks that load TaskForge (settings of gunicorn)."""

from __future__ import annotations

worker_class = "asgi"
asgi_lifespan = "off"
workers = 2
keepalive = 15
control_socket_disable = True
