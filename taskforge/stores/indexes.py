"""MongoDB's indexes, as the document classes declare them."""

from __future__ import annotations

from mongoengine import Document


def ensure_indexes() -> list[str]:
    """Create what is missing; answers the names of the collections. Needs the features' documents to be imported."""
    names = []
    for document in _subclasses(Document):
        document.ensure_indexes()
        names.append(document._get_collection_name())
    return sorted(names)


def _subclasses(base: type[Document]) -> list[type[Document]]:
    return [cls for cls in base.__subclasses__() if not cls._meta.get("abstract")]
