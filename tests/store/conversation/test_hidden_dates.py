"""At the date of birth the engine gets no part of a date, and a question that is asked there all the same."""

from __future__ import annotations

import calendar
import re
import unicodedata
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.conversation.readable import hides_date, readable_text
from bot.messages.incoming import Incoming, Kind
from bot.registration import form
from bot.registration.registration import START_OVER
from bot.security.vault import Vault
from bot.storage import Store
from bot.understanding.consent import Reading, read_consent
from tests.doubles.telegram_api import TelegramDouble
from tests.store.in_process import TOKEN, InProcess
from tests.store.mentor import ChattingMentor, snapshot
from tests.support.telegram import opening_of

MONTHS = [name.lower() for name in calendar.month_name[1:]]
ONES = (
    *("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen"),
    *("fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
ORDINALS = (
    *("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh"),
    *("twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth", "nineteenth"),
    *("twentieth", "thirtieth"),
)
TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety", "hundred", "thousand")
PARTS = frozenset([*MONTHS, *(name[:3] for name in MONTHS), "sept", *ONES, *ORDINALS, *TENS])
#: Words around the parts of a date.
OTHERS = ("no", "why", "is", "it", "the", "of", "and", "my", "not", "birthday", "who", "sees", "passport")

HIDDEN = "•• •• ••••"


def parts_of_a_date(sent: str) -> list[str]:
    """Digits, months and numbers in words that the engine got; a command is no text of the mentor's."""
    if sent.startswith("/"):
        return []
    words = re.findall(r"[^\W\d_]+", sent.casefold())
    return [*(each for each in sent if each.isnumeric()), *(word for word in words if word in PARTS)]


def sent_for(words: str, question: str = "date_of_birth") -> str:
    """What the engine gets for a message that was typed while the date question was shown."""
    message = Incoming(Kind.TEXT, text=words, shown="date_of_birth")
    return readable_text(message, hidden=hides_date(message, form.ItemId(question), "date_of_birth"))


def test_an_address_has_the_digits_of_a_date_and_is_none() -> None:
    message = Incoming(Kind.TEXT, text="my e-mail is ana525784@example.org", shown="two_months")
    assert not hides_date(message, form.ItemId("two_months"), "two_months")
    dated = Incoming(Kind.TEXT, text="ana525784@example.org, 3 May 1985", shown="two_months")
    assert hides_date(dated, form.ItemId("two_months"), "two_months")


def in_words(number: int) -> str:
    if number < 20:
        return ONES[number - 1]
    tens, ones = TENS[number // 10 - 2], number % 10
    return f"{tens}-{ONES[ones - 1]}" if ones else tens


def ordinal(day: int) -> str:
    if day <= 20:
        return ORDINALS[day - 1]
    return "thirtieth" if day == 30 else f"{TENS[day // 10 - 2]}-{ORDINALS[day % 10 - 1]}"


def spellings(born: date) -> list[str]:
    """Ways to write a date."""
    month, year = MONTHS[born.month - 1].capitalize(), born.year
    century, rest = divmod(year, 100)
    spoken = f"{in_words(century)} {in_words(rest)}" if rest else f"{in_words(century)} hundred"
    return [
        *(born.isoformat(), f"{born:%d.%m.%Y}", f"{born:%d/%m/%y}", f"{born:%m-%d-%Y}", f"{born:%Y%m%d}"),
        *(f"{born.day} {month} {year}", f"{month} {born.day}th, {year}", f"{born.day}{month[:3].upper()}{born:%y}"),
        *(f"the {ordinal(born.day)} of {month} {spoken}", f"{month.lower()} the {ordinal(born.day)} {year}"),
        f"{born:%d/%m/%Y}".translate({ord("0") + each: chr(0x0660 + each) for each in range(10)}),
    ]


SENTENCES = (
    *("{}", "I was born on {}", "no, {}", "I have no passport here, but {} is right", "not {} but {}", "{} or {}?"),
    *("why do you need {}?", "{}. Is that ok?", "my daughter’s birthday is {}", "I married on {}\nand was born on {}"),
    *("is {} too old? who sees it?", "DOB: {} (never shown, I hope)", "“{}”", "/{}", "{} {} {}"),
)


@settings(max_examples=400)
@given(
    born=st.dates(date(1920, 1, 1), date(2007, 12, 31)),
    other=st.dates(date(1920, 1, 1), date(2030, 12, 31)),
    spelling=st.integers(0, len(spellings(date(1978, 8, 14))) - 1),
    sentence=st.sampled_from(SENTENCES),
)
def test_no_part_of_a_date_is_sent_in_whatever_words(born: date, other: date, spelling: int, sentence: str) -> None:
    dates = [spellings(each)[spelling] for each in (born, other, born)]
    sent = sent_for(sentence.format(*dates))
    assert parts_of_a_date(sent) == [], sent


@settings(max_examples=200)
@given(
    words=st.lists(
        st.one_of(
            st.sampled_from([*MONTHS, *ONES, *ORDINALS, *TENS]).map(str.upper),
            st.integers(0, 3000).map(str),
            st.sampled_from(OTHERS),
        ),
        min_size=4,
        max_size=12,
    ),
    between=st.sampled_from([" ", ", ", " - ", "\n"]),
)
def test_where_two_parts_of_a_date_come_together_none_is_sent(words: list[str], between: str) -> None:
    numbers = [word for word in words if word.isdigit() or word.lower() in (*ONES, *ORDINALS, *TENS)]
    sent = sent_for(between.join(words))
    if len(numbers) > 1:
        assert parts_of_a_date(sent) == [], sent


@pytest.mark.parametrize(
    "words",
    [
        "no, 14 août 1978",
        "no, 14. März 1978",
        "no 14 de agosto de 1978",
        "no ١٤/٠٨/١٩٧٨",
        "no 一九七八年八月十四日",
        "no 14 أغسطس 1978",
        "no, 14 Agust 1978",
        "no: 14_08_1978",
        "no, the 14ᵗʰ, ②",
        "never 14th\u00a0August\u202f1978",
        "no, 14.8.78!!",
        "no, 14 अगस्त 1978",
        "no ไม่ 14 สิงหาคม 2521",
        unicodedata.normalize("NFD", "no, 14 août 1978"),
        "no, 14.VIII.1978",
        "no, fourteenth of august nineteen seventyeight",
    ],
)
def test_no_part_of_a_date_is_sent_in_other_languages_and_signs(words: str) -> None:
    sent = sent_for(words)
    kept = [
        word
        for word in re.findall(r"[^\s.,:;!•_/-]+", sent)
        if word.casefold() not in ("no", "never", "the", "of", "inform")
    ]
    assert [word for word in kept if word not in ("de", "ไม่")] == []


def test_the_engine_gets_no_part_of_a_date_in_a_whole_conversation(mentor: ChattingMentor, store: Store) -> None:
    mentor.comes_to("date_of_birth")
    said = [
        *("soon", "tomorrow", "in May", "May 1985", "1985", "the fourteenth", "31 April 1985", "3 May 1850"),
        *("08/09/1978", "I was born on 8/9", "my wife's birthday is 3 March 1971", "no, I was born in August 1978"),
        *("one moment, it is the fourteenth", "back in 1978 or 1979", "Is it deleted after 2 years?", "/14/08/1978"),
        *(
            "14\n08\n1978",
            "I have no idea: fourteenth or fifteenth of August nineteen seventy-eight",
            "🙂 14 🙂 8 🙂 78",
        ),
        *("why is 1978-08-14 not a number?", "change clause 3", "skip", "14.08.1978 and 15.08.1978, which one?"),
    ]
    mentor.agent.texts.clear()
    for words in said:
        mentor.says(words)
        if mentor.question != form.DATE_OF_BIRTH:
            mentor.says("change my date of birth")
    assert len(mentor.agent.texts) >= len(said)
    assert [sent for sent in mentor.agent.texts if parts_of_a_date(sent)] == []
    seen = [each["text"] for each in mentor.messages() if each["from"] == "mentor"][-len(said) :]
    assert not any(character.isdigit() for text in seen for character in text)
    tables = {name: rows for name, rows in snapshot(store).items() if name in ("transcript", "answers", "consents")}
    assert [words for words in ("1978-08-14", "fourteenth", "August 1978", "08/09/1978") if words in repr(tables)] == []


def test_a_date_that_comes_late_or_early_is_hidden_too(mentor: ChattingMentor, store: Store) -> None:
    mentor.comes_to("date_of_birth")
    mentor.agent.texts.clear()
    mentor.says_at_once(
        *("14 August 1978", "I said no, the fourteenth of August nineteen seventy-eight", "and 8/9/78?"),
        "the 14th, as I said",
    )
    assert mentor.question == "background_check"
    mentor.says("start over")
    mentor.says("14 August 1978")
    assert mentor.question == START_OVER
    assert [sent for sent in mentor.agent.texts if parts_of_a_date(sent)] == []
    assert [each["text"] for each in mentor.messages() if each["from"] == "mentor"][-6:] == [
        *([HIDDEN] * 4),
        "start over",
        HIDDEN,
    ]
    assert "August" not in repr(snapshot(store)["transcript"])


@pytest.mark.parametrize(
    ("words", "sent", "likely", "sentence"),
    [
        (
            *("why do you need my date of birth?", "why do you need my date of birth?"),
            *("faq_why", "The background check cannot be done without it."),
        ),
        (
            *("Is it deleted after 2 years?", "Is it deleted after • years?"),
            *("faq_kept", "It is stored encrypted until your background check is complete."),
        ),
        (
            *("my son's birthday is 3 May 2004, who sees it?", "my son's birthday is • • •, who sees it?"),
            *("faq_sees", "Only those who do your background check see it."),
        ),
        (
            *("Do I have to be 18 or older?", "Do I have to be • or older?"),
            *("faq_eligible", "You need to be at least 18"),
        ),
    ],
)
def test_a_real_question_still_reaches_the_engine(
    mentor: ChattingMentor, words: str, sent: str, likely: str, sentence: str
) -> None:
    mentor.comes_to("date_of_birth")
    mentor.agent.likelihoods = {likely: 1.0, "inform": 0.1}
    assert sentence in mentor.says(words)
    assert mentor.agent.texts[-1] == sent
    assert mentor.question == form.DATE_OF_BIRTH


@pytest.mark.parametrize(
    "words",
    [
        "Do I have to be between 18 and 65?",
        "Will you delete it within 30 or 60 days?",
        "Is the check done by 1 or 2 people?",
        "I have one question first, who sees it?",
    ],
)
def test_a_real_question_with_two_numbers_still_reaches_the_engine(mentor: ChattingMentor, words: str) -> None:
    mentor.comes_to("date_of_birth").says(words)
    assert mentor.agent.texts[-1] != "/inform"


@pytest.mark.parametrize(
    ("words", "sent"),
    [
        ("back", "back"),
        ("skip", "skip"),
        ("start over", "start over"),
        ("change clause 3", '/change_answer{"question": "ethics_laws"}'),
        ("/foo", "\u2060/foo"),
        ("", "/inform"),
        ("3 May 1985", "/inform"),
        ("May", "•"),
        ("31 April 1985", "/inform"),
    ],
)
def test_commands_and_dates_reach_the_engine_as_what_they_are(words: str, sent: str) -> None:
    assert sent_for(words) == sent


@pytest.mark.parametrize(
    ("words", "question"),
    [
        ("No objection 1 May 2030", "two_months"),
        ("No one helped me when I started out.", "two_months"),
    ],
)
def test_what_a_mask_leaves_over_decides_no_consent(mentor: ChattingMentor, words: str, question: str) -> None:
    assert read_consent(words) is Reading.UNCLEAR
    mentor.comes_to(question).says(words)
    assert mentor.question == question
    with mentor.registration() as current:
        assert question not in current.consents


def test_at_a_free_text_question_nothing_is_masked(mentor: ChattingMentor) -> None:
    mentor.comes_to("experience").says("I trained two colleagues in May 2015.")
    assert mentor.agent.texts[-1] == "I trained two colleagues in May 2015."
    assert mentor.messages()[-2]["text"] == "I trained two colleagues in May 2015."


def test_a_birth_date_in_another_answer_is_hidden_and_the_mentor_is_told(mentor: ChattingMentor, store: Store) -> None:
    mentor.comes_to("reasons")
    mentor.agent.texts.clear()
    told = mentor.says("I was born on 14 August 1978, and I began to teach on 1 June 2003.")
    assert "I hid your date of birth in that answer" in told
    shown = [each["text"] for each in mentor.messages() if each["from"] == "mentor"]
    assert shown[-1] == "I was born on • • •, and I began to teach on 1 June 2003."
    mentor.says("I taught from 9 September 2001 until 14/08/1978 came up.")
    mentor.comes_to("date_of_birth").says("14 August 1978")
    mentor.comes_to("ethics_laws").says("change my expertise")
    mentor.says("Baking since 14.8.1978, and since 15.8.1978")
    with mentor.registration() as current:
        answers = dict(current.answers)
    assert answers["reasons"] == "I was born on • • •, and I began to teach on 1 June 2003."
    assert answers["experience"] == "I taught from 9 September 2001 until •/•/• came up."
    assert answers["expertise"] == "Baking since •.•.•, and since 15.8.1978"
    everything = repr(snapshot(store))
    for trace in ("14 August", "14/08/1978", "14.8.1978", "1978-08-14"):
        assert trace not in everything, trace
    # What came before the date was known could not be told from any other date.
    assert [sent for sent in mentor.agent.texts if "14 August" in sent or "14.8." in sent] == []


def test_a_date_of_birth_that_is_changed_is_hidden_in_a_review_that_was_shown(
    mentor: ChattingMentor, store: Store
) -> None:
    mentor.comes_to("experience").says("I have taught since 9 July 1990, in Ushant.")
    mentor.comes_to("review")
    values = [row["value"] for each in mentor.messages() for part in each.get("sections", ()) for row in part["rows"]]
    assert "I have taught since 9 July 1990, in Ushant." in values
    mentor.says("change my date of birth")
    mentor.says("9 July 1990")
    assert mentor.question == "review"
    assert "9 July" not in repr(snapshot(store))


def test_on_telegram_the_dots_that_stand_for_a_date_are_never_sent(store: Store, vault: Vault, data_dir: Path) -> None:
    with TelegramDouble(token=TOKEN) as telegram, InProcess(store, vault, data_dir, telegram) as service:
        chat = telegram.user("Ann", language_code="en")
        chat.sends("/start")
        chat.waits_for(opening_of("start"))
        service.comes_to(service.mentor_of("telegram", str(chat.id)), "date_of_birth")
        chat.sends("repeat")
        chat.waits_for(opening_of("date_of_birth"))
        chat.sends("12 May 1975")
        chat.waits_for(opening_of("background_check"))
        assert not any(HIDDEN in (each.text or "") for each in chat.received)
        assert telegram.problems == []


def test_a_question_after_the_date_reaches_the_engine_without_it() -> None:
    assert sent_for("4 July 1948, but why do you want it?") == "• • •, but why do you want it?"
    assert sent_for("4 July 1948. Who sees it?") == "• • •. Who sees it?"
    assert sent_for("4 July 1948, is 1948 right?") == "/inform"
