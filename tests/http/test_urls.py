"""Where a redirect may lead: only to a path of this site."""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskforge.http.urls import safe_next

SAFE = [
    "/",
    "/boards",
    "/boards/01890000-0000-7000-8000-000000000000",
    "/tasks?status=todo&limit=20",
    "/tasks?next=https%3A%2F%2Fexample.com%2F",
    "/tasks#comment-1",
    "/search?q=a%20b+c",
    "/search?q=%5C%5C",
    "/@ada",
    "/a;b=c",
    "/a.b/c-d_e~f",
    "/caf%C3%A9",
]

UNSAFE = [
    None,
    1,
    b"/boards",
    "",
    " ",
    "boards",
    "?next=/",
    "#top",
    "//evil.example",
    "///evil.example",
    "////evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "\\/evil.example",
    "/\\/evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "/\r/evil.example",
    "\t//evil.example",
    " //evil.example",
    "/ /evil.example",
    "/\x00/evil.example",
    "/\x0b/evil.example",
    "/\u00a0/evil.example",
    "/\u2028/evil.example",
    "\u2215\u2215evil.example",
    "\uff0f\uff0fevil.example",
    "/\uff0fevil.example",
    "/\u3002evil.example",
    "http://evil.example",
    "https://evil.example",
    "HTTPS://evil.example",
    "http:evil.example",
    "http:/evil.example",
    "http:///evil.example",
    "https:\\\\evil.example",
    "ftp://evil.example",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "java\nscript:alert(1)",
    "\x01javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:msgbox(1)",
    "file:///etc/passwd",
    "blob:https://evil.example/x",
    "mailto:a@evil.example",
    "about:blank",
    "evil.example",
    "www.evil.example",
    "@evil.example",
    "user@evil.example",
    "user:pass@evil.example/",
    "//user:pass@evil.example/",
    "//evil.example:80/",
    "//[::1]/",
    "//2130706433/",
    "//0x7f.1/",
    "//evil%00.example",
    "/%2f/evil.example",
    "/%2fevil.example",
    "/%2Fevil.example",
    "/%252fevil.example",
    "/%5cevil.example",
    "/%5C%5Cevil.example",
    "/%255cevil.example",
    "/%09/evil.example",
    "/%0a/evil.example",
    "/%0d%0aLocation:%20https://evil.example",
    "/%00",
    "/a\r\nSet-Cookie: x=1",
    "/a%0d%0aSet-Cookie:%20x=1",
    "/.//evil.example",
    "/..//evil.example",
    "/../admin",
    "/a/../../b",
    "/a/./b",
    "/%2e%2e/admin",
    "/%2e%2e%2fadmin",
    "/%252e%252e/admin",
    "/a//b",
    "/<script>",
    '/"onload=x',
    "/`x`",
    "/{{7*7}}",
    "/|x",
    "/^x",
    "/" + "a" * 2_000,
]


@pytest.mark.parametrize("path", SAFE)
def test_paths_of_this_site_are_kept(path: str) -> None:
    assert safe_next(path) == path


@pytest.mark.parametrize("value", UNSAFE, ids=repr)
def test_everything_else_is_dropped(value: object) -> None:
    assert safe_next(value) is None


def test_there_are_enough_hostile_addresses() -> None:
    assert len(UNSAFE) >= 60


@given(st.text(st.sampled_from("/\\.:@?#%25cfF0a9d ehtps\t\n;-[]"), max_size=20))
def test_what_is_kept_never_leaves_the_site(tail: str) -> None:
    kept = safe_next("/" + tail)
    if kept is None:
        return
    target = urlsplit(urljoin("https://here.example/login", kept))
    assert (target.scheme, target.netloc) == ("https", "here.example")
    assert not kept.startswith(("//", "/\\"))
    assert kept.isprintable()
    assert kept.isascii()
