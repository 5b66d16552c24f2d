"""Who may see what in the demo: roles, a private board, a team below the team, open invitations, a strict team.

All of it comes when the half a year is over, in which everybody works on every board.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from taskforge import clock
from taskforge.accounts import recovery_codes, totp, two_factor
from taskforge.boards.board_people import limit_guest, name_person
from taskforge.boards.service import create_board, create_team, edit_board
from taskforge.demo.player import DOMAIN, DemoTeam, email_of
from taskforge.mail.tokens import make_token
from taskforge.stores.actor import Actor
from taskforge.tasks.service import create_task
from taskforge.teams.invitations.service import invite_person
from taskforge.teams.permissions import Role
from taskforge.teams.service import add_member, change_role, edit_team
from taskforge.teams.two_factor import require_two_factor

INVITED = ((f"wren@{DOMAIN}", Role.MEMBER), ("audit@ledger.example", Role.GUEST))
OTHER_TEAM = "Book club"
CHILD_TEAM = "Repair van"
GUARDED_TEAM = "Keys and alarms"
GRACE_DAYS = 14  # so that nobody is kept out on the day of the demo
PRIVATE_BOARD = "Hiring"
PRIVATE_TASKS = (
    "Write the advert for the packer",
    "Ask two of the seven to come",
    "Agree on the trial day",
)
WORKSHOP = 2  # the board to which the guest is limited
SECOND_ADMIN, GUEST = 1, 5


def set_rights(team: DemoTeam, until: datetime) -> None:
    """Arrange roles, the private board and the child team within the last days, and leave invitations open."""
    with clock.frozen(until - timedelta(days=5)):
        _give_roles(team)
        _make_private_board(team)
        _make_child_team(team)
    with clock.frozen(until - timedelta(days=2)):
        _invite_people(team)
    with clock.frozen(until - timedelta(days=1)):
        _make_guarded_team(team)


def _give_roles(team: DemoTeam) -> None:
    """A second admin, and a guest who sees one board only."""
    admin, guest = team.people[0], team.people[GUEST].user_id
    change_role(admin, team.team_id, team.people[SECOND_ADMIN].user_id, role=Role.ADMIN)
    change_role(admin, team.team_id, guest, role=Role.GUEST)
    limit_guest(admin, team.team_id, guest, board_ids=[team.boards[WORKSHOP]])


def _make_private_board(team: DemoTeam) -> None:
    """A board that names one member; the admins see it too."""
    admin, named = team.people[0], team.people[2]
    board = create_board(admin, team.team_id, name=PRIVATE_BOARD)
    edit_board(admin, board.entity_id, version=board.version, is_private=True)
    name_person(admin, board.entity_id, named.user_id)
    for title in PRIVATE_TASKS:
        create_task(named, board_id=board.entity_id, title=title)


def _make_child_team(team: DemoTeam) -> None:
    """A team below the team, which takes over its members."""
    admin = team.people[0]
    child = create_team(
        admin,
        name=CHILD_TEAM,
        description="Lamps are mended where they hang.",
        parent_team_id=team.team_id,
    )
    edit_team(admin, child.entity_id, version=child.version, changes={"inherits_members": True})


def _make_guarded_team(team: DemoTeam) -> None:
    """A team that requires two-factor log-in from a day on, of which its people are told.

    Its admin turns the factor on to require it, and off again: who tries the demo logs in as anybody by the password.
    """
    owner = team.people[-1]
    made = create_team(owner, name=GUARDED_TEAM, description="Who opens what, and when it rings.")
    for person in team.people[:2]:
        add_member(owner, made.entity_id, role=Role.MEMBER, user_id=person.user_id)
    setup = two_factor.begin_setup(owner.user_id)
    code = totp.code_at(setup.secret, totp.step_at(clock.now()))
    two_factor.enable(owner, token=setup.token, code=code, codes=recovery_codes.new_codes())
    require_two_factor(owner, made.entity_id, grace_days=GRACE_DAYS)
    two_factor.disable(owner)


def _invite_people(team: DemoTeam) -> None:
    """Two invitations into the team, and one into the team of somebody else, for its admin."""
    admin, other = team.people[0], team.people[-1]
    for email, role in INVITED:
        _invite(admin, team.team_id, email, role)
    club = create_team(other, name=OTHER_TEAM, description="A book a month.")
    _invite(other, club.entity_id, email_of(0), Role.MEMBER)


def _invite(sender: Actor, team_id: str, email: str, role: str) -> None:
    """Invite an address; the link is nobody's until it is sent again."""
    invite_person(sender, team_id, token=make_token(), role=role, per_day=len(INVITED), email=email)
