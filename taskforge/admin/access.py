"""Who may see the administration."""

from __future__ import annotations

from taskforge.accounts.session_records import Identity
from taskforge.errors import Forbidden
from taskforge.identity.current import current_identity


def require_site_admin() -> Identity:
    """The logged-in site administrator.

    Raises:
        NotAuthenticated: nobody is logged in.
        Forbidden: somebody who is none.
    """
    identity = current_identity()
    if not identity.is_site_admin:
        raise Forbidden("Only site administrators may see this.")
    return identity
