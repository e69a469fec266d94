"""A registration: what is open, what an answer changes, and that it is submitted whole and once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from bot.registration import form
from bot.registration.answers import AGREED, REFUSED, UNCLEAR, WITHDRAWN
from bot.registration.form import Account, Item, ItemId, Kind
from bot.registration.registration import (
    CANCEL,
    CHECK_START,
    EMAIL_CODE,
    JOIN,
    RECONSIDER,
    REVIEW,
    SAVE,
    START,
    START_OVER,
    Registration,
    is_of_one_person,
)
from bot.storage import Answer, Check, Consent, Mentor, OutboxEntry, Store
from bot.storage.models import new_id
from tests.support.ledger import consent_to

EVERYTHING = [str(item.id) for item in form.ASKED]


@pytest.fixture
def mentor_id(store: Store) -> str:
    """A mentor who has not begun."""
    found = new_id()
    with store.write() as session:
        session.add(Mentor(id=found))
    return found


@contextmanager
def changing(store: Store, mentor_id: str) -> Iterator[Registration]:
    """The mentor's registration in a write transaction."""
    with store.write() as session:
        yield Registration(session, session.get_one(Mentor, mentor_id))


@contextmanager
def looking(store: Store, mentor_id: str) -> Iterator[Registration]:
    """The mentor's registration, read anew."""
    with store.read() as session:
        yield Registration(session, session.get_one(Mentor, mentor_id))


def reply(current: Registration, item: Item, decision: str = AGREED, account: str = Account.NEW) -> None:
    if item.kind is Kind.CONSENT:
        current.consent(consent_to(current, item.id, decision))
    else:
        values = {form.ACCOUNT: account, form.COUNTRY: "US", form.REGION: "US-OH"}
        current.answer(item, values.get(item.id, f"my {item.id}"), "t" * 32)


def reply_until(
    store: Store,
    mentor_id: str,
    question: str | None = None,
    refusing: frozenset[str] = frozenset(),
    account: str = Account.NEW,
) -> list[str]:
    """Answer until ``question``, or what is no item, is open; gives what was asked on the way."""
    asked = []
    with changing(store, mentor_id) as current:
        current.start()
        while (open_question := current.open_question) in {*form.BY_ID, EMAIL_CODE} and open_question != question:
            assert open_question is not None
            if open_question == EMAIL_CODE:
                current.prove_email()
                continue
            asked.append(str(open_question))
            item = form.BY_ID[open_question]
            reply(current, item, REFUSED if item.id in refusing else AGREED, account)
    return asked


def test_nothing_is_asked_before_the_start(store: Store, mentor_id: str) -> None:
    with looking(store, mentor_id) as current:
        assert current.open_question == START
        assert current.position.slot is None
        assert current.position.done_slots == ["country", "region"], "which are not asked"


def test_starting_twice_is_starting_once(store: Store, mentor_id: str) -> None:
    with changing(store, mentor_id) as current:
        current.start()
    with looking(store, mentor_id) as current:
        started, revision = current.mentor.started_at, current.mentor.revision
    with changing(store, mentor_id) as current:
        current.start()
    with looking(store, mentor_id) as current:
        assert (current.mentor.started_at, current.mentor.revision) == (started, revision)
        assert current.open_question == form.ACCOUNT


def test_everything_is_asked_in_the_forms_order(store: Store, mentor_id: str) -> None:
    assert reply_until(store, mentor_id) == EVERYTHING
    with looking(store, mentor_id) as current:
        assert current.open_question == REVIEW
        assert current.position.slot == "review"
        assert current.position.done_slots == [slot for slot in form.SLOTS if slot != "review"]


def test_who_has_an_account_is_asked_for_the_name_with_the_check(store: Store, mentor_id: str) -> None:
    asked = reply_until(store, mentor_id, account=Account.EXISTING)
    expected = [each for each in EVERYTHING if each != "full_name"]
    expected.insert(expected.index("date_of_birth"), "full_name")
    assert asked == expected


@pytest.mark.parametrize("at", ["reasons", "photo"])
def test_who_turns_out_to_need_an_account_is_asked_for_the_name_then(store: Store, mentor_id: str, at: str) -> None:
    reply_until(store, mentor_id, at, account=Account.EXISTING)
    with changing(store, mentor_id) as current:
        assert current.change(form.ACCOUNT)
        reply(current, form.BY_ID[form.ACCOUNT])
        assert current.open_question == form.FULL_NAME
        reply(current, form.BY_ID[form.FULL_NAME])
        assert current.open_question == at


def test_who_turns_out_to_have_an_account_is_not_asked_for_the_name_again(store: Store, mentor_id: str) -> None:
    reply_until(store, mentor_id)
    with changing(store, mentor_id) as current:
        current.change(form.ACCOUNT)
        reply(current, form.BY_ID[form.ACCOUNT], account=Account.EXISTING)
        assert current.open_question == REVIEW


def needs_place(store: Store, mentor_id: str) -> None:
    """Have the mentor checked by a provider that has to know where they live."""
    with store.write() as session:
        session.get_one(Mentor, mentor_id).needs_place = True


@pytest.mark.parametrize("account", Account)
def test_where_the_check_needs_it_the_place_is_asked_before_the_date_of_birth(
    store: Store, mentor_id: str, account: str
) -> None:
    needs_place(store, mentor_id)
    asked = reply_until(store, mentor_id, account=account)
    before = "full_name" if account == Account.EXISTING else "photo"
    place = asked.index("country")
    assert asked[place - 1 : place + 3] == [before, "country", "region", "date_of_birth"]
    assert sorted(asked) == sorted([*EVERYTHING, "country", "region"])


@pytest.mark.parametrize(
    ("country", "following"), [("US", "region"), ("CA", "region"), ("DE", "date_of_birth"), ("GB", "date_of_birth")]
)
def test_a_region_is_asked_for_in_two_countries_only(
    store: Store, mentor_id: str, country: str, following: str
) -> None:
    needs_place(store, mentor_id)
    reply_until(store, mentor_id, "country")
    with changing(store, mentor_id) as current:
        assert current.position.slot == "country"
        assert not {"country"} & {*current.position.done_slots}
        current.answer(form.BY_ID[form.COUNTRY], country, "t" * 32)
        assert current.open_question == following
        assert "country" in current.position.done_slots
        assert ("region" in current.position.done_slots) == (following != "region")


def test_who_moves_to_a_country_with_regions_is_asked_for_theirs(store: Store, mentor_id: str) -> None:
    needs_place(store, mentor_id)
    reply_until(store, mentor_id, "country")
    with changing(store, mentor_id) as current:
        current.answer(form.BY_ID[form.COUNTRY], "DE", "t" * 32)
    reply_until(store, mentor_id)
    with changing(store, mentor_id) as current:
        assert not current.change(form.REGION)
        assert current.change(form.COUNTRY)
        current.answer(form.BY_ID[form.COUNTRY], "CA", "t" * 32)
        assert current.open_question == form.REGION
        current.answer(form.BY_ID[form.REGION], "CA-ON", "t" * 32)
        assert current.open_question == REVIEW


def test_where_the_place_is_not_asked_its_slots_count_as_done(store: Store, mentor_id: str) -> None:
    reply_until(store, mentor_id, "photo")
    with changing(store, mentor_id) as current:
        assert {"country", "region"} <= {*current.position.done_slots}
        assert not current.change(form.COUNTRY)


def test_after_the_address_the_code_is_asked_until_it_is_proven(store: Store, mentor_id: str) -> None:
    reply_until(store, mentor_id, form.EMAIL)
    with changing(store, mentor_id) as current:
        assert "email_code" not in current.position.done_slots
        current.answer(form.BY_ID[form.EMAIL], "Maria@Example.org", "t" * 32)
    with changing(store, mentor_id) as current:
        assert current.open_question == EMAIL_CODE
        assert current.position.slot == "email_code"
        assert "email" in current.position.done_slots
        assert not current.is_email_proven
        revision = current.mentor.revision
        current.prove_email()
        assert current.mentor.revision > revision
    with looking(store, mentor_id) as current:
        assert current.is_email_proven
        assert current.mentor.verified_email == "maria@example.org"
        assert current.open_question == "reasons"
        assert "email_code" in current.position.done_slots


def test_only_another_address_has_to_be_proven_again(store: Store, mentor_id: str) -> None:
    reply_until(store, mentor_id)
    with changing(store, mentor_id) as current:
        for address, following in (("MY EMAIL", REVIEW), ("new@example.org", EMAIL_CODE), ("my email", REVIEW)):
            assert current.change(form.EMAIL)
            current.answer(form.BY_ID[form.EMAIL], address, "t" * 32)
            assert current.open_question == following


def test_back_from_the_code_is_the_address(store: Store, mentor_id: str) -> None:
    reply_until(store, mentor_id, EMAIL_CODE)
    with changing(store, mentor_id) as current:
        assert current.open_question == EMAIL_CODE
        assert current.back()
        assert current.open_question == form.EMAIL
        assert current.resume()
        assert current.open_question == EMAIL_CODE


@pytest.mark.parametrize("at", ["reasons", "two_months", None])
def test_which_of_two_registrations_goes_on_is_asked_before_all_else(
    store: Store, mentor_id: str, at: str | None
) -> None:
    reply_until(store, mentor_id, at)
    with changing(store, mentor_id) as current:
        before, done = current.open_question, current.position.done_slots
        current.mentor.other_id = new_id()
    with changing(store, mentor_id) as current:
        assert (current.open_question, current.position.slot) == (JOIN, "review")
        assert set(done) <= set(current.position.done_slots)
        with pytest.raises(ValueError, match="join"):
            current.submit("manual")
        current.mentor.other_id = None
        assert current.open_question == before


def test_each_question_is_open_until_it_is_answered(store: Store, mentor_id: str) -> None:
    with changing(store, mentor_id) as current:
        current.start()
        for position, item in enumerate(form.ASKED):
            assert current.open_question == item.id
            assert current.position.slot == item.slot
            assert item.slot not in current.position.done_slots
            assert [each.id for each in form.ASKED if current.is_done(each)] == EVERYTHING[:position]
            reply(current, item)
            if item.id == form.EMAIL:
                current.prove_email()


def test_the_consent_slot_is_done_only_with_the_last_consent(store: Store, mentor_id: str) -> None:
    reply_until(store, mentor_id, form.CODE_OF_ETHICS)
    with looking(store, mentor_id) as current:
        assert "consent" not in current.position.done_slots
    reply_until(store, mentor_id)
    with looking(store, mentor_id) as current:
        assert "consent" in current.position.done_slots


def test_an_answer_replaces_the_one_before(store: Store, mentor_id: str) -> None:
    reply_until(store, mentor_id)
    with changing(store, mentor_id) as current:
        assert current.change(form.EMAIL)
        assert current.open_question == form.EMAIL
        current.answer(form.BY_ID[form.EMAIL], "new@example.org", "u" * 32)
        current.prove_email()
    with looking(store, mentor_id) as current:
        assert current.answers[form.EMAIL] == "new@example.org"
        assert current.open_question == REVIEW
        rows = current.session.scalars(select(Answer).where(Answer.item_id == "email")).all()
        assert [row.turn_id for row in rows] == ["u" * 32]


def test_a_consent_is_added_and_the_latest_is_in_force(store: Store, mentor_id: str) -> None:
    reply_until(store, mentor_id)
    with changing(store, mentor_id) as current:
        assert current.change(ItemId("two_months"))
        current.consent(consent_to(current, "two_months", REFUSED))
    with looking(store, mentor_id) as current:
        assert [item.id for item in current.refused] == ["two_months"]
        decisions = current.session.scalars(
            select(Consent.decision).where(Consent.item_id == "two_months").order_by(Consent.id)
        ).all()
        assert decisions == [AGREED, REFUSED]


@pytest.mark.parametrize(
    "refused", ["background_check", "two_months", "ethics_assist_and_guide", "ethics_right_to_end"]
)
def test_a_refusal_is_reconsidered_before_the_closing_agreement(store: Store, mentor_id: str, refused: str) -> None:
    asked = reply_until(store, mentor_id, refusing=frozenset({refused}))
    assert asked == EVERYTHING[:-1]  # the rest is asked all the same, but not the closing agreement
    with changing(store, mentor_id) as current:
        assert current.open_question == RECONSIDER
        assert current.position.slot == "consent"
        assert "consent" not in current.position.done_slots
        assert current.change(current.refused[0].id)
        assert current.open_question == refused
        reply(current, form.BY_ID[ItemId(refused)])
        assert current.open_question == form.CODE_OF_ETHICS
        reply(current, form.BY_ID[form.CODE_OF_ETHICS])
        assert current.open_question == REVIEW


def test_a_refused_closing_agreement_is_reconsidered_too(store: Store, mentor_id: str) -> None:
    reply_until(store, mentor_id, refusing=frozenset({form.CODE_OF_ETHICS}))
    with looking(store, mentor_id) as current:
        assert current.open_question == RECONSIDER


def test_refusing_again_leads_back_to_reconsidering(store: Store, mentor_id: str) -> None:
    reply_until(store, mentor_id, refusing=frozenset({"two_months", "ethics_laws"}))
    with changing(store, mentor_id) as current:
        assert [item.id for item in current.refused] == ["two_months", "ethics_laws"]
        current.change(ItemId("two_months"))
        reply(current, form.BY_ID[ItemId("two_months")], REFUSED)
        assert current.open_question == RECONSIDER
        current.change(ItemId("two_months"))
        reply(current, form.BY_ID[ItemId("two_months")])
        assert current.open_question == RECONSIDER
        assert [item.id for item in current.refused] == ["ethics_laws"]


def reword(monkeypatch: pytest.MonkeyPatch, item_id: str, **changes: Any) -> None:
    """Have the form say something else from here on."""
    items = tuple(replace(item, **changes) if item.id == item_id else item for item in form.ITEMS)
    monkeypatch.setattr(form, "ITEMS", items)
    monkeypatch.setattr(form, "BY_ID", {item.id: item for item in (*items, *form.PLACE)})
    monkeypatch.setattr(form, "ASKED", tuple(item for item in items if item.kind is not Kind.NOTICE))
    monkeypatch.setattr(form, "CONSENTS", tuple(item for item in items if item.kind is Kind.CONSENT))


@pytest.mark.parametrize("version", [1, 2])
def test_a_consent_to_another_wording_is_asked_again_whatever_its_version(
    store: Store, mentor_id: str, monkeypatch: pytest.MonkeyPatch, version: int
) -> None:
    reply_until(store, mentor_id)
    reword(monkeypatch, "two_months", wording="I will mentor for a year.", version=version)
    with changing(store, mentor_id) as current:
        assert current.open_question == "two_months"
        assert "consent" not in current.position.done_slots
        with pytest.raises(ValueError, match="two_months"):
            current.submit("manual")
        reply(current, form.BY_ID[ItemId("two_months")])
        assert current.open_question == REVIEW


def test_a_consent_stays_where_only_the_number_changed(
    store: Store, mentor_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    reply_until(store, mentor_id)
    reword(monkeypatch, "two_months", version=2)
    with changing(store, mentor_id) as current:
        assert current.open_question == REVIEW


def test_who_has_submitted_keeps_the_wording_that_they_agreed_to(
    store: Store, mentor_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    reply_until(store, mentor_id)
    with changing(store, mentor_id) as current:
        current.submit("manual")
    reword(monkeypatch, "two_months", wording="I will mentor for a year.", version=2)
    item = form.BY_ID[ItemId("two_months")]
    with changing(store, mentor_id) as current:
        assert current.open_question is None
        assert current.is_done(item)
        assert current.can_change(item), "it can be taken back like every other one"
        current.reopen()
        assert current.open_question == "two_months", "a draft again"


def test_a_refusal_of_an_older_wording_counts_no_more(store: Store, mentor_id: str) -> None:
    reply_until(store, mentor_id, "two_months")
    with changing(store, mentor_id) as current:
        current.consent(consent_to(current, "two_months", REFUSED, wording="As it was once."))
        assert current.refused == []
        assert current.open_question == "two_months"


def test_a_question_that_was_not_answered_cannot_be_changed(store: Store, mentor_id: str) -> None:
    reply_until(store, mentor_id, "expertise")
    with changing(store, mentor_id) as current:
        revision = current.mentor.revision
        for item_id in ("expertise", "photo", "code_of_ethics", "expertise_shown", "review", "nothing", ""):
            assert not current.change(ItemId(item_id))
        assert current.open_question == "expertise"
        assert current.mentor.revision == revision


def test_the_name_of_who_has_an_account_can_be_changed(store: Store, mentor_id: str) -> None:
    reply_until(store, mentor_id, account=Account.EXISTING)
    with changing(store, mentor_id) as current:
        assert current.change(form.FULL_NAME)
        reply(current, form.BY_ID[form.FULL_NAME])
        assert current.open_question == REVIEW


def test_what_the_check_is_about_cannot_be_changed_once_it_is_submitted(store: Store, mentor_id: str) -> None:
    reply_until(store, mentor_id)
    with changing(store, mentor_id) as current:
        current.submit("manual")
    for item in form.ASKED:
        with changing(store, mentor_id) as current:
            fixed = item.id in (form.ACCOUNT, form.FULL_NAME, form.DATE_OF_BIRTH)
            assert current.change(item.id) != fixed
            assert current.open_question == (None if fixed else item.id)
            assert current.position.slot == (None if fixed else item.slot)
            assert current.resume() != fixed
            assert current.open_question is None


def test_an_answer_changed_after_the_submit_leaves_it_submitted(store: Store, mentor_id: str) -> None:
    reply_until(store, mentor_id)
    with changing(store, mentor_id) as current:
        current.submit("manual")
    with changing(store, mentor_id) as current:
        current.change(ItemId("expertise"))
        current.answer(form.BY_ID[ItemId("expertise")], "Welding", "u" * 32)
        assert current.open_question is None
        assert current.mentor.submitted_at is not None


def test_an_address_changed_after_the_submit_is_proven_too(store: Store, mentor_id: str) -> None:
    reply_until(store, mentor_id)
    with changing(store, mentor_id) as current:
        current.submit("manual")
        current.change(form.EMAIL)
        current.answer(form.BY_ID[form.EMAIL], "new@example.org", "u" * 32)
    with changing(store, mentor_id) as current:
        assert (current.open_question, current.position.slot) == (EMAIL_CODE, "email_code")
        assert current.back(), "the address can be mended"
        assert current.open_question == form.EMAIL
        current.resume()
        current.prove_email()
        assert current.open_question is None


def test_a_registration_that_is_a_draft_again_can_be_submitted_again(store: Store, mentor_id: str) -> None:
    reply_until(store, mentor_id)
    with changing(store, mentor_id) as current:
        first = current.submit("manual").id
    with changing(store, mentor_id) as current:
        revision = current.mentor.revision
        current.reopen()
        assert current.mentor.revision > revision
        assert current.open_question == REVIEW
        assert current.change(form.FULL_NAME)
        current.resume()
        assert current.submit("manual").id != first


def test_after_a_change_the_mentor_goes_on_where_they_were(store: Store, mentor_id: str) -> None:
    reply_until(store, mentor_id, "two_months")
    with changing(store, mentor_id) as current:
        assert current.change(ItemId("reasons"))
        assert current.open_question == "reasons"
        assert "reasons" not in current.position.done_slots
        reply(current, form.BY_ID[ItemId("reasons")])
        assert current.open_question == "two_months"


def test_an_answer_about_to_be_changed_can_be_kept(store: Store, mentor_id: str) -> None:
    reply_until(store, mentor_id, "two_months")
    with changing(store, mentor_id) as current:
        assert not current.resume()
        current.change(ItemId("reasons"))
        assert current.resume()
        assert current.open_question == "two_months"
        assert current.answers[ItemId("reasons")] == "my reasons"


def test_back_goes_from_question_to_question_to_the_first(store: Store, mentor_id: str) -> None:
    reply_until(store, mentor_id, "expertise")
    with changing(store, mentor_id) as current:
        seen = []
        while current.back():
            seen.append(current.open_question)
        assert seen == ["experience", "reasons", "email", "full_name", "account"], "and no code in between"
        assert current.resume()
        assert current.open_question == "expertise"


def test_back_leaves_out_what_is_not_asked(store: Store, mentor_id: str) -> None:
    reply_until(store, mentor_id, "email", account=Account.EXISTING)
    with changing(store, mentor_id) as current:
        assert current.back()
        assert current.open_question == "account"


def test_back_from_the_review_is_the_closing_agreement(store: Store, mentor_id: str) -> None:
    reply_until(store, mentor_id)
    with changing(store, mentor_id) as current:
        assert current.back()
        assert current.open_question == form.CODE_OF_ETHICS


def test_there_is_no_way_back_before_the_first_question(store: Store, mentor_id: str) -> None:
    with changing(store, mentor_id) as current:
        current.start()
        revision = current.mentor.revision
        assert not current.back()
        assert (current.open_question, current.mentor.revision) == (form.ACCOUNT, revision)


def test_every_change_raises_the_revision(store: Store, mentor_id: str) -> None:
    with changing(store, mentor_id) as current:
        revisions = [current.mentor.revision or 0]
        current.start()
        revisions.append(current.mentor.revision)
        reply(current, form.BY_ID[form.ACCOUNT])
        revisions.append(current.mentor.revision)
        current.change(form.ACCOUNT)
        revisions.append(current.mentor.revision)
        current.resume()
        revisions.append(current.mentor.revision)
    assert revisions == sorted(set(revisions))


@pytest.mark.parametrize("question", [None, "account", "photo", "background_check", "code_of_ethics"])
def test_nothing_is_submitted_before_the_review(store: Store, mentor_id: str, question: str | None) -> None:
    if question is not None:
        reply_until(store, mentor_id, question)
    with pytest.raises(ValueError, match="still open"), changing(store, mentor_id) as current:
        current.submit("manual")
    with looking(store, mentor_id) as current:
        assert current.mentor.submitted_at is None
        assert current.session.scalars(select(Check)).all() == []


def test_nothing_is_submitted_while_something_is_refused(store: Store, mentor_id: str) -> None:
    reply_until(store, mentor_id, refusing=frozenset({"ethics_laws"}))
    with pytest.raises(ValueError, match="reconsider"), changing(store, mentor_id) as current:
        current.submit("manual")


def test_nothing_is_submitted_while_an_answer_is_changed(store: Store, mentor_id: str) -> None:
    reply_until(store, mentor_id)
    with changing(store, mentor_id) as current:
        current.change(form.EMAIL)
    with pytest.raises(ValueError, match="email"), changing(store, mentor_id) as current:
        current.submit("manual")


def test_a_submit_queues_the_check_and_its_start(store: Store, mentor_id: str) -> None:
    reply_until(store, mentor_id)
    with changing(store, mentor_id) as current:
        check_id = current.submit("manual").id
    with looking(store, mentor_id) as current:
        assert current.open_question is None
        assert current.position.slot is None
        assert current.position.done_slots == list(form.SLOTS)
        assert current.mentor.submitted_at is not None
        check = current.session.scalars(select(Check)).one()
        assert (check.id, check.mentor_id, check.provider, check.status) == (check_id, mentor_id, "manual", "queued")
        entry = current.session.scalars(select(OutboxEntry)).one()
        assert (entry.kind, entry.subject_id, entry.attempts, entry.done_at) == (CHECK_START, check_id, 0, None)


def test_a_submit_that_is_rolled_back_leaves_neither_check_nor_start(store: Store, mentor_id: str) -> None:
    reply_until(store, mentor_id)

    def submit_and_fail() -> None:
        with changing(store, mentor_id) as current:
            current.submit("manual")
            current.session.flush()
            raise RuntimeError("power cut")

    with pytest.raises(RuntimeError, match="power cut"):
        submit_and_fail()
    with looking(store, mentor_id) as current:
        assert current.open_question == REVIEW
        assert current.mentor.submitted_at is None
        assert current.session.scalars(select(Check)).all() == []
        assert current.session.scalars(select(OutboxEntry)).all() == []


def test_a_registration_is_submitted_once(store: Store, mentor_id: str) -> None:
    reply_until(store, mentor_id)
    with changing(store, mentor_id) as current:
        current.submit("manual")
    with pytest.raises(ValueError, match="still open"), changing(store, mentor_id) as current:
        current.submit("manual")
    with looking(store, mentor_id) as current:
        assert len(current.session.scalars(select(Check)).all()) == 1


def test_the_database_itself_takes_one_entry_of_a_kind_and_subject(store: Store) -> None:
    with store.write() as session:
        session.add_all([OutboxEntry(kind="a", subject_id="1"), OutboxEntry(kind="b", subject_id="1")])
    with pytest.raises(IntegrityError), store.write() as session:
        session.add(OutboxEntry(kind="a", subject_id="1"))


def ledger(current: Registration) -> list[Consent]:
    """The mentor's whole ledger, in order."""
    current.session.flush()
    wanted = select(Consent).where(Consent.mentor_id == current.mentor.id).order_by(Consent.id)
    return list(current.session.scalars(wanted))


def clear(current: Registration, *, restart: bool) -> None:
    """Have everything deleted."""
    withdrawals = [consent_to(current, item_id, WITHDRAWN) for item_id in current.consents]
    current.clear(withdrawals, restart=restart)


@pytest.mark.parametrize("wording", ["", "As it was once."])
def test_an_unclear_reply_to_a_consent_decides_nothing(store: Store, mentor_id: str, wording: str) -> None:
    reply_until(store, mentor_id, "two_months")
    with changing(store, mentor_id) as current:
        revision = current.mentor.revision
        current.consent(consent_to(current, "two_months", UNCLEAR, wording=wording))
        assert (current.open_question, current.mentor.revision) == ("two_months", revision)
    with looking(store, mentor_id) as current:
        assert current.open_question == "two_months"
        assert ItemId("two_months") not in current.consents
        assert current.refused == []


@pytest.mark.parametrize("decision", [AGREED, REFUSED])
def test_an_unclear_reply_does_not_replace_the_decision_before_it(store: Store, mentor_id: str, decision: str) -> None:
    reply_until(
        store, mentor_id, "published_and_rated", refusing=frozenset({"two_months"} if decision == REFUSED else ())
    )
    with changing(store, mentor_id) as current:
        assert current.change(ItemId("two_months"))
        current.consent(consent_to(current, "two_months", UNCLEAR))
        assert current.open_question == "two_months", "it is still asked"
    with looking(store, mentor_id) as current:
        assert current.consents[ItemId("two_months")].decision == decision
        assert current.mentor.focus == "two_months"


def test_unclear_replies_alone_never_lead_to_the_review(store: Store, mentor_id: str) -> None:
    reply_until(store, mentor_id, "background_check")
    with changing(store, mentor_id) as current:
        for item in form.CONSENTS:
            current.consent(consent_to(current, item.id, UNCLEAR))
        assert current.open_question == "background_check"
        with pytest.raises(ValueError, match="still open"):
            current.submit("manual")


def test_what_is_in_force_is_what_was_agreed_to_in_the_forms_order(store: Store, mentor_id: str) -> None:
    with looking(store, mentor_id) as current:
        assert (current.in_force, current.last_decided) == ([], None)
    reply_until(store, mentor_id, refusing=frozenset({"two_months"}))
    with changing(store, mentor_id) as current:
        reply(current, form.BY_ID[ItemId("background_check")])
        agreed = [item.id for item in form.CONSENTS if item.id not in ("two_months", form.CODE_OF_ETHICS)]
        assert [item.id for item in current.in_force] == agreed
        assert current.last_decided == "background_check"


def test_a_consent_is_taken_back_only_of_what_was_submitted(store: Store, mentor_id: str) -> None:
    consent = form.BY_ID[ItemId("two_months")]
    reply_until(store, mentor_id)
    with changing(store, mentor_id) as current:
        assert current.change(consent.id)
        assert current.withdrawing is None, "a draft's consent is only asked again"
        current.resume()
        current.submit("manual")
    with changing(store, mentor_id) as current:
        assert current.withdrawing is None
        assert current.change(ItemId("reasons"))
        assert current.withdrawing is None
        assert current.change(consent.id)
        assert current.withdrawing == consent


def test_what_was_submitted_once_was_sent_whatever_became_of_it(store: Store, mentor_id: str) -> None:
    other = new_id()
    with store.write() as session:
        session.add(Mentor(id=other))
    reply_until(store, mentor_id)
    with changing(store, mentor_id) as current:
        assert not current.was_sent
        current.submit("manual")
        assert current.was_sent
        current.reopen()
        assert current.was_sent
    with looking(store, other) as current:
        assert not current.was_sent


@pytest.mark.parametrize(
    ("address", "others", "is_one"),
    [("a@example.org", "a@example.org", True), ("a@example.org", "b@example.org", False), (None, None, False)],
)
def test_two_with_the_same_proven_address_are_one_person(address: str | None, others: str | None, is_one: bool) -> None:
    assert is_of_one_person(Mentor(verified_email=address), Mentor(verified_email=others)) is is_one


def test_a_withdrawn_consent_is_asked_again(store: Store, mentor_id: str) -> None:
    reply_until(store, mentor_id)
    with changing(store, mentor_id) as current:
        current.consent(consent_to(current, "two_months", WITHDRAWN))
    with changing(store, mentor_id) as current:
        assert current.open_question == "two_months"
        with pytest.raises(ValueError, match="two_months"):
            current.submit("manual")
        reply(current, form.BY_ID[ItemId("two_months")])
        assert current.open_question == REVIEW
        decisions = [record.decision for record in ledger(current) if record.item_id == "two_months"]
        assert decisions == [AGREED, WITHDRAWN, AGREED]


def test_what_was_withdrawn_is_told_from_what_was_refused(store: Store, mentor_id: str) -> None:
    """A refusal that a withdrawal leaves behind is one; a later agreement or refusal in the mentor's words is none."""
    reply_until(store, mentor_id)
    two_months = form.BY_ID[ItemId("two_months")]
    for after, expected in [([WITHDRAWN, REFUSED], {two_months.id}), ([AGREED], set()), ([REFUSED], set())]:
        with changing(store, mentor_id) as current:
            for decision in after:
                current.consent(consent_to(current, two_months.id, decision))
            assert current.withdrawn == expected
        with looking(store, mentor_id) as current:
            assert current.withdrawn == expected, "the same, read anew"


@pytest.mark.parametrize(
    ("otherwise", "is_change"), [("my full_name", True), ("Somebody else", False), ("", False)], ids=repr
)
def test_a_doubt_is_about_a_change_only_where_the_answer_before_is_what_stays(
    store: Store, mentor_id: str, otherwise: str, is_change: bool
) -> None:
    reply_until(store, mentor_id, "reasons")
    with changing(store, mentor_id) as current:
        name = form.BY_ID[form.FULL_NAME]
        current.doubt(name, "Ana Prado", "t" * 32, otherwise)
        assert current.open_question == SAVE
        assert current.doubted == (name, "Ana Prado", "t" * 32, otherwise)
        assert current.is_change_doubted is is_change
        assert current.topic == form.FULL_NAME


def test_which_of_two_goes_on_is_asked_instead_of_whatever_was_asked_about(store: Store, mentor_id: str) -> None:
    other = new_id()
    with store.write() as session:
        session.add(Mentor(id=other))
    reply_until(store, mentor_id, "reasons")
    with changing(store, mentor_id) as current:
        current.doubt(form.BY_ID[form.FULL_NAME], "Ana Prado", "t" * 32)
        current.meet(other)
        assert (current.open_question, current.mentor.focus, current.mentor.doubted) == (JOIN, None, None)


@pytest.mark.parametrize("question", [START_OVER, CANCEL])
@pytest.mark.parametrize("at", ["account", "photo", "two_months", None])
def test_a_confirmation_is_asked_beside_the_form(
    store: Store, mentor_id: str, question: ItemId, at: str | None
) -> None:
    reply_until(store, mentor_id, at)
    with looking(store, mentor_id) as current:
        before, slot, done = current.open_question, current.position.slot, current.position.done_slots
    with changing(store, mentor_id) as current:
        revision = current.mentor.revision
        current.confirm(question)
        assert current.mentor.revision > revision
    with changing(store, mentor_id) as current:
        assert current.open_question == question
        assert current.position.slot == "review", "none of the form's own"
        assert set(done) - {slot} <= set(current.position.done_slots)
        assert "review" not in current.position.done_slots, "Rasa's form stays open"
        with pytest.raises(ValueError, match="still open"):
            current.submit("manual")
        assert current.resume()
        assert current.open_question == before


@pytest.mark.parametrize("restart", [True, False])
@pytest.mark.parametrize("at", ["account", "two_months", None])
def test_everything_is_cleared_but_the_ledger(store: Store, mentor_id: str, restart: bool, at: str | None) -> None:
    reply_until(store, mentor_id, at, refusing=frozenset({"background_check"}))
    with changing(store, mentor_id) as current:
        earlier = [record.id for record in ledger(current)]
        revision = current.mentor.revision
        current.confirm(START_OVER if restart else CANCEL)
        clear(current, restart=restart)
        assert current.mentor.revision > revision
    with looking(store, mentor_id) as current:
        assert current.open_question == (form.ACCOUNT if restart else START)
        assert current.position.done_slots == ["country", "region"], "which are not asked"
        assert current.position.slot == (form.BY_ID[form.ACCOUNT].slot if restart else None)
        assert (current.mentor.verified_email, current.mentor.other_id) == (None, None)
        assert (current.answers, current.consents, current.refused) == ({}, {}, [])
        assert (current.mentor.started_at is not None) == restart
        assert current.session.scalars(select(Answer)).all() == []
        kept = ledger(current)
        assert [record.id for record in kept][: len(earlier)] == earlier
        assert [record.decision for record in kept[len(earlier) :]] == [WITHDRAWN] * len(earlier)
    assert reply_until(store, mentor_id) == EVERYTHING
    with changing(store, mentor_id) as current:
        assert current.submit("manual").status == "queued"


def test_what_is_cleared_in_a_transaction_that_fails_is_there_again(store: Store, mentor_id: str) -> None:
    reply_until(store, mentor_id)

    def clear_and_fail() -> None:
        with changing(store, mentor_id) as current:
            clear(current, restart=False)
            current.session.flush()
            raise RuntimeError("power cut")

    with pytest.raises(RuntimeError, match="power cut"):
        clear_and_fail()
    with looking(store, mentor_id) as current:
        assert current.open_question == REVIEW
        assert len(current.consents) == len(form.CONSENTS)
        assert len(current.answers) == len(form.ASKED) - len(form.CONSENTS)


#: What may happen, the more often the nearer the review is to be.
MOVES = [
    *["yes"] * 10,
    *("no", "back", "change", "keep", "unclear", "withdraw", "start over", "cancel", "clear", "other address"),
]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    answered=st.sampled_from([len(EVERYTHING) + 1, len(EVERYTHING) - 1, 10, 0]),
    moves=st.lists(st.tuples(st.sampled_from(MOVES), st.sampled_from(EVERYTHING)), max_size=40),
)
def test_whatever_the_mentor_does_the_review_comes_only_when_all_is_agreed(
    store: Store, answered: int, moves: list[tuple[str, str]]
) -> None:
    mentor_id = new_id()
    with store.write() as session:
        session.add(Mentor(id=mentor_id))
    with changing(store, mentor_id) as current:
        current.start()
        for move, item_id in [("yes", "")] * answered + moves:
            question = current.open_question
            if move == "back":
                current.back()
            elif move == "change":
                current.change(ItemId(item_id))
            elif move == "keep":
                current.resume()
            elif move in ("start over", "cancel") and question != START:
                current.confirm(START_OVER if move == "start over" else CANCEL)
            elif move == "clear" and question in (START_OVER, CANCEL):
                clear(current, restart=question == START_OVER)
            elif move == "withdraw" and ItemId(item_id) in current.consents:
                current.consent(consent_to(current, item_id, WITHDRAWN))
            elif question == START:
                current.start()
            elif move == "other address" and question == form.EMAIL:
                current.answer(form.BY_ID[form.EMAIL], "other@example.org", "t" * 32)
            elif move == "yes" and question == EMAIL_CODE:
                current.prove_email()
            elif move == "unclear" and question in form.BY_ID and form.BY_ID[question].kind is Kind.CONSENT:
                current.consent(consent_to(current, question, UNCLEAR))
            elif move in ("yes", "no") and question in form.BY_ID:
                reply(current, form.BY_ID[question], AGREED if move == "yes" else REFUSED)
            latest = {record.item_id: record.decision for record in ledger(current) if record.decision != UNCLEAR}
            agreed = all(latest.get(item.id) == AGREED for item in form.CONSENTS)
            if current.open_question == REVIEW:
                assert agreed
                assert all(current.is_done(item) for item in current.asked)
                assert current.is_email_proven
            else:
                with pytest.raises(ValueError, match="still open"):
                    current.submit("manual")
