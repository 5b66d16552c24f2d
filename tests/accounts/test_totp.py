"""The codes of authenticator apps, by the vectors of RFC 6238, and how they are compared."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

import pytest

from taskforge.accounts import recovery_codes, totp

# Appendix B of RFC 6238, SHA-1; of eight digits an app with six shows the last.
SECRET = base64.b32encode(b"12345678901234567890").decode()
VECTORS = (
    (59, "94287082"),
    (1111111109, "07081804"),
    (1111111111, "14050471"),
    (1234567890, "89005924"),
    (2000000000, "69279037"),
    (20000000000, "65353130"),
)
AT = datetime(2026, 5, 1, 12, 0, 15, tzinfo=UTC)


@pytest.mark.parametrize(("seconds", "code"), VECTORS)
def test_codes_are_those_of_the_standard(seconds: int, code: str) -> None:
    at = datetime.fromtimestamp(seconds, UTC)
    assert totp.code_at(SECRET, totp.step_at(at)) == code[-6:]


@pytest.mark.parametrize(
    ("seconds", "is_found"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)]
)
def test_a_clock_may_be_one_step_off(seconds: int, is_found: bool) -> None:
    step = totp.step_at(AT + timedelta(seconds=seconds))
    found = totp.find_step(SECRET, totp.code_at(SECRET, step), AT)
    assert found == (step if is_found else None)


@pytest.mark.parametrize(("typed", "code"), [
    ("123456", "123456"), ("123 456", "123456"), (" 123-456 ", "123456"),
    ("12345", None), ("1234567", None), ("١٢٣٤٥٦", None), ("12345a", None), ("", None),
])  # fmt: skip
def test_six_digits_are_a_code(typed: str, code: str | None) -> None:
    assert totp.parse_code(typed) == code


def test_recovery_codes_are_ten_and_read_in_any_spelling() -> None:
    codes = recovery_codes.new_codes()
    assert len(set(codes)) == 10
    for code in codes:
        read = recovery_codes.parse_code(f" {code.upper().replace('-', ' ')} ")
        assert read is not None
        assert recovery_codes.hash_code(read) == recovery_codes.hash_code(code)
    assert recovery_codes.parse_code("123456") is None
