"""Registering on Telegram, over the Bot API's HTTP, against a strict double of Telegram's server."""

from __future__ import annotations

import html
import json
import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from bot.channels.telegram.updates import COMMANDS
from bot.core.organisation import ORGANISATION
from bot.i18n.catalogue import ENGLISH, catalogue, languages
from bot.registration import form
from tests.doubles.telegram_api import OtherKind, PrivateChat, ReceivedMessage, TelegramDouble
from tests.support.answers import QUESTIONS, TEXTS, picture
from tests.support.service import RunningBot
from tests.support.telegram import PATIENCE, address_of, answer_until, answers, opening_of, reopening_of

TOKEN = "4711:a-token-that-must-not-be-logged"


@pytest.fixture(scope="module")
def telegram() -> Iterator[TelegramDouble]:
    with TelegramDouble(token=TOKEN) as double:
        yield double


@pytest.fixture(scope="module")
def telegram_bot(telegram: TelegramDouble, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningBot]:
    folder = tmp_path_factory.mktemp("telegram")
    with RunningBot(folder, TELEGRAM_TOKEN=TOKEN, TELEGRAM_API_URL=telegram.url) as running:
        yield running


@pytest.fixture
def ann(telegram: TelegramDouble, telegram_bot: RunningBot) -> PrivateChat:
    """A mentor who has just found the bot; the double has refused nothing so far."""
    telegram.duplicate_updates(0)
    return telegram.user("Ann", language_code="en")


def test_a_whole_registration_with_buttons_and_a_photo(
    ann: PrivateChat, telegram: TelegramDouble, telegram_bot: RunningBot
) -> None:
    refused_before = len(telegram.problems)
    ann.sends("/start")
    ann.waits_for(f"thank you for thinking of becoming a {ORGANISATION.name} mentor", timeout=PATIENCE)
    for question in QUESTIONS:
        answers(ann, question, telegram_bot)
    ann.waits_for("Your registration is complete", timeout=PATIENCE)

    details = telegram_bot.newest_registration()
    values = {answer["id"]: answer for answer in details["answers"]}
    given = TEXTS | {"email": address_of(ann)}
    assert {name: values[name]["value"] for name in given if name != "date_of_birth"} == {
        name: text for name, text in given.items() if name != "date_of_birth"
    }
    assert values["account"]["value"] == "new"
    assert values["date_of_birth"]["value"] == "sealed"
    with Image.open(values["photo"]["profile_file"]) as square:
        assert square.size == (512, 512)
    consents = details["consents"]
    assert [consent["id"] for consent in consents] == [item.id for item in form.CONSENTS]
    assert {consent["decision"] for consent in consents} == {"agreed"}
    assert {(consent["reading"], consent["reply"], consent["channel"]) for consent in consents} == {
        ("button", "I agree", "telegram")
    }
    assert details["check"]["status"] in {"queued", "waiting"}
    assert telegram.problems[refused_before:] == []


def test_every_tap_is_answered_and_its_buttons_go(ann: PrivateChat) -> None:
    ann.sends("/start")
    question = ann.waits_for(opening_of("start"), timeout=PATIENCE)
    tap = ann.taps(question, "Let’s start")
    tap.waits_for_answer()
    ann.waits_for(opening_of("account"), timeout=PATIENCE)
    deadline = time.monotonic() + PATIENCE
    while any(message.buttons for message in ann.received if message.message_id == question.message_id):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_button_of_an_earlier_question_changes_nothing(ann: PrivateChat, telegram_bot: RunningBot) -> None:
    ann.sends("/start")
    answers(ann, "start", telegram_bot)
    account = ann.waits_for(opening_of("account"), timeout=PATIENCE)
    ann.taps(account, "I need to register")
    ann.waits_for(opening_of("full_name"), timeout=PATIENCE)
    before = len(ann.received)
    tap = ann.taps(account, f"I already have a {ORGANISATION.name} account", stale=True)
    assert "belongs to an earlier question" in tap.waits_for_answer(PATIENCE)
    assert len(ann.received) == before, "a toast is enough"
    details = telegram_bot.newest_registration()
    assert next(answer for answer in details["answers"] if answer["id"] == "account")["value"] == "new"


def test_a_photo_as_a_file_is_taken(ann: PrivateChat, telegram_bot: RunningBot) -> None:
    answer_until(ann, "photo", telegram_bot)
    ann.sends_document(picture(kind="PNG"), file_name="me.png", mime_type="image/png")
    shown = ann.waits_for("This is how job seekers will see you", timeout=PATIENCE)
    assert shown.photo is not None
    ann.waits_for(opening_of("date_of_birth"), timeout=PATIENCE)


def test_a_photo_of_an_iphone_as_a_file_is_taken(ann: PrivateChat, telegram_bot: RunningBot) -> None:
    answer_until(ann, "photo", telegram_bot)
    ann.sends_document(picture(kind="HEIF"), file_name="IMG_4711.HEIC", mime_type="image/heic")
    shown = ann.waits_for("This is how job seekers will see you", timeout=PATIENCE)
    assert shown.photo is not None


def test_of_a_photo_the_largest_size_is_taken(
    ann: PrivateChat, telegram: TelegramDouble, telegram_bot: RunningBot
) -> None:
    answer_until(ann, "photo", telegram_bot)
    ann.sends_photo(picture(1200, 900))  # the double's smaller sizes are one pixel
    assert ann.waits_for("This is how job seekers will see you", timeout=PATIENCE).photo is not None


@pytest.mark.parametrize(
    ("file_name", "data", "sentence"),
    [
        ("me.jpg", b"This is no picture at all.", "I can’t open that file as a picture"),
        ("me.jpg", picture()[:3000], "seems to be damaged"),
        ("me.png", picture(width=90, height=90, kind="PNG"), "too small"),
    ],
)
def test_a_file_that_is_no_photo_is_explained_and_asked_again(
    ann: PrivateChat, file_name: str, data: bytes, sentence: str, telegram_bot: RunningBot
) -> None:
    answer_until(ann, "photo", telegram_bot)
    ann.sends_document(data, file_name=file_name, mime_type="image/jpeg")
    ann.waits_for(sentence, timeout=PATIENCE)
    ann.waits_for(reopening_of("photo"), timeout=PATIENCE)


def test_a_file_too_large_for_telegram_is_explained(ann: PrivateChat, telegram_bot: RunningBot) -> None:
    answer_until(ann, "photo", telegram_bot)
    ann.sends_document(b"x", file_name="me.jpg", mime_type="image/jpeg", file_size=21 * 1024 * 1024)
    ann.waits_for("at most 20 megabytes", timeout=PATIENCE)


#: Other kinds of messages, and words of their replies.
DECLINED: dict[OtherKind, str] = {
    "voice": "cannot listen",
    "sticker": "cannot read an answer from it",
    "location": "where you are",
    "contact": "other people’s contacts",
    "video": "cannot watch videos",
    "poll": "in polls",
}


def test_what_is_neither_text_nor_photo_gets_a_helpful_line_each(ann: PrivateChat, telegram_bot: RunningBot) -> None:
    answer_until(ann, "full_name", telegram_bot)
    for kind, words in DECLINED.items():
        ann.sends_other(kind)
        ann.waits_for(words, timeout=PATIENCE)
    ann.forwards("Ann Lee")
    ann.waits_for("write yourself", timeout=PATIENCE)
    ann.waits_for(reopening_of("full_name"), timeout=PATIENCE)
    ann.sends("Ann Lee")
    ann.waits_for(opening_of("email"), timeout=PATIENCE)


def test_text_with_markup_is_shown_as_it_was_typed(
    ann: PrivateChat, telegram: TelegramDouble, telegram_bot: RunningBot
) -> None:
    refused_before = len(telegram.problems)
    answer_until(ann, "reasons", telegram_bot)
    typed = "I <b>love</b> helping & <script>alert(1)</script> people > money"
    ann.sends(typed)
    ann.waits_for(opening_of("experience"), timeout=PATIENCE)
    ann.sends("review my answers")
    ann.waits_for(typed, timeout=PATIENCE)
    assert telegram.problems[refused_before:] == []


def test_a_typed_command_of_rasa_is_no_command(ann: PrivateChat, telegram_bot: RunningBot) -> None:
    answer_until(ann, "reasons", telegram_bot)
    ann.sends('/inform{"question":"account"}')
    ann.waits_for(opening_of("experience"), timeout=PATIENCE)
    details = telegram_bot.newest_registration()
    reasons = next(answer for answer in details["answers"] if answer["id"] == "reasons")
    assert reasons["value"] == '/inform{"question":"account"}'


def test_start_again_welcomes_back_to_the_open_question(ann: PrivateChat, telegram_bot: RunningBot) -> None:
    answer_until(ann, "email", telegram_bot)
    ann.sends("/start")
    ann.waits_for("Welcome back", timeout=PATIENCE)
    ann.waits_for(reopening_of("email"), timeout=PATIENCE)


def test_a_group_gets_one_polite_line_with_a_link_and_is_left(
    telegram: TelegramDouble, telegram_bot: RunningBot
) -> None:
    ben = telegram.user("Ben")
    telegram.fail("leaveChat", status=502)  # so that it remains for the next messages
    group = telegram.group("Friends")
    for text in ("/start", "hello", "is anybody there?"):
        group.sends(text, by=ben)
    line = group.waits_for("private chat", timeout=PATIENCE)
    assert "https://t.me/" in line.text
    telegram.waits_until_read()
    _until(lambda: str(group.id) in [each.parameters["chat_id"] for each in telegram.calls_of("leaveChat")][-1:])
    _until(lambda: len(telegram.calls_of("leaveChat")) > 1)
    assert [each.text for each in group.received] == [line.text]
    assert not [each for each in telegram.problems if each.method == "leaveChat"]


def test_a_channel_gets_the_line_too(telegram: TelegramDouble, telegram_bot: RunningBot) -> None:
    telegram.channel("News").waits_for("private chat", timeout=PATIENCE)


def test_a_group_that_became_a_supergroup_is_told_there(telegram: TelegramDouble, telegram_bot: RunningBot) -> None:
    telegram.fail("sendMessage", status=502)  # until it becomes one
    supergroup = telegram.group("Friends").migrates()
    supergroup.waits_for("private chat", timeout=PATIENCE)
    assert len(supergroup.received) == 1


def test_the_choice_is_shown_in_the_question_with_a_way_to_change_it(
    ann: PrivateChat, telegram: TelegramDouble, telegram_bot: RunningBot
) -> None:
    refused_before = len(telegram.problems)
    answer_until(ann, "background_check", telegram_bot)
    consent = last_with(ann, opening_of("background_check"))
    ann.taps(consent, "I agree").waits_for_answer()
    chosen = ann.waits_for_edit(consent, "✓ I agree", timeout=PATIENCE)
    ann.waits_for(opening_of("two_months"), timeout=PATIENCE)
    ann.taps(chosen, "Change")
    asked = ann.waits_for(reopening_of_consent("background_check"), timeout=PATIENCE)
    ann.taps(asked, "I do not agree")
    ann.waits_for("noted that you do not agree", timeout=PATIENCE)
    assert telegram.problems[refused_before:] == []


def test_a_tap_that_came_too_late_is_not_shown_as_the_choice(ann: PrivateChat, telegram_bot: RunningBot) -> None:
    ann.sends("/start")
    answers(ann, "start", telegram_bot)
    account = ann.waits_for(opening_of("account"), timeout=PATIENCE)
    ann.sends("I need to register")
    ann.waits_for(opening_of("full_name"), timeout=PATIENCE)
    tap = ann.taps(account, f"I already have a {ORGANISATION.name} account", stale=True)
    assert "belongs to an earlier question" in tap.waits_for_answer(PATIENCE)
    # The typed answer is the choice, in either order of the two edits.
    _until(lambda: newest(ann, account).text.endswith("✓ I need to register"))
    _until(lambda: [each.label for each in newest(ann, account).buttons] == ["Change"])


def test_a_forged_tap_changes_nothing(ann: PrivateChat, telegram: TelegramDouble, telegram_bot: RunningBot) -> None:
    answer_until(ann, "background_check", telegram_bot)
    consent = last_with(ann, opening_of("background_check"))
    assert ann.taps_forged(consent, "affirm:background_check:0").waits_for_answer(PATIENCE)
    assert telegram_bot.newest_registration()["consents"] == []


def test_an_edited_message_corrects_its_answer(ann: PrivateChat, telegram_bot: RunningBot) -> None:
    answer_until(ann, "full_name", telegram_bot)
    message = ann.sends("Anne Lee")
    ann.waits_for(opening_of("email"), timeout=PATIENCE)
    ann.edits(message, "Ann Lee")
    ann.waits_for("I have changed that answer", timeout=PATIENCE)
    ann.waits_for(reopening_of("email"), timeout=PATIENCE)
    values = {each["id"]: each.get("value") for each in telegram_bot.newest_registration()["answers"]}
    assert values["full_name"] == "Ann Lee"


def test_an_edited_consent_is_asked_once_more(ann: PrivateChat, telegram_bot: RunningBot) -> None:
    answer_until(ann, "background_check", telegram_bot)
    message = ann.sends("yes")
    ann.waits_for(opening_of("two_months"), timeout=PATIENCE)
    ann.edits(message, "no")
    ann.waits_for("I’ll ask you again", timeout=PATIENCE)
    [consent] = telegram_bot.newest_registration()["consents"]
    assert (consent["id"], consent["decision"]) == ("background_check", "agreed")


def test_an_edited_question_to_the_bot_changes_nothing(ann: PrivateChat, telegram_bot: RunningBot) -> None:
    answer_until(ann, "full_name", telegram_bot)
    message = ann.sends("is this free?")
    ann.waits_for(reopening_of("full_name"), timeout=PATIENCE)
    ann.edits(message, "is this really free?")
    ann.waits_for("No answer depends on it", timeout=PATIENCE)


def test_of_an_album_one_photo_is_taken_and_it_is_said(ann: PrivateChat, telegram_bot: RunningBot) -> None:
    answer_until(ann, "photo", telegram_bot)
    ann.sends_album([picture(), picture(500, 500), picture(400, 400)])
    ann.waits_for("I took the first one", timeout=PATIENCE)
    ann.sends("status")
    ann.waits_for("You are at", timeout=PATIENCE)
    assert not any("don’t need a file" in each.text for each in ann.received)
    assert sum(each.photo is not None for each in ann.received) == 1


def test_a_photo_that_cannot_be_fetched_at_once_is_fetched_again(
    ann: PrivateChat, telegram: TelegramDouble, telegram_bot: RunningBot
) -> None:
    answer_until(ann, "photo", telegram_bot)
    telegram.fail("getFile", times=1, status=502)
    telegram.reset("file", times=1)
    ann.sends_photo(picture())
    ann.waits_for("how job seekers will see you", timeout=PATIENCE)


def test_the_message_with_the_date_of_birth_is_deleted(
    ann: PrivateChat, telegram: TelegramDouble, telegram_bot: RunningBot
) -> None:
    answer_until(ann, "date_of_birth", telegram_bot)
    message = ann.sends("17 November 1973")
    ann.waits_for(opening_of("background_check"), timeout=PATIENCE)
    assert [call.parameters["message_id"] for call in telegram.calls_of("deleteMessage")][-1] == str(message)
    assert not [each.text for each in ann.received if "••" in each.text], "what stands for it is not sent"


def test_who_wrote_the_date_is_told_how_to_delete_it_if_telegram_refuses(
    ann: PrivateChat, telegram: TelegramDouble, telegram_bot: RunningBot
) -> None:
    answer_until(ann, "date_of_birth", telegram_bot)
    telegram.fail("deleteMessage", times=1, status=400, description="Bad Request: message can't be deleted")
    ann.sends("17 November 1973")
    ann.waits_for("Please do it yourself", timeout=PATIENCE)
    ann.waits_for(opening_of("background_check"), timeout=PATIENCE)


def test_the_menu_and_the_page_of_the_bot_are_set(telegram: TelegramDouble, telegram_bot: RunningBot) -> None:
    telegram.waits_for_call("setMyShortDescription", times=len(languages()), timeout=PATIENCE)
    menus = {language: commands for (_, language), commands in telegram.commands.items()}
    # Texts without a language are for all languages without their own.
    assert set(menus) == {"", *languages()} - {ENGLISH}
    assert all([name for name, _ in commands] == list(COMMANDS) for commands in menus.values())
    for language in ("", "fr"):
        assert "/privacy" in telegram.descriptions[language]
        assert telegram.short_descriptions[language]
    assert dict(menus["fr"])["status"] == catalogue("fr").text("command-status") != dict(menus[""])["status"]


@pytest.mark.parametrize("command", sorted(set(COMMANDS) - {"start", "delete_my_data"}))
def test_every_command_of_the_menu_is_understood(ann: PrivateChat, command: str, telegram_bot: RunningBot) -> None:
    answer_until(ann, "email", telegram_bot)
    ann.sends(f"/{command}")
    ann.waits_for(COMMAND_REPLIES[command], timeout=PATIENCE)
    unknown, invalid = "The commands that I know are", "doesn’t look like an e-mail address"
    assert not any(words in each.text for each in ann.received for words in (unknown, invalid))


#: Words of the reply to each command.
COMMAND_REPLIES = {
    "help": "You can",
    "status": "You are at",
    "back": "legal name",
    "edit": "what you told me",
    "pause": "Saved. Just write when you’re back",
    "privacy": "Your answers are saved on our server",
    "language": catalogue().text("faq-languages"),
    "cancel": catalogue().text("question-cancel").split("\n")[0],
}


def test_an_answer_is_taken_though_telegram_has_not_told_us_yet_that_it_took_the_question(
    ann: PrivateChat, telegram: TelegramDouble, telegram_bot: RunningBot
) -> None:
    answer_until(ann, "account", telegram_bot)
    asked = ann.last
    assert asked is not None
    telegram.hold("sendMessage", seconds=0.3)
    ann.taps(asked, "I need to register")
    ann.waits_for(opening_of("full_name"), timeout=PATIENCE)
    ann.sends("Ann Lee")  # faster than a person could
    assert "e-mail" in ann.waits_for("", timeout=PATIENCE).text


def test_an_update_delivered_twice_is_one_message(
    ann: PrivateChat, telegram: TelegramDouble, telegram_bot: RunningBot
) -> None:
    answer_until(ann, "full_name", telegram_bot)
    telegram.duplicate_updates(1)
    ann.sends("Ann Lee")
    ann.waits_for(opening_of("email"), timeout=PATIENCE)
    telegram.waits_until_read()
    ann.sends(address_of(ann))
    ann.waits_for(opening_of("email_code"), timeout=PATIENCE)
    assert sum(opening_of("email") in message.text for message in ann.received) == 1
    assert not any("before you could see" in message.text for message in ann.received), "it is no second message"


@pytest.mark.parametrize("fault", [{"status": 500}, {"status": 429, "retry_after": 1}])
def test_a_reply_that_telegram_refuses_for_now_comes_later_and_in_order(
    ann: PrivateChat, telegram: TelegramDouble, fault: dict[str, Any], telegram_bot: RunningBot
) -> None:
    answer_until(ann, "full_name", telegram_bot)
    telegram.fail("sendMessage", times=2, **fault)
    ann.sends("Ann Lee")
    ann.waits_for(opening_of("email"), timeout=PATIENCE)
    ann.sends(address_of(ann))
    ann.waits_for(opening_of("email_code"), timeout=PATIENCE)


def test_a_reply_that_telegram_never_takes_does_not_hold_up_those_behind_it(
    ann: PrivateChat, telegram: TelegramDouble, telegram_bot: RunningBot
) -> None:
    answer_until(ann, "full_name", telegram_bot)
    telegram.fail("sendMessage", times=4, status=400)  # with formatting and buttons, without either, without both
    ann.sends("Ann Lee")
    telegram.waits_for_call("sendMessage", len(telegram.calls_of("sendMessage")) + 4, timeout=PATIENCE)
    ann.sends("repeat the question")
    ann.waits_for(reopening_of("email"), timeout=PATIENCE)
    assert not any(opening_of("email") in each.text for each in ann.received)


def test_a_reply_whose_formatting_telegram_does_not_take_comes_without(
    ann: PrivateChat, telegram: TelegramDouble, telegram_bot: RunningBot
) -> None:
    answer_until(ann, "reasons", telegram_bot)
    telegram.fail("sendMessage", status=400, description="Bad Request: can't parse entities: fault of the test")
    ann.sends("Tea & <b>biscuits</b>")
    asked = ann.waits_for(opening_of("experience"), timeout=PATIENCE)
    assert asked.entities == []
    assert [each.label for each in asked.buttons] == ["Back"]
    assert not any(mark in asked.text for mark in ("<i>", "&amp;"))


def test_a_photo_that_telegram_does_not_take_back_does_not_keep_its_words(
    ann: PrivateChat, telegram: TelegramDouble, telegram_bot: RunningBot
) -> None:
    answer_until(ann, "photo", telegram_bot)
    telegram.fail("sendPhoto", status=400, description="Bad Request: IMAGE_PROCESS_FAILED")
    ann.sends_photo(picture())
    assert ann.waits_for("how job seekers will see you", timeout=PATIENCE).photo is None
    ann.waits_for(opening_of("date_of_birth"), timeout=PATIENCE)


def test_a_burst_of_messages_agrees_to_one_consent_only(ann: PrivateChat, telegram_bot: RunningBot) -> None:
    answer_until(ann, "background_check", telegram_bot)
    for _ in range(4):
        ann.sends("yes")
    ann.waits_for("before you could see this question", timeout=PATIENCE)
    ann.waits_for(opening_of("two_months"), timeout=PATIENCE)
    recorded = [consent["id"] for consent in telegram_bot.newest_registration()["consents"]]
    assert len(recorded) < 4, "each question is seen before it is answered"


def test_a_mentor_who_blocked_the_bot_is_told_the_rest_once_it_is_unblocked(
    ann: PrivateChat, telegram: TelegramDouble, telegram_bot: RunningBot
) -> None:
    answer_until(ann, "full_name", telegram_bot)
    refused_before = len(telegram.problems)
    telegram.fail("sendMessage", times=2, status=500)  # the block comes first
    ann.sends("Ann Lee")
    telegram.waits_for_call("sendMessage", len(telegram.calls_of("sendMessage")) + 1, timeout=PATIENCE)
    ann.blocks()
    _until(lambda: any(each.status == 403 for each in telegram.problems[refused_before:]))
    ann.unblocks()
    ann.waits_for(opening_of("email"), timeout=PATIENCE)
    ann.sends(address_of(ann))
    ann.waits_for(opening_of("email_code"), timeout=PATIENCE)


def test_who_comes_back_after_a_block_has_consented_to_nothing_unseen(
    ann: PrivateChat, telegram: TelegramDouble, telegram_bot: RunningBot
) -> None:
    answer_until(ann, "background_check", telegram_bot)
    refused_before = len(telegram.problems)
    telegram.fail("sendMessage", times=2, status=500)  # the block comes first
    ann.sends("yes")
    telegram.waits_for_call("sendMessage", len(telegram.calls_of("sendMessage")) + 1, timeout=PATIENCE)
    ann.blocks()
    _until(lambda: any(each.status == 403 for each in telegram.problems[refused_before:]))
    ann.unblocks()
    ann.sends("yes")
    ann.waits_for("before you could see this question", timeout=PATIENCE)
    assert [each["id"] for each in telegram_bot.newest_registration()["consents"]] == ["background_check"]
    ann.taps(ann.waits_for(opening_of("two_months"), timeout=PATIENCE), "I agree")
    ann.waits_for(opening_of("published_and_rated"), timeout=PATIENCE)


def test_a_question_that_telegram_has_not_taken_yet_cannot_be_answered(
    ann: PrivateChat, telegram: TelegramDouble, telegram_bot: RunningBot
) -> None:
    answer_until(ann, "background_check", telegram_bot)
    telegram.fail("sendMessage", times=2, status=500)
    calls = len(telegram.calls_of("sendMessage"))
    ann.sends("yes")
    telegram.waits_for_call("sendMessage", calls + 1, timeout=PATIENCE)
    ann.sends("yes, I agree")  # nothing came so far
    ann.waits_for("before you could see this question", timeout=PATIENCE)
    assert [each["id"] for each in telegram_bot.newest_registration()["consents"]] == ["background_check"]


def test_a_deleted_account_is_not_written_to_again(
    ann: PrivateChat, telegram: TelegramDouble, telegram_bot: RunningBot
) -> None:
    answer_until(ann, "full_name", telegram_bot)
    refused_before = len(telegram.problems)
    telegram.hold("sendMessage", 0.1)
    ann.sends("Ann Lee")
    ann.deletes_account()
    _until(lambda: len(telegram.problems) > refused_before)
    time.sleep(1)  # time for another attempt
    refusals = [(each.method, each.description) for each in telegram.problems[refused_before:]]
    assert ("sendMessage", "Forbidden: user is deactivated") in refusals
    assert len([each for each in refusals if each[0] == "sendMessage"]) <= 2


def test_a_question_answered_in_words_shows_it_and_loses_its_buttons(
    ann: PrivateChat, telegram: TelegramDouble, telegram_bot: RunningBot
) -> None:
    refused_before = len(telegram.problems)
    answer_until(ann, "reasons", telegram_bot)
    reasons = last_with(ann, opening_of("reasons"))
    ann.sends("I like to help people who start again, as I did once.")
    for question in QUESTIONS[QUESTIONS.index("experience") : QUESTIONS.index("background_check")]:
        answers(ann, question, telegram_bot)
    consent = ann.waits_for(opening_of("background_check"), timeout=PATIENCE)
    ann.sends("no, I do not agree")
    ann.waits_for(opening_of("two_months"), timeout=PATIENCE)
    ann.waits_for_edit(consent, "✓ I do not agree", timeout=PATIENCE)
    assert [each.label for each in newest(ann, consent).buttons] == ["Change"]
    _until(lambda: [each.label for each in newest(ann, reasons).buttons] == ["Change"])
    assert "✓" not in newest(ann, reasons).text
    standing = [each for each in ann.received if "I agree" in [button.label for button in each.buttons]]
    assert [opening_of("two_months") in each.text for each in standing] == [True]
    ann.taps(newest(ann, reasons), "Change")
    ann.waits_for(opening_of("reasons"), timeout=PATIENCE)
    assert telegram.problems[refused_before:] == []


def test_a_question_that_is_asked_again_has_its_buttons_once(ann: PrivateChat, telegram_bot: RunningBot) -> None:
    answer_until(ann, "background_check", telegram_bot)
    first = last_with(ann, opening_of("background_check"))
    ann.sends("why do you need this?")
    ann.waits_for(opening_of("background_check"), timeout=PATIENCE)
    _until(lambda: not newest(ann, first).buttons)
    assert "✓" not in newest(ann, first).text


def test_an_answer_is_taken_where_its_question_cannot_be_edited(
    ann: PrivateChat, telegram: TelegramDouble, telegram_bot: RunningBot
) -> None:
    answer_until(ann, "background_check", telegram_bot)
    telegram.fail("editMessageText", times=1, status=400, description="Bad Request: message can't be edited")
    ann.sends("yes")
    ann.waits_for(opening_of("two_months"), timeout=PATIENCE)
    ann.sends("yes")
    ann.waits_for(opening_of("published_and_rated"), timeout=PATIENCE)


def test_every_tap_is_answered_whatever_goes_wrong(
    ann: PrivateChat, telegram: TelegramDouble, telegram_bot: RunningBot
) -> None:
    answer_until(ann, "background_check", telegram_bot)
    telegram.reset("answerCallbackQuery")
    telegram.fail("answerCallbackQuery", status=502)
    telegram.fail("answerCallbackQuery", status=429, retry_after=1)
    ann.taps(last_with(ann, opening_of("background_check")), "I agree").waits_for_answer(PATIENCE)


def test_somebody_elses_tap_is_harmless(ann: PrivateChat, telegram: TelegramDouble, telegram_bot: RunningBot) -> None:
    answer_until(ann, "background_check", telegram_bot)
    question = last_with(ann, opening_of("background_check"))
    data = next(each.data for each in question.buttons if each.label == "I agree")
    ben = telegram.user("Ben", language_code="en")
    ben.sends("/start")
    greeting = ben.waits_for(opening_of("start"), timeout=PATIENCE)
    assert data is not None
    ben.taps_forged(greeting, data).waits_for_answer()
    ben.sends("status")
    ben.waits_for("", timeout=PATIENCE)
    assert telegram_bot.newest_registration()["consents"] == []
    ann.taps(question, "I agree").waits_for_answer()
    ann.waits_for(opening_of("two_months"), timeout=PATIENCE)


def test_two_taps_at_once_are_one_answer(ann: PrivateChat, telegram_bot: RunningBot) -> None:
    answer_until(ann, "background_check", telegram_bot)
    question = last_with(ann, opening_of("background_check"))
    first, second = [ann.taps(question, "I agree") for _ in range(2)]
    assert first.waits_for_answer(PATIENCE) == ""
    assert "changed" in second.waits_for_answer(PATIENCE)
    ann.waits_for(opening_of("two_months"), timeout=PATIENCE)
    assert ann.received[-1].message_id == question.message_id + 1, "a toast is enough"
    assert [each["id"] for each in telegram_bot.newest_registration()["consents"]] == ["background_check"]


def test_an_answer_in_words_and_a_tap_after_it_are_one_answer(ann: PrivateChat, telegram_bot: RunningBot) -> None:
    answer_until(ann, "background_check", telegram_bot)
    question = last_with(ann, opening_of("background_check"))
    ann.sends("yes, I agree")
    ann.taps(question, "I do not agree").waits_for_answer(PATIENCE)
    ann.waits_for(opening_of("two_months"), timeout=PATIENCE)
    assert [each["decision"] for each in telegram_bot.newest_registration()["consents"]] == ["agreed"]


def test_a_burst_of_messages_gets_one_reply(ann: PrivateChat, telegram_bot: RunningBot) -> None:
    answer_until(ann, "email", telegram_bot)
    before = len(ann.received)
    for number in range(30):
        ann.sends(f"ann{number}")
    ann.sends("is it free?")
    ann.waits_for("free", timeout=PATIENCE)
    ann.waits_for("your e-mail address", timeout=PATIENCE)
    ann.sends("status")
    ann.waits_for("You are at", timeout=PATIENCE)
    ann.waits_for("your e-mail address", timeout=PATIENCE)
    # The first is processed at once, before the others are there.
    assert len(ann.received) - before <= 8


def test_a_burst_of_small_talk_gets_one_reply(ann: PrivateChat, telegram_bot: RunningBot) -> None:
    answer_until(ann, "email", telegram_bot)
    before = len(ann.received)
    for _ in range(30):
        ann.sends("hello")
    ann.sends("status")
    ann.waits_for("You are at", timeout=PATIENCE)
    ann.waits_for("your e-mail address", timeout=PATIENCE)
    assert len(ann.received) - before <= 6


def test_no_link_has_a_preview_and_a_consents_buttons_are_alike(
    ann: PrivateChat, telegram: TelegramDouble, telegram_bot: RunningBot
) -> None:
    answer_until(ann, "background_check", telegram_bot)
    [agree, disagree], [back] = last_with(ann, opening_of("background_check")).rows
    assert [agree.label, disagree.label, back.label] == ["I agree", "I do not agree", "Back"]
    assert agree.style is disagree.style is None
    ann.sends("/cancel")
    [delete], [keep] = ann.waits_for("delete", timeout=PATIENCE).rows
    assert (delete.style, keep.style) == ("danger", "primary")
    ann.taps(ann.received[-1], keep.label).waits_for_answer()
    calls = [*telegram.calls_of("sendMessage"), *telegram.calls_of("editMessageText")]
    assert all(json.loads(each.parameters["link_preview_options"]) == {"is_disabled": True} for each in calls)


def test_typing_is_shown_while_telegram_lets_a_mentor_wait(
    ann: PrivateChat, telegram: TelegramDouble, telegram_bot: RunningBot
) -> None:
    answer_until(ann, "email", telegram_bot)
    before = len(telegram.calls_of("sendChatAction"))
    telegram.fail("sendMessage", times=1, status=429, retry_after=2)
    ann.sends("status")
    ann.waits_for("You are at", timeout=PATIENCE)
    assert len(telegram.calls_of("sendChatAction")) > before


def test_a_link_of_the_site_goes_on_here_once(
    telegram: TelegramDouble, telegram_bot: RunningBot, ann: PrivateChat
) -> None:
    answer_until(ann, "email", telegram_bot)
    ann.sends("continue on the web")
    _until(lambda: any(button.url for each in ann.received for button in each.buttons))
    url = next(button.url for each in ann.received for button in each.buttons if button.url)
    assert url.startswith(telegram_bot.url)
    token = url.partition("?continue=")[2]
    assert token_in_link(token)
    ben = telegram.user("Ben", language_code="en")
    telegram.duplicate_updates(1)
    ben.sends(f"/start {token}")
    question = ben.waits_for("Is it yours?", timeout=PATIENCE)
    telegram.waits_until_read()
    ben.taps(question, "Yes, go on with it")
    ben.waits_for(opening_of("email"), timeout=PATIENCE)
    ann.waits_for("your registration goes on there", timeout=PATIENCE)
    ben.sends("status")
    ben.waits_for("You are at", timeout=PATIENCE)
    assert not any("used before" in each.text for each in ben.received), "delivered twice is used once"
    eve = telegram.user("Eve", language_code="en")
    eve.sends(f"/start {token}")
    eve.waits_for(catalogue().text("note-link-used").split(".")[0], timeout=PATIENCE)
    assert token not in telegram_bot.log()
    assert traces_of(telegram_bot.data_dir, token) == []


def test_what_follows_start_and_is_no_link_is_passed_over(telegram: TelegramDouble, telegram_bot: RunningBot) -> None:
    ben = telegram.user("Ben", language_code="en")
    ben.sends("/start utm_source-x")
    ben.waits_for(catalogue().text("question-start"), timeout=PATIENCE)
    assert not any("link" in each.text.lower() for each in ben.received)


def token_in_link(token: str) -> bool:
    """Whether Telegram accepts the parameter: core.telegram.org/bots/features#deep-linking."""
    return 1 <= len(token) <= 64 and all(each.isalnum() or each in "_-" for each in token)


def test_the_date_of_birth_is_nowhere_but_in_the_mentors_own_message(
    ann: PrivateChat, telegram_bot: RunningBot
) -> None:
    answer_until(ann, "date_of_birth", telegram_bot)
    ann.sends("17 November 1973")
    ann.waits_for(opening_of("background_check"), timeout=PATIENCE)
    assert not any("1973" in message.text for message in ann.received)
    assert traces_of(telegram_bot.data_dir, "1973-11-17", "17 November 1973") == []


def test_the_consent_receipt_comes_as_a_file(
    ann: PrivateChat, telegram: TelegramDouble, telegram_bot: RunningBot
) -> None:
    refused_before = len(telegram.problems)
    answer_until(ann, "two_months", telegram_bot)
    ann.sends("receipt")
    message = ann.waits_for("Here is what you agreed to", timeout=PATIENCE)
    assert message.document is not None
    page = message.document.decode()
    assert form.BY_ID[form.ItemId("background_check")].wording in html.unescape(page)
    assert page.count("You agreed.") == 1
    ann.waits_for(opening_of("two_months"), timeout=PATIENCE)
    assert telegram.problems[refused_before:] == []


def test_the_token_is_in_no_log(telegram_bot: RunningBot) -> None:
    assert TOKEN.split(":")[1] not in telegram_bot.log()


def last_with(chat: PrivateChat, words: str) -> ReceivedMessage:
    """The last message that holds these words."""
    return next(each for each in reversed(chat.received) if words in each.text)


def newest(chat: PrivateChat, message: ReceivedMessage) -> ReceivedMessage:
    """The current state of a message."""
    return next(each for each in chat.received if each.message_id == message.message_id)


def reopening_of_consent(item_id: str) -> str:
    return form.BY_ID[form.ItemId(item_id)].wording


def _until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def traces_of(folder: Path, *texts: str) -> list[str]:
    """The files in ``folder`` that hold one of ``texts``."""
    for database in folder.glob("*.db"):
        with sqlite3.connect(database) as connection:
            connection.execute("PRAGMA wal_checkpoint(PASSIVE)")
        connection.close()
    found = []
    for file in folder.rglob("*"):
        if file.is_file():
            content = file.read_bytes()
            found += [f"{file.name}: {text}" for text in texts if text.encode() in content]
    return found
