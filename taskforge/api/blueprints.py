"""The blueprint of every API module: strict arguments, and operations that describe themselves in OpenAPI."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from http import HTTPStatus
from typing import Any, NoReturn

import flask
import flask_smorest
import marshmallow as ma
from webargs import core
from webargs.flaskparser import FlaskParser
from werkzeug.routing import BaseConverter

from taskforge.api.schemas.base import Input, camel_case
from taskforge.errors import InvalidInput
from taskforge.http import error_pages

MAX_PROBLEMS = 50
MAX_FIELD_NAME_LENGTH = 100
IF_MATCH = {
    "in": "header",
    "name": "If-Match",
    "schema": {"type": "string"},
    "description": 'The version that is meant to change, such as "7"; the body\'s version says the same.',
}
IDEMPOTENCY_KEY = {
    "in": "header",
    "name": "Idempotency-Key",
    "schema": {"type": "string", "format": "uuid"},
    "description": "The same key with the same body is done once, however often it is sent.",
}
ALWAYS = (HTTPStatus.BAD_REQUEST, HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE)
WITH_BODY = (
    HTTPStatus.CONFLICT,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
)


class AnyIdConverter(BaseConverter):
    """An id in an address. It takes any text: `taskforge.api.access` answers odd ids like unknown ones."""


class StrictParser(FlaskParser):
    """Reads bodies by the request's own strict JSON, and answers problems as `InvalidInput`."""

    DEFAULT_UNKNOWN_BY_LOCATION = FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION | {"query": ma.RAISE}

    def load_json(self, req: flask.Request, schema: ma.Schema) -> Any:
        """The body; `webargs.missing` where a body may be left out and is."""
        if isinstance(schema, Input) and schema.body_optional and not req.get_data(cache=True):
            return core.missing
        return req.get_json()

    def handle_error(
        self, error: ma.ValidationError, req: flask.Request, schema: ma.Schema, **_options: Any
    ) -> NoReturn:
        """Raise the problems of all fields at once, named as the client named them."""
        problems: dict[str, str] = {}
        for by_field in error.messages_dict.values():
            for name, sentence in _flatten(by_field):
                problems[name[:MAX_FIELD_NAME_LENGTH]] = sentence
                if len(problems) >= MAX_PROBLEMS:
                    break
        message = next(iter(problems.values())) if len(problems) == 1 else None
        raise _RefusedFields(message, problems)


class _RefusedFields(InvalidInput):
    """Problems under the names that the client used, known or not."""


class ApiBlueprint(flask_smorest.Blueprint):
    """A group of operations; its name begins with ``api_`` and ``topic`` is its heading in OpenAPI."""

    ARGUMENTS_PARSER = StrictParser()

    def __init__(self, name: str, import_name: str, *, topic: str, prefix: str) -> None:
        super().__init__(f"api_{name}", import_name, url_prefix=f"/api{prefix}")
        self.topic = topic
        self._prepare_doc_cbks.append(_describe_errors)
        self.register_error_handler(InvalidInput, _answer_invalid)

    def register_views_in_doc(self, *_given: Any, **_options: Any) -> None:
        """Do nothing at the start of a process: `describe_views` does it for the first who asks for the document."""

    def describe_views(self, api: flask_smorest.Api, app: flask.Flask) -> None:
        """Write the operations into the OpenAPI document of `api`."""
        super().register_views_in_doc(api, app, api.spec, name=self.name, parameters=None)

    def arguments(self, schema: Any, **options: Any) -> Any:
        """Check a request by one instance of a schema: making one copies all its fields, 3 % of a list of 50 tasks."""
        given = schema() if isinstance(schema, type) else schema
        return super().arguments(given, **options)

    def _store_endpoint_docs(
        self, endpoint: str, obj: Any, parameters: Any, tags: Any, **options: Any
    ) -> None:
        super()._store_endpoint_docs(endpoint, obj, parameters, [self.topic], **options)
        for name, described in self._docs[endpoint].items():
            if name != "parameters":
                manual = described.setdefault("manual_doc", {})
                manual["operationId"] = camel_case(endpoint)
                if name == "post" and not getattr(obj, "takes_no_key", False):
                    manual.setdefault("parameters", []).append(IDEMPOTENCY_KEY)


def no_content(**headers: str) -> flask.Response:
    """The answer of an operation without a body; ``Clear_Site_Data="…"`` is a header."""
    response = flask.Response(status=204)
    del response.headers["Content-Type"]
    response.headers.update({name.replace("_", "-"): value for name, value in headers.items()})
    return response


def accepted() -> flask.Response:
    """The answer to what will be done, and of which no more can be said now."""
    response = no_content()
    response.status_code = HTTPStatus.ACCEPTED
    return response


def takes_version(view: Callable[..., Any]) -> Callable[..., Any]:
    """Document in OpenAPI that an operation reads If-Match."""
    documented: Callable[..., Any] = flask_smorest.Blueprint.doc(parameters=[IF_MATCH])(view)
    return documented


def takes_no_key(view: Callable[..., Any]) -> Callable[..., Any]:
    """Mark an operation that needs no Idempotency-Key, because it is idempotent by itself."""
    view.__dict__["takes_no_key"] = True
    return view


def needs_no_login(view: Callable[..., Any]) -> Callable[..., Any]:
    """Let anybody call an operation, and document that in OpenAPI."""
    documented: Callable[..., Any] = flask_smorest.Blueprint.doc(security=[])(view)
    documented.__dict__["open_to_everybody"] = True
    return documented


def _answer_invalid(error: InvalidInput) -> flask.Response:
    """Answer an error whose fields a service named; clients know them in camelCase."""
    if not isinstance(error, _RefusedFields):
        error.fields = {camel_case(name): why for name, why in error.fields.items()}
    return error_pages.answer_error(error)


def _flatten(messages: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """``{"preferences": {"theme": ["…"]}}`` as ``("preferences.theme", "…")``."""
    if isinstance(messages, Mapping):
        for key, inner in messages.items():
            inside = name if key == "_schema" else f"{name}.{key}" if name else str(key)
            yield from _flatten(inner, inside)
    elif isinstance(messages, list):
        yield name, str(messages[0])
    else:
        yield name, str(messages)


def _describe_errors(
    doc: dict[str, Any], doc_info: Mapping[str, Any], *, method: str, **_context: Any
) -> dict[str, Any]:
    """Add the failures that every operation shares to its description."""
    statuses = [*ALWAYS, *(WITH_BODY if method != "get" else ())]
    if doc_info.get("manual_doc", {}).get("security") != []:
        statuses += [HTTPStatus.UNAUTHORIZED, HTTPStatus.NOT_FOUND, HTTPStatus.FORBIDDEN]
    elif method != "get":
        statuses.append(HTTPStatus.FORBIDDEN)
    for status in statuses:
        doc.setdefault("responses", {}).setdefault(status.value, status.name)
    return doc
