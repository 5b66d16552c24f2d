"""What `make check` asks of others' code and of our own files: known vulnerabilities, a bill of materials, secrets.

Runs inside the virtual environment: ``python -m taskforge.dev.supply_chain``. Only the vulnerabilities need a network;
where no database of them can be reached, it says so and goes on.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from detect_secrets.core.secrets_collection import SecretsCollection
from detect_secrets.settings import transient_settings

ROOT = Path(__file__).resolve().parents[2]
DEPLOYED = "requirements.txt"
EVERYTHING = "requirements-e2e.txt"
BILL = ROOT / ".data" / "sbom.cdx.json"
AUDIT_SECONDS = 45
SCAN_SECONDS = 120
# What is known to stay: the id of the vulnerability, and why it does no harm here.
ACCEPTED_VULNERABILITIES: dict[str, str] = {}
# Detectors that know a form (keys of services, private keys, passwords in addresses). Those that guess by disorder or
# by names like "password" would report each hash of a lock file and each password of a test.
DETECTORS = (
    "ArtifactoryDetector", "AWSKeyDetector", "AzureStorageKeyDetector", "BasicAuthDetector", "CloudantDetector",
    "DiscordBotTokenDetector", "GitHubTokenDetector", "GitLabTokenDetector", "IbmCloudIamDetector", "JwtTokenDetector",
    "MailchimpDetector", "NpmDetector", "OpenAIDetector", "PrivateKeyDetector", "PypiTokenDetector", "SendGridDetector",
    "SlackDetector", "SoftlayerDetector", "SquareOAuthDetector", "StripeDetector", "TelegramBotTokenDetector",
    "TwilioKeyDetector",
)  # fmt: skip
# Passwords in addresses of documentation and tests.
HARMLESS = frozenset({"password", "word", "p"})
# Samples of secrets, what others publish or a tool writes from public hashes, and what is no text.
NOT_SCANNED = re.compile(
    r"tests/corpus/bad_input\.jsonl|tests/dev/test_supply_chain\.py|requirements[\w-]*\.txt"
    r"|static/vendor/.*|.*/common_passwords\.txt|.*\.(png|woff2)"
)


@dataclass(frozen=True)
class Audit:
    """How many packages were looked up, and a line for each vulnerability; or why nothing is known."""

    looked_up: int = 0
    vulnerabilities: tuple[str, ...] = ()
    unavailable: str = ""


def main() -> int:
    """Do all three; the exit status is 1 if something was found."""
    count = write_bill(ROOT / DEPLOYED, BILL)
    print(f"Bill of materials: {count} packages, {BILL.relative_to(ROOT)}")
    secrets = find_secrets(list_files(ROOT), ROOT)
    print("Secrets in the repository:", _listed(secrets))
    audit = audit_packages(ROOT / EVERYTHING)
    if audit.unavailable:
        print(f"Known vulnerabilities: could not be looked up ({audit.unavailable})")
    else:
        print(
            f"Known vulnerabilities of {audit.looked_up} packages:", _listed(audit.vulnerabilities)
        )
    return 1 if secrets or audit.vulnerabilities else 0


def write_bill(lock_file: Path, target: Path) -> int:
    """Write the CycloneDX bill of materials of a lock file; answers how many packages it names."""
    target.parent.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "cyclonedx_py", "requirements", str(lock_file)]
    command += ["--output-reproducible", "--of", "JSON", "-o", str(target)]
    subprocess.run(command, check=True, capture_output=True, timeout=SCAN_SECONDS)
    return len(json.loads(target.read_text())["components"])


def audit_packages(lock_file: Path, *options: str) -> Audit:
    """Look the packages of a lock file up in a database of vulnerabilities; `options` are pip-audit's."""
    command = [sys.executable, "-m", "pip_audit", "--requirement", str(lock_file), "--disable-pip"]
    command += ["--require-hashes", "--format", "json", "--progress-spinner", "off"]
    command += ["--timeout", "10", *options]
    try:
        done = subprocess.run(
            command, check=False, capture_output=True, text=True, timeout=AUDIT_SECONDS
        )
        return read_audit(done.stdout)
    except subprocess.TimeoutExpired:
        return Audit(unavailable=f"no answer within {AUDIT_SECONDS} s")
    except ValueError:  # no report: pip-audit prints one whatever it finds
        lines = done.stderr.strip().splitlines()
        return Audit(unavailable=lines[-1][:200] if lines else "no report")


def read_audit(report: str) -> Audit:
    """What pip-audit's report says, without the vulnerabilities that are accepted.

    Raises:
        ValueError: it is no report.
    """
    parsed = json.loads(report)
    if not isinstance(parsed, dict) or "dependencies" not in parsed:
        raise ValueError("not a report of pip-audit")
    # An index that tells nothing of vulnerabilities does not know any package for pip-audit.
    known = [package for package in parsed["dependencies"] if "skip_reason" not in package]
    if not known:
        return Audit(unavailable="the package index tells nothing of vulnerabilities")
    found = [
        f"{package['name']} {package['version']}: {each['id']}"
        f" (mended by {', '.join(each.get('fix_versions', ())) or 'no version'})"
        for package in known
        for each in package["vulns"]
        if not {each["id"], *each.get("aliases", ())} & ACCEPTED_VULNERABILITIES.keys()
    ]
    return Audit(looked_up=len(known), vulnerabilities=tuple(found))


def list_files(root: Path) -> list[Path]:
    """The files of the repository that Git knows or would add."""
    command = [
        "git",
        "-C",
        str(root),
        "ls-files",
        "-z",
        "--cached",
        "--others",
        "--exclude-standard",
    ]
    listed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return [root / name for name in listed.split("\0") if name and (root / name).is_file()]


def find_secrets(files: Sequence[Path], root: Path) -> list[str]:
    """Where the files hold what looks like a secret: ``path:line: kind``."""
    found = SecretsCollection(root=str(root))
    with transient_settings({"plugins_used": [{"name": name} for name in DETECTORS]}):
        names = [path.relative_to(root).as_posix() for path in files]
        found.scan_files(
            *(name for name in names if not NOT_SCANNED.fullmatch(name)),
            num_processors=os.cpu_count() or 1,
        )
    return sorted(
        f"{path}:{secret.line_number}: {secret.type}"
        for path, secret in found
        if secret.secret_value not in HARMLESS
    )


def _listed(lines: Sequence[str]) -> str:
    return "\n  ".join(["", *lines]) if lines else "none"


if __name__ == "__main__":
    raise SystemExit(main())
