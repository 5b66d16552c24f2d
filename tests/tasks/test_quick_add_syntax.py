"""The syntax of quick-add by its table of cases; the browser's parser meets the same table in tests/e2e."""

from __future__ import annotations

from datetime import date

import pytest

from taskforge.tasks.quick_add.syntax import Note, parse_line
from taskforge.text.handles import Nameable, find_named, make_nameables
from tests.corpus.quick_add import CASES, PEOPLE, Case, due_text


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.line)
def test_a_line_is_read_as_the_table_says(case: Case) -> None:
    names = {person.user_id: person.display_name for person in PEOPLE}
    found = parse_line(case.line, PEOPLE, date.fromisoformat(case.today))
    assert {
        "title": found.title,
        "assignee": names.get(found.assignee_id or ""),
        "priority": found.priority,
        "tags": found.tags,
        "due": due_text(found),
        "notes": [[note.kind, note.word] for note in found.notes],
    } == case.expected


def test_nothing_that_was_typed_is_lost_from_what_is_all_title() -> None:
    for line in ("#a #b !3", "@nobody", "!!", '"', "\\"):
        assert parse_line(line, PEOPLE, date(2026, 5, 12)).title == line


def test_an_ambiguous_name_is_explained_with_what_to_write_instead() -> None:
    found = parse_line("Fix it @ann", PEOPLE, date(2026, 5, 12))
    assert found.notes[0].sentence == (
        "@ann could be Ann Lee or Ann Park, so it stays in the title. Write @ann.lee or @ann.park."
    )


@pytest.mark.parametrize(
    ("note", "sentence"),
    [
        (Note("unknown", "@x"), "Nobody in this team goes by @x, so it stays in the title."),
        (Note("second", "@x"), "A card has one assignee, so @x stays in the title."),
        (Note("second", "!2"), "A card has one priority, so !2 stays in the title."),
        (Note("full", "#x"), "A card has at most 20 tags, so #x stays in the title."),
    ],
)
def test_what_stayed_is_told(note: Note, sentence: str) -> None:
    assert note.sentence == sentence


def test_everybody_has_a_handle_that_means_them_and_nobody_else() -> None:
    handles = {person.display_name: person.handle for person in PEOPLE}
    assert handles == {
        "Ann Lee": "ann.lee",
        "Ann Park": "ann.park",
        "Grace Hopper": "grace",
        "Max": "max",
        "Max Power": "max.power",
        "Zoë O'Neil-Smith": "zoë",
    }
    assert all(find_named(person.handle, PEOPLE) == [person] for person in PEOPLE)


def test_twins_are_told_apart_by_their_addresses() -> None:
    twins = make_nameables(
        [("1", "Kim Ito", "kim.1@example.test"), ("2", "Kim Ito", "other@example.test")]
    )
    assert [person.handle for person in twins] == ["kim.1", "other"]


def test_those_whom_nothing_tells_apart_have_no_handle() -> None:
    twins = make_nameables([("1", "Kim Ito", "kim@a.test"), ("2", "Kim Ito", "kim@b.test")])
    assert [person.handle for person in twins] == ["", ""]
    assert parse_line("Do it @kim", twins, date(2026, 5, 12)).notes[0].kind == "ambiguous"


def test_a_team_of_five_hundred_is_named_quickly() -> None:
    people = make_nameables(
        (str(number), f"Person Number{number}", f"p{number}@example.test") for number in range(500)
    )
    assert isinstance(people[0], Nameable)
    assert people[499].handle == "person.number499"
