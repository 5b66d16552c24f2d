"""Tiny applications without stores, behind the same door as the real one."""

from __future__ import annotations

from typing import Any

from flask import Flask, jsonify, request
from flask.views import MethodView

from taskforge.errors import TaskForgeError
from taskforge.http import request_guard
from taskforge.http.request_guard import accept_body, accept_lists

JSON = {"content_type": "application/json"}
FORM = {"content_type": "application/x-www-form-urlencoded"}
MULTIPART = {"content_type": "multipart/form-data; boundary=B"}


def build_door() -> Flask:
    """An application that has nothing but the door; its refusals are answered as JSON."""
    app = Flask("door")
    request_guard.init_app(app)

    @app.errorhandler(TaskForgeError)
    def refused(error: TaskForgeError) -> tuple[Any, int]:
        return jsonify(error=error.as_dict()), error.status

    return app


def build_echo() -> Flask:
    """An application that answers with what has passed its door."""
    app = build_door()

    @app.route("/echo", methods=["GET", "POST", "PUT", "DELETE"])
    def echo() -> Any:
        files = {name: file.read().decode() for name, file in request.files.items()}
        return jsonify(form=request.form.to_dict(flat=False), files=files, path=request.full_path)

    @app.post("/upload")
    @accept_body("multipart/form-data", max_bytes=1_000_000, files=True)
    def upload() -> Any:
        return jsonify({name: len(file.read()) for name, file in request.files.items()})

    @app.post("/reports")
    @accept_body("application/csp-report", max_bytes=1_000)
    def reports() -> Any:
        return jsonify(bytes=len(request.get_data()))

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
