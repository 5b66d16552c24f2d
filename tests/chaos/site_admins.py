"""``python -m tests.chaos.site_admins USER_ID …`` makes people site administrators: the first one by the one-time link,
who gives the role to the others."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from taskforge.accounts.site_admins import grant_site_role
from taskforge.admin.service import claim_admin, issue_admin_claim
from taskforge.config import load_config
from taskforge.store_app import create_store_app
from taskforge.stores.actor import Actor


def appoint(user_ids: Sequence[str]) -> None:
    """Make them site administrators of an installation that has none."""
    first = Actor(user_id=user_ids[0])
    claim_admin(first, issue_admin_claim())
    for user_id in user_ids[1:]:
        grant_site_role(first, user_id)


if __name__ == "__main__":
    with create_store_app(load_config()).app_context():
        appoint(sys.argv[1:])
