"""The mail server of a run, which is never killed, and what is wrong with what came there."""

from __future__ import annotations

import asyncio
import re
import time
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.mail.server import Inbox

# The window in which a mail may come twice: so long the server takes to confirm what it has stored.
CONFIRM_SECONDS = 0.3
# So near to an arrival a kill may have kept its mail from being marked as sent.
NEAR_SECONDS = 10.0
# Kinds of kills that end who sends, or keep them from noting it.
OF_SENDERS = ("mail worker", "relay", "workers' parent", "PostgreSQL", "PostgreSQL backend")
_SHORTENED = "more in your inbox:"
_COMMENT = re.compile(r"Comment\s+(\d+\.\d+)")


@dataclass
class PostOffice(Inbox):
    """Takes everything, slowly.

    ``arrivals`` has the id (of a Message-ID, before the @) and the time of each mail, ``comments`` the ids of the mails
    that say each comment, ``shortened`` those that say only how many more there are.
    """

    arrivals: list[tuple[str, float]] = field(default_factory=list)
    comments: dict[str, set[str]] = field(default_factory=dict)
    shortened: set[str] = field(default_factory=set)

    async def take_mail(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Store a mail, and confirm it a while later: whoever sends it may be dead by then."""
        answer = await super().take_mail(server, session, envelope)
        mail = self.mails.pop()
        mail_id = str(mail["Message-ID"]).strip("<> ").partition("@")[0]
        self.arrivals.append((mail_id, time.time()))
        body = mail.get_body(("plain",))
        words = str(body.get_content()) if body else ""
        for number in _COMMENT.findall(words):
            self.comments.setdefault(f"Comment {number}", set()).add(mail_id)
        if _SHORTENED in words:
            self.shortened.add(mail_id)
        await asyncio.sleep(CONFIRM_SECONDS)
        return answer

    @property
    def doubles(self) -> int:
        """How many mails came that had come before."""
        return len(self.arrivals) - len({mail_id for mail_id, _ in self.arrivals})


def judge_mails(
    office: PostOffice,
    *,
    sent: Collection[str],
    comments: Iterable[tuple[str, str]],
    kills: Sequence[tuple[str, float]],
) -> list[str]:
    """What was lost or doubled, as sentences.

    `sent` are the ids of mails that are marked as sent, `comments` the words of comments with the id of the mail that
    is to say them, `kills` what was killed when.
    """
    arrived = {mail_id for mail_id, _ in office.arrivals}
    found = [f"mail {mail_id} is marked as sent and never came" for mail_id in set(sent) - arrived]
    for words, mail_id in comments:
        if mail_id not in office.comments.get(words, ()) and mail_id not in office.shortened:
            found.append(f"“{words}” is not in its mail {mail_id}")
    for words, mail_ids in office.comments.items():
        if len(mail_ids) > 1:
            found.append(f"“{words}” came with {len(mail_ids)} mails")
    return found + _unexplained(office.arrivals, kills)


def _unexplained(
    arrivals: Sequence[tuple[str, float]], kills: Sequence[tuple[str, float]]
) -> list[str]:
    """Repeated mails without a kill of their own: near to an arrival after which the same mail came again."""
    times: dict[str, list[float]] = {}
    for mail_id, at in arrivals:
        times.setdefault(mail_id, []).append(at)
    repeated = sorted(
        (at, mail_id) for mail_id, all_of_it in times.items() for at, _ in pairwise(all_of_it)
    )
    left = sorted(at for kind, at in kills if kind in OF_SENDERS)
    found = []
    for at, mail_id in repeated:
        near = next((kill for kill in left if abs(kill - at) <= NEAR_SECONDS), None)
        if near is None:
            found.append(f"mail {mail_id} came again, and nobody was killed while it was sent")
        else:
            left.remove(near)
    return found


def count_mails(office: PostOffice, kills: Sequence[tuple[str, float]]) -> dict[str, int]:
    """Figures for a reader."""
    of_kind = Counter(kind for kind, _ in kills)
    return {
        "mailsArrived": len(office.arrivals),
        "mailsDoubled": office.doubles,
        "commentsMailed": len(office.comments),
        "killsOfSenders": sum(of_kind[kind] for kind in OF_SENDERS),
    }
