"""The floors: what the same page costs when a program does nothing but the least it must.

Small Flask programs without log-in, checks or design, on the same web server, stores and machine as TaskForge. They
are the limits that its figures are held against; the letters are those of docs/performance.md. Their tables
(``bench_…``) lie beside TaskForge's own and are filled by `fill`.
"""

from __future__ import annotations

import gzip
import json
import os
import threading
from collections.abc import Sequence
from random import Random
from typing import Any

import psycopg2
import redis
from flask import Flask, Response, request
from jinja2 import Environment

from taskforge.server.asgi_bridge import in_threads

BOARD = "bench"
COLUMNS = 5
TITLES = (
    "Order the charcoal before Friday",
    "Mend the left bellows & test it",
    "Write down who has the keys",
    "Ask for a second offer",
    "Draw the hinge again, larger",
)
TAGS = ("tools", "web", "shop", "idea", "urgent work")
PRIORITIES = ("low", "medium", "high", "urgent")
PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{{ name }}</title></head><body><main>
{% for column in columns %}<section class="column" id="column-{{ column.number }}"><header><h2>{{ column.name }}</h2>
<span>{{ column.cards | length }}</span></header><div>
{% for card in column.cards %}{{ draw(card) }}{% endfor %}</div></section>{% endfor %}</main></body></html>"""
CARD = """{% macro draw(card) %}<article class="card" id="card-{{ card.uid }}" data-task-id="{{ card.uid }}"
 data-version="{{ card.ver }}"><a class="card__title" href="/tasks/{{ card.uid }}">{{ card.title }}</a>
<p class="card__tags">{% for tag in card.tags %}<span class="chip">{{ tag }}</span>{% endfor %}</p>
<p class="card__meta"><span class="nowrap">{{ card.key }}</span><span class="card__fact">{{ card.priority }}</span>
<time datetime="{{ card.due }}">{{ card.due }}</time>
<span class="avatar" title="{{ card.assignee }}">{{ card.assignee[:2] }}</span></p>
<a class="card__move" href="/tasks/{{ card.uid }}/move">Move</a></article>{% endmacro %}"""
TASK = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{{ card.title }}</title></head><body><main>
{{ draw(card) }}{% for author, at, body in comments %}<article class="comment"><h3>{{ author }}</h3>
<time datetime="{{ at }}">{{ at }}</time><p>{{ body }}</p></article>{% endfor %}</main></body></html>"""
TABLES = """
CREATE TABLE bench_cards (id int PRIMARY KEY, uid uuid NOT NULL DEFAULT gen_random_uuid(), col int NOT NULL,
  pos double precision NOT NULL, ver int NOT NULL DEFAULT 1, title text NOT NULL, key text NOT NULL,
  priority text NOT NULL, due date, tags text[] NOT NULL, assignee text NOT NULL);
CREATE INDEX ON bench_cards (col, pos);
CREATE TABLE bench_activity (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, card int, col int,
  at timestamptz DEFAULT now());
CREATE TABLE bench_created (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  uid uuid NOT NULL DEFAULT gen_random_uuid(), col int NOT NULL, ver int NOT NULL DEFAULT 1, title text NOT NULL,
  key text NOT NULL, priority text NOT NULL, due date, tags text[] NOT NULL, assignee text NOT NULL);
CREATE TABLE bench_comments (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, card int, author text, body text,
  at timestamptz DEFAULT now());
CREATE INDEX ON bench_comments (card);
CREATE TABLE bench_members (user_id int PRIMARY KEY, role text);
INSERT INTO bench_members VALUES (1, 'member')"""
COMMENTS = (
    "INSERT INTO bench_comments (card, author, body) SELECT id, 'Ada', '*Note* ' || n || ': it holds.'"
    " FROM bench_cards, generate_series(1, 3) n"
)
ALL_CARDS = (
    "SELECT id, uid, col, ver, title, key, priority, due, tags, assignee FROM bench_cards"
    " ORDER BY col, pos"
)
VERSIONS = (
    "SELECT (SELECT role FROM bench_members WHERE user_id = 1), id, ver FROM bench_cards"
    " ORDER BY col, pos"
)
FIRST_CARDS = (
    "SELECT id, uid, col, ver, title, key, priority, due, tags, assignee FROM bench_cards"
    " ORDER BY col, pos LIMIT 50"
)
ONE_CARD = (
    "SELECT id, uid, col, ver, title, key, priority, due, tags, assignee FROM bench_cards"
    " WHERE id = %(id)s AND EXISTS (SELECT 1 FROM bench_members WHERE user_id = 1)"
)
COMMENTS_OF_CARD = "SELECT author, at, body FROM bench_comments WHERE card = %(id)s ORDER BY id"
MOVE = (
    "WITH moved AS (UPDATE bench_cards SET col = %(col)s, pos = random(), ver = ver + 1"
    " WHERE id = %(id)s AND EXISTS (SELECT 1 FROM bench_members WHERE user_id = 1) RETURNING id, col)"
    " INSERT INTO bench_activity (card, col) SELECT id, col FROM moved"
)
CREATE = (
    "WITH made AS (INSERT INTO bench_created (col, title, key, priority, due, tags, assignee)"
    " SELECT 0, %(title)s, 'B-0', 'high', current_date, '{a}', 'Ada' FROM bench_members WHERE user_id = 1"
    " RETURNING id, col)"
    " INSERT INTO bench_activity (card, col) SELECT id, col FROM made"
)
CARDS = (
    "SELECT id, uid, col, ver, title, key, priority, due, tags, assignee FROM bench_cards"
    " WHERE id = ANY(%(ids)s)"
)

ENTRIES = (
    "SELECT entity_id, kind, task_id, left(body, 200) FROM search_entries"
    " WHERE names @@ plainto_tsquery('simple', %(typed)s) OR texts @@ plainto_tsquery('simple', %(typed)s) LIMIT 25"
)
PERIODS = "SELECT entered_at::date, column_id, count(*) FROM task_transitions WHERE board_id = %(board)s GROUP BY 1, 2"
floors = Flask(__name__)
_templates = Environment(autoescape=True, auto_reload=False, trim_blocks=True, lstrip_blocks=True)
_page = _templates.from_string(CARD + PAGE)
_task = _templates.from_string(CARD + TASK)
_card = _templates.from_string(CARD).module
_here = threading.local()
_drawn: dict[tuple[int, int], str] = {}
_ready: dict[str, tuple[bytes, str]] = {}


def fill(database_url: str, redis_url: str, cards: int) -> None:
    """Make the floors' tables, `cards` cards in them, and the keys that floor j reads."""
    chance = Random(1)
    rows = [
        (
            number,
            number % COLUMNS,
            float(number),
            f"{chance.choice(TITLES)} ({number})",
            f"B-{number}",
            chance.choice(PRIORITIES),
            chance.sample(TAGS, k=chance.randrange(3)),
            f"Person{chance.randrange(20)} Number{chance.randrange(20)}",
        )
        for number in range(cards)
    ]
    with psycopg2.connect(database_url) as connection, connection.cursor() as cursor:
        cursor.execute(TABLES)
        cursor.executemany(
            "INSERT INTO bench_cards (id, col, pos, title, key, priority, due, tags, assignee)"
            " VALUES (%s, %s, %s, %s, %s, %s, current_date, %s, %s)",
            rows,
        )
        cursor.execute(COMMENTS)
    connection.close()
    redis.Redis.from_url(redis_url).mset(
        {"bench:session": "1", "bench:generation": "1", "bench:member": "member"}
    )


@floors.get("/a")
def a() -> Response:
    """Static bytes: what the web server and Flask cost."""
    return _answer(_body("a", lambda: b"<p>" + b"x" * 16_000))


@floors.get("/c")
def c() -> Response:
    """A Jinja loop over 200 cards in memory, one SQL point query and one Redis GET."""
    _redis().get("bench:session")
    _rows("SELECT role FROM bench_members WHERE user_id = 1")
    return _answer(_gzipped(_page.render(name=BOARD, columns=_columns_in_memory())))


@floors.get("/e")
def e() -> Response:
    """Session from Redis, membership and 200 cards from PostgreSQL, Jinja loop."""
    _redis().get("bench:session")
    _rows("SELECT role FROM bench_members WHERE user_id = 1")
    columns = _columns(_card_of(row) for row in _rows(ALL_CARDS))
    return _answer(_gzipped(_page.render(name=BOARD, columns=columns)))


@floors.get("/i")
def i() -> Response:
    """Ids and versions from PostgreSQL every time, each card's HTML from the process's memory."""
    _redis().get("bench:session")
    rows = _rows(VERSIONS)
    missing = [card_id for _, card_id, version in rows if (card_id, version) not in _drawn]
    if missing:
        for row in _rows(CARDS, {"ids": missing}):
            _drawn[row[0], row[3]] = str(_card.draw(_card_of(row)))  # type: ignore[attr-defined]
    cards = "".join(_drawn.get((card_id, version), "") for _, card_id, version in rows)
    return _answer(_gzipped(f"<!doctype html><html><body><main>{cards}</main></body></html>"))


@floors.get("/l")
def listing() -> Response:
    """50 rows from PostgreSQL as JSON."""
    _redis().get("bench:session")
    return _json([_card_of(row) for row in _rows(FIRST_CARDS)])


@floors.get("/s")
def search() -> Response:
    """Whatever holds a word, from PostgreSQL as JSON."""
    return _json(_rows(ENTRIES, {"typed": request.args["q"]}))


@floors.get("/r")
def report() -> Response:
    """How many cards came where on each day, from PostgreSQL as JSON."""
    return _json(_rows(PERIODS, {"board": request.args["board"]}))


@floors.get("/t/<int:card_id>")
def task(card_id: int) -> Response:
    """A card and its comments from PostgreSQL, Jinja."""
    _redis().get("bench:session")
    card = _card_of(_rows(ONE_CARD, {"id": card_id})[0])
    comments = _rows(COMMENTS_OF_CARD, {"id": card_id})
    return _answer(_gzipped(_task.render(card=card, comments=comments)))


@floors.get("/j")
def j() -> Response:
    """One Redis MGET; the ready body from the process's memory, or 304."""
    _, generation, _ = _redis().mget("bench:session", "bench:generation", "bench:member")
    tag = f'"{int(generation)}"'
    if request.headers.get("If-None-Match") == tag:
        return Response(status=304, headers={"ETag": tag})
    body = _body(
        f"j{generation}",
        lambda: _gzipped(_page.render(name=BOARD, columns=_columns_in_memory())),
    )
    answer = _answer(body)
    answer.headers["ETag"] = tag
    return answer


@floors.post("/move")
def move() -> Response:
    """One statement: the card, and a line about it."""
    _rows(MOVE, {"id": int(request.form["id"]), "col": int(request.form["col"])})
    return Response(status=204)


@floors.post("/create")
def create() -> Response:
    """One statement: a new card, and a line about it."""
    _rows(CREATE, {"title": request.form["title"]})
    return Response(status=204)


def _columns_in_memory() -> list[dict[str, Any]]:
    if not hasattr(_here, "cards"):
        _here.cards = [_card_of(row) for row in _rows(ALL_CARDS)]
    return _columns(_here.cards)


def _columns(cards: Any) -> list[dict[str, Any]]:
    columns: list[dict[str, Any]] = [
        {"number": number, "name": f"Column {number}", "cards": []} for number in range(COLUMNS)
    ]
    for card in cards:
        columns[card["col"]]["cards"].append(card)
    return columns


def _card_of(row: Sequence[Any]) -> dict[str, Any]:
    names = ("id", "uid", "col", "ver", "title", "key", "priority", "due", "tags", "assignee")
    return dict(zip(names, row, strict=True))


def _body(name: str, make: Any) -> bytes:
    if name not in _ready:
        _ready[name] = (make(), "")
    return _ready[name][0]


def _gzipped(html: str) -> bytes:
    return gzip.compress(html.encode(), compresslevel=1, mtime=0)


def _answer(body: bytes) -> Response:
    encoding = {"Content-Encoding": "gzip"} if body[:2] == b"\x1f\x8b" else {}
    return Response(body, mimetype="text/html", headers=encoding)


def _json(found: Any) -> Response:
    answer = _answer(_gzipped(json.dumps(found, default=str)))
    answer.mimetype = "application/json"
    return answer


def _rows(statement: str, values: dict[str, Any] | None = None) -> list[tuple[Any, ...]]:
    if not hasattr(_here, "database"):
        _here.database = psycopg2.connect(os.environ["DATABASE_URL"])
        _here.database.autocommit = True
    with _here.database.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall()) if cursor.description else []


def _redis() -> redis.Redis:
    if not hasattr(_here, "redis"):
        _here.redis = redis.Redis.from_url(os.environ["REDIS_URL"])
    client: redis.Redis = _here.redis
    return client


app = in_threads(floors, threads=int(os.environ.get("WEB_THREADS", "8")))
