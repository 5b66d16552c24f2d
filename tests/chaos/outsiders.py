"""Acts of a client's site administrator: somebody is suspended, so that they are nobody, and let in again."""

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


def compare_outsider(client: Client) -> None:
    """Session, token and the administrators' list say what was acknowledged last."""
    outsider, wanted = client.outsider, 401 if client.outsider.is_suspended else 200
    for what, caller in (("session", outsider.person), ("token", outsider.program)):
        status, _ = caller.call("GET", "/users/me", expected=(401,))
        client.expect(f"a read by the outsider's {what}", status, wanted)
    listed = client.site_admin.call("GET", f"/admin/users?q={outsider.person.email}")[1]["items"]
    found = {one["userId"]: one["suspendedAt"] is not None for one in listed}
    client.expect("who is suspended", found.get(outsider.person.user_id), outsider.is_suspended)
