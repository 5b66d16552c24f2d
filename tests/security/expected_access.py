"""What each principal must get from each route, by the lists of `tests.security.access_rules`."""

from __future__ import annotations

from tests.security.access_rules import (
    ADMINS,
    DEAD_LINKS,
    DELETED_TEAM,
    GUESTS,
    INVITATION,
    INVITATION_LINK,
    INVITATION_PAGE,
    JOIN_LINK,
    LEAVING,
    LOGS_OUT,
    MEMBERS,
    MEMBERS_OWN_OBJECT,
    NOT_OFFERED,
    OF_PEOPLE,
    OF_THE_TEAM,
    OF_THE_TEAM_ALL,
    ONE_TIME_LINK,
    OWN,
    OWN_OBJECT,
    PUBLIC,
    ROLES,
    SECOND_STEP,
    SITE_ADMIN,
)


def least_role(endpoint: str) -> str | None:
    """The least role that an endpoint is for; None for the endpoints that are not about a team."""
    for role, endpoints in zip(ROLES, (GUESTS, MEMBERS, ADMINS), strict=True):
        if endpoint in endpoints:
            return role
    return None


def is_listed(endpoint: str) -> bool:
    """Whether somebody has thought about who may use this endpoint."""
    listed = (
        PUBLIC
        | NOT_OFFERED
        | SECOND_STEP
        | DEAD_LINKS
        | OWN
        | LOGS_OUT
        | ONE_TIME_LINK
        | OWN_OBJECT
        | MEMBERS_OWN_OBJECT
        | SITE_ADMIN
        | INVITATION_PAGE
        | INVITATION_LINK
        | INVITATION
        | JOIN_LINK
        | OF_PEOPLE
        | DELETED_TEAM
    )
    return endpoint in listed or least_role(endpoint) is not None


def expected(endpoint: str, principal: str, method: str) -> str:
    """What a principal must get: "in" (let in), "log in" (401 or led to the log-in), "hidden" (404) or "no" (403)."""
    nobody = principal in ("anonymous", "suspended")
    if endpoint in PUBLIC or (endpoint in ONE_TIME_LINK | JOIN_LINK and method == "GET"):
        return "in"
    if endpoint in NOT_OFFERED | DEAD_LINKS:
        return "hidden"
    if endpoint in LOGS_OUT | SECOND_STEP:
        return "log in"
    if nobody:
        return "in" if endpoint in INVITATION_PAGE else "log in"
    if endpoint in OWN | ONE_TIME_LINK | JOIN_LINK:
        return "in"
    if endpoint in OWN_OBJECT:
        return "hidden"
    if endpoint in OF_PEOPLE:
        return "in" if principal in (*ROLES, "limited_guest", "heir") else "hidden"
    return _expected_for_some(endpoint, principal) or _expected_in_team(endpoint, principal)


def _expected_for_some(endpoint: str, principal: str) -> str | None:
    """What a principal must get from what is for one of them alone; None for the endpoints that are about a team."""
    for endpoints, inside, otherwise in (
        (MEMBERS_OWN_OBJECT, "member", "hidden"),
        (SITE_ADMIN, "site_admin", "hidden"),
        (INVITATION_PAGE | INVITATION_LINK, "invited", "no"),
        (INVITATION, "invited", "hidden"),
        (DELETED_TEAM, "admin", "hidden"),
    ):
        if endpoint in endpoints:
            return "in" if principal == inside else otherwise
    return None


def is_of_the_team(endpoint: str) -> bool:
    """Whether an endpoint is about a team, and not about one of its boards."""
    return endpoint in OF_THE_TEAM or endpoint.startswith(OF_THE_TEAM_ALL)


def _expected_in_team(endpoint: str, principal: str) -> str:
    role = least_role(endpoint)
    assert role is not None
    if principal == "without_two_factor":
        return "in" if endpoint in LEAVING else "no"  # a 403 that leads to turning it on
    if principal == "limited_guest":
        of_team = is_of_the_team(endpoint)
        return "hidden" if not of_team else "in" if role == "guest" else "no"
    if principal == "heir":
        principal = "member"
    if principal not in ROLES:
        return "hidden"
    return "in" if ROLES.index(principal) >= ROLES.index(role) else "no"
