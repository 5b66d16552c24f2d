"""Acts of a client on the people of its team: another role for the partner, a limit, and another permission matrix."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.chaos.client import Client

ROLES = ("member", "guest")
GIVEN = ("task.move", "task.create", "board.edit")


def change_role(client: Client) -> None:
    """Make the partner a guest or a member, and a guest see the client's board only; nobody else writes this."""
    if client.partner is None:
        return
    path = f"/teams/{client.team_id}/members/{client.partner.user_id}"
    role = client.chance.choice(ROLES)
    status, answer = client.call("PATCH", path, {"role": role})
    client.expect("role", (status, answer.get("role")), (200, role))
    if role != "guest":
        return
    board_ids = client.chance.choice([None, [client.board_id]])
    status, answer = client.call("PUT", f"{path}/boards", {"boardIds": board_ids})
    client.expect("limit", (status, answer.get("isLimited")), (200, board_ids is not None))


def change_rights(client: Client) -> None:
    """Give guests something, or take it; a repetition finds it done."""
    path = f"/teams/{client.team_id}/permissions"
    matrix = client.call("GET", path)[1]
    wanted = {role: matrix[role] for role in ("admin", "member", "guest")}
    toggled = client.chance.choice(GIVEN)
    wanted["guest"] = sorted({*matrix["guest"]} ^ {toggled})
    status, _ = client.call("PUT", path, {**wanted, "version": matrix["version"]})
    if status not in (200, 409):
        client.violations.append(f"team {client.team_id}: rights answered {status}")
    now = client.call("GET", path)[1]
    client.expect("rights of guests", sorted(now["guest"]), wanted["guest"])
