"""What a request that must change nothing is made of, and what it would leave behind."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import text

from taskforge.extensions import db
from taskforge.stores import mongo

KNOWN_ID = "01890000-0000-7000-8000-000000000000"


def snapshot(app: Flask) -> dict[str, int]:
    """How many rows and documents there are, by table and collection."""
    counts: dict[str, int] = {}
    with app.app_context():
        for table in db.metadata.sorted_tables:
            counts[table.name] = db.session.execute(
                text(f'SELECT count(*) FROM "{table.name}"')
            ).scalar_one()
        database = mongo.collection("tasks").database
        for name in database.list_collection_names():
            counts[f"{name} (documents)"] = database[name].count_documents({})
    return counts
