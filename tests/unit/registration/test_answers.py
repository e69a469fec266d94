"""Reading a typed answer: what is stored, or the sentence that says what is wrong."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.i18n.catalogue import catalogue
from bot.registration import form
from bot.registration.answers import (
    AGREED,
    REFUSED,
    DoubtfulAnswerError,
    InvalidAnswerError,
    MessageRef,
    read_birth_date,
    read_choice,
    read_decision,
    read_text_answer,
)
from bot.registration.form import ItemId

NAME = form.BY_ID[form.FULL_NAME]
EMAIL = form.BY_ID[form.EMAIL]
REASONS = form.BY_ID[ItemId("reasons")]
TYPED = (NAME, EMAIL, REASONS)


def refusal(item: form.Item, text: str) -> MessageRef:
    with pytest.raises(InvalidAnswerError) as caught:
        read_text_answer(item, text)
    return caught.value.note


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("maria@example.org", "maria@example.org"),
        ("  maria@example.org  ", "maria@example.org"),
        ("maria@example.org.", "maria@example.org"),
        ("<maria@example.org>", "maria@example.org"),
        ("My e-mail is maria@example.org.", "maria@example.org"),
        ("my email address is maria@example.org", "maria@example.org"),
        ("E-Mail: maria@example.org", "maria@example.org"),
        ("it’s maria@example.org", "maria@example.org"),
        ("“maria@example.org”", "maria@example.org"),
        ("Maria.Okafor+mentor@EXAMPLE.org", "Maria.Okafor+mentor@example.org"),
        ("o'connor@example.co.uk", "o'connor@example.co.uk"),
        ("maria@bücher.example.org", "maria@bücher.example.org"),
        ("maría@example.org", "maría@example.org"),
        ("maria\u200b@example.org", "maria@example.org"),
        ("ｍａｒｉａ@example.org", "maria@example.org"),
        ("m@e.de", "m@e.de"),
        ("mailto:maria@example.org", "maria@example.org"),
        ("Maria Okafor <maria@example.org>", "maria@example.org"),
        ("my email? maria@example.org", "maria@example.org"),
        ("c'est maria@example.org", "maria@example.org"),
        ("You can reach me on maria@example.org, thanks!", "maria@example.org"),
        ("maria@example.org, and I want to be a mentor because I love it", "maria@example.org"),
        ("not mary@example.org but maria@example.org", "maria@example.org"),
        ("maria@example.org, mary@example.org is my old one", "maria@example.org"),
        ("maria@example.org (maria@example.org)", "maria@example.org"),
        ("maria@mail.com", "maria@mail.com"),
    ],
)
def test_an_address_is_found_in_what_people_write(text: str, address: str) -> None:
    assert read_text_answer(EMAIL, text) == address


@pytest.mark.parametrize(
    "text",
    [
        "maria",
        "maria at example",
        "maria@",
        "@example.org",
        "maria@example",
        "maria@@example.org",
        "maria@example..org",
        "maria@-example.org",
        "maria@localhost",
        "not maria@example.org",
        "maria@example.org is my old address",
        "maria@[127.0.0.1]",
        "yes",
        "🙂",
        "🙂@example.org.invalid",
    ],
)
def test_what_is_no_address_is_refused(text: str) -> None:
    assert refusal(EMAIL, text) == MessageRef("note-not-an-email")


@pytest.mark.parametrize(
    "text", ["you know what i mean", "je ne vous dis pas ça", "whatever you need to know about me"]
)
def test_what_is_rather_said_than_a_name_is_asked_back(text: str) -> None:
    with pytest.raises(DoubtfulAnswerError):
        read_text_answer(form.BY_ID[form.FULL_NAME], text)


@pytest.mark.parametrize("text", ["maria@gmail,com", "it is maria@gmail,com"])
def test_a_comma_for_a_full_stop_in_an_address_is_asked_back(text: str) -> None:
    with pytest.raises(DoubtfulAnswerError) as caught:
        read_text_answer(form.BY_ID[form.EMAIL], text)
    assert caught.value.value == "maria@gmail.com"


def test_of_several_addresses_none_is_chosen() -> None:
    assert refusal(EMAIL, "maria@example.org or maria@example.com") == MessageRef("note-several-emails")
    assert read_text_answer(EMAIL, "maria@exmple.org wait no @example.org") == "maria@example.org"


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("maria@GMIAL.com", "maria@gmail.com"),
        ("maria@gmail.con", "maria@gmail.com"),
        ("it's maria@gmail.co", "maria@gmail.com"),
        ("maria@hotmial.com", "maria@hotmail.com"),
        ("maria@yaho.com", "maria@yahoo.com"),
        ("maria@orang.fr", "maria@orange.fr"),
    ],
)
def test_a_slip_in_a_well_known_service_is_asked_about(text: str, meant: str) -> None:
    with pytest.raises(DoubtfulAnswerError) as caught:
        read_text_answer(EMAIL, text)
    assert caught.value.value == meant
    assert caught.value.otherwise.lower() in text.lower()


@pytest.mark.parametrize(
    ("text", "meant"),
    [("maria at gmial dot com", "maria@gmail.com"), ("maria at example dot org", "maria@example.org")],
)
def test_an_address_in_words_is_asked_about_and_only_the_address_can_be_stored(text: str, meant: str) -> None:
    with pytest.raises(DoubtfulAnswerError) as caught:
        read_text_answer(EMAIL, text)
    assert (caught.value.value, caught.value.otherwise) == (meant, "")


@pytest.mark.parametrize(
    "service", ["gmail.com", "mail.com", "ymail.com", "yahoo.fr", "gmx.at", "aal.com", "example.org"]
)
def test_a_service_that_is_right_as_it_is_is_not_asked_about(service: str) -> None:
    assert read_text_answer(EMAIL, f"maria@{service}") == f"maria@{service}"


@pytest.mark.parametrize("item", TYPED, ids=lambda item: str(item.id))
@pytest.mark.parametrize("text", ["", "   ", "\n\t", "\u200b\u2060", "\x00"])
def test_an_empty_message_is_refused(item: form.Item, text: str) -> None:
    assert refusal(item, text) == MessageRef("note-empty")


@pytest.mark.parametrize("item", [NAME, REASONS], ids=lambda item: str(item.id))
@pytest.mark.parametrize("text", ["🙂", "👍🏽 ❤️", "...", "?!", "—"])
def test_signs_without_words_are_refused(item: form.Item, text: str) -> None:
    assert refusal(item, text) == MessageRef("note-no-words")


@pytest.mark.parametrize("item", TYPED, ids=lambda item: str(item.id))
def test_a_text_over_the_limit_is_refused_with_both_numbers(item: form.Item) -> None:
    assert item.max_length is not None
    note = refusal(item, "a" * (item.max_length + 1))
    assert note == MessageRef("note-too-long", (("length", item.max_length + 1), ("limit", item.max_length)))
    assert str(item.max_length + 1) in catalogue().text(note.id, **dict(note.arguments)).replace(",", "")


def test_a_text_at_the_limit_is_taken() -> None:
    assert read_text_answer(REASONS, "a" * 5_000) == "a" * 5_000
    assert read_text_answer(NAME, "a" * 200) == "a" * 200


def test_an_address_at_the_limit_is_taken() -> None:
    domain = ".".join(["d" * 61] * 3) + ".org"
    address = "m" * (form.EMAIL_LENGTH - len(domain) - 1) + "@" + domain
    assert len(address) == 254
    assert read_text_answer(EMAIL, address) == address


@pytest.mark.parametrize(
    "text",
    [
        "I was out of work once, and no one said “stop”.",
        "never",
        "/restart the engine",
        '/inform{"question": "x"}',
        "I trained four people from 3 May 2015 on. 🙂",
        "two\n\nparagraphs",
        "مساعدة الناس",
        "<b>bold</b> & more",
        "why not?",
        "IT",
    ],
)
def test_free_text_is_stored_as_it_was_written(text: str) -> None:
    assert read_text_answer(REASONS, f"  {text}\n") == text


@pytest.mark.parametrize("text", ["María-José O’Connor", "My name is María-José O’Connor"])
def test_a_name_is_stored_without_what_stands_around_it(text: str) -> None:
    assert read_text_answer(NAME, text) == "María-José O’Connor"


@pytest.mark.parametrize("text", ["Maria 2", "https://example.org", "maria@example.org"])
def test_what_is_no_name_is_refused(text: str) -> None:
    assert refusal(NAME, text) == MessageRef("note-not-a-name")


def test_a_name_that_grows_when_it_is_composed_stays_within_the_limit() -> None:
    grows = "\u0958"  # one character that is two in NFC
    assert len(read_text_answer(NAME, grows * 100)) == form.NAME_LENGTH
    assert refusal(NAME, grows * 200).id == "note-too-long"


def outcome(item: form.Item, text: str) -> str | MessageRef:
    try:
        return read_text_answer(item, text)
    except DoubtfulAnswerError as doubtful:
        return doubtful.value
    except InvalidAnswerError as invalid:
        return invalid.note


@given(st.sampled_from(TYPED), st.text(max_size=300))
def test_every_text_is_stored_within_the_limit_or_refused_with_a_sentence(item: form.Item, text: str) -> None:
    found = outcome(item, text)
    if isinstance(found, MessageRef):
        assert catalogue().text(found.id, **dict(found.arguments))
    else:
        assert item.max_length is not None
        assert 0 < len(found) <= item.max_length
        assert found == found.strip()


def test_a_single_letter_is_too_short_where_an_answer_in_words_is_asked() -> None:
    with pytest.raises(InvalidAnswerError) as raised:
        read_text_answer(form.BY_ID[form.ItemId("reasons")], "x")
    assert raised.value.note == MessageRef("note-too-short", (("limit", 2),))
    assert read_text_answer(form.BY_ID[form.FULL_NAME], "李") == "李"


def test_the_account_is_chosen_by_what_was_understood() -> None:
    account = form.BY_ID[form.ACCOUNT]
    chosen = [read_choice(account, intent, "", dict(account.options)) for intent in ("affirm", "deny")]
    assert chosen == [form.Account.EXISTING, form.Account.NEW]
    with pytest.raises(InvalidAnswerError, match="note-unclear-choice"):
        read_choice(account, "nlu_fallback", "", dict(account.options))


@pytest.mark.parametrize(("text", "value"), [("evenings", "evening"), ("the second one", "evening"), ("1", "morning")])
def test_one_of_several_options_is_chosen_by_what_was_said(text: str, value: str) -> None:
    item = replace(form.BY_ID[form.ACCOUNT], yes_and_no=None)
    labels = {"morning": "Mornings", "evening": "Evenings"}
    assert read_choice(item, "inform", text, labels) == value
    with pytest.raises(InvalidAnswerError) as raised:
        read_choice(item, "affirm", "yes", labels)
    assert raised.value.note == MessageRef("note-unclear-option", (("options", "Mornings, Evenings"),))


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("yes, but only on weekends", "note-unclear-condition"),
        ("maybe", "note-unclear-maybe"),
        ("yes and no", "note-unclear-both"),
        ("what is that?", "note-unclear-question"),
        ("let me think about it", "note-unclear-later"),
        ("I have read it", "note-unclear-read"),
        ("bananas", "note-unclear-consent"),
    ],
)
def test_a_decision_that_is_none_is_refused_with_the_reason(text: str, note: str) -> None:
    with pytest.raises(InvalidAnswerError, match=note):
        read_decision("nlu_fallback", text)


def test_a_decision_is_what_was_understood_and_never_read_from_the_text() -> None:
    assert read_decision("affirm", "") == AGREED
    assert read_decision("deny", "yes") == REFUSED
    for intent in ("inform", "faq_cost", "register", "chat_ack"):
        with pytest.raises(InvalidAnswerError):
            read_decision(intent, "yes")


def test_a_date_is_one_or_two_or_none() -> None:
    today = date(2026, 11, 23)
    assert read_birth_date("3 May 1985", today) == (date(1985, 5, 3),)
    assert read_birth_date("3/5/1985", today) == (date(1985, 3, 5), date(1985, 5, 3))
    for text, note in (("", "note-empty"), ("blue", "note-date-no-date"), ("31 April 1985", "note-date-impossible")):
        with pytest.raises(InvalidAnswerError, match=note):
            read_birth_date(text, today)


@pytest.mark.parametrize("item", [each for each in form.ASKED if each.answer is form.Answer.LONG_TEXT])
def test_two_characters_are_enough_for_an_answer_in_words(item: form.Item) -> None:
    for text in ("IT", "HR", "李小", "Go", "x."):
        assert read_text_answer(item, text) == text
    for text in ("x", " x ", "1", "李", "x\u200b"):
        assert refusal(item, text) == MessageRef("note-too-short", (("limit", 2),))
    assert "2" in catalogue().text("note-too-short", limit=2)


@pytest.mark.parametrize("intent", ["inform", "nlu_fallback", "register", "faq_account", "chat_thanks", "skip", ""])
def test_a_choice_is_neither_without_a_clear_answer(intent: str) -> None:
    with pytest.raises(InvalidAnswerError) as raised:
        read_choice(form.BY_ID[form.ACCOUNT], intent, "I need to register", dict(form.BY_ID[form.ACCOUNT].options))
    assert raised.value.note == MessageRef("note-unclear-choice")


@given(st.text(max_size=80), st.sampled_from(["inform", "nlu_fallback", "register", "faq_cost", "chat_ack", "skip"]))
def test_whatever_was_said_no_other_intent_decides_a_consent(text: str, intent: str) -> None:
    with pytest.raises(InvalidAnswerError) as raised:
        read_decision(intent, text)
    assert catalogue().text(raised.value.note.id, contact="mentors@example.org")


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("", "note-empty"),
        ("\u200b ", "note-empty"),
        ("hello", "note-date-no-date"),
        ("May 1985", "note-date-incomplete"),
        ("3 May 07", "note-date-year-unclear"),
        ("03/05/2008", "note-date-order-unclear"),
        ("30 February 1985", "note-date-impossible"),
        ("3 May 2085", "note-date-future"),
        ("3 May 2015", "note-date-under-age"),
        ("3 May 1885", "note-date-over-age"),
    ],
)
def test_each_problem_of_a_date_has_its_sentence(text: str, note: str) -> None:
    with pytest.raises(InvalidAnswerError) as raised:
        read_birth_date(text, date(2026, 4, 1))
    assert raised.value.note == MessageRef(note)
    assert catalogue().text(note)


@given(st.text(max_size=60), st.dates(date(2020, 1, 1), date(2060, 1, 1)))
def test_every_text_is_one_date_or_two_or_refused_with_a_sentence(text: str, today: date) -> None:
    found = dates_or_note(text, today)
    if isinstance(found, MessageRef):
        assert catalogue().text(found.id)
    else:
        assert len(found) in (1, 2)
        assert list(found) == sorted(found)


def dates_or_note(text: str, today: date) -> tuple[date, ...] | MessageRef:
    try:
        return read_birth_date(text, today)
    except InvalidAnswerError as invalid:
        return invalid.note
