"""Document parts: groups of fields of a MongoDB document, each with one owner, one counter and one schema version.

A document has up to two parts. The *content* part holds what people write; MongoDB owns it. The *mirror* part is a
copy of what PostgreSQL owns, so that a document is complete on its own. A part is applied by setting its own fields
only, guarded by its own counter, so that neither part can carry the other backwards.

**Schema versions.** Every field says in which schema version of its part it was added. A part that is written is
written with all its fields, and keeps the schema version that this was (`DocumentPart.schema_key`; a part without one
has version 1). A read of a part of an earlier schema fills the later fields with their defaults; a check of it looks at
the fields that it had when it was written. So a new field changes no stored document: the first later write
of each brings it to the present schema. A field never moves within a part. It may leave for another part
(`PartField.until`): from then on the document's field of that name is the other part's, as soon as that was written.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

CONTENT = "content"
MIRROR = "mirror"
FILES = "files"  # what is attached: a copy of rows of its own, with a counter of its own
FIRST_SCHEMA = 1
FIRST_VERSION = 1  # of an entity and each of its parts
# How long a purged document's tombstone stays (MongoDB removes it by its TTL index): far longer than any delayed write
# to it can be under way, so nothing can bring the document back.
TOMBSTONE_SECONDS = 30 * 86400


@dataclass(frozen=True)
class PartField:
    """A field of a part: the schema version that added it, and its value where a part is older than that.

    ``until`` is the schema version in which it left for the part with the counter ``left_for``.
    """

    name: str
    since: int = FIRST_SCHEMA
    default: Any = None
    until: int | None = None
    left_for: str = ""

    def is_in(self, schema: int) -> bool:
        """Whether the part has the field in a schema version."""
        return self.since <= schema and (self.until is None or schema < self.until)


@dataclass(frozen=True, kw_only=True)
class DocumentPart:
    """Where a part lives: collection, counter and fields in MongoDB; table, key and version column in PostgreSQL.

    The order of ``fields`` is the order in which a payload is encoded, so that its hash can be taken again.

    ``counter`` is the document's field with the version of the part. Its stored names are older than the words
    content and mirror: ``doc_version`` counts the content, ``core_version`` the mirror. They stay, as the columns
    ``doc_version``, ``doc_sha`` and ``core_version`` do: another name would rewrite every document.
    """

    entity_type: str
    name: str
    collection: str
    counter: str
    table: str
    key: str
    version_column: str
    fields: tuple[PartField, ...]
    absent_when_deleted: bool = False
    """Whether a row that is marked as deleted needs no document."""

    @property
    def schema_key(self) -> str:
        """The document's field with the schema version of this part, which is absent where that is 1."""
        return f"{self.name}_schema"

    @cached_property
    def schema(self) -> int:
        """The present schema version: that of the last field that came or left."""
        return max(max(field.since, field.until or 0) for field in self.fields)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names of all fields, in their order."""
        return self.names_in(self.schema)

    def names_in(self, schema: int) -> tuple[str, ...]:
        """The names of the fields that the part had in a schema version, in their order."""
        return tuple(field.name for field in self.fields if field.is_in(schema))

    @cached_property
    def left(self) -> frozenset[str]:
        """The names of fields that belong to another part by now."""
        return frozenset(field.name for field in self.fields if field.until)

    def schema_of(self, stored: Mapping[str, Any]) -> int:
        """The schema version with which a document or payload was written."""
        return int(stored.get(self.schema_key) or FIRST_SCHEMA)

    def defaults(self, *, after: int = 0) -> dict[str, Any]:
        """The defaults of the fields that a schema version (none: 0) does not have yet."""
        return {
            field.name: copy.deepcopy(field.default)
            for field in self.fields
            if field.since > after and field.is_in(self.schema)
        }

    def to_store(self, fields: Mapping[str, Any]) -> dict[str, Any]:
        """What a payload encodes: all fields in their order, and the present schema version unless it is the first."""
        return {name: fields[name] for name in self.names} | self._schema_mark(self.schema)

    def as_written(self, stored: Mapping[str, Any]) -> dict[str, Any]:
        """What the payload of a stored part encoded: the fields of its own schema version, in their order.

        Fields that are missing are None: the hash tells that they are, if they should not be.
        """
        schema = self.schema_of(stored)
        written = {
            field.name: field.default if stored.get(field.left_for) else stored.get(field.name)
            for field in self.fields
            if field.is_in(schema)
        }
        return written | self._schema_mark(schema)

    def stored_fields(self, stored: Mapping[str, Any]) -> dict[str, Any]:
        """This part of a stored document as it stands there, with the mark of its schema version, for a cache."""
        schema = self.schema_of(stored)
        names = [name for name in self.names_in(schema) if name in stored]
        return {name: stored[name] for name in names} | self._schema_mark(schema)

    def read(self, stored: Mapping[str, Any]) -> dict[str, Any]:
        """The fields of a stored document or payload in the present schema: later ones have their defaults."""
        schema = self.schema_of(stored)
        names = self.names_in(schema)
        known = {name: stored[name] for name in names if name in stored and name not in self.left}
        return known | self.defaults(after=schema)

    def _schema_mark(self, schema: int) -> dict[str, int]:
        return {} if schema == FIRST_SCHEMA else {self.schema_key: schema}


_parts: dict[tuple[str, str], DocumentPart] = {}


def first_schema(*names: str) -> tuple[PartField, ...]:
    """Fields that a part has had from the beginning."""
    return tuple(PartField(name) for name in names)


def register_part(part: DocumentPart) -> DocumentPart:
    """Make a feature's part known to relay, doctor and reads; done where the feature declares its document."""
    _parts[part.entity_type, part.name] = part
    return part


def part_of(entity_type: str, name: str) -> DocumentPart:
    """The part of an entity type by its name (`CONTENT` or `MIRROR`).

    Raises:
        KeyError: no feature registered such a part.
    """
    return _parts[entity_type, name]


def all_parts() -> Iterable[DocumentPart]:
    """Every registered part, in the order of entity types and names."""
    return [part for _, part in sorted(_parts.items())]
