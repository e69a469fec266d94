"""Dialogues as text, one move per line, so that a test reads like its conversation.

.. code-block:: text

    > go back                           the mentor types this; "> (photo)" sends a picture
    [Keep my answer]                    the mentor taps this button
    > (code)                            the mentor types the code from the newest e-mail
    > …                                 the mentor answers what is asked, as a willing mentor would
    < Back to your photo                the bot says this, or a sentence with this in another wording of it
    < [Continue] [Start over]           and offers these buttons
    ! your expertise                    and does not say this
    ? photo                             and asks this question at the end; "? nothing" asks none

In every dialogue, no message of the bot may repeat the words of one of its previous messages.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from tests.support.answers import picture
from tests.support.wordings import is_said

if TYPE_CHECKING:
    from tests.support.web import WebMentor

NOTHING = "nothing"
_PHOTO = "(photo)"
_CODE = "(code)"
_ANSWER = "…"
_BUTTONS = re.compile(r"\[([^\]]+)\]")


def play(mentor: WebMentor, script: str) -> None:
    """Play the dialogue in ``script``.

    Raises:
        AssertionError: the dialogue went differently; the message shows how.
    """
    played: list[str] = []
    for line in filter(None, map(str.strip, script.splitlines())):
        played.append(line)
        try:
            _play_line(mentor, line[0], line[1:].strip(), line)
        except AssertionError as error:
            conversation = "\n".join(f"    {each}" for each in played)
            raise AssertionError(f"{error}\n{conversation}\nThe bot said:\n{told(mentor.news)}") from None


def _play_line(mentor: WebMentor, sign: str, rest: str, line: str) -> None:
    match sign:
        case ">":
            _move(mentor, rest)
            assert_said_anew(mentor)
        case "[":
            mentor.taps(line.removeprefix("[").removesuffix("]"))
            assert_said_anew(mentor)
        case "<" if rest.startswith("["):
            missing = set(_BUTTONS.findall(rest)) - set(offered(mentor.news))
            assert not missing, f"no button {sorted(missing)}"
        case "<":
            assert is_said(rest, mentor.heard()), f"the bot did not say {rest!r}"
        case "!":
            assert rest not in mentor.heard(), f"the bot said {rest!r}"
        case "?":
            assert asked_at_last(mentor) == rest, f"the bot asked {asked_at_last(mentor)!r}"
        case _:
            raise ValueError(f"no line of a dialogue: {line!r}")


def _move(mentor: WebMentor, words: str) -> None:
    if words == _PHOTO:
        mentor.sends(picture())
    elif words == _CODE:
        mentor.says(mentor.new_code())
    elif words == _ANSWER:
        mentor.answers()
    else:
        mentor.says(words)


def asked_at_last(mentor: WebMentor) -> str:
    """The question with which the bot's last turn ended, or `NOTHING`."""
    return str(mentor.news[-1].get("question") or NOTHING) if mentor.news else NOTHING


def offered(messages: list[dict[str, Any]]) -> list[str]:
    """Labels of the buttons that the bot offers in these messages."""
    return [button["label"] for message in messages for button in message.get("buttons", [])]


def texts(messages: list[dict[str, Any]]) -> list[str]:
    """The bot's text in these messages, without quotes from the form."""
    return [message["text"] for message in messages if message["from"] == "bot"]


def assert_said_anew(mentor: WebMentor) -> None:
    """Assert that no message of the bot's last turn repeats one of the turn before."""
    before: list[dict[str, Any]] = []
    for message in reversed(mentor.messages[: len(mentor.messages) - len(mentor.news)]):
        if message["from"] == "mentor" or (before and message.get("question")):
            break  # a turn ends with the question
        before.append(message)
    again = set(texts(mentor.news)) & set(texts(before))
    assert not again, f"the bot said twice in a row: {sorted(again)}"


def told(messages: list[dict[str, Any]]) -> str:
    """Messages in a readable form."""
    return "\n".join(
        f"    {message['from']}: {message.get('text', '')!r}"
        + (f" ?{message['question']}" if message.get("question") else "")
        + "".join(f" [{label}]" for label in offered([message]))
        for message in messages
    )
