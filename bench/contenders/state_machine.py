"""What one would write without a dialogue engine: a state machine over the form, with Starlette and SQLite.

It asks the same questions with the same words, commits each turn durably, and understands what it finds in a list of
phrases. Run with ``python -m bench.contenders.state_machine --port 8000 --database FILE``.
"""

from __future__ import annotations

import argparse
import re
import sqlite3
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from bench.contenders.project import intents
from bench.contenders.script import BEGIN, DIGRESSIONS, DONE, Question, digression_text, questions

TABLES = """
CREATE TABLE IF NOT EXISTS mentors (id TEXT PRIMARY KEY, open INTEGER NOT NULL, submitted INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS answers (mentor TEXT, question TEXT, value TEXT, PRIMARY KEY (mentor, question));
CREATE TABLE IF NOT EXISTS transcript (id INTEGER PRIMARY KEY, mentor TEXT, sender TEXT, text TEXT);
"""
NOT_UNDERSTOOD = "Sorry, I did not get that."
_SPACES = re.compile(r"[^\w']+")


class StateMachine:
    """The form and where each mentor is in it.

    Args:
        database: SQLite file.
        asked: the form.
    """

    def __init__(self, database: str, asked: list[Question]) -> None:
        self._asked = asked
        self._phrases = {_plain(said): intent for intent, examples in intents(asked).items() for said in examples}
        self._database = sqlite3.connect(database, isolation_level=None)
        self._database.execute("PRAGMA journal_mode=WAL")
        self._database.execute("PRAGMA synchronous=FULL")
        self._database.executescript(TABLES)

    def turn(self, mentor: str, text: str) -> list[str]:
        """Take a message, commit what follows from it, and give the replies."""
        self._database.execute("BEGIN IMMEDIATE")
        row = self._database.execute("SELECT open FROM mentors WHERE id = ?", (mentor,)).fetchone()
        replies = self._replies(mentor, row[0] if row else -1, text)
        said = [(mentor, "mentor", text), *((mentor, "bot", reply) for reply in replies)]
        self._database.executemany("INSERT INTO transcript (mentor, sender, text) VALUES (?, ?, ?)", said)
        self._database.execute("COMMIT")
        return replies

    def _replies(self, mentor: str, number: int, text: str) -> list[str]:
        intent = "register" if text == BEGIN else self._phrases.get(_plain(text), "")
        if number < 0 and intent == "register":
            return self._go_on(mentor, 0)
        if not 0 <= number < len(self._asked):
            return [digression_text(intent)] if intent in DIGRESSIONS else [NOT_UNDERSTOOD]
        question = self._asked[number]
        if intent in DIGRESSIONS:
            return [digression_text(intent), question.text]
        if question.is_consent and intent not in ("affirm", "deny"):
            return [NOT_UNDERSTOOD, question.text]
        value = intent if question.is_consent else text
        self._database.execute("INSERT OR REPLACE INTO answers VALUES (?, ?, ?)", (mentor, question.name, value))
        return self._go_on(mentor, number + 1)

    def _go_on(self, mentor: str, number: int) -> list[str]:
        is_over = number == len(self._asked)
        self._database.execute(
            "INSERT INTO mentors VALUES (?, ?, ?) "
            "ON CONFLICT (id) DO UPDATE SET open = excluded.open, submitted = excluded.submitted",
            (mentor, number, is_over),
        )
        return [DONE if is_over else self._asked[number].text]


def application(machine: StateMachine) -> Starlette:
    """The machine behind the same address as Rasa's ``rest`` channel."""

    async def webhook(request: Request) -> JSONResponse:
        message: dict[str, Any] = await request.json()
        replies = machine.turn(message["sender"], message["message"])
        return JSONResponse([{"recipient_id": message["sender"], "text": text} for text in replies])

    return Starlette(routes=[Route("/webhooks/rest/webhook", webhook, methods=["POST"])])


def _plain(text: str) -> str:
    return _SPACES.sub(" ", text.casefold()).strip()


def main() -> None:
    """Serve until told to stop."""
    parser = argparse.ArgumentParser(prog="python -m bench.contenders.state_machine", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--database", required=True)
    arguments = parser.parse_args()
    app = application(StateMachine(arguments.database, questions()))
    uvicorn.run(app, host="127.0.0.1", port=arguments.port, log_level="warning", access_log=False)


if __name__ == "__main__":
    main()
