"""The RQ dashboard inside the application: for site administrators only, and hardened.

The library has no access control, deserialises jobs with pickle by default and empties its failed queue on a GET;
each of these is closed here. Its weaker content policy is confined to its prefix (`taskforge.http.security_headers`).
"""

from __future__ import annotations

import rq_dashboard.web as dashboard
from flask import Flask, request
from rq.serializers import JSONSerializer

from taskforge.admin.access import require_site_admin
from taskforge.errors import MethodNotAllowed
from taskforge.extensions import config_of, csrf
from taskforge.http.security_headers import DASHBOARD_PREFIX


def init_dashboard(app: Flask) -> None:
    """Mount the dashboard under ``/admin/jobs/``."""
    app.config["RQ_DASHBOARD_REDIS_URL"] = config_of(app).redis_url
    dashboard.config.serializer = JSONSerializer
    dashboard.setup_rq_connection(app)
    guards = dashboard.blueprint.before_request_funcs.setdefault(None, [])
    if _guard not in guards:  # the blueprint is one for the whole process
        guards.insert(0, _guard)  # before its own hook, which opens a connection
    # Its scripts send no token: `taskforge.http.cross_site` asks for Sec-Fetch-Site instead.
    csrf.exempt(dashboard.blueprint)
    app.register_blueprint(dashboard.blueprint, url_prefix=DASHBOARD_PREFIX.rstrip("/"))


def _guard() -> None:
    require_site_admin()
    if request.endpoint == "rq_dashboard.requeue_all" and request.method != "POST":
        raise MethodNotAllowed
