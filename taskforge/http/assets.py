"""Static files under addresses that change with their content, so that browsers may cache them without a limit.

Only names of files that exist are ever kept in a cache, so what a stranger asks for can't fill the memory.
"""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
import re
from functools import cache
from pathlib import Path
from posixpath import normpath

import brotli  # type: ignore[import-untyped]
from flask import Blueprint, Flask, Response, abort, g, redirect, request

from taskforge.http.asset_build import Scripts, build_scripts, build_style_sheets
from taskforge.http.security_headers import FILE_POLICY

STATIC = Path(__file__).parents[2] / "static"
COMPRESSIBLE = ("text/", "application/javascript", "image/svg+xml", "application/json")
CODINGS = ("br", "gzip")
FOREVER = "public, max-age=31536000, immutable"
_URL = re.compile(r"""url\(["']?(?!data:)([^"')]+)["']?\)""")

blueprint = Blueprint("assets", __name__, url_prefix="/assets")
mimetypes.add_type("text/javascript", ".js")
mimetypes.add_type("font/woff2", ".woff2")


def init_assets(app: Flask) -> None:
    """Serve the assets; give templates ``asset(name)``, ``module_scripts(name)`` and ``module_imports(name)``."""
    app.register_blueprint(blueprint)
    app.add_url_rule("/favicon.ico", "favicon", lambda: redirect(asset_url("favicon.png"), 302))
    app.jinja_env.globals["asset"] = asset_url
    app.jinja_env.globals["module_scripts"] = module_scripts
    app.jinja_env.globals["module_imports"] = module_imports
    if app.debug:
        app.before_request(_forget_changed)


def asset_url(name: str) -> str:
    """The address of a static file, with a hash of its content in it.

    Raises:
        FileNotFoundError: there is no such file.
    """
    return f"/assets/{fingerprint(name)}/{name}"


@cache
def module_scripts(name: str) -> tuple[str, ...]:
    """The scripts that a page of an entry runs: the entry, or those that it imports where it does nothing else."""
    built = scripts()
    return built.imports[name] if name in built.only_importing else (name,)


@cache
def module_imports(name: str) -> tuple[str, ...]:
    """All scripts that a script imports statically. A page preloads them, or they would come one after the other."""
    found: dict[str, None] = {}
    pending = [name]
    while pending:
        for each in scripts().imports[pending.pop()]:
            if each not in found:
                found[each] = None
                pending.append(each)
    return tuple(found)


@blueprint.get("/<fingerprint_given>/<path:name>")
def show(fingerprint_given: str, name: str) -> Response:
    """A static file. An address with an old hash gets the present file without permission to cache it."""
    try:
        body, kind = content(name), mimetypes.guess_type(name)[0] or "application/octet-stream"
    except FileNotFoundError:
        abort(404)
    g.content_policy = FILE_POLICY
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
    """The first 12 hexadecimal digits of the SHA-256 of a file as it is served; of a script: of all scripts."""
    body = content(name)
    return scripts().fingerprint if _is_script(name) else hashlib.sha256(body).hexdigest()[:12]


def content(name: str) -> bytes:
    """A file as it is served.

    Raises:
        FileNotFoundError: there is no such file below ``static/``.
    """
    if name not in (scripts().files if _is_script(name) else names()):
        raise FileNotFoundError(name)
    return _read(name)


@cache
def scripts() -> Scripts:
    """All scripts of the pages, bundled.

    Raises:
        AssetBuildError: they can't be bundled.
    """
    return build_scripts(STATIC / "js")


@cache
def style_sheets() -> dict[str, bytes]:
    """All style sheets of the pages, bundled, by name below ``static/``. Their ``url()`` name addresses of assets.

    Raises:
        AssetBuildError: one can't be bundled.
    """
    return {
        _name(path): _with_addresses(path.parent, sheet).encode()
        for path, sheet in build_style_sheets(STATIC.rglob("app.css")).items()
    }


@cache
def names() -> frozenset[str]:
    """The files below ``static/``."""
    return frozenset(_name(path) for path in STATIC.rglob("*") if path.is_file())


@cache
def compressed(name: str, coding: str) -> bytes:
    """A file in a content coding: ``br`` or ``gzip``, as small as they make it."""
    if coding == "br":
        return bytes(brotli.compress(content(name), mode=brotli.MODE_TEXT))
    return gzip.compress(content(name), compresslevel=9, mtime=0)


def warm_up() -> None:
    """Build and compress every script and style sheet now, so that no request does it."""
    for name in (*style_sheets(), *scripts().files):
        for coding in CODINGS:
            compressed(name, coding)


@cache
def _read(name: str) -> bytes:
    if _is_script(name):
        return scripts().files[name]
    return style_sheets()[name] if name.endswith("app.css") else (STATIC / name).read_bytes()


def _name(path: Path) -> str:
    return path.relative_to(STATIC).as_posix()


def _is_script(name: str) -> bool:
    return name.startswith("js/")


def _with_addresses(folder: Path, sheet: str) -> str:
    return _URL.sub(lambda url: f'url("{asset_url(normpath(f"{_name(folder)}/{url[1]}"))}")', sheet)


def _best_coding(accepted: str) -> str | None:
    offered = {each.partition(";")[0].strip() for each in accepted.lower().split(",")}
    return next((coding for coding in CODINGS if coding in offered), None)


CACHES = (
    scripts,
    style_sheets,
    names,
    module_scripts,
    module_imports,
    fingerprint,
    compressed,
    _read,
)
_last_state: tuple[tuple[str, int], ...] = ()


def _forget_changed() -> None:
    """In development: drop the caches if a static file has changed since the last request."""
    global _last_state
    state = tuple((str(path), path.stat().st_mtime_ns) for path in sorted(STATIC.rglob("*")))
    if state == _last_state:
        return
    _last_state = state
    for cached in CACHES:
        cached.cache_clear()
