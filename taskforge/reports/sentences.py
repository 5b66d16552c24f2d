"""What a report says, in a sentence. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from taskforge.reports.catalogue import Answer
from taskforge.reports.figures import Figures
from taskforge.reports.ways import DOING, IN_PROGRESS
from taskforge.text.counting import count_cards

MINUTE, HOUR, DAY = 60, 3_600, 86_400


def show_duration(seconds: float) -> str:
    """A duration as people say it: "40 minutes", "5 hours", "3.5 days"."""
    for size, word in ((DAY, "day"), (HOUR, "hour"), (MINUTE, "minute")):
        if seconds >= size:
            number = seconds / size
            shown = f"{number:.1f}".removesuffix(".0") if number < 10 else f"{number:.0f}"
            return f"{shown} {word}{'' if shown == '1' else 's'}"
    return "under a minute"


def say(answer: Answer) -> str:
    """What the figures of a report show, and what odd cards are among them."""
    return _SENTENCES[answer.report.name](answer.figures)


def note(found: Figures) -> str:
    """Which of the finished cards that a report counts are odd, and what a forecast is drawn from; often empty."""
    parts = [
        f"{found[name]} {words}"
        for name, words in (
            ("in_trash", "in the trash by now"),
            ("reopened", "reopened once and counted to the last time"),
            ("straight_to_done", "straight to done, with no cycle time"),
        )
        if found.get(name)
    ]
    said = [f"Among the finished: {'; '.join(parts)}."] if parts else []
    if found.get("when"):
        said.insert(0, _drawn_from(found))
    return " ".join(said)


def _drawn_from(found: Figures) -> str:
    days = found["history"]
    return (
        f"{found['trials']:,} times, days were drawn from the {len(days)} from {_day(days[0]['day'])} to"
        f" {_day(days[-1]['day'])}, in which {count_cards(found['finished'])} were finished, until all were done."
    )


def _flow(found: Figures) -> str:
    days, series = found["days"], found["series"]
    if not days or not any(any(one["counts"]) for one in series):
        return "There was no card on the board in this time."
    open_ = [one for one in series if one["status"] in IN_PROGRESS]
    before, now = (sum(one["counts"][place] for one in open_) for place in (0, -1))
    change = (
        "as many as"
        if now == before
        else f"{'more' if now > before else 'fewer'} than the {before}"
    )
    ending = "at the beginning" if now != before else "at the beginning of this time"
    return (
        f"{count_cards(now)} in progress, {change} {ending}; {found['created']} came in and"
        f" {found['deleted']} went to the trash."
    )


def _cycle(found: Figures) -> str:
    if not found["finished"]:
        return "No card was finished in this time."
    middle, late = show_duration(found["cycle"][50]), show_duration(found["cycle"][85])
    return f"{count_cards(found['finished'])} finished: half of them within {middle}, 85 % within {late}."


def _throughput(found: Figures) -> str:
    parts = len(found["parts"])
    return f"{count_cards(found['finished'])} finished, {found['finished'] / parts:.1f} a {found['per']} on average."


def _created_done(found: Figures) -> str:
    difference = found["parts"][-1]["difference"]
    both = f"{found['created']} came and {found['finished']} were finished"
    if difference > 0:
        return f"{both}: {difference} more came than were finished."
    if difference < 0:
        return f"{both}: {-difference} more were finished than came."
    return f"{both}: as many as came."


def _ageing(found: Figures) -> str:
    if not found[DOING]:
        return "Nothing is in progress."
    late = sum((point["exceeds"] or 0) >= 85 for point in found["points"])
    oldest = show_duration(found["points"][0]["age_seconds"])
    begun = f"{count_cards(found[DOING])} in progress, the oldest for {oldest}."
    if not found["cycle"]:
        return f"{begun} None was finished to compare with."
    what = "None of them has" if not late else f"{late} of them {'has' if late == 1 else 'have'}"
    return f"{begun} {what} been going on for longer than 85 % of the finished ones took."


def _time_in_column(found: Figures) -> str:
    rows = [row for row in found["rows"] if row["tasks"]]
    if not rows:
        return "No card was finished in this time."
    longest = max(rows, key=lambda row: float(row["share"]))
    spent = f"{longest['share']:.0%} of their time they were in “{longest['name']}”."
    return f"{count_cards(found['finished'])} finished. {spent}"


def _burndown(found: Figures) -> str:
    if not found["days"]:
        return "This time has not begun."
    last = found["days"][-1]
    ideal = found["ideal"][len(found["days"]) - 1]
    place = (
        "on the straight way"
        if abs(last["remaining"] - ideal) < 0.5
        else ("above the straight way" if last["remaining"] > ideal else "below the straight way")
    )
    return f"{count_cards(last['remaining'])} left of {last['total']}, {place} from {found['start']} to none."


def _workload(found: Figures) -> str:
    busy = [one for one in found["people"] if one[DOING] and one["user_id"]]
    if not busy:
        return "Nobody has a card in progress."
    most = busy[0]
    return f"{most['name']} has the most in progress: {most[DOING]}."


def _forecast(found: Figures) -> str:
    if found["refusal"]:
        return str(found["refusal"])
    said = [_when(found)]
    if found["how_many"]:
        number = next(one["count"] for one in found["how_many"] if one["share"] == 85)
        said.append(f"By {_day(found['until'])} at least {count_cards(number)} will be, with 85 %.")
    return " ".join(said)


def _when(found: Figures) -> str:
    if not found["count"]:
        return "Nothing is open, so there is nothing to foretell."
    dates = {one["share"]: one["day"] for one in found["when"]}
    if dates[85] is None:
        return f"{count_cards(found['count'])} will take more than three years at this pace."
    return f"{count_cards(found['count'])}: 85 % by {_day(dates[85])}, 50 % by {_day(dates[50])}."


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


_SENTENCES: Mapping[str, Callable[[Figures], str]] = {
    "cumulative-flow": _flow,
    "cycle-time": _cycle,
    "throughput": _throughput,
    "ageing": _ageing,
    "time-in-column": _time_in_column,
    "burndown": _burndown,
    "created-done": _created_done,
    "workload": _workload,
    "forecast": _forecast,
}
