"""MongoDB's indexes, as the document classes declare them."""

from __future__ import annotations

from mongoengine import Document
from pymongo.collection import Collection

# Documents are asked for by id only. Earlier releases made these for lists and filters, which PostgreSQL answers.
RETIRED = frozenset(
    {"team_id_1_status_1", "tags_1", "task_id_1_created_1", "mentioned_users_1"},
)


def ensure_indexes() -> list[str]:
    """Create what is missing, drop what no query uses any more; answers the names of the collections.

    Needs the features' documents to be imported.
    """
    names = []
    for document in _subclasses(Document):
        document.ensure_indexes()
        _drop_retired(document._get_collection())
        names.append(document._get_collection_name())
    return sorted(names)


def _drop_retired(collection: Collection[dict[str, object]]) -> None:
    for name in RETIRED & collection.index_information().keys():
        collection.drop_index(name)


def _subclasses(base: type[Document]) -> list[type[Document]]:
    return [cls for cls in base.__subclasses__() if not cls._meta.get("abstract")]
