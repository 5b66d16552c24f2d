"""Work that the web server does once before its first request, so that no visitor waits for it."""

from __future__ import annotations

from flask import Flask

from taskforge.http import assets


def warm_up(app: Flask) -> None:
    """Compile every page's template and compress the bundles.

    No connection is opened and no thread started: the server forks its processes afterwards.
    """
    for name in app.jinja_env.list_templates(filter_func=_is_page):
        app.jinja_env.get_template(name)
    assets.warm_up()


def _is_page(name: str) -> bool:
    """Whether a template is of a page: those of mails have an environment of their own (`taskforge.mail.messages`)."""
    return name.endswith(".html") and not name.startswith("mail/")
