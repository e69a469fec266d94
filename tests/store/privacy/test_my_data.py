"""Everything that is kept about a mentor: nothing is forgotten, nothing sealed is opened, nobody else is in it."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from datetime import timedelta
from html import escape
from pathlib import Path
from typing import Any, get_args

import pytest
from sqlalchemy import select

from bot.api.staff_list import EXPORTED
from bot.checks.providers.configured import FACTORIES
from bot.checks.service import Status, decide, reveal_date_of_birth
from bot.core.organisation import ORGANISATION
from bot.core.settings import Settings
from bot.i18n.catalogue import catalogue
from bot.messages.date_choices import DATE_CANDIDATES
from bot.messages.incoming import Incoming, Kind
from bot.messages.unsent import Unsent, keep_unsent
from bot.notifications.emails.message import Email
from bot.notifications.emails.sender import queue_email
from bot.privacy.my_data import _NAMES, _STANDS, _TECHNICAL, NOT_GIVEN, TOPICS, Data, my_data, my_data_page
from bot.registration import form
from bot.security.vault import Vault
from bot.storage import (
    Answer,
    AuditRecord,
    Base,
    Check,
    ContinueLink,
    EmailCode,
    Event,
    Lease,
    Mentor,
    PersonRequest,
    Reminder,
    SealedValue,
    StaffMember,
    Store,
    TranscriptMessage,
)
from bot.storage.models import utc_now
from tests.store.mentor import ChattingMentor
from tests.support.answers import TEXTS, picture
from tests.support.ledger import LEDGER, tamper, without_guards
from tests.support.registrations import BORN

STORY = "I ran a bakery in Ushant, <script>alert(1)</script> & sons."


def whole(chatting: ChattingMentor) -> ChattingMentor:
    """A mentor of whom there is something in every table."""
    chatting.comes_to("experience").says(STORY)
    chatting.comes_to("photo").sends(picture())
    chatting.comes_to("two_months").says("yes, two months are fine with me")
    chatting.comes_to("review").says("submit")
    chatting.leaves(Incoming(Kind.TEXT, text="a message that waits"))
    mentor_id, soon = chatting.mentor_id, utc_now() + timedelta(hours=1)
    with chatting.store.write() as session:
        check = session.scalars(select(Check).where(Check.mentor_id == mentor_id)).one()
        note = "ann: a note of the staff"
        decide(session, chatting.vault, check.id, "decline", note, actor="secret-ann", four_eyes=True)
        reveal_date_of_birth(session, chatting.vault, check, "secret-ann")
        keep_unsent(session, chatting.vault, chatting.conversation_id, Unsent("review", "a half-written text"))
        queue_email(session, chatting.vault, mentor_id, Email("maria@example.org", "Hello", "a sealed letter"))
        session.add_all(
            [
                EmailCode(
                    mentor_id=mentor_id,
                    conversation_id=chatting.conversation_id,
                    address_hash="a" * 64,
                    code_hash="c" * 64,
                    expires_at=soon,
                ),
                ContinueLink(token_hash=mentor_id * 2, mentor_id=mentor_id, expires_at=soon),
                Reminder(mentor_id=mentor_id, days=3),
                PersonRequest(mentor_id=mentor_id, question="photo", ended_at=soon),
                Event(kind="mentor.submitted", mentor_id=mentor_id),
                AuditRecord(actor="secret-ann", action=EXPORTED, subject_id=check.id),
            ]
        )
        # Where services share the database, the chat has one already.
        session.merge(Lease(conversation_id=chatting.conversation_id, owner="e" * 32, until=0))
    return chatting


@pytest.fixture
def mentor(store: Store, vault: Vault, data_dir: Path) -> Iterator[ChattingMentor]:
    """A mentor of whom there is something in every table."""
    with ChattingMentor(store, vault, data_dir) as chatting:
        yield whole(chatting)


def data_of(mentor: ChattingMentor) -> Data:
    with mentor.store.read() as session:
        return my_data(session, LEDGER, mentor.photos, session.get_one(Mentor, mentor.mentor_id))


def page_of(mentor: ChattingMentor) -> str:
    return my_data_page(data_of(mentor), catalogue())


def test_every_table_is_given_or_left_out_for_a_reason() -> None:
    given = {topic.model.__tablename__ for topic in TOPICS.values()}
    assert given | set(NOT_GIVEN) == set(Base.metadata.tables)
    assert given & set(NOT_GIVEN) == set()
    assert all(len(reason) > 20 for reason in NOT_GIVEN.values())
    for name in NOT_GIVEN:  # nothing of one mentor's own is ever left out whole
        columns = Base.metadata.tables[name].columns
        assert not {"mentor_id", "conversation_id", "owner_id"} & set(columns.keys()), name


def test_of_every_table_that_is_given_there_is_something_and_every_column(mentor: ChattingMentor) -> None:
    data = data_of(mentor)
    for name, topic in TOPICS.items():
        assert data[name], name
        columns = set(topic.model.__table__.columns.keys())
        assert topic.without <= columns, name
        for row in data[name]:
            assert columns - topic.without <= set(row), name
            assert not topic.without & set(row), name
    assert json.loads(json.dumps(data)) == data


def test_the_page_has_words_for_the_names_that_the_database_uses(mentor: ChattingMentor) -> None:
    data = data_of(mentor)
    page = page_of(mentor)
    used = {
        *(row["name"] for row in data["sealed_values"]),
        *(row["provider"] for row in data["checks"]),
        *(row["channel"] for row in data["conversations"]),
        *(row["action"] for row in data["looked_at"]),
        *_TECHNICAL,
    }
    assert {"date_of_birth", "manual", "web", "export"} <= used
    assert used <= set(_NAMES)
    assert DATE_CANDIDATES in _NAMES
    named = set(get_args(Settings.model_fields["check_provider"].annotation))
    assert set(FACTORIES) == named <= set(_NAMES)
    for name in used:
        assert f">{name} " not in page
        assert f">{name}<" not in page
        assert f"{name}:" not in page
    assert "<li>Date of birth <small>" in page
    assert f"<dd>{ORGANISATION.name}’s staff</dd>" in page


def test_it_holds_what_the_mentor_gave(mentor: ChattingMentor) -> None:
    data = data_of(mentor)
    answers = {row["item_id"]: row for row in data["answers"]}
    assert answers["experience"]["value"] == STORY
    assert answers["email"]["value"] == TEXTS["email"]
    assert answers["account"]["value"] == "I need to register"
    assert answers["reasons"]["question"].startswith("What are the reasons")
    assert len(data["consents"]) == len(form.CONSENTS)
    [own] = [row for row in data["consents"] if row["item_id"] == "two_months"]
    assert own["contents"]["reply"] == "yes, two months are fine with me"
    assert own["wording"].startswith("I commit to helping")
    said = [row["body"].get("text") for row in data["messages"] if row["sender"] == "mentor"]
    assert STORY in said
    [photo] = data["photos"]
    assert base64.b64decode(photo["jpeg_base64"]) == mentor.photos.full(photo["id"])
    assert data["account"][0]["email"] == TEXTS["email"]
    assert data["checks"][0]["status"] == Status.QUEUED
    assert "reveal date of birth" in [row["action"] for row in data["looked_at"]]


def test_what_is_sealed_is_named_and_not_opened(mentor: ChattingMentor, store: Store) -> None:
    data = data_of(mentor)
    text = json.dumps(data) + page_of(mentor)
    assert [row["name"] for row in data["sealed_values"]] == ["date_of_birth"]
    assert data["sealed_values"][0]["ciphertext"] == "sealed"
    [answer] = [row for row in data["answers"] if row["item_id"] == "date_of_birth"]
    assert answer["value"] == "sealed"
    assert data["letters"][0]["contents"] == "sealed"
    assert [row["body"] for row in data["inbox"] if row["processed_at"] is None] == ["sealed"]
    for opened in (BORN.isoformat(), f"{BORN:%B} {BORN.year}", "a sealed letter", "a message that waits"):
        assert opened not in text


def test_notes_of_the_staff_and_what_a_thief_could_use_are_left_out(mentor: ChattingMentor) -> None:
    text = json.dumps(data_of(mentor)) + page_of(mentor)
    for left_out in ("a note of the staff", "secret-ann", "decline", "a" * 64, "c" * 64, mentor.mentor_id * 2):
        assert left_out not in text


def test_nobody_else_is_in_it(mentor: ChattingMentor, store: Store, vault: Vault, data_dir: Path) -> None:
    before = data_of(mentor)
    with ChattingMentor(store, vault, data_dir) as other:
        whole(other)
        with store.write() as session:
            session.add(StaffMember(name="ann", password_hash="scrypt$"))
        after = data_of(mentor)
        assert other.mentor_id not in json.dumps(after)
        assert other.conversation_id not in json.dumps(after)
        mine = data_of(other)
        assert mentor.mentor_id not in json.dumps({**mine, "account": []})
    assert {**after, "made_at": ""} == {**before, "made_at": ""}


def test_who_just_came_has_little_and_a_page_of_it(store: Store, vault: Vault, data_dir: Path) -> None:
    with ChattingMentor(store, vault, data_dir) as new:
        data, page = data_of(new), page_of(new)
    assert [data[name] for name in ("account", "answers", "consents", "photos", "checks", "letters")] == [[]] * 6
    assert page.count("Nothing.") >= 5
    assert "<dl>\n</dl>" not in page


def test_the_page_shows_it_in_plain_words(mentor: ChattingMentor) -> None:
    page = page_of(mentor)
    for shown in (
        escape(STORY, quote=False),
        TEXTS["email"],
        "What are the reasons you would like",
        "yes, two months are fine with me",
        "I commit to helping",
        "It is about to start.",
        "Someone looked at your date of birth.",
        "Someone exported a list of checks that includes yours.",
        "Encrypted. It is not shown here.",
        "maria@example.org",
    ):
        assert shown in page, shown
    assert re.search(r">\d{1,2} [A-Z][a-z]+ 20\d\d at \d\d:\d\d UTC</time>", page)
    assert page.count("You agreed.") == len(form.CONSENTS)
    assert page.count("<h1>") == 1
    assert '<html lang="en">' in page


def test_markup_in_anything_is_only_text(mentor: ChattingMentor, store: Store) -> None:
    script = "<script>alert('x')</script>\" onload=\"x"
    with store.write() as session:
        for answer in session.scalars(select(Answer).where(Answer.item_id.in_(TEXTS))):
            answer.value = f"{answer.item_id}{script}"
        for message in session.scalars(select(TranscriptMessage)):
            message.body = {**message.body, "text": script, "clause": script}
        kept = session.get_one(Mentor, mentor.mentor_id)
        kept.time_zone = kept.verified_email = script
        session.scalars(select(SealedValue)).one().name = script
        check = session.scalars(select(Check)).one()
        check.provider = "<script>"
    page = page_of(mentor)
    assert "<script" not in page
    assert 'onload="' not in page
    assert "reasons&lt;script&gt;" in page


def test_there_are_words_for_every_status(mentor: ChattingMentor, store: Store) -> None:
    assert set(_STANDS) == set(Status)
    pages = set()
    for status in Status:
        with store.write() as session:
            session.scalars(select(Check)).one().status = status
        pages.add(page_of(mentor))
    assert len({page.partition("Your background check</h2>")[2][:60] for page in pages}) == len(Status)


def test_an_answer_that_reads_like_a_placeholder_is_an_answer(mentor: ChattingMentor, store: Store) -> None:
    with store.write() as session:
        session.scalars(select(Answer).where(Answer.item_id == "expertise")).one().value = "sealed"
    assert page_of(mentor).count("Encrypted. It is not shown here.") == 1
    assert '<dd class="text">sealed</dd>' in page_of(mentor)


def test_a_question_that_the_form_no_longer_has_is_given_by_its_name(mentor: ChattingMentor, store: Store) -> None:
    with store.write() as session:
        session.add(
            Answer(mentor_id=mentor.mentor_id, item_id="shoe_size", value="44", wording_version=1, turn_id="t" * 32)
        )
    row: dict[str, Any] = data_of(mentor)["answers"][-1]
    assert (row["question"], row["value"]) == ("shoe_size", "44")
    assert "shoe_size" in page_of(mentor)


def test_words_that_were_tampered_with_are_not_given_as_the_mentors_and_the_rest_is(
    mentor: ChattingMentor, store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    before = data_of(mentor)
    without_guards(store)
    tamper(store, "swap", 1, 2)
    data, page = data_of(mentor), page_of(mentor)
    assert [row["contents"] for row in data["consents"][:2]] == ["unreadable"] * 2
    assert data["consents"][2:] == before["consents"][2:]
    assert {**data, "made_at": "", "consents": []} == {**before, "made_at": "", "consents": []}
    assert page.count("Your reply cannot be shown, because it was changed after you gave it") == 2
    assert page.count("You agreed.") == len(form.CONSENTS)
    assert escape(STORY, quote=False) in page
    assert "ALERT the mentor's words in consent 1 cannot be opened" in caplog.text
