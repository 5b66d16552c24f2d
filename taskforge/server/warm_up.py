"""Work that the web server does once before its first request, so that no visitor waits for it."""

from __future__ import annotations

from flask import Flask

from taskforge.http import assets


def warm_up(app: Flask) -> None:
    """Compile every template of a page, and compress the bundles. Mails have an environment of their own.

    No connection is opened and no thread started: the server forks its processes afterwards.
    """
    for name in app.jinja_env.list_templates(extensions=["html"]):
        if not name.startswith("mail/"):
            app.jinja_env.get_template(name)
    assets.warm_up()
