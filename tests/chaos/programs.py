"""Acts of a client with API tokens: made, used within their scope and their team, and revoked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.chaos.caller import Caller

if TYPE_CHECKING:
    from tests.chaos.client import Client

PROGRAMS = 10_000  # from here on the numbers of programs
REVOKED_SHARE = 0.5


@dataclass
class Program:
    """A program with a token of a client: ``name`` and ``scope`` of the token, and whether it was revoked."""

    caller: Caller
    token_id: str
    name: str
    scope: str
    is_revoked: bool = False


def make_and_use(client: Client) -> None:
    """Make a token, do with it what it may do and what it may not, and revoke it or one from before."""
    program = _make(client)
    client.programs.append(program)
    _use(client, program)
    alive = [one for one in client.programs if not one.is_revoked]
    if client.chance.random() < REVOKED_SHARE:
        chosen = client.chance.choice(alive)
        client.delete(f"/users/me/tokens/{chosen.token_id}")
        chosen.is_revoked = True
        compare_program(client, chosen)


def compare_program(client: Client, program: Program) -> None:
    """A token lets in until it was acknowledged as revoked."""
    status, _ = program.caller.call("GET", f"/boards/{client.board_id}", expected=(401,))
    client.expect(f"a read by the token {program.name}", status, 401 if program.is_revoked else 200)


def compare_list(client: Client) -> None:
    """The person's list has the tokens that were acknowledged and not revoked, and no others."""
    listed = client.call("GET", "/users/me/tokens")[1]["items"]
    wanted = sorted(one.token_id for one in client.programs if not one.is_revoked)
    client.expect("the list of tokens", sorted(one["tokenId"] for one in listed), wanted)


def _make(client: Client) -> Program:
    scope = client.chance.choice(("read", "write"))
    wanted = {
        "name": client.word("Token"),
        "scopes": [scope],
        "teamIds": client.chance.choice([None, [client.team_id]]),
    }
    client.confirm()
    made = client.post("/users/me/tokens", wanted)
    number = client.number + PROGRAMS * (len(client.programs) + 2)
    caller = client.program(number, made["token"])
    return Program(caller, made["tokenId"], made["name"], scope)


def _use(client: Client, program: Program) -> None:
    compare_program(client, program)
    if program.scope == "write":
        task = client.create(by=program.caller)
        client.look(task)
    else:
        refused = {"title": "Refused", "teamId": client.team_id, "boardId": client.board_id}
        status, _ = program.caller.call("POST", "/tasks", refused, expected=(403,))
        client.expect("a change by a token that may read", status, 403)
    status, _ = program.caller.call("GET", "/users/me/tokens", expected=(403,))
    client.expect("the list of tokens by a token", status, 403)
