"""What a mail says: both parts of every kind, links of PUBLIC_URL alone, and no way to smuggle anything in."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from flask import Flask

from taskforge.config import Config
from taskforge.mail import queries
from taskforge.mail.kinds import MailKind
from taskforge.mail.messages import CannotRender, compose, render
from taskforge.mail.tokens import LinkToken, hash_token, make_token, recover_token
from taskforge.stores import sql
from tests.factories import Person
from tests.mail.examples import EXAMPLES
from tests.mail.posting import post

_LINK = re.compile(r"https?://[^\s\"<>]+")
_TAG = re.compile(r"<style>.*?</style>|<!--.*?-->|<[^>]+>", re.S)


@pytest.fixture(autouse=True)
def inside(mailing: Flask) -> Iterator[None]:
    with mailing.app_context():
        yield


@pytest.fixture
def settings(mailing: Flask) -> Config:
    found: Config = mailing.config["TASKFORGE"]
    return found


def posted(ada: Person, kind: MailKind, token: LinkToken | None = None, **values: str) -> sql.Row:
    """The row of a mail that was just written."""
    post(ada.actor, kind=kind, token=token, **values)
    row = sql.row(queries.LATEST, {"limit": 1})
    assert row is not None
    return row


def token_for(kind: MailKind) -> LinkToken | None:
    return make_token() if kind.needs_token else None


@pytest.mark.parametrize("kind", list(MailKind))
def test_every_kind_says_the_same_as_text_and_as_html(
    ada: Person, settings: Config, kind: MailKind
) -> None:
    token = token_for(kind)
    mail = render(settings, posted(ada, kind, token))
    link = settings.public_url + kind.path.format(
        **EXAMPLES[kind], token=token.secret if token else ""
    )
    words = _TAG.sub(" ", mail.html)
    for part in (mail.text, mail.html):
        assert link in part
        assert {each.partition("/")[2].split("/")[1] for each in _LINK.findall(part)} == {
            "tasks.example.com"
        }
    for name, value in EXAMPLES[kind].items():
        if name == "end_path":
            assert f"{settings.public_url}{value}" in mail.html
        elif isinstance(value, str):
            assert value in mail.text
            assert value in words
    assert max(map(len, mail.text.splitlines())) <= max(78, len(link) + 4)
    assert "{" not in mail.text
    assert "<" not in mail.text


NAMING = [kind for kind in MailKind if any(isinstance(one, str) for one in EXAMPLES[kind].values())]


@pytest.mark.parametrize("kind", NAMING)
def test_what_people_typed_is_text_in_both_parts(
    ada: Person, settings: Config, kind: MailKind
) -> None:
    typed = "<b>{{7*7}}</b> {link} &amp;"
    values = {name: typed for name, value in EXAMPLES[kind].items() if isinstance(value, str)}
    mail = render(settings, posted(ada, kind, token_for(kind), **values))
    assert typed in mail.text
    assert "<b>" not in mail.html
    assert "&lt;b&gt;{{7*7}}&lt;/b&gt; {link} &amp;amp;" in mail.html


@pytest.mark.parametrize("bad", ["a\r\nBcc: eve@example.com", "a\nb", "a\rb", "a\x00b", "a\x1bb"])
def test_control_characters_are_refused_in_addresses_and_values(ada: Person, bad: str) -> None:
    with pytest.raises(ValueError, match="control characters"):
        post(ada.actor, to=f"{bad}@example.com")
    with pytest.raises(ValueError, match="control characters"):
        post(ada.actor, name=bad)


@pytest.mark.parametrize("field", ["to_address", "context"])
def test_a_header_with_a_line_break_makes_no_mail_even_if_it_was_stored(
    ada: Person, settings: Config, field: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = dict(posted(ada, MailKind.PASSWORD_CHANGED))
    if field == "to_address":
        row["to_address"] = "bob@example.com\r\nBcc: eve@example.com"
    else:
        monkeypatch.setattr(MailKind.PASSWORD_CHANGED, "subject", "Hello {name}")
        row["context"] = {**row["context"], "name": "x\r\nBcc: eve@example.com"}
    with pytest.raises(CannotRender):
        compose(settings, row)


def test_a_token_stands_in_no_store_and_is_found_again_after_a_change_of_keys(
    settings: Config,
) -> None:
    token = make_token()
    assert len(token.secret) == 43
    assert token.hash == hash_token(token.secret)
    assert recover_token(settings, token.seed, token.hash) == token.secret
    rotated = settings.replaced(secret_key="f" * 64, secret_key_fallbacks=settings.secret_key)
    assert recover_token(rotated, token.seed, token.hash) == token.secret
    forgotten = settings.replaced(secret_key="f" * 64)
    assert recover_token(forgotten, token.seed, token.hash) is None
    assert token.secret not in repr(token)


def test_every_kind_has_an_example() -> None:
    assert set(EXAMPLES) == set(MailKind)
