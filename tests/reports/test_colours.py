"""The colours of statuses are told apart without seeing hues: what lies on each other in a chart differs in lightness.

Colours are taken from the style sheet and from the pictures that are taken away, and looked at as people with each kind
of colour blindness see them (Machado, Oliveira and Fernandes 2009, severity 1; browsers simulate it by the same).
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import pytest

from taskforge.boards.statuses import Status
from taskforge.web.reports.charts.plot import PAINT

SHEET = Path(__file__).parents[2] / "static/css/reports/reports.css"
LEAST = 10.0  # of CIE lightness, 0 to 100
Rgb = Sequence[float]  # linear, 0 to 1
IDENTITY = ((1, 0, 0), (0, 1, 0), (0, 0, 1))
VISIONS = {
    "all colours": IDENTITY,
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritanopia": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}


def from_oklch(lightness: float, chroma: float, hue: float) -> Rgb:
    a, b = (chroma * turn(math.radians(hue)) for turn in (math.cos, math.sin))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short,
    )


def from_hex(text: str) -> Rgb:
    values = (int(text[place : place + 2], 16) / 255 for place in (1, 3, 5))
    return tuple(v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in values)


def lightness(colour: Rgb, vision: Sequence[Rgb]) -> float:
    """How light a colour is to somebody: CIE lightness of its luminance, which is all that is left without hues."""
    whole = [min(1.0, max(0.0, value)) for value in colour]
    seen = [
        min(1.0, max(0.0, sum(f * v for f, v in zip(row, whole, strict=True)))) for row in vision
    ]
    luminance = 0.2126 * seen[0] + 0.7152 * seen[1] + 0.0722 * seen[2]
    return 116 * luminance ** (1 / 3) - 16 if luminance > 0.008856 else 903.3 * luminance


def colours(theme: str) -> list[Rgb]:
    """Those of the statuses, as they lie on each other."""
    if theme == "file":
        return [from_hex(PAINT[status.value]["fill"]) for status in Status]
    sheet, found = SHEET.read_text(), []
    for status in Status:
        pattern = rf"--chart-{status.value}: light-dark\(oklch\(([^)]*)\), oklch\(([^)]*)\)\)"
        match = re.search(pattern, sheet)
        assert match is not None, status
        words = match[1 if theme == "light" else 2].split()
        found.append(from_oklch(float(words[0][:-1]) / 100, float(words[1]), float(words[2])))
    return found


@pytest.mark.parametrize("vision", VISIONS)
@pytest.mark.parametrize("theme", ["light", "dark", "file"])
def test_neighbours_differ_in_lightness(theme: str, vision: str) -> None:
    seen = [lightness(colour, VISIONS[vision]) for colour in colours(theme)]
    assert min(abs(one - other) for one, other in pairwise(seen)) >= LEAST, seen
    # The two kinds of bars that stand beside each other.
    created, finished = seen[list(Status).index(Status.TODO)], seen[-1]
    assert abs(created - finished) >= LEAST


def test_a_file_has_the_colours_of_the_light_theme() -> None:
    for shown, taken in zip(colours("light"), colours("file"), strict=True):
        assert shown == pytest.approx(taken, abs=0.012)
