"""Deciding a check: once, and the date of birth is gone with it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.api.mentor_report import RegistrationError, check_row, form_rows, registration_details, registration_row
from bot.checks.service import (
    CHECK_FORGET,
    ENDS,
    CheckError,
    Status,
    advance,
    current_check,
    decide,
    find_check,
    reveal_date_of_birth,
)
from bot.registration import form
from bot.security.cipher import VaultError
from bot.security.vault import Purpose, Vault
from bot.storage import Account, Answer, AuditRecord, Check, DataKey, Mentor, SealedValue, Store
from bot.storage.models import utc_now
from tests.store.mentor import ChattingMentor, queued, snapshot
from tests.support.answers import TEXTS
from tests.support.ledger import LEDGER
from tests.support.registrations import BORN


@pytest.fixture
def mentor(store: Store, vault: Vault, data_dir: Path) -> Iterator[ChattingMentor]:
    """A mentor who has submitted."""
    with ChattingMentor(store, vault, data_dir) as chatting:
        chatting.comes_to("review").says("submit")
        yield chatting


@pytest.fixture
def check_id(mentor: ChattingMentor, store: Store) -> str:
    """The check of the mentor."""
    with store.read() as session:
        return session.scalars(select(Check.id)).one()


def decided(store: Store, vault: Vault, check_id: str, decision: str, reason: str | None = None) -> None:
    with store.write() as session:
        decide(session, vault, check_id, decision, reason)


def add_check(store: Store, check_id: str) -> None:
    with store.write() as session:
        mentor = Mentor()
        session.add(mentor)
        session.flush()
        session.add(Check(id=check_id, mentor_id=mentor.id, provider="manual", status="waiting"))


def declined(store: Store, vault: Vault, check_id: str) -> None:
    """Have the mentor told, and let the time to object pass."""
    decided(store, vault, check_id, "decline")
    with store.write() as session:
        assert advance(session, vault, session.get_one(Check, check_id), Status.DECLINED, by_person=True)


@pytest.mark.parametrize(("decision", "status"), [("clear", Status.CLEAR), ("decline", Status.PRE_ADVERSE)])
def test_a_decision_is_recorded(store: Store, vault: Vault, check_id: str, decision: str, status: Status) -> None:
    decided(store, vault, check_id, decision, "nothing found")
    with store.read() as session:
        check = session.get_one(Check, check_id)
        assert (check.status, check.reason) == (status, "nothing found")
        assert (check.decided_at is not None) == (decision == "clear")
        assert (check.notice_at is not None) == (decision == "decline")
        assert check.started_at is not None


def test_who_is_to_be_declined_keeps_the_date_of_birth_until_the_end(
    mentor: ChattingMentor, store: Store, vault: Vault, check_id: str
) -> None:
    decided(store, vault, check_id, "decline")
    with store.read() as session:
        sealed = session.scalars(select(SealedValue)).one()
        opened = vault.open(session, mentor.mentor_id, Purpose.CHECK, form.DATE_OF_BIRTH, sealed.ciphertext)
        assert opened == BORN.isoformat().encode()
    with store.write() as session:
        advance(session, vault, session.get_one(Check, check_id), Status.DECLINED, by_person=True)
    with store.read() as session:
        assert session.scalars(select(SealedValue)).all() == []
        assert session.get_one(Check, check_id).decided_at is not None


def test_who_was_told_of_a_decision_is_not_told_again_but_can_be_cleared(
    store: Store, vault: Vault, check_id: str
) -> None:
    decided(store, vault, check_id, "decline")
    before = snapshot(store)
    with pytest.raises(CheckError, match="the mentor has time to respond"):
        decided(store, vault, check_id, "decline")
    assert snapshot(store) == before
    decided(store, vault, check_id, "clear", "a namesake")
    with store.read() as session:
        check = session.get_one(Check, check_id)
        assert (check.status, check.reason) == (Status.CLEAR, "a namesake")


@pytest.mark.parametrize(("decision", "status"), [("clear", Status.CLEAR), ("decline", Status.PRE_ADVERSE)])
def test_with_four_eyes_two_people_decide_the_same(
    store: Store, vault: Vault, check_id: str, decision: str, status: Status
) -> None:
    def decides(actor: str, what: str) -> None:
        with store.write() as session:
            decide(session, vault, check_id, what, actor=actor, four_eyes=True)

    decides("ada", decision)
    with store.read() as session:
        check = session.get_one(Check, check_id)
        assert (check.status, check.first_decision, check.first_actor) == ("queued", decision, "ada")
        assert (check.decided_at, check.notice_at) == (None, None)
    before = snapshot(store)
    with pytest.raises(CheckError, match="another person has to decide"):
        decides("ada", decision)
    with pytest.raises(CheckError, match="talk to each other"):
        decides("bob", "clear" if decision == "decline" else "decline")
    assert snapshot(store) == before
    decides("bob", decision)
    with store.read() as session:
        check = session.get_one(Check, check_id)
        assert (check.status, check.first_decision, check.first_actor) == (status, None, None)
        done = session.execute(select(AuditRecord.actor, AuditRecord.action).order_by(AuditRecord.id)).all()
        assert [tuple(row) for row in done] == [("ada", f"decide {decision} first"), ("bob", f"decide {decision}")]


#: Where a check can go from where; to itself it goes nowhere.
ORDER = [Status.QUEUED, Status.WAITING, Status.REVIEW, Status.PRE_ADVERSE]


@pytest.mark.parametrize("known", Status)
@pytest.mark.parametrize("status", Status)
def test_a_check_goes_on_in_one_direction_only(
    store: Store, vault: Vault, check_id: str, known: Status, status: Status
) -> None:
    with store.write() as session:
        check = session.get_one(Check, check_id)
        check.status = known
        goes_on = known in ORDER and (status in ENDS or ORDER.index(status) > ORDER.index(known))
        assert advance(session, vault, check, status, by_person=True) == goes_on
        assert check.status == (status if goes_on else known)
        assert (check.decided_at is not None) == (goes_on and status in ENDS)


@pytest.mark.parametrize("called", [True, False])
def test_an_end_has_a_provider_that_was_called_delete_what_it_knows(
    store: Store, vault: Vault, check_id: str, called: bool
) -> None:
    with store.write() as session:
        check = session.get_one(Check, check_id)
        check.called_at = utc_now() if called else None
        advance(session, vault, check, Status.EXPIRED)
        assert not advance(session, vault, check, Status.CLEAR)
    assert queued(store, CHECK_FORGET) == ([(CHECK_FORGET, check_id)] if called else [])


def test_a_mentor_may_have_several_checks_and_the_newest_counts(
    mentor: ChattingMentor, store: Store, vault: Vault, check_id: str
) -> None:
    decided(store, vault, check_id, "clear")
    with store.write() as session:
        again = Check(mentor_id=mentor.mentor_id, provider="manual", status="waiting")
        session.add(again)
        session.flush()
        again_id = again.id
    with store.read() as session:
        newest = current_check(session, mentor.mentor_id)
        assert newest is not None
        assert newest.id == again_id
        assert current_check(session, "f" * 32) is None
        row = registration_row(session, session.get_one(Mentor, mentor.mentor_id))
        details = registration_details(session, mentor.mentor_id, mentor.photos, LEDGER)
    assert row["status"] == details["status"] == "submitted"
    assert details["check"]["id"] == again_id


def test_a_check_is_decided_once(store: Store, vault: Vault, check_id: str) -> None:
    decided(store, vault, check_id, "clear")
    before = snapshot(store)
    for second in ("clear", "decline"):
        with pytest.raises(CheckError, match="decided before: clear"):
            decided(store, vault, check_id, second)
    assert snapshot(store) == before


def test_a_decision_that_is_none_changes_nothing(store: Store, vault: Vault, check_id: str) -> None:
    before = snapshot(store)
    for decision in ("", "CLEAR", "declined", "maybe"):
        with pytest.raises(CheckError, match="clear or decline"):
            decided(store, vault, check_id, decision)
    assert snapshot(store) == before


def test_an_unknown_check_is_said_to_be(store: Store, vault: Vault, check_id: str) -> None:
    for unknown in ("", "nothing", "%", "_", "zz"):
        with pytest.raises(CheckError, match="check has an id that begins with"):
            decided(store, vault, unknown, "clear")
    with store.read() as session:
        assert session.get_one(Check, check_id).decided_at is None


def test_the_beginning_of_an_id_is_enough_if_no_other_begins_so(store: Store, vault: Vault) -> None:
    for check_id in ("abc1" + "0" * 28, "abc2" + "0" * 28):
        add_check(store, check_id)
    with pytest.raises(CheckError, match="More than one check"):
        decided(store, vault, "abc", "clear")
    decided(store, vault, "abc2", "clear")
    with store.read() as session:
        assert find_check(session, "abc1").decided_at is None
        assert find_check(session, "abc2").decided_at is not None


def test_whoever_reads_the_date_of_birth_is_recorded_also_once_it_is_gone(
    store: Store, vault: Vault, check_id: str
) -> None:
    def read_by(actor: str) -> str | None:
        with store.write() as session:
            return reveal_date_of_birth(session, vault, session.get_one(Check, check_id), actor)

    assert read_by("ann") == BORN.isoformat()
    decided(store, vault, check_id, "clear")
    assert read_by("ben") is None
    with store.read() as session:
        read = session.execute(
            select(AuditRecord.actor, AuditRecord.subject_id)
            .where(AuditRecord.action == "reveal date of birth")
            .order_by(AuditRecord.id)
        ).all()
    assert [tuple(row) for row in read] == [("ann", check_id), ("ben", check_id)]


def test_the_date_of_birth_is_gone_after_the_decision(
    mentor: ChattingMentor, store: Store, vault: Vault, check_id: str
) -> None:
    with store.read() as session:
        value = session.scalars(select(SealedValue)).one()
        kept = value.ciphertext
        opened = vault.open(session, mentor.mentor_id, Purpose.CHECK, form.DATE_OF_BIRTH, kept)
        assert opened == BORN.isoformat().encode()
    decided(store, vault, check_id, "clear")
    with store.read() as session:
        assert session.scalars(select(SealedValue)).all() == []
        assert session.get(DataKey, (mentor.mentor_id, Purpose.CHECK)) is None
        assert session.scalars(select(Answer).where(Answer.item_id == "date_of_birth")).all() == []
        with pytest.raises(VaultError, match="destroyed"):
            vault.open(session, mentor.mentor_id, Purpose.CHECK, form.DATE_OF_BIRTH, kept)


def test_two_dates_that_waited_for_a_choice_are_gone_too(store: Store, vault: Vault, check_id: str) -> None:
    with store.write() as session:
        mentor_id = session.get_one(Check, check_id).mentor_id
        sealed = vault.seal(session, mentor_id, Purpose.CHECK, "date_candidates", b"[]")
        session.add(SealedValue(mentor_id=mentor_id, name="date_candidates", ciphertext=sealed))
    declined(store, vault, check_id)
    with store.read() as session:
        assert session.scalars(select(SealedValue)).all() == []


def test_everything_else_stays(mentor: ChattingMentor, store: Store, vault: Vault, check_id: str) -> None:
    decided(store, vault, check_id, "clear")
    with mentor.registration() as current:
        assert current.answers[form.EMAIL] == TEXTS["email"]
        assert len(current.consents) == len(form.CONSENTS)
        assert current.open_question is None
        assert current.session.scalars(select(Account.email)).one() == TEXTS["email"]


def test_other_mentors_keep_their_dates(
    mentor: ChattingMentor, store: Store, vault: Vault, data_dir: Path, check_id: str
) -> None:
    with ChattingMentor(store, vault, data_dir) as other:
        other.comes_to("background_check")
        decided(store, vault, check_id, "clear")
        with other.registration() as current:
            value = current.session.scalars(select(SealedValue)).one()
            opened = vault.open(current.session, other.mentor_id, Purpose.CHECK, form.DATE_OF_BIRTH, value.ciphertext)
            assert opened == BORN.isoformat().encode()


def test_a_decision_that_is_rolled_back_leaves_the_date(
    mentor: ChattingMentor, store: Store, vault: Vault, check_id: str
) -> None:
    before = snapshot(store)

    def decide_and_fail() -> None:
        with store.write() as session:
            decide(session, vault, check_id, "clear")
            raise RuntimeError("power cut")

    with pytest.raises(RuntimeError, match="power cut"):
        decide_and_fail()
    assert snapshot(store) == before


def test_the_ciphertext_leaves_sqlites_files(
    mentor: ChattingMentor, store: Store, vault: Vault, check_id: str, backend: str, tmp_path: Path
) -> None:
    def raw() -> bytes:
        return b"".join(path.read_bytes() for path in sorted(tmp_path.glob("bot.db*")))

    with store.read() as session:
        ciphertext = session.scalars(select(SealedValue.ciphertext)).one()
        wrapped = session.get_one(DataKey, (mentor.mentor_id, Purpose.CHECK)).wrapped
    if backend == "sqlite":
        assert ciphertext in raw()
        assert wrapped in raw()
    decided(store, vault, check_id, "clear")
    store.checkpoint()
    assert repr(ciphertext) not in repr(snapshot(store))
    if backend == "sqlite":
        assert TEXTS["expertise"].encode() in raw()
        assert ciphertext not in raw()
        assert wrapped not in raw()


@pytest.mark.parametrize(
    ("decision", "status", "sentence"),
    [
        (None, "submitted", "check is running"),
        ("clear", "accepted", "Good news"),
        ("notice", "submitted", "Nothing is final yet"),
        ("decline", "declined", "cannot accept"),
    ],
)
def test_the_mentor_and_the_report_learn_of_the_decision(
    mentor: ChattingMentor, store: Store, vault: Vault, check_id: str, decision: str | None, status: str, sentence: str
) -> None:
    if decision == "decline":
        declined(store, vault, check_id)
    elif decision:
        decided(store, vault, check_id, {"notice": "decline"}.get(decision, decision))
    assert sentence in mentor.says("status")
    with store.read() as session:
        row = registration_row(session, session.get_one(Mentor, mentor.mentor_id))
        assert row["status"] == status
        assert row["email"] == TEXTS["email"]
        assert row["answered"] == row["asked"] - (decision in ("clear", "decline"))
        assert row["submitted_at"].endswith("+00:00")


def test_the_report_shows_the_date_as_sealed_and_then_as_deleted(
    mentor: ChattingMentor, store: Store, vault: Vault, check_id: str
) -> None:
    def value_shown() -> object:
        with store.read() as session:
            details = registration_details(session, mentor.mentor_id[:12], mentor.photos, LEDGER)
        assert str(BORN.year) + "-" not in str(details)
        [row] = [answer for answer in details["answers"] if answer["id"] == "date_of_birth"]
        return row["value"]

    assert value_shown() == "sealed"
    decided(store, vault, check_id, "clear")
    assert value_shown() == "deleted"


def test_a_date_that_was_not_given_yet_is_neither_sealed_nor_deleted(
    store: Store, vault: Vault, data_dir: Path
) -> None:
    with ChattingMentor(store, vault, data_dir) as chatting:
        chatting.comes_to("photo")
        with store.read() as session:
            details = registration_details(session, chatting.mentor_id, chatting.photos, LEDGER)
    assert [row["value"] for row in details["answers"] if row["id"] == "date_of_birth"] == [None]
    assert details["status"] == "draft"
    assert details["open_question"] == "photo"
    assert details["check"] is None
    assert details["consents"] == []


def test_the_report_shows_a_registration_whole(mentor: ChattingMentor, store: Store, check_id: str) -> None:
    with store.read() as session:
        details = registration_details(session, mentor.mentor_id, mentor.photos, LEDGER)
        check = check_row(session, session.get_one(Check, check_id))
    answers = {row["id"]: row for row in details["answers"]}
    assert list(answers) == [item.id for item in form.ASKED if item.kind is form.Kind.QUESTION]
    assert answers["reasons"]["value"] == TEXTS["reasons"]
    assert answers["photo"]["profile_file"] == mentor.photos.addresses(answers["photo"]["value"])[1]
    assert [row["id"] for row in details["consents"]] == [item.id for item in form.CONSENTS]
    for row, item in zip(details["consents"], form.CONSENTS, strict=True):
        assert (row["decision"], row["wording"], row["wording_sha256"]) == ("agreed", item.wording, item.wording_sha256)
    assert details["account"]["email"] == TEXTS["email"]
    assert details["check"] == check
    assert (check["status"], check["name"], check["registration"]) == (
        "queued",
        TEXTS["full_name"],
        mentor.mentor_id,
    )


def test_an_unknown_registration_is_said_to_be(mentor: ChattingMentor, store: Store) -> None:
    for unknown in ("", "nothing", "%"):
        with store.read() as session, pytest.raises(RegistrationError, match="has an id that begins with"):
            registration_details(session, unknown, mentor.photos, LEDGER)


def test_a_beginning_that_two_registrations_share_is_not_enough(store: Store, data_dir: Path, vault: Vault) -> None:
    with store.write() as session:
        session.add_all([Mentor(id="ab" + "0" * 30), Mentor(id="ab" + "1" * 30)])
    with ChattingMentor(store, vault, data_dir) as chatting, store.read() as session:
        with pytest.raises(RegistrationError, match="More than one registration"):
            registration_details(session, "ab", chatting.photos, LEDGER)
        assert registration_details(session, "ab1", chatting.photos, LEDGER)["status"] == "new"


def test_the_reported_form_is_the_form() -> None:
    rows = form_rows()
    assert [row["id"] for row in rows] == [item.id for item in form.ITEMS]
    assert [row["wording"] for row in rows] == [item.wording for item in form.ITEMS]
    assert [option["value"] for option in rows[0]["options"]] == ["existing", "new"]
