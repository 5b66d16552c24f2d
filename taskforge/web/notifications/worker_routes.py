"""The service worker, which browsers take only from the root of the site to serve all of it."""

from __future__ import annotations

from flask import Response, g

from taskforge.http import assets
from taskforge.http.security_headers import FILE_POLICY
from taskforge.web.notifications.blueprint import blueprint

WORKER = "sw.js"


@blueprint.get("/sw.js")
def service_worker() -> Response:
    """The script of push messages; a browser asks for it again at least once a day."""
    g.content_policy = FILE_POLICY
    response = Response(assets.content(WORKER), mimetype="text/javascript")
    response.headers["Cache-Control"] = "no-cache"
    return response
