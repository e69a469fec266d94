"""Commands as whole messages, in the words that the bot itself offers and their nearest kin.

They hold at every question. What is said in more words is for the trained classifier to recognise.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from understanding.items import named_item
from understanding.text import words


@dataclass(frozen=True)
class Command:
    """A command and, for a change, the item of the form it names.

    Attributes:
        name: an intent of the dialogue, for example ``go_back``.
        target: id of an item of the form, or None.
    """

    name: str
    target: str | None = None


_PHRASES: dict[str, frozenset[str]] = {
    "go_back": frozenset({"back", "go back", "go one back", "previous", "previous question", "step back", "/back"}),
    "skip": frozenset({"skip", "skip it", "skip this", "skip that", "skip this question", "skip this one", "/skip"}),
    "repeat": frozenset({"repeat", "repeat that", "repeat the question", "say that again", "again", "once more"}),
    "see_review": frozenset(
        {"review", "review my answers", "show my answers", "check my answers", "see my answers", "my answers"}
    ),
    "pause": frozenset(
        {"pause", "stop", "not now", "later", "take a break", "stop for now", "stop here", "pause here", "/pause"}
    ),
    "resume": frozenset(
        {
            "continue",
            "go on",
            "carry on",
            "resume",
            "keep my answer",
            "keep my answers",
            "keep my old answer",
            "keep them",
            "keep it",
            "i'm back",
        }
    ),
    "start_over": frozenset({"start over", "start again", "restart", "begin again", "start from scratch"}),
    "cancel": frozenset(
        {
            *("cancel", "quit", "exit", "abort", "delete my answers", "delete my data", "delete everything", "/cancel"),
            *("delete my account", "close my account", "/delete_my_data"),
        }
    ),
    "resend_code": frozenset(
        {
            *("send again", "send it again", "resend", "resend it", "resend the code", "send the code again"),
            *("new code", "another code", "send a new code", "send me a new code", "send another code"),
            *(
                "nothing came",
                "nothing arrived",
                "i got nothing",
                "it did not arrive",
                "it didn't arrive",
                "it has not come",
            ),
            *("no code came", "no code arrived", "i got no code", "i didn't get a code", "i did not get a code"),
            *("i didn't get the code", "i have no code", "where is the code", "where is my code", "no e-mail came"),
        }
    ),
    "stop_reminders": frozenset(
        {
            *("stop reminding me", "no more reminders", "no reminders", "stop the reminders", "stop reminders"),
            *("do not remind me", "don't remind me", "don't remind me again", "stop sending me reminders"),
        }
    ),
    "continue_elsewhere": frozenset(
        {
            *("continue elsewhere", "continue on my phone", "continue on another device", "continue on telegram"),
            *("continue on the website", "continue on the web", "continue on my computer", "continue on my laptop"),
            *("switch to telegram", "switch to my phone", "switch device", "switch devices", "switch to the website"),
        }
    ),
    "faq_my_data": frozenset(
        {
            *("download my data", "export my data", "my data", "give me my data", "show me my data", "show my data"),
            *("send me my data", "a copy of my data", "i want a copy of my data", "all my data"),
        }
    ),
    "register": frozenset(
        {"try again", "start", "begin", "register", "let's start", "let's begin", "let's go", "sign me up"}
    ),
    "faq_help": frozenset({"help", "/help", "help me", "i need help", "what can i say"}),
    "faq_status": frozenset(
        {"status", "/status", "my status", "show my status", "what's my status", "what is my status"}
    ),
    "faq_receipt": frozenset({"receipt", "/receipt", "my receipt", "my consents", "consent receipt"}),
    "chat_greet": frozenset(
        {"/start", "hello", "hi", "hey", "hello there", "hi there", "good morning", "good afternoon", "good evening"}
    ),
    "chat_thanks": frozenset({"thanks", "thank you", "many thanks", "thanks a lot", "thank you very much"}),
    "chat_goodbye": frozenset({"bye", "goodbye", "bye bye", "see you", "see you later"}),
}
_COMMANDS = {phrase: name for name, phrases in _PHRASES.items() for phrase in phrases}
#: Words that are an answer, too, where the mentor may write anything: a "resume" is also a curriculum vitae.
_ALSO_ANSWERS = frozenset({"resume", "review", "begin", "later", "again", "previous", "continue", "exit"})

_POLITE = re.compile(
    r"^(?:(?:please|ok|okay|hey|hi|um|sorry|wait|can (?:i|we|you)|could (?:i|we|you)|let me|let us) )+"
)
_AFTERWARDS = re.compile(r"(?: (?:please|thanks|thank you|now|pls|then))+$")
_CHANGE = re.compile(
    r"(?:i(?: want|'d like| would like| need|'ll have) to )?"
    r"(?:withdraw|take back|revoke|change|edit|correct|fix|update|redo|replace|modify|amend|revise|rewrite|retake|retype)"
    r"(?: my| the)? (?:answer (?:to|about|on|for) )?(?:the |my )?(?P<target>[\w' -]{1,40})|"
    r"i(?: want|'d like| would like| need) (?:another|a different|a new) (?P<other>[\w' -]{1,30})"
)
_TARGET = re.compile(
    r"(?:account(?: type)?|(?:(?:full|legal|last|first|family) )*name|surname|(?:e-?mail )?address|e-?mail|mail|reasons?|motivation|"
    r"(?:mentoring )?experience|(?:areas of )?expertise|photo|picture|image|pic|selfie|date of birth|birth ?date|birthday|dob|"
    r"background check(?: permission)?|permission|(?:two|2) months(?: commitment)?|(?:first|second) commitment|"
    r"published and rated|code of ethics|(?:clause|part|rule|code of ethics|ethics) \d{1,2}|"
    r"(?:\w+ )?clause(?: (?:about|on) [\w' ]+)?)(?: (?:again|answer))?"
)


def read_command(text: str, kind: str | None = None) -> Command | None:
    """The command that the whole message is, or None.

    Args:
        text: the whole message.
        kind: how the open question is answered; at ``long_text`` some single words are answers.
    """
    said = words(text)
    if said in _OTHER_ADDRESS:
        return Command("change_answer", "email")
    asked = _AFTERWARDS.sub("", _POLITE.sub("", said.rstrip("?").strip()))
    for simple in (said, asked):
        name = _COMMANDS.get(simple)
        if name and not (kind == "long_text" and simple in _ALSO_ANSWERS):
            return Command(name)
    match = _CHANGE.fullmatch(asked)
    target = (match["target"] or match["other"]).strip() if match else ""
    if target and _TARGET.fullmatch(target):
        item = _SECOND.get(target) or named_item(target)
        return Command("change_answer", item) if item else None
    return None


_OTHER_ADDRESS = frozenset(
    {
        *("wrong address", "wrong email", "wrong e-mail", "that is the wrong address", "that's the wrong address"),
        *("wrong email address", "wrong e-mail address", "use another address", "another address", "other address"),
        *("it is the wrong address", "it's the wrong address", "not my address", "that is not my address"),
    }
)
_SECOND = {
    "first commitment": "two_months",
    "second commitment": "published_and_rated",
    "mail": "email",
    "address": "email",
}
