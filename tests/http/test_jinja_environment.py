"""The globals of the templates: one mapping for all, and those of one template stay its own; what is kept compiled."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from jinja2 import DictLoader, FileSystemLoader

from taskforge.http.jinja_environment import KeptTemplates, SharedGlobalsEnvironment

SOURCES = {
    "macros": "{% macro greet(name) %}{{ greeting }} {{ name }}{% endmacro %}",
    "page": "{% from 'macros' import greet %}{{ greet('Ada') }}, {% include 'part' %}",
    "part": "{{ greeting }} {{ extra|default('nobody') }}",
}


def test_the_app_renders_with_it(app: Flask) -> None:
    assert isinstance(app.jinja_env, SharedGlobalsEnvironment)
    template = app.jinja_env.get_template("errors/error.html")
    assert template.globals is app.jinja_env.globals


def test_imports_and_includes_see_the_globals_of_the_environment(app: Flask) -> None:
    environment = SharedGlobalsEnvironment(app, loader=DictLoader(SOURCES))
    environment.globals["greeting"] = "Good morning"
    page = environment.get_template("page")
    assert page.render() == "Good morning Ada, Good morning nobody"
    assert page.render(extra="Grace") == "Good morning Ada, Good morning Grace"


def test_the_globals_of_one_template_are_no_other_ones(app: Flask) -> None:
    environment = SharedGlobalsEnvironment(app, loader=DictLoader(SOURCES))
    environment.globals["greeting"] = "Hello"
    own = environment.get_template("part", globals={"extra": "Ada"})
    assert own.render() == "Hello Ada"
    assert "extra" not in environment.globals
    assert environment.get_template("macros").module.greet("Grace") == "Hello Grace"


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch) -> list[str | None]:
    """The names of the templates that are compiled during the test."""
    names: list[str | None] = []
    compile_one = SharedGlobalsEnvironment.compile

    def note(
        self: SharedGlobalsEnvironment, source: Any, name: str | None = None, *rest: Any
    ) -> Any:
        names.append(name)
        return compile_one(self, source, name, *rest)

    monkeypatch.setattr(SharedGlobalsEnvironment, "compile", note)
    return names


def render(app: Flask, folder: Path) -> str:
    """The page of a folder of templates, as a process draws it that has just started."""
    environment = SharedGlobalsEnvironment(
        app, loader=FileSystemLoader(folder), bytecode_cache=KeptTemplates(folder)
    )
    return environment.get_template("page.html").render()


def test_a_template_is_compiled_once_for_all_starts(
    app: Flask, tmp_path: Path, compiled: list[str | None]
) -> None:
    (tmp_path / "page.html").write_text("One")
    assert [render(app, tmp_path), render(app, tmp_path)] == ["One", "One"]
    assert compiled == ["page.html"]


def test_a_changed_template_is_compiled_again(
    app: Flask, tmp_path: Path, compiled: list[str | None]
) -> None:
    for words in ("One", "Two"):
        (tmp_path / "page.html").write_text(words)
        assert render(app, tmp_path) == words
    assert len(compiled) == 2


def test_where_nothing_can_be_kept_templates_work_all_the_same(app: Flask, tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text("One")
    (tmp_path / "__pycache__").write_text("no folder")
    assert [render(app, tmp_path), render(app, tmp_path)] == ["One", "One"]


def test_what_is_kept_is_no_template(app: Flask) -> None:
    app.jinja_env.get_template("errors/error.html")
    assert not any(
        "__pycache__" in name for name in app.jinja_env.list_templates(extensions=["html"])
    )
