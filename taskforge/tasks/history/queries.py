"""SQL of undoing: the audit events of tasks."""

from __future__ import annotations

from sqlalchemy import text

from taskforge.accounts.queries import left_join_person

# An audit event without its values: the names of the fields in its new state, who is responsible, and whether it took
# steps out of the checklist and left the others as they were.
_EVENT = """
           l.event_id, l.event, l.entity_version AS version, l.new_state ->> 'undoes' AS undoes,
           l.actor_id, u.display_name AS actor_name, u.picture AS actor_picture, l.action_timestamp AS at,
           CASE WHEN jsonb_typeof(l.new_state) = 'object'
                THEN ARRAY(SELECT jsonb_object_keys(l.new_state))
                ELSE '{}' END AS fields,
           CASE WHEN jsonb_typeof(l.previous_state -> 'checklist') = 'array'
                     AND jsonb_typeof(l.new_state -> 'checklist') = 'array'
                THEN jsonb_array_length(l.previous_state -> 'checklist')
                     > jsonb_array_length(l.new_state -> 'checklist')
                     AND (l.previous_state -> 'checklist') @> (l.new_state -> 'checklist')
                ELSE false END AS removes_steps
"""
_EVENTS = f"""
           audit_logs l
           {left_join_person("l.actor_id")}
"""

EVENT_OF_TASK = text(f"""
    SELECT {_EVENT}, l.previous_state
    FROM   {_EVENTS}
    WHERE  l.event_id = :event_id AND l.entity_id = :task_id AND l.entity_type = 'task'
""")
CHECKLIST_AFTER = text("""
    SELECT new_state -> 'checklist'
    FROM   audit_logs
    WHERE  event_id = :event_id
""")
LATER_EVENTS = text(f"""
    SELECT {_EVENT}
    FROM   {_EVENTS}
    WHERE  l.entity_type = 'task' AND l.entity_id = :task_id AND l.entity_version > :version
    ORDER  BY l.entity_version DESC
    LIMIT  :limit
""")
EVENTS_BY_ID = text(f"""
    SELECT {_EVENT}, l.entity_id, l.previous_state
    FROM   {_EVENTS}
    WHERE  l.event_id = ANY(CAST(:ids AS uuid[])) AND l.entity_type = 'task'
    ORDER  BY l.board_seq
""")
# The latest `:limit` events of each of the tasks `:ids` after the version of it in `:versions`.
LATER_EVENTS_OF_TASKS = text(f"""
    SELECT requested.task_id AS entity_id, later.*
    FROM   unnest(CAST(:ids AS uuid[]), CAST(:versions AS int[])) AS requested(task_id, after)
           CROSS JOIN LATERAL (
               SELECT {_EVENT}
               FROM   {_EVENTS}
               WHERE  l.entity_type = 'task' AND l.entity_id = requested.task_id
                      AND l.entity_version > requested.after
               ORDER  BY l.entity_version DESC
               LIMIT  :limit) later
""")
