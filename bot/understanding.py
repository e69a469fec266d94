"""What the bot makes of a message at a question, without a conversation: for `bot understand` and the evaluation.

The same code reads as in a conversation: the channel's preparation of the text, the engine's NLU with the question's
metadata, and the reading of answers. Only actions, tracker and database are left out.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from bot import form
from bot.answers import (
    DoubtfulAnswerError,
    InvalidAnswerError,
    Note,
    option_labels,
    question_to_save,
    read_birth_date,
    read_choice,
    read_decision,
    read_text_answer,
)
from bot.catalogue import catalogue
from bot.codes import read_code
from bot.conversation.digressions import digression_note
from bot.conversation.engine_text import WITHDRAWAL, asked, engine_text, hides_date
from bot.conversation.incoming import Incoming, Kind, storable
from bot.form import Answer, ItemId
from bot.model import engine_command
from bot.registration import CANCEL, EMAIL_CODE, JOIN, RECONSIDER, REVIEW, SAVE, START, START_OVER
from bot.settings import Settings
from bot.store.models import utc_now
from understanding.commands import read_command
from understanding.consent import Reading, read_consent
from understanding.reader import COMMANDS, DIGRESSIONS

#: Messages that go through the engine's NLU in one run.
BATCH = 100

#: Questions that are no item of the form and want a yes or a no, with what is said to anything else.
_CONFIRMATIONS: dict[str, str] = {
    START: "fallback-start",
    JOIN: "note-unclear-join",
    RECONSIDER: "note-unclear-reconsider",
    REVIEW: "note-unclear-review",
    START_OVER: "note-unclear-confirmation",
    CANCEL: "note-unclear-confirmation",
    SAVE: "note-unclear-confirmation",
    str(WITHDRAWAL.id): "note-unclear-withdrawal",
}
#: Where a conversation would know which item it is about, and a line does not tell: one stands for all.
_TOPICS = {str(WITHDRAWAL.id): form.CODE_OF_ETHICS, SAVE: form.FULL_NAME}
#: Every question that a message can be read at.
QUESTIONS: tuple[str, ...] = (
    *(item.id for item in (*form.ASKED, *form.PLACE)),
    EMAIL_CODE,
    *_CONFIRMATIONS,
)
#: Digressions that are commands where the mentor says just that word.
_SPOKEN_COMMANDS = {"faq_help": "help", "faq_status": "status"}


@dataclass(frozen=True)
class Line:
    """A message to understand.

    Attributes:
        question: id of the question that is open.
        text: what the mentor types.
    """

    question: ItemId
    text: str

    @classmethod
    def parse(cls, line: str) -> Self:
        """The message in a line of JSON.

        Raises:
            ValueError: it is none; the text says what is wrong.
        """
        try:
            fields = json.loads(line)
            question, text = fields["question"], fields["text"]
        except (ValueError, KeyError, TypeError):
            raise ValueError('Each line has to be a JSON object with "question" and "text".') from None
        if not isinstance(text, str) or not isinstance(question, str):
            raise ValueError('"question" and "text" have to be texts.')  # noqa: TRY004  (what is wrong with a line)
        if question not in QUESTIONS:
            raise ValueError(f"There is no question {question!r}. There are: {', '.join(QUESTIONS)}.")
        return cls(ItemId(question), storable(text))


class Understanding:
    """The engine's NLU in a process of its own, while the context lasts.

    Args:
        settings: of this bot; tells where the engine is and whom a mentor can write to.
        model: the trained model.
    """

    def __init__(self, settings: Settings, model: Path) -> None:
        self._settings = settings
        self._model = model

    def __enter__(self) -> Self:
        """Start the process and load the model."""
        self._engine = subprocess.Popen(
            **engine_command(self._settings, "-m", "engine.understand", str(self._model)),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._answer()  # "ready"
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the process."""
        self._engine.communicate()

    def read(self, lines: Iterable[Line]) -> Iterator[dict[str, Any]]:
        """What each of up to `BATCH` messages is read as.

        Yields:
            Dictionaries with ``reading`` (``yes``, ``no``, ``unclear``, ``answer``, ``digression``, ``command`` or
            ``invalid``) and, where there is one, ``name`` and ``item`` of a digression or command, the ``value`` of
            an answer, and the ``sentence`` that the mentor would see.
        """
        batch = list(lines)
        messages = [self._message(line) for line in batch]
        assert self._engine.stdin is not None  # noqa: S101  (tells mypy what PIPE means)
        self._engine.stdin.write(json.dumps(messages) + "\n")
        self._engine.stdin.flush()
        meanings = json.loads(self._answer())
        for line, meaning in zip(batch, meanings, strict=True):
            yield {name: each for name, each in self._reading(line, **meaning).items() if each is not None}

    def _answer(self) -> str:
        assert self._engine.stdout is not None  # noqa: S101
        answer: str = self._engine.stdout.readline()
        if not answer:
            raise RuntimeError("the engine ended")
        return answer

    @staticmethod
    def _message(line: Line) -> dict[str, Any]:
        message = Incoming(Kind.TEXT, text=line.text, shown=line.question)
        hidden = hides_date(message, line.question, line.question)
        return {"text": engine_text(message, hidden=hidden), "metadata": asked(line.question).to_metadata()}

    def _reading(self, line: Line, intent: str, target: str | None) -> dict[str, Any]:
        if intent.startswith(DIGRESSIONS):
            command = read_command(line.text)
            if command is not None and command.name in _SPOKEN_COMMANDS:
                return {"reading": "command", "name": _SPOKEN_COMMANDS[command.name]}
            return self._digression(line, intent, target)
        if intent in COMMANDS or (intent == "register" and line.question != START):
            return {"reading": "command", "name": intent, "item": target}
        if line.question in _CONFIRMATIONS or form.BY_ID.get(line.question) in form.CONSENTS:
            return self._yes_no(line, intent)
        try:
            return {"reading": "answer", "value": _value(line, intent)}
        except DoubtfulAnswerError as doubtful:
            question = Note(question_to_save(form.BY_ID[line.question]), (("text", doubtful.value),))
            return {"reading": "unclear", "name": question.id, "sentence": self._sentence(question)}
        except InvalidAnswerError as invalid:
            return {"reading": "invalid", "name": invalid.note.id, "sentence": self._sentence(invalid.note)}

    def _digression(self, line: Line, intent: str, target: str | None) -> dict[str, Any]:
        if intent in ("chat_greet", "faq_status"):  # these depend on how far the mentor is
            note = Note("greeting" if line.question == START else "greeting-back")
            note = note if intent == "chat_greet" else Note("status-new" if line.question == START else "status-draft")
        else:
            note = digression_note(intent, _TOPICS.get(line.question, line.question), target)
        return {"reading": "digression", "name": intent, "item": target, "sentence": self._sentence(note)}

    def _yes_no(self, line: Line, intent: str) -> dict[str, Any]:
        if intent == "register":
            return {"reading": "yes"} if _is_yes(line.text) else {"reading": "command", "name": intent}
        try:
            return {"reading": "yes" if read_decision(intent, line.text) == "agreed" else "no"}
        except InvalidAnswerError as invalid:
            name = _CONFIRMATIONS.get(line.question)
            note = Note(name) if name else invalid.note
            return {"reading": "unclear", "name": note.id, "sentence": self._sentence(note)}

    def _sentence(self, note: Note) -> str:
        arguments = {"contact": self._settings.contact_email, "steps": len(form.STEPS), **dict(note.arguments)}
        return catalogue("en").text(note.id, **arguments)


def _is_yes(text: str) -> bool:
    return read_consent(text) is Reading.YES


def _value(line: Line, intent: str) -> str | list[str]:
    text = line.text
    if line.question == EMAIL_CODE:
        code = read_code(text)
        if code is None:
            raise InvalidAnswerError("note-code-none")
        return code
    item = form.BY_ID[line.question]
    if item.answer is Answer.CHOICE:
        return read_choice(item, intent, text, option_labels(item, catalogue()))
    if item.answer is Answer.PHOTO:
        raise InvalidAnswerError("note-photo-expected")
    if item.answer is Answer.DATE:
        dates: tuple[date, ...] = read_birth_date(text, utc_now().date())
        return dates[0].isoformat() if len(dates) == 1 else [each.isoformat() for each in dates]
    return read_text_answer(item, text)
