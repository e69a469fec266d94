"""Reads a message at a question, without a conversation: for `bot understand` and the evaluation.

It uses the same code as a conversation: the channel's preparation of the text, Rasa's NLU with the question's metadata,
and the reading of answers; without actions, tracker and database.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Self

from bot.accounts.email_codes import read_code
from bot.conversation.readable import WITHDRAWAL, hides_date, readable_text, reading_context
from bot.dialogue.compatibility import keep_quiet
from bot.i18n.catalogue import ENGLISH, Argument, catalogue, languages
from bot.messages.incoming import Incoming, Kind, storable
from bot.messages.whereabouts import completed, described
from bot.moves.digressions import DRAFT, SUBMITTED, digression_note, greeting_within, once_sent_note, topic_sentence
from bot.registration import form
from bot.registration.answers import (
    DoubtfulAnswerError,
    InvalidAnswerError,
    MessageRef,
    option_labels,
    question_to_save,
    read_birth_date,
    read_choice,
    read_decision,
    read_text_answer,
)
from bot.registration.form import Answer, ItemId
from bot.registration.registration import CANCEL, CONFIRM, EMAIL_CODE, JOIN, RECONSIDER, REVIEW, SAVE, START, START_OVER
from bot.storage.models import utc_now
from bot.understanding.commands import read_command
from bot.understanding.consent import Reading, read_consent
from bot.understanding.learned import LIKELY_REPLY
from bot.understanding.reader import COMMANDS, DIGRESSIONS, Act

#: Messages that the NLU reads in one batch.
BATCH = 100

#: Yes-or-no questions outside the form, with the sentence for any other reply.
_CONFIRMATIONS: dict[str, str] = {
    START: "fallback-start",
    JOIN: "note-unclear-join",
    RECONSIDER: "note-unclear-reconsider",
    REVIEW: "note-unclear-review",
    START_OVER: "note-unclear-confirmation",
    CANCEL: "note-unclear-confirmation",
    SAVE: "note-unclear-confirmation",
    CONFIRM: "note-unclear-confirmation",
    str(WITHDRAWAL.id): "note-unclear-withdrawal",
}
#: Questions about one item, where a line does not name the item: the item used instead.
_TOPICS = {str(WITHDRAWAL.id): form.CODE_OF_ETHICS, SAVE: form.FULL_NAME, CONFIRM: form.CODE_OF_ETHICS}
#: Topics of the replies to commands that change nothing.
_SAID_TO_COMMANDS = {"skip": "skip", "pause": "note-paused"}
#: States of a registration: a draft, or submitted with a running check.
STATES = {"draft": DRAFT, "submitted": SUBMITTED}
#: Questions that are open in a draft only.
_IN_DRAFTS = frozenset({START, RECONSIDER, REVIEW, START_OVER})
#: Every question that a message can be read at.
QUESTIONS: tuple[str, ...] = (
    *(item.id for item in (*form.ASKED, *form.PLACE)),
    EMAIL_CODE,
    *_CONFIRMATIONS,
)
#: Digressions that are commands if the mentor types just that word.
_SPOKEN_COMMANDS = {"faq_help": "help", "faq_status": "status"}


@dataclass(frozen=True)
class Line:
    """A message to understand.

    Attributes:
        question: id of the open question; None after the submit, unless an answer is being changed.
        text: what the mentor types.
        state: ``draft`` or ``submitted``.
        language: code of the language that the bot writes in.
    """

    question: ItemId | None
    text: str
    state: str = "draft"
    language: str = ENGLISH

    @classmethod
    def parse(cls, line: str) -> Self:
        """The message in a line of JSON.

        Raises:
            ValueError: the line is invalid; the text says why.
        """
        try:
            fields = json.loads(line)
            text, state, language = fields["text"], fields.get("state", "draft"), fields.get("language", ENGLISH)
            question = fields["question"] if state == "draft" else fields.get("question") or REVIEW
        except (ValueError, KeyError, TypeError, AttributeError):
            raise ValueError('Each line has to be a JSON object with "question" and "text".') from None
        if not isinstance(text, str) or not isinstance(question, str):
            raise ValueError('"question" and "text" have to be texts.')  # noqa: TRY004  (what is wrong with a line)
        if question not in QUESTIONS:
            raise ValueError(f"There is no question {question!r}. There are: {', '.join(QUESTIONS)}.")
        if state not in list(STATES) or language not in list(languages()):
            raise ValueError(
                f'"state" has to be one of {", ".join(STATES)}; "language" one of {", ".join(languages())}.'
            )
        is_open = state == "draft" or question not in _IN_DRAFTS
        return cls(ItemId(question) if is_open else None, storable(text), state, language)


class Understanding:
    """The NLU with the trained model.

    Args:
        model: its file.
        contact_email: where a mentor can write to a person.
    """

    def __init__(self, model: Path, contact_email: str) -> None:
        keep_quiet()
        from bot.dialogue.agent import Agent
        from bot.dialogue.components.sentence_vectors import VECTORS

        self._agent = Agent(model)
        VECTORS.load()
        self._contact = contact_email

    def read(self, lines: Iterable[Line]) -> Iterator[dict[str, Any]]:
        """Read up to `BATCH` messages.

        Yields:
            Dictionaries with ``reading`` (``yes``, ``no``, ``confirm``, ``unclear``, ``answer``, ``digression``,
            ``command`` or ``invalid``) and, where there is one, ``name`` and ``item`` of a digression or command, the
            ``value`` of an answer, the ``sentence`` that the mentor would see, and the ``choices`` that are offered if
            no topic is likely enough.
        """
        batch = list(lines)
        meanings = self._agent.read_many(self._message(line) for line in batch)
        for line, meaning in zip(batch, meanings, strict=True):
            found = self._reading(line, meaning.intent, meaning.target, meaning.value or line.text)
            if meaning.value and found["reading"] == "command":
                found["value"] = meaning.value
            first = Act(meaning.intent, meaning.target, meaning.value)
            if meaning.choices and found["reading"] in ("unclear", "invalid"):
                found |= {"reading": "unclear", "choices": [_choice(each) for each in meaning.choices]}
            if meaning.also:
                found["acts"] = [self._act(line, each) for each in (first, *meaning.also)]
            yield {name: each for name, each in found.items() if each is not None}

    def _act(self, line: Line, act: Act) -> dict[str, str]:
        """One of several acts in a message."""
        found = self._reading(line, act.intent, act.item, act.value or line.text)
        if act.value and found["reading"] == "command":
            found["value"] = act.value
        return {name: each for name, each in found.items() if each is not None}

    @staticmethod
    def _message(line: Line) -> tuple[str, Mapping[str, object]]:
        message = Incoming(Kind.TEXT, text=line.text, shown=line.question or "")
        hidden = hides_date(message, line.question, line.question)
        is_elsewhere = line.question != form.DATE_OF_BIRTH
        return readable_text(message, hidden=hidden, is_elsewhere=is_elsewhere), reading_context(
            line.question, line.language
        ).to_metadata()

    def _reading(self, line: Line, intent: str, target: str | None, text: str) -> dict[str, Any]:
        if intent.startswith(DIGRESSIONS):
            command = read_command(line.text)
            if command is not None and command.name in _SPOKEN_COMMANDS:
                return {"reading": "command", "name": _SPOKEN_COMMANDS[command.name]}
            return self._digression(line, intent, target)
        if intent in COMMANDS or (intent == "register" and line.question != START):
            found = {"reading": "command", "name": intent, "item": target}
            said = _SAID_TO_COMMANDS.get(intent)
            if said is not None and line.question not in (None, START):
                found["sentence"] = self._sentence(MessageRef(topic_sentence(said, self._topic(line))), line)
            return found
        if line.question is None:
            return self._once_sent(line, intent)
        if line.question in _CONFIRMATIONS or form.BY_ID.get(line.question) in form.CONSENTS:
            return self._yes_no(line, intent)
        try:
            return {"reading": "answer", "value": _value(line, intent, text)}
        except DoubtfulAnswerError as doubtful:
            question = MessageRef(question_to_save(form.BY_ID[line.question]), (("text", doubtful.value),))
            return {"reading": "unclear", "name": question.id, "sentence": self._sentence(question, line)}
        except InvalidAnswerError as invalid:
            return {"reading": "invalid", "name": invalid.note.id, "sentence": self._sentence(invalid.note, line)}

    def _once_sent(self, line: Line, intent: str) -> dict[str, Any]:
        """The reply to a move when no question is open."""
        note = once_sent_note(line.text, STATES[line.state])
        reading = {"affirm": "yes", "deny": "no"}.get(intent, "unclear")
        return {"reading": reading, "name": note.id, "sentence": self._sentence(note, line)}

    def _digression(self, line: Line, intent: str, target: str | None) -> dict[str, Any]:
        stage = STATES[line.state]
        if intent == "faq_status" or (intent == "chat_greet" and line.question is None):
            note = MessageRef("status-new" if line.question == START else f"status-{stage}")
        elif intent == "chat_greet":
            greeting = greeting_within(Incoming(Kind.TEXT, text=line.text))
            note = MessageRef("greeting" if line.question == START else greeting)
        else:
            note = digression_note(intent, self._topic(line), target, stage)
        return {"reading": "digression", "name": intent, "item": target, "sentence": self._sentence(note, line)}

    @staticmethod
    def _topic(line: Line) -> ItemId | None:
        return _TOPICS.get(line.question, line.question) if line.question else None

    def _yes_no(self, line: Line, intent: str) -> dict[str, Any]:
        if intent == "register":
            return {"reading": "yes"} if _is_yes(line.text) else {"reading": "command", "name": intent}
        if intent == LIKELY_REPLY:
            question = MessageRef("question-confirm")
            return {"reading": "confirm", "name": question.id, "sentence": self._sentence(question, line)}
        try:
            return {"reading": "yes" if read_decision(intent, line.text) == "agreed" else "no"}
        except InvalidAnswerError as invalid:
            name = _CONFIRMATIONS.get(str(line.question))
            note = MessageRef(name) if name else invalid.note
            return {"reading": "unclear", "name": note.id, "sentence": self._sentence(note, line)}

    def _sentence(self, note: MessageRef, line: Line) -> str:
        """The sentence for a mentor who has answered everything before the open question."""
        sentences, topic = catalogue(line.language), self._topic(line)
        ids = [item.id for item in form.ASKED]
        if line.question == EMAIL_CODE:
            undone = ids[ids.index(form.EMAIL) + 1 :]
        elif line.question == START:
            undone = ids
        else:
            undone = ids[ids.index(topic) :] if topic in ids and line.state == "draft" else []
        where = described(sentences, topic, form.ASKED, undone)
        basics: dict[str, Argument] = {"contact": self._contact, "steps": len(form.STEPS)}
        return completed(
            note.id, sentences.text(note.id, **(where | basics | {"since": utc_now()} | dict(note.arguments)))
        )


def _choice(act: Act) -> dict[str, str]:
    """A possible meaning of a message, as its button's act."""
    return {"name": act.intent, "item": act.item} if act.item else {"name": act.intent}


def _is_yes(text: str) -> bool:
    return read_consent(text) is Reading.YES


def _value(line: Line, intent: str, text: str) -> str | list[str]:
    if line.question == EMAIL_CODE:
        code = read_code(text)
        if code is None:
            raise InvalidAnswerError("note-code-none")
        return code
    item = form.BY_ID[ItemId(str(line.question))]
    if item.answer is Answer.CHOICE:
        return read_choice(item, intent, text, option_labels(item, catalogue()))
    if item.answer is Answer.PHOTO:
        raise InvalidAnswerError("note-photo-expected")
    if item.answer is Answer.DATE:
        dates: tuple[date, ...] = read_birth_date(text, utc_now().date())
        return dates[0].isoformat() if len(dates) == 1 else [each.isoformat() for each in dates]
    return read_text_answer(item, text, in_doubt=intent == LIKELY_REPLY)
