"""Access to the site administration."""

from __future__ import annotations

from taskforge.accounts.session_records import Identity
from taskforge.errors import Forbidden
from taskforge.identity.current import current_identity


def require_site_admin() -> Identity:
    """The identity of the logged-in user, who must be a site administrator.

    Raises:
        NotAuthenticated: nobody is logged in.
        Forbidden: the user is no site administrator.
    """
    identity = current_identity()
    if not identity.is_site_admin:
        raise Forbidden("Only site administrators may see this.")
    return identity
