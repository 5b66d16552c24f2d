"""Acts of a client's site administrator: somebody is suspended, so that they are nobody, and let in again; or gets a
link to a new password."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.chaos.caller import Caller
from tests.chaos.programs import PROGRAMS

if TYPE_CHECKING:
    from tests.chaos.client import Client


@dataclass
class Outsider:
    """Somebody who is suspended now and then: with a session, and with a program that has a token of theirs."""

    person: Caller
    is_suspended: bool = False
    program: Caller = field(init=False)

    def take_token(self) -> None:
        """Make the token of the program."""
        self.person.confirm()
        made = self.person.post("/users/me/tokens", {"name": "Watch", "scopes": ["read"]})
        self.program = self.person.program(self.person.number + PROGRAMS, made["token"])


def suspend_or_lift(client: Client) -> None:
    """Suspend the outsider, whose session and token are refused from then on; or let them in again."""
    outsider, admin = client.outsider, client.site_admin
    path = f"/admin/users/{outsider.person.user_id}/suspend"
    admin.confirm()
    if outsider.is_suspended:
        admin.delete(path, repeated=409)
        outsider.is_suspended = False
        outsider.person.log_in()
    else:
        admin.post(path, {"reason": "For a while"})
        outsider.is_suspended = True
        if client.chance.random() < 0.3:
            login = {"email": outsider.person.email, "password": outsider.person.password}
            status, answer = outsider.person.call("POST", "/auth/login", login, expected=(401,))
            client.expect("the log-in of a suspended person", status, 401)
            client.expect("why it is refused", answer["error"]["code"], "suspended")
    compare_outsider(client)


def reset_password(client: Client) -> None:
    """Give the outsider a link to a new password: it works once, the old password and the old session do no more."""
    outsider, admin = client.outsider, client.site_admin
    if outsider.is_suspended:
        return
    person, before = outsider.person, outsider.person.password
    admin.confirm()
    status, made = admin.call("POST", f"/admin/users/{person.user_id}/reset-link")
    client.expect("the answer to a wish for a link", status, 201)
    link = {"token": made["url"].rpartition("/")[2], "password": client.word("rook pawn castle")}
    status, _ = person.call("POST", "/auth/password-reset/confirm", link)
    if status not in (
        204,
        404,
    ):  # a repetition finds the link used, because the first attempt had arrived
        client.violations.append(f"a link to a new password answered {status}")
    status, _ = person.call("GET", "/users/me", expected=(401,))
    client.expect("a read by a session from before the reset", status, 401)
    login = {"email": person.email, "password": before}
    status, _ = person.call("POST", "/auth/login", login, expected=(401,))
    client.expect("the log-in with the password from before", status, 401)
    status, _ = person.call("POST", "/auth/password-reset/confirm", link)
    client.expect("a link that was used", status, 404)
    person.password = link["password"]
    person.log_in()
    compare_outsider(client)


def compare_outsider(client: Client) -> None:
    """Session, token and the administrators' list say what was acknowledged last."""
    outsider, wanted = client.outsider, 401 if client.outsider.is_suspended else 200
    for what, caller in (("session", outsider.person), ("token", outsider.program)):
        status, _ = caller.call("GET", "/users/me", expected=(401,))
        client.expect(f"a read by the outsider's {what}", status, wanted)
    listed = client.site_admin.call("GET", f"/admin/users?q={outsider.person.email}")[1]["items"]
    found = {one["userId"]: one["suspendedAt"] is not None for one in listed}
    client.expect("who is suspended", found.get(outsider.person.user_id), outsider.is_suspended)
