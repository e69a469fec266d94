"""The mentor registration form as data.

The wording is the site owner's own form, in the owner's order; only obvious typos are corrected.
The dialogue, the prompts, the consent ledger, the review page and the tests all read it from here,
so this file is the only place to add a question or clause, or to change its wording. To change a wording, raise the
item's ``version``, by which people refer to it. A consent counts for the wording itself, by its SHA-256: while the
registration is a draft, a consent to another wording is asked for again.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from typing import NewType

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

_ACCOUNT_SECTION = "My Mentor Account"
_PATH_SECTION = "Your Path to Success"
_EXPERIENCE_SECTION = "Mentoring Experience"
_PHOTO_SECTION = "My Photo"
_CHECK_SECTION = "Background Check"
_COMMITMENT_SECTION = "My Mentoring Commitment"
_ETHICS_SECTION = "Code of Ethics"


def _question(
    name: str, section: str, step: str, answer: Answer, wording: str, *, max_length: int | None = None
) -> Item:
    return Item(ItemId(name), section, step, Kind.QUESTION, answer, wording, max_length=max_length)


def _notice(name: str, section: str, step: str, shown_with: str, wording: str) -> Item:
    return Item(
        ItemId(name),
        section,
        step,
        Kind.NOTICE,
        Answer.NONE,
        wording,
        required=False,
        notice_for=ItemId(shown_with),
    )


def _consent(name: str, section: str, step: str, wording: str) -> Item:
    return Item(ItemId(name), section, step, Kind.CONSENT, Answer.YES_NO, wording)


def _clause(name: str, wording: str) -> Item:
    return _consent(f"ethics_{name}", _ETHICS_SECTION, "ethics", wording)


ITEMS: tuple[Item, ...] = (
    Item(
        ACCOUNT,
        _ACCOUNT_SECTION,
        "account",
        Kind.QUESTION,
        Answer.CHOICE,
        "My Mentor Account",
        options=(
            (Account.EXISTING, f"I already have a {ORGANISATION.name} account"),
            (Account.NEW, "I need to register"),
        ),
        yes_and_no=(Account.EXISTING, Account.NEW),
    ),
    _question("full_name", _ACCOUNT_SECTION, "account", Answer.NAME, "Full legal name", max_length=NAME_LENGTH),
    _question("email", _ACCOUNT_SECTION, "account", Answer.EMAIL, "E-mail address", max_length=EMAIL_LENGTH),
    _question(
        "reasons",
        _PATH_SECTION,
        "reasons",
        Answer.LONG_TEXT,
        "What are the reasons you would like to become an online mentor to individuals seeking to create or "
        "find a job?",
        max_length=TEXT_LENGTH,
    ),
    _question(
        "experience",
        _EXPERIENCE_SECTION,
        "experience",
        Answer.LONG_TEXT,
        "Describe your experience as a mentor.",
        max_length=TEXT_LENGTH,
    ),
    _question(
        "expertise",
        _EXPERIENCE_SECTION,
        "expertise",
        Answer.LONG_TEXT,
        "What are your areas of expertise?",
        max_length=TEXT_LENGTH,
    ),
    _notice(
        "expertise_shown",
        _EXPERIENCE_SECTION,
        "expertise",
        "expertise",
        "Data entered into this field will be shown to job seekers who want a mentor.",
    ),
    _question(
        "photo",
        _PHOTO_SECTION,
        "photo",
        Answer.PHOTO,
        "Upload a photo to be displayed along with your mentor profile.",
    ),
    _notice(
        "check_information",
        _CHECK_SECTION,
        "date_of_birth",
        "date_of_birth",
        "Please supply the following information so that we can do a background check.",
    ),
    _question("date_of_birth", _CHECK_SECTION, "date_of_birth", Answer.DATE, "Date of birth:"),
    _notice(
        "date_of_birth_deleted",
        _CHECK_SECTION,
        "date_of_birth",
        "date_of_birth",
        "(deleted after your background check is complete)",
    ),
    _consent(
        "background_check",
        _CHECK_SECTION,
        "permission",
        f"I hereby give {ORGANISATION.registered_name} permission to perform a criminal background check on me.",
    ),
    _consent(
        "two_months",
        _COMMITMENT_SECTION,
        "commitment",
        "I commit to helping anyone that I accept to mentor online, for at least 2 months.",
    ),
    _notice(
        "settings_change",
        _COMMITMENT_SECTION,
        "commitment",
        "two_months",
        "You can change any of your account settings anytime by logging into your account.",
    ),
    _consent(
        "published_and_rated",
        _COMMITMENT_SECTION,
        "commitment",
        "I understand and agree that all my interactions as a mentor will be published on this website, "
        "and rated by participants.",
    ),
    _notice(
        "ethics_introduction",
        _ETHICS_SECTION,
        "ethics",
        "ethics_assist_and_guide",
        "The following code of ethics will help mentors and mentees understand what is expected of them when "
        "they enter into a mentoring relationship. Please read carefully, you will be asked to acknowledge and "
        "agree to abide by this code.",
    ),
    _clause(  # 1
        "assist_and_guide",
        "The mentor’s role is to assist and guide their mentee; it is not to impose their own agenda.",
    ),
    _clause(  # 2
        "confidentiality",
        "The mentor/mentee relationship will maintain an appropriate level of confidentiality.",
    ),
    _clause(  # 3
        "laws",
        "Mentors are responsible to make themselves aware of, and adhere to any applicable laws regarding "
        "mentorship in the state, province, district or country where they reside.",
    ),
    _clause(  # 4
        "mentee_rights",
        f"The mentee is aware of their rights and agree to contact {ORGANISATION.name} if there is a concern.",
    ),
    _clause(  # 5
        "respect_for_time",
        "Mentors and mentees will respect each other’s time and other responsibilities, ensuring they do not "
        "impose beyond what is reasonable.",
    ),
    _clause(  # 6
        "autonomy",
        "The mentor's goal is to allow the mentee to accept increasing amounts of responsibility for managing "
        "the relationship; the mentor will promote the mentee’s autonomy.",
    ),
    _clause(  # 7
        "own_work",
        "Mentors should not attempt to do the mentee's job for them – the mentee has the ability and the "
        "potential, the mentor's job is to help them realize it.",
    ),
    _clause(  # 8
        "privacy",
        "The mentor will respect the mentee's right to privacy. They should, however, help the mentee to "
        "recognize that personal matters may impact professional issues.",
    ),
    _clause(  # 9
        "truthfulness",
        "Mentors will endeavour to remain open and truthful with themselves and their mentee while "
        "participating in the mentoring relationship.",
    ),
    _clause(  # 10
        "smooth_ending",
        "Mentors and mentees will share the responsibility of making a smooth transition toward ending their "
        "working relationship once it has achieved its purpose – they must avoid creating dependency.",
    ),
    _clause(  # 11
        "no_exploitation",
        "The mentoring relationship should not be exploitative in any way, neither may it be open to "
        "misinterpretation.",
    ),
    _clause(  # 12
        "own_limits",
        "Mentors should never work beyond the bounds of their capability, experience and expertise. If they do "
        "not feel confident in providing the mentee with proper support, mentors should seek advice or refer "
        "mentees to another point of contact.",
    ),
    _clause(  # 13
        "records",
        "The confidentiality of the mentor/mentee relationship remains paramount at all times. At no time will "
        "a mentor disclose any part of the relationship to any person whosoever, without the explicit agreement "
        "of the mentee. Any emails, notes or other records of mentoring sessions shall remain, at all times, "
        "the property of the mentee. They may, for convenience, be retained by the mentor but may be requested "
        "by the mentee at any time.",
    ),
    _clause(  # 14
        "ethical_issues",
        "Mentors have a responsibility to address any ethical issues (such as conflicts of interest) that may "
        "arise during a mentoring relationship at the earliest opportunity.",
    ),
    _clause(  # 15
        "right_to_end",
        "Either party may dissolve the relationship at any time throughout the period of the mentoring relationship.",
    ),
    _consent(
        "code_of_ethics",
        _ETHICS_SECTION,
        "agreement",
        "I understand the above Code of Ethics and agree to abide by its principles.",
    ),
)

#: Questions that are not the owner's: some providers of background checks need the answers.
PLACE: tuple[Item, ...] = (
    _question(COUNTRY, _CHECK_SECTION, "date_of_birth", Answer.COUNTRY, "Country of residence", max_length=NAME_LENGTH),
    _question(REGION, _CHECK_SECTION, "date_of_birth", Answer.REGION, "State or province", max_length=NAME_LENGTH),
)

BY_ID: dict[ItemId, Item] = {item.id: item for item in (*ITEMS, *PLACE)}
#: All questions and consents, in the order in which the mentor is asked.
ASKED: tuple[Item, ...] = tuple(item for item in ITEMS if item.kind is not Kind.NOTICE)
CONSENTS: tuple[Item, ...] = tuple(item for item in ITEMS if item.kind is Kind.CONSENT)
CLAUSES: tuple[Item, ...] = tuple(item for item in CONSENTS if item.step == "ethics")
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
