"""A part of the doctor's work at a time: links of the audit chain, and a page of documents.

Each turn takes some tenths of a second and is bounded, whatever the size of the stores: the whole comes round once in
hours. What was found is looked at again in each turn, until it is mended.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from taskforge.admin.alerts.conditions import BROKEN_CHAIN, DOCTOR, Judgement
from taskforge.audit import chain
from taskforge.stores.document_checks import Copies, check_page, check_some
from taskforge.stores.document_parts import all_parts
from taskforge.stores.violations import Violation

NEWEST_LINKS, LINKS = 200, 1_000
MAX_REMEMBERED = 100


class ChainTurns:
    """Verifies the newest links in each turn, and one stretch of the others after the other."""

    def __init__(self, key: bytes) -> None:
        self._key, self._next = key, 1

    def take(self) -> Judgement:
        """Verify a stretch; a broken one is verified again in the next turn. Raises `Unavailable`."""
        head, _ = chain.head()
        problem, behind = chain.check_stretch(self._key, self._next, LINKS)
        if problem is None:
            self._next = behind if behind <= head and behind > self._next else 1
            problem, _ = chain.check_stretch(self._key, max(1, head - NEWEST_LINKS), NEWEST_LINKS)
        return Judgement(
            BROKEN_CHAIN, problem is not None, f"The audit chain does not verify: {problem}."
        )


class DocumentTurns:
    """Compares a page of rows with their documents in each turn, part by part."""

    def __init__(self, copies: Mapping[str, Copies]) -> None:
        self._copies = copies
        self._parts = list(all_parts())
        self._number = 0
        self._after: str | None = None
        self._found: dict[tuple[int, str], Violation] = {}  # by number of the part and id

    def take(self) -> Judgement:
        """Compare a page. Raises `Unavailable` and `DocumentsUnavailable`."""
        self._look_at_found_again()
        number, part = self._number, self._parts[self._number]
        found, self._after = check_page(part, self._copies.get(part.entity_type), self._after)
        if self._after is None:
            self._number = (number + 1) % len(self._parts)
        self._remember(number, found)
        kinds = Counter(one.invariant for one in self._found.values())
        told = ", ".join(f"{name} ({number})" for name, number in sorted(kinds.items()))
        return Judgement(
            DOCTOR, bool(self._found), f"The doctor finds the stores to differ: {told}."
        )

    def _look_at_found_again(self) -> None:
        remembered, self._found = self._found, {}
        for number in sorted({number for number, _ in remembered}):
            part = self._parts[number]
            ids = [entity_id for of, entity_id in remembered if of == number]
            self._remember(number, check_some(part, self._copies.get(part.entity_type), ids))

    def _remember(self, number: int, found: list[Violation]) -> None:
        for violation in found[: MAX_REMEMBERED - len(self._found)]:
            self._found[number, violation.entity_id] = violation
