"""The page of how TaskForge is used, by what each store says; for site administrators."""

from __future__ import annotations

from flask import Blueprint, render_template

from taskforge.analytics.reading import kept_parts
from taskforge.identity.site_admins import require_site_admin
from taskforge.web.analytics import presenters

blueprint = Blueprint("analytics", __name__)


@blueprint.get("/admin/analytics")
def show() -> str:
    """The figures, at most a minute old."""
    require_site_admin()
    return render_template("admin/analytics.html", **presenters.show_parts(kept_parts.get()))
