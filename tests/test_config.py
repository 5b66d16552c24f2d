"""TaskForge fails at start, not at noon."""

from __future__ import annotations

import pytest

from taskforge.config import Config, ConfigError, check_config, load_config

GOOD = {
    "DATABASE_URL": "postgresql://taskforge@db/taskforge",
    "MONGODB_URI": "mongodb://docs/taskforge",
    "REDIS_URL": "rediss://cache:6380/0",
    "SECRET_KEY": "9f2c7be04d1a4c5e8f60b3a7d2e1c4f5",
    "AUDIT_KEY": "1b7d0e9c3f5a48628dc4b0a6e7f21935",
}
PRODUCTION = {
    **GOOD,
    "TASKFORGE_ENV": "production",
    "PUBLIC_URL": "https://board.example.com",
    "TRUSTED_HOPS": "1",
}


def test_a_complete_environment_starts() -> None:
    assert load_config(PRODUCTION).is_production


@pytest.mark.parametrize("name", sorted(GOOD))
def test_a_missing_setting_is_named(name: str) -> None:
    with pytest.raises(ConfigError, match=name):
        load_config({key: value for key, value in PRODUCTION.items() if key != name})


@pytest.mark.parametrize("name", ["SECRET_KEY", "AUDIT_KEY"])
@pytest.mark.parametrize(
    "weak", ["short", "a" * 64, "changeme-changeme-changeme-changeme", "secret" * 8]
)
def test_a_weak_secret_is_refused(name: str, weak: str) -> None:
    with pytest.raises(ConfigError, match=name):
        load_config({**PRODUCTION, name: weak})


def test_one_key_for_two_purposes_is_refused() -> None:
    with pytest.raises(ConfigError, match="differ"):
        load_config({**PRODUCTION, "AUDIT_KEY": PRODUCTION["SECRET_KEY"]})


def test_production_wants_https_and_encrypted_redis() -> None:
    with pytest.raises(ConfigError, match="PUBLIC_URL"):
        load_config({**PRODUCTION, "PUBLIC_URL": "http://board.example.com"})
    with pytest.raises(ConfigError, match="REDIS_URL"):
        load_config({**PRODUCTION, "REDIS_URL": "redis://cache:6379/0"})
    assert load_config({**PRODUCTION, "REDIS_URL": "redis://127.0.0.1:6379/0"})


def test_a_number_that_is_none_is_named() -> None:
    with pytest.raises(ConfigError, match="TRUSTED_HOPS"):
        load_config({**GOOD, "TRUSTED_HOPS": "many"})


def test_production_must_say_how_many_proxies_stand_in_front() -> None:
    silent = {name: value for name, value in PRODUCTION.items() if name != "TRUSTED_HOPS"}
    for environment in (silent, {**PRODUCTION, "TRUSTED_HOPS": ""}):
        with pytest.raises(ConfigError, match="TRUSTED_HOPS is not set"):
            load_config(environment)
    assert load_config({**PRODUCTION, "TRUSTED_HOPS": "0"}).hops == 0
    assert load_config({**PRODUCTION, "TRUSTED_HOPS": "2"}).hops == 2
    assert load_config(GOOD).hops == 0


@pytest.mark.parametrize("scheme", ["postgres", "postgresql"])
def test_a_platforms_database_url_gets_our_driver(scheme: str) -> None:
    config = load_config({**GOOD, "DATABASE_URL": f"{scheme}://u:p@db:5432/t"})
    assert config.sqlalchemy_url == "postgresql+psycopg2://u:p@db:5432/t"


def test_secrets_are_not_in_the_configurations_text() -> None:
    config = load_config(GOOD)
    assert GOOD["SECRET_KEY"] not in repr(config)
    assert GOOD["AUDIT_KEY"] not in repr(config)


def test_an_empty_configuration_lists_all_that_is_missing() -> None:
    with pytest.raises(ConfigError) as failure:
        check_config(Config())
    for name in GOOD:
        assert name in str(failure.value)
