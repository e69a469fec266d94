"""After a stop with mentors at every question, each continues at the same one."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.registration import form
from tests.support.answers import QUESTIONS, TEXTS
from tests.support.service import RunningBot
from tests.support.web import WebMentor


@pytest.mark.timeout(400)
def test_nobody_loses_an_answer_wherever_they_were_when_everything_stopped(tmp_path: Path) -> None:
    with RunningBot(tmp_path) as bot:
        mentors = {question: WebMentor(bot.url).opens().answers_until(question) for question in QUESTIONS}
        before = bot.json("registrations", "list")
        bot.kill()
        bot.start()
        for question, mentor in mentors.items():
            assert mentor.opens().question == question
            mentor.answers()
            following = "status" if question == "review" else QUESTIONS[QUESTIONS.index(question) + 1]
            assert following == "status" or mentor.question == following, f"{question}: {mentor.heard()}"
            if question == "reasons":
                stored = {each["id"]: each["value"] for each in bot.registration(mentor.email)["answers"]}
                assert (stored["reasons"], stored["experience"]) == (TEXTS["reasons"], None)
            mentor.http.close()
        after = bot.json("registrations", "list")
    answered = [len({each.id for each in form.ASKED} & set(QUESTIONS[:place])) for place in range(len(QUESTIONS) + 1)]
    assert [row["answered"] for row in before] == answered[:-1]
    assert [row["answered"] for row in after] == answered[1:]
    assert [row["status"] for row in after].count("draft") == len(QUESTIONS) - 1, "the last one has submitted"
