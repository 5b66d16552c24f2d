"""The door: what cannot be right is refused before any other code of the application sees it.

``init_app`` makes every request a ``StrictRequest`` and runs ``check_request`` first.  The guard
reads body and query completely, so that everything behind it works on values that are known to be
UTF-8, of a bounded size, without control characters, and that mean one thing only.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Any, TypeVar, cast

from flask import Flask, Request, current_app, request
from werkzeug.datastructures import ImmutableMultiDict, MultiDict
from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge
from werkzeug.sansio.multipart import File
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
from taskforge.http.strict_forms import UTF_8_NAMES, decode, read_multipart, read_pairs
from taskforge.http.urls import API_PREFIX

MAX_BODY_BYTES = 256 * 1024
MAX_ADDRESS_BYTES = 8 * 1024
MAX_HEADERS = 100
MAX_HEADER_LENGTH = 8 * 1024
MAX_COOKIES = 64

METHODS = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"})
METHODS_WITH_BODY = frozenset({"POST", "PUT", "PATCH", "DELETE"})

JSON_TYPE = "application/json"
URLENCODED_TYPE = "application/x-www-form-urlencoded"
MULTIPART_TYPE = "multipart/form-data"

# Fields that may be sent more than once on every route; others are declared by ``accept_lists``.
LIST_FIELDS = frozenset({"tags"})

_HEADER_CONTROL = re.compile("[\x00-\x08\x0a-\x1f\x7f]")
_PATH_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]")
_LENGTH = re.compile("[0-9]{1,15}")

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True, kw_only=True)
class BodyRules:
    """What a route takes as its body; ``files`` says whether parts may be files."""

    types: frozenset[str]
    max_bytes: int = MAX_BODY_BYTES
    files: bool = False


_API_RULES = BodyRules(types=frozenset({JSON_TYPE}))
_PAGE_RULES = BodyRules(types=frozenset({URLENCODED_TYPE, MULTIPART_TYPE}))


def accept_body(
    *types: str, max_bytes: int = MAX_BODY_BYTES, files: bool = False
) -> Callable[[View], View]:
    """Declare that a view takes other body types, larger bodies or files than its kind does.

    Put it nearest to the function; ``max_bytes`` counts the whole body.
    """
    rules = BodyRules(types=frozenset(types), max_bytes=max_bytes, files=files)

    def mark(view: View) -> View:
        view.__dict__["accepts_body"] = rules
        return view

    return mark


def accept_lists(*names: str) -> Callable[[View], View]:
    """Declare fields that a view takes several times, such as a filter by many labels."""

    def mark(view: View) -> View:
        view.__dict__["accepts_lists"] = frozenset(names)
        return view

    return mark


class StrictRequest(Request):
    """A request whose JSON, form and query are read strictly, whoever asks for them."""

    _max_content_length = MAX_BODY_BYTES + 1
    _max_form_memory_size = MAX_BODY_BYTES
    takes_files = False

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

    def limit_body(self, max_bytes: int) -> None:
        """Refuse a body of more than ``max_bytes``.

        The framework's limit is one byte more: it cuts a streamed body off at its limit without a
        word, and only the extra byte shows that something is missing.
        """
        self.max_content_length = max_bytes + 1

    def read_body(self) -> bytes:
        """The whole body, kept for whoever asks again."""
        with _reading():
            body = self.get_data(cache=True)
        if len(body) >= (self.max_content_length or 0):
            raise TooLarge
        return body

    def _load_form_data(self) -> None:
        """Fill ``form`` and ``files``; the framework calls this when one of them is first used."""
        if "form" in self.__dict__:
            return
        fields: list[tuple[str, str]] = []
        files: list[tuple[str, Any]] = []
        if self.mimetype == URLENCODED_TYPE:
            fields = read_pairs(self.read_body(), line_breaks=True)
        elif self.mimetype == MULTIPART_TYPE:
            with _reading():
                fields, files = read_multipart(
                    self._get_stream_for_parsing(),
                    self._boundary(),
                    max_memory=MAX_BODY_BYTES,
                    open_file=self._open_file if self.takes_files else None,
                )
        self.__dict__["form"] = ImmutableMultiDict(fields)
        self.__dict__["files"] = ImmutableMultiDict(files)

    def _boundary(self) -> str:
        boundary = self.mimetype_params.get("boundary", "")
        if not (boundary.isascii() and 0 < len(boundary) <= 70):  # RFC 2046, section 5.1.1
            raise Malformed("The multipart form names no boundary.")
        return boundary

    def _open_file(self, part: File) -> IO[bytes]:
        return self._get_file_stream(
            total_content_length=self.content_length,
            content_type=part.headers.get("content-type"),
            filename=part.filename,
        )


def init_app(app: Flask) -> None:
    """Make the door the first thing that every request of the application passes."""
    app.request_class = StrictRequest
    app.before_request(check_request)


def check_request() -> None:
    """Refuse the current request if its form is wrong; runs before everything else.

    Raises ``Malformed``, ``MethodNotAllowed``, ``NotFound``, ``TooLarge``, ``UnsupportedType`` or,
    for lone surrogates in JSON, ``InvalidInput``.
    """
    if request.method not in METHODS:
        raise MethodNotAllowed
    _check_headers(request.environ)
    _check_path(request.environ)
    if len(request.query_string) > MAX_ADDRESS_BYTES:
        raise TooLarge("The address is too long.")
    if request.query_string:
        _check_repetition(request.args, _declared("accepts_lists", frozenset()))
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
    """The server has undone the percent signs and handed over the bytes as Latin-1 (PEP 3333)."""
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
    kind = _API_RULES if request.path.startswith(API_PREFIX) else _PAGE_RULES
    rules: BodyRules = _declared("accepts_body", kind)
    if int(length or 0) > rules.max_bytes:
        raise TooLarge
    _check_type(rules.types)
    incoming = cast(StrictRequest, request)
    incoming.limit_body(rules.max_bytes)
    if request.mimetype == JSON_TYPE:
        request.get_json()
    elif request.mimetype not in {URLENCODED_TYPE, MULTIPART_TYPE}:
        incoming.read_body()
    else:
        incoming.takes_files = rules.files
        _check_repetition(request.form, _declared("accepts_lists", frozenset()))


def _check_type(types: Iterable[str]) -> None:
    if request.environ.get("HTTP_CONTENT_ENCODING", "identity").lower() != "identity":
        raise UnsupportedType("Send the body without compression.")
    if request.mimetype not in types:
        raise UnsupportedType(f"Send the body as {' or '.join(sorted(types))}.")
    if request.mimetype_params.get("charset", "utf-8").strip().lower() not in UTF_8_NAMES:
        raise Malformed("Send the body as UTF-8.")


def _check_repetition(fields: MultiDict[str, str], declared: frozenset[str]) -> None:
    """Two values for one field are read differently by different code: there is no right one."""
    for name, values in fields.lists():
        if len(values) > 1 and not (name.endswith("[]") or name in LIST_FIELDS or name in declared):
            raise Malformed(f"The field “{name}” was sent more than once.")


def _declared(mark: str, otherwise: Any) -> Any:
    """What the matched view declared under ``mark``, on its method or on the view itself."""
    view = current_app.view_functions.get(request.endpoint or "")
    method = getattr(getattr(view, "view_class", None), request.method.lower(), None)
    return getattr(method, mark, getattr(view, mark, otherwise))


@contextmanager
def _reading() -> Iterator[None]:
    """Turn the framework's failures while reading the body into ours."""
    try:
        yield
    except RequestEntityTooLarge as error:
        raise TooLarge from error
    except ClientDisconnected as error:
        raise Malformed("The request ended before its announced length.") from error
