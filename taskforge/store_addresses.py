"""Addresses of the stores in a configuration: whether they can be read, and whether what goes there is encrypted.

An address is read by the library that will connect to it: another reading could find another host in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from ipaddress import ip_address
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from taskforge.config import Config


def store_problems(config: Config) -> Iterator[str]:
    """An address of a store that can't be read, or that leads elsewhere without encryption."""
    for name, url, check in (
        ("DATABASE_URL", config.sqlalchemy_url, _database_problem),
        ("DATABASE_MIGRATION_URL", config.sqlalchemy_migration_url, _database_problem),
        ("MONGODB_URI", config.mongodb_uri, _mongodb_problem),
        ("REDIS_URL", config.redis_url, _redis_problem),
    ):
        if not url:
            continue
        try:
            why = check(url, config)
        except (ValueError, TypeError) as error:
            why = f"can't be read ({type(error).__name__})"
        if why:
            yield f"{name} {why}."


def is_near(host: str, config: Config) -> bool:
    """Whether a host may be spoken to without encryption: this machine, or of a network that is said to be private."""
    return _are_near([host], config)


def _database_problem(url: str, config: Config) -> str | None:
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        parsed = make_url(url)
    except ArgumentError:
        return "is no address of PostgreSQL"
    given = [*_listed(parsed.query.get("host")), *_listed(parsed.query.get("hostaddr"))]
    hosts = [host.rsplit(":", 1)[0] if host.count(":") == 1 else host for host in given]
    if _are_near([parsed.host or "", *hosts], config):
        return None
    if _listed(parsed.query.get("sslmode")) != ["verify-full"]:
        return (
            "must end in sslmode=verify-full (and sslrootcert=… for an own authority), unless PostgreSQL is on this"
            " host or in PRIVATE_HOSTS"
        )
    return None


def _mongodb_problem(url: str, config: Config) -> str | None:
    from pymongo.errors import PyMongoError
    from pymongo.uri_parser import parse_uri

    # Parsed as the plain form: the other one would ask the name service.
    is_srv = url.startswith("mongodb+srv://")
    try:
        parsed = parse_uri(url.replace("mongodb+srv://", "mongodb://", 1) if is_srv else url)
    except PyMongoError:
        return "is no address of MongoDB"
    options = {name.lower(): value for name, value in parsed["options"].items()}
    hosts = [host for host, _ in parsed["nodelist"]]
    if _are_near(hosts, config):
        return None
    if not options.get("tls", is_srv):
        return "must have tls=true, unless MongoDB is on this host or in PRIVATE_HOSTS"
    loose = ("tlsinsecure", "tlsallowinvalidcertificates", "tlsallowinvalidhostnames")
    if any(options.get(name) for name in loose):
        return "must not switch the check of the server's certificate off"
    return None


def _redis_problem(url: str, config: Config) -> str | None:
    from redis.connection import ConnectionPool, SSLConnection, UnixDomainSocketConnection

    pool = ConnectionPool.from_url(url)
    given, kind = pool.connection_kwargs, pool.connection_class
    if kind is UnixDomainSocketConnection or _are_near([str(given.get("host") or "")], config):
        return None
    if kind is not SSLConnection:
        return "must use rediss:// (TLS) unless Redis is on this host or in PRIVATE_HOSTS"
    if str(given.get("ssl_cert_reqs", "required")).lower() != "required" or (
        str(given.get("ssl_check_hostname", "true")).lower() not in ("true", "1", "yes")
    ):
        return "must not switch the check of the server's certificate off"
    return None


def _are_near(hosts: Iterable[str], config: Config) -> bool:
    """Whether each host is this machine, or of a network that is said to be private; an empty name is this machine."""
    return all(_is_local(host) or host.lower() in config.private_host_names for host in hosts)


def _is_local(host: str) -> bool:
    if host in ("", "localhost") or host.startswith(("/", "@")):  # sockets
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _listed(value: str | tuple[str, ...] | None) -> list[str]:
    if value is None:
        return []
    values = (value,) if isinstance(value, str) else value
    return [part for each in values for part in each.split(",")]
