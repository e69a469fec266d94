"""A yes and a no in other languages than English: whole messages of a closed list, and nothing else.

They count where the question was shown in that language. Everything that is more than one of these is left to the
buttons: whether somebody agrees in a language whose ways of hedging nobody has studied is not guessed. A language is
added by a line in each table.
"""

from __future__ import annotations

from types import MappingProxyType

from bot.understanding.consent import Reading
from bot.understanding.text import folded


def _all(*replies: str) -> frozenset[str]:
    return frozenset(map(folded, replies))


_YES = MappingProxyType(
    {
        "fr": _all(
            *("oui", "oui oui", "oui merci", "oui bien sûr", "oui d'accord", "oui je suis d'accord", "oui j'accepte"),
            *("je suis d'accord", "je suis tout à fait d'accord", "d'accord", "j'accepte", "je l'accepte"),
            *("oui l'enregistrer", "oui enregistrez-le", "oui enregistrez"),
            *("bien sûr", "bien sûr que oui", "absolument", "je m'y engage", "je m'engage", "oui je m'y engage"),
        )
    }
)
_NO = MappingProxyType(
    {
        "fr": _all(
            *("non", "non merci", "non pas du tout", "je ne suis pas d'accord", "non je ne suis pas d'accord"),
            *("non ne pas l'enregistrer", "non ne l'enregistrez pas"),
            *("pas d'accord", "je refuse", "non je refuse", "je n'accepte pas", "non je n'accepte pas"),
        )
    }
)


def read_translated(text: str, language: str) -> Reading | None:
    """A yes or a no, if the whole message is one of the list for ``language``; else None.

    Args:
        text: the whole message.
        language: code of the language in which the question was shown.
    """
    said = folded(text)
    if said in _YES.get(language, ()):
        return Reading.YES
    return Reading.NO if said in _NO.get(language, ()) else None
