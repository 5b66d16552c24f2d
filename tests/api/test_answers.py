"""Answers are written past marshmallow's own pass: byte for byte what it writes, for every schema of an answer."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from random import Random
from types import SimpleNamespace
from typing import Any

import marshmallow as ma
import msgspec
import pytest
from flask import Flask, jsonify
from markupsafe import Markup

from taskforge.api.field_schemas import CustomFieldsAnswer, MomentAnswer
from taskforge.api.schemas import accounts, admin, boards, comments, notifications, tasks, teams
from taskforge.api.schemas.base import Instant, Output
from taskforge.events import Event
from tests.factories import Person, Team, make_task

ALL_MODULES = (accounts, admin, boards, comments, notifications, tasks, teams)
AT = datetime(2026, 3, 4, 5, 6, 7, 891234, tzinfo=UTC)
INSTANTS = (
    AT,
    AT.replace(microsecond=0),
    AT.replace(tzinfo=None),
    AT.astimezone(timezone(timedelta(hours=2))),
)
# By the class of a field, what services answer there; "missing" stands for a member that is not there.
VALUES: dict[type, tuple[Any, ...]] = {
    ma.fields.String: ("words", "“ünï” 🚀", "", Event.TASK_MOVED, 7),
    ma.fields.Integer: (0, 12, -1, True, Decimal(3)),
    ma.fields.Float: (0.5, 3, Decimal("1.25"), Decimal("100000.00")),
    ma.fields.Boolean: (True, False, 1),
    ma.fields.Date: (date(2026, 3, 4),),
    ma.fields.Dict: ({}, {"title": "words", "tags": ["a"], "due": None, "n": {"a": 1}}),
    Instant: INSTANTS,
    MomentAnswer: (date(2026, 3, 4), *INSTANTS[:2]),
    CustomFieldsAnswer: ([], [{"k": "Room", "v": "7 b"}, {"k": "Cost", "v": 1.5}]),
}
MISSING = object()
VARIANTS = 40


def _all_schemas(base: type[Output] = Output) -> Iterator[type[Output]]:
    for schema in base.__subclasses__():
        yield schema
        yield from _all_schemas(schema)


def _value(field: ma.fields.Field[Any], chance: Random, as_object: bool) -> Any:
    if chance.random() < 0.15:
        return None
    if isinstance(field, ma.fields.Nested):
        return _sample(field.schema, chance, as_object)
    if isinstance(field, ma.fields.List):
        return [
            _value(field.inner, chance, as_object) or _value(field.inner, Random(1), as_object)
            for _ in range(chance.randrange(4))
        ]
    if type(field) is ma.fields.Dict and field.value_field is not None:
        return {name: _value(field.value_field, chance, as_object) for name in ("title", "due")}
    return chance.choice(VALUES[type(field)])


def _sample(schema: Any, chance: Random, as_object: bool) -> Any:
    values = {
        field.attribute or name: MISSING
        if not field.required and chance.random() < 0.1
        else _value(field, chance, as_object)
        for name, field in schema.dump_fields.items()
    }
    present = {name: value for name, value in values.items() if value is not MISSING}
    return SimpleNamespace(**present) if as_object else present


@pytest.mark.parametrize("schema", list(_all_schemas()))
def test_every_answer_is_what_marshmallow_writes(
    schema: type[Output], monkeypatch: pytest.MonkeyPatch
) -> None:
    samples = [
        _sample(schema(), Random(number), as_object)
        for number in range(VARIANTS)
        for as_object in (False, True)
    ]
    written = [msgspec.json.encode(schema().dump(sample)) for sample in samples]
    many = msgspec.json.encode(schema(many=True).dump(samples))
    monkeypatch.setattr(Output, "_serialize", ma.Schema._serialize)
    assert written == [msgspec.json.encode(schema().dump(sample)) for sample in samples]
    assert many == msgspec.json.encode(schema(many=True).dump(samples))


def test_a_list_is_what_the_standard_library_would_encode(
    app: Flask, ada: Person, team: Team
) -> None:
    make_task(ada, team, "“Ünï”, <b>&</b>\u2028 🚀")
    answer = ada.api("GET", f"/tasks?boardId={team.board_id}")
    assert answer.mimetype == "application/json"
    assert (
        answer.data == json.dumps(answer.json, ensure_ascii=False, separators=(",", ":")).encode()
    )


def test_safe_html_is_text_in_an_answer(app: Flask) -> None:
    with app.test_request_context():
        answer = jsonify(words=Markup("<b>bold</b>"), event=Event.TASK_MOVED)
    assert answer.get_json() == {"words": "<b>bold</b>", "event": "task.moved"}


def test_what_is_no_json_is_a_mistake_of_ours(app: Flask) -> None:
    with app.test_request_context(), pytest.raises(TypeError):
        jsonify(object())
