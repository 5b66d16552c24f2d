"""Which channels this installation has, and so which choices people are shown."""

from __future__ import annotations

from taskforge.extensions import config_of
from taskforge.mail import service as mail
from taskforge.notification_kinds import Channel
from taskforge.notifications.hooks import has_hook


def mail_is_available() -> bool:
    """Whether notifications can come by mail: something writes them, and mails can be sent."""
    return has_hook(Channel.MAIL) and mail.is_available()


def push_is_available() -> bool:
    """Whether notifications can come to devices: there are keys to sign them with."""
    return has_hook(Channel.PUSH) and config_of().sends_push


def list_channels() -> list[Channel]:
    """The channels that there are, in the order in which they are shown."""
    there = {Channel.MAIL: mail_is_available, Channel.PUSH: push_is_available}
    return [channel for channel in Channel if channel not in there or there[channel]()]
