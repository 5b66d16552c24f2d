"""Hashing, checking and judging passwords.

Passwords are normalised to NFKC before they are hashed: the same keys typed on a Mac (decomposed
accents), on Windows (composed) or on a full-width input method give different code points, and
NFC alone would lock out the last of them.  It costs no strength worth naming: only look-alike
spellings of one password fall together.
"""

from __future__ import annotations

import os
import re
import secrets
import threading
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from importlib import resources

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from taskforge.errors import InvalidInput, Unavailable
from taskforge.text.normal_form import fold

MIN_LENGTH = 12
MAX_LENGTH = 128
WAIT_SECONDS = 3.0

# OWASP's second profile for argon2id: 19 MiB, two passes, one lane; about 30 ms on one core.
_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
# Nobody's password, hashed with the same cost: what an unknown e-mail address is checked against.
_nobody = (
    "$argon2id$v=19$m=19456,t=2,p=1"
    "$1A/KN5/NRkE5FmU47pnKiw$M2VfEpsN9D/w65U64BFsq1wrlT/DsC+k2StLfEAt60A"
)
# argon2 releases the interpreter lock, so without a bound a wave of log-ins would take all cores
# and 19 MiB each.
_SLOTS = threading.BoundedSemaphore(2 * (os.cpu_count() or 1))

_SURROGATE = re.compile("[\ud800-\udfff]")
_NOT_LETTERS = re.compile(r"[\W\d_]+")
_SEPARATORS = re.compile(r"[\W_]+")
_SEQUENCES = (
    "0123456789" * 12,
    "abcdefghijklmnopqrstuvwxyz" * 5,
    "qwertyuiop" * 12,
    "qwertyuiopasdfghjklzxcvbnm" * 5,
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p" * 4,
)
_MIN_DISTINCT = 5  # asked of passwords shorter than this many characters:
_LONG_ENOUGH_TO_REPEAT = 32
_MIN_OWN_LETTERS = 5  # what must remain once well-known words are taken out
_MIN_WORD = 3
_MIN_DISTINCT_WORDS = 3  # of a password that consists of listed words only


def hash_password(password: str) -> str:
    """The argon2id hash to store, which carries its own salt and parameters.

    Raises ``Unavailable`` when no slot is free within three seconds.
    """
    with _slot():
        return _hasher.hash(_normalised(password))


def verify_password(password_hash: str | None, password: str) -> bool:
    """Whether the password belongs to the hash; takes the same time when there is no hash.

    A password that could never have been set (too long, not encodable) costs one check as well.
    Raises ``Unavailable`` when no slot is free within three seconds.
    """
    possible = password_hash is not None and _can_be_hashed(password)
    with _slot():
        try:
            matches = _hasher.verify(
                password_hash if possible and password_hash else _nobody,
                _normalised(password) if possible else "",
            )
        except (Argon2Error, InvalidHashError):
            return False
    return matches and possible


def set_cost(*, time_cost: int, memory_kib: int) -> None:
    """Use another cost from now on (called once at start); unknown people cost the same."""
    global _hasher, _nobody
    if (time_cost, memory_kib) == (_hasher.time_cost, _hasher.memory_cost):
        return
    _hasher = PasswordHasher(time_cost=time_cost, memory_cost=memory_kib, parallelism=1)
    _nobody = _hasher.hash(secrets.token_hex(32))


def needs_rehash(password_hash: str) -> bool:
    """Whether the hash was made with other parameters than today's (rehash after a log-in)."""
    return _hasher.check_needs_rehash(password_hash)


def check_password_strength(
    password: str, *, context_words: Iterable[str] = (), field: str = "password"
) -> None:
    """Raise ``InvalidInput`` unless the password is 12 to 128 characters and not easy to guess.

    Any character is welcome and no kind is demanded.  ``context_words`` are what an attacker knows
    about the person: the names and the part of the e-mail address before the @.
    """
    if not _can_be_hashed(password):
        raise InvalidInput.about(field, "is too long or contains a character that cannot be stored")
    length = len(unicodedata.normalize("NFC", password))
    if length < MIN_LENGTH:
        raise InvalidInput.about(field, f"must have at least {MIN_LENGTH} characters")
    if length > MAX_LENGTH:
        raise InvalidInput.about(field, f"must have at most {MAX_LENGTH} characters")
    folded = fold(password)
    if _repeats(folded) or _is_sequence(folded):
        raise InvalidInput.about(field, "repeats too much: choose something less regular")
    if any(_is_common(candidate) for candidate in _simplifications(folded)):
        raise InvalidInput.about(field, "is one of the most common: choose another")
    if _joins_common_words(folded):
        raise InvalidInput.about(field, "is made of too few common words: add another word or two")
    if _is_built_from(folded, ["taskforge", *context_words]):
        raise InvalidInput.about(field, "is too close to your name or e-mail: choose another")


@contextmanager
def _slot() -> Iterator[None]:
    if not _SLOTS.acquire(timeout=WAIT_SECONDS):
        raise Unavailable("Too many people are logging in right now. Please try again.")
    try:
        yield
    finally:
        _SLOTS.release()


def _can_be_hashed(password: str) -> bool:
    """Whether this could be a password at all; decomposed accents may take four code points."""
    return (
        len(password) <= 4 * MAX_LENGTH
        and "\x00" not in password
        and not _SURROGATE.search(password)
    )


def _normalised(password: str) -> str:
    return unicodedata.normalize("NFKC", password)


def _repeats(folded: str) -> bool:
    return len(folded) < _LONG_ENOUGH_TO_REPEAT and len(set(folded)) < _MIN_DISTINCT


def _is_sequence(folded: str) -> bool:
    return any(folded in row or folded[::-1] in row for row in _SEQUENCES)


def _simplifications(folded: str) -> set[str]:
    """The password and what is left of it without the usual decoration.

    Digits and signs are taken off the end one by one and off the start, and a text written
    several times over counts once.
    """
    bare = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", folded)
    end_of_letters = len(re.sub(r"[\W\d_]+$", "", folded))
    prefixes = {folded[:cut] for cut in range(max(end_of_letters, 1), len(folded) + 1)}
    candidates = {folded, bare, *(prefixes if end_of_letters else ())}
    for text in (folded, bare):
        candidates.update(
            text[:size]
            for size in range(_MIN_WORD, len(text) // 2 + 1)
            if len(text) % size == 0 and text == text[:size] * (len(text) // size)
        )
    return {candidate for candidate in candidates if candidate}


def _joins_common_words(folded: str) -> bool:
    """Whether it is one or two words of the list, as often as one likes, with signs or digits between or without."""
    plain = _SEPARATORS.sub("", folded)
    if any(_is_common(candidate) for candidate in _simplifications(plain) if plain):
        return True
    for separator in (_SEPARATORS, _NOT_LETTERS):
        words = {word for word in separator.split(folded) if word}
        if words and len(words) < _MIN_DISTINCT_WORDS and all(map(_is_common, words)):
            return True
    bare = _NOT_LETTERS.sub("", folded)
    cuts = range(_MIN_WORD, len(bare) - _MIN_WORD + 1)
    return any(_is_common(bare[:cut]) and _is_common(bare[cut:]) for cut in cuts)


def _is_built_from(folded: str, words: Iterable[str]) -> bool:
    """Whether hardly anything is left once the known words, digits and signs are taken out."""
    known = {part for word in words for part in _parts(word)}
    rest = folded
    for word in sorted(known, key=len, reverse=True):
        rest = rest.replace(word, " ")
    return rest != folded and len(_NOT_LETTERS.sub("", rest)) < _MIN_OWN_LETTERS


def _parts(word: str) -> set[str]:
    folded = fold(word)
    parts = {folded, _NOT_LETTERS.sub("", folded), *_NOT_LETTERS.split(folded)}
    return {part for part in parts if len(part) >= _MIN_WORD}


def _is_common(candidate: str) -> bool:
    return f"\n{candidate}\n" in _common_passwords()


@cache
def _common_passwords() -> str:
    """The list as one text, one password a line: 240 kB, where a set would take 3 MB."""
    return resources.files("taskforge.accounts").joinpath("common_passwords.txt").read_text("utf-8")
