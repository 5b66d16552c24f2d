"""``python -m tests.chaos.accounts ADDRESS …`` makes the accounts of those who are there from the start.

Where mails are sent, signing up without an invitation waits for the answer to a mail. Those who come later are invited.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable

from taskforge.accounts.documents import new_profile
from taskforge.accounts.passwords import hash_password
from taskforge.accounts.service import add_account
from taskforge.config import load_config
from taskforge.ids import new_id
from taskforge.store_app import create_store_app
from taskforge.stores.actor import Actor
from taskforge.stores.unit_of_work import UnitOfWork
from tests.chaos.caller import FIRST_NAME, LAST_NAME, PASSWORD


def make_accounts(addresses: Iterable[str]) -> None:
    """Make an account with a confirmed address for each."""
    for address in addresses:
        actor = Actor(user_id=new_id())
        with UnitOfWork(actor, entity_id=actor.user_id, version=1) as uow:
            add_account(
                uow,
                email=address,
                password_hash=hash_password(PASSWORD),
                fields=new_profile(FIRST_NAME, LAST_NAME),
                is_confirmed=True,
            )


if __name__ == "__main__":
    with create_store_app(load_config()).app_context():
        make_accounts(sys.argv[1:])
