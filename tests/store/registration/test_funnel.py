"""The funnel: every mentor is counted once at each question, whatever they do and however many do it at once."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from xml.etree import ElementTree

import pytest
from sqlalchemy import select, update

from bot.cli.funnel_plot import plot
from bot.registration import form
from bot.registration.funnel import QUESTIONS, Funnel, Step
from bot.storage import FunnelCount, Mentor, Store
from bot.storage.models import new_id, utc_now

ITEMS = ("start", "account", "email", "reasons", "review")
SVG = "{http://www.w3.org/2000/svg}"


def somebody(store: Store) -> str:
    mentor_id = new_id()
    with store.write() as session:
        session.add(Mentor(id=mentor_id))
    return mentor_id


def sees(store: Store, mentor_id: str, *items: str, channel: str = "web") -> None:
    for item in items:
        with store.write() as session:
            Funnel(ITEMS).shown(session, session.get_one(Mentor, mentor_id), channel, item)


def submits(store: Store, mentor_id: str, channel: str = "web") -> None:
    with store.write() as session:
        Funnel(ITEMS).submitted(session, session.get_one(Mentor, mentor_id), channel)


def counts(store: Store) -> dict[str, tuple[int, int]]:
    with store.read() as session:
        return {step.item_id: (step.shown, step.answered) for step in Funnel(ITEMS).rows(session) if step.shown}


def test_who_is_shown_a_question_answered_the_one_before(store: Store) -> None:
    mentor_id = somebody(store)
    sees(store, mentor_id, "start")
    assert counts(store) == {"start": (1, 0)}
    sees(store, mentor_id, "account")
    assert counts(store) == {"start": (1, 1), "account": (1, 0)}


def test_a_mentor_is_counted_once_at_each_question(store: Store) -> None:
    mentor_id = somebody(store)
    sees(store, mentor_id, "start", "start", "account", "email", "account", "email", "start", "reasons", "email")
    assert counts(store) == {"start": (1, 1), "account": (1, 1), "email": (1, 1), "reasons": (1, 0)}


def test_a_question_that_was_passed_over_is_not_counted(store: Store) -> None:
    sees(store, somebody(store), "start", "account", "reasons")
    assert counts(store) == {"start": (1, 1), "account": (1, 1), "reasons": (1, 0)}


def test_what_is_no_question_of_the_list_is_not_counted(store: Store) -> None:
    mentor_id = somebody(store)
    sees(store, mentor_id, "start", "cancel", "submitted", "account")
    assert counts(store) == {"start": (1, 1), "account": (1, 0)}


def test_a_submit_answers_the_last_question_once(store: Store) -> None:
    mentor_id = somebody(store)
    sees(store, mentor_id, "start", "review")
    submits(store, mentor_id)
    submits(store, mentor_id)
    sees(store, mentor_id, "review", "account")
    assert counts(store) == {"start": (1, 1), "review": (1, 1)}


def test_a_submit_of_one_who_was_shown_nothing_counts_nothing(store: Store) -> None:
    submits(store, somebody(store))
    assert counts(store) == {}


def test_counts_are_kept_by_month_and_channel_and_added_up(store: Store) -> None:
    for channel in ("web", "web", "telegram"):
        sees(store, somebody(store), "start", "account", channel=channel)
    month = utc_now().strftime("%Y-%m")
    with store.read() as session:
        rows = session.scalars(select(FunnelCount)).all()
    found = {(row.month, row.channel, row.item_id): (row.shown, row.answered) for row in rows}
    assert found == {
        (month, "web", "start"): (2, 2),
        (month, "web", "account"): (2, 0),
        (month, "telegram", "start"): (1, 1),
        (month, "telegram", "account"): (1, 0),
    }
    assert counts(store) == {"start": (3, 3), "account": (3, 0)}


def test_the_rows_come_in_the_order_of_the_questions(store: Store) -> None:
    with store.write() as session:
        session.add(FunnelCount(month="2020-01", channel="web", item_id="former", shown=4, answered=1))
    sees(store, somebody(store), "start", "reasons")
    with store.read() as session:
        rows = Funnel(ITEMS).rows(session)
    assert [row.item_id for row in rows] == [*ITEMS, "former"]
    assert (rows[-1].left, rows[-1].drop_off) == (3, 0.75)
    assert rows[1] == Step("account", 0, 0)
    assert rows[1].drop_off is None


def test_many_at_once_are_all_counted(store: Store) -> None:
    mentors = [somebody(store) for _ in range(12)]
    ready = threading.Barrier(4)

    def work(number: int) -> None:
        ready.wait(10)
        for mentor_id in mentors[number::4]:
            sees(store, mentor_id, "start", "account", "email")

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    assert counts(store) == {"start": (12, 12), "account": (12, 12), "email": (12, 0)}


def test_one_mentor_on_two_channels_at_once_is_counted_once(store: Store) -> None:
    mentor_id = somebody(store)
    sees(store, mentor_id, "start")
    with store.write() as session:
        mentor = session.get_one(Mentor, mentor_id)
        other = update(Mentor).values(furthest="account").execution_options(synchronize_session=False)
        session.execute(other)  # a turn on another channel, of which this one has read nothing yet
        assert mentor.furthest == "start"
        Funnel(ITEMS).shown(session, mentor, "web", "account")
        assert mentor.furthest == "account"
    assert counts(store) == {"start": (1, 0)}


def test_the_questions_are_those_of_the_form() -> None:
    assert QUESTIONS[0] == "start"
    assert QUESTIONS[-1] == "review"
    asked = [str(item.id) for item in form.ASKED]
    asked.insert(asked.index("email") + 1, "email_code")
    born = asked.index("date_of_birth")
    assert list(QUESTIONS[1:-1]) == [*asked[:born], "country", "region", *asked[born:]]


@pytest.mark.parametrize("place", [True, False])
def test_the_questions_of_a_provider_that_has_to_know_the_place_are_counted(store: Store, place: bool) -> None:
    mentor_id = somebody(store)
    shown = [str(item.id) for item in form.asked_for(form.Account.NEW, place=place)]
    for item in shown:
        with store.write() as session:
            Funnel().shown(session, session.get_one(Mentor, mentor_id), "web", item)
    with store.read() as session:
        rows = {step.item_id: step for step in Funnel().rows(session)}
    assert [item for item, step in rows.items() if step.shown] == shown
    assert (rows["photo"].answered, rows["country"].answered) == (1, int(place))


def drawn(steps: list[Step]) -> ElementTree.Element:
    return ElementTree.fromstring(plot(steps))  # noqa: S314  (our own)


def bars(picture: ElementTree.Element) -> list[float]:
    return [float(each.get("width", "")) for each in picture.iter(f"{SVG}rect")][1:]


def test_the_plot_has_a_bar_and_a_label_for_each_question() -> None:
    steps = [Step("start", 200, 150), Step("two_months", 100, 100), Step("<&>", 0, 0)]
    picture = drawn(steps)
    texts = ["".join(each.itertext()) for each in picture.iter(f"{SVG}text")]
    assert {"start", "two months", "<&>", "200 shown, 150 answered, 25% left", "0 shown, 0 answered"} <= set(texts)
    widest = max(bars(picture))
    assert [round(each / widest, 3) for each in bars(picture)] == [1, 0.75, 0.5, 0.5, 0, 0]


@pytest.mark.parametrize("steps", [[], [Step(QUESTIONS[0], 0, 0)]])
def test_an_empty_funnel_can_be_drawn(steps: list[Step]) -> None:
    assert drawn(steps).tag == f"{SVG}svg"


def test_nothing_of_the_plot_reaches_beyond_its_edge() -> None:
    picture = drawn([Step("ethics_respect_for_time", 99_999, 99_998)])
    width = float(picture.get("width", ""))
    for each in picture.iter(f"{SVG}text"):
        length = 7.5 * len("".join(each.itertext()))  # pixels of a wide letter at this size
        x = float(each.get("x", ""))
        begin = x - length if each.get("text-anchor") == "end" else x
        assert begin >= 0
        assert begin + length <= width
