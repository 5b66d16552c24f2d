"""The Flask program as plain WSGI."""

from __future__ import annotations

from taskforge import create_app

app = create_app()
