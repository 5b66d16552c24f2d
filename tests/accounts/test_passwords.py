"""Password hashing, equal effort for unknown people, and the judgement of weak passwords."""

from __future__ import annotations

import threading
import time
import unicodedata

import pytest
from argon2 import PasswordHasher, extract_parameters
from hypothesis import given, settings
from hypothesis import strategies as st

from taskforge.accounts import passwords
from taskforge.accounts.passwords import (
    check_password_strength,
    hash_password,
    needs_rehash,
    verify_password,
)
from taskforge.errors import InvalidInput, Unavailable

GOOD = "correct horse battery staple"


@pytest.fixture(autouse=True)
def usual_cost(monkeypatch: pytest.MonkeyPatch) -> None:
    """Other tests of this process may have chosen a cheaper hash."""
    monkeypatch.setattr(passwords, "_hasher", passwords._hasher)
    monkeypatch.setattr(passwords, "_nobody", passwords._nobody)
    passwords.set_cost(time_cost=2, memory_kib=19_456)


def test_hashes_are_argon2id_with_the_promised_cost() -> None:
    stored = extract_parameters(hash_password(GOOD))
    assert (stored.type.name, stored.time_cost, stored.memory_cost, stored.parallelism) == (
        "ID",
        2,
        19_456,
        1,
    )


def test_unknown_people_cost_the_same_as_known_ones() -> None:
    assert extract_parameters(passwords._nobody) == extract_parameters(hash_password(GOOD))
    passwords.set_cost(time_cost=3, memory_kib=8_192)
    assert extract_parameters(passwords._nobody) == extract_parameters(hash_password(GOOD))


def test_a_password_matches_its_own_hash_only() -> None:
    stored = hash_password(GOOD)
    assert verify_password(stored, GOOD)
    assert not verify_password(stored, GOOD + "!")
    assert not verify_password(None, GOOD)
    assert not verify_password(None, "")
    assert not verify_password("not a hash", GOOD)


def test_the_last_of_128_emoji_counts() -> None:
    password = "🔑" * 127 + "🗝"
    check_password_strength(password)
    stored = hash_password(password)
    assert verify_password(stored, password)
    assert not verify_password(stored, "🔑" * 128)


def test_the_same_keys_match_however_the_system_composes_them() -> None:
    password = "Bärenhöhle Überfluß"
    stored = hash_password(unicodedata.normalize("NFC", password))
    assert verify_password(stored, unicodedata.normalize("NFD", password))


@pytest.mark.parametrize("odd", ["\ud800" * 12, "a\x00" * 8, "x" * 5_000])
def test_passwords_that_cannot_exist_are_wrong_and_not_an_error(odd: str) -> None:
    assert not verify_password(hash_password(GOOD), odd)
    with pytest.raises(InvalidInput):
        check_password_strength(odd)


def test_a_hash_of_another_cost_asks_to_be_renewed() -> None:
    assert not needs_rehash(hash_password(GOOD))
    assert needs_rehash(PasswordHasher(time_cost=1, memory_cost=8_192, parallelism=1).hash(GOOD))


def test_checks_run_beside_each_other_without_holding_the_interpreter() -> None:
    stored = hash_password(GOOD)
    ticks = 0
    done = threading.Event()

    def check() -> None:
        for _ in range(5):
            verify_password(stored, GOOD)
        done.set()

    threading.Thread(target=check).start()
    while not done.is_set():
        ticks += 1
        time.sleep(0.001)
    assert ticks > 10


def test_who_waits_too_long_for_a_free_slot_is_told_to_come_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(passwords, "WAIT_SECONDS", 0.05)
    slots = threading.BoundedSemaphore(1)
    monkeypatch.setattr(passwords, "_SLOTS", slots)
    with slots, pytest.raises(Unavailable) as caught:
        hash_password(GOOD)
    assert caught.value.retry_after >= 1
    assert verify_password(hash_password(GOOD), GOOD)  # the slot is free again


@pytest.mark.parametrize(
    "password",
    [
        GOOD,
        "tr0ub4dor&3xyz",
        "ülkü-gölge-ırmak",
        "密码学与信息安全原理入门",
        "  spaces  inside  ",
        "😀🎉🚀🐍🧩🎲🪁🧭🔭🧪🧬🪐",
        "x" * 20 + "y" * 20,
        "kT9#vL2@pQ7!",
        "7302849156038274",
    ],
)
def test_long_and_unusual_passwords_are_accepted(password: str) -> None:
    check_password_strength(password, context_words=["ada.lovelace", "Ada", "Lovelace"])


@pytest.mark.parametrize("password", ["", "short", "elevenchars", "x" * 11 + "\u0301" * 0])
def test_short_passwords_are_refused(password: str) -> None:
    with pytest.raises(InvalidInput, match="at least 12"):
        check_password_strength(password)


def test_129_characters_are_refused() -> None:
    check_password_strength("ab1-" * 32)
    with pytest.raises(InvalidInput, match="at most 128"):
        check_password_strength("ab1-" * 32 + "x")


@pytest.mark.parametrize(
    "password",
    [
        "password1234",
        "Password2026",
        "PASSWORD!!!!!!",
        "qwertyuiop123",
        "iloveyou2026",
        "1password1234",
        "passwordpassword",
        "dragondragon",
        "sunshine20261",
        "ｐａｓｓｗｏｒｄ１２３４",
        "abc123777777",
        "123456789012",
        "abcdefghijkl",
        "210987654321",
        "aaaaaaaaaaaa",
        "abababababab",
        "qwertyuiopas",
        "1qaz2wsx3edc",
    ],
)
def test_common_passwords_are_refused_in_every_dress(password: str) -> None:
    with pytest.raises(InvalidInput, match=r"^Password (is one of the most common|repeats)"):
        check_password_strength(password)


@pytest.mark.parametrize(
    "password",
    [
        "monkey monkey",
        "Monkey-Dragon",
        "monkey1monkey1",
        "monkeydragon!",
        "m0nkey m0nkey",
        "monkey_monkey_monkey_monkey",
        "m o n k e y m o n k e y",
        "dragon 12345678",
        "sunshine&princess",
    ],
)
def test_one_or_two_common_words_are_not_enough(password: str) -> None:
    with pytest.raises(InvalidInput, match=r"common"):
        check_password_strength(password)


def test_three_and_more_words_are_welcome() -> None:
    check_password_strength("monkey dragon lantern")
    check_password_strength("ember anvil tongs quench")


@pytest.mark.parametrize(
    "password",
    [
        "taskforge2026!",
        "TaskForge-1234",
        "ada.lovelace1",
        "Lovelace123456",
        "adalovelace12",
        "!lovelace-ada!",
    ],
)
def test_passwords_made_of_what_everybody_knows_are_refused(password: str) -> None:
    with pytest.raises(InvalidInput, match="too close to your name"):
        check_password_strength(password, context_words=["ada.lovelace", "Ada", "Lovelace"])


def test_a_name_inside_a_strong_password_does_no_harm() -> None:
    check_password_strength("lovelace writes engines", context_words=["Lovelace"])


@settings(max_examples=200)
@given(st.text(st.characters(), max_size=200), st.lists(st.text(max_size=20), max_size=3))
def test_any_text_is_judged_without_an_accident(password: str, words: list[str]) -> None:
    try:
        check_password_strength(password, context_words=words)
    except InvalidInput:
        return
    passwords._normalised(password).encode("utf-8")


def test_every_word_of_the_list_is_refused_with_digits_after_it() -> None:
    listed = [w for w in passwords._common_passwords().splitlines() if not w.startswith("# ")]
    assert len(listed) == 30_000
    words = [word for word in listed if any(character.isalpha() for character in word)]
    for word in words[::97]:
        with pytest.raises(InvalidInput):
            check_password_strength(word.ljust(12, "7"))
