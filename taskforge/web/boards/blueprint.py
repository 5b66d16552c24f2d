"""The blueprint of boards, to which every module of routes here adds its views."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("boards", __name__)
