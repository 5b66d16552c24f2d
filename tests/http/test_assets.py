"""Static files: addressed by content, joined, compressed, and nothing but static files."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from pathlib import Path

import brotli
import pytest
from flask import Flask
from flask.testing import FlaskClient

from taskforge.http import assets
from taskforge.http.asset_build import ENTRIES, AssetBuildError
from taskforge.http.assets import (
    asset_url,
    content,
    module_imports,
    module_scripts,
    scripts,
    style_sheets,
)

LAYERS = ["reset", "tokens", "base", "layout", "components", "pages", "utilities", "print"]


@pytest.fixture
def static(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty folder in place of ``static/``."""
    for cached in assets.CACHES:
        cached.cache_clear()
    monkeypatch.setattr(assets, "STATIC", tmp_path)
    yield tmp_path
    for cached in assets.CACHES:
        cached.cache_clear()


def test_the_style_sheet_is_one_file_that_may_be_kept_for_ever(client: FlaskClient) -> None:
    answer = client.get(asset_url("css/app.css"), headers={"Accept-Encoding": "gzip"})
    assert answer.status_code == 200
    assert "immutable" in answer.headers["Cache-Control"]
    assert gzip.decompress(answer.data) == content("css/app.css")


def test_a_browser_that_takes_brotli_gets_the_smaller_file(client: FlaskClient) -> None:
    name = max(scripts().files, key=lambda each: len(scripts().files[each]))
    address = asset_url(name)
    packed = client.get(address, headers={"Accept-Encoding": "gzip, deflate, br, zstd"})
    assert packed.headers["Content-Encoding"] == "br"
    assert packed.headers["Vary"] == "Accept-Encoding"  # and not Cookie
    assert brotli.decompress(packed.data) == content(name)
    assert len(packed.data) < len(gzip.compress(content(name), 9))


def test_addresses_inside_the_style_sheet_lead_to_files(client: FlaskClient) -> None:
    addresses = re.findall(r'url\("(/assets/[^"]+)"\)', content("css/app.css").decode())
    assert addresses
    for address in addresses:
        assert client.get(address).status_code == 200, address


def test_an_old_address_still_works_but_may_not_be_kept(client: FlaskClient) -> None:
    answer = client.get("/assets/000000000000/favicon.svg")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize(
    "name", ["../taskforge/config.py", "%2e%2e/wsgi.py", "css", "nothing.css", "css/%00"]
)
def test_nothing_outside_is_served(client: FlaskClient, name: str) -> None:
    assert client.get(f"/assets/000000000000/{name}").status_code in (400, 404)


@pytest.mark.parametrize(
    "spelling",
    [
        "fonts/../css/app.css",
        "./css/app.css",
        "css//app.css",
        "js/../css/app.css",
        "a" * 300,
        "CSS/app.css",
    ],
)
def test_a_file_has_one_spelling(client: FlaskClient, spelling: str) -> None:
    assert client.get(f"/assets/000000000000/{spelling}").status_code in (308, 404)


def test_asking_for_what_does_not_exist_fills_no_cache(client: FlaskClient) -> None:
    client.get(asset_url("css/app.css"))
    before = [cached.cache_info().currsize for cached in assets.CACHES]
    for number in range(100):
        client.get(f"/assets/{number}/fonts/w{number}/../../css/app.css")
        client.get(f"/assets/{number}/no-{number}.css")
    assert [cached.cache_info().currsize for cached in assets.CACHES] == before


def test_a_style_sheet_that_imports_what_does_not_exist_stops_the_build(
    static: Path,
) -> None:
    (static / "app.css").write_text('@import "missing.css";')
    with pytest.raises(AssetBuildError, match=r"No such file.*app\.css"):
        style_sheets()


def test_a_style_sheet_is_served_as_one_small_file() -> None:
    styles = content("css/app.css").decode()
    layers = re.findall(r"@layer (\w+)\{", styles)
    assert list(dict.fromkeys(layers)) == LAYERS
    assert "@import" not in styles
    assert "/*" not in styles
    assert ".column__cards" in styles


def test_minifying_keeps_the_space_that_makes_a_descendant() -> None:
    assert re.search(r"\.prose :(is|not)\(", content("css/pages/app.css").decode())


def test_an_entry_and_the_chunks_that_it_imports_have_one_fingerprint_and_may_be_kept(
    client: FlaskClient,
) -> None:
    for name in (*module_scripts("js/board.js"), *module_imports("js/board.js")):
        address = asset_url(name)
        assert address == f"/assets/{scripts().fingerprint}/{name}"
        assert "immutable" in client.get(address).headers["Cache-Control"]


def test_a_script_names_the_others_beside_it(client: FlaskClient) -> None:
    """Relative, so that an address holds the fingerprint of the build from which the script is."""
    named = {
        f"js/{found}"
        for body in scripts().files.values()
        for found in re.findall(r'(?:from|import)\s*\(?"\./([\w-]+\.js)"', body.decode())
    }
    assert named
    assert named <= scripts().files.keys()


def test_what_a_board_does_not_need_at_first_is_in_chunks_that_it_loads_later() -> None:
    first = {*module_scripts("js/board.js"), *module_imports("js/board.js")}
    assert len(first) == 2
    at_first = b"".join(scripts().files[name] for name in first)
    for later in (
        "palette__option",
        "bulk__progress",
        "quick-add__hint",
        "task-dialog__body",
        "card-preview",
    ):
        assert later.encode() not in at_first
        assert any(later.encode() in body for body in scripts().files.values())


def test_an_entry_that_only_imports_is_not_loaded_and_what_it_imports_runs() -> None:
    for name in ("js/app.js", "js/board.js"):
        run = module_scripts(name)
        assert name not in run
        imported = re.findall(r'import"\./([\w-]+\.js)"', scripts().files[name].decode())
        assert [f"js/{each}" for each in imported] == list(run)
    assert module_scripts("js/passkeys.js") == ("js/passkeys.js",)


def test_the_same_scripts_give_the_same_bytes() -> None:
    before = scripts()
    scripts.cache_clear()
    assert scripts() == before


def test_a_script_that_imports_what_does_not_exist_stops_the_build(static: Path) -> None:
    folder = static / "js"
    folder.mkdir()
    for name in ENTRIES:
        (folder / f"{name}.js").write_text('import { nothing } from "./missing.js";\nnothing();\n')
    with pytest.raises(AssetBuildError, match=r"missing\.js"):
        scripts()


def test_a_changed_file_is_seen_at_the_next_request_while_developing(
    static: Path,
) -> None:
    (static / "note.txt").write_text("one")
    app = Flask(__name__)
    app.debug = True
    assets.init_assets(app)
    client = app.test_client()
    first = asset_url("note.txt")
    assert client.get(first).text == "one"
    (static / "note.txt").write_text("another")
    assert client.get(first).text == "another"
    assert asset_url("note.txt") != first
