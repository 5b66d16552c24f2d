"""A task field is declared once: whatever handles fields knows each of them, and a plain number could join them."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

import pytest
from flask import Flask

from taskforge.api.field_schemas import JSON_KINDS
from taskforge.api.schemas import tasks as schemas
from taskforge.api.tasks import DEFAULTS
from taskforge.errors import InvalidInput
from taskforge.history.replay import CARD_NAMES, NEW_CARD
from taskforge.stores.composed import as_text
from taskforge.stores.document_parts import FILES, part_of
from taskforge.tasks import fields, list_queries
from taskforge.tasks.access import REFERENCE_COLUMNS
from taskforge.tasks.board.bucket_filters import BucketFilter, NumberFilter
from taskforge.tasks.board.filter_base import Filter
from taskforge.tasks.board.filters import FILTERED
from taskforge.tasks.bulk.edit import ACTS
from taskforge.tasks.documents import DOCUMENT_FIELDS, TASK_CONTENT, TASK_MIRROR, TaskDocument
from taskforge.tasks.editing.writer import WRITTEN_COLUMNS
from taskforge.tasks.fields import FIELDS
from taskforge.tasks.models import Task
from taskforge.tasks.number_kind import Number
from taskforge.tasks.query.orders import ORDER_BY_NAME
from taskforge.tasks.task_field import Output, Store, TaskField
from taskforge.web.tasks.controls import CONTROLS
from taskforge.web.tasks.forms import EditTaskForm
from taskforge.web.tasks.history_entries import SHOWN_FIELDS
from taskforge.web.tasks.inline_fields import INLINE_FIELDS
from taskforge.web.tasks.select_forms import EditManyForm

HOURS = Number(minimum=0, maximum=100_000, decimals=2, ranges=("0-1", "1-3", "3-8", "8-"))
BY_HOURS = NumberFilter(parameter="hours", title="Hours", kind=HOURS)
TODAY = date(2026, 5, 4)


def each(*, of: tuple[TaskField, ...] = FIELDS) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("field", of, ids=lambda field: field.name)


@each()
def test_a_field_lives_in_the_store_that_it_declares(field: TaskField) -> None:
    in_row = field.store in (Store.ROW, Store.PLACE)
    assert (field.name in Task.__table__.c) == (in_row or field.name in fields.COPIED_COLUMNS)
    assert field.name in TaskDocument._fields
    assert (field.name in TASK_CONTENT.names) == (field.store is Store.CONTENT)
    assert (field.name in TASK_MIRROR.names) == in_row
    assert (field.name in part_of("task", FILES).names) == (field.store is Store.FILES)
    if in_row:
        assert field.name in REFERENCE_COLUMNS
        assert field.name in WRITTEN_COLUMNS


@each()
def test_every_kind_has_its_place_in_each_table(field: TaskField) -> None:
    kind = type(field.kind)
    assert kind in DOCUMENT_FIELDS
    assert kind in JSON_KINDS
    assert kind in CONTROLS or not (field.in_form or field.address)


@each(of=fields.INPUT_FIELDS)
def test_the_api_takes_and_answers_every_field(field: TaskField) -> None:
    for schema in (schemas.NewTask(), schemas.WholeTask(), schemas.TaskChanges(), schemas.Task()):
        assert schema.fields[field.name].data_key == field.json_name
    in_lists = field.name in schemas.TaskSummary().fields
    assert in_lists == (field.in_output is Output.SUMMARY)
    assert (field.name in DEFAULTS) == (field.store is not Store.PLACE and field.name != "title")


@each(of=fields.INPUT_FIELDS)
def test_history_tells_of_every_field_in_words(field: TaskField) -> None:
    assert field.name in SHOWN_FIELDS
    assert fields.name_fields([field.name]) == field.words


@each()
def test_what_is_restored_can_be_read_from_the_log(field: TaskField) -> None:
    assert (field.name in fields.RESTORABLE) == field.is_restorable
    logged = json.loads(json.dumps(field.kind.plain(field.kind.empty)))
    assert fields.earlier_value(field.name, logged) == field.kind.empty


def test_forms_hold_what_declares_them(app: Flask) -> None:
    with app.test_request_context():
        edit, many = EditTaskForm(formdata=None), EditManyForm(formdata=None)
    assert {field.name for field in fields.FORM_FIELDS} < {field.name for field in edit}
    chosen = {act.field.name for act in ACTS.values() if act.field and act.value is None}
    assert chosen < {field.name for field in many}
    assert set(INLINE_FIELDS) == {field.address for field in FIELDS if field.address}


@each(of=fields.CARD_FIELDS)
def test_the_past_of_a_board_keeps_what_a_card_shows(field: TaskField) -> None:
    assert field.name in CARD_NAMES
    assert NEW_CARD[field.name] == field.initial


@pytest.mark.parametrize("name", ["checklist", "attachments"])
def test_a_kind_that_no_form_writes_refuses_text(name: str) -> None:
    with pytest.raises(InvalidInput):
        fields.BY_NAME[name].kind.clean("Saw", field=name)


@pytest.mark.parametrize("kind", [Filter, BucketFilter])
def test_a_filter_says_what_it_accepts_and_how_it_finds_it(kind: type[Filter]) -> None:
    with pytest.raises(TypeError, match="abstract"):
        kind(parameter="hours", title="Hours")


def test_names_of_a_field_are_its_own() -> None:
    for names in (
        [field.name for field in FIELDS],
        [field.json_name for field in FIELDS],
        [field.address for field in FIELDS if field.address],
        list(FILTERED),
        [act.name for field in FIELDS for act in field.bulk_acts],
        [field.position for field in fields.PROPERTIES],
    ):
        assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("typed", "value", "text", "words"),
    [
        ("", None, "", None),
        ("0", Decimal("0.00"), "0", "0"),
        (" 2.5 ", Decimal("2.50"), "2.5", "2.5"),
        (3, Decimal("3.00"), "3", "3"),
        (0.1, Decimal("0.10"), "0.1", "0.1"),
        ("100000", Decimal("100000.00"), "100000", "100,000"),
    ],
)
def test_a_number_is_read_written_and_kept_without_loss(
    typed: object, value: Decimal | None, text: str, words: str | None
) -> None:
    assert HOURS.clean(typed, field="hours") == value
    assert HOURS.form_text(value) == text
    assert HOURS.clean(HOURS.form_text(value), field="hours") == value
    logged = json.loads(json.dumps(HOURS.plain(value)))
    assert HOURS.from_log(logged) == value
    assert HOURS.words(logged, {}) == words
    assert HOURS.read_cursor(HOURS.cursor_text(value)) == value


@pytest.mark.parametrize(
    "typed", ["-1", "100000.01", "1.234", "one", "1e3", "NaN", "1,5", True, [1], "٣"]
)
def test_what_is_no_number_within_bounds_is_refused(typed: object) -> None:
    with pytest.raises(InvalidInput):
        HOURS.clean(typed, field="hours")


@pytest.mark.parametrize("value", ["none", "0-3", "8-", "1.5-1.5"])
def test_a_filter_by_number_takes_ranges(value: str) -> None:
    assert BY_HOURS.accepts(value)


@pytest.mark.parametrize("value", ["", "3", "-3", "3-1", "a-b", "0-100001", "1-2-3"])
def test_what_is_no_range_filters_nothing(value: str) -> None:
    assert not BY_HOURS.accepts(value)


@pytest.mark.parametrize(
    ("value", "logged", "fits"),
    [("none", None, True), ("none", 1, False), ("0-3", 3, True), ("0-3", 3.01, False),
     ("8-", 100_000, True), ("8-", None, False)],
)  # fmt: skip
def test_a_card_of_the_past_is_in_a_range(value: str, logged: float | None, fits: bool) -> None:
    assert BY_HOURS.fits({"hours": logged}, "hours", value, TODAY) is fits


def test_a_list_goes_on_behind_the_last_value_of_its_order() -> None:
    order = list_queries.Order(ORDER_BY_NAME["due"], descending=True)
    place = list_queries.Place("01a221ce-f9c5-7052-abcf-abadb38cb9a0")
    text = list_queries.place_text({"task_id": place.task_id, "due_at": None}, order)
    assert list_queries.read_place(text, order) == place
    page = as_text(list_queries.compose_page((), order, "value"))
    assert "ORDER BY k.due_at DESC NULLS LAST, k.task_id" in page
    assert "k.due_at < :after_value OR k.due_at = :after_value AND k.task_id > :after_id" in page
    with pytest.raises(InvalidInput):
        list_queries.read_place(text, None)
