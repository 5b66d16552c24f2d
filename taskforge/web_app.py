"""The application with everything that answers a request: pages, API, administration, commands."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from flask import Flask, g, request
from flask_login import current_user
from jinja2 import StrictUndefined
from werkzeug.middleware.proxy_fix import ProxyFix

from taskforge import api, cli, logs
from taskforge.accounts import passwords
from taskforge.admin import commands as admin_commands
from taskforge.admin import routes as admin_routes
from taskforge.admin.figures import routes as figures_routes
from taskforge.admin.mails import routes as mail_routes
from taskforge.admin.monitor import routes as monitor_routes
from taskforge.admin.people import routes as people_routes
from taskforge.admin.security import routes as security_routes
from taskforge.admin.state import routes as state_routes
from taskforge.admin.teams import routes as team_routes
from taskforge.config import Config
from taskforge.demo import commands as demo_commands
from taskforge.errors import OTHER_HOST, Malformed, Unavailable
from taskforge.extensions import config_of
from taskforge.http import (
    assets,
    client_address,
    compression,
    cross_site,
    error_pages,
    fragments,
    health,
    page_limits,
    quick_proxies,
    rate_limits,
    reader_zone,
    reading,
    request_guard,
    request_meter,
    security_headers,
    sent_forms,
    sessions,
)
from taskforge.http.jinja_environment import KeptTemplates, SharedGlobalsEnvironment
from taskforge.http.json_answers import JsonAnswers
from taskforge.identity import current as identity
from taskforge.identity.preload import request_preloaded
from taskforge.identity.viewing import present_view
from taskforge.messaging import keys, redis_client
from taskforge.notifications.queries import count_unread
from taskforge.server import store_checks
from taskforge.store_app import create_store_app
from taskforge.text.moments import iso_text, show_moment
from taskforge.web import setup as web

MAX_BADGE = 99
# Imported because they add their pages to the administration.
ADMIN_PARTS = (mail_routes, people_routes, security_routes, state_routes, team_routes)


def create_web_app(config: Config) -> Flask:
    """Build it for a checked configuration."""
    quick_proxies.make_quick()
    app = create_store_app(config)
    app.jinja_environment = SharedGlobalsEnvironment
    _configure(app, config)
    app.wsgi_app = client_address.PlainAddresses(app.wsgi_app)  # type: ignore[method-assign]
    if hops := config.hops:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]

    store_checks.init_store_checks(app)
    passwords.set_cost(time_cost=config.argon2_time_cost, memory_kib=config.argon2_memory_kib)
    # Flask runs the hooks of a request in the order of their registration.
    logs.init_logs(app)
    request_guard.init_app(app)
    reader_zone.init_reader_zone(app)
    reading.init_reading(app)
    security_headers.init_security_headers(app)
    sent_forms.init_sent_forms(app)
    app.before_request(cross_site.check_origin)
    error_pages.init_error_pages(app)
    sessions.init_sessions(app, app.extensions[redis_client.EXTENSION])
    cross_site.csrf.init_app(app)
    identity.init_identity(app)
    rate_limits.init_rate_limits(app, app.extensions[redis_client.EXTENSION])
    page_limits.init_page_limits(app)
    app.before_request(_check_host)
    app.before_request(_check_csrf)
    _init_templates(app)
    _register_features(app)
    compression.init_compression(app)
    request_meter.init_request_meter(app)
    cli.init_cli(app)
    app.cli.add_command(admin_commands.ensure_indexes_command)
    assert demo_commands  # imported for the commands that it adds to the group
    return app


def _configure(app: Flask, config: Config) -> None:
    app.config.update(
        SECRET_KEY=config.secret_key,
        SECRET_KEY_FALLBACKS=config.fallback_keys,
        SESSION_COOKIE_NAME="__Host-sid" if config.is_production else "sid",
        SESSION_COOKIE_SECURE=config.is_production,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=timedelta(seconds=keys.SESSION.ttl_seconds),
        WTF_CSRF_CHECK_DEFAULT=False,  # `_check_csrf` does, and knows about header credentials
        WTF_CSRF_TIME_LIMIT=None,  # a token lives as long as its session
        WTF_CSRF_SSL_STRICT=False,  # Sec-Fetch-Site is checked instead of the Referer
        MAX_CONTENT_LENGTH=12 * 1024 * 1024,
    )
    app.json = JsonAnswers(app)


def _init_templates(app: Flask) -> None:
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.bytecode_cache = KeptTemplates(Path(app.root_path) / str(app.template_folder))
    app.jinja_env.filters |= {"moment": show_moment, "iso_moment": iso_text}
    fragments.init_fragments(app)
    assets.init_assets(app)

    @app.context_processor
    def shared_context() -> dict[str, object]:
        user = current_user._get_current_object()
        person = user if user.is_authenticated else None
        unread_count = _count_unread(person.user_id) if person else None
        return {
            "theme": person.theme if person else "system",
            "unread_count": unread_count,
            "unread_badge": _badge(unread_count),
            "degraded": health.degraded_now(),
            "request_id": g.get("request_id", ""),
            "viewing": present_view() if person else None,
        }


def _count_unread(user_id: str) -> int | None:
    preloaded = request_preloaded().unread_count
    if preloaded is not None:
        return int(preloaded)
    try:
        return count_unread(user_id)
    except Unavailable:  # a page about an outage must not fail for a badge
        return None


def _badge(count: int | None) -> str:
    """A number as the badge in the top bar shows it; empty for none."""
    return "" if not count else str(count) if count <= MAX_BADGE else f"{MAX_BADGE}+"


def _register_features(app: Flask) -> None:
    app.register_blueprint(health.blueprint)
    web.init_web(app)
    api.init_api(app)
    app.register_blueprint(admin_routes.blueprint)
    app.register_blueprint(figures_routes.blueprint)
    app.register_blueprint(monitor_routes.blueprint)


def _check_host() -> None:
    if request.blueprint == health.blueprint.name:
        return  # a platform's health checks name the host by its IP address
    if not config_of().answers_to(request.host):
        raise Malformed(OTHER_HOST)


def _check_csrf() -> None:
    cross_site.check_token(header_credentials=identity.uses_header_credentials())
