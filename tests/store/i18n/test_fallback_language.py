"""What a translation lacks is said in English, and says that it is English, so that it is read out as such."""

from __future__ import annotations

import pytest
from starlette.requests import Request

from bot.channels.web.problems import problem
from bot.i18n.catalogue import Catalogue, catalogue
from bot.notifications.notify import tell
from bot.registration.answers import MessageRef
from bot.security.vault import Vault
from bot.storage import Conversation, Store, TranscriptMessage
from tests.store.mentor import ChattingMentor

MISSING = ("note-paused", "question-background_check", "wording-background_check", "error-no-session", "status-draft")


@pytest.fixture(autouse=True)
def _incomplete(monkeypatch: pytest.MonkeyPatch) -> None:
    """French without some of its sentences."""
    has = Catalogue.has

    def lacks_some(sentences: Catalogue, message: str) -> bool:
        is_missing = sentences.language == "fr" and message.partition(".")[0] in MISSING
        return not is_missing and has(sentences, message)

    monkeypatch.setattr(Catalogue, "has", lacks_some)


@pytest.fixture
def marie(mentor: ChattingMentor) -> ChattingMentor:
    with mentor.store.write() as session:
        session.get_one(Conversation, mentor.conversation_id).language = "fr"
    return mentor


def languages_of(mentor: ChattingMentor) -> list[str]:
    """Of what the bot said in the last turn, in order."""
    return [each["language"] for each in mentor.news() if each["from"] == "bot"]


def test_a_note_is_marked_as_english_and_the_question_as_french(marie: ChattingMentor) -> None:
    marie.comes_to("reasons")
    marie.says("pause")
    assert languages_of(marie) == ["en"]
    assert marie.news()[0]["text"].startswith("Saved. Just write when you’re back, and we’ll go on with")


def test_a_question_is_marked_and_its_missing_translation_is_none(marie: ChattingMentor) -> None:
    marie.comes_to("background_check")
    [question] = [each for each in marie.news() if "question" in each]
    assert question["language"] == "en"
    assert "translation" not in question, "English words would be shown as a courtesy in French"
    marie.comes_to("two_months")
    [question] = [each for each in marie.news() if "question" in each]
    assert question["language"] == "fr"
    assert question["translation"]["language"] == "fr"


def test_what_is_said_again_is_english_throughout(marie: ChattingMentor) -> None:
    marie.comes_to("reasons")
    for _ in range(2):
        marie.says("pause")
    again = marie.news()[0]
    assert again["language"] == "en"
    assert again["text"] == catalogue().text("note-paused.again")


def test_what_is_told_outside_a_turn_has_its_language(marie: ChattingMentor, store: Store, vault: Vault) -> None:
    with store.write() as session:
        for name in ("note-paused", "result-clear"):
            note = MessageRef(name, (("profile", "none"),))
            tell(session, vault, "people@example.org", marie.mentor_id, note)
    with store.read() as session:
        rows = session.query(TranscriptMessage).order_by(TranscriptMessage.id.desc()).limit(2).all()
    assert [each.body["language"] for each in rows] == ["fr", "en"]


@pytest.mark.parametrize(("sentence", "language"), [("error-no-session", "en"), ("error-no-token", "fr")])
def test_a_problem_says_its_language(sentence: str, language: str) -> None:
    request = Request({"type": "http", "headers": [(b"accept-language", b"fr-CA,fr;q=0.9")]})
    assert problem(request, 401, sentence).headers["content-language"] == language
