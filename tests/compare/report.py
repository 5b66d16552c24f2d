"""Where two dumps differ."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from difflib import unified_diff
from pathlib import Path

from tests.compare.renames import Renames

CONTEXT = 3
LONGEST = 60


def compare(before: Path, after: Path, renames: Renames) -> Iterator[tuple[str, list[str]]]:
    """Each answer that differs, by its request, with the lines of a unified diff."""
    old, new = _read(before, renames), _read(after, Renames(ignored=renames.ignored))
    for name in [*old, *(name for name in new if name not in old)]:
        if name not in new:
            yield name, ["only in A"]
        elif name not in old:
            yield name, ["only in B"]
        elif old[name] != new[name]:
            found = unified_diff(old[name], new[name], "A", "B", lineterm="", n=CONTEXT)
            yield name, list(found)[2:]


def show(differences: Iterator[tuple[str, list[str]]]) -> int:
    """Print the differences, those with the same lines together; how many answers differ."""
    by_lines: dict[tuple[str, ...], list[str]] = {}
    for name, lines in differences:
        changed = tuple(line.replace(" ", "") for line in lines if not line.startswith(("@", " ")))
        if changed not in by_lines:
            by_lines[changed] = [*lines[:LONGEST], *(["…"] if len(lines) > LONGEST else [])]
            by_lines[changed].insert(0, name)
            continue
        by_lines[changed].append(f"also {name}")
    return _print(by_lines)


def _print(by_lines: dict[tuple[str, ...], list[str]]) -> int:
    number = 0
    for said in by_lines.values():
        also = [line for line in said if line.startswith("also ")]
        rest = [line for line in said if not line.startswith("also ")]
        number += 1 + len(also)
        print(f"\n=== {rest[0]}")
        for line in also[:3]:
            print(f"    {line}")
        if len(also) > 3:
            print(f"    and {len(also) - 3} more")
        print("\n".join(rest[1:]))
    return number


def count_kinds(folder: Path) -> Counter[str]:
    """How many answers a dump holds, by their status."""
    return Counter(file.read_text().split("\n", 2)[1] for file in folder.glob("*.txt"))


def _read(folder: Path, renames: Renames) -> dict[str, list[str]]:
    """The answers of a dump by their requests."""
    found = {}
    for file in sorted(folder.glob("*.txt")):
        name, *lines = file.read_text().split("\n")
        person, method, address, *rest = name.split(" ")
        name = " ".join(
            [person, method, renames.in_address(address), *_rename_fields(rest, renames)]
        )
        found[name] = [renames.in_line(line) for line in lines if renames.keeps(line)]
    return found


def _rename_fields(words: list[str], renames: Renames) -> Iterator[str]:
    for word in words:
        name, equals, value = word.partition("=")
        yield renames.address.get(name, name) + equals + value if equals else word
