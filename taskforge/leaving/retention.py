"""How long exports are kept, whether they were downloaded or not. Their files go with them."""

from __future__ import annotations

from taskforge.leaving.exports import KEPT
from taskforge.stores.retention import RetentionRule

RULES = (RetentionRule(table="account_exports", expired="requested_at < :before", keep=KEPT),)
