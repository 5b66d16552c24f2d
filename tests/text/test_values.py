"""Reading ids, whole numbers, days and instants."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskforge.errors import InvalidInput, NotFound
from taskforge.text.values import parse_date, parse_datetime, parse_int, parse_uuid


@given(st.uuids())
def test_a_canonical_id_is_returned_as_it_is(value: UUID) -> None:
    assert parse_uuid(str(value)) == str(value)


@pytest.mark.parametrize("change", [str.upper, "{{{}}}".format, "urn:uuid:{}".format, " {}".format])
@given(value=st.uuids().filter(lambda value: any(c in "abcdef" for c in str(value))))
def test_another_spelling_of_an_id_is_not_found(change, value: UUID) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(NotFound):
        parse_uuid(change(str(value)))


@pytest.mark.parametrize(
    "bad", [None, "", "0", -1, 2**64, b"x" * 16, b"x" * 12, "../x", [], {}, True, "a" * 36, "a\n"]
)
def test_what_is_no_id_is_not_found(bad: object) -> None:
    with pytest.raises(NotFound):
        parse_uuid(bad)


def test_an_id_with_a_line_end_is_not_found() -> None:
    with pytest.raises(NotFound):
        parse_uuid("01890000-0000-7000-8000-000000000000\n")


@given(st.integers(-(10**18), 10**18))
def test_a_whole_number_is_read_from_json_and_from_digits(number: int) -> None:
    limits = {"minimum": -(10**18), "maximum": 10**18}
    assert parse_int(number, field="n", **limits) == number
    assert parse_int(str(number), field="n", **limits) == number


@pytest.mark.parametrize(
    "bad",
    [
        "",
        " 1",
        "1 ",
        "+1",
        "-0",
        "01",
        "1_0",
        "1.0",
        "1e3",
        "²",
        "١٢",
        "NaN",
        "0x1",
        "1\n",
        "--1",
        None,
        True,
        1.0,
        float("nan"),
        [],
        {},
        "9" * 5000,
        101,
        -1,
        "101",
        2**63,
    ],
)
def test_other_numbers_are_refused(bad: object) -> None:
    with pytest.raises(InvalidInput) as caught:
        parse_int(bad, field="limit", minimum=0, maximum=100)
    assert caught.value.message.startswith("Limit must be")


@given(st.dates(date(1970, 1, 1), date(2200, 12, 31)))
def test_a_day_is_read_back(day: date) -> None:
    assert parse_date(day.isoformat(), field="due") == day
    midnight = parse_datetime(day.isoformat(), field="due", date_only=True)
    assert midnight == datetime(day.year, day.month, day.day, tzinfo=UTC)


@given(
    st.datetimes(datetime(1970, 1, 2), datetime(2200, 12, 30)),
    st.integers(-48, 56),  # quarter hours
)
def test_an_instant_is_read_back_in_utc_with_milliseconds(moment: datetime, quarters: int) -> None:
    offset = timedelta(minutes=15 * quarters)
    sign, minutes = ("-" if quarters < 0 else "+"), abs(quarters) * 15
    written = (
        f"{moment.isoformat(timespec='microseconds')}{sign}{minutes // 60:02}:{minutes % 60:02}"
    )
    expected = moment.replace(microsecond=moment.microsecond // 1000 * 1000, tzinfo=UTC) - offset
    result = parse_datetime(written, field="due")
    assert result == expected
    assert result.tzinfo is UTC


@pytest.mark.parametrize(
    "bad",
    [
        "",
        None,
        0,
        1704067200,
        True,
        [],
        {},
        "today",
        "2024-02-30",
        "2023-02-29",
        "0001-01-01",
        "1969-12-31",
        "2201-01-01",
        "10000-01-01",
        "2024-1-1",
        "20240101",
        "2024-01-01T10:00",
        "2024-01-01T24:00:00Z",
        "2024-06-30T23:59:60Z",
        "2024-01-01T10:60:00Z",
        "infinity",
        "2024-01-01T10:00:00+05:07",
        "2024-01-01T10:00:00+14:15",
        "2024-01-01T10:00:00-12:15",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-12:00",
        "1970-01-01T00:00:00+01:00",
        "2200-12-31T23:59:59-01:00",
        "2024-01-01t10:00:00z",
        "٢٠٢٤-٠١-٠١",
        "2024-01-01\n",
    ],
)
def test_what_is_no_instant_is_refused_with_a_sentence(bad: object) -> None:
    with pytest.raises(InvalidInput) as caught:
        parse_datetime(bad, field="dueDate", date_only=True)
    assert caught.value.fields["dueDate"].startswith("Due date ")


def test_a_bare_day_is_an_instant_only_where_that_is_permitted() -> None:
    with pytest.raises(InvalidInput):
        parse_datetime("2024-01-01", field="at")
