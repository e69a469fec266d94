"""Starting over and cancelling: only when confirmed, and then of all that was given only the ledger is left."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.api.mentor_report import registration_details
from bot.conversation import workers
from bot.media.blobs import Folder
from bot.media.photos import Photos
from bot.registration import form
from bot.registration.answers import AGREED, REFUSED, UNCLEAR, WITHDRAWN, MessageRef
from bot.registration.form import ItemId
from bot.registration.registration import CANCEL, RECONSIDER, REVIEW, START, START_OVER
from bot.security.vault import Vault
from bot.storage import Account, Check, Consent, DataKey, Photo, SealedValue, Store, TranscriptMessage
from tests.store.mentor import ChattingMentor, consents, snapshot, text
from tests.support.answers import picture, reply_to
from tests.support.ledger import LEDGER

pytestmark = pytest.mark.slow

KEEP = "Keep my answers"
#: What is said to a reply that is no yes or no, and to a button of an earlier question: at first, and then.
UNCLEAR_REPLY = ("answer yes or no", "Yes or no is enough", "I need a yes or a no")
STALE_BUTTON = ("belongs to an earlier question", "is an old button, too")
#: What the mentor here answers: nothing of it is also in a sentence of the bot's.
OWN = {
    "full_name": "Ngozi Adichie-Obi",
    "email": "ngozi@mentors.example",
    "reasons": "My grandmother taught me to weave.",
    "experience": "Three apprentices learned the loom from me.",
    "expertise": "Looms, dyes and markets",
    "date_of_birth": "14th of August 1978",
}
#: All that the mentor here types and that is no consent.
TYPED = (*OWN.values(), "Ngozi", "My dog is called Rex", "Looms and so on", "August 1978")
#: The tables that hold what a mentor gave.
GIVEN = ("answers", "consents", "photos", "sealed_values", "data_keys", "accounts", "checks", "outbox")


@dataclass(frozen=True)
class Way:
    """One of the two ways to have everything deleted.

    Attributes:
        words: the command.
        question: the confirmation that it asks for.
        button: the label that confirms.
        intent: the command's intent.
        said: what is said when it is done.
        note: name of that sentence.
        following: the question that is open then.
    """

    words: str
    question: ItemId
    button: str
    intent: str
    said: str
    note: str
    following: ItemId


START_AGAIN = Way(
    *("start over", START_OVER, "Start over", "start_over"),
    *("Your answers are deleted, and we begin again.", "note-started-over", form.ACCOUNT),
)
END = Way(
    *("cancel", CANCEL, "Delete my answers", "cancel"),
    *("Your answers are deleted, and nothing was sent.", "note-cancelled", START),
)

both = pytest.mark.parametrize("way", [START_AGAIN, END], ids=["start-over", "cancel"])


def given_by(store: Store) -> dict[str, Any]:
    """All that mentors gave, as stored."""
    return {name: rows for name, rows in snapshot(store).items() if name in GIVEN}


def files(data_dir: Path) -> list[str]:
    return sorted(path.name for folder in ("photos", "uploads") for path in (data_dir / folder).iterdir())


def as_tuple(record: Consent) -> tuple[Any, ...]:
    return tuple(getattr(record, column.name) for column in Consent.__table__.columns)


def nothing_is_left(mentor: ChattingMentor, store: Store, data_dir: Path) -> None:
    """Neither answers nor photos, sealed values or consents in force."""
    tables = snapshot(store)
    assert {name: tables[name] for name in ("answers", "photos", "sealed_values")} == {
        "answers": [],
        "photos": [],
        "sealed_values": [],
    }
    assert files(data_dir) == []
    with mentor.registration() as current:
        assert (current.answers, current.consents, current.refused) == ({}, {}, [])
        assert current.mentor.focus is None
        assert current.mentor.submitted_at is None


def answers_until(mentor: ChattingMentor, question: str) -> None:
    """Answer with `OWN` until this question is open."""
    while mentor.question != question:
        open_question = str(mentor.question)
        if open_question == "photo":
            mentor.sends(picture())
        else:
            own = OWN | {"email_code": mentor.code()}
            mentor.says(own.get(open_question) or reply_to(open_question))
        assert mentor.question != open_question, mentor.heard()


def chats_to_the_review(mentor: ChattingMentor) -> None:
    """Type every answer, with a detour here and there, and refuse what is then agreed to."""
    answers_until(mentor, "expertise")
    assert OWN["email"] in mentor.says(f"my e-mail address is {OWN['email']}, and my name is {OWN['full_name']}")
    mentor.says("Looms and so on")
    mentor.says("My dog is called Rex")  # at the photo, where it is no answer
    mentor.sends(picture())
    mentor.says("change my expertise")
    mentor.says(OWN["expertise"])
    answers_until(mentor, "two_months")
    for words in ("I guess", "no"):
        mentor.says(words)
    mentor.says("review my answers")
    answers_until(mentor, "reconsider")
    mentor.taps("Look again")
    answers_until(mentor, "review")


@both
def test_it_is_asked_first_and_nothing_is_deleted_yet(
    mentor: ChattingMentor, store: Store, data_dir: Path, way: Way
) -> None:
    mentor.comes_to("photo").sends(picture())
    mentor.comes_to("two_months")
    before, kept = given_by(store), files(data_dir)
    assert "Do you want to" in mentor.says(way.words)
    assert mentor.question == way.question
    assert list(mentor.buttons()) == [way.button, KEEP]
    assert given_by(store) == before
    assert files(data_dir) == kept != []


@both
@pytest.mark.parametrize("question", ["account", "expertise", "date_of_birth", "two_months", "review"])
def test_a_declined_confirmation_changes_nothing(mentor: ChattingMentor, store: Store, way: Way, question: str) -> None:
    mentor.comes_to(question)
    before = given_by(store)
    kept = {"no": "I kept everything as it was", KEEP: "Everything stays as it is"}
    for words in (*kept, "keep my answer", "skip"):
        mentor.says(way.words)
        assert mentor.question == way.question
        heard = mentor.taps(KEEP) if words == KEEP else mentor.says(words)
        assert kept.get(words, "") in heard
        assert mentor.question == question
    assert given_by(store) == before


@both
def test_a_declined_confirmation_at_the_reconsidering_changes_nothing(
    mentor: ChattingMentor, store: Store, way: Way
) -> None:
    mentor.comes_to("two_months").says("no")
    mentor.answers_until("reconsider")
    before = given_by(store)
    mentor.says(way.words)
    mentor.says("no")
    assert mentor.question == RECONSIDER
    assert given_by(store) == before


@both
def test_dates_that_wait_for_a_choice_still_wait_when_it_was_declined(
    mentor: ChattingMentor, store: Store, way: Way
) -> None:
    mentor.comes_to("date_of_birth").says("08/09/1978")
    mentor.says(way.words)
    mentor.taps(KEEP)
    assert list(mentor.buttons())[:2] == ["9 August 1978", "8 September 1978"]
    mentor.taps("8 September 1978")
    assert mentor.question == "background_check"


@both
def test_nothing_is_deleted_without_a_clear_yes(mentor: ChattingMentor, store: Store, way: Way) -> None:
    mentor.comes_to("two_months").says(way.words)
    mentor.agent.likelihoods = {}
    before = given_by(store)
    for words in ("perhaps", "yes?", "yes and no", "yes, but later", "what happens then?", "🙂", "delete", ""):
        heard = mentor.says(words)
        assert any(each in heard for each in UNCLEAR_REPLY), words
        assert mentor.question == way.question
    assert given_by(store) == before, "nothing is deleted, and nothing that is no reply to a consent is recorded"


@both
def test_a_yes_that_came_with_the_command_confirms_nothing(mentor: ChattingMentor, store: Store, way: Way) -> None:
    mentor.comes_to("two_months")
    before = given_by(store)
    assert "before you could see this question" in mentor.says_at_once(way.words, "yes", "yes")
    assert mentor.question == way.question
    assert given_by(store) == before


@both
@pytest.mark.parametrize("by_tap", [True, False], ids=["tap", "typed"])
def test_everything_given_is_deleted(
    mentor: ChattingMentor, store: Store, data_dir: Path, way: Way, by_tap: bool
) -> None:
    chats_to_the_review(mentor)
    earlier = [as_tuple(record) for record in consents(store)]
    assert {AGREED, REFUSED, UNCLEAR} == {record.decision for record in consents(store)}
    assert len(files(data_dir)) == 2
    mentor.says(way.words)
    mentor_id = mentor.mentor_id
    with mentor.registration() as current:
        in_force = {item_id: said.decision for item_id, said in current.consents.items()}
    heard = mentor.taps(way.button) if by_tap else mentor.says("yes")
    assert way.said in heard
    assert mentor.question == way.following
    nothing_is_left(mentor, store, data_dir)
    ledger = consents(store)
    assert [as_tuple(record) for record in ledger[: len(earlier)]] == earlier, "records are added, never changed"
    withdrawn = ledger[len(earlier) :]
    assert sorted(record.item_id for record in withdrawn) == sorted(in_force)
    for record in withdrawn:
        item = form.BY_ID[ItemId(record.item_id)]
        assert record.decision == WITHDRAWN
        assert (record.wording, record.wording_version) == (item.wording, item.version)
        assert record.wording_sha256 == item.wording_sha256
        assert (record.reply, record.reading) == ((way.button, "button") if by_tap else ("yes", "typed"))
        assert (record.mentor_id, record.turn_id, record.channel) == (mentor_id, mentor.turn_id, "web")
        assert record.shown_at < record.answered_at


@both
def test_a_refusal_is_withdrawn_too(mentor: ChattingMentor, store: Store, way: Way) -> None:
    mentor.comes_to("two_months").says("no")
    mentor.says("I guess")
    mentor.says(way.words)
    mentor.says("yes")
    assert [(record.item_id, record.decision) for record in consents(store)] == [
        ("background_check", AGREED),
        ("two_months", REFUSED),
        ("published_and_rated", UNCLEAR),
        ("background_check", WITHDRAWN),
        ("two_months", WITHDRAWN),
    ]
    with mentor.registration() as current:
        assert (current.consents, current.refused) == ({}, [])


@both
def test_the_operator_sees_nothing_but_the_beginning(mentor: ChattingMentor, data_dir: Path, way: Way) -> None:
    mentor.comes_to("review").says(way.words)
    mentor.says("yes")
    with mentor.registration() as current:
        details = registration_details(current.session, mentor.mentor_id, Photos(Folder(data_dir)), LEDGER)
    assert details["status"] == ("new" if way is END else "draft")
    assert (details["answered"], details["email"], details["consents"]) == (0, None, [])
    assert {answer["value"] for answer in details["answers"]} == {None}


@both
def test_the_transcript_no_longer_holds_what_the_mentor_gave(mentor: ChattingMentor, store: Store, way: Way) -> None:
    chats_to_the_review(mentor)
    mentor.says("review my answers")
    for words in (OWN["email"], "My dog is called Rex", "Looms and so on"):
        assert words in repr(snapshot(store)["transcript"])
    before = mentor.messages()
    mentor.says(way.words)
    mentor.says("yes")
    kept = [each for each in mentor.messages() if each["turn"] != mentor.turn_id]
    assert [(each["id"], each["from"]) for each in kept[: len(before)]] == [
        (each["id"], each["from"]) for each in before
    ]
    said = {each["text"] for each in kept if each["from"] == "mentor"}
    assert said == {"…"}, "not even a word of the commands"
    assert not any({"sections", "photo"} & set(each) for each in kept)
    tables = snapshot(store)
    assert [words for words in TYPED if words in repr(tables["transcript"])] == []
    assert [words for words in TYPED if words in repr(tables)] == [], "nor is it anywhere else"


@both
def test_the_dates_offered_before_are_not_shown_any_more(mentor: ChattingMentor, way: Way) -> None:
    mentor.comes_to("date_of_birth").says("08/09/1978")
    assert "9 August 1978" in str(mentor.messages())
    mentor.says(way.words)
    mentor.says("yes")
    told = str([{name: each[name] for name in each if name not in ("id", "turn")} for each in mentor.messages()])
    assert not any(trace in told for trace in ("8 September 1978", "9 August 1978", "08/09/1978"))


@both
def test_what_other_mentors_gave_stays(
    mentor: ChattingMentor, store: Store, vault: Vault, data_dir: Path, way: Way
) -> None:
    with ChattingMentor(store, vault, data_dir) as other:
        other.answers_until("two_months")
        other.says("review my answers")
        others, kept = other.messages(), files(data_dir)
        mentor.comes_to("two_months").says(way.words)
        mentor.says("yes")
        assert other.messages() == others
        assert files(data_dir) == kept != []
        with other.registration() as current:
            assert [item.id for item in current.asked if current.is_done(item)][-1] == "background_check"
            assert current.session.scalars(select(SealedValue.mentor_id)).all() == [current.mentor.id]
        other.answers_until("review")
        assert "Your registration is complete" in other.says("submit")


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
@both
def test_what_was_deleted_is_in_no_file_of_sqlites(mentor: ChattingMentor, tmp_path: Path, way: Way) -> None:
    answers_until(mentor, "expertise")
    mentor.says(way.words)
    mentor.says("yes")
    raw = b"".join(path.read_bytes() for path in tmp_path.glob("bot.db*"))
    assert [words for words in TYPED if words.encode() in raw] == []


@both
def test_the_key_of_the_deleted_date_of_birth_is_gone_with_it(mentor: ChattingMentor, store: Store, way: Way) -> None:
    mentor.comes_to("background_check").says(way.words)
    mentor.says("yes")
    with store.read() as session:
        assert session.scalars(select(DataKey).where(DataKey.owner_id == mentor.mentor_id)).all() == []


@both
def test_the_same_confirmation_again_changes_nothing(mentor: ChattingMentor, store: Store, way: Way) -> None:
    mentor.comes_to("review").says(way.words)
    turn = mentor.prepares(mentor.leaves(text("yes")))
    mentor.attempts(turn)
    assert mentor.question == way.following
    before = snapshot(store)
    mentor.attempts(turn)
    assert snapshot(store) == before
    assert mentor.heard().count(way.said) == 1


@both
def test_the_same_command_again_asks_once(mentor: ChattingMentor, store: Store, way: Way) -> None:
    mentor.comes_to("review")
    turn = mentor.prepares(mentor.leaves(text(way.words)))
    mentor.attempts(turn)
    assert mentor.question == way.question
    before = snapshot(store)
    mentor.attempts(turn)
    assert snapshot(store) == before


@both
def test_what_was_done_is_said_once_when_the_first_attempt_failed(
    mentor: ChattingMentor, store: Store, way: Way, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "RETRY_SECONDS", (0.01, 0.02))
    mentor.comes_to("two_months").says(way.words)
    mentor.agent.fails(1)
    heard = mentor.says("yes")
    assert mentor.question == way.following
    assert [record.decision for record in consents(store)] == [AGREED, WITHDRAWN]
    assert heard.count(way.said) == 1


@both
def test_the_confirmations_buttons_do_nothing_once_it_was_declined(
    mentor: ChattingMentor, store: Store, way: Way
) -> None:
    mentor.comes_to("review").says(way.words)
    stale = [mentor.payload(way.button), mentor.payload(KEEP)]
    mentor.says("no")
    before = given_by(store)
    for payload in stale:
        heard = mentor.taps_payload(payload)
        assert any(each in heard for each in STALE_BUTTON)
        assert mentor.question == REVIEW
    assert given_by(store) == before


@both
def test_the_buttons_of_one_confirmation_do_not_answer_another(mentor: ChattingMentor, store: Store, way: Way) -> None:
    mentor.comes_to("review").says(way.words)
    stale = mentor.payload(way.button)
    before = given_by(store)
    other = END if way is START_AGAIN else START_AGAIN
    for again in (other, way):
        mentor.says(again.words)
        heard = mentor.taps_payload(stale)
        assert any(each in heard for each in STALE_BUTTON)
        assert mentor.question == again.question
    assert given_by(store) == before


@both
def test_no_button_from_before_does_anything_afterwards(
    mentor: ChattingMentor, store: Store, data_dir: Path, way: Way
) -> None:
    mentor.comes_to("two_months")
    earlier = [mentor.payload("I agree"), mentor.payload("I do not agree"), mentor.payload("Back")]
    mentor.comes_to("review")
    rows = [row for section in mentor.messages()[-1]["sections"] for row in section["rows"]]
    earlier += [mentor.payload("Submit"), *(row["change"]["payload"] for row in rows)]
    mentor.says(way.words)
    earlier += [mentor.payload(way.button), mentor.payload(KEEP)]
    mentor.taps(way.button)
    before = given_by(store)
    for payload in earlier:
        mentor.taps_payload(payload)
        assert mentor.question == way.following, payload
    assert given_by(store) == before
    nothing_is_left(mentor, store, data_dir)


@both
def test_the_mentor_can_register_afresh(mentor: ChattingMentor, store: Store, data_dir: Path, way: Way) -> None:
    chats_to_the_review(mentor)
    mentor.says(way.words)
    mentor.says("yes")
    if way is END:
        assert "Would you like to start?" in mentor.heard()
        mentor.says("yes")
    assert mentor.question == form.ACCOUNT
    mentor.answers_until("full_name").says("Ada Lovelace")
    mentor.answers_until("review")
    assert "Your registration is complete" in mentor.says("submit")
    with mentor.registration() as current:
        assert current.answers[form.FULL_NAME] == "Ada Lovelace"
        assert {record.decision for record in current.consents.values()} == {AGREED}
        assert len(current.consents) == len(form.CONSENTS)
        photo = current.session.scalars(select(Photo)).one()
        assert photo.id == current.answers[form.PHOTO]
        assert current.session.scalars(select(SealedValue.id)).all() == [current.answers[form.DATE_OF_BIRTH]]
        assert len(current.session.scalars(select(Check)).all()) == 1
        assert current.session.scalars(select(Account)).one().full_name == "Ada Lovelace"
    assert files(data_dir) == sorted([f"{photo.id}.jpg", f"{photo.id}-square.jpg"])
    decisions = [record.decision for record in consents(store) if record.item_id == "ethics_laws"]
    assert decisions == [AGREED, WITHDRAWN, AGREED]


def test_everything_can_be_deleted_as_often_as_one_likes(mentor: ChattingMentor, store: Store, data_dir: Path) -> None:
    for way in (START_AGAIN, END, END, START_AGAIN):
        mentor.comes_to("published_and_rated").says(way.words)
        assert way.said in mentor.taps(way.button)
        assert mentor.question == way.following
        nothing_is_left(mentor, store, data_dir)
    assert [record.decision for record in consents(store)] == [AGREED, AGREED, WITHDRAWN, WITHDRAWN] * 4


@both
def test_a_change_that_was_begun_is_forgotten_with_the_rest(
    mentor: ChattingMentor, store: Store, data_dir: Path, way: Way
) -> None:
    mentor.comes_to("review").says("change my reasons")
    mentor.says(way.words)
    mentor.says("yes")
    assert mentor.question == way.following
    nothing_is_left(mentor, store, data_dir)


@both
def test_a_message_that_waits_is_no_answer_afterwards(
    mentor: ChattingMentor, store: Store, data_dir: Path, way: Way
) -> None:
    mentor.comes_to("two_months").says(way.words)
    mentor.says_at_once("yes", "maria@example.org", "yes, my name is Maria Smith", "no")
    assert mentor.question == way.following
    nothing_is_left(mentor, store, data_dir)


def test_a_second_yes_to_the_deletion_does_not_begin_a_new_registration(mentor: ChattingMentor) -> None:
    mentor.comes_to("two_months").says("cancel")
    mentor.says_at_once("yes", "yes")
    assert mentor.question == START


@both
def test_where_nothing_is_saved_there_is_nothing_to_delete(mentor: ChattingMentor, store: Store, way: Way) -> None:
    before = given_by(store)
    assert "nothing saved yet" in mentor.says(way.words)
    assert mentor.question == START
    assert given_by(store) == before


@both
def test_a_confirmation_from_before_the_submit_deletes_nothing_after_it(
    mentor: ChattingMentor, store: Store, way: Way
) -> None:
    mentor.comes_to("review").says(way.words)
    confirmation = mentor.payload(way.button)
    mentor.says("no")
    mentor.says("submit")
    before = given_by(store)
    mentor.taps_payload(confirmation)
    assert mentor.question is None
    mentor.says(way.words)
    assert mentor.question == (CANCEL if way is END else None), "an account can be deleted, but not begun again"
    mentor.taps_payload(confirmation)
    assert mentor.question == (CANCEL if way is END else None)
    assert given_by(store) == before


def test_after_cancelling_the_mentor_is_greeted_as_at_first(mentor: ChattingMentor) -> None:
    mentor.comes_to("expertise").says("cancel")
    mentor.says("yes")
    assert "Hello, and thank you" in mentor.opens()
    assert "You have not started yet" in mentor.says("status")
    assert mentor.question == START


@both
def test_submitting_after_everything_was_deleted_says_nothing_and_does_nothing(
    mentor: ChattingMentor, store: Store, way: Way
) -> None:
    mentor.comes_to("review").says(way.words)
    mentor.says("yes")
    turn_id = mentor.leaves(text("submit"))
    before = snapshot(store)
    with mentor.turn(turn_id) as turn:
        mentor.dialogue.submit()
    assert turn.said == ([] if way is END else [MessageRef("note-not-complete")])
    assert mentor.question == way.following
    assert snapshot(store) == before


@both
def test_the_bots_own_words_stay_in_the_transcript(mentor: ChattingMentor, store: Store, way: Way) -> None:
    mentor.comes_to("expertise").says("status")
    with store.read() as session:
        rows = session.scalars(select(TranscriptMessage).where(TranscriptMessage.sender == "bot")).all()
        before = [row.body["text"] for row in rows]
    mentor.says(way.words)
    mentor.says("yes")
    said = [words for turn in mentor.said_in_turns() for words in turn]
    assert said[: len(before)] == before


@both
def test_who_is_not_understood_is_not_led_to_delete_everything(mentor: ChattingMentor, way: Way) -> None:
    mentor.comes_to("expertise").says(way.words)
    assert "type “yes”" not in mentor.says("perhaps")


@both
def test_a_confirmation_is_explained_as_what_it_is(mentor: ChattingMentor, way: Way) -> None:
    mentor.comes_to("expertise").says(way.words)
    for _ in range(2):
        mentor.says("perhaps")
    mentor.taps("What does it mean?")
    explanation = mentor.news()[0]["text"]
    assert "You promise nothing by that" not in explanation
    assert "delete" in explanation


@both
@pytest.mark.parametrize("keeping", [True, False], ids=["keep", "delete"])
def test_the_label_of_a_confirmations_button_may_be_typed(mentor: ChattingMentor, way: Way, keeping: bool) -> None:
    mentor.comes_to("expertise").says(way.words)
    mentor.says(KEEP if keeping else f"yes, {way.button.lower()}")
    assert mentor.question == ("expertise" if keeping else way.following)


@pytest.mark.parametrize("words", ["cancel", "abort", "exit", "quit", "/cancel"])
def test_a_word_that_may_mean_to_cancel_the_deletion_deletes_nothing(
    mentor: ChattingMentor, store: Store, words: str
) -> None:
    mentor.comes_to("two_months").says("delete my answers")
    before = given_by(store)
    mentor.says(words)
    assert given_by(store) == before


@pytest.mark.parametrize("times", [2, 3])
def test_the_welcomes_button_tapped_again_confirms_nothing(mentor: ChattingMentor, store: Store, times: int) -> None:
    mentor.comes_to("two_months").opens()
    before = given_by(store)
    button = mentor.payload("Start over")
    for _ in range(times):
        mentor.taps_payload(button)
    assert mentor.question == START_OVER
    assert given_by(store) == before


def test_a_command_sent_twice_at_once_confirms_nothing(mentor: ChattingMentor, store: Store) -> None:
    mentor.comes_to("two_months")
    before = given_by(store)
    for words in ("start over", "delete my answers"):
        mentor.says_at_once(words, words)
        assert given_by(store) == before
        mentor.says("no")
    assert mentor.question == "two_months"
