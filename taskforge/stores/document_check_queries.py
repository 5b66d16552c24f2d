"""The statements with which documents are compared with the reference rows."""

from __future__ import annotations

from sqlalchemy import TextClause, text

from taskforge.stores.document_parts import DocumentPart


def reference_rows(part: DocumentPart) -> TextClause:
    """A page of reference rows of which the part was written, each with version and hash of what is pending of it."""
    return text(f"""
        SELECT t.*, t.{part.key} AS id, t.{part.version_column} AS current,
               o.version AS pending_version, o.sha AS pending_sha
        FROM {part.table} t
        LEFT JOIN LATERAL (
            SELECT version, sha256(payload) AS sha
            FROM outbox o
            WHERE o.entity_id = t.{part.key} AND o.part = :part
            ORDER BY version DESC
            LIMIT 1
        ) o ON true
        WHERE (CAST(:after AS uuid) IS NULL OR t.{part.key} > CAST(:after AS uuid))
          AND (CAST(:ids AS uuid[]) IS NULL OR t.{part.key} = ANY(CAST(:ids AS uuid[])))
          AND t.{part.version_column} > 0
        ORDER BY t.{part.key}
        LIMIT :page
    """)


def known_ids(part: DocumentPart) -> TextClause:
    """Those of some ids that have a row or a message on its way."""
    return text(f"""
        SELECT {part.key} AS id FROM {part.table} WHERE {part.key} = ANY(CAST(:ids AS uuid[]))
        UNION
        SELECT entity_id FROM outbox WHERE entity_id = ANY(CAST(:ids AS uuid[]))
    """)


WAITING = text("""
    SELECT entity_type, entity_id, part, version, parked_at, last_error
    FROM outbox
    WHERE parked_at IS NOT NULL OR created_at < :before
    ORDER BY outbox_id
    LIMIT :page
""")

PAYLOAD = text("""
    SELECT payload FROM outbox WHERE entity_id = :id AND part = :part AND version = :version
    UNION ALL
    SELECT payload FROM outbox_redo WHERE entity_id = :id AND part = :part AND version = :version
    LIMIT 1
""")
