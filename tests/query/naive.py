"""Queries with what they mean, said once more in plain Python: days are counted, texts compared one by one.

Each function draws a text of the language together with a function that says whether a task fits it. Nothing here asks
the parser or the registry of terms.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from random import Random
from typing import Any

from taskforge.text.normal_form import fold, fold_for_finding
from tests.query.world import (
    DAY,
    PRIORITIES,
    STATUSES,
    TAGS,
    WEEKDAYS,
    WORDS,
    Fits,
    Reader,
    Said,
    Task,
)


def quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def day_of(value: tuple[datetime, bool] | None, reader: Reader) -> date | None:
    """The reader's day of a moment: (instant, whether it has a time)."""
    if value is None:
        return None
    at, has_time = value
    return at.astimezone(reader.zone if has_time else UTC).date()


def counted(name: str, first: str, second: str) -> str:
    return f"{name}:{first}..{second}"


def choice_terms(rng: Random) -> Said:
    name, words = rng.choice([("status", STATUSES), ("priority", PRIORITIES)])
    way = rng.randint(0, 2)
    if way == 0:
        some = rng.choices(words, k=rng.randint(1, 3))
        return Said(f"{name}:{','.join(some)}", lambda task, _: task[name] in some)
    if way == 1:
        low, high = rng.choice(words), rng.choice(words)
        return Said(
            counted(name, low, high),
            lambda task, _: words.index(low) <= words.index(task[name]) <= words.index(high),
        )
    sign, word = rng.choice(["<", "<=", ">", ">=", "="]), rng.choice(words)
    return Said(
        f"{name}:{sign}{word}",
        lambda task, _: compare(sign, words.index(task[name]), words.index(word)),
    )


def compare(sign: str, left: Any, right: Any) -> bool:
    return bool(
        {
            "<": left < right,
            "<=": left <= right,
            ">": left > right,
            ">=": left >= right,
            "=": left == right,
        }[sign]
    )


def people_terms(rng: Random) -> Said:
    name = rng.choice(["assignee", "creator"])
    column = {"assignee": "assignee_id", "creator": "created_by"}[name]
    who = rng.choice(["me", "ada", "BOB", "Gus", '"bob jones"', "jones", "nobody-of-us"])
    if name == "assignee" and (rng.random() < 0.5):
        return Said("assignee:none", lambda task, _: task[column] is None)
    if who == "me":
        return Said(f"{name}:me", lambda task, reader: task[column] == reader.user_id)
    wanted = who.strip('"').lower()

    def fits(task: Task, reader: Reader) -> bool:
        full = reader.people.get(task[column], "").lower()
        return bool(full) and (wanted in full.split() or wanted == full)

    return Said(f"{name}:{who}", fits)


def day_words(
    rng: Random, *, back: bool, counted: bool = True
) -> tuple[str, Callable[[date], list[date]]]:
    """A word and the days that it means, one by one, seen from a day."""
    way = rng.randint(0, 5 if counted else 4)
    if way == 0:
        word, by = rng.choice([("today", 0), ("tomorrow", 1), ("yesterday", -1)])
        return word, lambda today: [today + by * DAY]
    if way == 1:
        number = rng.randint(0, 6)
        word = WEEKDAYS[number][: rng.choice([3, 9])]
        near = range(0, -7, -1) if back else range(1, 8)
        return word, lambda today: [
            today + by * DAY for by in near if (today + by * DAY).weekday() == number
        ]
    if way == 2:
        by = rng.randint(-12, 12)
        return f"#{by}", lambda today: [today + by * DAY]
    if way == 3:
        word, by = rng.choice([("lastweek", -7), ("thisweek", 0), ("nextweek", 7)])

        def week(today: date) -> list[date]:
            monday = today - today.weekday() * DAY + by * DAY
            return [monday + number * DAY for number in range(7)]

        return word, week
    if way == 4:
        return "#month", lambda today: [
            today + by * DAY for by in range(-31, 32) if (today + by * DAY).month == today.month
        ]
    count = rng.randint(1, 9)
    is_past = rng.random() < 0.5
    forward = back == is_past
    word = f"{'-' if is_past else ''}{count}d"
    days = range(count) if forward else range(-count + 1, 1)
    return word, lambda today: [today + by * DAY for by in days]


def spelt(word: str, reader_today: date) -> str:
    """A word with the dates that it holds written out."""
    if word == "#month":
        return f"{reader_today:%Y-%m}"
    return (reader_today + int(word[1:]) * DAY).isoformat() if word.startswith("#") else word


def day_terms(rng: Random, today: date) -> Said:
    name = rng.choice(["due", "start", "created", "updated"])
    back = name in ("created", "updated")
    if not back and rng.randint(0, 4) == 0:
        return Said(f"{name}:none", lambda task, _: task[name] is None)
    word, days = day_words(rng, back=back)
    text = spelt(word, today)
    way = rng.randint(0, 2)

    def on(task: Task, reader: Reader) -> date | None:
        return day_of(task[name], reader)

    if way == 0 or text[-1:] == "d":
        return Said(f"{name}:{text}", lambda task, reader: on(task, reader) in days(reader.today))
    if way == 1:
        other, others = day_words(rng, back=back, counted=False)

        def within(task: Task, reader: Reader) -> bool:
            day = on(task, reader)
            if day is None:
                return False
            return min(days(reader.today)) <= day <= max(others(reader.today))

        return Said(counted(name, text, spelt(other, today)), within)
    sign = rng.choice(["<", "<=", ">", ">="])
    edge = min if sign in ("<", ">=") else max

    def beside(task: Task, reader: Reader) -> bool:
        day = on(task, reader)
        return day is not None and compare(sign, day, edge(days(reader.today)))

    return Said(f"{name}:{sign}{text}", beside)


def number_terms(rng: Random) -> Said:
    name = rng.choice(["estimate", "number"])
    if name == "estimate" and rng.randint(0, 3) == 0:
        return Said("estimate:none", lambda task, _: task["estimate"] is None)
    low, high = rng.randint(0, 12), rng.randint(0, 12)
    way = rng.randint(0, 2)

    def of(task: Task) -> Any:
        return task[name]

    if way == 0:
        return Said(
            f"{name}:{low}..{high}",
            lambda task, _: of(task) is not None and low <= of(task) <= high,
        )
    if way == 1:
        return Said(f"{name}:{low}..", lambda task, _: of(task) is not None and of(task) >= low)
    sign = rng.choice(["<", "<=", ">", ">=", "="])
    return Said(
        f"{name}:{sign}{low}", lambda task, _: of(task) is not None and compare(sign, of(task), low)
    )


def tag_terms(rng: Random) -> Said:
    if rng.randint(0, 5) == 0:
        return Said("tag:none", lambda task, _: not task["tags"])
    some = rng.choices(TAGS, k=rng.randint(1, 2))
    text = ",".join(map(quoted, some))
    wanted = {fold(tag) for tag in some}
    return Said(f"tag:{text}", lambda task, _: bool(wanted & {fold(tag) for tag in task["tags"]}))


def word_terms(rng: Random) -> Said:
    word = rng.choice(WORDS)
    way = rng.choice(["", "text:", "title:"])
    sought = fold_for_finding(word)

    def fits(task: Task, reader: Reader) -> bool:
        in_title = sought in fold_for_finding(task["title"])
        if way == "title:":
            return in_title
        key = f"{reader.prefix}-{task['number']}".lower()
        in_tags = any(sought in fold_for_finding(tag) for tag in task["tags"])
        return in_title or in_tags or word.lower() == key

    return Said(f"{way}{quoted(word)}", fits)


def other_terms(rng: Random) -> Said:
    number = rng.randint(1, 12)
    column = rng.choice(STATUSES)

    def is_overdue(task: Task, reader: Reader) -> bool:
        if task["due"] is None or task["status"] == "done":
            return False
        at, has_time = task["due"]
        return bool(at < reader.now) if has_time else at.date() < reader.today

    known: dict[str, Fits] = {
        "is:open": lambda task, _: task["status"] != "done",
        "is:done": lambda task, _: task["status"] == "done",
        "is:unassigned": lambda task, _: task["assignee_id"] is None,
        "is:overdue": is_overdue,
        "due:overdue": is_overdue,
        "has:comments": lambda task, _: task["comment_count"] > 0,
        "has:files": lambda task, _: task["attachment_count"] > 0,
        "has:checklist": lambda task, _: task["checklist_total"] > 0,
        "has:tags": lambda task, _: bool(task["tags"]),
        "has:due": lambda task, _: task["due"] is not None,
        f"key:web-{number}": lambda task, _: task["number"] == number,
        "column:{name}": lambda task, reader: task["column_id"] == reader.columns[column],
        "team:other": lambda _task, _reader: False,
    }
    text = rng.choice(list(known))
    return Said(text.format(name=column.replace("_", "-")), known[text])


def draw_query(rng: Random, today: date, depth: int = 3) -> Said:
    """A query for a reader's day: a term, or some of them put together."""
    way = rng.choice(["term", "term", "not", "all", "any"]) if depth else "term"
    if way == "term":
        make = rng.choice(LEAVES)
        return make(rng, today) if make is day_terms else make(rng)
    if way == "not":
        one = draw_query(rng, today, depth - 1)
        return Said(f"-({one.text})", lambda *given: not one.fits(*given))
    some = [draw_query(rng, today, depth - 1) for _ in range(rng.randint(2, 3))]
    if way == "all":
        text = " ".join(f"({one.text})" for one in some)
        return Said(text, lambda *given: all(one.fits(*given) for one in some))
    text = " or ".join(one.text for one in some)
    return Said(f"({text})", lambda *given: any(one.fits(*given) for one in some))


LEAVES: tuple[Any, ...] = (
    choice_terms,
    people_terms,
    day_terms,
    day_terms,
    number_terms,
    tag_terms,
    word_terms,
    other_terms,
)
