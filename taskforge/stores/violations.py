"""What a check of the invariants finds."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Violation:
    """An invariant that does not hold: which one, for which entity, in what way, and the doctor's remedy if any.

    ``entity`` is an entity type and an id with a space between; ``part`` names the document part that is concerned.
    """

    invariant: str
    entity: str
    detail: str
    remedy: str | None = None
    part: str = ""

    @property
    def repairable(self) -> bool:
        """Whether the doctor knows what to do."""
        return self.remedy is not None

    @property
    def entity_id(self) -> str:
        """The id alone."""
        return self.entity.partition(" ")[2]

    @property
    def entity_type(self) -> str:
        """The kind alone."""
        return self.entity.partition(" ")[0]
