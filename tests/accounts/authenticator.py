"""An authenticator app for tests: knows the secret, and shows the code of now or of another moment."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import text

from taskforge import clock
from taskforge.accounts import recovery_codes, totp, two_factor
from taskforge.stores import sql
from tests.factories import Person


@dataclass
class Authenticator:
    """The app of one person, and their recovery codes."""

    person: Person
    secret: str
    recovery_codes: list[str]

    def code(self, steps: int = 0) -> str:
        """What the app shows, some steps of half a minute from now."""
        return totp.code_at(self.secret, totp.step_at(clock.now()) + steps)

    def forget_use(self) -> None:
        """Let the codes of now be unused again, as if time had passed."""
        with self.person.app.app_context():
            sql.execute_now(text("UPDATE totp_secrets SET last_step = 0"))


def set_up(person: Person) -> Authenticator:
    """Turn on the second factor of a person."""
    codes = recovery_codes.new_codes()
    with person.app.app_context():
        setup = two_factor.begin_setup(person.user_id)
        app = Authenticator(person, setup.secret, codes)
        two_factor.enable(person.actor, token=setup.token, code=app.code(), codes=codes)
    app.forget_use()
    return app
