"""Reports of boards and teams."""

from __future__ import annotations

from typing import Any

import marshmallow as ma

from taskforge.api import fields
from taskforge.api.query_fields import query_text
from taskforge.api.schemas.base import Input, Instant, Output, id_answer, text_answer

MAX_LENGTH = 60


def _line(description: str, *, data_key: str | None = None) -> fields.Checked:
    found = fields.line(MAX_LENGTH, optional=True, data_key=data_key)
    found.metadata = {**found.metadata, "description": description}
    return found


class ReportQuestion(Input):
    """What of a report is asked for; all of it may be left out. See docs/reports.md."""

    first = _line("The first day, 2026-03-01", data_key="from")
    last = _line("The last day; today if it is left out", data_key="to")
    zone = _line("Where days begin at midnight, Europe/Vienna")
    as_of = _line("An instant of the past: what the report said then. A day stands for its end")
    q = query_text("A query that selects tasks by what they are now")
    per = _line("day, week or month: of throughput and created-done")
    by = _line("column or status: of cumulative-flow and time-in-column")
    count = _line("forecast: how many tasks; those that are open if it is left out")
    until = _line("forecast: a day to come, for how many tasks will be finished by it")
    seed = _line("forecast: another seed of the simulation")
    format = fields.choice(("json", "csv"))


class Report(Output):
    """A report. Its figures differ by report, see docs/reports.md."""

    name = text_answer(required=True)
    board_id = id_answer(allow_none=True, required=True)
    team_id = id_answer(required=True)
    first = ma.fields.Date(required=True, data_key="from")
    last = ma.fields.Date(required=True, data_key="to")
    zone = text_answer(required=True)
    as_of = Instant(required=True)
    figures: Any = ma.fields.Dict(required=True)
