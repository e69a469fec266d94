"""A second choice in the form works as the first one does: asked, read, reviewed, changed and exported."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.api.mentor_report import export_row, registration_details
from bot.core.organisation import ORGANISATION
from bot.privacy.my_data import my_data
from bot.registration import form
from bot.security.vault import Vault
from bot.storage import Conversation, Mentor, Store
from tests.doubles.telegram_api import TelegramDouble
from tests.store.in_process import TOKEN, InProcess
from tests.store.mentor import ChattingMentor
from tests.support import agent
from tests.support.forms import WHEN, add_question, trained_with
from tests.support.ledger import LEDGER
from tests.support.web import WebMentor

pytestmark = pytest.mark.long  # a model is trained with this form

LABELS = {
    "en": ["In the mornings", "In the evenings", "At weekends"],
    "fr": ["Le matin", "Le soir", "Le week-end"],
}


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The model of this form."""
    return trained_with(WHEN, form.PHOTO, tmp_path_factory.mktemp("second-choice"))


@pytest.fixture(autouse=True)
def _form(trained: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(agent, "train", lambda: trained)
    add_question(monkeypatch, WHEN, before=form.PHOTO)


@pytest.fixture(params=["en", "fr"])
def asked(request: pytest.FixtureRequest, mentor: ChattingMentor) -> ChattingMentor:
    """A mentor who is asked the second choice, in a language."""
    with mentor.store.write() as session:
        session.get_one(Conversation, mentor.conversation_id).language = request.param
    return mentor.comes_to(WHEN.id)


def language_of(mentor: ChattingMentor) -> str:
    with mentor.store.read() as session:
        return session.get_one(Conversation, mentor.conversation_id).language


def answer(mentor: ChattingMentor) -> str | None:
    with mentor.registration() as current:
        return current.answers.get(WHEN.id)


def test_it_is_asked_with_a_button_for_each_option(asked: ChattingMentor) -> None:
    labels = LABELS[language_of(asked)]
    assert list(asked.buttons())[:3] == labels
    newest = asked.messages()[-1]
    assert (newest["input"], newest["progress"]["part"], newest["progress"]["parts"]) == ("choice", 1, 1)
    assert newest["progress"]["of"] == 12


@pytest.mark.parametrize("place", range(3))
def test_a_button_chooses(asked: ChattingMentor, place: int) -> None:
    asked.taps(LABELS[language_of(asked)][place])
    assert answer(asked) == WHEN.options[place][0]
    assert asked.question == form.PHOTO


@pytest.mark.parametrize("place", range(3))
@pytest.mark.parametrize("write", ["{}", "{}!", "{0}, 🙂", "2"])
def test_an_option_may_be_typed(asked: ChattingMentor, place: int, write: str) -> None:
    label = LABELS[language_of(asked)][place]
    asked.says(write.format(label.upper()))
    assert answer(asked) == WHEN.options[1 if write == "2" else place][0]
    assert asked.question == form.PHOTO


def test_what_is_none_of_them_is_asked_back_with_their_names(asked: ChattingMentor) -> None:
    labels = ", ".join(LABELS[language_of(asked)])
    asked.agent.likelihoods = {}  # what the classifier might find in it is not the question here
    for text in ("yes", "whenever you like", "9", "Le matin ou le soir", "in the mornings or in the evenings"):
        assert labels in asked.says(text), text
        assert (asked.question, answer(asked)) == (WHEN.id, None)


def test_a_question_about_it_and_a_way_back_are_understood(mentor: ChattingMentor) -> None:
    mentor.comes_to(WHEN.id)
    mentor.agent.likelihoods = {"faq_why": 1.0}
    assert "somebody who has time" in mentor.says("why do you ask me that?")
    mentor.says("back")
    assert mentor.question == "expertise"


def test_a_button_of_before_is_no_answer_any_more(mentor: ChattingMentor) -> None:
    mentor.comes_to(WHEN.id)
    payload = mentor.payload("At weekends")
    mentor.taps("In the mornings")
    mentor.taps_payload(payload)
    assert answer(mentor) == "morning"
    mentor.says("back")
    mentor.taps_payload(payload.replace("weekend", "never"))
    assert answer(mentor) == "morning"


def test_the_review_shows_it_and_it_can_be_changed_there_and_after_the_submit(asked: ChattingMentor) -> None:
    labels = LABELS[language_of(asked)]
    asked.taps(labels[0])
    asked.comes_to("review")
    [row] = [
        each for section in asked.messages()[-1]["sections"] for each in section["rows"] if each["value"] in labels
    ]
    assert row["value"] == labels[0]
    asked.taps_payload(row["change"]["payload"])
    assert asked.question == WHEN.id
    asked.taps(labels[2])
    assert (asked.question, answer(asked)) == ("review", "weekend")
    asked.says("submit")
    assert asked.question is None
    with asked.registration() as current:
        assert current.can_change(WHEN)


def test_it_is_exported_and_among_the_mentors_own_data(mentor: ChattingMentor) -> None:
    mentor.comes_to(WHEN.id).taps("At weekends")
    mentor.comes_to("review").says("submit")
    with mentor.store.read() as session:
        who = session.get_one(Mentor, mentor.mentor_id)
        assert export_row(session, who, mentor.photos)["when"] == "weekend"
        details = registration_details(session, mentor.mentor_id, mentor.photos, LEDGER)
        data = my_data(session, LEDGER, mentor.photos, who)
    assert [row["value"] for row in details["answers"] if row["id"] == "when"] == ["weekend"]
    assert "At weekends" in str(data)


def test_it_works_in_a_browser_and_on_telegram(store: Store, vault: Vault, data_dir: Path) -> None:
    with TelegramDouble(token=TOKEN) as telegram, InProcess(store, vault, data_dir, telegram) as service:
        with WebMentor(service.url) as maria:
            maria.opens(language="fr")
            service.comes_to(service.of_browser(maria), WHEN.id)
            maria.says("repeat")
            assert "Quand avez-vous du temps" in maria.messages[-1]["text"]
            assert "photo" in maria.taps("Le soir")
        ann = telegram.user("Ann", language_code="en")
        ann.sends("/start")
        ann.waits_for(f"{ORGANISATION.name}")
        service.comes_to(service.mentor_of("telegram", str(ann.id)), WHEN.id)
        ann.sends("repeat")
        question = ann.waits_for(WHEN.wording)
        ann.taps(question, "At weekends")
        ann.waits_for("photo")
        ann.waits_for_edit(question, "✓ At weekends")
        assert telegram.problems == []
