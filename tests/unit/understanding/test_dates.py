"""Reading a date of birth: the ways people write it, and what is wrong with what is none."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from babel.dates import format_date, get_month_names
from hypothesis import assume, example, given
from hypothesis import strategies as st

from bot.understanding.dates import (
    MAXIMUM_AGE,
    MINIMUM_AGE,
    DateReading,
    Problem,
    looks_like_date,
    masked,
    may_hold_date,
    read_date_of_birth,
)

TODAY = date(2026, 6, 15)
BORN = date(1985, 5, 3)

MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
SHORT_MONTHS = tuple(month[:3] for month in MONTHS)


def reading(text: str, today: date = TODAY) -> DateReading:
    return read_date_of_birth(text, today)


def ordinal(day: int) -> str:
    ending = "th" if 10 < day % 100 < 14 else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
    return f"{day}{ending}"


def in_digits(text: str, zero: str) -> str:
    """``text`` with the digits of the script whose zero is given."""
    return "".join(chr(ord(zero) + int(each)) if each.isascii() and each.isdigit() else each for each in text)


@pytest.mark.parametrize(
    "text",
    [
        "3rd of May 1985",
        "3 May 1985",
        "3 may 1985",
        "3. May 1985",
        "03-May-1985",
        "03/May/1985",
        "3May1985",
        "May 3, 1985",
        "May 3rd 1985",
        "MAY 3 1985",
        "the 3rd of May, 1985",
        "1985 May 3",
        "1985-05-03",
        "1985/5/3",
        "1985.05.03",
        "1985 5 3",
        "19850503",
        "850503",
        "third of May nineteen eighty-five",
        "May third, nineteen hundred and eighty-five",
        "3 mai 1985",
        "3 maj 1985",
        "3 мая 1985 г.",
        "3. Mai 1985",
        "3.V.1985",
        "1985년 5월 3일",
        "３／Ｍａｙ／１９８５",
        "3rd Mya 1985",
        "I was born on Friday, 3 May 1985, in Lagos",
        "on the 3rd of May, and the year was 1985",
        "3/5/1985 (day first)",
        "05/03/1985 MM/DD/YYYY",
        "3/5/1985, that is the 3rd of May",
        "I am 41, born 3 May 1985",
        "3 May 85",
        "3 May '85",
        "3 May ’85",
        "  3   May\n1985  ",
        "3\u202fMay\u00a01985",
        "3 May 1985.",
        "3 Ｍａｙ １９８５",
        "1985年5月3日",
        "I was born on the 3rd of May 1985",
        "my date of birth is 3 May 1985",
        "My birthday is May 3rd, 1985",
        "It's 3 May 1985",
        "DOB: 3 May 1985",
        "born in 1985 on the 3rd of May",
        "3 May 1985 AD",
    ],
)
def test_a_date_that_can_be_read_in_one_way_is_read(text: str) -> None:
    assert reading(text) == DateReading((BORN,))


@pytest.mark.parametrize(
    ("text", "born"),
    [
        ("1 1 90", date(1990, 1, 1)),
        ("01-Jan-1990", date(1990, 1, 1)),
        ("1.1.1990", date(1990, 1, 1)),
        ("05/05/85", date(1985, 5, 5)),
        ("13/05/1985", date(1985, 5, 13)),
        ("05/13/1985", date(1985, 5, 13)),
        ("31 12 1985", date(1985, 12, 31)),
        ("13051985", date(1985, 5, 13)),
        ("130585", date(1985, 5, 13)),
        ("20051985", date(1985, 5, 20)),
        ("19051985", date(1985, 5, 19)),
        ("29 February 2000", date(2000, 2, 29)),
        ("29 Feb 1988", date(1988, 2, 29)),
        ("29/2/88", date(1988, 2, 29)),
        ("3 Sept 1985", date(1985, 9, 3)),
        ("3 Febr 1985", date(1985, 2, 3)),
        ("3 May 05", date(2005, 5, 3)),
        ("1 June 1907", date(1907, 6, 1)),
    ],
)
def test_dates_of_every_form_are_read(text: str, born: date) -> None:
    assert reading(text) == DateReading((born,))


@pytest.mark.parametrize("zero", ["٠", "۰", "०", "০", "๐", "０", "𝟎"])
def test_digits_of_every_script_are_read(zero: str) -> None:
    assert reading(in_digits("1985-05-03", zero)) == DateReading((BORN,))
    assert reading(in_digits("3 May 1985", zero)) == DateReading((BORN,))


@pytest.mark.parametrize(
    "text",
    ["03/05/1985", "3.5.1985", "3 5 1985", "5/3/85", "03-05-85", "03051985", "030585", "٣/٥/١٩٨٥", "born 3/5/1985"],
)
def test_day_and_month_that_could_be_swapped_give_both_dates_in_order(text: str) -> None:
    assert reading(text) == DateReading((date(1985, 3, 5), BORN))


@pytest.mark.parametrize(
    "text",
    [
        "31 April 1985",
        "30 Feb 1985",
        "29 February 1985",
        "29 February 1900",
        "29/02/1985",
        "0 May 1985",
        "32/01/1985",
        "13/13/1985",
        "1985-13-01",
        "1985-00-10",
        "3 May 198",
        "3 May 19855",
        "3 May 0000",
    ],
)
def test_a_day_that_no_calendar_has_is_impossible(text: str) -> None:
    assert reading(text) == DateReading(problem=Problem.IMPOSSIBLE)


@pytest.mark.parametrize("text", ["16 June 2026", "2026-06-16", "3 May 2085", "1.1.2099"])
def test_a_date_to_come_is_in_the_future(text: str) -> None:
    assert reading(text) == DateReading(problem=Problem.FUTURE)


@pytest.mark.parametrize("text", ["3 May 2020", "15 June 2026", "2010-12-01", "16 June 2008"])
def test_a_child_is_under_age(text: str) -> None:
    assert reading(text) == DateReading(problem=Problem.UNDER_AGE)


@pytest.mark.parametrize("text", ["3 May 1900", "1885-05-03", "15 June 1905", "3 May 1066"])
def test_who_would_be_older_than_anyone_is_over_age(text: str) -> None:
    assert reading(text) == DateReading(problem=Problem.OVER_AGE)


def test_the_eighteenth_birthday_itself_is_enough() -> None:
    assert reading("15 June 2008") == DateReading((date(2008, 6, 15),))
    assert reading("16 June 2008").problem is Problem.UNDER_AGE


def test_the_day_before_the_hundred_and_twenty_first_birthday_is_not_too_old() -> None:
    assert reading("16 June 1905") == DateReading((date(1905, 6, 16),))
    assert reading("15 June 1905").problem is Problem.OVER_AGE


def test_who_was_born_on_a_leap_day_comes_of_age_on_the_first_of_march() -> None:
    assert reading("29 Feb 2008", date(2026, 2, 28)).problem is Problem.UNDER_AGE
    assert reading("29 Feb 2008", date(2026, 3, 1)) == DateReading((date(2008, 2, 29),))


@pytest.mark.parametrize("text", ["3 May 07", "03/05/07", "1 1 08", "5.5.06"])
def test_a_year_of_two_digits_that_fits_two_centuries_is_unclear(text: str) -> None:
    assert reading(text) == DateReading(problem=Problem.YEAR_UNCLEAR)


@pytest.mark.parametrize(
    ("text", "today"),
    [
        ("3 May 10", TODAY),  # sixteen, rather than a hundred and sixteen
        ("03/09/08", TODAY),  # 9 March 1908 or 2008, or seventeen years old
        ("03/05/2008", date(2026, 4, 1)),  # 5 March, or still seventeen
    ],
)
def test_no_reading_is_certain_while_the_other_makes_a_child(text: str, today: date) -> None:
    assert len(reading(text, today).candidates) != 1


@pytest.mark.parametrize(
    "text",
    [
        "May 1985",
        "3 May",
        "1985",
        "3/5",
        "05-1985",
        "1 2 3 4 5",
        "3 4 May 1985",
        "May",
        "room 12 at 3 on 1985",
        "the 5th",
    ],
)
def test_a_part_of_a_date_is_incomplete(text: str) -> None:
    assert reading(text) == DateReading(problem=Problem.INCOMPLETE)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "hello",
        "why do you need it?",
        "3",
        "42",
        "12345",
        "+1 416 555 0199",
        "14:30",
        "I got married on 14 June 2003",
        "my daughter's birthday is 9 May 1985",
        "not 3 May 1985",
        "I was not born on 3 May 1985",
        "3 May 1985 or 4 May 1985",
        "3 May June 1985",
        "tomorrow",
        "123456789",
        "198505031985",
        "🎂",
    ],
)
def test_what_is_no_date_is_none(text: str) -> None:
    assert reading(text) == DateReading(problem=Problem.NO_DATE)


WRITINGS: tuple[Callable[[date], str], ...] = (
    lambda born: born.isoformat(),
    lambda born: born.strftime("%Y%m%d"),
    lambda born: born.strftime("%Y/%m/%d"),
    lambda born: f"{born.year}.{born.month}.{born.day}",
    lambda born: f"{born.day} {MONTHS[born.month - 1]} {born.year}",
    lambda born: f"{born.day:02}-{SHORT_MONTHS[born.month - 1]}-{born.year}",
    lambda born: f"{ordinal(born.day)} of {MONTHS[born.month - 1]} {born.year}",
    lambda born: f"{MONTHS[born.month - 1]} {ordinal(born.day)}, {born.year}",
    lambda born: f"I was born on {MONTHS[born.month - 1].upper()} {born.day}, {born.year}.",
    lambda born: f"{born.year}年{born.month}月{born.day}日",
    lambda born: in_digits(f"{born.day} {MONTHS[born.month - 1]} {born.year}", "٠"),
)

BIRTHS = st.dates(date(TODAY.year - MAXIMUM_AGE, 6, 15), date(TODAY.year - MINIMUM_AGE, 6, 15))


@given(BIRTHS, st.sampled_from(WRITINGS))
@example(date(2000, 2, 29), WRITINGS[0])
def test_every_valid_date_reads_back_from_every_clear_writing(born: date, write: Callable[[date], str]) -> None:
    assert reading(write(born)) == DateReading((born,))


@given(BIRTHS, st.sampled_from(["/", ".", "-", " "]), st.booleans())
def test_numbers_in_either_order_always_hold_the_date_that_was_meant(born: date, mark: str, month_first: bool) -> None:
    first, second = (born.month, born.day) if month_first else (born.day, born.month)
    found = reading(f"{first}{mark}{second}{mark}{born.year}")
    if found.problem is Problem.ORDER_UNCLEAR:
        other = date(born.year, born.day, born.month)
        assert other > date(TODAY.year - MINIMUM_AGE, TODAY.month, TODAY.day), "only where the other reading is a child"
        return
    assert born in found.candidates
    assert len(found.candidates) <= 2
    if born.day > 12 or born.day == born.month:
        assert found.candidates == (born,)


@given(BIRTHS)
def test_eight_digits_in_a_row_never_lose_the_date_that_was_meant(born: date) -> None:
    assert born in reading(born.strftime("%d%m%Y")).candidates


@given(st.integers(1, 20_000))
def test_no_date_to_come_is_ever_taken(days: int) -> None:
    assert reading((TODAY + timedelta(days)).isoformat()) == DateReading(problem=Problem.FUTURE)


@given(st.text(max_size=60), st.dates(date(2020, 1, 1), date(2100, 12, 31)))
def test_every_text_gets_a_reading(text: str, today: date) -> None:
    found = read_date_of_birth(text, today)
    assert len(found.candidates) <= 2
    assert bool(found.candidates) != (found.problem is not None)


@given(st.text(alphabet="0123456789٣५ .-/MayJnFebr²Ⅳ½", max_size=30), st.dates(date(2020, 1, 1), date(2100, 12, 31)))
def test_whatever_is_taken_is_the_birth_of_a_grown_person(text: str, today: date) -> None:
    for born in read_date_of_birth(text, today).candidates:
        assert born < today
        assert today.year - MAXIMUM_AGE - 1 <= born.year <= today.year - MINIMUM_AGE


@pytest.mark.parametrize(
    "text", ["3 May 1985", "٣", "may", "Sept", "nineteen eighty-five", "the third", "½", "②", "五"]
)
def test_what_may_hold_a_date_is_told(text: str) -> None:
    assert may_hold_date(text)


@pytest.mark.parametrize(
    "text", ["", "why do you need it?", "I would rather not say", "maybe", "marching", "decent", "thirdly"]
)
def test_what_holds_no_date_is_told(text: str) -> None:
    assert not may_hold_date(text)


@given(st.text(max_size=40))
def test_whatever_is_read_as_a_date_may_hold_one(text: str) -> None:
    if reading(text).problem is not Problem.NO_DATE:
        assert may_hold_date(text)


@given(BIRTHS, st.sampled_from(WRITINGS))
def test_every_writing_of_a_date_may_hold_one(born: date, write: Callable[[date], str]) -> None:
    assert may_hold_date(write(born))


ONES = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
TENS = ("", "ten", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
ORDINALS = (
    *("", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh"),
    *("twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth", "nineteenth"),
)


def in_words(number: int, joint: str = " ") -> str:
    """A number under a hundred."""
    tens, ones = divmod(number, 10)
    return ONES[number] if number < 20 else TENS[tens] + (f"{joint}{ONES[ones]}" if ones else "")


def day_in_words(day: int, joint: str = " ") -> str:
    if day in (20, 30):
        return {20: "twentieth", 30: "thirtieth"}[day]
    return ORDINALS[day] if day < 20 else f"{TENS[day // 10]}{joint}{ORDINALS[day % 10]}"


def year_in_words(year: int, joint: str = " ") -> str:
    century, rest = divmod(year, 100)
    if century == 20:
        return "two thousand" + (f" and {in_words(rest, joint)}" if rest else "")
    if rest == 0:
        return f"{in_words(century)} hundred"
    return f"{in_words(century)} {'oh ' if rest < 10 else ''}{in_words(rest, joint)}"


@given(
    BIRTHS, st.sampled_from([" ", "-"]), st.sampled_from(["{day} of {month} {year}", "the {day} of {month}, {year}"])
)
def test_a_date_in_words_is_read(born: date, joint: str, order: str) -> None:
    day, year = day_in_words(born.day, joint), year_in_words(born.year, joint)
    assert reading(order.format(day=day, month=MONTHS[born.month - 1], year=year)) == DateReading((born,))


@given(BIRTHS, st.booleans(), st.booleans(), st.sampled_from(["{month} {day}, {year}", "{month} the {day}, {year}"]))
def test_a_date_partly_in_words_in_another_order_is_read_rightly_or_asked_for(
    born: date, day_as_word: bool, year_as_word: bool, order: str
) -> None:
    day = day_in_words(born.day) if day_as_word else ordinal(born.day)
    year = year_in_words(born.year) if year_as_word else str(born.year)
    found = reading(order.format(day=day, month=MONTHS[born.month - 1], year=year))
    assert found.candidates in ((born,), ())


#: Languages of which every month is read.
READ_LANGUAGES = (
    *("fr", "es", "de", "de_AT", "it", "pt", "nl", "sv", "nb", "da", "fi", "is", "cs", "sk", "sl", "sr", "sr_Latn"),
    *("hu", "ro", "bg", "ru", "uk", "be", "el", "tr", "lt", "lv", "et", "sq", "mk", "cy", "ca", "eu", "gl", "ar"),
    *("he", "ur", "id", "ms", "th", "sw", "fil", "ka", "hy", "az", "kk", "uz", "af", "so", "ht"),
)
#: Languages of which some month's name is too short to be told, or means two months.
ASKED_LANGUAGES = ("pl", "hr", "ga", "fa", "hi", "bn", "pa", "ta", "te", "mr", "gu", "vi", "am", "ja", "zh", "ko", "sw")


@pytest.mark.parametrize("language", READ_LANGUAGES)
@pytest.mark.parametrize("width", ["wide", "abbreviated"])
def test_months_are_read_in_many_languages(language: str, width: str) -> None:
    for number, name in get_month_names(width, "format", language).items():
        found = reading(f"3 {name} 1985")
        assert found.candidates in ((date(1985, number, 3),), ()), name
        if width == "wide":
            assert found.candidates, name


@pytest.mark.parametrize(
    ("text", "month"),
    [("3 févr. 1985", 2), ("3 фев. 1985", 2), ("3 juil. 1985", 7), ("3 ago 1985", 8), ("3 Okt. 1985", 10)],
)
def test_shortened_months_are_read_too(text: str, month: int) -> None:
    assert reading(text).candidates == (date(1985, month, 3),)


@pytest.mark.parametrize("language", [*READ_LANGUAGES, *ASKED_LANGUAGES])
@pytest.mark.parametrize("form", ["long", "medium", "full", "d MMMM y", "d-MMM-y"])
def test_a_date_in_another_language_is_never_read_as_another_day(language: str, form: str) -> None:
    for born in (BORN, date(1985, 11, 30), date(1972, 2, 29), date(2000, 10, 1), date(1999, 12, 11)):
        found = reading(format_date(born, form, locale=language))
        assert not found.candidates or born in found.candidates


@pytest.mark.parametrize("text", ["3 listopada 1985", "3. listopad 1985", "3 listopad 85"])
def test_a_name_that_means_another_month_in_another_language_is_not_guessed(text: str) -> None:
    assert reading(text).candidates == ()


@given(BIRTHS, st.data())
def test_a_misspelt_month_is_that_month_or_none(born: date, data: st.DataObject) -> None:
    month = MONTHS[born.month - 1]
    assume(len(month) > 5)
    place = data.draw(st.integers(1, len(month) - 2))
    slip = data.draw(
        st.sampled_from(
            [
                month[:place] + month[place + 1 :],
                month[:place] + month[place] + month[place:],
                month[:place] + month[place + 1] + month[place] + month[place + 2 :],
            ]
        )
    )
    assert reading(f"{born.day} {slip} {born.year}").candidates in ((born,), ())


@pytest.mark.parametrize(
    "text",
    [
        "twenty-forth of May 1985",
        "twenty eigth of May 1985",
        "the twenty nineth of May 1985",
        "the thirty fist of May 1985",
        "I'm 21, born in May 2005",
        "I am 31, my birthday is in May 1995",
        "I have 2 kids and was born in May 1985",
        "I'm the second child, born May 1985",
        "3 or 4 May 1985",
        "1st or 2nd of May 1985",
        "between 3 and 5 May 1985",
        "1 May or 2 May 1985",
        "my child was born 3 May 1985",
        "my wife was born on 3 May 1985",
        "I started work on 3 May 1985",
        "May 1985, like my 2 brothers and 3 sisters",
        "3-5 May 1985",
        "May 3-5 1985",
        "3 May 1985/6",
        "3 May 1985 and 4 June 1990",
        "not sure, 3 May 1985",
        "my wife's birthday is 3 May 1985",
        "our wedding was on 3 May 1985",
        "14:30 on 5/85",
        "call +44 20 7946 0958",
        "5'3\"",
        "1/2",
        "10-12 years",
    ],
)
def test_what_is_not_certainly_the_day_of_birth_is_not_taken(text: str) -> None:
    assert reading(text).candidates == ()


@pytest.mark.parametrize(
    "text",
    [
        "email us 1/2/1985",
        "1/2/1985, let us go on",
        "1/2/1985",
        "born 1/2/1985, thanks",
        "1/2/1985 I use slashes",
    ],
)
def test_an_order_that_nobody_told_is_not_assumed(text: str) -> None:
    assert reading(text).candidates == (date(1985, 1, 2), date(1985, 2, 1))


@pytest.mark.parametrize(
    ("text", "born"),
    [
        ("1/2/1985 day first", date(1985, 2, 1)),
        ("(dd/mm/yyyy) 1/2/1985", date(1985, 2, 1)),
        ("1.2.1985, European style", date(1985, 2, 1)),
        ("month first: 1/2/1985", date(1985, 1, 2)),
        ("1/2/1985 US format", date(1985, 1, 2)),
        ("MM-DD-YYYY 01-02-1985", date(1985, 1, 2)),
        ("1/2/1985, that is the 1st of February", date(1985, 2, 1)),
    ],
)
def test_who_tells_the_order_is_believed(text: str, born: date) -> None:
    assert reading(text) == DateReading((born,))


def test_a_message_with_many_words_is_no_date() -> None:
    assert reading("I was born on 3 May 1985 in Lagos").candidates
    assert reading("I was born on 3 May 1985 " + "and so on " * 10) == DateReading(problem=Problem.NO_DATE)


@pytest.mark.parametrize(
    "text", ["3 May 1985", "3/5/85", "03051985", "030585", "1985-05-03", "May 3rd", "third of May", "3 мая", "mayo 3"]
)
def test_what_looks_like_a_whole_date_is_told(text: str) -> None:
    assert looks_like_date(text)


@pytest.mark.parametrize(
    "text",
    ["", "yes", "maybe", "3", "1985", "3/5", "clause 3", "2 months", "I may agree", "+1 416 555 0199 12", "12345"],
)
def test_what_looks_like_no_whole_date_is_told(text: str) -> None:
    assert not looks_like_date(text)


@given(BIRTHS, st.sampled_from(WRITINGS))
def test_every_writing_of_a_date_looks_like_one_and_can_be_masked(born: date, write: Callable[[date], str]) -> None:
    text = write(born)
    assert looks_like_date(text)
    hidden = masked(text)
    assert not any(each.isnumeric() for each in hidden)
    assert not may_hold_date(hidden)
    assert reading(hidden) == DateReading(problem=Problem.NO_DATE)


@pytest.mark.parametrize("text", ["1985年5月3日", "1985년 5월 3일", "born 3/V/1985", "3 tháng 5 năm 1985"])
def test_whatever_is_read_as_a_whole_date_looks_like_one(text: str) -> None:
    assert reading(text).problem is not Problem.NO_DATE
    assert looks_like_date(text)


@given(BIRTHS, st.sampled_from([" ", "-"]))
def test_a_date_in_words_can_be_masked(born: date, joint: str) -> None:
    text = f"{day_in_words(born.day, joint)} of {MONTHS[born.month - 1]} {year_in_words(born.year, joint)}"
    assert set(masked(text).split()) <= {"•", "•-•", "of", "and"}


@pytest.mark.parametrize(
    "language",
    [
        *READ_LANGUAGES,
        *("hi", "bn", "pa", "gu"),
    ],
)
def test_a_month_in_another_language_is_masked(language: str) -> None:
    for name in get_month_names("wide", "format", language).values():
        if len(name) > 3 and " " not in name:
            assert masked(f"3 {name} 1985") == "• • •", name


@pytest.mark.parametrize("text", ["", "why do you ask?", "I’d rather not say – sorry!", "не скажу", "🙂 hi", "a_b (c)"])
def test_what_holds_no_part_of_a_date_is_not_masked(text: str) -> None:
    assert masked(text) == text


@given(st.text(max_size=60))
def test_no_digit_survives_the_mask(text: str) -> None:
    assert not any(each.isnumeric() for each in masked(text))


@given(st.text(max_size=60))
def test_what_looks_like_a_date_may_hold_one(text: str) -> None:
    if looks_like_date(text):
        assert may_hold_date(text)
