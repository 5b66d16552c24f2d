"""When so many tasks will be finished, and how many by a day: a Monte Carlo simulation over one's own past. Pure.

One trial draws, for each day from tomorrow on, the number of tasks that were finished on some day of the past, each day
of it being as likely; until enough are finished. Weekends are among the days, with what was finished on them. The seed
makes the same question on the same past have the same answer.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import accumulate
from random import Random

from taskforge.reports.days import Span
from taskforge.reports.figures import Figures, stated
from taskforge.reports.statistics import percentile
from taskforge.reports.ways import DONE, Ways

TRIALS = 2_000
SEED = 20_260_301
LEAST_FINISHED = 10  # of fewer tasks nothing can be said
MAX_COUNT = 10_000
MAX_DAYS = 1_095  # that a trial goes on
SHARES = (50, 70, 85, 95)


def forecast(
    ways: Ways, span: Span, *, count: int | None, until: date | None, seed: int
) -> Figures:
    """A forecast from those days of a span that are over at the instant: the day of the instant itself is not.

    Days before the first task was created are left out: nothing could be finished on them.

    Without a `count` it is of all tasks that are not done. ``when`` gives the day by which that many are finished, with
    50, 70, 85 and 95 per cent; None stands for a day later than `MAX_DAYS` from now. ``spread`` has how many of the
    trials ended in each week. ``how_many`` gives, for the day `until`, the number of tasks that are finished by then
    with at least that probability. Both are None, with a ``refusal``, where too few tasks were finished.
    """
    tasks = ways.tasks()
    today = span.day_of(ways.at)
    remaining = sum(not one.is_deleted and one.status != DONE for one in tasks)
    per_day = Counter(span.day_of(one.finished_at) for one in tasks if one.finished_at)
    begun = min((span.day_of(one.created_at) for one in tasks), default=today)
    days = [day for day in span.days if begun <= day < today]
    draws = [per_day[day] for day in days]
    drawn = set(days)
    finished = [one for one in tasks if one.finished_at and span.day_of(one.finished_at) in drawn]
    wanted = remaining if count is None else count
    answer: Figures = {
        "count": wanted,
        "remaining": remaining,
        "until": until,
        "seed": seed,
        "trials": TRIALS,
        "finished": len(finished),
        "history": [{"day": day, "finished": per_day[day]} for day in days],
        "when": None,
        "spread": [],
        "how_many": None,
        "refusal": None,
        **stated(finished),
    }
    if len(finished) < LEAST_FINISHED:
        answer["refusal"] = _refusal(len(finished))
        return answer
    if wanted:
        needed = simulate_days(draws, wanted, seed)
        answer["when"] = [_when(needed, share, today) for share in SHARES]
        answer["spread"] = _spread(needed, today)
    if until is not None:
        sums = simulate_sums(draws, max(0, (until - today).days), seed)
        answer["how_many"] = [
            {"share": share, "count": percentile(sums, 100 - share)} for share in SHARES
        ]
    return answer


def simulate_days(history: Sequence[int], count: int, seed: int) -> list[int]:
    """How many days it takes to finish `count` tasks, of each trial, in ascending order; `MAX_DAYS` + 1 if more."""
    random, rate = Random(seed), sum(history) / len(history)  # noqa: S311 - a simulation
    block = min(MAX_DAYS, max(7, int(1.5 * count / rate)))
    return sorted(_one_trial(random, history, count, block) for _ in range(TRIALS))


def simulate_sums(history: Sequence[int], days: int, seed: int) -> list[int]:
    """How many tasks are finished in some days, of each trial, in ascending order."""
    random = Random(seed)  # noqa: S311 - a simulation
    return sorted(sum(random.choices(history, k=days)) for _ in range(TRIALS))


def _one_trial(random: Random, history: Sequence[int], count: int, block: int) -> int:
    done, days = 0, 0
    while days < MAX_DAYS:
        sums = list(accumulate(random.choices(history, k=block), initial=done))
        if sums[-1] >= count:
            return min(days + bisect_left(sums, count), MAX_DAYS + 1)
        done, days = sums[-1], days + block
    return MAX_DAYS + 1


def _when(days: Sequence[int], share: int, today: date) -> Figures:
    needed = int(percentile(days, share))
    day = None if needed > MAX_DAYS else today + timedelta(days=needed)
    return {"share": share, "day": day}


def _spread(days: Sequence[int], today: date) -> list[Figures]:
    """How many trials ended in each week from now on, from the first to the last of them; later ones are left out."""
    weeks = Counter((number - 1) // 7 for number in days if number <= MAX_DAYS)
    if not weeks:
        return []
    return [
        {"day": today + timedelta(days=7 * week + 1), "trials": weeks[week]}
        for week in range(min(weeks), max(weeks) + 1)
    ]


def _refusal(finished: int) -> str:
    return (
        f"{finished} {'task was' if finished == 1 else 'tasks were'} finished in this time. A forecast needs at least"
        f" {LEAST_FINISHED}: choose a longer time, or wait a little."
    )
