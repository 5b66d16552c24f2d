"""The globals of the templates: one mapping for all, and those of one template stay its own."""

from __future__ import annotations

from flask import Flask
from jinja2 import DictLoader

from taskforge.http.jinja_environment import SharedGlobalsEnvironment

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
