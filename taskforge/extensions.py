"""The extension that every process needs, bound to an application by the factory, and its configuration."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Flask, current_app
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import MetaData
from sqlalchemy.orm import DeclarativeBase

from taskforge.config import Config


class Base(DeclarativeBase):
    """The declarative base: constraint names are fixed so that migrations can address them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


db = SQLAlchemy(model_class=Base)

if TYPE_CHECKING:
    Model = Base
else:
    Model = db.Model


def config_of(app: Flask | None = None) -> Config:
    """The checked configuration of an application (default: the current one)."""
    config = (app or current_app).config["TASKFORGE"]
    assert isinstance(config, Config)
    return config
