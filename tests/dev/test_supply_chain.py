"""The checks of others' code and of our own files find what they are for."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from taskforge.dev import supply_chain

ROOT = Path(__file__).resolve().parents[2]
LOCK_FILES = ("requirements.txt", "requirements-dev.txt", "requirements-e2e.txt")
REPORT = {
    "dependencies": [
        {"name": "flask", "version": "3.1.3", "vulns": []},
        {
            "name": "jinja2",
            "version": "2.0",
            "vulns": [{"id": "PYSEC-1", "aliases": ["CVE-1"], "fix_versions": ["3.1"]}],
        },
        {"name": "skipped", "skip_reason": "not on the index"},
    ]
}


def packages_of(lock_file: str) -> set[str]:
    return set(re.findall(r"^([a-z0-9][\w.-]*)==", (ROOT / lock_file).read_text(), re.M | re.I))


@pytest.mark.parametrize("lock_file", LOCK_FILES)
def test_every_package_is_pinned_with_hashes(lock_file: str) -> None:
    entries = re.split(r"\n(?=\S)", (ROOT / lock_file).read_text())
    entries = [entry for entry in entries if not entry.startswith("#") and entry.strip()]
    assert len(entries) > 20
    assert [entry for entry in entries if "==" not in entry or "--hash=sha256:" not in entry] == []


def test_the_bill_of_materials_names_every_package(tmp_path: Path) -> None:
    target = tmp_path / "sbom.json"
    count = supply_chain.write_bill(ROOT / "requirements.txt", target)
    bill = json.loads(target.read_text())
    assert bill["bomFormat"] == "CycloneDX"
    named = {component["name"].lower() for component in bill["components"]}
    assert named == {name.lower() for name in packages_of("requirements.txt")}
    assert count == len(named)


@pytest.mark.parametrize(
    "line",
    [
        "-----BEGIN RSA " + "PRIVATE KEY-----",
        "url = 'https://robot:Zk3vQ9wLp2@example.org/'",
        "key = 'AKIA" + "Q3EGRIZ4LMNB7XTW'",
        "token = 'ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8'",
    ],
)
def test_a_secret_in_a_file_is_found(tmp_path: Path, line: str) -> None:
    path = tmp_path / "settings.py"
    path.write_text(f"# settings\n{line}\n")
    (found,) = supply_chain.find_secrets([path], tmp_path)
    assert found.startswith("settings.py:2: ")


def test_documented_words_are_no_secrets(tmp_path: Path) -> None:
    path = tmp_path / "example"
    path.write_text("DATABASE_URL=postgresql://user:password@localhost/taskforge\n")
    assert supply_chain.find_secrets([path], tmp_path) == []


def test_a_known_vulnerability_fails_the_check(monkeypatch: pytest.MonkeyPatch) -> None:
    audit = supply_chain.read_audit(json.dumps(REPORT))
    assert audit.vulnerabilities == ("jinja2 2.0: PYSEC-1 (mended by 3.1)",)
    assert audit.looked_up == 2
    monkeypatch.setitem(supply_chain.ACCEPTED_VULNERABILITIES, "CVE-1", "we do not use it")
    assert supply_chain.read_audit(json.dumps(REPORT)).vulnerabilities == ()


def test_an_index_that_knows_nothing_is_not_taken_for_a_clean_answer() -> None:
    report = {"dependencies": [{"name": "flask", "skip_reason": "not found"}]}
    assert supply_chain.read_audit(json.dumps(report)).unavailable


@pytest.mark.parametrize("report", ["", "no", "[", "null"])
def test_what_is_no_report_is_not_taken_for_a_clean_one(report: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        supply_chain.read_audit(report)
