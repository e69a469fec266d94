"""What is typed and not sent yet survives a reload, encrypted, and goes with the answer."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import NoResultFound

from bot.messages.unsent import LONGEST, Unsent, keep_unsent, unsent_text
from bot.registration import form
from bot.registration.registration import EMAIL_CODE
from bot.security.vault import Vault
from bot.storage import Store, UnsentText
from bot.storage.models import new_id
from tests.store.mentor import ChattingMentor

TYPED = "I was out of work for a year, and"


def keep(mentor: ChattingMentor, vault: Vault, text: str, question: str = "reasons") -> None:
    with mentor.store.write() as session:
        keep_unsent(session, vault, mentor.conversation_id, Unsent(question, text))


def unsent(mentor: ChattingMentor, vault: Vault) -> Unsent | None:
    with mentor.store.read() as session:
        return unsent_text(session, vault, mentor.conversation_id)


def kept(store: Store) -> list[bytes]:
    with store.read() as session:
        return list(session.scalars(select(UnsentText.contents)))


def test_the_latest_text_is_kept_encrypted(mentor: ChattingMentor, vault: Vault) -> None:
    mentor.comes_to("reasons")
    for text in ("I was", TYPED):
        keep(mentor, vault, text)
    assert unsent(mentor, vault) == Unsent("reasons", TYPED)
    (contents,) = kept(mentor.store)
    assert TYPED.encode() not in contents


def test_it_goes_with_the_next_text_that_is_sent(mentor: ChattingMentor, vault: Vault) -> None:
    mentor.comes_to("reasons")
    keep(mentor, vault, TYPED)
    mentor.says("I was out of work for a year, and somebody helped me.")
    assert kept(mentor.store) == []


def test_a_button_leaves_it_for_the_way_back(mentor: ChattingMentor, vault: Vault) -> None:
    mentor.comes_to("experience")
    keep(mentor, vault, TYPED, "experience")
    mentor.taps("Back")
    assert unsent(mentor, vault) is None, "it belongs to the other question"
    mentor.taps("Keep my answer")
    assert unsent(mentor, vault) == Unsent("experience", TYPED)


@pytest.mark.parametrize("question", [form.DATE_OF_BIRTH, EMAIL_CODE])
def test_a_date_of_birth_and_a_code_are_not_kept(mentor: ChattingMentor, vault: Vault, question: str) -> None:
    mentor.comes_to(question)
    keep(mentor, vault, "1985", question)
    assert kept(mentor.store) == []


def test_a_text_that_was_deleted_again_is_not_kept(mentor: ChattingMentor, vault: Vault) -> None:
    mentor.comes_to("reasons")
    keep(mentor, vault, TYPED)
    keep(mentor, vault, " \n")
    assert kept(mentor.store) == []


def test_what_no_database_can_hold_is_kept_without_it(mentor: ChattingMentor, vault: Vault) -> None:
    mentor.comes_to("reasons")
    keep(mentor, vault, "I\x00 was" + "x" * LONGEST)
    found = unsent(mentor, vault)
    assert found is not None
    assert "\x00" not in found.text
    assert len(found.text) <= LONGEST


def test_of_a_conversation_that_was_erased_nothing_is_kept(store: Store, vault: Vault) -> None:
    with pytest.raises(NoResultFound), store.write() as session:
        keep_unsent(session, vault, new_id(), Unsent("reasons", TYPED))
    with store.read() as session:
        assert session.scalar(select(func.count()).select_from(UnsentText)) == 0
