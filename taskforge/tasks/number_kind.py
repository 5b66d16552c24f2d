"""The kind of field that holds a number."""

from __future__ import annotations

import decimal
import re
from dataclasses import dataclass
from typing import Any

from taskforge.errors import InvalidInput
from taskforge.tasks.field_kinds import Kind

_NUMBER = re.compile(r"-?[0-9]{1,12}(?:\.[0-9]{1,12})?")


@dataclass(frozen=True)
class Number(Kind):
    """A number within bounds, with a fixed number of decimals, or none. ``ranges`` are what a filter offers of it.

    A range is written ``1-3`` (both included) or ``8-`` (from there on).
    """

    minimum: int
    maximum: int
    decimals: int
    ranges: tuple[str, ...] = ()

    def clean(self, value: object, *, field: str) -> decimal.Decimal | None:
        """The number of a text or of JSON; more decimals than allowed are refused, not rounded."""
        if value in (None, ""):
            return None
        text = str(value).strip()
        if isinstance(value, bool) or not _NUMBER.fullmatch(text):
            raise InvalidInput.about(field, "must be a number such as 1.5")
        number = decimal.Decimal(text)
        if not self.minimum <= number <= self.maximum:
            raise InvalidInput.about(
                field, f"must be between {self.minimum:,} and {self.maximum:,}"
            )
        rounded = number.quantize(self.step)
        if rounded != number:
            raise InvalidInput.about(field, f"may have at most {self.decimals} decimals")
        return abs(rounded) if rounded.is_zero() else rounded  # there is no -0

    @property
    def step(self) -> decimal.Decimal:
        """The smallest difference between two values."""
        return decimal.Decimal(1).scaleb(-self.decimals)

    def form_text(self, value: Any) -> str:
        """The number without zeros at its end."""
        return "" if value is None else _number_text(decimal.Decimal(str(value)))

    def from_log(self, value: Any) -> decimal.Decimal | None:
        """The number with all of its decimals."""
        return None if value is None else decimal.Decimal(str(value)).quantize(self.step)

    def plain(self, value: Any) -> float | None:
        """A number of JSON; `maximum` and `decimals` are so small that it is exact when it is read again."""
        return None if value is None else float(value)

    def text(self, value: Any) -> str:
        """The number without zeros at its end, thousands apart."""
        return _number_text(decimal.Decimal(str(value)), thousands=True)


def _number_text(number: decimal.Decimal, *, thousands: bool = False) -> str:
    text = f"{number:,f}" if thousands else f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
