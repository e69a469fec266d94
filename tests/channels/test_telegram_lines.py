"""Answers in several messages and edited messages on Telegram: nothing is lost or stored under the wrong question."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

import pytest
from sqlalchemy import select

from bot.channels.telegram.updates import COMMANDS
from bot.core.organisation import ORGANISATION
from bot.i18n.catalogue import catalogue
from bot.notifications import reminders
from bot.security.vault import Vault
from bot.storage import Conversation, Mentor, Store
from bot.storage.models import utc_now
from tests.doubles.telegram_api import PrivateChat, ReceivedMessage, TelegramDouble
from tests.support.answers import picture
from tests.support.checkr import until
from tests.support.service import RunningBot
from tests.support.telegram import PATIENCE, address_of, answer_until, answers, opening_of, reopening_of

TOKEN = "4714:lines"
#: Words that every wording of the question about the reasons contains.
REASONS = "What are the reasons you would like to become"
#: Seconds for gathering lines.
GATHER = "1.5"


@pytest.fixture(scope="module")
def telegram() -> Iterator[TelegramDouble]:
    with TelegramDouble(token=TOKEN) as double:
        yield double


@pytest.fixture(scope="module")
def bot(telegram: TelegramDouble, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningBot]:
    folder = tmp_path_factory.mktemp("lines")
    with RunningBot(folder, TELEGRAM_TOKEN=TOKEN, TELEGRAM_API_URL=telegram.url, GATHER_SECONDS=GATHER) as running:
        yield running


@pytest.fixture
def ann(telegram: TelegramDouble, bot: RunningBot) -> PrivateChat:
    return telegram.user("Ann", language_code="en")


def stored(bot: RunningBot) -> dict[str, Any]:
    details = bot.newest_registration()
    return {answer["id"]: answer["value"] for answer in details["answers"] if answer.get("value")}


def test_a_name_in_two_messages_and_reasons_in_three(
    ann: PrivateChat, telegram: TelegramDouble, bot: RunningBot
) -> None:
    answer_until(ann, "full_name", bot)
    ann.sends("Rosa")
    ann.sends("O'Neil-Nguyen")
    answers(ann, "email", bot)
    answers(ann, "email_code", bot)
    ann.waits_for(opening_of("reasons"), timeout=PATIENCE)
    for line in ("I like people.", "I have time.", "I was out of work once."):
        ann.sends(line)
    ann.waits_for(opening_of("experience"), timeout=PATIENCE)
    answered = stored(bot)
    assert answered["full_name"] == "Rosa O'Neil-Nguyen"
    assert answered["reasons"] == "I like people.\nI have time.\nI was out of work once."
    assert "experience" not in answered
    assert telegram.calls_of("sendChatAction"), "it is shown that something is being written"


def test_a_text_that_telegram_cut_is_one_answer_also_when_the_bot_is_killed_meanwhile(
    ann: PrivateChat, bot: RunningBot, telegram: TelegramDouble
) -> None:
    answer_until(ann, "reasons", bot)
    whole = ("I have helped many people to find work. " * 120)[:4_496]
    ann.sends(whole[:4_096])
    ann.sends(whole[4_096:])
    telegram.waits_until_read()
    bot.kill()
    bot.start()
    ann.waits_for(opening_of("experience"), timeout=PATIENCE)
    assert stored(bot)["reasons"] == whole.strip()


def test_commands_and_button_words_are_no_name_and_no_text(ann: PrivateChat, bot: RunningBot) -> None:
    answer_until(ann, "full_name", bot)
    ann.sends("/foo")
    ann.waits_for("The commands that I know are", timeout=PATIENCE)
    ann.waits_for(reopening_of("full_name"), timeout=PATIENCE)
    ann.sends("Next")
    ann.waits_for("Do you want me to save “Next” as your name?", timeout=PATIENCE)
    ann.sends("no")
    ann.waits_for(opening_of("full_name"), timeout=PATIENCE)
    ann.sends("Submit")
    asked = ann.waits_for("Do you want me to save “Submit” as your name?", timeout=PATIENCE)
    ann.taps(asked, "Yes, save it").waits_for_answer()
    answers(ann, "email", bot)
    answers(ann, "email_code", bot)
    ann.waits_for(opening_of("reasons"), timeout=PATIENCE)
    for words, reply in (
        ("submit", "I can’t save that as your answer"),
        ("I JUST TOLD YOU", "I have no answer to this question yet"),
        ("/settings", "what you told me"),
        ("/privacy", "Your answers are saved on our server"),
        ("/foo_bar", "The commands that I know are"),
    ):
        ann.sends(words)
        ann.waits_for(reply, timeout=PATIENCE)
        ann.waits_for(REASONS, timeout=PATIENCE)
    answered = stored(bot)
    assert (answered["full_name"], answered.get("reasons")) == ("Submit", None)


def test_every_command_of_the_menu_is_answered_at_every_question_of_words(ann: PrivateChat, bot: RunningBot) -> None:
    answer_until(ann, "reasons", bot)
    for command in COMMANDS:
        before = len(ann.received)
        ann.sends(f"/{command}")
        until(lambda before=before: len(ann.received) > before, PATIENCE)
    assert "reasons" not in stored(bot)


#: Commands that ask whether to delete everything.
ASKING = ("cancel", "delete_my_data")
#: Questions of every kind.
KINDS = ("start", "account", "full_name", "email", "email_code", "photo", "date_of_birth", "background_check", "review")


@pytest.mark.parametrize("question", KINDS)
def test_no_command_of_the_menu_is_an_answer_at_any_question(ann: PrivateChat, bot: RunningBot, question: str) -> None:
    answer_until(ann, question, bot)
    before = given(bot)
    # The question whether to delete is open at the end; the next commands must be answered there, too.
    for command in [*(each for each in COMMANDS if each not in ASKING), *ASKING, "privacy", "language"]:
        count = len(ann.received)
        ann.sends(f"/{command}")
        until(lambda count=count: len(ann.received) > count, PATIENCE)
    assert given(bot) == before


def given(bot: RunningBot) -> list[Any]:
    """What the mentors have answered and agreed to, in all registrations."""
    registrations = [bot.json("registrations", "show", each["id"]) for each in bot.json("registrations", "list")]
    return [(each["answers"], each["consents"]) for each in registrations]


def test_the_language_is_chosen_by_a_button(ann: PrivateChat, bot: RunningBot) -> None:
    answer_until(ann, "full_name", bot)
    ann.sends("/language")
    offered = ann.waits_for("I write English and French", timeout=PATIENCE)
    ann.taps(offered, "Français").waits_for_answer()
    ann.waits_for(catalogue("fr").text("note-language"), timeout=PATIENCE)
    ann.waits_for("nom", timeout=PATIENCE)
    assert "full_name" not in stored(bot)


def test_a_reminder_has_buttons_that_put_off_go_on_and_end(ann: PrivateChat, bot: RunningBot) -> None:
    answer_until(ann, "email", bot)
    replies = {"In a week": "remind you", "Continue": "your e-mail address", "No more reminders": "no more reminders"}
    for label, reply in replies.items():
        reminded = is_reminded(ann, bot)
        assert [each.label for each in reminded.buttons] == ["Continue", "In a week", "No more reminders"]
        ann.taps(reminded, label).waits_for_answer()
        ann.waits_for(reply, timeout=PATIENCE)


def is_reminded(ann: PrivateChat, bot: RunningBot) -> ReceivedMessage:
    """The reminder that a mentor asked for, whose time has come."""
    store = Store(f"sqlite:///{next(bot.data_dir.glob('*.db'))}")
    known = select(Conversation.mentor_id).where(Conversation.external_id == str(ann.id))
    with store.write() as session:
        session.get_one(Mentor, session.scalars(known).one()).remind_at = utc_now()
    # Without a verified address there is no e-mail to seal.
    assert reminders.run(store, cast(Vault, None), ORGANISATION.contact) == 1
    store.dispose()
    return ann.waits_for("You asked me to remind you", timeout=PATIENCE)


def test_the_second_edit_and_an_edited_reply_that_was_not_accepted(ann: PrivateChat, bot: RunningBot) -> None:
    answer_until(ann, "full_name", bot)
    name = ann.sends("Anne Lee")
    ann.waits_for(opening_of("email"), timeout=PATIENCE)
    for words in ("Ann Leigh", "Ann Lee"):
        ann.edits(name, words)
        ann.waits_for("I have changed that answer", timeout=PATIENCE)
        ann.waits_for("your e-mail address", timeout=PATIENCE)
    assert stored(bot)["full_name"] == "Ann Lee"
    address = ann.sends("ann@")
    ann.waits_for("doesn’t look like an e-mail address", timeout=PATIENCE)
    ann.edits(address, address_of(ann))
    ann.waits_for(opening_of("email_code"), timeout=PATIENCE)


def test_a_photo_is_replaced_by_an_edit_and_its_caption_is_not_one(ann: PrivateChat, bot: RunningBot) -> None:
    answer_until(ann, "photo", bot)
    photo = ann.sends_photo(picture(), caption="me")
    ann.waits_for("This is how job seekers will see you", timeout=PATIENCE)
    ann.waits_for(opening_of("date_of_birth"), timeout=PATIENCE)
    before = stored(bot)["photo"]
    ann.edits_caption(photo, "me again")
    ann.waits_for("No answer depends on it", timeout=PATIENCE)
    assert stored(bot)["photo"] == before
    ann.edits_photo(photo, picture(700, 700))
    ann.waits_for("I have changed that answer", timeout=PATIENCE)
    assert stored(bot)["photo"] != before


def test_a_photo_that_was_refused_is_mended_by_an_edit(ann: PrivateChat, bot: RunningBot) -> None:
    answer_until(ann, "photo", bot)
    photo = ann.sends_photo(picture(90, 90))
    ann.waits_for("too small", timeout=PATIENCE)
    ann.edits_photo(photo, picture(700, 700))
    ann.waits_for(opening_of("date_of_birth"), timeout=PATIENCE)


def test_an_answer_with_a_year_in_it_stays_in_the_chat(
    ann: PrivateChat, telegram: TelegramDouble, bot: RunningBot
) -> None:
    answer_until(ann, "expertise", bot)
    ann.sends("Welding, ISO 9606-1:2017")
    ann.waits_for(opening_of("photo"), timeout=PATIENCE)
    assert stored(bot)["expertise"] == "Welding, ISO 9606-1:2017"
    chats = [call.parameters["chat_id"] for call in telegram.calls_of("deleteMessage")]
    assert str(ann.id) not in chats
