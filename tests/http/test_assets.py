"""Static files: addressed by content, joined, compressed, and nothing but static files."""

from __future__ import annotations

import gzip
import re

import brotli
import pytest
from flask.testing import FlaskClient

from taskforge.http.assets import STATIC, asset_url, content


def test_the_style_sheet_is_one_file_that_may_be_kept_for_ever(client: FlaskClient) -> None:
    answer = client.get(asset_url("css/app.css"), headers={"Accept-Encoding": "gzip"})
    assert answer.status_code == 200
    assert "immutable" in answer.headers["Cache-Control"]
    assert gzip.decompress(answer.data) == content("css/app.css")


def test_a_browser_that_takes_brotli_gets_the_smaller_file(client: FlaskClient) -> None:
    address = asset_url("js/app.js")
    packed = client.get(address, headers={"Accept-Encoding": "gzip, deflate, br, zstd"})
    assert packed.headers["Content-Encoding"] == "br"
    assert packed.headers["Vary"] == "Accept-Encoding"  # and not Cookie
    assert brotli.decompress(packed.data) == content("js/app.js")
    assert len(packed.data) < len(gzip.compress(content("js/app.js"), 9))


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


def test_every_listed_part_exists() -> None:
    for folder in ("css", "css/history", "js", "js/board"):
        for line in (STATIC / folder / "manifest.txt").read_text().splitlines():
            if line and not line.startswith("#"):
                assert (STATIC / folder / line).is_file(), line


def test_no_text_of_a_script_or_style_sheet_goes_on_over_the_end_of_its_line() -> None:
    own = [path for kind in ("css", "js") for path in (STATIC / kind).rglob(f"*.{kind}")]
    assert len(own) > 60
    for path in own:
        for number, line in enumerate(path.read_text().splitlines(), 1):
            assert line.count("`") % 2 == 0, f"{path.name}:{number}"
            assert not line.endswith("\\"), f"{path.name}:{number}"


def test_bundles_are_served_without_comments_and_indentation() -> None:
    script = content("js/board/app.js").decode()
    assert "forge.putCard = (card" in script
    assert not re.search(r"^\s|^//|/\*\*", script, re.MULTILINE)
    styles = content("css/app.css").decode()
    assert styles.startswith("@layer reset, tokens")
    assert "/*" not in styles
