"""Forms of the administration's pages about people."""

from __future__ import annotations

from wtforms import StringField

from taskforge.accounts.suspension import MAX_REASON
from taskforge.http.forms import Form, cleaned, is_yes
from taskforge.text.validation import clean_line


class SuspendForm(Form):
    """Why somebody is suspended."""

    reason = StringField("Reason", [cleaned(clean_line, max_length=MAX_REASON)])


class SiteRoleForm(Form):
    """Whether somebody is to have the site role."""

    is_site_admin = StringField("Site administrator", [cleaned(is_yes)])
