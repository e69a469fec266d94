"""Taking a mentor's messages: at most once, only at a question that was shown, and never guessed."""

from __future__ import annotations

import os
import re
import time
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import NoResultFound

from bot.accounts.opener import OPEN
from bot.conversation import repository, workers
from bot.conversation.attempt import Ended
from bot.conversation.leftovers import LEFT_SECONDS
from bot.core.organisation import ORGANISATION
from bot.i18n.catalogue import catalogue
from bot.messages.date_choices import DATE_CANDIDATES, date_candidates
from bot.messages.incoming import Incoming, Kind
from bot.registration import form
from bot.registration.answers import AGREED, REFUSED, UNCLEAR, MessageRef
from bot.registration.form import ItemId
from bot.registration.registration import CHECK_START, REVIEW, START
from bot.security.vault import Purpose, Vault
from bot.storage import Account, Check, Conversation, InboxMessage, SealedValue, Store
from tests.store.mentor import ChattingMentor, consents, happened, queued, snapshot, text
from tests.support.agent import FailureForTestError
from tests.support.answers import TEXTS, picture

PERMISSION = form.BY_ID[ItemId("background_check")]

#: The date of birth that the mentors here have, in the ways it could be left behind.
TRACES = (
    *("1978-08-14", "14th of August", "14 August", "August 1978", "1978-08-09", "1978-09-08"),
    *("08/09/1978", "9 August", "8 September", "September 1978"),
)


def rows_of(mentor: ChattingMentor) -> list[dict[str, Any]]:
    """The rows of the answers in the bot's last messages."""
    return [row for each in mentor.news() for section in each.get("sections", []) for row in section["rows"]]


def everything_stored(store: Store) -> str:
    """Every value of every table as text."""
    return repr(snapshot(store))


def test_a_whole_registration_is_taken_and_submitted(mentor: ChattingMentor, store: Store) -> None:
    woken = []
    mentor.dialogue.queued = lambda: woken.append(True)
    mentor.answers_until("review")
    assert woken == [True], "for the letter with the code"
    assert "Your registration is complete" in mentor.says("submit")
    assert mentor.question is None
    assert woken == [True, True]
    with store.read() as session:
        account = session.scalars(select(Account)).one()
        assert (account.email, account.full_name) == (TEXTS["email"], TEXTS["full_name"])
        assert account.verified_at is not None
        check = session.scalars(select(Check)).one()
        assert (check.status, check.provider) == ("queued", "manual")
    assert queued(store, CHECK_START, OPEN) == [(OPEN, account.id), (CHECK_START, check.id)]
    assert happened(store, mentor.mentor_id) == ["mentor.started", "mentor.submitted"]
    with mentor.registration() as current:
        assert current.mentor.account_id == account.id
        assert current.answers[ItemId("reasons")] == TEXTS["reasons"]
        assert len(current.consents) == len(form.CONSENTS)
        assert all(record.decision == AGREED for record in current.consents.values())


def test_the_account_of_an_address_is_found_again_and_keeps_its_name(mentor: ChattingMentor, store: Store) -> None:
    with store.write() as session:
        session.add(Account(id="a" * 32, email=TEXTS["email"], full_name="Maria O."))
    mentor.comes_to("review").says("submit")
    with store.read() as session:
        account = session.scalars(select(Account)).one()
        assert (account.id, account.full_name) == ("a" * 32, "Maria O.")


def test_submitting_again_only_says_how_the_check_stands(mentor: ChattingMentor, store: Store) -> None:
    mentor.comes_to("review").says("submit")
    turn_id = mentor.leaves(text("submit"))
    before = snapshot(store)
    with mentor.turn(turn_id) as turn:
        mentor.dialogue.submit()
    assert [note.id for note in turn.said] == ["status-queued"]
    assert snapshot(store) == before


def test_a_submit_that_failed_before_its_commit_is_done_and_told_once(
    mentor: ChattingMentor, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "RETRY_SECONDS", (0.01, 0.02))
    woken: list[bool] = []
    mentor.comes_to("review")
    mentor.dialogue.queued = lambda: woken.append(True)
    mentor.agent.fails(2)
    assert mentor.says("submit").count("Your registration is complete") == 1
    assert woken == [True], "by the attempt that was committed"
    assert [kind for kind, _ in queued(store, CHECK_START, OPEN)] == [OPEN, CHECK_START]
    assert happened(store, mentor.mentor_id)[-1:] == ["mentor.submitted"]
    assert "background check is running" in mentor.says("status")


def test_nothing_is_submitted_while_a_question_is_open(mentor: ChattingMentor, store: Store) -> None:
    mentor.comes_to("code_of_ethics")
    turn_id = mentor.leaves(text("submit"))
    before = snapshot(store)
    with mentor.turn(turn_id) as turn:
        position = mentor.dialogue.submit()
    assert turn.said == [MessageRef("note-not-complete")]
    assert position.question == "code_of_ethics"
    assert snapshot(store) == before


ANSWERS = [
    ("reasons", "I like people"),
    ("account", "I need to register"),
    ("full_name", "Ada"),
    ("date_of_birth", "14 August 1978"),
    ("background_check", "yes"),
    ("review", "submit"),
]


@pytest.mark.parametrize(("question", "words"), ANSWERS)
def test_the_same_turn_again_changes_nothing(mentor: ChattingMentor, store: Store, question: str, words: str) -> None:
    mentor.comes_to(question)
    turn = mentor.prepares(mentor.leaves(text(words)))
    assert mentor.attempts(turn) is Ended.LAST
    assert mentor.question != question
    before = snapshot(store)
    assert mentor.attempts(turn) is Ended.LAST
    assert snapshot(store) == before


@pytest.mark.parametrize(("question", "words"), ANSWERS)
def test_nothing_is_left_of_a_turn_that_failed_before_its_commit(
    mentor: ChattingMentor, store: Store, question: str, words: str
) -> None:
    mentor.comes_to(question)
    turn = mentor.prepares(mentor.leaves(text(words)))
    before = snapshot(store)
    mentor.agent.fails(1)
    with pytest.raises(FailureForTestError):
        mentor.attempts(turn)
    assert snapshot(store) == before
    assert mentor.attempts(turn) is Ended.LAST
    assert mentor.question != question


def test_the_same_consent_again_is_recorded_once(mentor: ChattingMentor, store: Store) -> None:
    mentor.comes_to("background_check")
    turn = mentor.prepares(mentor.leaves(text("yes")))
    mentor.agent.fails(1)
    with pytest.raises(FailureForTestError):
        mentor.attempts(turn)
    for _ in range(3):
        mentor.attempts(turn)
    assert [(record.item_id, record.decision) for record in consents(store)] == [("background_check", AGREED)]


def test_a_turn_that_was_processed_is_not_taken_again(mentor: ChattingMentor, store: Store) -> None:
    mentor.comes_to("background_check")
    late = mentor.prepares(mentor.leaves(text("yes")))
    mentor.says("yes")  # both are taken, in their order
    before = snapshot(store)
    assert mentor.attempts(late) is Ended.LAST
    assert snapshot(store) == before


def test_a_turn_that_was_read_before_another_one_was_done_is_read_anew(mentor: ChattingMentor, store: Store) -> None:
    mentor.comes_to("background_check")
    first, second = (mentor.prepares(mentor.leaves(text(words))) for words in ("yes", "yes"))
    assert mentor.attempts(first) is Ended.MORE
    before = snapshot(store)
    assert mentor.attempts(second) is Ended.NOT_YET
    assert snapshot(store) == before


@pytest.mark.parametrize(
    ("question", "intent"), [("email", "inform"), ("background_check", "affirm"), ("background_check", "deny")]
)
def test_an_answer_to_a_question_that_was_not_shown_changes_nothing(
    mentor: ChattingMentor, store: Store, question: str, intent: str
) -> None:
    mentor.comes_to(question)
    with store.write() as session:
        session.execute(update(Conversation).values(delivered_question="expertise"))
    with mentor.registration() as current:
        revision = current.mentor.revision
    turn = mentor.takes(mentor.leaves(text("maria@example.org")), intent)
    assert turn.said == [MessageRef("note-too-early")]
    with mentor.registration() as current:
        assert (current.open_question, current.mentor.revision) == (question, revision)
    assert consents(store) == []


def test_two_messages_in_a_row_do_not_answer_two_questions(mentor: ChattingMentor, store: Store) -> None:
    mentor.comes_to("background_check")
    said = mentor.says_at_once("yes", "yes", "yes")
    assert mentor.question == "two_months"
    assert "before you could see this question" in said
    assert [record.item_id for record in consents(store)] == ["background_check"]


def test_a_consent_is_not_taken_for_a_wording_that_was_not_shown(
    mentor: ChattingMentor, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    mentor.comes_to("two_months")
    tap = mentor.payload("I agree")
    changed = replace(form.BY_ID[ItemId("two_months")], wording="I commit to a year.")
    items = tuple(changed if item.id == changed.id else item for item in form.ASKED)
    monkeypatch.setitem(form.BY_ID, changed.id, changed)
    monkeypatch.setattr(form, "ASKED", items)
    before = len(consents(store))
    mentor.taps_payload(tap)
    assert (mentor.question, len(consents(store))) == ("two_months", before)
    mentor.taps("I agree")
    latest = consents(store)[-1]
    assert (latest.wording, latest.wording_sha256) == ("I commit to a year.", changed.wording_sha256)


@pytest.mark.parametrize(
    "words",
    [
        "3 May 1985",
        "change my date of birth to 4 May 1985",
        "03/05/1985",
        "19850503",
        "third of May nineteen eighty five",
    ],
)
def test_a_date_sent_once_more_is_kept_out_of_transcript_and_engine(mentor: ChattingMentor, words: str) -> None:
    mentor.comes_to("background_check")
    mentor.says(words)
    assert mentor.question == "background_check"
    assert words not in str(mentor.messages())
    assert words not in str(mentor.agent.texts)


@pytest.mark.parametrize(
    "words", ["sixth of the seventh seventy-three", "seventeen eleven seventy three", "16. 10. 81", "MCMLXXX 1980"]
)
def test_a_date_in_words_is_kept_out_of_transcript_and_engine(mentor: ChattingMentor, words: str) -> None:
    mentor.comes_to("date_of_birth")
    mentor.says(words)
    assert words not in str(mentor.messages())
    assert words not in str(mentor.agent.texts)


def test_what_was_said_of_a_turn_that_failed_is_said_once(
    mentor: ChattingMentor, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "RETRY_SECONDS", (0.01, 0.02))
    mentor.comes_to("background_check")
    mentor.agent.fails(2)
    assert mentor.says("no").count("noted that you do not agree") == 1
    assert mentor.question == "two_months"
    assert [(record.item_id, record.decision) for record in consents(store)] == [("background_check", REFUSED)]
    assert [each["text"] for each in mentor.messages() if each["from"] == "mentor"][-1:] == ["no"]


def test_a_turn_that_fails_for_good_ends_with_an_apology_and_the_conversation_goes_on(
    mentor: ChattingMentor, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    mentor.comes_to("photo")
    monkeypatch.setattr(workers, "RETRY_SECONDS", (0.01, 0.02))

    def breaks(_data: bytes) -> None:
        raise RuntimeError("of a kind that nobody thought of")

    with monkeypatch.context() as broken:
        broken.setattr(repository, "check_photo", breaks)
        heard = mentor.sends(picture())
    assert "something went wrong on our side" in heard
    [reference] = re.findall(r"failed 3 times; reference ([0-9a-f]{8})", caplog.text)
    assert f"give the number {reference}." in heard
    assert "RuntimeError at " in caplog.text
    assert "nobody thought of" not in caplog.text
    assert mentor.question == "photo"
    mentor.sends(picture())
    assert mentor.question == "date_of_birth"


def test_files_that_no_row_knows_are_deleted_at_the_start(mentor: ChattingMentor, data_dir: Path) -> None:
    mentor.comes_to("date_of_birth")
    kept = sorted(path.name for path in (data_dir / "photos").iterdir())
    old = time.time() - LEFT_SECONDS  # another service may be about to write the row of a newer one
    for path in (data_dir / "uploads" / "left-behind", data_dir / "photos" / "left-behind.jpg"):
        path.write_bytes(b"with GPS")
        os.utime(path, (old, old))
    mentor.service_starts_again()
    assert list((data_dir / "uploads").iterdir()) == []
    assert sorted(path.name for path in (data_dir / "photos").iterdir()) == kept


def test_a_photo_of_who_was_erased_meanwhile_leaves_no_file(mentor: ChattingMentor, data_dir: Path) -> None:
    with pytest.raises(NoResultFound):
        mentor._conversations._repository.keep_photo("of nobody", Incoming(Kind.PHOTO), picture())
    assert list((data_dir / "photos").iterdir()) == []


def test_a_photo_is_whole_on_the_disk_before_the_database_says_so(
    mentor: ChattingMentor, data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mentor.comes_to("photo")
    synced: list[int] = []
    sync = os.fsync
    monkeypatch.setattr(os, "fsync", lambda file: synced.append(os.fstat(file).st_size) or sync(file))
    mentor.sends(picture())
    sizes = {path.stat().st_size for path in (data_dir / "photos").iterdir()}
    assert len(sizes) == 2
    assert sizes <= set(synced)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("I guess", "You’re not sure yet"),
        ("yes but only on weekends", "with a condition"),
        ("yes?", "do you agree? Yes or no is enough"),
        ("what does that mean?", "I’m not sure that I have the answer to that"),
        ("yes 🙄", "I cannot tell if you mean that"),
        ("yes and no", "both a yes and a no"),
        ("I have read it", "Thank you for reading it"),
        ("I need some time for this", "Take the time you need"),
        ("<b>yes</b> 'OR 1=1", "I cannot tell if you mean that"),
    ],
)
def test_an_unclear_reply_is_recorded_as_such_and_asked_again(
    mentor: ChattingMentor, store: Store, words: str, sentence: str
) -> None:
    mentor.comes_to("background_check")
    mentor.agent.likelihoods = {}
    assert sentence in mentor.says(words)
    assert mentor.question == "background_check"
    with mentor.registration() as current:
        assert current.consents == {}
    [record] = consents(store)
    assert (record.item_id, record.decision) == ("background_check", UNCLEAR)
    assert (record.reply, record.reading, record.turn_id) == (words, "typed", mentor.turn_id)
    assert (record.wording, record.wording_version) == (PERMISSION.wording, PERMISSION.version)
    assert record.shown_at < record.answered_at


def test_a_question_without_an_answer_gets_an_explanation_once(mentor: ChattingMentor) -> None:
    mentor.comes_to("ethics_laws")
    mentor.agent.likelihoods = {}
    meaning = catalogue("en").text("meaning-ethics_laws")
    assert meaning in mentor.says("and on the moon?")
    again = mentor.says("and on Mars?")
    assert "I have no answer to that either" in again
    assert meaning not in again


def test_unclear_replies_are_added_one_by_one_until_the_clear_one(mentor: ChattingMentor, store: Store) -> None:
    mentor.comes_to("background_check")
    mentor.agent.likelihoods = {}
    for words in ("I guess", "hm, well", "I guess", "I agree"):
        mentor.says(words)
    assert [(record.decision, record.reply) for record in consents(store)] == [
        (UNCLEAR, "I guess"),
        (UNCLEAR, "hm, well"),
        (UNCLEAR, "I guess"),
        (AGREED, "I agree"),
    ]
    with mentor.registration() as current:
        assert [record.decision for record in current.consents.values()] == [AGREED]


@pytest.mark.parametrize(("first", "decision"), [("yes", AGREED), ("no", REFUSED)])
def test_an_unclear_reply_leaves_the_decision_before_it_in_force(
    mentor: ChattingMentor, first: str, decision: str
) -> None:
    mentor.comes_to("background_check").says(first)
    mentor.says("change my background check permission")
    mentor.says("I guess")
    assert mentor.question == "background_check"
    with mentor.registration() as current:
        assert current.consents[PERMISSION.id].decision == decision
    mentor.says("keep my answer")
    assert mentor.question == "two_months"
    mentor.says("review my answers")
    [row] = [row for row in rows_of(mentor) if row["label"] == PERMISSION.wording]
    assert row["value"] == ("You agreed" if decision == AGREED else "You did not agree")


def test_the_same_unclear_reply_again_is_recorded_once(mentor: ChattingMentor, store: Store) -> None:
    mentor.comes_to("background_check")
    turn = mentor.prepares(mentor.leaves(text("I guess")))
    mentor.attempts(turn)
    before = snapshot(store)
    mentor.attempts(turn)
    assert snapshot(store) == before
    assert [record.decision for record in consents(store)] == [UNCLEAR]


def test_only_what_replies_to_the_consent_is_recorded(mentor: ChattingMentor, store: Store) -> None:
    mentor.comes_to("background_check")
    for words in ("repeat", "status", "skip", "pause", "help", "review my answers", "change my expertise", "keep it"):
        mentor.says(words)
    mentor.sends(picture())
    mentor.taps_payload("affirm:two_months")
    mentor.takes(mentor.leaves(Incoming(Kind.UNSUPPORTED)), "inform")
    assert mentor.question == "background_check"
    assert consents(store) == []


def test_an_unclear_reply_to_what_was_not_shown_is_not_recorded(mentor: ChattingMentor, store: Store) -> None:
    mentor.comes_to("background_check")
    mentor.says_at_once("yes", "well, I guess")
    assert mentor.question == "two_months"
    assert [record.decision for record in consents(store)] == [AGREED]


@pytest.mark.parametrize(
    ("words", "following"),
    [
        ("It is 14 August 1978", "background_check"),
        ("08/09/1978", "background_check"),
        ("I agree, born 14th of August 1978", "two_months"),
    ],
)
def test_a_date_of_birth_sent_once_more_is_not_in_the_ledger(
    mentor: ChattingMentor, store: Store, words: str, following: str
) -> None:
    mentor.comes_to("background_check").says(words)
    assert mentor.question == following
    assert [trace for trace in TRACES if trace in everything_stored(store)] == []


def test_a_tap_on_an_earlier_question_changes_nothing(mentor: ChattingMentor, store: Store) -> None:
    mentor.comes_to("background_check")
    earlier = mentor.payload("I agree")
    mentor.taps("I agree")
    heard = mentor.taps_payload(earlier)
    assert "That button belongs to an earlier question." in heard
    assert mentor.question == "two_months"
    assert len(consents(store)) == 1


def test_a_tap_offered_before_a_change_changes_nothing(mentor: ChattingMentor, store: Store) -> None:
    mentor.comes_to("background_check")
    earlier = mentor.payload("I do not agree")
    mentor.says("change my expertise")
    mentor.says("keep my answer")
    assert mentor.question == "background_check"
    assert "earlier question" in mentor.taps_payload(earlier)
    assert consents(store) == []


def test_a_tap_that_was_never_offered_changes_nothing(mentor: ChattingMentor, store: Store) -> None:
    mentor.comes_to("background_check")
    for payload in ("affirm", "affirm:background_check", "affirm:background_check:0", "register:x", "🙂", "", ":::::"):
        assert "button" in mentor.taps_payload(payload), payload
        assert mentor.question == "background_check"
    assert consents(store) == []


def test_a_tap_with_the_true_revision_that_was_never_offered_changes_nothing(
    mentor: ChattingMentor, store: Store
) -> None:
    mentor.comes_to("background_check")
    with mentor.registration() as current:
        revision = current.mentor.revision
    assert f"affirm:background_check:{revision}" in mentor.buttons().values()
    for payload in (f"inform:background_check:{revision}", f"affirm:two_months:{revision}", "affirm::"):
        mentor.taps_payload(payload)
    assert consents(store) == []


def test_another_mentors_button_changes_nothing(
    mentor: ChattingMentor, store: Store, vault: Vault, data_dir: Path
) -> None:
    mentor.comes_to("two_months")
    with ChattingMentor(store, vault, data_dir) as other:
        other.comes_to("background_check")
        other.taps_payload(mentor.payload("I agree"))
        assert other.question == "background_check"


def test_a_message_before_the_start_begins_the_registration(mentor: ChattingMentor) -> None:
    assert mentor.question == START
    mentor.says("yes")
    assert mentor.question == form.ACCOUNT


def test_back_change_and_keep_work_by_words_and_buttons(mentor: ChattingMentor) -> None:
    mentor.comes_to("expertise")
    mentor.taps("Back")
    assert mentor.question == "experience"
    mentor.taps("Keep my answer")
    assert mentor.question == "expertise"
    mentor.says("change my name")
    assert mentor.question == "full_name"
    mentor.says("Ada Lovelace")
    assert mentor.question == "expertise"
    assert "not come to that question yet" in mentor.says("change my photo")
    with mentor.registration() as current:
        assert current.answers[form.FULL_NAME] == "Ada Lovelace"


def test_the_review_offers_a_change_of_every_answer(mentor: ChattingMentor) -> None:
    mentor.comes_to("review")
    rows = {row["label"]: row for section in mentor.messages()[-1]["sections"] for row in section["rows"]}
    assert len(rows) == len(form.ASKED)
    mentor.taps_payload(rows[form.CLAUSES[2].wording]["change"]["payload"])
    assert mentor.question == form.CLAUSES[2].id
    mentor.says("yes")
    assert mentor.question == REVIEW


def test_a_file_at_another_question_is_not_kept(mentor: ChattingMentor) -> None:
    mentor.comes_to("background_check")
    assert "did not keep it" in mentor.sends(picture())
    assert mentor.question == "background_check"


def test_a_kind_of_message_that_cannot_be_read_is_answered(mentor: ChattingMentor) -> None:
    mentor.comes_to("background_check")
    turn = mentor.takes(mentor.leaves(Incoming(Kind.UNSUPPORTED)), "inform")
    assert turn.said[0] == MessageRef("note-unsupported")
    assert mentor.question == "background_check"


def test_a_date_of_birth_is_sealed_and_left_nowhere_else(
    mentor: ChattingMentor, store: Store, vault: Vault, backend: str, tmp_path: Path
) -> None:
    mentor.comes_to("date_of_birth")
    mentor.agent.texts.clear()
    assert "stored your date of birth encrypted" in mentor.says("14th of August 1978")
    assert mentor.agent.texts == ["/inform"]
    mentor.answers_until("background_check")
    mentor.comes_to("review").says("submit")
    stored = everything_stored(store)
    assert [trace for trace in TRACES if trace in stored] == []
    assert not any(trace in str(message) for message in mentor.messages() for trace in TRACES)
    with mentor.registration() as current:
        sealed_id = current.answers[form.DATE_OF_BIRTH]
        value = current.session.get_one(SealedValue, sealed_id)
        opened = vault.open(current.session, value.mentor_id, Purpose.CHECK, form.DATE_OF_BIRTH, value.ciphertext)
        assert opened == b"1978-08-14"
        assert current.session.scalars(select(SealedValue.id)).all() == [sealed_id]
    if backend == "sqlite":
        raw = b"".join(path.read_bytes() for path in tmp_path.glob("bot.db*"))
        assert TEXTS["expertise"].encode() in raw
        assert [trace for trace in TRACES if trace.encode() in raw] == []


def test_a_date_that_waits_in_the_inbox_cannot_be_read_there(
    mentor: ChattingMentor, store: Store, backend: str, tmp_path: Path
) -> None:
    mentor.comes_to("date_of_birth")
    mentor.leaves(text("14th of August 1978"))
    assert not any(trace in everything_stored(store) for trace in TRACES)
    if backend == "sqlite":
        raw = b"".join(path.read_bytes() for path in tmp_path.glob("bot.db*"))
        assert not any(trace.encode() in raw for trace in TRACES)


def test_a_new_date_replaces_the_sealed_one(mentor: ChattingMentor, store: Store, vault: Vault) -> None:
    mentor.comes_to("background_check")
    mentor.says("change my date of birth")
    mentor.says("4 May 1985")
    assert mentor.question == "background_check"
    with mentor.registration() as current:
        value = current.session.scalars(select(SealedValue)).one()
        assert value.id == current.answers[form.DATE_OF_BIRTH]
        opened = vault.open(current.session, value.mentor_id, Purpose.CHECK, form.DATE_OF_BIRTH, value.ciphertext)
        assert opened == b"1985-05-04"


@pytest.mark.parametrize(("label", "born"), [("9 August 1978", "1978-08-09"), ("8 September 1978", "1978-09-08")])
def test_a_date_that_can_be_read_in_two_ways_is_asked_back(
    mentor: ChattingMentor, store: Store, vault: Vault, label: str, born: str
) -> None:
    mentor.comes_to("date_of_birth")
    assert "two ways" in mentor.says("08/09/1978")
    assert mentor.question == "date_of_birth"
    assert list(mentor.buttons())[:2] == ["9 August 1978", "8 September 1978"]
    assert not any(trace in everything_stored(store) for trace in TRACES)
    mentor.taps(label)
    assert mentor.question == "background_check"
    with mentor.registration() as current:
        value = current.session.scalars(select(SealedValue)).one()
        assert vault.open(current.session, value.mentor_id, Purpose.CHECK, form.DATE_OF_BIRTH, value.ciphertext) == (
            born.encode()
        )
        assert date_candidates(current.session, vault, current.mentor.id) == []
    assert not any(trace in everything_stored(store) for trace in TRACES)
    assert not any(trace in str(message) for message in mentor.messages() for trace in TRACES)


def test_the_two_dates_that_wait_for_a_choice_are_sealed(mentor: ChattingMentor, store: Store, vault: Vault) -> None:
    mentor.comes_to("date_of_birth").says("08/09/1978")
    with mentor.registration() as current:
        value = current.session.scalars(select(SealedValue)).one()
        assert value.name == DATE_CANDIDATES
        assert b"1978" not in value.ciphertext
        assert date_candidates(current.session, vault, current.mentor.id) == [date(1978, 8, 9), date(1978, 9, 8)]
        assert form.DATE_OF_BIRTH not in current.answers


def test_a_clear_date_may_be_typed_instead_of_choosing(mentor: ChattingMentor, vault: Vault) -> None:
    mentor.comes_to("date_of_birth").says("08/09/1978")
    mentor.says("3 May 1985")
    assert mentor.question == "background_check"
    with mentor.registration() as current:
        assert date_candidates(current.session, vault, current.mentor.id) == []


def test_a_choice_between_earlier_dates_is_stale(mentor: ChattingMentor) -> None:
    mentor.comes_to("date_of_birth").says("08/09/1978")
    earlier = mentor.payload("8 September 1978")
    mentor.says("06/07/1985")
    assert list(mentor.buttons())[:2] == ["7 June 1985", "6 July 1985"]
    assert "earlier question" in mentor.taps_payload(earlier)
    assert mentor.question == "date_of_birth"


def test_what_is_wrong_with_a_date_is_said(mentor: ChattingMentor) -> None:
    mentor.comes_to("date_of_birth")
    mentor.agent.likelihoods = {}
    for words, sentence in (
        ("31 April 1985", "does not exist in the calendar"),
        ("3 May 1850", "more than 120 years ago"),
        ("tomorrow", "couldn’t read that as a date"),
        ("May 1985", "the day, the month and the year"),
    ):
        assert sentence in mentor.says(words)
        assert mentor.question == "date_of_birth"


def test_a_child_is_not_registered(mentor: ChattingMentor) -> None:
    mentor.comes_to("date_of_birth")
    birthday = datetime.now(UTC).date() - timedelta(days=17 * 365)
    assert "at least 18 years old" in mentor.says(birthday.isoformat())
    assert mentor.question == "date_of_birth"


def test_a_photo_is_checked_and_replaces_the_one_before(mentor: ChattingMentor) -> None:
    mentor.comes_to("photo")
    assert "can’t open that file" in mentor.sends(b"Dear mentor")
    assert mentor.question == "photo"
    mentor.sends(picture())
    with mentor.registration() as current:
        first = current.answers[form.PHOTO]
    mentor.says("change my photo")
    mentor.sends(picture(300, 300))
    with mentor.registration() as current:
        second = current.answers[form.PHOTO]
    assert mentor.question == "date_of_birth"
    assert first != second
    assert not mentor.photos.full(first)
    assert mentor.photos.full(second)
    assert mentor.photos.square(second)


def test_a_digression_changes_nothing(mentor: ChattingMentor, store: Store) -> None:
    mentor.comes_to("date_of_birth")
    turn_id = mentor.leaves(text("why?"))
    before = snapshot(store)
    with mentor.turn(turn_id) as turn:
        mentor.dialogue.digression("faq_why")
    assert turn.said == [MessageRef("why-date_of_birth")]
    assert mentor.question == "date_of_birth"
    assert snapshot(store) == before


@pytest.mark.parametrize(
    ("question", "notes"),
    [
        (
            "start",
            {
                "chat_greet": "greeting",
                "faq_status": "status-new",
                "faq_why": "why-start",
                "faq_meaning": "meaning-start",
                "nlu_fallback": "fallback-start",
                "deny": "note-no-start",
                "pause": "note-no-start",
                "skip": "note-no-start",
                "see_review": "fallback-start",
                "inform": "fallback-start",
                "cancel": "note-nothing-saved",
                "start_over": "note-nothing-saved",
            },
        ),
        (
            "reasons",
            {
                "chat_greet": "greeting-here",
                "faq_why": "why-reasons",
                "faq_meaning": "meaning-reasons",
                "faq_sees": "sees-reasons",
                "faq_kept": "kept-reasons",
                "faq_example": "example-reasons",
                "faq_status": "status-draft",
                "faq_cost": "faq-cost",
                "chat_thanks": "chat-thanks",
            },
        ),
        (
            "background_check",
            {
                "faq_why": "why-background_check",
                "faq_meaning": "meaning-background_check",
                "faq_sees": "sees-consent",
                "faq_kept": "kept-consent",
                "faq_example": "example-background_check",
            },
        ),
        ("review", {"faq_why": "why-review", "faq_meaning": "meaning-review"}),
    ],
)
def test_every_digression_has_its_sentence(mentor: ChattingMentor, question: str, notes: dict[str, str]) -> None:
    mentor.comes_to(question)
    turn_id = mentor.leaves(text("a question"))
    for intent, note in notes.items():
        with mentor.turn(turn_id) as turn:
            mentor.dialogue.digression(intent)
        assert [each.id for each in turn.said] == [note]


@pytest.mark.parametrize("question", ["start", "reasons", "background_check", "review"])
def test_a_question_about_an_item_by_name_is_answered_for_that_item(mentor: ChattingMentor, question: str) -> None:
    mentor.comes_to(question)
    mentor.agent.likelihoods = {"faq_meaning": 1.0}
    assert "which laws on mentoring hold where you live" in mentor.says("what does clause 3 mean?")
    assert "It is a picture of you." in mentor.says("what do you mean by photo?")
    assert mentor.question == question


def test_a_mentor_who_has_submitted_is_told_what_can_no_longer_be_done(mentor: ChattingMentor, store: Store) -> None:
    mentor.comes_to("review").says("submit")
    kept = ("mentors", "answers", "consents", "checks", "sealed_values", "outbox")
    before = snapshot(store)
    for words in ("back", "start over"):
        assert "“delete my account”" in mentor.says(words)
    for words in ("change my name", "change my date of birth", "change my account"):
        assert f"If it is wrong, write to {ORGANISATION.contact}" in mentor.says(words), words
    assert "Here is what you told me" in mentor.says("review my answers")
    assert len(rows_of(mentor)) == len(form.ASKED)
    assert sum("change" not in row for row in rows_of(mentor)) == 3
    for words in ("yes", "no", "I guess", "register", "skip", "submit"):
        assert "check" in mentor.says(words), words
    after = snapshot(store)
    assert [after[name] for name in kept] == [before[name] for name in kept]


def test_what_was_processed_is_destroyed_in_the_inbox(mentor: ChattingMentor, store: Store) -> None:
    mentor.answers_until("experience")
    with store.read() as session:
        rows = session.scalars(select(InboxMessage)).all()
    assert len(rows) >= 6
    assert all(row.body is None and row.processed_at is not None for row in rows)


def test_only_the_question_shown_last_is_delivered(mentor: ChattingMentor, store: Store) -> None:
    mentor.answers_until("experience")
    with store.read() as session:
        conversation = session.get_one(Conversation, mentor.conversation_id)
        assert conversation.delivered_question == "experience"
        assert [each["turn"] for each in mentor.messages() if each.get("question") == "experience"] == [mentor.turn_id]
