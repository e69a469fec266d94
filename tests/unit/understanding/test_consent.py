"""Reading a consent: only a whole message that is clear counts."""

from __future__ import annotations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bot.registration import form
from bot.understanding.consent import Doubt, Reading, Subject, doubt_about, read_consent
from tests.unit.registration.owner_form import given_items
from tests.unit.understanding.contradictions import replies
from tests.unit.understanding.twisted_consents import (
    AFFIRMED_PARTS,
    LIMITED,
    NEGATED_SHORT,
    NEGATED_STATEMENTS,
    REFUSING_NOTHING,
    REPEATED,
    TURNED_AROUND,
    TWISTED,
)

SUBJECTS = {str(item.id): Subject(item.id, item.wording) for item in form.CONSENTS}

CLEAR_YES = (
    "yes",
    "Yes",
    "YES.",
    "yes!",
    "  yes  ",
    "yes please",
    "Yes, please",
    "yes, I agree",
    "Yes, I do",
    "yep, that's fine with me",
    "yep, that’s fine with me",
    "yeah",
    "yup",
    "y",
    "sure",
    "Of course",
    "absolutely",
    "ok",
    "Okay, I agree",
    "I agree",
    "I agree.",
    "i agree to this",
    "no problem",
    "👍",
    "I agree with this clause",
    "I do",
    "I accept",
    "I accept this",
    "I accept the above",
    "I consent",
    "I consent to this",
    "I confirm",
    "I commit to this",
    "I promise",
    "I understand and agree",
    "I fully agree",
    "I give permission",
    "I give my permission",
    "That is fine with me",
    "It’s okay",
    "sounds good",
    "agreed",
    "accepted",
    "yes yes",
    "ｙｅｓ",
    "yes 👍",
    "👍 yes",
    "Yes 👍🏽",
    "yes ✔️",
    "I agree 🙂",
    "\u200byes\u200b",
    "yes\n",
)

CLEAR_NO = (
    "no",
    "No.",
    "NO!",
    "nope",
    "nah",
    "n",
    "never",
    "no way",
    "not at all",
    "absolutely not",
    "of course not",
    "no, thanks",
    "no thank you",
    "No, sorry",
    "I do not",
    "I don't",
    "I don’t agree",
    "I do not agree",
    "I do not agree with this",
    "no, I do not agree",
    "I won't",
    "I will not",
    "I cannot agree to this",
    "I can't accept that",
    "I disagree",
    "I refuse",
    "I decline",
    "sorry, I do not consent",
    "I do not give permission",
    "not agreed",
    "👎",
    "no 🙂",
)

NEGATED = (
    "not yes",
    "I agree not",
    "I don't not agree",
    "yes I don't agree",
    "not sure",
    "sure not",
    "no yes",
    "yes no",
    "yes, I mean no",
    "no, I agree",
    "never mind",
    "I agree to nothing",
    "¬yes",
)

CONDITIONAL = (
    "yes but only on weekends",
    "yes, but not the last part",
    "I agree if my name stays private",
    "I agree as long as it is free",
    "yes, unless it costs money",
    "ok, provided that I can leave",
    "I agree to most of this",
    "I agree with the first half",
    "yes, except for ratings",
    "I would agree",
    "I will agree later",
)

HEDGED = (
    "I guess",
    "I guess so",
    "maybe",
    "perhaps yes",
    "probably",
    "I think so",
    "yes I think",
    "yes, I suppose",
    "hmm ok then",
    "kind of",
    "yes and no",
    "if I must",
    "whatever",
    "fine, I suppose",
    "I should agree",
    "I want to agree",
)

QUESTIONS = (
    "yes?",
    "Yes ?",
    "yes？",
    "yes؟",
    "ok?!",
    "I agree?",
    "do I agree?",
    "what does that mean?",
    "yes, why?",
    "no?",
    "should I say yes",
    "who says yes",
)

IRONIC = (
    "yes 🙄",
    "yes 😉",
    "yes 🙃",
    "yeah 😂",
    "sure 🤡",
    "yes 👎",
    "no 😜",
    "I agree 🤥",
    "🤞 yes",
    "yes ;)",
    "yes :(",
    "sure :-/",
    "~~yes~~",
    "y\u0336e\u0336s\u0336",
    "yes\u20e0",
)

OTHER_SCRIPTS = (
    "نعم",
    "כן",
    "да",
    "はい",
    "不",
    "نعم yes",
    "\u202eon",
    "\u202esey",
    "yеs",  # the second letter is Cyrillic
)

NOTHING = ("", " ", "\n\t", "\u200b", ".", "…", "?", "-", "()", "42")

LONGER = (
    "yes I have read all of it and here is what I think about it",
    "my mother says yes",
    "yesterday",
    "knowing",
    "nobody agrees",
    "yes\nno",
    "I agree. I do not agree.",
    "i agree to sell my soul",
)

UNCLEAR = (
    *(*NEGATED, *CONDITIONAL, *HEDGED),
    *(*QUESTIONS, *IRONIC, *OTHER_SCRIPTS),
    *(*NOTHING, *LONGER),
)

#: What turns a clear yes into something else when it follows.
TAILS = (
    " but only on weekends",
    ", but only if it is free",
    "?",
    " ?",
    "!?",
    "?!!",
    " if I can",
    " unless",
    " maybe",
    ", I guess",
    " I think",
    " not",
    ", no",
    " 🙄",
)


@pytest.mark.parametrize("text", CLEAR_YES)
def test_a_clear_yes_counts(text: str) -> None:
    assert read_consent(text) is Reading.YES


@pytest.mark.parametrize("text", CLEAR_NO)
def test_a_clear_no_counts(text: str) -> None:
    assert read_consent(text) is Reading.NO


@pytest.mark.parametrize("text", UNCLEAR)
def test_everything_else_is_unclear(text: str) -> None:
    assert read_consent(text) is Reading.UNCLEAR


def test_no_text_is_in_two_tables() -> None:
    everything = [*CLEAR_YES, *CLEAR_NO, *UNCLEAR]
    assert len(set(everything)) == len(everything)


@given(st.sampled_from(CLEAR_YES), st.sampled_from(TAILS))
def test_a_yes_with_a_condition_or_a_question_is_never_a_yes(text: str, tail: str) -> None:
    assert read_consent(text.strip() + tail) is not Reading.YES


@given(st.sampled_from(CLEAR_YES), st.text(alphabet=" !,?", max_size=4))
def test_a_yes_is_a_yes_whatever_marks_follow_unless_one_asks(text: str, marks: str) -> None:
    assert (read_consent(text.strip() + marks) is Reading.YES) == ("?" not in marks)


@given(st.sampled_from(CLEAR_NO), st.sampled_from(CLEAR_YES))
def test_a_yes_and_a_no_together_are_never_a_yes(no: str, yes: str) -> None:
    assert read_consent(f"{no} {yes}") is not Reading.YES
    assert read_consent(f"{yes} {no}") is not Reading.YES


@given(st.text())
def test_a_negation_anywhere_is_never_a_yes(text: str) -> None:
    assert read_consent(f"{text} not {text}") is not Reading.YES


@given(st.text(max_size=200))
def test_every_text_gets_a_reading(text: str) -> None:
    assert read_consent(text) in Reading


@given(st.text(alphabet=st.characters(categories=["Cs", "Cf", "Mn", "So", "Sk"]), max_size=30))
def test_signs_without_words_are_an_answer_only_as_a_thumb_and_the_like(text: str) -> None:
    assume(not set(text) & set("👍✅✔☑👌💯👎❌🚫🙅"))
    assert read_consent(text) is Reading.UNCLEAR


#: What may follow an agreement and makes it none.
DOUBTS = (
    *("but", "if", "maybe", "not", "only", "unless", "I guess", "?", "…", "...", "🙄", "for now", "in part"),
    *(
        "except the last point",
        "perhaps",
        "probably",
        "I think",
        "I suppose",
        "I hope",
        "mostly",
        "sometimes",
        "partly",
    ),
    *("in theory", "in principle", "on paper", "most of the time", "more or less", "kind of", "sort of", "to a degree"),
    *("or not", "not really", "not all", "not yet", "not me", "not fully", "never", "nothing", "hardly", "barely"),
    *("rarely", "almost", "with reservations", "with conditions", "conditionally", "reluctantly", "under protest"),
    *(
        "as long as it is free",
        "provided I can leave",
        "until I change my mind",
        "if I must",
        "if you insist",
        "or else",
    ),
    *("just kidding", "lol", "haha", "whatever", "I wish", "as if", "they say", "my boss says", "says my wife", "no"),
    *(
        "apart from that",
        "other than that",
        "minus one",
        "half of it",
        "50%",
        "up to a point",
        "within reason",
        "tomorrow",
    ),
    *(
        "when I can",
        "as far as I can",
        "where possible",
        "should I",
        "could be",
        "might be",
        "I would",
        "I could",
        "then no",
    ),
    *("против", "aber", "но", "😉", "😂", "👎", "🤞", ";)", ":(", "~~", "“sure”", "\u0336", "why", "what", "who"),
)
JOINTS = (" ", ", ", ". ", "\n", " and ", " – ", "; ")
#: Words that are no part of any agreement, nor of any consent's wording.
STRANGERS = (
    *("bananas", "Tuesday", "lawyer", "money", "salary", "weekend", "mother", "brother", "wife", "employer"),
    *(
        "Canada",
        "Kenya",
        "London",
        "Toronto",
        "winter",
        "harvest",
        "football",
        "church",
        "doctor",
        "hospital",
        "school",
    ),
    *(
        "ten",
        "twelve",
        "hundred",
        "percentage",
        "third",
        "fourth",
        "paragraphs",
        "sentences",
        "comma",
        "footnote",
        "page",
    ),
    *("cheap", "expensive", "boring", "silly", "strange", "unfair", "stupid", "weird", "difficult", "hard", "vague"),
    *("he", "she", "him", "her", "Maria", "John", "Okafor", "nobody's", "someone's", "none", "neither", "nor", "zero"),
    *(
        "temporarily",
        "provisionally",
        "tentatively",
        "theoretically",
        "hopefully",
        "supposedly",
        "allegedly",
        "somehow",
    ),
    *("wish", "hope", "doubt", "fear", "wonder", "hesitate", "regret", "struggle", "pretend", "lie", "joke", "refuse"),
    *("cannot", "couldn't", "mustn't", "needn't", "haven't", "wasn't", "ain't", "unlikely", "unable", "impossible"),
    *(
        "otherwise",
        "instead",
        "rather",
        "nevertheless",
        "despite",
        "regardless",
        "besides",
        "unlike",
        "versus",
        "contrary",
    ),
    *(
        "xyzzy",
        "qwerty",
        "asdf",
        "lorem",
        "ipsum",
        "foo",
        "0",
        "7",
        "1985",
        "@",
        "#",
        "%",
        "€",
        "§",
        "->",
        "=",
        "/s",
        "\\",
    ),
)
AGREEING = ("I", "agree", "yes", "to", "this", "fully", "with", "it", "and", "ok", "sure", "accept", "will", "promise")
NEGATIONS = ("not", "never", "don't", "no", "won't", "can't", "hardly", "nothing", "without", "refuse to", "disagree")
READERS = st.sampled_from([None, *SUBJECTS.values()])


@given(st.sampled_from(CLEAR_YES), st.sampled_from(DOUBTS), st.sampled_from(JOINTS), READERS)
@settings(max_examples=350)
def test_a_yes_with_a_doubt_after_it_is_never_a_yes(text: str, doubt: str, joint: str, subject: Subject | None) -> None:
    assert read_consent(f"{text.strip()}{joint}{doubt}", subject) is not Reading.YES


@given(st.sampled_from(CLEAR_YES), st.sampled_from(DOUBTS), st.sampled_from(JOINTS), READERS)
@settings(max_examples=150)
def test_a_yes_with_a_doubt_before_it_is_never_a_yes(
    text: str, doubt: str, joint: str, subject: Subject | None
) -> None:
    said = f"{doubt}{joint}{text.strip()}"
    assume(not said.casefold().startswith(("but of course", "why yes", "if yes")))
    assert read_consent(said, subject) is not Reading.YES


@given(st.sampled_from(sorted(REPEATED)), st.data(), st.sampled_from(DOUBTS), st.sampled_from(JOINTS))
@settings(max_examples=100)
def test_a_consent_repeated_with_a_doubt_is_never_a_yes(
    consent: str, data: st.DataObject, doubt: str, joint: str
) -> None:
    text = data.draw(st.sampled_from(REPEATED[consent]))
    assert read_consent(f"{text}{joint}{doubt}", SUBJECTS[consent]) is not Reading.YES


@given(st.sampled_from(CLEAR_YES), st.lists(st.sampled_from(STRANGERS), min_size=1, max_size=3), st.data(), READERS)
@settings(max_examples=250)
def test_words_that_no_agreement_has_make_a_yes_unclear_wherever_they_stand(
    text: str, strangers: list[str], data: st.DataObject, subject: Subject | None
) -> None:
    words = text.split()
    for stranger in strangers:
        words.insert(data.draw(st.integers(0, len(words))), stranger)
    assert read_consent(" ".join(words), subject) is not Reading.YES


@given(st.lists(st.sampled_from((*CLEAR_YES[:45], *STRANGERS)), min_size=2, max_size=6), READERS)
@settings(max_examples=100)
def test_agreements_and_other_words_in_any_order_are_a_yes_only_without_the_other_words(
    parts: list[str], subject: Subject | None
) -> None:
    if read_consent(", ".join(parts), subject) is Reading.YES:
        assert not set(parts) & set(STRANGERS)


@given(st.lists(st.sampled_from(AGREEING)), st.data())
@settings(max_examples=200)
def test_agreeing_words_in_any_order_with_a_negation_among_them_are_never_a_yes(
    words: list[str], data: st.DataObject
) -> None:
    words.insert(data.draw(st.integers(0, len(words))), data.draw(st.sampled_from(NEGATIONS)))
    assert read_consent(" ".join(words)) is not Reading.YES


@pytest.mark.parametrize(("consent", "text"), [(each, text) for each in REPEATED for text in REPEATED[each]])
def test_who_repeats_a_consent_in_its_own_words_agrees(consent: str, text: str) -> None:
    assert read_consent(text, SUBJECTS[consent]) in (Reading.YES, Reading.CONFIRM)
    assert read_consent(f"Yes, {text}", SUBJECTS[consent]) is Reading.YES


def test_every_consent_can_be_agreed_to_in_its_own_words() -> None:
    assert set(REPEATED) == set(SUBJECTS) & given_items()


@pytest.mark.parametrize("consent", sorted(SUBJECTS))
def test_who_copies_the_wording_and_agrees_agrees(consent: str) -> None:
    assert read_consent(f"I agree. {SUBJECTS[consent].wording}", SUBJECTS[consent]) is Reading.YES


@pytest.mark.parametrize("consent", sorted(SUBJECTS))
@pytest.mark.parametrize("doubt", ["No.", "Maybe.", "Not me.", "Hm.", "But why?", "If paid.", "Only the first half."])
def test_who_copies_the_wording_and_does_not_agree_does_not(consent: str, doubt: str) -> None:
    assert read_consent(f"{SUBJECTS[consent].wording} {doubt}", SUBJECTS[consent]) is not Reading.YES


@pytest.mark.parametrize(
    ("consent", "text"),
    [
        ("two_months", "I will respect their time"),
        ("background_check", "I will abide by its principles"),
        ("ethics_right_to_end", "I won't share their notes"),
        ("ethics_records", "I'll stay at least 2 months"),
        ("published_and_rated", "I will follow the laws"),
        ("code_of_ethics", "I will assist and guide"),
        ("ethics_laws", "I will promote their autonomy"),
    ],
)
def test_who_promises_something_else_has_not_agreed(consent: str, text: str) -> None:
    assert read_consent(text, SUBJECTS[consent]) is Reading.UNCLEAR


def test_a_yes_with_a_remark_that_breaks_the_consent_never_counts() -> None:
    readings = [read_consent(text, SUBJECTS[consent]) for consent, text in replies()]
    assert len(readings) > 600
    assert Reading.YES not in readings
    assert Reading.NO not in readings


@pytest.mark.parametrize(
    ("text", "reading"),
    [
        *(
            (text, Reading.YES)
            for text in ("✅", "👌", "yep", "yea", "ouais", "fine", "ok fine", "obviously", "I concur")
        ),
        *((text, Reading.YES) for text in ("not a problem", "no problem with that", "that's right", "sounds fair")),
        *((text, Reading.YES) for text in ("oh good, then yes", "haha ok, yes", "done reading, yes", "merci, yes")),
        *(
            (text, Reading.YES)
            for text in ("Yes, I'd expect nothing less", "back, yes I commit", "Ok I agree with it all")
        ),
        *((text, Reading.YES) for text in ("yes bien sûr", "absolument, yes", "tout à fait", "ça marche", "d'accord")),
        *((text, Reading.CONFIRM) for text in ("uh-huh", "I agreed to this already", "why not")),
        *((text, Reading.CONFIRM) for text in ("Yes, we had that in the bank", "I travel a lot, so yes", "great")),
        *((text, Reading.CONFIRM) for text in ("that works for now", "that's ok for now", "um, yes please", "easily")),
        *((text, Reading.CONFIRM) for text in ("that'll do", "Yes I would report it", "c'est parti")),
        *((text, Reading.YES) for text in ("that will work for me", "I'd like that", "wilco")),
        *((text, Reading.YES) for text in ("I said yes already", "yupppp", "mhm", "no worries", "in full agreement")),
        *((text, Reading.YES) for text in ("va pour ça", "je vous donne le feu vert", "j'ai déjà dit oui", "ouiii")),
        *((text, Reading.CONFIRM) for text in ("bit scary, but yes I accept", "ça fait drôle mais j'accepte")),
        *(
            (text, Reading.CONFIRM)
            for text in ("If I don't know I ask, so yes I agree", "Quite. I agree, and gladly so.")
        ),
        *((text, Reading.UNCLEAR) for text in ("if my wife agrees, then yes", "if you pay me, yes", "maybe. yes")),
        ("jamais je profiterais de quelqu'un, j'accepte", Reading.CONFIRM),
        *((text, Reading.NO) for text in ("I'm afraid not", "unfortunately not", "please don't", "not this time")),
        *(
            (text, Reading.UNCLEAR)
            for text in ("I don't give a damn", "forget it, I'm done", "I don't know", "not now")
        ),
        *((text, Reading.NO) for text in ("I don't think so", "that doesn't work for me", "hors de question")),
        ("I'm good thanks", Reading.UNCLEAR),  # "no, thank you" as often as not
        ("im good", Reading.UNCLEAR),
        ("all good thanks", Reading.CONFIRM),
        ("c'est bon merci", Reading.CONFIRM),
        ("oh ok", Reading.UNCLEAR),
        ("yes o", Reading.YES),
        ("not possible for me", Reading.NO),
        ("pantoute", Reading.NO),
    ],
)
def test_what_counts_at_once_what_is_asked_back_and_what_is_neither(text: str, reading: Reading) -> None:
    assert read_consent(text) is reading


@pytest.mark.parametrize(
    ("text", "doubt"),
    [
        ("I'm scared to say yes", Doubt.FEAR),
        ("yes 🙄", Doubt.IRONY),
        ("yeah, yeah", Doubt.IRONY),
        ("yes, not really", Doubt.CONTRADICTION),
        ("yes, wait", Doubt.COMMAND),
        ("oui, si c'est possible", Doubt.CONDITION),
    ],
)
def test_each_doubt_has_its_reason(text: str, doubt: Doubt) -> None:
    assert doubt_about(text) is doubt
    assert read_consent(text) is Reading.UNCLEAR


def every(*cases: dict[str, tuple[str, ...]]) -> list[tuple[str, str]]:
    return [(each, text) for group in cases for each, texts in group.items() for text in texts]


@pytest.mark.parametrize(("consent", "text"), every(TWISTED, TURNED_AROUND))
def test_a_consents_own_words_with_another_meaning_are_no_yes(consent: str, text: str) -> None:
    assert read_consent(text, SUBJECTS[consent]) is not Reading.YES


@pytest.mark.parametrize(("consent", "text"), every(LIMITED))
def test_a_limit_made_of_a_consents_own_words_is_no_yes(consent: str, text: str) -> None:
    assert read_consent(text, SUBJECTS[consent]) is not Reading.YES


@pytest.mark.parametrize(("consent", "text"), every(NEGATED_STATEMENTS, NEGATED_SHORT))
@pytest.mark.parametrize("frame", ["{}", "I agree that {}", "yes, {}", "{}, I agree"])
def test_what_a_consent_says_negated_is_no_yes(frame: str, consent: str, text: str) -> None:
    assert read_consent(frame.format(text), SUBJECTS[consent]) is not Reading.YES


@given(st.sampled_from([(each, part) for each, parts in AFFIRMED_PARTS.items() for part in parts]), st.data())
@settings(max_examples=150)
def test_a_beginning_or_end_of_a_consent_with_a_negation_put_in_is_never_a_yes(
    chosen: tuple[str, str], data: st.DataObject
) -> None:
    consent, part = chosen
    words = part.split()
    length = data.draw(st.integers(2, min(len(words), 9)))
    run = words[:length] if data.draw(st.booleans()) else words[-length:]
    run.insert(data.draw(st.integers(0, len(run) - 1)), data.draw(st.sampled_from(["not", "never", "don't", "hardly"])))
    frame = data.draw(st.sampled_from(["{}", "I agree that {}", "I agree, {}", "I will {}", "yes, {}", "{}, I agree"]))
    assert read_consent(frame.format(" ".join(run)), SUBJECTS[consent]) is not Reading.YES


@given(st.sampled_from(sorted(SUBJECTS)), st.data())
@settings(max_examples=150)
def test_a_part_of_a_consent_without_an_agreement_is_never_a_yes(consent: str, data: st.DataObject) -> None:
    words = SUBJECTS[consent].wording.split()
    start = data.draw(st.integers(0, len(words) - 1))
    run = words[start : start + data.draw(st.integers(1, 9))]
    agreements = {"give", "commit", "agree", "help", "helping"}  # with "I …" before them they agree
    assume(not agreements & {each.casefold() for each in run} and run[0] not in ("will", "accept"))
    assert read_consent(" ".join(run), SUBJECTS[consent]) is not Reading.YES


@pytest.mark.timeout(5)
def test_a_long_reply_in_the_consents_own_words_is_read_before_anybody_waits() -> None:
    subject = SUBJECTS["published_and_rated"]
    text = "I will understand and agree that all my interactions will be published and rated " * 3
    assert read_consent(" ".join(text.split()[:30]), subject) in Reading


@pytest.mark.timeout(5)
@pytest.mark.parametrize("text", ["yes " * 90, "no " * 50, "I agree. " * 40, "a " * 2_000, "not " * 100, "yes, " * 300])
def test_a_long_reply_is_read_before_anybody_waits(text: str) -> None:
    assert read_consent(text) in Reading


@pytest.mark.parametrize(("consent", "text"), every(REFUSING_NOTHING))
def test_what_refuses_nothing_is_no_clear_no(consent: str, text: str) -> None:
    assert read_consent(text, SUBJECTS[consent]) is not Reading.NO


@pytest.mark.parametrize(
    "text",
    [
        *("no problem at all, I agree", "no worries", "no doubt", "no objections", "I do not disagree", "no idea"),
        *(
            "I would never refuse",
            "not a problem",
            "no comment",
            "not sure",
            "not really",
            "not yet",
            "never say never",
        ),
        *("I can't wait", "I don't care", "I don't mind", "do not worry", "I couldn't agree more", "nothing to hide"),
        *(
            "no one helped me",
            "no record",
            "I am not against it",
            "nothing against it",
            "I won't say no",
            "no need to ask",
        ),
    ],
)
def test_a_negation_that_refuses_nothing_is_no_clear_no(text: str) -> None:
    assert read_consent(text) is not Reading.NO


#: What may follow a refusal and makes it none.
TURNS = (
    *(
        "but yes",
        "but maybe",
        "unless it is free",
        "if I have to pay",
        "maybe",
        "just kidding",
        "lol",
        "?",
        " 😉",
        "🙄",
    ),
    *(
        "actually yes",
        "I mean yes",
        "wait, yes",
        "although I might",
        "perhaps later",
        "until tomorrow",
        "or yes",
        "haha",
    ),
)


@given(st.sampled_from([each for each in CLEAR_NO if each != "no 🙂"]), st.sampled_from(TURNS), st.sampled_from(JOINTS))
def test_a_no_with_a_turn_after_it_is_never_a_clear_answer(text: str, turn: str, joint: str) -> None:
    assert read_consent(f"{text}{joint}{turn}") is Reading.UNCLEAR


@pytest.mark.parametrize(
    "text",
    [
        "No, it is too long for me.",
        "no, because I travel for work",
        "I travel too much, so no",
        "Sorry, I can't commit to that",
        "No way, that's too invasive",
        "I do not agree, you should tell us the laws",
        "thanks, but no",
        "no. I talk to my wife about everything",
        "👎 no",
        "No 😞",
        "no :(",
    ],
)
def test_a_clear_no_may_give_its_reason(text: str) -> None:
    assert read_consent(text) is Reading.NO


@pytest.mark.parametrize("text", ["“I agree”", '"I do not agree."', "“I don’t agree”", " „I agree“ "])
def test_the_words_that_the_bot_offers_count_in_their_quotes(text: str) -> None:
    assert read_consent(text) is (Reading.NO if "not" in text or "don" in text else Reading.YES)


@pytest.mark.parametrize(
    "text", ["“yes”", "I “agree”", "“I agree” he said", "you want me to say “I agree”", "“I agree"]
)
def test_other_quotes_make_it_unclear(text: str) -> None:
    assert read_consent(text) is Reading.UNCLEAR


@pytest.mark.parametrize(
    "text", ["yEs", "yeah yeah", "sure sure", "ok ok", "suuure", "riiight", "yeah right", "yes..", "yEs, SuRe"]
)
def test_a_mocking_or_hesitating_yes_is_unclear(text: str) -> None:
    assert read_consent(text) is Reading.UNCLEAR


@pytest.mark.parametrize("text", ["ok", "Okay.", "all right"])
def test_ok_is_an_agreement_only_on_its_own(text: str) -> None:
    assert read_consent(text) is Reading.YES
    assert read_consent(f"{text} I have read it") is Reading.UNCLEAR
    assert read_consent(f"{text}, I understand") is Reading.UNCLEAR


@pytest.mark.parametrize(
    "text", ["I have read it", "read", "I understand", "understood", "noted", "I see", "got it", "clear"]
)
def test_to_have_read_or_understood_is_no_agreement(text: str) -> None:
    for subject in (None, *SUBJECTS.values()):
        assert read_consent(text, subject) is Reading.UNCLEAR


@pytest.mark.parametrize(
    ("text", "doubt"),
    [
        ("what does that mean?", Doubt.QUESTION),
        ("yes?", Doubt.OTHER),
        ("yes, but only on weekends", Doubt.CONDITION),
        ("I agree if it is free", Doubt.CONDITION),
        ("except for ratings", Doubt.CONDITION),
        ("only one month", Doubt.CONDITION),
        ("one month", Doubt.CONDITION),
        ("it depends", Doubt.CONDITION),
        ("yes and no", Doubt.BOTH),
        ("no, I agree", Doubt.BOTH),
        ("later", Doubt.LATER),
        ("let me think about it", Doubt.LATER),
        ("not yet", Doubt.LATER),
        ("maybe", Doubt.MAYBE),
        ("I guess so", Doubt.MAYBE),
        ("I would agree", Doubt.MAYBE),
        ("probabyl I could", Doubt.MAYBE),
        ("I have read it", Doubt.READ),
        ("noted", Doubt.READ),
        ("bananas", Doubt.OTHER),
        ("", Doubt.OTHER),
        ("🙂", Doubt.OTHER),
    ],
)
def test_the_doubt_is_told(text: str, doubt: Doubt) -> None:
    assert doubt_about(text) is doubt


@given(st.text(max_size=100))
def test_every_text_has_a_doubt(text: str) -> None:
    assert doubt_about(text) in Doubt


@given(st.text(max_size=60), READERS)
def test_every_text_gets_a_reading_at_every_consent(text: str, subject: Subject | None) -> None:
    assert read_consent(text, subject) in Reading


def test_a_subject_that_is_not_known_has_its_wording_alone() -> None:
    subject = Subject("new_consent", "I will water the plants every morning.")
    assert read_consent("yes, I will water the plants every morning", subject) is Reading.YES
    assert read_consent("yes, I will water the plants", subject) is Reading.CONFIRM
    assert read_consent("yes, I will burn the plants", subject) is Reading.CONFIRM
    assert read_consent("yes, I will not water the plants", subject) is not Reading.YES
