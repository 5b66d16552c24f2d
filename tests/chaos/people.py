"""Acts of a client upon its team: somebody is invited, and comes in and is removed, or the invitation is taken back.

Some removals are taken back, and some go by themselves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.chaos.client import Client


def come_and_go(client: Client, visitor: Client) -> None:
    """Invite the visitor; let them join and go again, or take the invitation back, so that it lets nobody in."""
    invitations = f"/teams/{client.team_id}/invitations"
    wanted = {"email": visitor.email, "role": "guest"}
    known = client.post(invitations, wanted)["invitationId"]
    if client.chance.random() < 0.4:
        _delete(client, f"{invitations}/{known}", 409)
        status, _ = visitor.call("POST", f"/invitations/{known}/accept", {})
        _expect(client, "an invitation that was taken back", status, 409)
        return
    visitor.post(f"/invitations/{known}/accept", {})
    _expect(client, "the role of who accepted", _role_of(client, visitor), "guest")
    again, _ = visitor.call("POST", f"/invitations/{known}/accept", {})
    _expect(client, "an invitation that was used", again, 409)
    member = f"/teams/{client.team_id}/members/{visitor.user_id}"
    _delete(client, member, 404)
    _expect(client, "the role of who was removed", _role_of(client, visitor), None)
    if client.chance.random() < 0.5:
        client.post(f"{member}/restore", {})
        _expect(client, "the role of who came back", _role_of(client, visitor), "guest")
        status, _ = visitor.call("POST", f"/teams/{client.team_id}/leave", {})
        if status not in (204, 404):
            client.violations.append(f"leaving {client.team_id} answered {status}")
        _expect(client, "the role of who left", _role_of(client, visitor), None)


def _role_of(client: Client, visitor: Client) -> str | None:
    members = client.call("GET", f"/teams/{client.team_id}/members")[1]["items"]
    roles = {member["userId"]: member["role"] for member in members}
    return roles.get(visitor.user_id)


def _delete(client: Client, path: str, repeated: int) -> None:
    """Delete something; a repetition answers `repeated`, because it is gone."""
    status, answer = client.call("DELETE", path)
    if status not in (204, repeated):
        client.violations.append(f"DELETE {path} answered {status} {answer}")


def _expect(client: Client, what: str, found: object, wanted: object) -> None:
    if found != wanted:
        client.violations.append(f"{client.name}: {what} is {found!r}, not {wanted!r}")
