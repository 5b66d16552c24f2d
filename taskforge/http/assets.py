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
from urllib.parse import quote

import brotli  # type: ignore[import-untyped]
from flask import Blueprint, Flask, Response, abort, redirect, request

STATIC = Path(__file__).parents[2] / "static"
COMPRESSIBLE = ("text/", "application/javascript", "image/svg+xml", "application/json")
CODINGS = ("br", "gzip")
FOREVER = "public, max-age=31536000, immutable"
_CSS_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_JS_COMMENT = re.compile(
    r"^[ \t]*(?://[^\n]*|/\*\*[\s\S]*?\*/[ \t]*)$|(?<=[;,{])[ \t]+// [^\n\"'`]*$", re.MULTILINE
)
_URL = re.compile(r"""url\(["']?(?!data:)([^"')]+)["']?\)""")

blueprint = Blueprint("assets", __name__, url_prefix="/assets")
mimetypes.add_type("text/javascript", ".js")
mimetypes.add_type("font/woff2", ".woff2")


def init_assets(app: Flask) -> None:
    """Serve the assets and give templates ``asset(name)``."""
    app.register_blueprint(blueprint)
    app.add_url_rule("/favicon.ico", "favicon", lambda: redirect(asset_url("favicon.png"), 302))
    app.jinja_env.globals["asset"] = asset_url
    app.jinja_env.globals["inline_asset"] = inline_url
    if app.debug:
        app.before_request(_forget)


def asset_url(name: str) -> str:
    """The address of a static file, with the hash of its content in it.

    Raises:
        FileNotFoundError: there is no such file.
    """
    return f"/assets/{fingerprint(name)}/{name}"


@cache
def inline_url(name: str) -> str:
    """A small picture as an address that holds it, which saves a request."""
    kind = mimetypes.guess_type(name)[0]
    picture = b"".join(line.strip() + b" " for line in content(name).splitlines())
    return f"data:{kind}," + quote(picture, safe="/:=")


@blueprint.get("/<fingerprint_given>/<path:name>")
def show(fingerprint_given: str, name: str) -> Response:
    """A static file. An address with an old hash gets the present file, but may not be kept."""
    try:
        body, kind = content(name), mimetypes.guess_type(name)[0] or "application/octet-stream"
    except (FileNotFoundError, ValueError):
        abort(404)
    response = Response(body, mimetype=kind)
    if kind.startswith(COMPRESSIBLE):
        coding = _best_coding(request.headers.get("Accept-Encoding", ""))
        if coding:
            response.set_data(compressed(name, coding))
            response.headers["Content-Encoding"] = coding
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
    joined = _strip(joined, _CSS_COMMENT if name.endswith(".css") else _JS_COMMENT)
    if name.endswith(".css"):
        joined = _URL.sub(lambda found: f'url("{asset_url(normpath("css/" + found[1]))}")', joined)
    return joined.encode()


def _strip(source: str, comment: re.Pattern[str]) -> str:
    """Our own style sheets and scripts without comments and indentation.

    No text in them goes on over a line's end (a test sees to that), so that only the look of the source changes.
    """
    lines = (line.strip() for line in comment.sub("", source).splitlines())
    return "\n".join(line for line in lines if line)


@cache
def compressed(name: str, coding: str) -> bytes:
    """A file in a content coding: ``br`` or ``gzip``, as small as they make it."""
    if coding == "br":
        return bytes(brotli.compress(content(name), mode=brotli.MODE_TEXT))
    return gzip.compress(content(name), compresslevel=9, mtime=0)


def warm_up() -> None:
    """Join and compress every bundle now, so that nobody waits for it."""
    for manifest in STATIC.rglob("manifest.txt"):
        for bundle in ("app.css", "app.js"):
            name = manifest.with_name(bundle).relative_to(STATIC).as_posix()
            if name.startswith(bundle.removeprefix("app.")):
                for coding in CODINGS:
                    compressed(name, coding)


def _best_coding(accepted: str) -> str | None:
    offered = {each.partition(";")[0].strip() for each in accepted.lower().split(",")}
    return next((coding for coding in CODINGS if coding in offered), None)


def _forget() -> None:
    """While developing, a changed file must be seen at the next request."""
    for cached in (fingerprint, content, compressed, inline_url):
        cached.cache_clear()
