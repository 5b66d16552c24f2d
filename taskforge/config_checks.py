"""What a configuration must not be. Each check answers the sentences for what it refuses."""

from __future__ import annotations

import logging
import math
import re
from collections.abc import Iterator
from dataclasses import fields
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from taskforge.s3_address import read_address
from taskforge.store_addresses import is_near, store_problems

if TYPE_CHECKING:
    from taskforge.config import Config

MINIMUM_SECRET_LENGTH = 32
MAKE_ONE = "make one with: python -c 'import secrets; print(secrets.token_hex(32))'"
WEAK_SECRETS = (
    "secret",
    "changeme",
    "change-me",
    "password",
    "development",
    "example",
    "taskforge",
    "192b9bdd22ab9ed4d12e236c78afcb9a",  # of Flask's documentation
)
MIN_DISTINCT_CHARACTERS = 8
# Shares of what a random secret of 32 hexadecimal digits or letters reaches less than once in a thousand times.
MIN_DISTINCT_TRIPLES = 0.7
MAX_STEPS = 0.5
MAX_ENGLISH_PAIRS = 0.25
# The commonest pairs of letters: four of ten in an English text, one of fourteen in random letters.
_PAIRS = (
    "th he in er an re nd on en at ou ed ha to or it is hi es ng st ar te se me le ve de al nt"
    " ea ti of as ro li ri io ic ne co ma ta el ce om la ll ch us tr ra no ho il"
)
ENGLISH_PAIRS = frozenset(_PAIRS.split())
KEYBOARD_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm", "1qaz2wsx3edc4rfv5tgb6yhn7ujm")
# OWASP's least costs of argon2id: KiB of memory, passes.
ARGON2_PROFILES = ((47_104, 1), (19_456, 2), (12_288, 3), (9_216, 4), (7_168, 5))
MAX_ARGON2 = (1_048_576, 20)
NO_HOPS = (
    "TRUSTED_HOPS is not set: say how many proxies stand in front (0 for none, 1 for a platform's router)."
    " With a wrong number one visitor's failed log-ins lock out all, or anybody can pretend to be anybody."
)
MAY_BE_ZERO = frozenset({"trusted_hops", "request_log_share", "alert_postgresql_mb"})


def number_problems(config: Config) -> Iterator[str]:
    """Limits and times that are no positive numbers, and levels of logging that do not exist."""
    for setting in fields(config):
        value = getattr(config, setting.name)
        if isinstance(value, bool) or not isinstance(value, int | float):
            continue
        least = 0 if setting.name in MAY_BE_ZERO else 1 if isinstance(value, int) else None
        if least is not None and value < least:
            yield f"{setting.name.upper()} must be at least {least}."
        elif not math.isfinite(value) or value < 0 or (value == 0 and least is None):
            yield f"{setting.name.upper()} must be a number above 0."
    if config.request_log_share > 1:
        yield "REQUEST_LOG_SHARE must be between 0 and 1."
    if config.log_level.upper() not in logging.getLevelNamesMapping():
        yield "LOG_LEVEL must be DEBUG, INFO, WARNING, ERROR or CRITICAL."


def secret_problems(config: Config) -> Iterator[str]:
    """Secrets that are missing, short, listed or used twice."""
    for name in ("secret_key", "audit_key"):
        secret = getattr(config, name)
        why = _weakness(secret) if secret else f"is not set; {MAKE_ONE}"
        if why:
            yield f"{name.upper()} {why}"
    for number, secret in enumerate(config.fallback_keys, start=1):
        if why := _weakness(secret):
            yield f"SECRET_KEY_FALLBACKS: its value {number} {why}"
    if config.metrics_token and (why := _weakness(config.metrics_token)):
        yield f"METRICS_TOKEN {why}"
    if config.metrics_token in (config.secret_key, config.audit_key) and config.metrics_token:
        yield "METRICS_TOKEN must differ from SECRET_KEY and AUDIT_KEY."
    if config.audit_key and config.audit_key in (config.secret_key, *config.fallback_keys):
        yield "AUDIT_KEY must differ from SECRET_KEY and its fallbacks."


def production_problems(config: Config) -> Iterator[str]:
    """What development may do and a public deployment must not."""
    if config.testing:
        yield "TESTING must not be set in production."
    if config.push_allows_local:
        yield "PUSH_ALLOWS_LOCAL must not be set in production: push messages would reach servers inside."
    yield from _regular_secret_problems(config)
    yield from _public_name_problems(config)
    yield from store_problems(config)
    if config.trusted_hops is None:
        yield NO_HOPS
    memory, passes = config.argon2_memory_kib, config.argon2_time_cost
    if not any(memory >= kib and passes >= least for kib, least in ARGON2_PROFILES):
        yield (
            "ARGON2_MEMORY_KIB and ARGON2_TIME_COST make passwords cheap to guess: use at least 19456 and 2."
        )
    if memory > MAX_ARGON2[0] or passes > MAX_ARGON2[1]:
        yield f"ARGON2_MEMORY_KIB must be at most {MAX_ARGON2[0]}, ARGON2_TIME_COST at most {MAX_ARGON2[1]}."


def mail_problems(config: Config) -> Iterator[str]:
    """A mail server or a sender that can't be read."""
    if config.smtp_url:
        try:
            parts = urlsplit(config.smtp_url)
            is_known = parts.scheme in ("smtp", "smtps") and parts.port != 0
            is_bare = not (parts.path.strip("/") or parts.query or parts.fragment)
        except ValueError:
            is_known = is_bare = False
        if not (is_known and is_bare and parts.hostname):
            yield "SMTP_URL must be smtp://[user:password@]host[:port], or smtps://."
    sender = config.mail_from
    if not re.fullmatch(r"[^\s@<>]+@[^\s@<>]+", config.mail_address) or not sender.isprintable():
        yield "MAIL_FROM must be an address, such as TaskForge <taskforge@example.com>."
    elif config.is_production and config.smtp_url and sender.endswith("@localhost>"):
        yield "MAIL_FROM must be set with SMTP_URL: the address that mails come from."


def file_store_problems(config: Config) -> Iterator[str]:
    """An S3-compatible store that can't be read, or a store for files that is not there."""
    if config.file_store not in ("", "gridfs", "s3"):
        yield "FILE_STORE must be gridfs or s3."
    if config.file_store == "s3" and not config.s3_url:
        yield "FILE_STORE is s3, but S3_URL is not set."
    if not config.s3_url:
        return
    try:
        address = read_address(config.s3_url)
    except ValueError as error:
        yield f"S3_URL {error}."
        return
    if config.is_production and not (address.is_encrypted or is_near(address.host, config)):
        yield "S3_URL must be https://, unless the store is on this host or in PRIVATE_HOSTS."


def push_problems(config: Config) -> Iterator[str]:
    """Keys of push messages that can't be keys. Whether they are a pair, a push service says (log: `push_refused`)."""
    public, private = config.vapid_public_key, config.vapid_private_key
    if not public and not private:
        return
    if not re.fullmatch(r"B[A-Za-z0-9_-]{86}", public) or not re.fullmatch(
        r"[A-Za-z0-9_-]{43}", private
    ):
        yield "VAPID_PUBLIC_KEY and VAPID_PRIVATE_KEY must both be set, as flask taskforge push-keys prints them."


def _weakness(secret: str) -> str | None:
    if len(secret) < MINIMUM_SECRET_LENGTH:
        return f"is shorter than {MINIMUM_SECRET_LENGTH} characters."
    distinct = len(set(secret))
    if distinct < MIN_DISTINCT_CHARACTERS or any(word in secret.lower() for word in WEAK_SECRETS):
        return f"is a guessable value; {MAKE_ONE}"
    return None


def _regular_secret_problems(config: Config) -> Iterator[str]:
    named = [("SECRET_KEY", config.secret_key), ("AUDIT_KEY", config.audit_key)]
    named += [("METRICS_TOKEN", config.metrics_token)]
    named += [("SECRET_KEY_FALLBACKS", secret) for secret in config.fallback_keys]
    for name, secret in named:
        if len(secret) >= MINIMUM_SECRET_LENGTH and (why := _regularity(secret)):
            yield f"{name} {why}, so it can be guessed; {MAKE_ONE}"


def _regularity(secret: str) -> str | None:
    """Why a long secret was not made by chance, or None if it may have been."""
    folded = secret.casefold()
    pairs = [folded[at : at + 2] for at in range(len(folded) - 1)]
    triples = {folded[at : at + 3] for at in range(len(folded) - 2)}
    if any(character.isspace() for character in secret):
        return "holds blanks, as sentences do"
    if secret.isdecimal() or (secret.isalpha() and secret in (secret.lower(), secret.upper())):
        return "has only digits, or only letters of one case"
    if len(triples) < MIN_DISTINCT_TRIPLES * (len(folded) - 2):
        return "repeats itself"
    if sum(map(_is_step, pairs)) > MAX_STEPS * len(pairs):
        return "is a row of neighbouring characters"
    if sum(pair in ENGLISH_PAIRS for pair in pairs) > MAX_ENGLISH_PAIRS * len(pairs):
        return "is made of words"
    return None


def _is_step(pair: str) -> bool:
    """Whether two characters follow each other in the alphabet, among the digits or on a keyboard."""
    return abs(ord(pair[0]) - ord(pair[1])) <= 1 or any(
        pair in row or pair[::-1] in row for row in KEYBOARD_ROWS
    )


def _public_name_problems(config: Config) -> Iterator[str]:
    public = urlsplit(config.public_url)
    if public.scheme != "https" or not public.hostname or public.username is not None:
        yield "PUBLIC_URL must be the https:// address that people use."
    if not config.host_names:
        yield "ALLOWED_HOSTS must name the hosts to answer to, such as that of PUBLIC_URL."
    elif any(re.search(r"[^a-z0-9.:\[\]-]", name) for name in config.host_names):
        yield "ALLOWED_HOSTS must be host names, comma-separated; it knows no patterns."
    elif public.hostname and public.hostname.lower() not in config.host_names:
        yield "ALLOWED_HOSTS lacks the host of PUBLIC_URL."
