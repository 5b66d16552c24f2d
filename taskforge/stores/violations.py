"""A finding of the checks."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Violation:
    """Something that should not be so: which invariant, of what, how, and by what remedy of the doctor's.

    ``entity`` is a kind and an id with a space between; ``register`` is set when one of a document's is meant.
    """

    invariant: str
    entity: str
    detail: str
    remedy: str | None = None
    register: str = ""

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
