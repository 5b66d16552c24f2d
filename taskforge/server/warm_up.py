"""Work that the web server does once before its first request, so that no visitor waits for it."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache

from flask import Flask

from taskforge.http import assets


@cache
def build_ahead() -> tuple[ThreadPoolExecutor, Future[None]]:
    """Begin to build and compress the bundles, in a thread, while the application is imported.

    Other processes and C code do most of it, so that a second processor can take it from the time of a start.
    """
    pool = ThreadPoolExecutor(1, thread_name_prefix="assets")
    return pool, pool.submit(assets.warm_up)


def warm_up(app: Flask) -> None:
    """Compile every page's template, and wait for the bundles, whose thread has ended then.

    No connection is opened: the server forks its processes afterwards.

    Raises:
        AssetBuildError: a bundle can't be built.
    """
    pool, building = build_ahead()
    for name in app.jinja_env.list_templates(filter_func=_is_page):
        app.jinja_env.get_template(name)
    pool.shutdown()
    building.result()


def _is_page(name: str) -> bool:
    """Whether a template is of a page: those of mails have an environment of their own (`taskforge.mail.messages`)."""
    return name.endswith(".html") and not name.startswith("mail/")
