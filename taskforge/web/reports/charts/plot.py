"""A chart as a list of SVG shapes: axes, lines, areas, bars, points. Pure.

Shapes carry a class, which css/reports gives its colours from the tokens of both themes. A picture that is taken away
has no style sheet, so the shapes of `Plot.alone` carry plain attributes instead.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from math import ceil, floor, log10
from typing import Any

from taskforge.boards.statuses import Status

LABEL_GAP = 14.0  # between the base lines of two labels
# What a class looks like where no style sheet is: the light theme, on paper.
PAINT: dict[str, dict[str, str]] = {
    "grid": {"stroke": "#e4e0da", "stroke-width": "1"},
    "base": {"stroke": "#9a948b", "stroke-width": "1"},
    "tick": {"fill": "#6b655d", "font-size": "11"},
    "label": {"fill": "#35302a", "font-size": "11.5", "font-weight": "600"},
    Status.BACKLOG.value: {"fill": "#d0d9e2"},
    Status.TODO.value: {"fill": "#84b9dc"},
    Status.IN_PROGRESS.value: {"fill": "#d26c28"},
    Status.IN_REVIEW.value: {"fill": "#6d397d"},
    Status.DONE.value: {"fill": "#3e8e73"},
    "plain": {"fill": "#84b9dc"},
    "hatch": {"fill": "none"},
    "mark": {"fill": "#b9541d", "fill-opacity": "0.75"},
    "mark-late": {"fill": "#a3203a"},
    "line": {
        "fill": "none",
        "stroke": "#b9541d",
        "stroke-width": "2.25",
        "stroke-linejoin": "round",
    },
    "line-quiet": {"fill": "none", "stroke": "#6b655d", "stroke-width": "1.5"},
    "line-ideal": {
        "fill": "none",
        "stroke": "#6b655d",
        "stroke-width": "1.5",
        "stroke-dasharray": "5 5",
    },
    "area": {"fill": "#e58a3c", "fill-opacity": "0.18"},
    "limit": {"stroke": "#35302a", "stroke-width": "1", "stroke-dasharray": "2 4"},
}


@dataclass(frozen=True)
class Shape:
    """An SVG element: its ``attributes``, its class, a text; ``title`` says what it shows, ``href`` leads on."""

    tag: str
    attributes: dict[str, Any]
    css: str
    text: str = ""
    title: str = ""
    href: str = ""


@dataclass
class Plot:
    """A drawing surface with a plot area inside; values go from 0 to `top`, places from 0 to 1."""

    width: float
    height: float
    top: float = 1.0
    left: float = 40.0
    right: float = 16.0
    above: float = 12.0
    below: float = 28.0
    shapes: list[Shape] = field(default_factory=list)

    @property
    def inner(self) -> float:
        """The width of the plot area."""
        return self.width - self.left - self.right

    @property
    def floor(self) -> float:
        """The y of the value 0."""
        return self.height - self.below

    @property
    def is_narrow(self) -> bool:
        """Whether it is for a phone."""
        return self.width < 500

    def x(self, place: float) -> float:
        """The x of a place."""
        return round(self.left + place * self.inner, 1)

    def y(self, value: float) -> float:
        """The y of a value."""
        return round(self.floor - (value / self.top) * (self.floor - self.above), 1)

    def add(
        self,
        tag: str,
        css: str,
        *,
        text: str = "",
        title: str = "",
        href: str = "",
        **given: float | str,
    ) -> None:
        """Draw an element; underscores in the names of attributes are hyphens."""
        named = {name.rstrip("_").replace("_", "-"): value for name, value in given.items()}
        self.shapes.append(Shape(tag, named, css, text, title, href))

    def text(self, x: float, y: float, text: str, css: str = "tick", anchor: str = "start") -> None:
        """Write a text at a base line."""
        self.add("text", css, text=text, x=round(x, 1), y=round(y, 1), text_anchor=anchor)

    def line(self, points: Sequence[tuple[float, float]], css: str = "line") -> None:
        """A line through points of the surface."""
        self.add("path", css, d=path(points))

    def values(self, unit: str = "") -> None:
        """Horizontal lines at round values, with the values at the left."""
        for value in ticks(self.top, 3 if self.height < 220 else 4):
            y = self.y(value)
            self.add(
                "line",
                "base" if value == 0 else "grid",
                x1=self.left,
                x2=self.left + self.inner,
                y1=y,
                y2=y,
            )
            self.text(self.left - 8, y + 4, f"{value:g}{unit}", anchor="end")

    def days(self, days: Sequence[date], *, centred: bool = False) -> None:
        """Days below the plot area, as many as have room."""
        number = max(1, int(self.inner // 84))
        step = max(1, ceil(len(days) / number))
        for place in range(0, len(days), step):
            share = (place + 0.5) / len(days) if centred else place / max(1, len(days) - 1)
            anchor = (
                "middle" if centred or 0.03 < share < 0.97 else "start" if share <= 0.5 else "end"
            )
            self.text(self.x(share), self.floor + 18, show_day(days[place]), anchor=anchor)

    def limit(self, value: float, words: str) -> None:
        """A dashed line at a value, with words above its right end."""
        y = self.y(min(value, self.top))
        self.add("line", "limit", x1=self.left, x2=self.left + self.inner, y1=y, y2=y)
        self.text(self.left + self.inner, y - 4, words, anchor="end")

    def labels(self, wanted: Sequence[tuple[float, str]]) -> None:
        """Labels right of the plot area at these heights, moved apart where they would lie over each other."""
        last = -LABEL_GAP
        placed = []
        for y, words in sorted(wanted):
            last = max(y, last + LABEL_GAP)
            placed.append((last, words))
        over = max(0.0, last - self.floor) if placed else 0.0
        for y, words in placed:
            self.text(self.left + self.inner + 8, y + 4 - over, words, "label")

    def alone(self) -> list[tuple[Shape, dict[str, Any]]]:
        """The shapes, each with its attributes where no style sheet is."""
        return [
            (shape, {**PAINT.get(shape.css.split()[0], {}), **shape.attributes})
            for shape in self.shapes
        ]


def round_up(highest: float) -> float:
    """The upper edge for a highest value: a round number that is at least as high, at least 1."""
    if highest <= 1:
        return 1.0
    power = 10.0 ** floor(log10(highest))
    return next(
        power * times
        for times in (1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 7, 8, 10)
        if power * times >= highest
    )


def ticks(top: float, number: int) -> list[float]:
    """Round values from 0 to the upper edge, about so many steps."""
    raw = top / number
    power = 10.0 ** floor(log10(raw))
    step = next(power * times for times in (1, 2, 2.5, 5, 10) if power * times >= raw * 0.99)
    if top >= 2:
        step = max(1.0, round(step)) if step < 10 and step != 2.5 else step
    return [round(step * place, 6) for place in range(int(top / step + 1e-9) + 1)]


def path(points: Sequence[tuple[float, float]]) -> str:
    """The data of a path through points."""
    return "".join(f"{'L' if place else 'M'}{x:g} {y:g}" for place, (x, y) in enumerate(points))


def show_day(day: date) -> str:
    """A day, short."""
    return f"{day.day} {day:%b}"
