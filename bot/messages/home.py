"""The home of a mentor after the submit: below how the registration stands are buttons for all that can be done."""

from __future__ import annotations

from bot.i18n.catalogue import Catalogue
from bot.messages.buttons import Button, named_button
from bot.messages.incoming import Tap
from bot.registration import form
from bot.registration.form import ItemId
from bot.registration.registration import Registration

EXPERTISE = ItemId("expertise")
#: The notes that are the home: how the registration stands, by the status of its check.
STANDING = "status-"
SUBMITTED = "note-submitted"
#: What is said to something that was done after the submit, and how the notes begin that answer a question or small
#: talk or tell a result: the way home is below them.
_LEADS_HOME = ("note-changed", "note-changed-shown", "note-kept", "note-not-changeable")
_KINDS = ("faq-", "chat-", "result-")
#: Checks after which there is no profile: nothing of it can be changed.
_WITHOUT_PROFILE = frozenset({"declined"})
_TRY_AGAIN = frozenset({"cancelled", "expired"})


def home_buttons(sentences: Catalogue, current: Registration, note_id: str) -> list[Button]:
    """The buttons below a note that is the home, or that leads to it; none below others.

    Args:
        sentences: in the mentor's language.
        current: the mentor's registration.
        note_id: id of the note in the catalogue.
    """

    def offer(name: str, tap: Tap, style: str = "primary") -> Button:
        return named_button(sentences, name, tap, style)

    is_sent = current.mentor.submitted_at is not None
    if note_id in _LEADS_HOME or note_id.startswith(_KINDS):
        return [offer("home", Tap("faq_status"), "secondary")] if is_sent and current.open_question is None else []
    if not (note_id == SUBMITTED or note_id.startswith(STANDING)):
        return []
    my_data, delete = offer("export", Tap("faq_my_data")), offer("do-delete", Tap("cancel"), "secondary")
    if not is_sent:  # a consent was withdrawn: the registration is a draft again, with reminders as any
        reminds = current.mentor.reminders_off_at is None
        name, intent = ("reminders-off", "stop_reminders") if reminds else ("reminders-on", "remind_me")
        return [offer(name, Tap(intent)), my_data, delete] if note_id == f"{STANDING}withdrawn" else []
    status = note_id.removeprefix(STANDING)
    profile = [
        offer("change-photo", Tap("change_answer", form.PHOTO)),
        offer("change-expertise", Tap("change_answer", EXPERTISE)),
    ]
    return [
        *([offer("try-again", Tap("register"))] if status in _TRY_AGAIN else []),
        *(profile if status not in _WITHOUT_PROFILE else []),
        my_data,
        offer("receipt", Tap("faq_receipt")),
        *([offer("withdraw", Tap("withdraw_consent"))] if current.in_force else []),
        delete,
    ]
