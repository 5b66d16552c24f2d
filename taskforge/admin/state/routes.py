"""The administration's pages of settings and storage. They only show."""

from __future__ import annotations

from flask import render_template

from taskforge.admin.routes import blueprint
from taskforge.admin.state.settings import list_settings
from taskforge.analytics import storage as stored
from taskforge.extensions import config_of
from taskforge.identity.site_admins import require_site_admin


@blueprint.get("/settings")
def settings() -> str:
    """The settings that this process has started with."""
    require_site_admin()
    return render_template("admin/settings.html", settings=list_settings(config_of()))


@blueprint.get("/storage")
def storage() -> str:
    """How much each store holds."""
    require_site_admin()
    return render_template(
        "admin/storage.html",
        stores=[
            ("PostgreSQL", "Tables", stored.read_postgresql()),
            ("MongoDB", "Collections", stored.read_mongodb()),
            ("Redis", "", stored.read_redis()),
        ],
        show_bytes=stored.show_bytes,
    )
