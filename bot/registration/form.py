"""The mentor registration form, from the files in ``form/`` (docs/how-to/change-the-form.md).

The dialogue, the prompts, the consent ledger, the review page and the tests all read it from here. A consent counts for
the wording itself, by its SHA-256: while the registration is a draft, a consent to another wording is asked for again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from typing import NewType

from bot.core.form_files import ENGLISH, ETHICS, FORM_FILES, FormFile, Notice
from bot.core.organisation import ORGANISATION

ItemId = NewType("ItemId", str)


class Kind(StrEnum):
    """The kind of an item."""

    QUESTION = "question"
    NOTICE = "notice"
    CONSENT = "consent"


class Answer(StrEnum):
    """The form in which an item is answered; `NONE` for a notice."""

    NONE = "none"
    CHOICE = "choice"
    NAME = "name"
    EMAIL = "email"
    LONG_TEXT = "long_text"
    PHOTO = "photo"
    DATE = "date"
    YES_NO = "yes_no"
    COUNTRY = "country"
    REGION = "region"


class Account(StrEnum):
    """The two answers to the account question."""

    EXISTING = "existing"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the form.

    Attributes:
        id: stable name; never reused for another meaning.
        section: heading under which the owner's form shows it.
        step: the step of the conversation it belongs to (several items may share one).
        kind: question, notice or consent.
        answer: how it is answered.
        wording: shown to the mentor word for word.
        version: version of the wording, from 1.
        required: whether the registration can be submitted without it.
        notice_for: for a notice, the item it is shown with.
        options: for a choice, each answer with its wording.
        yes_and_no: for a choice, the answers that a clear yes and a clear no mean; None if they mean none.
        max_length: for text, the longest accepted answer, in characters.
    """

    id: ItemId
    section: str
    step: str
    kind: Kind
    answer: Answer
    wording: str
    version: int = 1
    required: bool = True
    notice_for: ItemId | None = None
    options: tuple[tuple[str, str], ...] = ()
    yes_and_no: tuple[str, str] | None = None
    max_length: int | None = None

    @property
    def wording_sha256(self) -> str:
        """Hexadecimal SHA-256 of the wording in UTF-8, as recorded with each consent."""
        return _sha256(self.wording)

    @property
    def slot(self) -> str:
        """The slot of the Rasa form that this item is asked through; all consents share one."""
        return "consent" if self.kind is Kind.CONSENT else self.id


@cache
def _sha256(wording: str) -> str:
    """Cached, because each turn needs it for every consent."""
    return hashlib.sha256(wording.encode()).hexdigest()


NAME_LENGTH = 200
EMAIL_LENGTH = 254  # RFC 5321, section 4.5.3.1.3, less the angle brackets
TEXT_LENGTH = 5_000
#: The longest answer of each kind that is typed, in characters.
_LENGTHS = {Answer.NAME: NAME_LENGTH, Answer.EMAIL: EMAIL_LENGTH, Answer.LONG_TEXT: TEXT_LENGTH}
_LENGTHS |= {Answer.COUNTRY: NAME_LENGTH, Answer.REGION: NAME_LENGTH}

ACCOUNT = ItemId("account")
FULL_NAME = ItemId("full_name")
EMAIL = ItemId("email")
PHOTO = ItemId("photo")
DATE_OF_BIRTH = ItemId("date_of_birth")
CODE_OF_ETHICS = ItemId("code_of_ethics")
COUNTRY = ItemId("country")
REGION = ItemId("region")
#: Items that job seekers see.
SHOWN = frozenset({ItemId("expertise"), PHOTO})


def worded(text: str) -> str:
    """A wording of the files with the organisation's names in it."""
    names = {"{ -organisation }": ORGANISATION.name, "{ -registered-name }": ORGANISATION.registered_name}
    for term, name in names.items():
        text = text.replace(term, name)
    return text


def _notice(file: FormFile, notice: Notice) -> Item:
    return Item(
        ItemId(notice.id),
        file.heading[ENGLISH],
        file.step,
        Kind.NOTICE,
        Answer.NONE,
        worded(notice.current.text[ENGLISH]),
        version=notice.current.version,
        required=False,
        notice_for=ItemId(file.item.id),
    )


def _item(file: FormFile) -> Item:
    item = file.item
    answer = Answer(item.answer or Answer.YES_NO)
    return Item(
        ItemId(item.id),
        file.heading[ENGLISH],
        file.step,
        Kind.QUESTION if item.kind == "question" else Kind.CONSENT,
        answer,
        worded(item.current.text[ENGLISH]),
        version=item.current.version,
        options=tuple((option.value, worded(option.text[ENGLISH])) for option in item.options),
        yes_and_no=item.yes_and_no,
        max_length=item.max_length or _LENGTHS.get(answer),
    )


def _items(files: Iterable[FormFile]) -> Iterator[Item]:
    for file in files:
        yield from (_notice(file, notice) for notice in file.item.notices if notice.place == "before")
        yield _item(file)
        yield from (_notice(file, notice) for notice in file.item.notices if notice.place == "after")


ITEMS: tuple[Item, ...] = tuple(_items(each for each in FORM_FILES if not each.item.only_if_the_check_needs_it))
#: Questions that only some providers of background checks need the answers to.
PLACE: tuple[Item, ...] = tuple(_items(each for each in FORM_FILES if each.item.only_if_the_check_needs_it))

BY_ID: dict[ItemId, Item] = {item.id: item for item in (*ITEMS, *PLACE)}
#: All questions and consents, in the order in which the mentor is asked.
ASKED: tuple[Item, ...] = tuple(item for item in ITEMS if item.kind is not Kind.NOTICE)
CONSENTS: tuple[Item, ...] = tuple(item for item in ITEMS if item.kind is Kind.CONSENT)
CLAUSES: tuple[Item, ...] = tuple(item for item in CONSENTS if item.step == ETHICS)
#: Slots of the Rasa form in order: the form's own, the place, the e-mail code, and the review before Submit.
SLOTS: tuple[str, ...] = (*dict.fromkeys(item.slot for item in ASKED), COUNTRY, REGION, "email_code", "review")
#: Steps of the conversation in order, counted in every progress line.
STEPS: tuple[str, ...] = (*dict.fromkeys(item.step for item in ASKED), "review")


def notices(item: Item) -> tuple[Item, ...]:
    """The notices that the form shows with ``item``, in order."""
    return tuple(other for other in ITEMS if other.notice_for == item.id)


def part(item: Item) -> tuple[int, int]:
    """The position of ``item`` in its step, from 1, and the number of items there."""
    siblings = [other for other in ASKED if other.step == item.step]
    return siblings.index(item) + 1, len(siblings)


def asked_for(account: str | None, *, place: bool = False) -> tuple[Item, ...]:
    """The items that a mentor with this kind of account is asked, in order.

    A mentor with an account is asked for the full legal name only with the background check, which needs it.

    Args:
        account: a value of `Account`, or None while unknown.
        place: whether the check's provider needs country and region.
    """
    asked = _ASKED_LATE if account == Account.EXISTING else ASKED
    if not place:
        return asked
    after = [item.id for item in asked].index(DATE_OF_BIRTH)
    return (*asked[:after], *PLACE, *asked[after:])


def _name_with_the_check() -> tuple[Item, ...]:
    others = [item for item in ASKED if item.id != FULL_NAME]
    place = [item.id for item in others].index(DATE_OF_BIRTH)
    following = others[place]
    name = replace(BY_ID[FULL_NAME], section=following.section, step=following.step)
    return (*others[:place], name, *others[place:])


_ASKED_LATE = _name_with_the_check()
