"""Paths, modules and names of the code that the documentation names exist."""

from __future__ import annotations

import ast
import re

import pytest

from tests.docs.pages import ROOT, list_code, list_pages, read_page

# The changelog tells of what was; placeholders and addresses are no files.
PAGES = [page for page in list_pages() if page != "CHANGELOG.md"]
_PATH = re.compile(r"[\w*-][\w./*-]*(?:/|\.(?:py|md|html|css|js|ini|in|txt|jsonl))")
_DOTTED = re.compile(r"taskforge(?:\.\w+)+")
_PLACEHOLDER = re.compile("NNNN")
# A page may name a path from the root, or from where its subject is at home.
PLACES = (ROOT, ROOT / "taskforge", ROOT / "static/js", ROOT / "static/css")
ENTRY = re.compile(r"^\| ([^|]+) \| ([^|]+) \| (?:([^|]*) \|)?$", re.M)


def list_paths(page: str) -> set[str]:
    """The files and folders that a page names."""
    return {
        code for code in list_code(page) if _PATH.fullmatch(code) and not _PLACEHOLDER.search(code)
    }


def exists(path: str) -> bool:
    """Whether a path leads somewhere from one of `PLACES`; a bare file name may be anywhere in code or tests."""
    if any(any(place.glob(path.rstrip("/"))) for place in PLACES):
        return True
    return "/" not in path and any(any((ROOT / top).rglob(path)) for top in ("taskforge", "tests"))


def is_defined(dotted: str) -> bool:
    """Whether a dotted name is a package, a module, or something defined in one."""
    *parts, last = dotted.split(".")
    whole = ROOT.joinpath(*parts, last)
    if whole.is_dir() or whole.with_suffix(".py").exists():
        return True
    module = ROOT.joinpath(*parts)
    file = module / "__init__.py" if module.is_dir() else module.with_suffix(".py")
    return file.exists() and last in names_in(file.read_text())


def names_in(source: str) -> set[str]:
    """The names that a module defines at its top level."""
    names = set()
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
        for target in getattr(node, "targets", [getattr(node, "target", None)]):
            if isinstance(target, ast.Name):
                names.add(target.id)
    return names


@pytest.mark.parametrize("page", PAGES)
def test_the_files_and_folders_that_a_page_names_exist(page: str) -> None:
    missing = sorted(path for path in list_paths(page) if not exists(path))
    assert not missing, missing


@pytest.mark.parametrize("page", PAGES)
def test_the_modules_and_names_that_a_page_names_exist(page: str) -> None:
    named = {name for code in list_code(page) for name in _DOTTED.findall(code)}
    missing = sorted(name for name in named if not is_defined(name))
    assert not missing, missing


def test_every_word_of_the_glossary_is_explained_once() -> None:
    text = read_page("docs/glossary.md").partition("## Words we do not use")[0]
    words = [word for word, meaning, _ in ENTRY.findall(text) if word not in ("word", "---")]
    assert len(words) > 80
    assert len(words) == len(set(words))
