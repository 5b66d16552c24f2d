"""``python -m tests.compare``: whether two checkouts answer the same to the same requests.

``dump BASE_URL OUT`` asks a running checkout for all that two people see and writes the answers; ``diff A B`` shows
where two such folders differ, and exits with 1 if they do anywhere.  It talks HTTP only, so that it works with any
checkout.  Both must serve copies of the same data.

``renames-2026-11.json`` holds the names that changed in November 2026. The code before and the code after were compared
so, each with its own copy of one data folder and without limits of requests::

    P="--email … --guest … --password … --changes"
    python -m tests.compare dump http://127.0.0.1:8321 /tmp/a $P
    R="--renames tests/compare/renames-2026-11.json"
    python -m tests.compare dump http://127.0.0.1:8322 /tmp/b $P --follow /tmp/a $R
    python -m tests.compare diff /tmp/a /tmp/b $R
"""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.compare.addresses import list_addresses, list_streams
from tests.compare.changes import list_afterwards, list_arrivals, list_changes, list_versioned
from tests.compare.client import Client
from tests.compare.crawl import EACH, EACH_PATH, EACH_SHAPE, Crawl, ask_in_all_kinds
from tests.compare.dump import Dump, read_requests
from tests.compare.forms import list_for_strangers, list_refused
from tests.compare.neutral import Neutraliser
from tests.compare.operations import (
    DOCUMENT,
    list_anonymous,
    list_reads,
    list_refused_writes,
)
from tests.compare.renames import Renames
from tests.compare.report import compare, count_kinds, show
from tests.compare.things import Things, find_things

FOR_STRANGERS = 60


def main(arguments: Sequence[str]) -> int:
    """Do what the command line asks for; the exit code."""
    wanted = _parse(arguments)
    if wanted.what == "dump":
        dump(wanted)
        return 0
    number = show(compare(wanted.before, wanted.after, Renames.read(wanted.renames)))
    held = len(list(wanted.before.glob("*.txt")))
    print(f"\n{number} answers differ of {held}.")
    return 1 if number else 0


def dump(wanted: argparse.Namespace) -> None:
    """Write what a running checkout answers."""
    shutil.rmtree(wanted.out, ignore_errors=True)
    wanted.out.mkdir(parents=True)
    base = wanted.base.rstrip("/")
    neutral = Neutraliser(datetime.now(UTC), base)
    people = [("member", wanted.email)] + ([("guest", wanted.guest)] if wanted.guest else [])
    dumps = {}
    for name, email in people:
        client = Client(base)
        client.log_in(email, wanted.password)
        dumps[name] = Dump(wanted.out, name, client, neutral)
    dumps["stranger"] = Dump(wanted.out, "stranger", Client(base), neutral)
    if wanted.follow:
        _follow(dumps, wanted)
    else:
        _explore(dumps, wanted)
    print(f"{base}: {sum(count_kinds(wanted.out).values())} answers", dict(count_kinds(wanted.out)))


def _explore(dumps: dict[str, Dump], wanted: argparse.Namespace) -> None:
    document = dumps["member"].client.get_json(DOCUMENT)
    found = {name: find_things(one.client) for name, one in dumps.items() if name != "stranger"}
    for name, things in found.items():
        _look_at_everything(dumps[name], things, document, wanted)
    things = found["member"]
    stranger = dumps["stranger"]
    for address in list_addresses(things)[:FOR_STRANGERS]:
        ask_in_all_kinds(stranger, address)
    for ask in (*list_anonymous(document), *list_for_strangers()):
        stranger.record(ask)
    if wanted.changes:
        for ask in (*list_changes(things), *list_versioned(things)):
            dumps["member"].record(ask)
        dumps["member"].settle()
        for ask in list_afterwards(things):
            dumps["member"].record(ask)
        for ask in list_arrivals():
            stranger.record(ask)


def _look_at_everything(
    made: Dump, things: Things, document: dict[str, Any], wanted: argparse.Namespace
) -> None:
    if made.person == "guest":
        things = things.narrowed()
        Crawl(made, 1, 1, 2).run(list_addresses(things))
    else:
        Crawl(made, wanted.each, wanted.each_shape, wanted.each_path).run(list_addresses(things))
    for address in list_streams(things):
        made.record_stream(address)
    refused = (*list_refused(things), *list_refused_writes(document, things))
    for ask in (*list_reads(document, things), *refused):
        made.record(ask)


def _follow(dumps: dict[str, Dump], wanted: argparse.Namespace) -> None:
    renames = Renames.read(wanted.renames)
    for person, what, ask in read_requests(wanted.follow):
        if what == "settle":
            dumps[person].settle()
        elif what == "stream":
            dumps[person].record_stream(renames.in_address(ask.address))
        else:
            dumps[person].record(renames.in_ask(ask))


def _parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.compare")
    kinds = parser.add_subparsers(dest="what", required=True)
    one = kinds.add_parser("dump", help="write the answers of a running checkout")
    one.add_argument("base", metavar="BASE_URL")
    one.add_argument("out", type=Path)
    one.add_argument("--email", required=True, help="who looks at everything")
    one.add_argument("--guest", help="who looks at everything after that")
    one.add_argument("--password", required=True, help="of both")
    one.add_argument("--changes", action="store_true", help="change things too, at the end")
    one.add_argument("--follow", type=Path, help="send the requests of this dump, not those found")
    one.add_argument("--renames", type=Path, nargs="*", default=[], help="for --follow")
    one.add_argument("--each", type=int, default=EACH, help="instances of each pattern")
    one.add_argument("--each-shape", type=int, default=EACH_SHAPE, help="of each set of parameters")
    one.add_argument("--each-path", type=int, default=EACH_PATH, help="of each path")
    two = kinds.add_parser("diff", help="show where two dumps differ")
    two.add_argument("before", metavar="A", type=Path)
    two.add_argument("after", metavar="B", type=Path)
    two.add_argument("--renames", type=Path, nargs="*", default=[], help="what A's names are in B")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
