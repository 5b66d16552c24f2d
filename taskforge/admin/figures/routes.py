"""`/metrics` for Prometheus, and the page with charts of the last hour."""

from __future__ import annotations

import hmac
import time

from flask import Blueprint, Response, render_template, request

from taskforge.admin.figures import charts
from taskforge.admin.figures.samples import list_samples
from taskforge.admin.figures.stores import KeptFigures
from taskforge.errors import NotAuthenticated
from taskforge.extensions import config_of
from taskforge.identity.site_admins import require_site_admin
from taskforge.messaging.redis_client import RedisUnavailable
from taskforge.messaging.shared_metrics import push_counts, read_counts

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
SCHEME = "Bearer "

blueprint = Blueprint("figures", __name__)
kept_figures = KeptFigures()


@blueprint.get("/metrics")
def metrics() -> Response:
    """All metrics of the installation, for who sends `METRICS_TOKEN`, and for site administrators."""
    if not _has_token():
        try:
            require_site_admin()
        except NotAuthenticated as error:  # a program: leading it to the log-in is of no use
            return Response(
                f"{error}\n", 401, {"WWW-Authenticate": "Bearer"}, mimetype="text/plain"
            )
    from taskforge.admin.figures.exposition import write_text  # late: see the module

    push_counts()
    try:
        counts = read_counts()
    except RedisUnavailable:  # the gauges of the other stores are worth knowing just then
        counts = {}
    return Response(write_text(counts, kept_figures.get()), content_type=CONTENT_TYPE)


@blueprint.get("/admin/figures")
def show() -> str:
    """The charts."""
    require_site_admin()
    try:
        samples = list_samples()
    except RedisUnavailable:
        samples = []
    return render_template(
        "admin/figures.html",
        charts=charts.draw_charts(samples, time.time()) if samples else [],
        minutes_of_slot=charts.SLOT_SECONDS // 60,
        width=charts.WIDTH,
        height=charts.HEIGHT,
        show=charts.show,
    )


def _has_token() -> bool:
    """Whether the request has the configured token; compared in constant time."""
    token, given = config_of().metrics_token, request.headers.get("Authorization", "")
    if not token or not given.startswith(SCHEME):
        return False
    return hmac.compare_digest(given.removeprefix(SCHEME).encode(), token.encode())
