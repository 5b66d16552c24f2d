"""TaskForge fails at start, not at noon."""

from __future__ import annotations

import base64
import random
import secrets

import pytest

from taskforge.config import Config, ConfigError, check_config, load_config

GOOD = {
    "DATABASE_URL": "postgresql://taskforge@db/taskforge?sslmode=verify-full",
    "MONGODB_URI": "mongodb://docs/taskforge?tls=true",
    "REDIS_URL": "rediss://cache:6380/0",
    "SECRET_KEY": "9f2c7be04d1a4c5e8f60b3a7d2e1c4f5",
    "AUDIT_KEY": "1b7d0e9c3f5a48628dc4b0a6e7f21935",
}
PRODUCTION = {
    **GOOD,
    "TASKFORGE_ENV": "production",
    "PUBLIC_URL": "https://board.example.com",
    "TRUSTED_HOPS": "1",
    "ALLOWED_HOSTS": "board.example.com, www.example.com",
}


def test_a_complete_environment_starts() -> None:
    assert load_config(PRODUCTION).is_production


@pytest.mark.parametrize("name", sorted(GOOD))
def test_a_missing_setting_is_named(name: str) -> None:
    with pytest.raises(ConfigError, match=name):
        load_config({key: value for key, value in PRODUCTION.items() if key != name})


@pytest.mark.parametrize("name", ["SECRET_KEY", "AUDIT_KEY", "SECRET_KEY_FALLBACKS"])
@pytest.mark.parametrize(
    "weak",
    [
        "x",
        "short",
        "a" * 64,
        "changeme-changeme-changeme-changeme",
        "secret" * 8,
        "0123456789" * 4,
        "0123456789abcdef" * 2,
        "9f2c7be0" * 5,
        "31415926535897932384626433832795",
        "abcdefghijklmnopqrstuvwxyz0123456789",
        "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9",
        "the anvil rings when the iron is hot",
        "the-anvil-rings-when-the-iron-is-hot-42",
        "WhenTheIronIsHot2026StrikeTheAnvil",
        "theanvilringswhentheironishotenough",
    ],
)
def test_a_weak_secret_is_refused(name: str, weak: str) -> None:
    with pytest.raises(ConfigError, match=name) as failure:
        load_config({**PRODUCTION, name: weak})
    assert weak not in str(failure.value) or len(weak) < 6


def test_one_weak_fallback_among_good_ones_is_refused() -> None:
    with pytest.raises(ConfigError, match="its value 2 is shorter"):
        load_config({**PRODUCTION, "SECRET_KEY_FALLBACKS": f"{secrets.token_hex(32)}, k"})


def test_no_key_of_the_log_is_a_key_of_sessions() -> None:
    with pytest.raises(ConfigError, match="differ"):
        load_config({**PRODUCTION, "SECRET_KEY_FALLBACKS": PRODUCTION["AUDIT_KEY"]})


def test_random_secrets_are_good() -> None:
    wanted = 500
    chance = random.Random(7)  # so that the test does not fail once in a thousand runs
    made = [base64.urlsafe_b64encode(chance.randbytes(32)).decode() for _ in range(wanted)]
    made += [chance.randbytes(16).hex() for _ in range(wanted)]
    refused = [each for each in made if _is_refused({"SECRET_KEY": each})]
    assert len(refused) <= 1


def test_one_key_for_two_purposes_is_refused() -> None:
    with pytest.raises(ConfigError, match="differ"):
        load_config({**PRODUCTION, "AUDIT_KEY": PRODUCTION["SECRET_KEY"]})


REFUSED = [
    ("TESTING", "1"),
    ("PUBLIC_URL", "http://board.example.com"),
    ("PUBLIC_URL", "https://"),
    ("PUBLIC_URL", "https://board.example.com@evil.com"),
    ("ALLOWED_HOSTS", ""),
    ("ALLOWED_HOSTS", " , "),
    ("ALLOWED_HOSTS", "*"),
    ("ALLOWED_HOSTS", "board.example.com,*.example.com"),
    ("ALLOWED_HOSTS", "other.example.com"),
    ("TRUSTED_HOPS", "-1"),
    ("DATABASE_POOL_SIZE", "0"),
    ("LOGIN_ATTEMPTS_PER_15_MINUTES", "-5"),
    ("REDIS_TIMEOUT_SECONDS", "nan"),
    ("DATABASE_DEADLINE_SECONDS", "inf"),
    ("LIVE_CHECK_SECONDS", "0"),
    ("LOG_LEVEL", "LOUD"),
    ("ARGON2_MEMORY_KIB", "8"),
    ("ARGON2_MEMORY_KIB", "7167"),
    ("ARGON2_MEMORY_KIB", "1048577"),
    ("ARGON2_TIME_COST", "1"),
    ("ARGON2_TIME_COST", "0"),
    ("REDIS_URL", "redis://cache:6379/0"),
    ("REDIS_URL", "redis://localhost.evil.com/0"),
    ("REDIS_URL", "redis://127.0.0.1.evil.com/0"),
    ("REDIS_URL", "redis://127.0.0.1@evil.com/0"),
    ("REDIS_URL", "redis:///0?host=evil.com"),
    ("REDIS_URL", "rediss://cache/0?ssl_cert_reqs=none"),
    ("REDIS_URL", "rediss://cache/0?ssl_cert_reqs=optional"),
    ("REDIS_URL", "rediss://cache/0?ssl_check_hostname=false"),
    ("REDIS_URL", "http://cache/0"),
    ("MONGODB_URI", "mongodb://docs/taskforge"),
    ("MONGODB_URI", "mongodb://localhost.evil.com/taskforge"),
    ("MONGODB_URI", "mongodb://localhost,docs/taskforge"),
    ("MONGODB_URI", "mongodb://docs/taskforge?tls=false"),
    ("MONGODB_URI", "mongodb://docs/taskforge?tls=true&tlsInsecure=true"),
    ("MONGODB_URI", "mongodb://docs/taskforge?ssl=true&tlsAllowInvalidCertificates=true"),
    ("MONGODB_URI", "mongodb+srv://docs.example.com/taskforge?tls=false"),
    ("MONGODB_URI", "mongodb+srv://docs.example.com/t?tlsAllowInvalidHostnames=true"),
    ("MONGODB_URI", "docs:27017"),
    ("S3_URL", "http://key:password@files.example.com/bucket"),
    ("S3_URL", "http://key:password@127.0.0.1.evil.com/bucket"),
    ("S3_URL", "https://files.example.com/bucket"),
    ("S3_URL", "s3://key:password@files.example.com/bucket"),
    ("FILE_STORE", "s3"),
    ("FILE_STORE", "disk"),
    ("DATABASE_URL", "postgresql://taskforge@db/taskforge"),
    ("DATABASE_URL", "postgresql://taskforge@localhost.evil.com/taskforge"),
    ("DATABASE_URL", "postgresql://localhost?@evil.com/taskforge"),
    ("DATABASE_URL", "postgresql:///taskforge?host=evil.com"),
    ("DATABASE_URL", "postgresql://localhost/taskforge?hostaddr=203.0.113.7"),
    ("DATABASE_URL", "postgresql:///taskforge?host=localhost&host=evil.com"),
    ("DATABASE_URL", "postgresql://taskforge@db/taskforge?sslmode=require"),
    ("DATABASE_URL", "postgres://taskforge@db/taskforge?sslmode=verify-ca"),
    ("DATABASE_URL", "postgresql://db/t?sslmode=verify-full&sslmode=disable"),
]


@pytest.mark.parametrize(("name", "value"), REFUSED)
def test_production_does_not_start_with(name: str, value: str) -> None:
    with pytest.raises(ConfigError, match=name) as failure:
        load_config({**PRODUCTION, name: value})
    assert str(failure.value).endswith(".")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("REDIS_URL", "redis://127.0.0.1:6379/0"),
        ("REDIS_URL", "redis://:word@localhost:6379/0"),
        ("REDIS_URL", "redis://[::1]:6379/0"),
        ("REDIS_URL", "unix:///run/redis.sock?db=1"),
        ("MONGODB_URI", "mongodb://127.0.0.1,localhost/taskforge"),
        ("MONGODB_URI", "mongodb+srv://docs.example.com/taskforge"),
        ("DATABASE_URL", "postgresql:///taskforge"),
        ("DATABASE_URL", "postgresql://taskforge@/taskforge?host=/run/postgresql"),
        ("DATABASE_URL", "postgresql://taskforge@[::1]:5432/taskforge"),
        ("DATABASE_URL", "postgres://u:p@db:5432/t?sslmode=verify-full&sslrootcert=system"),
        ("S3_URL", "https://key:password@files.example.com/bucket/folder?region=eu-central-1"),
        ("S3_URL", "http://key:password@127.0.0.1:9000/bucket"),
        ("FILE_STORE", "gridfs"),
        ("ARGON2_MEMORY_KIB", "65536"),
        ("TRUSTED_HOPS", "2"),
    ],
)
def test_production_starts_with(name: str, value: str) -> None:
    assert load_config({**PRODUCTION, name: value}).is_production


def test_stores_of_a_private_network_need_no_tls_if_they_are_named() -> None:
    plain = {
        "REDIS_URL": "redis://cache/0",
        "MONGODB_URI": "mongodb://docs/taskforge",
        "DATABASE_URL": "postgresql://db/taskforge",
    }
    assert load_config({**PRODUCTION, **plain, "PRIVATE_HOSTS": "db, docs, Cache"})
    with pytest.raises(ConfigError, match="MONGODB_URI"):
        load_config({**PRODUCTION, **plain, "PRIVATE_HOSTS": "db,cache"})


def test_development_may_be_careless() -> None:
    config = load_config(
        {**GOOD, "SECRET_KEY": "0123456789abcdef" * 4, "REDIS_URL": "redis://cache/0"}
    )
    assert not config.is_production


def _is_refused(changed: dict[str, str]) -> bool:
    try:
        load_config({**PRODUCTION, **changed})
    except ConfigError:
        return True
    return False


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
