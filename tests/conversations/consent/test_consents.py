"""A consent counts only if it is clear: every reply is recorded, and what is neither yes nor no is told why."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import pytest

from bot.core.organisation import ORGANISATION
from bot.i18n.catalogue import catalogue
from bot.registration import form
from tests.support.answers import CONSENT_IDS, new_email
from tests.support.dialogue import assert_said_anew
from tests.support.records import Records, Reply
from tests.support.web import WebMentor

#: Replies that are no consent, by the reason that the mentor is told.
UNCLEAR: dict[str, tuple[str, ...]] = {
    "condition": (
        "yes, but only on weekends",
        "I agree if I can stop earlier",
        "yes, unless I get a new job",
        "I agree as long as it is fun",
        "yes, for one month",
        "only when I have time",
        "I agree to most of it",
    ),
    "maybe": (
        "maybe",
        "I guess so",
        "I suppose",
        "probably yes",
        "I will try",
        "I am not sure",
        "whatever",
        "I hope so",
    ),
    "both": ("yes and no", "I agree and I do not agree", "yes no", "agree to disagree"),
    "later": ("I have to ask my wife", "not yet", "I have to talk to my partner first"),
    "read": ("I have read it", "understood", "noted"),
    "irony": ("yes 🙄", "yeah right", "sure sure", "👍🏼👎"),
    "consent": (
        *("yes?", "I agree?", "yes, right?"),
        "ja",
        "bananas",
    ),
}

#: Further replies that are no consent; some of them are answered as the questions and remarks that they are.
NEVER = (
    "fine print",
    "YES I AGREE NOT",
    "lol yes lol",
    "two months",
    "do I have to agree?",
    "I see what you mean",
    "let me think about it",
    "I will decide tomorrow",
    "that is what they all say",
    "x" * 5_000,
)

#: A clear yes, in other words at each consent.
YES = (
    "yes",
    "I agree",
    "Yes, I do.",
    "ok",
    "sure",
    "of course",
    "Absolutely!",
    "yes please",
    "agreed",
    "I accept",
    "I fully agree with this",
    "yep 👍",
    "that's fine with me",
    "Definitely, makes perfect sense",
    "i agre",
    "“I agree”",
    "yes, thank you",
    "I promise",
    "I understand and agree.",
)

#: A clear no, in other words at each consent.
NO = (
    "no",
    "I do not agree",
    "No, thank you.",
    "nope",
    "never",
    "I refuse",
    "I don't agree with this",
    "I disagree",
    "no way",
    "I can't agree to that",
    "not at all",
    "No!",
    "absolutely not",
    "I won't",
    "sorry, no",
    "definitely not",
    "No, I don't accept it",
    "I say no",
    "no, I do not want that",
)

#: A no that says why.
REFUSALS = (
    "No, I do not want to be checked",
    "no, because that is private",
    "I do not agree, that is too much",
    "No. I have been through that before and I won't do it again.",
    "I'd rather not, sorry",
)

#: A yes that says what it agrees to.
RESTATED: Mapping[str, str] = {
    "background_check": "I give my permission for a criminal background check",
    "two_months": "Yes, I will help for at least two months",
    "published_and_rated": "I agree that my interactions will be published and rated",
    "ethics_assist_and_guide": "I will guide and not impose my own agenda",
    "ethics_confidentiality": "yes, I will keep it confidential",
    "ethics_laws": "I will follow the local laws",
    "ethics_mentee_rights": f"yes, the mentee can contact {ORGANISATION.name}",
    "ethics_respect_for_time": "I will respect their time",
    "ethics_autonomy": "yes, I will promote their autonomy",
    "ethics_own_work": "I agree, I will not do their work for them",
    "ethics_privacy": "yes, I will respect their privacy",
    "ethics_truthfulness": "I will be open and truthful",
    "ethics_smooth_ending": "I agree, no dependency",
    "ethics_no_exploitation": "yes, I will not exploit anyone",
    "ethics_own_limits": "I will stay within my limits",
    "ethics_records": "yes, the records belong to the mentee",
    "ethics_ethical_issues": "I will address ethical issues early",
    "ethics_right_to_end": "yes, either party can end it",
    "code_of_ethics": "I will follow the code of ethics",
}

#: What sounds like the clause and promises something else.
SHORT_OF_IT: Mapping[str, str] = {
    "background_check": "you may check my references",
    "two_months": "I will help for one month",
    "published_and_rated": "I agree that some of it is published",
    "ethics_assist_and_guide": "I will impose my own agenda",
    "ethics_confidentiality": "I will keep it confidential if I like",
    "ethics_laws": "I will follow the laws that suit me",
    "ethics_mentee_rights": "the mentee should talk to me first",
    "ethics_respect_for_time": "they should respect my time",
}


def sentence(name: str) -> str:
    return catalogue().text(name)


def test_a_reply_that_is_not_clear_never_counts_and_the_reason_is_said(mentor: WebMentor, records: Records) -> None:
    mentor.answers_until("background_check")
    replies = [(reply, reason) for reason, some in UNCLEAR.items() for reply in some]
    for reply, reason in replies:
        mentor.dialogue(f"> {reply}\n< {sentence(f'note-unclear-{reason}')}\n? background_check")
        assert mentor.asked["clause"] == form.BY_ID[form.ItemId("background_check")].wording
    assert records.consents == {}
    assert records.ledger == [Reply("background_check", "unclear", reply, "typed") for reply, _reason in replies]


def test_a_reply_that_is_anything_else_never_counts_either(mentor: WebMentor, records: Records) -> None:
    mentor.answers_until("background_check")
    for reply in NEVER:
        mentor.says(reply)
        assert mentor.question == "background_check", reply
        assert_said_anew(mentor)
    assert records.consents == {}
    assert {each.decision for each in records.ledger} == {"unclear"}


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        ("I think so", "maybe"),
        ("I need time", "later"),
    ],
)
def test_a_doubt_is_told_why_it_does_not_count(mentor: WebMentor, reply: str, reason: str) -> None:
    mentor.answers_until("background_check").dialogue(f"> {reply}\n< {sentence(f'note-unclear-{reason}')}")


def test_who_wants_to_think_it_over_is_not_asked_to_delete_everything(mentor: WebMentor) -> None:
    mentor.answers_until("background_check").dialogue("""
        > I would like to think it over
        < Just write when you’re back
        ? nothing
        > I agree
        < Here is the question again
        ? background_check
        > I agree
        ? two_months
    """)


def test_a_clear_yes_counts_in_whatever_words(mentor: WebMentor, records: Records) -> None:
    mentor.answers_until("background_check")
    for item, reply in zip(CONSENT_IDS, YES, strict=True):
        mentor.prefers_one_by_one()
        mentor.says(reply)
        assert records.consents.get(item) == "agreed", reply
    assert mentor.question == "review"
    assert records.ledger == [
        Reply(item, "agreed", reply, "typed") for item, reply in zip(CONSENT_IDS, YES, strict=True)
    ]


def test_a_clear_no_is_respected_in_whatever_words(mentor: WebMentor, records: Records) -> None:
    mentor.answers_until("background_check")
    for item, reply in zip(CONSENT_IDS[:-1], NO, strict=False):
        mentor.prefers_one_by_one()
        mentor.dialogue(f"> {reply}\n< noted that you do not agree")
        assert records.consents.get(item) == "refused", reply
    assert mentor.question == "reconsider", "the whole code is not asked for while a part of it is refused"
    assert "code_of_ethics" not in records.consents


def test_a_yes_in_the_words_of_the_clause_counts_and_the_words_alone_are_asked_back(
    mentor: WebMentor, records: Records
) -> None:
    assert list(RESTATED) == CONSENT_IDS
    mentor.answers_until("background_check")
    for item, reply in RESTATED.items():
        mentor.prefers_one_by_one()
        mentor.says(reply)
        if records.consents.get(item) is None:
            assert not reply.casefold().startswith(("yes", "i agree")), reply
            mentor.dialogue("? confirm\n> yes")
        assert records.consents.get(item) == "agreed", reply
    recorded = [each.reply for each in records.ledger if each.decision == "agreed"]
    assert [each.split("\n")[0] for each in recorded] == list(RESTATED.values())


def test_what_only_sounds_like_the_clause_does_not_count(mentor: WebMentor, records: Records) -> None:
    for item, reply in SHORT_OF_IT.items():
        mentor.answers_until(item).dialogue(f"> {reply}\n? {item}")
        assert item not in records.consents, reply
        mentor.taps("I agree")
    agreed = [each for each in records.ledger if each.decision == "agreed"]
    assert [each.reading for each in agreed] == ["button"] * len(SHORT_OF_IT)


def test_a_no_with_a_reason_is_a_no_and_the_reason_is_kept(mentor: WebMentor, records: Records) -> None:
    mentor.answers_until("background_check")
    for reply in REFUSALS:
        mentor.dialogue(f"""
            > {reply}
            < noted that you do not agree
            ? two_months
            > go back
            ? background_check
        """)
    assert records.ledger == [Reply("background_check", "refused", reply, "typed") for reply in REFUSALS]


def test_what_is_recorded_of_a_typed_and_of_a_tapped_consent(mentor: WebMentor, records: Records) -> None:
    mentor.answers_until("background_check")
    mentor.says("Yes, of course.", message_id="typed-1")
    mentor.taps_payload(mentor.payload("I agree"), message_id="tapped-1")
    mentor.dialogue("""
        [I do not agree]
        < noted that you do not agree
        ? ethics_assist_and_guide
    """)
    typed, tapped, refused = records.registration["consents"]
    assert (typed["decision"], typed["reply"], typed["reading"]) == ("agreed", "Yes, of course.", "typed")
    assert (tapped["decision"], tapped["reply"], tapped["reading"]) == ("agreed", "I agree", "button")
    assert (refused["decision"], refused["reply"], refused["reading"]) == ("refused", "I do not agree", "button")
    assert (typed["message_id"], tapped["message_id"]) == ("typed-1", "tapped-1")
    for record in (typed, tapped, refused):
        item = form.BY_ID[record["id"]]
        assert (record["wording"], record["wording_version"]) == (item.wording, item.version)
        assert record["wording_sha256"] == hashlib.sha256(item.wording.encode()).hexdigest()
        assert (record["channel"], record["language"]) == ("web", "en")
        assert record["shown_at"] <= record["answered_at"]


def test_a_refused_clause_is_respected_and_can_be_agreed_to_at_the_end(mentor: WebMentor, records: Records) -> None:
    mentor.answers_until("ethics_laws").dialogue("""
        > no, I do not agree
        < noted that you do not agree
        ? ethics_mentee_rights
    """)
    mentor.answers_until("reconsider").dialogue("""
        < You said no to this
        < Mentors are responsible to make themselves aware
        < [Look again] [Not now]
        [Not now]
        < Your answers are saved
        ? reconsider
        > submit
        ? reconsider
        > review my answers
        < You did not agree
        ? reconsider
    """)
    assert records.registration["submitted_at"] is None, "there is no Submit before every clause is agreed to"
    assert records.consents["ethics_laws"] == "refused"
    assert "code_of_ethics" not in records.consents
    mentor.dialogue("""
        [Look again]
        < Mentors are responsible to make themselves aware
        < [I agree] [I do not agree] [Keep my answer]
        ? ethics_laws
        [I agree]
        ? code_of_ethics
        > …
        ? review
        [Submit]
        < Your registration is complete
        ? nothing
    """)
    assert set(records.consents.values()) == {"agreed"}
    assert [each.decision for each in records.ledger if each.item == "ethics_laws"] == ["refused", "agreed"]


def test_two_refused_clauses_are_looked_at_one_after_the_other(mentor: WebMentor, records: Records) -> None:
    mentor.answers_until("background_check").says("no")
    mentor.answers_until("ethics_privacy").says("no")
    mentor.answers_until("reconsider").dialogue("""
        < You said no to these
        < permission to perform a criminal background check
        < respect the mentee's right to privacy
        > yes
        ? background_check
        > no
        < noted that you do not agree
        < respect the mentee's right to privacy
        ? ethics_privacy
        [Keep my answer]
        ? reconsider
        > yes
        ? background_check
        > yes
        ? ethics_privacy
        [Keep my answer]
        ? reconsider
        < You said no to this
        ! criminal background check
        > change clause 8
        ? ethics_privacy
        > I agree
        ? code_of_ethics
        > no
        ? reconsider
        < I understand the above Code of Ethics
        > yes
        ? code_of_ethics
        > yes
        ? review
    """)
    assert set(records.consents.values()) == {"agreed"}
    refused = [each.item for each in records.ledger if each.decision == "refused"]
    assert refused == ["background_check", "ethics_privacy", "background_check", "code_of_ethics"]


def test_a_consent_given_can_be_taken_back_before_submitting(mentor: WebMentor, records: Records) -> None:
    mentor.answers_until("two_months").dialogue("""
        > change my answer to the background check
        ? background_check
        > maybe
        ? background_check
    """)
    assert records.consents["background_check"] == "agreed", "a maybe takes nothing back"
    mentor.dialogue("""
        > no
        < noted that you do not agree
        ? two_months
    """)
    assert records.consents["background_check"] == "refused"


def test_an_agreement_to_an_explanation_is_one_to_the_clause_only_if_it_says_so(
    mentor: WebMentor, records: Records
) -> None:
    mentor.answers_until("two_months").dialogue("""
        > what does that mean?
        < you help them online for at least two months
        ? two_months
        > ok, understood
        ? two_months
        > thanks
        ? two_months
        > I see
        ? two_months
        > I agree
        ? published_and_rated
    """)
    assert records.consents["two_months"] == "agreed"
    decisions = [each.reply for each in records.ledger if each.item == "two_months" and each.decision != "unclear"]
    assert decisions == ["I agree"]


def test_a_double_tap_consents_to_one_clause(mentor: WebMentor, records: Records) -> None:
    mentor.answers_until("two_months")
    payload = mentor.payload("I agree")
    for message_id in ("first", "second"):
        mentor.taps_payload(payload, message_id)
    assert mentor.question == "published_and_rated"
    assert [each.item for each in records.ledger] == ["background_check", "two_months"]


def test_the_words_of_another_question_are_no_consent(mentor: WebMentor, records: Records) -> None:
    mentor.answers_until("two_months")
    for reply in ("I need to register", "submit", "3 May 1985", "/affirm", "Keep my answer"):
        mentor.dialogue(f"> {reply}\n? two_months")
    assert records.consents == {"background_check": "agreed"}


def test_an_email_address_at_a_consent_is_the_new_address_and_no_consent(mentor: WebMentor, records: Records) -> None:
    address = new_email().replace("@", ".04061990@")
    mentor.answers_until("two_months").dialogue(f"""
        > {address}
        < I noted: your e-mail address, {address}
        ? email_code
        > (code)
        ? two_months
    """)
    assert records.answers["email"] == address
    assert records.consents == {"background_check": "agreed"}
    assert [each.item for each in records.ledger] == ["background_check"]
