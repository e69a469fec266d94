"""Messages in the inbox and the payloads of buttons."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from bot.messages.incoming import TAP_INTENTS, Incoming, Kind, Tap, storable
from bot.registration import form
from bot.registration.registration import CANCEL, EMAIL_CODE, JOIN, RECONSIDER, REVIEW, START, START_OVER

ROOT = Path(__file__).resolve().parents[3]
ANY_TEXT = st.text(st.characters(exclude_categories=[]), max_size=60)
CALLBACK_BYTES = 64  # Telegram's limit
LARGE_REVISION = 2**31 - 1  # of the column
QUESTIONS = (
    *(str(item.id) for item in form.ASKED),
    *map(str, (START, EMAIL_CODE, JOIN, REVIEW, RECONSIDER, START_OVER, CANCEL)),
)


@pytest.mark.parametrize("intent", sorted(TAP_INTENTS))
@pytest.mark.parametrize("question", QUESTIONS)
def test_every_buttons_payload_fits_and_reads_back(intent: str, question: str) -> None:
    for tap in (
        Tap(intent),
        Tap(intent, question),
        Tap(intent, question, 0),
        Tap(intent, question, LARGE_REVISION),
        Tap(intent, question, LARGE_REVISION, "1"),
        Tap(intent, question, None, "1"),
    ):
        assert len(tap.payload().encode()) <= CALLBACK_BYTES
        assert Tap.parse(tap.payload()) == tap


def test_a_payload_has_no_empty_end() -> None:
    assert Tap("register").payload() == "register"
    assert Tap("change_answer", "email").payload() == "change_answer:email"
    assert Tap("affirm", "email", 0).payload() == "affirm:email:0"


@pytest.mark.parametrize(
    "payload",
    [
        "",
        ":",
        "inform2",
        "AFFIRM:email:1",
        " affirm:email:1",
        "/affirm",
        "session_start",
        "restart",
        "affirm:email:-1",
        "affirm:email:1.5",
        "affirm:email:one",
        "affirm:email:٣",
        "affirm:email:²",
        "affirm:email: 1",
        "affirm:email:0x1",
        "affirm:email:1:0:more",
        "affirm:email:1:0::more",
        '/affirm{"question": "email"}',
        "affirm\n:email:1",
        "\x00",
        "affirm:email:" + "9" * 5_000,
    ],
)
def test_a_forged_payload_is_no_tap(payload: str) -> None:
    assert Tap.parse(payload) is None


@given(ANY_TEXT)
def test_every_payload_is_a_tap_that_a_button_may_stand_for_or_none(payload: str) -> None:
    tap = Tap.parse(payload)
    assert tap is None or tap.intent in TAP_INTENTS


@given(
    st.sampled_from(sorted(TAP_INTENTS)),
    st.lists(st.sampled_from(["", "email", "0", "7", "12", "-1", "x", "²"]), max_size=5),
)
def test_what_is_read_as_a_tap_reads_back_the_same(intent: str, parts: list[str]) -> None:
    tap = Tap.parse(":".join([intent, *parts]))
    if tap is not None:
        assert Tap.parse(tap.payload()) == tap
        assert tap.revision is None or tap.revision >= 0


@given(
    st.builds(
        Incoming,
        kind=st.sampled_from(Kind),
        text=st.text(max_size=60),
        payload=st.text(max_size=60),
        upload=st.text(max_size=20),
        photo=st.text(max_size=20),
        problem=st.text(max_size=20),
        shown=st.sampled_from(["", *QUESTIONS]),
    )
)
def test_a_message_reads_back_from_its_bytes(message: Incoming) -> None:
    assert Incoming.from_bytes(message.to_bytes()) == message


@given(ANY_TEXT)
def test_every_text_can_be_stored(text: str) -> None:
    stored = storable(text)
    assert "\x00" not in stored
    stored.encode("utf-8")
    assert storable(stored) == stored
    assert len(stored) <= len(text)


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=60))
def test_a_text_that_can_be_stored_stays_as_it_is(text: str) -> None:
    assert storable(text) == text


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("a\x00b", "ab"),
        ("\ud83d\ude42", "🙂"),
        ("a\ud83d", "a\ufffd"),
        ("\ude42a", "\ufffda"),
        ("\ufeffa", "\ufeffa"),
        ("", ""),
    ],
)
def test_what_no_database_holds_is_replaced(text: str, stored: str) -> None:
    assert storable(text) == stored


def test_halves_of_pairs_survive_the_inbox_and_can_be_stored_after_it() -> None:
    message = Incoming(Kind.TEXT, text="a\ud83d")
    assert storable(Incoming.from_bytes(message.to_bytes()).text) == "a\ufffd"


def test_a_message_from_before_has_no_shown_question() -> None:
    old = json.dumps({"kind": "text", "text": "yes", "payload": "", "upload": "", "photo": "", "problem": ""}).encode()
    assert Incoming.from_bytes(old) == Incoming(Kind.TEXT, text="yes", shown="")


def test_buttons_stand_for_intents_that_the_dialogue_knows() -> None:
    domain = YAML(typ="safe", pure=True).load((ROOT / "domain.yml").read_text(encoding="utf-8"))
    assert set(domain["intents"]) >= TAP_INTENTS


def test_a_button_agrees_to_one_question_only() -> None:
    assert Tap.parse("affirm") == Tap("affirm")
    assert Tap.parse("affirm:two_months:3") != Tap.parse("affirm:background_check:3")
    assert Tap.parse("affirm:two_months:3") != Tap.parse("affirm:two_months:4")


@pytest.mark.parametrize(
    "payload", ["meant_otherwise", "end_something", "nlu_fallback", "faq_commands", "chat_greet", "restart"]
)
def test_what_no_button_stands_for_is_no_tap(payload: str) -> None:
    assert Tap.parse(payload) is None
