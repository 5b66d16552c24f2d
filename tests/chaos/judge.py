"""After the chaos: is everything that was acknowledged there, once, and do the stores agree?"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Mapping, Sequence
from typing import Any

import psycopg2

from tests.chaos import news, outsiders, programs
from tests.chaos.caller import Caller
from tests.chaos.client import Client, differences
from tests.chaos.files import compare_files
from tests.chaos.mails import PostOffice, judge_mails
from tests.chaos.system import System

LEFT_TO_DO = {
    "outbox messages": "SELECT count(*) FROM outbox",
    "unsealed facts": "SELECT count(*) FROM audit_logs l WHERE NOT EXISTS"
    " (SELECT 1 FROM audit_chain c WHERE c.log_id = l.log_id)",
    "undelivered intents": "SELECT (SELECT count(*) FROM notification_intents WHERE delivered_at IS NULL)"
    " + (SELECT count(*) FROM notification_fan_outs)",
}
# Each finds what must not be; the stores' own checks (the doctor's) come on top of these.
FORBIDDEN = {
    "facts of one version": "SELECT entity_id, entity_version, count(*) FROM audit_logs"
    " WHERE entity_version IS NOT NULL GROUP BY 1, 2 HAVING count(*) > 1",
    "versions without facts": "SELECT task_id, version FROM tasks k WHERE version <> (SELECT count(*)"
    " FROM audit_logs l WHERE l.entity_id = k.task_id AND l.entity_version IS NOT NULL)",
    "notifications told twice": "SELECT event_id, user_id, count(*) FROM notifications"
    " GROUP BY 1, 2 HAVING count(*) > 1",
    "intents not told once": "SELECT i.event_id, i.user_id FROM notification_intents i WHERE 1 <>"
    " (SELECT count(*) FROM notifications n WHERE n.event_id = i.event_id AND n.user_id = i.user_id)",
    "notifications of nothing": "SELECT event_id, user_id FROM notifications n WHERE NOT EXISTS"
    " (SELECT 1 FROM notification_intents i WHERE i.event_id = n.event_id AND i.user_id = n.user_id)",
    "board sequences with gaps": "SELECT board_id, seq FROM boards b WHERE seq <> (SELECT count(*)"
    " FROM audit_logs l WHERE l.board_id = b.board_id AND l.board_seq > 0)",
    "ranks taken twice": "SELECT column_id, rank FROM tasks WHERE deleted_at IS NULL"
    " GROUP BY column_id, rank HAVING count(*) > 1",
}


def wait_until_done(
    system: System, seconds: float, questions: Mapping[str, str] = LEFT_TO_DO
) -> tuple[float, list[str]]:
    """Wait until relay and workers have nothing left to do; how long it took, and what is left after all."""
    began, left = time.monotonic(), {"anything": -1}
    while time.monotonic() - began < seconds:
        system.keep()
        with contextlib.suppress(psycopg2.Error):
            left = {name: ask(system, question)[0][0] for name, question in questions.items()}
        if not any(left.values()):
            return time.monotonic() - began, []
        time.sleep(0.2)
    stuck = [f"{count} {name} left after {seconds:.0f} s" for name, count in left.items() if count]
    return time.monotonic() - began, stuck


def judge(
    system: System,
    clients: Sequence[Client],
    office: PostOffice,
    kills: Sequence[tuple[str, float]],
) -> list[str]:
    """Everything that is wrong, as sentences; empty when nothing was lost or doubled."""
    sent = [mail_id for (mail_id,) in ask(system, news.SENT)]
    comments = [(words, mail_id) for words, mail_id in ask(system, news.MAILED_COMMENTS)]
    found = judge_mails(office, sent=sent, comments=comments, kills=kills)
    for name, question in {**FORBIDDEN, **news.FORBIDDEN}.items():
        found += [f"{name}: {row}" for row in ask(system, question)[:3]]
    for client in clients:
        found += _compare_tasks(client)
        found += _compare_operations(system, client)
        for companion in client.companions:
            found += _compare_operations(system, companion)
    for words in (("taskforge", "doctor"), ("taskforge", "audit", "verify")):
        code, said = system.command(*words)
        if code:
            found.append(f"{' '.join(words)} exited with {code}: {said[:1500]}")
    return _compare_access(clients) + found


def ask(system: System, question: str, *values: Any) -> list[tuple[Any, ...]]:
    """What PostgreSQL answers."""
    url = system.environment["DATABASE_URL"]
    with contextlib.closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        cursor.execute(question, values)
        return cursor.fetchall()


def _compare_tasks(client: Client) -> list[str]:
    """Every task against what its only writer was told, text and comments included."""
    found = []
    for task in client.tasks.values():
        status, answer = client.call("GET", f"/tasks/{task.task_id}")
        if status != (404 if task.deleted else 200):
            found.append(f"{task.task_id}: answered {status}, deleted is {task.deleted}")
            continue
        if task.deleted:
            continue
        found += differences(task, answer)
        compare_files(client, task)
        if not answer["detailsAvailable"]:
            found.append(f"{task.task_id}: its text can't be read")
        comments = client.call("GET", f"/tasks/{task.task_id}/comments?limit=100")[1]["items"]
        said = {comment["commentId"]: comment["content"] for comment in comments}
        if said != task.comments:
            found.append(f"{task.task_id}: comments {said}, acknowledged {task.comments}")
    known = {task.task_id for task in client.tasks.values() if not task.deleted}
    listed, cursor = set(), ""
    while True:
        page = client.call("GET", f"/tasks?teamId={client.team_id}&limit=200{cursor}")[1]
        listed |= {task["taskId"] for task in page["items"]}
        if not page["nextCursor"]:
            break
        cursor = f"&cursor={page['nextCursor']}"
    if listed != known:
        found.append(f"team {client.team_id}: {len(listed ^ known)} tasks too many or too few")
    return found


def _compare_access(clients: Sequence[Client]) -> list[str]:
    """Every suspension and every token against what was acknowledged last; with all that the callers noted before."""
    for client in clients:
        outsiders.compare_outsider(client)
        programs.compare_list(client)
        for program in client.programs:
            programs.compare_program(client, program)
    callers = [caller for client in clients for caller in (client, *client.companions)]
    return [violation for caller in callers for violation in caller.violations]


def _compare_operations(system: System, client: Caller) -> list[str]:
    """Each acknowledged key is on record once, with exactly the facts that it is to have."""
    rows = ask(
        system,
        "SELECT op_id::text, (SELECT count(*) FROM audit_logs l WHERE l.operation_id = o.op_id)"
        " FROM operations o WHERE user_id = %s",
        client.user_id,
    )
    facts = dict(rows)
    lost = [key for key in client.operations if key not in facts]
    doubled = [key for key, wanted in client.operations.items() if facts.get(key, wanted) != wanted]
    extra = set(facts) - set(client.operations)
    found = []
    for name, keys in (("lost", lost), ("with other facts", doubled), ("unknown", extra)):
        if keys:
            found.append(
                f"client {client.number}: {len(keys)} operations {name}: {sorted(keys)[:3]}"
            )
    return found
