"""Static files under addresses that change with their content, so that browsers may keep them for ever.

An ``app.css`` or ``app.js`` is a bundle: the files that the ``manifest.txt`` of its folder lists, joined in its order.
"""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
import re
from functools import cache
from pathlib import Path, PurePosixPath
from posixpath import normpath

from flask import Blueprint, Flask, Response, abort, redirect, request

STATIC = Path(__file__).parent.parent / "static"
COMPRESSIBLE = ("text/", "application/javascript", "image/svg+xml", "application/json")
FOREVER = "public, max-age=31536000, immutable"
_URL = re.compile(r"""url\(["']?(?!data:)([^"')]+)["']?\)""")

blueprint = Blueprint("assets", __name__, url_prefix="/assets")
mimetypes.add_type("text/javascript", ".js")
mimetypes.add_type("font/woff2", ".woff2")


def init_assets(app: Flask) -> None:
    """Serve the assets and give templates ``asset(name)``."""
    app.register_blueprint(blueprint)
    app.add_url_rule("/favicon.ico", "favicon", lambda: redirect(asset_url("favicon.png"), 302))
    app.jinja_env.globals["asset"] = asset_url
    if app.debug:
        app.before_request(_forget)


def asset_url(name: str) -> str:
    """The address of a static file, with the hash of its content in it.

    Raises:
        FileNotFoundError: there is no such file.
    """
    return f"/assets/{fingerprint(name)}/{name}"


@blueprint.get("/<fingerprint_given>/<path:name>")
def show(fingerprint_given: str, name: str) -> Response:
    """A static file. An address with an old hash gets the present file, but may not be kept."""
    try:
        body, kind = content(name), mimetypes.guess_type(name)[0] or "application/octet-stream"
    except (FileNotFoundError, ValueError):
        abort(404)
    response = Response(body, mimetype=kind)
    if kind.startswith(COMPRESSIBLE) and "gzip" in request.headers.get("Accept-Encoding", ""):
        response.set_data(_compressed(name))
        response.headers["Content-Encoding"] = "gzip"
    response.headers["Vary"] = "Accept-Encoding"
    response.headers["Cache-Control"] = (
        FOREVER if fingerprint_given == fingerprint(name) else "no-cache"
    )
    return response


@cache
def fingerprint(name: str) -> str:
    """The first 12 hexadecimal digits of the SHA-256 of a file as it is served."""
    return hashlib.sha256(content(name)).hexdigest()[:12]


@cache
def content(name: str) -> bytes:
    """A file as it is served: bundles joined, addresses inside style sheets made absolute.

    Raises:
        FileNotFoundError: there is no such file below ``static/``.
    """
    if PurePosixPath(name).name in ("app.css", "app.js"):
        return _bundle(name)
    path = (STATIC / name).resolve()
    if not path.is_relative_to(STATIC.resolve()) or not path.is_file():
        raise FileNotFoundError(name)
    return path.read_bytes()


def _bundle(name: str) -> bytes:
    folder = (STATIC / name).resolve().parent
    if not folder.is_relative_to(STATIC.resolve()):
        raise FileNotFoundError(name)
    listed = (line.strip() for line in (folder / "manifest.txt").read_text().splitlines())
    parts = [(folder / line).read_text() for line in listed if line and not line.startswith("#")]
    joined = "\n".join(parts)
    if name.endswith(".css"):
        joined = _URL.sub(lambda found: f'url("{asset_url(normpath("css/" + found[1]))}")', joined)
    return joined.encode()


@cache
def _compressed(name: str) -> bytes:
    return gzip.compress(content(name), compresslevel=9, mtime=0)


def _forget() -> None:
    """While developing, a changed file must be seen at the next request."""
    for cached in (fingerprint, content, _compressed):
        cached.cache_clear()
