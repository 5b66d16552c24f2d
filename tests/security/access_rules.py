"""Who may do what on which route: one line for each endpoint. A route without a line fails the matrix.

A rule names the least role of the team that is let in; see `tests.security.expected_access`.
"""

from __future__ import annotations

from taskforge.teams.permissions import Permission

# The second step of a log-in whose password nobody of the matrix has given: it leads to the log-in.
SECOND_STEP = {
    "accounts.second_step",
    "accounts.second_step_submitted",
    "accounts.login_by_passkey",
}

# What this server does not offer while its address is a number.
NOT_OFFERED = {"accounts.passkey_options"}

# Open to everybody; a visitor gets an answer that depends on nobody.
PUBLIC = {
    "notifications.service_worker",
    "accounts.login", "accounts.login_submitted", "accounts.register", "accounts.register_submitted",
    "accounts.registration_sent", "accounts.deleted",
    "accounts.forgot_password", "accounts.forgot_password_submitted", "accounts.reset_requested",
    "api_auth.request_password_reset", "api_auth.confirm_password_reset",
    # A client on this machine, as the tests are, while developing.
    "mailbox.index", "mailbox.show", "mailbox.html_part",
    "health.livez", "health.readyz", "favicon", "assets.show", "api-docs.openapi_json",
    "api_auth.login", "api_auth.register", "api_auth.login_second_step",
}  # fmt: skip

# For whoever is logged in, about themselves.
OWN = {
    "boards.home", "accounts.profile", "accounts.edit_profile", "accounts.password",
    "accounts.address", "accounts.address_submitted", "accounts.confirm_own_address", "accounts.address_link_sent",
    "accounts.password_submitted", "accounts.sessions", "accounts.confirm",
    "accounts.confirm_submitted", "boards.index", "notifications.inbox",
    "notifications.news", "notifications.settings", "notifications.settings_submitted",
    "notifications.mark_all_read", "notifications.mark_all_unread", "notifications.card",
    "notifications.mark_read_card", "notifications.mark_unread_card", "notifications.archive_card",
    "notifications.unarchive_card", "notifications.snooze_card_form", "notifications.snooze_card",
    "notifications.unsnooze_card", "teams.index", "teams.create", "search.find", "search.completions",
    "api_views.list_views", "tasks.my_work", "tasks.welcome", "teams.end_view", "teams.archived", "teams.deleted",
    "api_team_life.list_archived_teams", "api_team_life.list_archived_boards", "api_team_life.list_deleted_teams",
    "api_auth.logout", "api_auth.verify", "api_auth.prove_again", "api_auth.list_sessions", "api_users.get_profile",
    "api_users.edit_profile", "api_users.change_email", "api_users.change_picture", "api_users.remove_picture",
    "accounts.preferences", "accounts.preferences_submitted", "accounts.change_picture", "accounts.remove_picture",
    "api_notifications.list_notifications", "api_notifications.mark_read", "api_teams.list_teams",
    "api_search.search",
    "api_push.unsubscribe",
    "api_teams.create_team", "api_tasks.list_tasks", "api_invitations.list_own", "api_invitations.join",
}  # fmt: skip

# For whoever is logged in, and has proved it lately.
OWN |= {
    "accounts.two_factor", "accounts.set_up_two_factor", "accounts.set_up_two_factor_submitted",
    "accounts.login_history", "api_auth.list_logins", "accounts.new_passkey", "accounts.add_passkey",
    "api_two_factor.get_two_factor", "api_two_factor.begin_setup", "api_two_factor.enable",
    "accounts.tokens", "accounts.new_token", "accounts.make_token", "api_tokens.list_tokens", "api_tokens.make_token",
    "accounts.own_data", "accounts.export_progress", "accounts.make_export", "accounts.delete_account",
    "accounts.delete_account_submitted", "api_leaving.make_export", "api_leaving.list_own_exports",
    "api_leaving.delete_account",
}  # fmt: skip

# The same, about a second factor that one has or has not: a 409 or done.
OWN |= {
    "accounts.renew_recovery_codes", "accounts.turn_off_two_factor",
    "api_two_factor.disable", "api_two_factor.renew_codes",
}  # fmt: skip

# Whoever asks ends up at the log-in.
LOGS_OUT = {"accounts.logout", "accounts.logout_everywhere"}

# Links that were mailed to nobody: a 404 for all, logged in or not.
DEAD_LINKS = {
    "accounts.reset_password", "accounts.reset_password_submitted", "accounts.confirm_address",
    "accounts.confirm_address_submitted", "accounts.confirm_registration", "accounts.confirm_registration_submitted",
    "unsubscribe.ask", "unsubscribe.end", "unsubscribe.undo", "feeds.read",
}  # fmt: skip

# The one-time link: everybody may look at it, one must be logged in to use it.
ONE_TIME_LINK = {"admin.claim"}

# By the link of an invitation: its page for everybody but accounts that were not invited, its answers for who was.
INVITATION_PAGE = {"invitations.show"}
INVITATION_LINK = {"invitations.accept", "invitations.decline"}
# The same without the link, for the account that was invited.
INVITATION = {
    "invitations.accept_own", "invitations.decline_own", "api_invitations.accept", "api_invitations.decline",
}  # fmt: skip
# About a deleted team: who was added to it as an admin can restore it, and for all others it does not exist.
DELETED_TEAM = {"teams.restore", "api_team_life.restore_team"}
# A join link: everybody may look at it, and whoever is logged in use it.
JOIN_LINK = {"invitations.join", "invitations.join_submitted"}

# About an object of one's own that nobody of the matrix has: a 404 for all.
OWN_OBJECT = {
    "accounts.revoke_session", "accounts.remove_passkey", "api_auth.delete_session",
    "accounts.revoke_token", "api_tokens.revoke_token",
    "notifications.remove_reminder", "api_reminders.remove_reminder",
    "boards.open_view", "boards.rename_view", "boards.replace_view", "boards.remove_view",
    "feeds.show", "feeds.make", "feeds.remove",
    "api_views.get_view", "api_views.edit_view", "api_views.delete_view",
    "api_views.get_feed", "api_views.make_feed", "api_views.remove_feed",
    "api_push.subscribe",  # nobody has keys of push messages
    "accounts.download_export",
    "api_leaving.download_export",
}  # fmt: skip
# The notification is the member's.
MEMBERS_OWN_OBJECT = {
    "notifications.open_line", "notifications.mark_read", "notifications.mark_unread", "notifications.archive",
    "notifications.unarchive", "notifications.snooze_form", "notifications.snooze", "notifications.unsnooze",
    "api_notifications.mark_unread", "api_notifications.archive", "api_notifications.unarchive",
    "api_notifications.snooze", "api_notifications.unsnooze",
}  # fmt: skip

# For site administrators, who see nothing of a team that they are not in.
SITE_ADMIN = {
    "admin.index", "admin.users", "admin.user", "admin.suspend", "admin.lift_suspension", "admin.set_site_role",
    "admin.reset_link", "admin.reset_two_factor", "admin.end_all_sessions", "admin.end_session",
    "admin.teams", "admin.team", "admin.security_events", "admin.mails", "admin.send_mail_again", "admin.settings",
    "admin.storage",
    "api_admin.list_users", "api_admin.suspend_user", "api_admin.lift_suspension", "api_admin.set_site_role",
    "api_admin.make_reset_link", "api_admin.end_sessions", "api_admin.reset_two_factor",
    "figures.metrics", "figures.show", "analytics.show", "api_admin.get_analytics",
    "monitor.index", "monitor.workers", "monitor.any_jobs", "monitor.jobs", "monitor.job",
    "monitor.queues_data", "monitor.jobs_data", "monitor.job_data", "monitor.workers_data",
    "monitor.requeue_job", "monitor.delete_job", "monitor.requeue_failed_jobs", "monitor.empty_registry",
    "monitor.compact_queue",
}  # fmt: skip

# About a person, for everybody who shares a team with them; a guest who is limited to boards, who shares a board.
OF_PEOPLE = {"people.show", "people.picture", "api_users.get_user"}

GUESTS = {
    "teams.permissions", "api_teams.get_permissions", "api_teams.list_children",
    "teams.show", "teams.leave", "teams.leave_submitted", "api_departures.leave",
    "boards.show", "boards.cards", "boards.columns", "boards.seen",
    "boards.unseen_changes", "boards.people", "boards.pictures", "tasks.show", "tasks.details",
    "boards.filter_completions", "boards.filter_menu", "boards.fold", "boards.lanes",
    "tasks.my_work_row", "boards.views", "boards.save_view", "api_views.create_view",
    "boards.calendar", "boards.calendar_days", "boards.calendar_card", "boards.calendar_filter",
    "boards.timeline", "boards.timeline_bars", "boards.timeline_rows", "boards.timeline_row", "boards.timeline_filter",
    "boards.table", "boards.table_groups", "boards.table_rows", "boards.table_row", "boards.table_filter",
    "boards.download_table",
    "notifications.watch_task", "notifications.board_watch", "notifications.board_watch_submitted",
    "api_watching.get_task_watch", "api_watching.watch_task", "api_watching.unwatch_task",
    "api_watching.get_board_watch", "api_watching.watch_board", "api_watching.unwatch_board",
    "notifications.list_reminders", "notifications.add_reminder",
    "api_reminders.list_reminders", "api_reminders.add_reminder",
    "api_watching.mute_board", "api_watching.unmute_board",
    "tasks.history", "tasks.trash", "comments.create", "comments.people",
    "tasks.history_entry",
    "tasks.card", "tasks.peek",
    "attachments.view", "attachments.file", "attachments.download", "attachments.thumbnail", "attachments.page",
    "attachments.deleted",
    "board_history.show", "board_history.column",
    "api_teams.get_team", "api_teams.list_members", "api_boards.list_boards", "api_boards.get_board",
    "api_boards.list_deleted_columns",
    "api_attachments.list_attachments", "api_attachments.list_deleted_attachments",
    "api_attachments.get_attachment", "api_attachments.get_thumbnail", "api_attachments.get_page",
    "api_reports.get_board_report", "api_reports.get_team_report",
    "reports.board_index", "reports.board_show", "reports.board_download",
    "reports.team_index", "reports.team_show", "reports.team_download", "reports.week",
    "reports.mail_week",
    "api_tasks.get_task", "api_tasks.list_history", "api_comments.list_comments", "api_comments.create_comment",
}  # fmt: skip

# Nobody needs the two-factor log-in that a team requires to leave it.
LEAVING = {"teams.leave", "teams.leave_submitted", "api_departures.leave"}

MEMBERS = {
    "teams.activity", "teams.download_activity", "api_team_activity.list_activity",
    "api_team_activity.download_activity",
    "boards.set_privacy", "boards.name_person", "boards.unname_person",
    "api_boards.list_named_people", "api_boards.name_person", "api_boards.unname_person",
    "board_history.activity", "boards.create", "boards.settings", "boards.rename", "boards.add_column",
    "boards.edit_column",
    "boards.move_column", "boards.delete_column", "tasks.create", "tasks.edit", "tasks.edit_submitted", "tasks.move",
    "tasks.move_submitted", "tasks.delete", "tasks.restore", "tasks.undo", "tasks.restore_value",
    "tasks.field", "tasks.field_submitted", "tasks.tick_item", "tasks.add_item", "tasks.remove_item",
    "boards.column_settings", "boards.restore_column", "api_boards.restore_column",
    "tasks.create_many", "tasks.create_many_submitted", "tasks.quick_add_names", "tasks.start_empty",
    "tasks.undo_batch", "tasks.select", "tasks.edit_many",
    "attachments.create", "attachments.delete", "attachments.restore", "attachments.cover",
    "api_boards.create_board", "api_boards.edit_board", "api_boards.create_column", "api_boards.edit_column",
    "api_boards.move_column", "api_boards.delete_column", "api_tasks.create_task", "api_tasks.edit_task",
    "api_tasks.replace_task", "api_tasks.move_task", "api_tasks.delete_task", "api_tasks.restore_task",
    "api_tasks.undo_change", "api_attachments.attach_to_task", "api_attachments.delete_attachment",
    "api_attachments.restore_attachment", "api_attachments.set_cover", "api_attachments.remove_cover",
}  # fmt: skip

ADMINS = {
    "teams.view_as", "teams.start_view",
    "teams.two_factor", "teams.require_two_factor", "teams.release_two_factor",
    "api_team_two_factor.get_requirement", "api_team_two_factor.require", "api_team_two_factor.release",
    "teams.access", "api_teams.explain_access",
    "teams.board_limit", "teams.limit_guest", "api_boards.get_board_limit", "api_boards.limit_guest",
    "teams.permissions_submitted", "teams.reset_permissions", "teams.undo_permissions",
    "api_teams.change_permissions",
    "teams.edit", "teams.edit_submitted", "teams.add_member", "teams.change_role", "teams.remove_member",
    "teams.remove_member_submitted", "teams.restore_member", "teams.removed",
    "teams.transfer", "teams.transfer_submitted",
    "api_departures.remove_member", "api_departures.restore_member", "api_departures.transfer",
    "teams.resend_invitation", "teams.revoke_invitation", "teams.renew_join_link", "teams.remove_join_link",
    "api_team_invitations.list_invitations", "api_team_invitations.invite", "api_team_invitations.resend",
    "api_team_invitations.revoke", "api_team_invitations.list_join_links", "api_team_invitations.make_join_link",
    "api_team_invitations.remove_join_link",
    "boards.delete", "boards.restore", "boards.deleted", "boards.archive", "boards.unarchive",
    "api_team_life.archive_board", "api_team_life.unarchive_board",
    "teams.archive", "teams.unarchive", "teams.delete", "teams.delete_submitted",
    "api_team_life.archive_team", "api_team_life.unarchive_team", "api_team_life.delete_team",
    # The comment of the world is the admin's own.
    "comments.edit", "comments.edit_submitted", "comments.delete", "comments.restore",
    "attachments.comment_form", "attachments.create_for_comment",
    "api_teams.edit_team", "api_teams.add_member", "api_teams.change_role",
    "api_boards.delete_board", "api_boards.restore_board", "api_boards.list_deleted_boards",
    "api_comments.edit_comment", "api_comments.delete_comment", "api_comments.restore_comment",
    "api_attachments.attach_to_comment",
}  # fmt: skip

ROLES = ("guest", "member", "admin")
# The permission that each of them asks for, beside access to its object; by it a team's matrix lets more or fewer in.
_ENDPOINTS_OF = {
    Permission.TEAM_EDIT: """
        teams.edit teams.edit_submitted api_teams.edit_team teams.two_factor teams.require_two_factor
        teams.release_two_factor api_team_two_factor.get_requirement api_team_two_factor.require
        api_team_two_factor.release""",
    Permission.TEAM_MANAGE_MEMBERS: """
        teams.add_member teams.change_role teams.remove_member teams.remove_member_submitted teams.restore_member
        teams.removed
        teams.access teams.board_limit teams.limit_guest
        api_teams.add_member api_teams.change_role api_departures.remove_member api_departures.restore_member
        api_teams.explain_access
        api_boards.get_board_limit api_boards.limit_guest""",
    Permission.TEAM_MANAGE_PERMISSIONS: """
        teams.permissions_submitted teams.reset_permissions teams.undo_permissions api_teams.change_permissions""",
    Permission.BOARD_CREATE: "boards.create api_boards.create_board",
    Permission.BOARD_EDIT: """
        boards.settings boards.rename boards.add_column boards.edit_column boards.move_column boards.delete_column
        boards.column_settings boards.restore_column boards.set_privacy boards.name_person boards.unname_person
        api_boards.edit_board api_boards.create_column api_boards.edit_column api_boards.move_column
        api_boards.delete_column api_boards.restore_column api_boards.list_named_people api_boards.name_person
        api_boards.unname_person""",
    Permission.BOARD_DELETE: """
        boards.delete boards.restore boards.deleted boards.archive boards.unarchive
        api_team_life.archive_board api_team_life.unarchive_board
        api_boards.delete_board api_boards.restore_board api_boards.list_deleted_boards""",
    Permission.BOARD_ACTIVITY: """
        board_history.activity teams.activity teams.download_activity api_team_activity.list_activity
        api_team_activity.download_activity""",
    Permission.TASK_CREATE: """
        tasks.create tasks.create_many tasks.create_many_submitted tasks.quick_add_names api_tasks.create_task""",
    Permission.TASK_EDIT: """
        tasks.edit tasks.edit_submitted tasks.field tasks.field_submitted tasks.tick_item tasks.add_item
        attachments.create attachments.delete attachments.restore attachments.cover
        tasks.remove_item tasks.restore_value tasks.edit_many api_tasks.edit_task api_tasks.replace_task
        api_attachments.attach_to_task api_attachments.delete_attachment api_attachments.restore_attachment
        api_attachments.set_cover api_attachments.remove_cover""",
    Permission.TASK_MOVE: "tasks.move tasks.move_submitted api_tasks.move_task",
    Permission.TASK_DELETE: "tasks.delete tasks.start_empty api_tasks.delete_task",
    Permission.TASK_RESTORE: "tasks.restore api_tasks.restore_task",
    Permission.COMMENT_CREATE: "comments.create api_comments.create_comment",
    Permission.COMMENT_MODERATE: """
        comments.delete comments.restore api_comments.delete_comment api_comments.restore_comment""",
}
NEEDS: dict[str, Permission | None] = {
    **dict.fromkeys(GUESTS),
    **{one: permission for permission, listed in _ENDPOINTS_OF.items() for one in listed.split()},
}
# About the team as a whole: whoever is limited to some of its boards is a guest there, and a stranger everywhere else.
OF_THE_TEAM_ALL = (
    "teams.", "api_teams.", "api_team_invitations.", "api_team_activity.", "api_team_two_factor.",
)  # fmt: skip
OF_THE_TEAM = {
    "api_reports.get_team_report", "reports.team_index", "reports.team_show", "reports.team_download", "reports.week",
    "reports.mail_week",
    "boards.create", "boards.deleted", "api_boards.list_boards", "api_boards.create_board",
    "api_boards.list_deleted_boards", "api_boards.get_board_limit", "api_boards.limit_guest",
    "api_team_life.archive_team", "api_team_life.unarchive_team", "api_team_life.delete_team",
    "api_departures.remove_member", "api_departures.restore_member", "api_departures.leave", "api_departures.transfer",
}  # fmt: skip
