"""Configuration: read once from the environment, checked at start, never changed afterwards."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from email.utils import parseaddr
from typing import Any

from dotenv import dotenv_values

from taskforge.config_checks import (
    file_store_problems,
    mail_problems,
    number_problems,
    production_problems,
    push_problems,
    secret_problems,
)

# Who may make an account: everybody, who was invited into a team, or nobody.
REGISTRATION_MODES = ("open", "invited", "closed")


class ConfigError(Exception):
    """The configuration is incomplete or insecure; the message says what to set."""


@dataclass(frozen=True, kw_only=True)
class Config:
    """Every setting of TaskForge. The environment variable has the field's name in capitals.

    Times are in the unit of the name's last word; sizes are in bytes.
    """

    taskforge_env: str = "development"
    database_url: str = field(default="", repr=False)
    database_migration_url: str = field(default="", repr=False)
    mongodb_uri: str = field(default="", repr=False)
    redis_url: str = field(default="", repr=False)
    s3_url: str = field(default="", repr=False)
    file_store: str = ""
    secret_key: str = field(default="", repr=False)
    secret_key_fallbacks: str = field(default="", repr=False)
    audit_key: str = field(default="", repr=False)
    public_url: str = "http://127.0.0.1:8000"
    trusted_hops: int | None = None
    allowed_hosts: str = ""
    private_hosts: str = ""
    log_level: str = "INFO"
    request_log_share: float = 0.01
    slow_request_ms: int = 1000
    slow_statement_ms: int = 200
    metrics_token: str = field(default="", repr=False)
    alert_urls: str = field(default="", repr=False)
    alert_postgresql_mb: int = 0
    database_pool_size: int = 5
    database_pool_wait_seconds: float = 3.0
    smtp_url: str = field(default="", repr=False)
    mail_from: str = "TaskForge <taskforge@localhost>"
    vapid_public_key: str = ""
    vapid_private_key: str = field(default="", repr=False)
    push_allows_local: bool = False
    database_statement_timeout_ms: int = 3000
    database_lock_timeout_ms: int = 1000
    database_deadline_seconds: float = 4.0
    mongodb_timeout_ms: int = 700
    redis_timeout_seconds: float = 0.25
    s3_timeout_seconds: float = 5.0
    rate_limit_per_minute: int = 600
    rate_limit_writes_per_minute: int = 300
    login_attempts_per_15_minutes: int = 10
    registrations_per_hour: int = 300
    registration: str = "open"
    invitations_per_day: int = 20
    joins_per_link_per_day: int = 50
    attachment_max_mb: int = 25
    attachments_per_task: int = 100
    attachment_team_mb: int = 5000
    attachments_per_hour: int = 300
    argon2_time_cost: int = 2
    argon2_memory_kib: int = 19456
    live_beat_seconds: float = 15.0
    live_check_seconds: float = 15.0
    live_presence_seconds: float = 10.0
    testing: bool = False

    @property
    def is_production(self) -> bool:
        """Whether the strict rules of a public deployment hold."""
        return self.taskforge_env == "production"

    @property
    def hops(self) -> int:
        """How many proxies in front are believed about the client's address; none where it is not set."""
        return self.trusted_hops or 0

    @property
    def sqlalchemy_url(self) -> str:
        """The database URL with the driver named: SQLAlchemy 2.1 takes a bare one for psycopg 3."""
        return _with_driver(self.database_url)

    @property
    def sqlalchemy_migration_url(self) -> str:
        """The same of the role that owns the tables; empty if there is none of its own."""
        return _with_driver(self.database_migration_url)

    @property
    def host_names(self) -> frozenset[str]:
        """Host names that a request may ask for; empty means any (development)."""
        return frozenset(_split(self.allowed_hosts.lower()))

    @property
    def private_host_names(self) -> frozenset[str]:
        """Hosts of stores that are reached without TLS, by a network that nobody else is on."""
        return frozenset(_split(self.private_hosts.lower()))

    @property
    def fallback_keys(self) -> list[str]:
        """Earlier secret keys, whose tokens are still taken."""
        return _split(self.secret_key_fallbacks)

    @property
    def attachment_max_bytes(self) -> int:
        """The most bytes of a file that somebody attaches."""
        return self.attachment_max_mb * 1024 * 1024

    @property
    def mail_address(self) -> str:
        """The bare address of ``MAIL_FROM``, to which a mail that can't be delivered comes back."""
        return parseaddr(self.mail_from)[1]

    @property
    def sends_push(self) -> bool:
        """Whether there are keys to sign push messages with."""
        return bool(self.vapid_private_key)

    @property
    def alert_addresses(self) -> list[str]:
        """Where alerts are sent: Apprise addresses."""
        return _split(self.alert_urls)

    def answers_to(self, host: str) -> bool:
        """Whether this server answers a request for a host; `host` may end in a port."""
        names = self.host_names
        return not names or host.rsplit(":", 1)[0].lower() in names

    def replaced(self, **changes: Any) -> Config:
        """A copy with some settings changed, for workers and tests."""
        return replace(self, **changes)


def load_config(environ: Mapping[str, str] | None = None) -> Config:
    """Read the configuration from the environment (and ``.env`` beneath it) and check it.

    Raises:
        ConfigError: when a value has the wrong type, or production secrets are missing or weak.
    """
    values = _merged_environment() if environ is None else dict(environ)
    known: dict[str, Any] = {}
    for setting in fields(Config):
        raw = values.get(setting.name.upper())
        if raw is not None and raw != "":
            known[setting.name] = _convert(setting.name, str(setting.type), raw)
    config = Config(**known)
    check_config(config)
    return config


def check_config(config: Config) -> None:
    """Refuse a configuration that would fail later or be insecure.

    Raises:
        ConfigError: with a sentence for each thing that is wrong.
    """
    problems = []
    for name in ("database_url", "mongodb_uri", "redis_url"):
        if not getattr(config, name):
            problems.append(f"{name.upper()} is not set.")
    if config.taskforge_env not in ("development", "production"):
        problems.append("TASKFORGE_ENV must be development or production.")
    if config.registration not in REGISTRATION_MODES:
        problems.append(f"REGISTRATION must be one of: {', '.join(REGISTRATION_MODES)}.")
    problems += number_problems(config)
    problems += secret_problems(config)
    problems += mail_problems(config)
    problems += push_problems(config)
    problems += file_store_problems(config)
    if config.is_production:
        problems += production_problems(config)
    if problems:
        raise ConfigError("TaskForge can't start. " + " ".join(problems))


def _with_driver(url: str) -> str:
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            return "postgresql+psycopg2://" + url.removeprefix(prefix)
    return url


def _split(listed: str) -> list[str]:
    return [part.strip() for part in listed.split(",") if part.strip()]


def _merged_environment() -> dict[str, str]:
    from_file = {key: value for key, value in dotenv_values(".env").items() if value is not None}
    return {**from_file, **os.environ}


def _convert(name: str, kind: str, raw: str) -> object:
    kind = kind.removesuffix(" | None")
    try:
        if kind == "int":
            return int(raw)
        if kind == "float":
            return float(raw)
        if kind == "bool":
            return {"1": True, "true": True, "0": False, "false": False}[raw.lower()]
    except (ValueError, KeyError):
        raise ConfigError(f"{name.upper()} must be a {kind}, not {raw!r}.") from None
    return raw
