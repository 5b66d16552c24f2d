"""TaskForge, a self-hosted team task board. `create_app` builds the application.

Importing the package imports nothing else: each process takes the parts that it needs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from taskforge.config import Config


def create_app(config: Config | None = None) -> Flask:
    """Build the application that answers requests.

    Raises:
        ConfigError: the configuration is incomplete or insecure.
    """
    from taskforge.config import load_config
    from taskforge.web_app import create_web_app

    return create_web_app(config or load_config())


def create_worker_app(config: Config) -> Flask:
    """Build the application of the queue workers and the relay, which answer no requests."""
    from taskforge.store_app import create_store_app

    return create_store_app(config)
