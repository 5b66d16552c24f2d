"""Tiny applications without stores, behind the same request guard as the real one."""

from __future__ import annotations

from typing import Any

from flask import Flask, jsonify, request
from flask.views import MethodView

from taskforge.errors import TaskForgeError
from taskforge.http import request_guard
from taskforge.http.view_declarations import accept_lists

JSON = {"content_type": "application/json"}
FORM = {"content_type": "application/x-www-form-urlencoded"}
MULTIPART = {"content_type": "multipart/form-data; boundary=B"}


def build_guarded() -> Flask:
    """An application that has nothing but the request guard; its refusals are answered as JSON."""
    app = Flask("guarded")
    request_guard.init_app(app)

    @app.errorhandler(TaskForgeError)
    def refused(error: TaskForgeError) -> tuple[Any, int]:
        return jsonify(error=error.as_dict()), error.status

    return app


def build_echo() -> Flask:
    """An application that answers with what has passed its request guard."""
    app = build_guarded()

    @app.route("/echo", methods=["GET", "POST", "PUT", "DELETE"])
    def echo() -> Any:
        files = {name: file.read().decode() for name, file in request.files.items()}
        return jsonify(form=request.form.to_dict(flat=False), files=files, path=request.full_path)

    @app.post("/api/silent")
    def silent() -> Any:
        return jsonify(value=request.get_json(silent=True, force=True))

    app.add_url_rule("/api/things", view_func=Things.as_view("things"))
    return app


def part(name: str, value: str, extra: str = "") -> str:
    return f'--B\r\nContent-Disposition: form-data; name="{name}"{extra}\r\n\r\n{value}\r\n'


class Things(MethodView):
    @accept_lists("label")
    def get(self) -> Any:
        return jsonify(request.args.to_dict(flat=False))

    def post(self) -> Any:
        return jsonify(request.get_json())
