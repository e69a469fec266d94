"""What a mentor is sent after the submit and after a withdrawal: what was shown, frozen, and nothing that is sealed."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot.core.organisation import ORGANISATION
from bot.dialogue.agent import ActionFailedError
from bot.i18n.catalogue import catalogue
from bot.media.blobs import Folder
from bot.media.photos import Photos
from bot.messages.incoming import Tap
from bot.notifications.emails.files import mailbox
from bot.notifications.emails.sender import SEND
from bot.privacy.confirmations import Confirmations
from bot.privacy.erasure import Erasure
from bot.registration import form
from bot.registration.form import ItemId
from bot.registration.registration import REVIEW, Registration
from bot.storage import Conversation, Mentor, Store
from tests.store.mentor import ChattingMentor, consents, queued, snapshot
from tests.support.answers import TEXTS
from tests.support.ledger import LEDGER, consent_to

SITE = "https://mentors.example"
CONTACT = "people@example.org"
EARLIER = "Mentors meet each mentee for one month."
#: The date of birth of these mentors, as people write it.
BORN = ["1978", "14 August", "August 14", "14.08", "14/08", "08/14", "08-14"]


@pytest.fixture
def confirmations(mentor: ChattingMentor) -> Confirmations:
    return Confirmations(mentor.vault, LEDGER, CONTACT, SITE)


@contextmanager
def changing(mentor: ChattingMentor) -> Iterator[Registration]:
    """The mentor's registration, to change."""
    with mentor.store.write() as session:
        yield Registration(session, session.get_one(Mentor, mentor.mentor_id))


def submits(mentor: ChattingMentor) -> dict[str, str]:
    """Submit; gives the e-mail that follows."""
    mentor.comes_to(REVIEW).says("submit")
    [email] = mentor.letters()
    return email


def withdraws(mentor: ChattingMentor) -> None:
    """Withdraw the commitment of two months."""
    mentor.taps_payload(Tap("change_answer", "two_months").payload())
    mentor.says("yes")


def test_who_submits_gets_a_copy_of_all_that_they_answered_and_agreed_to(mentor: ChattingMentor, store: Store) -> None:
    email = submits(mentor)
    assert (email["to"], email["subject"]) == (mentor.email, f"Your {ORGANISATION.name} registration: a copy for you")
    for name in ("full_name", "reasons", "experience", "expertise"):
        assert TEXTS[name] in email["text"], name
    records = consents(store)
    assert len(records) == len(form.CONSENTS)
    for record in records:
        assert f"{record.wording}\nYou agreed · {catalogue().moment(record.answered_at)}" in email["text"]
        assert record.wording_sha256[:16] in email["text"]
        assert hashlib.sha256(record.wording.encode()).hexdigest() == record.wording_sha256
    assert len(queued(store, SEND)) == 1


def test_the_receipt_is_attached_with_every_consent(mentor: ChattingMentor, store: Store) -> None:
    found = json.loads(submits(mentor)["receipt"])
    purposes = found["services"][0]["purposes"]
    assert [(each["purpose"], each["wordingSha256"], each["ledgerPosition"]) for each in purposes] == [
        (record.wording, record.wording_sha256, record.id) for record in consents(store)
    ]
    assert found["piiControllers"][0]["email"]


def test_nothing_sealed_is_in_the_copy(mentor: ChattingMentor) -> None:
    """Not the date of birth, and not the mentor's words to the consents."""
    mentor.comes_to("code_of_ethics").says("yes, I do agree with all of this")
    email = submits(mentor)
    for part in (email["text"], email["html"], email["receipt"]):
        # Not within an id or a hash, which may have any digits.
        assert not [each for each in BORN if re.search(rf"(?<![0-9a-f]){each}(?![0-9a-f])", part)]
        assert "I do agree with all of this" not in part
    assert {each["reply"] for each in json.loads(email["receipt"])["services"][0]["purposes"]} == {None}
    assert "•• •• ••••" in email["text"]


def test_a_copy_is_of_the_wording_that_was_shown_and_not_of_todays(
    mentor: ChattingMentor, store: Store, confirmations: Confirmations
) -> None:
    submits(mentor)
    with changing(mentor) as current:
        current.consent(consent_to(current, "two_months", wording=EARLIER))
    with changing(mentor) as current:
        confirmations.submitted(current.session, current, "fr")
    copy = mentor.letters()[0]
    withdraws(mentor)
    withdrawn = mentor.letters()[0]
    assert withdrawn["subject"] == "You withdrew a consent"
    for email in (copy, withdrawn):
        assert EARLIER in email["text"]
        assert EARLIER in email["html"]
        assert form.BY_ID[ItemId("two_months")].wording not in email["text"]
        assert catalogue("fr").text("wording-two_months") not in email["text"], "a translation of another wording"


def test_a_copy_is_in_the_mentors_language_with_the_wording_that_counts(mentor: ChattingMentor, store: Store) -> None:
    mentor.comes_to(REVIEW)
    with store.write() as session:
        session.get_one(Conversation, mentor.conversation_id).language = "fr"
    mentor.says("envoyer")
    [email] = mentor.letters()
    assert email["subject"] == catalogue("fr").text("mail-submitted.subject")
    assert email["text"].startswith("Bonjour,\n\nMerci.")
    item = form.BY_ID[ItemId("background_check")]
    translated = catalogue("fr").text("wording-background_check")
    assert f"{item.wording}\n{translated}\nVous avez accepté · " in email["text"]
    assert '<html lang="fr">' in email["html"]
    assert email["html"].count('<p lang="en"') == len(form.CONSENTS)


def test_what_a_mentor_wrote_is_escaped(mentor: ChattingMentor) -> None:
    mentor.comes_to("reasons").says("I <b>like</b> people & {{ 7 * 7 }} { $contact }\n<script>alert(1)</script>")
    email = submits(mentor)
    assert "I &lt;b&gt;like&lt;/b&gt; people &amp; {{ 7 * 7 }} { $contact }<br>&lt;script&gt;" in email["html"]
    assert "<script" not in email["html"]
    assert "I <b>like</b> people & {{ 7 * 7 }} { $contact }" in email["text"]


def test_a_copy_is_sent_once_and_with_the_submit_or_not_at_all(
    mentor: ChattingMentor, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    mentor.comes_to(REVIEW)

    def fails(*_arguments: object, **_named: object) -> None:
        raise RuntimeError("it dies")

    with monkeypatch.context() as dying:
        dying.setattr(Confirmations, "submitted", fails)
        with pytest.raises(ActionFailedError):
            mentor.says("submit")
        mentor.agent.failure = None
    assert mentor.letters() == []
    with store.read() as session:
        assert session.get_one(Mentor, mentor.mentor_id).submitted_at is None
    mentor.service_starts_again()
    mentor.waits()
    mentor.says("submit")
    assert len(mentor.letters()) == 1
    mentor.says("submit")
    mentor.service_starts_again()
    assert len(mentor.letters()) == 1


def test_a_copy_with_the_longest_answers_is_not_cut_off_by_mail_programs(mentor: ChattingMentor) -> None:
    for name in ("reasons", "experience", "expertise"):
        mentor.comes_to(name).says("I help people to find work. " * 178)
    assert len(submits(mentor)["html"].encode()) < 102_000


def test_who_withdraws_a_consent_is_told_what_comes_next(mentor: ChattingMentor, store: Store) -> None:
    submits(mentor)
    withdraws(mentor)
    email = mentor.letters()[0]
    assert email["subject"] == "You withdrew a consent"
    assert form.BY_ID[ItemId("two_months")].wording in email["text"]
    for words in ("has been stopped", "you can agree again", "delete my account"):
        assert words in email["text"]
    assert len(mentor.letters()) == 2


def test_a_withdrawal_links_to_where_it_can_be_agreed_again(
    mentor: ChattingMentor, confirmations: Confirmations
) -> None:
    submits(mentor)
    with changing(mentor) as current:
        confirmations.withdrawn(current.session, current, "en", form.BY_ID[ItemId("two_months")])
    assert f"{SITE}/?continue=" in mentor.letters()[0]["text"]


def test_without_a_proven_address_nothing_is_sent(mentor: ChattingMentor, confirmations: Confirmations) -> None:
    mentor.comes_to(REVIEW)
    with changing(mentor) as current:
        current.forget_proof()
        confirmations.submitted(current.session, current, "en")
    assert mentor.letters() == []


def test_an_erasure_takes_the_copy_that_waits(mentor: ChattingMentor, store: Store, data_dir: Path) -> None:
    submits(mentor)
    mentor_id = mentor.mentor_id
    erased = Erasure(store, mentor.vault, LEDGER, Photos(Folder(data_dir)), data_dir).erase_and_search(
        mentor_id, "test"
    )
    assert erased.found == []
    assert snapshot(store)["mails"] == []
    assert queued(store, SEND) == []
    assert mailbox(data_dir) == []


def test_no_log_says_what_is_in_a_copy(mentor: ChattingMentor, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG", "bot")
    submits(mentor)
    assert not [text for text in TEXTS.values() if text in caplog.text]
