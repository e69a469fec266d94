"""The part of ``domain.yml`` that follows from the form: its slots, how each is asked, and their order."""

from __future__ import annotations

from collections.abc import Sequence

#: The form's name.
FORM = "registration_form"
#: The slot that holds the id of the question that the form asks next: the responses ``utter_ask_…`` name it.
OPEN_QUESTION = "open_question"
#: The line after which the rest of the file is written.
MARK = "# From here on written by: bot form build\n"
_SLOT = """  {name}:
    type: {kind}
    influence_conversation: false
    mappings:
      - type: custom
"""


def domain_with(slots: Sequence[str], domain: str) -> str:
    """A domain file with the slots of the form.

    Args:
        slots: in the order in which they are asked.
        domain: the file as it is.

    Raises:
        ValueError: the file has no line `MARK`.
    """
    own, mark, _written = domain.partition(MARK)
    if not mark:
        raise ValueError(f"domain.yml lacks the line: {MARK.strip()}")
    first, *others = slots
    parts = [
        "# A slot only marks that everything of its section is stored; the answers are in the database.\nslots:\n",
        *(_SLOT.format(name=name, kind="bool") for name in slots),
        "  # Which question the form asks next: several share a slot.\n",
        _SLOT.format(name=OPEN_QUESTION, kind="text"),
        f'\nresponses:\n  utter_ask_{first}: &ask\n    - custom: {{ask: "{{{OPEN_QUESTION}}}"}}\n',
        "      channel: collector  # the service's; Rasa's shell is shown the question itself\n",
        *(f"  utter_ask_{name}: *ask\n" for name in others),
        f"\nforms:\n  {FORM}:\n    required_slots:\n",
        *(f"      - {name}\n" for name in slots),
    ]
    return f"{own}{mark}{''.join(parts)}"
