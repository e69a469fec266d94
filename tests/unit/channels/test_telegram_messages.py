"""Messages as Telegram gets them: escaped, within its limits, with buttons it takes."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import create_engine
from sqlalchemy.orm import Session
from telegram import InlineKeyboardMarkup

from bot.channels.telegram.buttons import arranged
from bot.channels.telegram.messages import (
    REVIEW_VALUE_LENGTH,
    Paragraph,
    as_plain,
    below_photo,
    caption,
    compose,
    keyboard,
    photo_in,
    split,
)
from bot.channels.telegram.mini_apps import with_page
from bot.core.organisation import ORGANISATION
from bot.i18n.catalogue import catalogue, languages
from bot.messages.incoming import TAP_INTENTS, Tap
from bot.messages.renderer import Renderer
from bot.registration import form
from bot.registration.answers import AGREED, REFUSED, MessageRef
from bot.registration.form import ItemId, Kind
from bot.registration.registration import CANCEL, EMAIL_CODE, JOIN, RECONSIDER, REVIEW, START, START_OVER, Registration
from bot.storage import Answer, Base, Consent, Mentor
from tests.doubles.telegram_api import parse_html, utf16_length

TEXT_LIMIT = 4_096
CAPTION_LIMIT = 1_024
CALLBACK_BYTES = 64
LARGE_REVISION = 2**31 - 1

#: Fillings of the longest answers; each is one character as Python counts.
FILLINGS = ("a", "&", "<", "🙂", "ß", "\u0301")


@pytest.fixture
def session() -> Iterator[Session]:
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as opened:
        yield opened
    engine.dispose()


def mentor_with(session: Session, filling: str, decision: str = AGREED) -> Registration:
    """A mentor who answered everything, with answers as long as they may be."""
    mentor = Mentor(started_at=datetime.now(UTC), revision=LARGE_REVISION)
    session.add(mentor)
    mentor.verified_email = (filling * form.EMAIL_LENGTH).lower()
    session.flush()
    for item in form.ASKED:
        if item.kind is Kind.QUESTION:
            value = form.Account.NEW if item.id == form.ACCOUNT else filling * (item.max_length or 32)
            session.add(Answer(mentor_id=mentor.id, item_id=item.id, value=value, wording_version=1, turn_id="t"))
        else:
            session.add(
                Consent(
                    mentor_id=mentor.id,
                    item_id=item.id,
                    decision=decision,
                    wording=item.wording,
                    wording_version=item.version,
                    wording_sha256=item.wording_sha256,
                    language="en",
                    shown_at=datetime.now(UTC),
                    reading="typed",
                    channel="telegram",
                    id=form.ASKED.index(item) + 1,
                    contents=b"",
                    commitment="",
                    code="",
                )
            )
    session.flush()
    return Registration(session, mentor)


def renderer(current: Registration, dates_offered: int = 0) -> Renderer:
    return Renderer(catalogue(), current, ORGANISATION.contact, dates_offered)


def sent(reply: dict[str, Any]) -> list[str]:
    return split(compose(reply, catalogue()), TEXT_LIMIT)


def assert_telegram_takes(reply: dict[str, Any]) -> None:
    parts = sent(reply)
    assert parts
    for part in parts:
        text = parse_html(part).text
        assert text.strip()
        assert utf16_length(text) <= TEXT_LIMIT
    markup = keyboard(reply, catalogue())
    assert markup is None or all(
        button.text and 1 <= len(str(button.callback_data).encode()) <= CALLBACK_BYTES
        for row in markup.inline_keyboard
        for button in row
    )


def payloads(markup: InlineKeyboardMarkup | None) -> list[str]:
    assert markup is not None
    return [str(button.callback_data) for row in markup.inline_keyboard for button in row]


@pytest.mark.parametrize("filling", FILLINGS)
def test_the_longest_review_is_taken_by_telegram(session: Session, filling: str) -> None:
    current = mentor_with(session, filling)
    assert current.open_question == REVIEW
    reply = renderer(current).question(REVIEW)
    assert sum(len(section["rows"]) for section in reply["sections"]) == len(form.ASKED)
    assert_telegram_takes(reply)


@pytest.mark.parametrize("filling", FILLINGS)
def test_the_longest_summary_is_taken_by_telegram(session: Session, filling: str) -> None:
    [reply] = renderer(mentor_with(session, filling)).note(MessageRef("summary"))
    assert_telegram_takes(reply)


def test_everything_refused_is_taken_by_telegram(session: Session) -> None:
    current = mentor_with(session, "a", REFUSED)
    assert current.open_question == RECONSIDER
    assert len(current.refused) == len(form.CONSENTS)
    reply = renderer(current).question(RECONSIDER)
    assert all(item.wording in reply["clause"] for item in form.CONSENTS)
    assert_telegram_takes(reply)


@pytest.mark.parametrize("item", form.ASKED, ids=lambda item: str(item.id))
def test_every_question_is_taken_by_telegram(session: Session, item: form.Item) -> None:
    current = mentor_with(session, "a")
    assert current.change(item.id)
    current.mentor.revision = LARGE_REVISION
    reply = renderer(current).question(item.id)
    assert_telegram_takes(reply)
    parts = sent(reply)
    assert len(parts) == 1
    shown = parse_html(parts[0]).text
    if item.kind is Kind.CONSENT:
        assert item.wording in shown
    for notice in form.notices(item):
        assert notice.wording in shown
    step = form.STEPS.index(item.step) + 1
    assert f"step {step} of {len(form.STEPS)}" in shown


def test_the_readings_of_a_date_are_taken_by_telegram_without_the_whole_question(session: Session) -> None:
    current = mentor_with(session, "a")
    assert current.change(form.DATE_OF_BIRTH)
    current.mentor.revision = LARGE_REVISION
    reply = renderer(current, dates_offered=2).question(form.DATE_OF_BIRTH)
    assert_telegram_takes(reply)
    shown = parse_html(sent(reply)[0]).text
    assert "can be read in two ways" in shown
    assert not [notice for notice in form.notices(form.BY_ID[form.DATE_OF_BIRTH]) if notice.wording in shown]


def test_the_start_is_taken_by_telegram(session: Session) -> None:
    mentor = Mentor(revision=0)
    session.add(mentor)
    session.flush()
    reply = renderer(Registration(session, mentor)).question(START)
    assert_telegram_takes(reply)
    assert payloads(keyboard(reply, catalogue())) == ["register"]


def test_the_review_shows_the_answers_and_how_much_was_agreed(session: Session) -> None:
    current = mentor_with(session, "a")
    current.answers[form.FULL_NAME] = "María-José O’Connor"
    text = "\n".join(parse_html(part).text for part in sent(renderer(current).question(REVIEW)))
    assert "María-José O’Connor" in text
    assert f"✓ You agreed to all {len(form.CONSENTS)}" in text
    assert not any(item.wording[:40] in text for item in form.CONSENTS)


def test_what_was_refused_is_not_folded(session: Session) -> None:
    current = mentor_with(session, "a")
    refused = form.CONSENTS[4]
    current.consents[refused.id] = current.consents[refused.id]._replace(decision=REFUSED)
    [reply] = renderer(current).note(MessageRef("summary"))
    text = "\n".join(parse_html(part).text for part in sent(reply))
    assert refused.wording[:40] in text
    assert "You did not agree" in text
    assert f"✓ You agreed to {len(form.CONSENTS) - 1} of {len(form.CONSENTS)}" in text


@pytest.mark.parametrize("filling", FILLINGS)
def test_the_longest_review_fits_below_its_photo_and_can_be_read_whole(session: Session, filling: str) -> None:
    current = mentor_with(session, filling)
    reply = renderer(current).question(REVIEW)
    assert photo_in(reply) == current.answers[form.PHOTO]
    below = below_photo(reply, catalogue(), CAPTION_LIMIT)
    assert 0 < utf16_length(parse_html(below).text) <= CAPTION_LIMIT
    assert payloads(keyboard(reply, catalogue()))[-1] == reply["whole_button"]["payload"]
    [whole] = renderer(current).note(MessageRef("summary", (("whole", "yes"),)))
    assert photo_in(whole) == ""
    said = words_of(sent(whole))
    assert "".join(current.answers[ItemId("reasons")].split()) in said
    assert all("".join(item.wording.split()) in said for item in form.CONSENTS)
    assert whole["whole_button"]["payload"] not in payloads(keyboard(whole, catalogue()))


def test_short_answers_are_whole_below_the_photo(session: Session) -> None:
    current = mentor_with(session, "a")
    for item in map(ItemId, ("full_name", "email", "reasons", "experience", "expertise")):
        current.answers[item] = "a short answer"
    below = parse_html(below_photo(renderer(current).question(REVIEW), catalogue(), CAPTION_LIMIT)).text
    assert below.count("a short answer") == 5
    assert "…" not in below


def test_the_review_offers_submit_and_a_change_of_each_question_in_rows(session: Session) -> None:
    markup = keyboard(renderer(mentor_with(session, "a")).question(REVIEW), catalogue())
    questions = [item.id for item in form.ASKED if item.kind is Kind.QUESTION]
    *offered, whole = payloads(markup)
    assert offered == [f"affirm:review:{LARGE_REVISION}", *(f"change_answer:{each}" for each in questions)]
    assert whole == "see_review:::whole"
    assert markup is not None
    labels = [button.text for row in markup.inline_keyboard for button in row]
    assert labels[0] == "Submit"
    assert labels[1:-1] == [f"✎ {catalogue().text(f'label-{each}')}" for each in questions]
    assert [len(row) for row in markup.inline_keyboard] == [1, 2, 2, 2, 2, 1]


def test_every_payload_there_can_be_is_one_that_telegram_takes_and_that_is_read_again() -> None:
    questions = ["", *form.BY_ID, START, EMAIL_CODE, JOIN, RECONSIDER, REVIEW, START_OVER, CANCEL]
    for intent, question, revision in itertools.product(TAP_INTENTS, questions, (None, LARGE_REVISION)):
        for reply in ("", "1"):
            tap = Tap(intent, question, revision, reply)
            assert 1 <= len(tap.payload().encode()) <= CALLBACK_BYTES
            assert Tap.parse(tap.payload()) == tap


def test_two_short_buttons_share_a_row_and_the_main_one_has_its_own() -> None:
    labels = ["Submit", "Back", "Why?", "What does that mean, please?", "Later", "Help"]
    buttons = [{"label": each, "payload": "repeat", "style": "secondary"} for each in labels]
    buttons[0]["style"] = "primary"
    rows = [[(each.text, each.style) for each in row] for row in arranged(buttons)]
    assert rows == [
        [("Submit", "primary")],
        [("Back", None), ("Why?", None)],
        [("What does that mean, please?", None)],
        [("Later", None), ("Help", None)],
    ]


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("item", form.CONSENTS, ids=lambda item: item.id)
def test_the_two_buttons_of_a_consent_look_alike(session: Session, item: form.Item, language: str) -> None:
    current = mentor_with(session, "a")
    current.mentor.focus = item.id
    reply = Renderer(catalogue(language), current, "help@example.org").question(item.id)
    agree, disagree, *_ = [each for row in arranged(reply["buttons"]) for each in row]
    assert agree.style is disagree.style is None


def test_a_message_without_buttons_has_no_keyboard() -> None:
    assert keyboard({"kind": "say", "text": "Hello"}, catalogue()) is None


@pytest.mark.parametrize("way", ["date", "photo"])
def test_a_question_has_its_page_first_where_telegram_can_open_it(session: Session, way: str) -> None:
    current = mentor_with(session, "a")
    [item] = [each for each in form.ASKED if each.answer == way]
    assert current.change(item.id)
    question = renderer(current).question(item.id)
    assert with_page(question, "http://example.org", "en") == question
    sentences = catalogue("fr")
    made = keyboard(with_page(question, "https://example.org", "fr"), sentences)
    assert made is not None
    [[button], *others] = made.inline_keyboard
    assert button.web_app is not None
    assert button.web_app.url == f"https://example.org/telegram/{way}?language=fr"
    assert button.text == sentences.text(f"button-{way}-page")
    assert [each.web_app for row in others for each in row] == [None]


def test_what_a_mentor_wrote_is_shown_and_never_read_as_markup(session: Session) -> None:
    current = mentor_with(session, "a")
    current.answers[form.EMAIL] = '<b>&amp;</b> <a href="x">"y"</a>'
    parts = sent(renderer(current).question(REVIEW))
    assert '<b>&amp;</b> <a href="x">"y"</a>' in "\n".join(parse_html(part).text for part in parts)
    assert not any("<a " in part for part in parts)


@pytest.mark.parametrize("field", ["text", "notice", "clause", "example"])
def test_every_field_is_escaped(field: str) -> None:
    reply = {"kind": "question", "text": "Question", field: "<script> & </script>"}
    [part] = sent(reply)
    assert "<script>" not in part
    assert "<script> & </script>" in parse_html(part).text


def test_the_fields_come_in_order_and_the_clause_stands_out() -> None:
    reply = {
        "kind": "question",
        "text": "Do you agree?",
        "progress": {"label": "Code of ethics 3 of 15", "step": 9, "of": 11},
        "notice": "Notice",
        "clause": "Clause",
        "example": "Example",
        "sections": [{"title": "Title", "rows": [{"label": "Label", "value": "Value"}]}],
    }
    assert sent(reply) == [
        "<i>Code of ethics 3 of 15 · step 9 of 11</i>\n\n"
        "Do you agree?\n\n"
        "Notice\n\n"
        "<blockquote>Clause</blockquote>\n\n"
        "<i>Example</i>\n\n"
        "<b>Title</b>\n\n"
        "Label\n<b>Value</b>"
    ]


def test_a_long_answer_is_cut_with_a_sign_of_it() -> None:
    rows = [{"label": "Label", "value": "v" * REVIEW_VALUE_LENGTH}, {"label": "Label", "value": "w" * 5_000}]
    reply = {"kind": "review", "text": "Text", "sections": [{"title": "Title", "rows": rows}]}
    *_, whole, _label, cut = compose(reply, catalogue())
    assert whole.text == "v" * REVIEW_VALUE_LENGTH
    assert cut.text == "w" * (REVIEW_VALUE_LENGTH - 1) + "…"


def words_of(messages: list[str]) -> str:
    """All that is read, without the white space at which it was divided."""
    return "".join("".join(parse_html(each).text for each in messages).split())


@given(
    st.lists(
        st.tuples(st.text(alphabet="ab<&🙂 \n", min_size=1, max_size=90), st.sampled_from(["", "b", "blockquote"])),
        min_size=1,
        max_size=12,
    ),
    st.integers(10, 80),
)
def test_whatever_is_said_arrives_whole_and_in_order(texts: list[tuple[str, str]], limit: int) -> None:
    messages = split([Paragraph(text, tag) for text, tag in texts], limit)
    assert words_of(messages) == "".join("".join(text.split()) for text, _ in texts)
    assert all(utf16_length(parse_html(each).text) <= limit for each in messages)
    assert all(parse_html(each).text.strip() for each in messages), "Telegram takes no empty message"
    assert [as_plain(each) for each in messages] == [parse_html(each).text for each in messages]


def test_words_are_not_divided_where_there_is_a_space() -> None:
    assert split([Paragraph("one two three", "b")], 8) == ["<b>one two</b>", "<b>three</b>"]


@given(st.lists(st.text(alphabet="ab", min_size=1, max_size=30), min_size=2, max_size=20))
def test_no_message_is_sent_that_fits_into_the_one_before(texts: list[str]) -> None:
    messages = split([Paragraph(text) for text in texts], 60)
    for before, after in itertools.pairwise(messages):
        assert len(before) + 2 + len(after.split("\n\n")[0]) > 60


def test_white_space_that_does_not_fit_is_no_message_of_its_own() -> None:
    assert split([Paragraph("x" * 20 + " " * 3, "b")], 20) == [f"<b>{'x' * 20}</b>"]


def test_emoji_count_twice() -> None:
    assert [utf16_length(each) for each in split([Paragraph("🙂" * 5_000)], TEXT_LIMIT)] == [4_096, 4_096, 1_808]
    assert caption("🙂" * 512, 1_024) == ("🙂" * 512, [])
    assert caption("🙂" * 513, 1_024)[0] == ""


def test_what_does_not_fit_below_a_picture_follows_it() -> None:
    assert caption("A & B", 10) == ("A &amp; B", [])
    assert caption("A & B, and more", 10) == ("", ["A &amp; B,", "and more"])


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=600))
def test_every_text_is_markup_that_telegram_takes(text: str) -> None:
    reply = {
        "kind": "review",
        "text": "Text",
        "clause": text,
        "sections": [{"title": text, "rows": [{"label": text, "value": text}]}],
    }
    for message in sent(reply):
        parse_html(message)
