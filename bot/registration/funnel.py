"""Counts how far mentors get: how many saw each question, answered it, or left there.

Only numbers by month and channel are stored; they identify no mentor.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from bot.registration import form
from bot.registration.registration import EMAIL_CODE, REVIEW, START
from bot.storage import Base, FunnelCount, Mentor
from bot.storage.models import utc_now


def _with_code() -> list[str]:
    # With the questions about the place; without a provider that needs them, nobody sees them.
    asked: list[str] = [item.id for item in form.asked_for(form.Account.NEW, place=True)]
    asked.insert(asked.index(form.EMAIL) + 1, EMAIL_CODE)
    return asked


#: The questions in order, from the start to the review.
QUESTIONS: tuple[str, ...] = (START, *_with_code(), REVIEW)

#: The value of `Mentor.furthest` for the end, after every question.
_SUBMITTED = "submitted"

_mentors, _counts = (Base.metadata.tables[each.__tablename__] for each in (Mentor, FunnelCount))

_MOVE = (
    update(_mentors)
    .where(_mentors.c.id == bindparam("mentor"), _mentors.c.furthest.is_not_distinct_from(bindparam("before")))
    .values(furthest=bindparam("to"))
)


def _raised(insert: postgresql.Insert | sqlite.Insert) -> postgresql.Insert | sqlite.Insert:
    return insert.on_conflict_do_update(
        index_elements=["month", "channel", "item_id"],
        set_={name: _counts.c[name] + insert.excluded[name] for name in ("shown", "answered")},
    )


#: The statement that adds to a question's numbers, by database.
_COUNT = {"sqlite": _raised(sqlite.insert(_counts)), "postgresql": _raised(postgresql.insert(_counts))}


@dataclass(frozen=True)
class Step:
    """One question of the funnel.

    Attributes:
        item_id: the question.
        shown: the mentors who saw it.
        answered: those who answered it.
    """

    item_id: str
    shown: int
    answered: int

    @property
    def left(self) -> int:
        """The mentors who saw it and have not gone further."""
        return self.shown - self.answered

    @property
    def drop_off(self) -> float | None:
        """Their share, from 0 to 1; None if nobody saw the question."""
        return self.left / self.shown if self.shown else None


class Funnel:
    """Counts mentors at questions, each mentor once per question.

    Args:
        questions: the ids of the questions in order; others are not counted.
    """

    def __init__(self, questions: Sequence[str] = QUESTIONS) -> None:
        self._questions = tuple(questions)
        self._positions = {item_id: position for position, item_id in enumerate((*questions, _SUBMITTED))}

    def shown(self, session: Session, mentor: Mentor, channel: str, item_id: str) -> None:
        """Count that a mentor saw a question, and answered the furthest one before it.

        Args:
            session: an open write transaction.
            mentor: who.
            channel: where.
            item_id: the question; does nothing if the mentor saw it before, or it is not counted.
        """
        if item_id in self._questions:
            self._go_on(session, mentor, channel, item_id)

    def submitted(self, session: Session, mentor: Mentor, channel: str) -> None:
        """Count that a mentor answered the last question, too.

        Args:
            session: an open write transaction.
            mentor: who.
            channel: where.
        """
        self._go_on(session, mentor, channel, _SUBMITTED)

    def rows(self, session: Session) -> list[Step]:
        """The whole funnel, over all months and channels, in the order of the questions; also those that nobody saw."""
        sums = select(FunnelCount.item_id, func.sum(FunnelCount.shown), func.sum(FunnelCount.answered))
        found = {row[0]: Step(*row) for row in session.execute(sums.group_by(FunnelCount.item_id))}
        former = sorted(set(found) - set(self._questions))
        return [found.get(each, Step(each, 0, 0)) for each in (*self._questions, *former)]

    def _go_on(self, session: Session, mentor: Mentor, channel: str, to: str) -> None:
        before = mentor.furthest
        if self._position(before) >= self._positions[to]:
            return
        # With two turns at once, on two channels, the second finds a changed value and counts nothing.
        session.flush()
        moved = session.connection().execute(_MOVE, {"mentor": mentor.id, "before": before, "to": to})
        if moved.rowcount != 1:
            session.refresh(mentor, ["furthest"])
            return
        set_committed_value(mentor, "furthest", to)
        # Always in the order of the questions, so that two transactions cannot deadlock.
        counts = [(before, 0, 1)] if before is not None else []
        counts += [(to, 1, 0)] if to != _SUBMITTED else []
        if not counts:
            return
        month = utc_now().strftime("%Y-%m")
        session.connection().execute(
            _COUNT[session.get_bind().dialect.name],
            [
                {"month": month, "channel": channel, "item_id": item_id, "shown": shown, "answered": answered}
                for item_id, shown, answered in counts
            ],
        )

    def _position(self, item_id: str | None) -> int:
        """A question's position; a removed question comes before all others."""
        return self._positions.get(item_id, -1) if item_id is not None else -1
