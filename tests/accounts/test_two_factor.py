"""Setting up a second factor, its recovery codes, and turning it off."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from sqlalchemy import text

from taskforge.accounts import two_factor
from taskforge.errors import NotFound
from taskforge.stores import sql
from tests.accounts.authenticator import Authenticator, set_up
from tests.audit_trail import events_of, intents, mails
from tests.factories import PASSWORD, Person, forget_confirmation
from tests.pages import Page, Visitor, visit

PAGE = "/profile/two-factor"
SETUP = "/profile/two-factor/setup"


def begin(person: Person) -> tuple[Visitor, Page, Authenticator]:
    """The page that shows the QR code, and an app that has read its text."""
    visitor = visit(person)
    page = visitor.open(SETUP)
    found = re.search(r'id="totp-secret">([A-Z2-7 ]+)<', page.html)
    assert found
    return visitor, page, Authenticator(person, found[1].replace(" ", ""), [])


def codes_on(page: Page) -> list[str]:
    return re.findall(r"<li><code>([a-z0-9-]+)</code></li>", page.html)


def test_it_is_set_up_by_a_code_of_the_app(app: Flask, ada: Person) -> None:
    visitor, page, phone = begin(ada)
    assert '<svg class="qr"' in page.html
    done = visitor.send(page.form("/setup"), code=phone.code())
    assert done.status == 200
    assert len(codes_on(done)) == 10
    shown = visitor.open(PAGE)
    assert "You have 10 left." in shown.text
    assert not set(codes_on(done)) & set(shown.text.split())
    with app.app_context():
        last = events_of(ada.user_id)[-1]
        assert last.event == "user.two_factor_enabled"
        assert last.before == {"two_factor_at": None, "recovery_codes": 0}
        assert last.after["recovery_codes"] == 10


def test_a_wrong_code_keeps_the_same_qr_code(app: Flask, ada: Person) -> None:
    visitor, page, phone = begin(ada)
    wrong = visitor.send(
        page.form("/setup"), code="000000" if phone.code() != "000000" else "000001"
    )
    assert wrong.status == 422
    assert "its clock may be off" in wrong.text
    assert phone.secret[:4] in wrong.text
    assert visitor.send(wrong.form("/setup"), code=phone.code()).status == 200


def test_a_set_up_of_another_person_or_of_an_hour_ago_is_refused(
    app: Flask, ada: Person, eve: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, page, phone = begin(ada)
    thief, own, _ = begin(eve)
    token = page.form("/setup").fields["setup_token"]
    answer = thief.send(own.form("/setup"), setup_token=token, code=phone.code())
    assert (answer.status, answer.location) == (303, SETUP)
    for odd in ("", "x", "é", "A" * 1999):
        assert thief.send(own.form("/setup"), setup_token=odd, code="123456").status in (303, 422)
    with app.app_context():
        assert two_factor.get_two_factor(eve.user_id).enabled_at is None


def test_a_form_that_is_sent_twice_turns_it_on_once(app: Flask, ada: Person) -> None:
    visitor, page, phone = begin(ada)
    form = page.form("/setup")
    first = visitor.send(form, code=phone.code())
    again = visitor.send(form, code=phone.code())
    assert len(codes_on(first)) == 10
    assert again.location == PAGE
    assert "shown once" in visitor.open(PAGE).text


def test_new_recovery_codes_replace_the_old_ones(app: Flask, ada: Person) -> None:
    phone = set_up(ada)
    page = visit(ada).fill(PAGE, "/recovery-codes")
    assert len(codes_on(page)) == 10
    assert not set(codes_on(page)) & set(phone.recovery_codes)
    with app.app_context():
        assert events_of(ada.user_id)[-1].event == "user.recovery_codes_renewed"
        assert two_factor.get_two_factor(ada.user_id).codes_left == 10
        assert sql.scalar(text("SELECT count(*) FROM recovery_codes")) == 10


def test_it_is_turned_off_and_everything_of_it_is_gone(app: Flask, ada: Person) -> None:
    set_up(ada)
    assert visit(ada).fill(PAGE, "/off").location == PAGE
    with app.app_context():
        assert events_of(ada.user_id)[-1].event == "user.two_factor_disabled"
        assert sql.scalar(text("SELECT count(*) FROM totp_secrets")) == 0
        assert sql.scalar(text("SELECT count(*) FROM recovery_codes")) == 0
        assert intents(ada.user_id) == []
    assert "Set up" in visit(ada).open(PAGE).text


@pytest.mark.parametrize("action", ["/recovery-codes", "/off"])
def test_changing_it_asks_for_the_password_again(app: Flask, ada: Person, action: str) -> None:
    set_up(ada)
    visitor = visit(ada)
    form = visitor.open(PAGE).form(action)
    forget_confirmation(ada)
    asked = visitor.send(form)
    assert asked.status == 422
    assert "Confirm that it is you" in asked.text
    assert visitor.send(asked.form(action), confirm_password=PASSWORD).status in (200, 303)


def test_a_code_of_the_app_proves_who_one_is_too(app: Flask, ada: Person) -> None:
    phone = set_up(ada)
    visitor = visit(ada)
    form = visitor.open(PAGE).form("/off")
    forget_confirmation(ada)
    asked = visitor.send(form)
    assert visitor.send(asked.form("/off"), confirm_code="000 000x").status == 422
    assert visitor.send(asked.form("/off"), confirm_code=phone.code()).status == 303


def test_the_set_up_is_led_to_the_password_first(app: Flask, ada: Person) -> None:
    forget_confirmation(ada)
    assert visit(ada).open(SETUP).status == 200  # a new log-in is a proof
    visitor = visit(ada)
    forget_confirmation(ada)
    assert visitor.open(SETUP).location == "/confirm-password?next=/profile/two-factor/setup"


def test_no_store_holds_the_secret_or_a_recovery_code(app: Flask, ada: Person) -> None:
    phone = set_up(ada)
    with app.app_context():
        for table in ("totp_secrets", "recovery_codes", "audit_logs", "operations", "outbox"):
            rows = sql.rows(text(f"SELECT CAST(t AS text) AS row FROM {table} t"))
            stored = " ".join(row["row"] for row in rows)
            for secret in (phone.secret, *phone.recovery_codes):
                assert secret not in stored
                assert secret.encode().hex() not in stored


def test_a_site_administrator_resets_it_and_the_person_is_told(
    app: Flask, ada: Person, bob: Person
) -> None:
    set_up(ada)
    with app.app_context():
        with pytest.raises(NotFound):
            two_factor.reset(bob.actor, ada.user_id)
        sql.execute_now(
            text("UPDATE users SET is_site_admin = true WHERE user_id = :id"), {"id": bob.user_id}
        )
    assert bob.api("DELETE", f"/admin/users/{ada.user_id}/two-factor").status_code == 204
    with app.app_context():
        last = events_of(ada.user_id)[-1]
        assert (last.event, last.actor_id) == ("user.two_factor_reset", bob.user_id)
        assert intents(ada.user_id) == ["two_factor_reset"]
        assert mails() == [("log_in_changed", ada.email)] * 2
        assert two_factor.get_two_factor(ada.user_id).enabled_at is None


def test_a_program_sets_it_up_over_the_api(app: Flask, ada: Person) -> None:
    assert ada.api("GET", "/users/me/two-factor").get_json() == {
        "enabled": False, "enabledAt": None, "recoveryCodesLeft": 0,
    }  # fmt: skip
    setup = ada.api("POST", "/users/me/two-factor/setup").get_json()
    assert setup["uri"].startswith("otpauth://totp/TaskForge:")
    phone = Authenticator(ada, setup["secret"], [])
    body = {"setupToken": setup["setupToken"], "code": phone.code()}
    answer = ada.api("POST", "/users/me/two-factor", body)
    assert answer.status_code == 201
    assert len(answer.get_json()["recoveryCodes"]) == 10
    assert ada.api("POST", "/users/me/two-factor", body).status_code == 409
    assert ada.api("GET", "/users/me/two-factor").get_json()["recoveryCodesLeft"] == 10
    assert len(ada.api("POST", "/users/me/two-factor/recovery-codes").get_json()["recoveryCodes"]) == 10  # fmt: skip
    forget_confirmation(ada)
    refused = ada.api("DELETE", "/users/me/two-factor")
    assert refused.status_code == 403
    assert refused.get_json()["error"]["code"] == "confirmation_required"
    assert ada.api("POST", "/auth/confirm", {"password": PASSWORD}).status_code == 200
    assert ada.api("DELETE", "/users/me/two-factor").status_code == 204


def test_the_administration_turns_it_off_after_the_password(
    app: Flask, ada: Person, bob: Person
) -> None:
    set_up(ada)
    with app.app_context():
        sql.execute_now(
            text("UPDATE users SET is_site_admin = true WHERE user_id = :id"), {"id": bob.user_id}
        )
    visitor = visit(bob)
    user = f"/admin/users/{ada.user_id}"
    form = visitor.open(user).form("/two-factor")
    forget_confirmation(bob)
    asked = visitor.send(form)
    assert "Confirm that it is you" in asked.text
    done = visitor.send(asked.form("/two-factor"), confirm_password=PASSWORD)
    assert (done.status, done.location) == (303, user)
    with app.app_context():
        assert two_factor.get_two_factor(ada.user_id).enabled_at is None
        assert events_of(ada.user_id)[-1].actor_id == bob.user_id


def test_the_command_line_turns_it_off_too(app: Flask, ada: Person) -> None:
    set_up(ada)
    runner = app.test_cli_runner()
    assert (
        runner.invoke(args=["taskforge", "reset-two-factor", "nobody@example.test"]).exit_code == 1
    )
    result = runner.invoke(args=["taskforge", "reset-two-factor", ada.email.upper()])
    assert result.exit_code == 0, result.output
    with app.app_context():
        assert two_factor.get_two_factor(ada.user_id).enabled_at is None
