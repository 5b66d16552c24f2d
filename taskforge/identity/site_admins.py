"""Access to the administration of the whole installation."""

from __future__ import annotations

from flask import g

from taskforge.accounts.session_records import Identity
from taskforge.errors import NotFound
from taskforge.identity.current import current_identity


def require_site_admin() -> Identity:
    """The identity of the logged-in user, who must be a site administrator. For others there is nothing here.

    Raises:
        NotAuthenticated: nobody is logged in.
        NotFound: the user is no site administrator; it is recorded as a denial.
    """
    identity = current_identity()
    if not identity.is_site_admin:
        g.is_denied = True
        raise NotFound()
    return identity
