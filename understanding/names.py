"""Reading a person's name: of any culture, so nearly everything is one."""

from __future__ import annotations

import re

from understanding.text import tidy

_LEAD = re.compile(
    r"^(?:(?:hello|hi|hey|sure|ok|okay|yes|of course|good morning)[,.!]? +)?"
    r"(?:(?:(?:my|the) )?(?:full )?(?:legal )?name(?:(?: is|['’]s)(?=\s)| ?[:–—-])|i am|(?:i['’]m|it['’]s|it is|this is)(?=\s))\s+",
    re.IGNORECASE,
)
_NOT_A_NAME = re.compile(r"[@<>{}\[\]|\\^~=+*#$%&?;!\d]|https?:|www\.", re.IGNORECASE)


def read_name(text: str) -> str | None:
    """The name in ``text``, or None if there is none.

    Single names, apostrophes, hyphens, full stops and every script are names; digits, links and e-mail
    addresses are not. See Patrick McKenzie's "Falsehoods programmers believe about names".

    Args:
        text: the whole message; "my name is" before the name is dropped.
    """
    name = _LEAD.sub("", tidy(text)).strip(' ,:"')
    if not any(each.isalpha() for each in name) or _NOT_A_NAME.search(name):
        return None
    return name
