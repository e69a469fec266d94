"""Going back, changing an answer and skipping: the mentor is where they were afterwards, and nothing else changes."""

from __future__ import annotations

import itertools

from bot.core.organisation import ORGANISATION
from bot.registration import form
from tests.support.answers import CONSENT_IDS, TEXTS, picture, reply_to
from tests.support.dialogue import offered
from tests.support.records import Records
from tests.support.web import WebMentor

#: How a mentor names the items of the form when they want to change one.
CHANGES = {
    "account": "change my account type",
    "full_name": "I want to change my name",
    "email": "correct my e-mail address",
    "reasons": "change my reasons",
    "experience": "please edit my experience",
    "expertise": "can I change my expertise?",
    "photo": "I'd like another photo",
    "date_of_birth": "fix my date of birth",
    "background_check": "change my answer to the background check",
    "two_months": "change the first commitment",
    "published_and_rated": "change the second commitment",
    "ethics_assist_and_guide": "change clause 1",
    "ethics_confidentiality": "change my answer to clause 2",
    "ethics_laws": "change the clause about laws",
    "ethics_mentee_rights": "I want to change clause 4",
    "ethics_respect_for_time": "change part 5",
    "ethics_autonomy": "change the autonomy clause",
    "ethics_own_work": "change ethics 7",
    "ethics_privacy": "change the clause about privacy",
    "ethics_truthfulness": "redo clause 9",
    "ethics_smooth_ending": "update clause 10",
    "ethics_no_exploitation": "change my answer on clause 11",
    "ethics_own_limits": "edit clause 12",
    "ethics_records": "change the clause about records",
    "ethics_ethical_issues": "revise clause 14",
    "ethics_right_to_end": "change clause 15",
    "code_of_ethics": "change the code of ethics",
}


def test_back_leads_to_the_question_before_and_on_again(mentor: WebMentor, records: Records) -> None:
    mentor.answers_until("account").dialogue("""
        > back
        < This is the first question
        ? account
    """)
    ways_on = ["[Keep my answer]", "> skip", "> continue", "> keep my answer"]
    asked = [item.id for item in form.ASKED]
    for number, (before, question) in enumerate(itertools.pairwise(asked[:13])):
        mentor.answers_until(question).dialogue(f"""
            > {["back", "go back", "previous question"][number % 3]}
            ? {before}
            < [Keep my answer]
            {ways_on[number % len(ways_on)]}
            ? {question}
        """)
    mentor.answers_until("review")
    for item in reversed(asked):
        mentor.dialogue(f"> back\n? {item}")
    mentor.dialogue("""
        > back
        < This is the first question
        ? account
        [Keep my answer]
        ? review
    """)
    assert set(records.answers) == {item.id for item in form.ASKED if item.kind is form.Kind.QUESTION}
    assert [(each.item, each.decision) for each in records.ledger] == [(item, "agreed") for item in CONSENT_IDS]


def test_back_by_button_goes_one_question_at_a_time_and_an_answer_leads_on_to_where_the_mentor_was(
    mentor: WebMentor, records: Records
) -> None:
    mentor.answers_until("photo").dialogue("""
        [Back]
        ? expertise
        > back
        ? experience
        > back
        ? reasons
        > To give something back.
        ? photo
    """)
    assert records.answers["reasons"] == "To give something back."
    assert records.answers["expertise"] == TEXTS["expertise"]


def test_every_answer_can_be_changed_by_button_or_by_name_and_kept_after_all(
    mentor: WebMentor, records: Records
) -> None:
    mentor.answers_until("review")
    before = records.registration
    labels = [row["label"] for section in mentor.asked["sections"] for row in section["rows"]]
    for label, item, words in zip(labels, form.ASKED, reversed(CHANGES), strict=True):
        mentor.dialogue(f"""
            [Change: {label}]
            ? {item.id}
            < [Keep my answer]
            > {CHANGES[words]}
            ? {words}
            < [Keep my answer]
        """)
    mentor.dialogue("""
        [Keep my answer]
        ? review
    """)
    assert records.registration == before


def test_what_was_answered_otherwise_at_the_review_is_stored_so(mentor: WebMentor, records: Records) -> None:
    mentor.answers_until("review")
    photo = records.answers["photo"]
    mentor.dialogue("""
        > skip
        ? review
        > no
        < What would you like to change?
        ? review
        > change my name
        ? full_name
        > Samuel John Reed
        < Full legal name: Samuel John Reed
        ? review
        > change an answer
        < What would you like to change?
        ? review
        [Change: E-mail address]
        ? email
        > sam.reed@example.org
        ? email_code
        > (code)
        ? review
        [Change: Your reasons]
        > I changed jobs at fifty.
        ? review
        [Change: Your photo]
        ? photo
        > (photo)
        < This is how job seekers will see you
        ? review
        > change my date of birth
        ? date_of_birth
        > 24 July 1979
        < stored your date of birth encrypted
        ? review
        > change clause 8
        ? ethics_privacy
        > I agree
        ? review
        [Change: Account]
        ? account
        > I have an account
        < Full legal name: Samuel John Reed
        ? review
        [Change: Account]
        > I need to register
        < Full legal name: Samuel John Reed
        ? review
    """)
    answers = records.answers
    assert answers["photo"] != photo
    assert records.photo_files(photo) == []
    assert answers == {
        "account": "new",
        "full_name": "Samuel John Reed",
        "email": "sam.reed@example.org",
        "reasons": "I changed jobs at fifty.",
        "experience": TEXTS["experience"],
        "expertise": TEXTS["expertise"],
        "photo": answers["photo"],
        "date_of_birth": "sealed",
    }
    assert records.sealed == ["date_of_birth"], "one date of birth, the new one"
    assert [each.item for each in records.ledger if each.item == "ethics_privacy"] == ["ethics_privacy"] * 2
    assert records.registration["submitted_at"] is None


def test_an_answer_changed_at_any_question_leads_back_there(mentor: WebMentor, records: Records) -> None:
    for question, words, item in [
        ("email", "change my name", "full_name"),
        ("photo", "I want to change my reasons", "reasons"),
        ("date_of_birth", "change my photo", "photo"),
        ("background_check", "change my date of birth", "date_of_birth"),
        ("two_months", "change my answer to the background check", "background_check"),
        ("ethics_assist_and_guide", "change my expertise", "expertise"),
        ("ethics_laws", "change clause 2", "ethics_confidentiality"),
    ]:
        mentor.answers_until(question).dialogue(f"> {words}\n? {item}\n> …\n? {question}")
    assert list(records.consents) == CONSENT_IDS[:5]
    assert records.ledger[-1].item == "ethics_confidentiality"


def test_an_answer_to_the_changed_question_is_no_consent_to_the_open_one(mentor: WebMentor, records: Records) -> None:
    mentor.answers_until("two_months").dialogue("""
        > change my experience
        ? experience
        > I agree
        < I can’t save that as your answer
        ? experience
        > I agree that I have none.
        ? two_months
    """)
    assert records.answers["experience"] == "I agree that I have none."
    assert list(records.consents) == ["background_check"]


def test_to_change_one_answer_and_then_rather_another(mentor: WebMentor, records: Records) -> None:
    mentor.answers_until("photo").dialogue("""
        > change my reasons
        ? reasons
        > change my experience
        ? experience
        > go back
        ? reasons
        > Because I can.
        ? photo
    """)
    assert records.answers["reasons"] == "Because I can."
    assert records.answers["experience"] == TEXTS["experience"]


def test_a_change_without_a_name_shows_the_answers_so_far_with_buttons(mentor: WebMentor, records: Records) -> None:
    mentor.answers_until("photo").dialogue("""
        > I want to change an answer
        < What would you like to change?
        < Here is what you told me so far
        < Your expertise: Book-keeping
        ? photo
        [Change: Your expertise]
        ? expertise
        > Carpentry
        ? photo
        > change something
        < Your expertise: Carpentry
        ? photo
    """)
    assert records.answers["expertise"] == "Carpentry"


def test_the_answers_so_far_can_be_seen_at_any_question(mentor: WebMentor) -> None:
    mentor.answers_until("photo")
    for words in ("show my answers", "review my answers", "what have I told you so far?"):
        mentor.dialogue(f"""
            > {words}
            < Full legal name: {TEXTS["full_name"]}
            < Your expertise: {TEXTS["expertise"]}
            ! Your photo:
            ? photo
        """)
    mentor.answers_until("two_months").dialogue("""
        > review my answers
        < Your photo:
        < Date of birth: ••
        ! 1985
        ? two_months
    """)


def test_what_was_not_answered_yet_cannot_be_changed(mentor: WebMentor, records: Records) -> None:
    mentor.answers_until("reasons")
    before = records.registration
    mentor.dialogue("""
        > change my photo
        < We have not come to that question yet
        ? reasons
        > change clause 3
        < not come to that question yet
        ? reasons
    """)
    assert records.registration == before


#: What is said where a question has a reason of its own.
CANNOT_BE_LEFT_OUT = {
    "full_name": "I need your legal name",
    "email": "I need an address to reach you",
    "photo": "every mentor needs a photo",
    "date_of_birth": "the check can’t be done without your date of birth",
}


def test_nothing_can_be_left_out(mentor: WebMentor, records: Records) -> None:
    for question in ("account", "full_name", "email", "reasons", "experience", "expertise", "photo", "date_of_birth"):
        reply = CANNOT_BE_LEFT_OUT.get(question, "I need an answer to this one")
        mentor.answers_until(question).dialogue(f"> skip this question\n< {reply}\n? {question}")
    for question in ("background_check", "two_months", "ethics_assist_and_guide"):
        mentor.answers_until(question).dialogue(f"> skip\n< you are free to say no to it\n? {question}")
    assert [each.decision for each in records.ledger] == ["agreed"] * 3, "a skip is no reply to a consent"


def test_skipping_a_question_that_is_changed_keeps_its_answer(mentor: WebMentor, records: Records) -> None:
    mentor.answers_until("date_of_birth")
    before = records.answers
    mentor.dialogue("""
        > change my reasons
        > skip
        ? date_of_birth
        > change my photo
        > skip it
        ? date_of_birth
    """)
    assert records.answers == before


def test_what_is_no_answer_does_not_touch_the_one_that_is_being_changed(mentor: WebMentor, records: Records) -> None:
    mentor.answers_until("two_months")
    before = records.answers
    mentor.dialogue("""
        > change my email
        ? email
        > maria at example
        < doesn’t look like an e-mail address
        ? email
        < [Keep my answer]
        > skip
        ? two_months
        > change my photo
        ? photo
        > (none)
        ? photo
        [Keep my answer]
        ? two_months
        > change my date of birth
        > 31 February 1985
        < does not exist
        ? date_of_birth
        [Keep my answer]
        ? two_months
    """)
    assert records.answers == before
    assert records.photo_files(before["photo"]) != []


def test_a_mentor_who_has_an_account_after_all_is_no_longer_asked_for_the_name(
    mentor: WebMentor, records: Records
) -> None:
    mentor.answers_until("full_name").dialogue("""
        > go back
        ? account
        > I already have an account
        ? email
        > back
        ? account
        [Keep my answer]
        ? email
    """)
    assert records.answers == {"account": "existing"}


def test_who_finds_no_account_at_its_address_registers_instead(mentor: WebMentor, records: Records) -> None:
    mentor.answers_until("account").taps(f"I already have a {ORGANISATION.name} account")
    mentor.dialogue("""
        ? email
        > oh sorry I dont have one
        < you’ll get a new account
        ? full_name
        > Samuel John Reed
        ? email
        > I don't have one
        < I need an address to reach you
        ? email
    """)
    assert records.answers == {"account": "new", "full_name": "Samuel John Reed"}


def test_a_mentor_who_has_no_account_after_all_is_asked_for_the_name_next(mentor: WebMentor, records: Records) -> None:
    mentor.answers_until("account").taps(f"I already have a {ORGANISATION.name} account")
    mentor.answers_until("photo").dialogue("""
        > change my account
        ? account
        [I need to register]
        ? full_name
        > Samuel John Reed
        ? photo
    """)
    assert (records.answers["account"], records.answers["full_name"]) == ("new", "Samuel John Reed")


def test_a_date_with_two_readings_is_forgotten_when_the_mentor_turns_away(mentor: WebMentor, records: Records) -> None:
    mentor.answers_until("date_of_birth").dialogue("""
        > 03/05/1971
        < two ways
        < [5 March 1971] [3 May 1971]
        ? date_of_birth
    """)
    choice = mentor.payload("3 May 1971")
    mentor.dialogue("""
        > back
        ? photo
        [Keep my answer]
        ? date_of_birth
    """)
    assert offered([mentor.asked]) == ["Back"]
    mentor.taps_payload(choice)
    assert mentor.question == "date_of_birth"
    assert records.sealed == []
    assert "date_of_birth" not in records.answers


def test_a_changed_photo_replaces_the_first(mentor: WebMentor, records: Records) -> None:
    mentor.answers_until("photo").walks_until("date_of_birth")
    first = next(each["photo"] for each in mentor.messages if each.get("photo"))
    assert mentor.http.get(first).status_code == 200
    mentor.dialogue("""
        > I want another photo
        ? photo
    """)
    mentor.sends(picture(400, 900, "PNG"))
    assert mentor.question == "date_of_birth"
    second = next(each["photo"] for each in reversed(mentor.messages) if each.get("photo"))
    assert mentor.http.get(first).status_code == 404
    assert mentor.http.get(second).headers["content-type"] == "image/jpeg"
    assert records.photo_files(first.rsplit("/", 1)[1]) == []


def test_repeat_asks_the_same_question_in_other_words(mentor: WebMentor, records: Records) -> None:
    for question in ("account", "full_name", "photo", "background_check", "ethics_assist_and_guide"):
        mentor.answers_until(question).dialogue(f"""
            > repeat
            ? {question}
            > can you repeat the question?
            ? {question}
        """)
    assert list(records.consents) == CONSENT_IDS[:3]


def test_an_old_change_button_still_works(mentor: WebMentor, records: Records) -> None:
    mentor.answers_until("photo").dialogue("> change an answer\n? photo")
    change = mentor.payload("Change: Your reasons")
    mentor.answers_until("two_months")
    mentor.taps_payload(change)
    mentor.dialogue(f"> {reply_to('expertise')}\n? two_months")
    assert records.answers["reasons"] == TEXTS["expertise"]


def test_after_submitting_nothing_changes_by_itself(mentor: WebMentor, records: Records) -> None:
    mentor.answers_until("review")
    change = mentor.payload("Change: Your reasons")
    mentor.taps("Submit")
    before = records.registration
    mentor.taps_payload(change)
    mentor.dialogue("""
        ? reasons
        > skip
        ? nothing
        > go back
        < You have sent your registration
        ? nothing
        > review my answers
        < Your expertise: Book-keeping
        ? nothing
    """)
    assert records.registration | {"check": before["check"]} == before
