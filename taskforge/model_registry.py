"""Imports every table and document class, so that migrations and index creation know them all."""

from __future__ import annotations

from taskforge.accounts import documents as _profile_documents
from taskforge.accounts import models as _accounts
from taskforge.attachments import documents as _file_documents
from taskforge.attachments import models as _attachments
from taskforge.boards import models as _boards
from taskforge.comments import documents as _comment_documents
from taskforge.comments import models as _comments
from taskforge.history import models as _history
from taskforge.leaving import models as _leaving
from taskforge.mail import models as _mail
from taskforge.notifications import models as _notifications
from taskforge.notifications.bundles import models as _bundles
from taskforge.notifications.push import models as _push
from taskforge.reports import models as _reports
from taskforge.search_entries import models as _search_entries
from taskforge.stores import models as _stores
from taskforge.stores.blobs import gridfs_store as _blobs
from taskforge.tasks import documents as _task_documents
from taskforge.tasks import models as _tasks
from taskforge.tasks.views import models as _views
from taskforge.teams import models as _teams
from taskforge.teams.invitations import models as _invitations

MODULES = (
    _accounts,
    _attachments,
    _blobs,
    _boards,
    _bundles,
    _comment_documents,
    _comments,
    _file_documents,
    _history,
    _invitations,
    _leaving,
    _mail,
    _notifications,
    _profile_documents,
    _push,
    _search_entries,
    _reports,
    _stores,
    _task_documents,
    _tasks,
    _teams,
    _views,
)
