"""Verifies a stretch of the audit chain, for a watch that must not read all of it at once."""

from __future__ import annotations

from sqlalchemy import text

from taskforge.audit.chain import _LINKS, GENESIS, _check_link
from taskforge.stores import sql

_HASH = text("SELECT hash FROM audit_chain WHERE seq = :seq")


def check_stretch(key: bytes, first_seq: int, links: int) -> tuple[str | None, int]:
    """What is wrong with the links from one on, and the number behind the last one that was read.

    That number is `first_seq` where the chain ends before it. A stretch is bounded by `links`.
    """
    previous = GENESIS
    if first_seq > 1:
        found = sql.scalar(_HASH, {"seq": first_seq - 1})
        previous = bytes(found) if found is not None else GENESIS
    seq = first_seq
    for link in sql.rows(_LINKS, {"seq": first_seq, "batch": links}):
        problem = _check_link(key, link, previous, seq)
        if problem:
            return problem, seq
        previous, seq = bytes(link["hash"]), seq + 1
    return None, seq
