"""The request guard: refuses malformed requests before any other code of the application sees them.

``init_app`` makes every request a ``StrictRequest`` and runs ``check_request`` first. The guard reads body and query
completely, so that all other code works on values that are UTF-8, of a bounded size, without control characters, and
that no two readers can understand differently.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask, Request, request
from werkzeug.datastructures import FileStorage, ImmutableMultiDict, MultiDict
from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge
from werkzeug.utils import cached_property

from taskforge.errors import (
    InvalidInput,
    Malformed,
    MethodNotAllowed,
    NotFound,
    TooLarge,
    UnsupportedType,
)
from taskforge.http import strict_json
from taskforge.http.sent_files import too_large
from taskforge.http.strict_forms import (
    UTF_8_NAMES,
    decode,
    read_multipart,
    read_pairs,
)
from taskforge.http.urls import API_PREFIX
from taskforge.http.view_declarations import MAX_BODY_BYTES, declared_lists, file_limits

MAX_ADDRESS_BYTES = 8 * 1024
MAX_HEADERS = 100
MAX_HEADER_LENGTH = 8 * 1024
MAX_COOKIES = 64

METHODS = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"})
METHODS_WITH_BODY = frozenset({"POST", "PUT", "PATCH", "DELETE"})

JSON_TYPE = "application/json"
URLENCODED_TYPE = "application/x-www-form-urlencoded"
MULTIPART_TYPE = "multipart/form-data"
API_TYPES = frozenset({JSON_TYPE})
PAGE_TYPES = frozenset({URLENCODED_TYPE, MULTIPART_TYPE})

_HEADER_CONTROL = re.compile("[\x00-\x08\x0a-\x1f\x7f]")
_PATH_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]")
_LENGTH = re.compile("[0-9]{1,15}")


class StrictRequest(Request):
    """A request whose JSON, form and query are always read strictly, also by the code of libraries."""

    # The framework cuts a streamed body off at its limit without an error: only one byte more shows that it was longer.
    _max_content_length = MAX_BODY_BYTES + 1
    _max_form_memory_size = MAX_BODY_BYTES

    @cached_property
    def args(self) -> ImmutableMultiDict[str, str]:
        """The fields of the query string."""
        return ImmutableMultiDict(read_pairs(self.query_string, line_breaks=False))

    @cached_property
    def full_path(self) -> str:
        """Path and query; safe to log even when the query is not UTF-8."""
        return f"{self.path}?{self.query_string.decode(errors='replace')}"

    def get_json(self, force: bool = False, silent: bool = False, cache: bool = True) -> Any:
        """The JSON object of the body by the rules of ``strict_json``.

        ``force`` ignores the content type; ``silent`` gives None instead of an error.
        """
        if cache and self._cached_json[0] is not Ellipsis:
            return self._cached_json[0]
        if not (force or self.mimetype == JSON_TYPE):
            if silent:
                return None
            raise UnsupportedType("Send a JSON object with the content type application/json.")
        try:
            value = strict_json.loads_object(self.read_body())
        except (Malformed, TooLarge, InvalidInput):
            if silent:
                return None
            raise
        if cache:
            self._cached_json = (value, value)
        return value

    def read_body(self) -> bytes:
        """The whole body; reading it again gives the same bytes.

        Raises:
            TooLarge: it has more than `MAX_BODY_BYTES`.
            Malformed: it ended before its announced length.
        """
        with _reading():
            body = self.get_data(cache=True)
        if len(body) > MAX_BODY_BYTES:
            raise TooLarge
        return body

    def _load_form_data(self) -> None:
        """Fill ``form`` and ``files``; the framework calls this when one of them is first used."""
        if "form" in self.__dict__:
            return
        fields: list[tuple[str, str]] = []
        sent: list[FileStorage] = []
        if self.mimetype == URLENCODED_TYPE:
            fields = read_pairs(self.read_body(), line_breaks=True)
        elif self.mimetype == MULTIPART_TYPE:
            limits = file_limits()
            self.max_content_length = MAX_BODY_BYTES + 1 + sum(limits.values())
            with _reading():
                fields, sent = read_multipart(
                    self._get_stream_for_parsing(),
                    self._boundary(),
                    max_memory=MAX_BODY_BYTES,
                    files=limits,
                )
        self.__dict__["form"] = ImmutableMultiDict(fields)
        self.__dict__["files"] = ImmutableMultiDict((file.name or "", file) for file in sent)

    def _boundary(self) -> str:
        boundary = self.mimetype_params.get("boundary", "")
        if not (boundary.isascii() and 0 < len(boundary) <= 70):  # RFC 2046, section 5.1.1
            raise Malformed("The multipart form names no boundary.")
        return boundary


def init_app(app: Flask) -> None:
    """Register the guard as the first hook of every request."""
    app.request_class = StrictRequest
    app.before_request(check_request)


def check_request() -> None:
    """Refuse the current request if anything in it is malformed.

    Raises:
        Malformed, MethodNotAllowed, NotFound, TooLarge, UnsupportedType: by what is wrong.
        InvalidInput: JSON text holds half of a surrogate pair.
    """
    if request.method not in METHODS:
        raise MethodNotAllowed
    _check_headers(request.environ)
    _check_path(request.environ)
    if len(request.query_string) > MAX_ADDRESS_BYTES:
        raise TooLarge("The address is too long.")
    if request.query_string:
        _check_repetition(request.args, declared_lists())
    if request.routing_exception is None and request.method in METHODS_WITH_BODY:
        _check_body()


def _check_headers(environ: dict[str, Any]) -> None:
    headers = 0
    for name, value in environ.items():
        if not name.startswith(("HTTP_", "CONTENT_")):
            continue
        headers += 1
        if len(value) > MAX_HEADER_LENGTH or headers > MAX_HEADERS:
            raise Malformed("The request has too many or too long headers.")
        if _HEADER_CONTROL.search(value):
            raise Malformed("A header holds control characters.")
    if environ.get("HTTP_COOKIE", "").count(";") >= MAX_COOKIES:
        raise Malformed("The browser sent too many cookies: clear them for this site.")


def _check_path(environ: dict[str, Any]) -> None:
    """Check the path, which the server has percent-decoded and handed over as Latin-1 (PEP 3333)."""
    raw: str = environ.get("PATH_INFO", "")
    if len(raw) > MAX_ADDRESS_BYTES:
        raise TooLarge("The address is too long.")
    if _PATH_CONTROL.search(decode(raw.encode("latin-1"))):
        raise Malformed("The address holds control characters.")
    if "//" in raw:
        raise NotFound


def _check_body() -> None:
    length = request.environ.get("CONTENT_LENGTH") or ""
    chunked = "chunked" in request.environ.get("HTTP_TRANSFER_ENCODING", "").lower()
    if length and not _LENGTH.fullmatch(length):
        raise Malformed("The length of the body is not a number.")
    if chunked and not length and "wsgi.input_terminated" not in request.environ:
        raise Malformed("Send the length of the body.")
    if not chunked and not int(length or 0):
        return
    limits = file_limits()
    if int(length or 0) > MAX_BODY_BYTES + sum(limits.values()):
        raise too_large(max(limits.values())) if limits else TooLarge
    types = API_TYPES if request.path.startswith(API_PREFIX) else PAGE_TYPES
    _check_type(types | {MULTIPART_TYPE} if limits else types)
    if request.mimetype == JSON_TYPE:
        request.get_json()
    else:
        _check_repetition(request.form, declared_lists())
        _check_repetition(request.files, declared_lists())


def _check_type(types: Iterable[str]) -> None:
    if request.environ.get("HTTP_CONTENT_ENCODING", "identity").lower() != "identity":
        raise UnsupportedType("Send the body without compression.")
    if request.mimetype not in types:
        raise UnsupportedType(f"Send the body as {' or '.join(sorted(types))}.")
    if request.mimetype_params.get("charset", "utf-8").strip().lower() not in UTF_8_NAMES:
        raise Malformed("Send the body as UTF-8.")


def _check_repetition(fields: MultiDict[str, Any], declared: frozenset[str]) -> None:
    """Refuse a field that was sent twice: some code would read the first value and some the last."""
    for name, values in fields.lists():
        if len(values) > 1 and not (name.endswith("[]") or name in declared):
            raise Malformed(f"The field “{name}” was sent more than once.")


@contextmanager
def _reading() -> Iterator[None]:
    """Translate the framework's errors while the body is read into those of `taskforge.errors`."""
    try:
        yield
    except RequestEntityTooLarge as error:
        raise TooLarge from error
    except ClientDisconnected as error:
        raise Malformed("The request ended before its announced length.") from error
