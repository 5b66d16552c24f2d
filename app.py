"""The development server: ``python app.py``. `make run` starts everything that it needs."""

from __future__ import annotations

import os

from taskforge.server.reporter import WEB, reporting
from wsgi import app

if __name__ == "__main__":
    with reporting(app, WEB):
        app.run(host="127.0.0.1", port=int(os.environ.get("PORT", "8000")), threaded=True)
