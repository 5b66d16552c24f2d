"""Acts of a client upon its team: somebody is invited, and comes in and is removed, or the invitation is taken back.

Some removals are taken back, and some go by themselves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.chaos.caller import Caller
    from tests.chaos.client import Client

LEAVERS, LEAVERS_EACH = (
    2000,
    20,
)  # from here on the numbers of who deletes their account, so many for each client


def come_and_go(client: Client) -> None:
    """Invite the visitor; let them join and go again, or take the invitation back, so that it lets nobody in."""
    visitor, invitations = client.visitor, f"/teams/{client.team_id}/invitations"
    wanted = {"email": visitor.email, "role": "guest"}
    known = client.post(invitations, wanted)["invitationId"]
    if client.chance.random() < 0.4:
        client.delete(f"{invitations}/{known}", repeated=409)
        status, _ = visitor.call("POST", f"/invitations/{known}/accept", {})
        client.expect("an invitation that was taken back", status, 409)
        return
    visitor.post(f"/invitations/{known}/accept", {})
    client.expect("the role of who accepted", _role_of(client, visitor), "guest")
    again, _ = visitor.call("POST", f"/invitations/{known}/accept", {})
    client.expect("an invitation that was used", again, 409)
    member = f"/teams/{client.team_id}/members/{visitor.user_id}"
    client.delete(member)
    client.expect("the role of who was removed", _role_of(client, visitor), None)
    if client.chance.random() < 0.5:
        client.post(f"{member}/restore", {})
        client.expect("the role of who came back", _role_of(client, visitor), "guest")
        status, _ = visitor.call("POST", f"/teams/{client.team_id}/leave", {})
        if status not in (204, 404):
            client.violations.append(f"leaving {client.team_id} answered {status}")
        client.expect("the role of who left", _role_of(client, visitor), None)


def _role_of(client: Client, visitor: Caller) -> str | None:
    members = client.call("GET", f"/teams/{client.team_id}/members")[1]["items"]
    roles = {member["userId"]: member["role"] for member in members}
    return roles.get(visitor.user_id)


def leave_for_good(client: Client) -> None:
    """Let somebody new register by an invitation, join, write, ask for their data and delete their account.

    Only their words are left.
    """
    number = LEAVERS + client.number * LEAVERS_EACH + client.done["leavings"]
    leaver = client.companion(number)
    invitations = f"/teams/{client.team_id}/invitations"
    link = client.post(invitations, {"email": leaver.email, "role": "guest"})
    leaver.register(link["url"].rpartition("/")[2])
    client.delete(f"{invitations}/{link['invitationId']}", repeated=409)
    wanted = {"userId": leaver.user_id, "role": "member"}
    known = client.post(invitations, wanted)["invitationId"]
    leaver.post(f"/invitations/{known}/accept", {})
    leaver.post("/teams", {"name": f"Of leaver {number} alone", "description": ""})
    card = {"title": "Mine for now", "teamId": client.team_id, "boardId": client.board_id}
    task_id = leaver.post("/tasks", card)["taskId"]
    leaver.post("/users/me/export", {})
    _delete_account(client, leaver)
    client.expect("the role of who has left", _role_of(client, leaver), None)
    status, task = client.call("GET", f"/tasks/{task_id}")
    client.expect("the card of who has left", (status, task["creatorId"]), (200, leaver.user_id))
    client.call("DELETE", f"/tasks/{task_id}", {"version": task["version"]})


def _delete_account(client: Client, leaver: Caller) -> None:
    """Delete an account; a repetition finds no session, because the first attempt had arrived."""
    try:
        status, _ = leaver.call("DELETE", "/users/me", {"email": leaver.email})
        client.expect("the answer to a deletion", status, 204)
    except AssertionError as refused:
        if " answered 401 " not in str(refused):
            raise
