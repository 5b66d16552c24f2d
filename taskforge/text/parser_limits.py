"""What keeps the Markdown parser's work in proportion to a text's length."""

from __future__ import annotations

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline

from taskforge.text.effort import Meter, TooMuchWork

METER = "meter"  # where the parser's environment holds the text's `Meter`
# The parser fills up short table rows: a wide head over many short lines would make millions of cells.
MAX_TABLE_CELLS = 5_000
# Brackets that are never closed: the parser looks for the end of each.
MAX_OPEN_BRACKETS = 200
# Stars, underscores and tildes, of which every two can be a tag.
MAX_EMPHASIS_MARKS = 4_000
LEVELS_OF_A_LIST = 2  # a quotation is one level
_BLOCKS_WITH_LINES = ["paragraph", "reference", "blockquote", "list", "table"]


def refuse_costly(text: str) -> None:
    """Refuse what counting characters is enough to refuse.

    Raises:
        TooMuchWork: too many brackets that are never closed, or too many marks of emphasis.
    """
    marks = text.count("*") + text.count("_") + text.count("~")
    if marks > MAX_EMPHASIS_MARKS or text.count("[") - text.count("]") > MAX_OPEN_BRACKETS:
        raise TooMuchWork


def may_have_tables(text: str) -> bool:
    """Whether all tables that a text can have are small enough together. A table ends at an empty line."""
    cells = lines = columns = 0
    for line in [*text.split("\n"), ""]:
        if line and not line.isspace():
            lines, columns = lines + 1, max(columns, line.count("|") + 1)
            continue
        cells += lines * columns if columns > 1 else 0
        lines = columns = 0
    return cells <= MAX_TABLE_CELLS


def count_steps(parser: MarkdownIt) -> None:
    """Make the parser count its steps with the meter in its environment, under `METER`.

    The counting rules are the first of all, also where a rule asks whether another block ends its own: so each loop of
    the parser runs them.
    """
    parser.block.ruler.before("table", "steps", _count_block, {"alt": _BLOCKS_WITH_LINES})
    parser.inline.ruler.before("text", "steps", _count_inline)


def _count_block(state: StateBlock, _first: int, _last: int, _silent: bool) -> bool:
    _meter_of(state).step()
    if state.level >= state.md.options["maxNesting"] - LEVELS_OF_A_LIST:
        raise TooMuchWork  # the parser leaves out what is nested deeper, without a word
    return False


def _count_inline(state: StateInline, _silent: bool) -> bool:
    _meter_of(state).step()
    return False


def _meter_of(state: StateBlock | StateInline) -> Meter:
    meter: Meter = state.env[METER]
    return meter
