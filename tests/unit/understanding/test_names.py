"""Reading a name: of any culture."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.understanding.names import (
    is_introduced,
    is_rather_of_oneself,
    is_written_as_name,
    looks_like_name,
    read_name,
)

NAMES = (
    "Maria Okafor",
    "María-José O’Connor",
    "Madonna",
    "O",
    "Ng",
    "Jean-Luc d'Arc",
    "Dr. Martin Luther King, Jr.",
    "Nguyễn Thị Minh Khai",
    "Björk Guðmundsdóttir",
    "X Æ A-Xii",
    "李小龙",
    "山田 太郎",
    "김민준",
    "محمد بن سلمان",
    "דוד בן־גוריון",
    "Владимир Иванов",
    "அப்துல் கலாம்",
    "Ἀριστοτέλης",
    "bell hooks",
    "MARIA OKAFOR",
    "Null",
    "Test",
    "Will Smith",
    "May Day",
    "Ali Am Noor",
    "Mai Am Tran",
    "ʻaulani Kealoha",
    "van der Berg (Anna)",
    "علی\u200cرضا",
)


@pytest.mark.parametrize("name", NAMES)
def test_names_of_every_culture_are_taken_as_they_are(name: str) -> None:
    assert read_name(name) == unicodedata.normalize("NFC", name)


@pytest.mark.parametrize(
    "text",
    [
        "My name is Maria Okafor",
        "my full name is Maria Okafor",
        "My full legal name is Maria Okafor",
        "my name's Maria Okafor",
        "My name’s Maria Okafor",
        "I am Maria Okafor",
        "I'm Maria Okafor",
        "I’m Maria Okafor",
        "It's Maria Okafor",
        "It’s Maria Okafor",
        "Name: Maria Okafor",
        "  Maria   Okafor  ",
        '"Maria Okafor"',
        "Maria Okafor,",
        "Maria\u200b Okafor",
        "Maria\u00a0Okafor",
        "Maria\tOkafor",
        "Maria Okafor, happy now?",
        "Maria Okafor (she/her)",
        "Hello, Maria Okafor here",
        "Maria Okafor. Why do you need it?",
        "My name is call Maria Okafor",
        "Maria Okafor, Okafor with a k",
        "Maria Okafor avec un k",
        "Okafor is my family name, Maria is the first",
    ],
)
def test_what_stands_around_a_name_is_dropped(text: str) -> None:
    assert read_name(text) == "Maria Okafor"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        ".",
        "- '",
        "🙂",
        "1234",
        "Maria 2",
        "Maria ٢",
        "maria@example.org",
        "https://example.org/maria",
        "HTTPS://x",
        "www.example.org",
        "<b>Maria</b>",
        "{name}",
        "Maria; DROP TABLE",
        "why do you ask?",
        "$maria",
        "a=b",
        "my name",
        "Yes",
        "sure",
        "My full legal name.",
    ],
)
def test_what_is_no_name_is_none(text: str) -> None:
    assert read_name(text) is None


def test_a_name_is_stored_composed() -> None:
    assert read_name("Jose\u0301") == "José"


@given(st.text(max_size=80))
def test_every_text_gets_a_reading_and_a_name_has_a_letter(text: str) -> None:
    name = read_name(text)
    assert name is None or any(each.isalpha() for each in name)


@given(st.text(max_size=80))
def test_a_name_holds_no_digit_and_no_sign_of_a_link(text: str) -> None:
    name = read_name(text) or ""
    assert not any(each.isdecimal() or each in "@<>" for each in name)


@given(st.lists(st.text(alphabet="AaImBbÉéñ李ابא", min_size=1, max_size=8), min_size=1, max_size=4))
def test_letters_and_single_spaces_are_kept_whole(parts: list[str]) -> None:
    name = unicodedata.normalize("NFC", " ".join(parts))
    if not name.casefold().startswith(("i am ", "i'm ")):
        assert read_name(name) == name


@pytest.mark.parametrize(
    "text",
    [
        "They call me Maria Okafor",
        "people call me Maria Okafor",
        "you can call me Maria Okafor",
        "you may write Maria Okafor",
        "the name on my passport is Maria Okafor",
        "My name in my ID card is Maria Okafor",
        "Hello, my name is Maria Okafor.",
        "Hi! I’m Maria Okafor",
        "Sure, it's Maria Okafor",
        "full name – Maria Okafor",
        "name - Maria Okafor!",
        "This is Maria Okafor.",
        "I already told you: Maria Okafor",
        "just put Maria Okafor, thanks",
        "It's Dr. Mary, but my legal name is Maria Okafor",
        "call me Mary. Full name Maria Okafor",
        "moi c'est Maria Okafor",
    ],
)
def test_who_says_that_it_is_a_name_introduces_it(text: str) -> None:
    assert is_introduced(text)
    assert read_name(text) == "Maria Okafor"


@pytest.mark.parametrize(
    "text",
    [
        "Maria Okafor",
        "put this on hold till this evening",
        "I am Maria",  # as "I am busy"
        "I am busy",
        "I'm from Spain",
        "it is what it is",
        "this is private",
        "is my name public?",
        "my name is what you want?",
        "what name",
        "",
    ],
)
def test_what_does_not_say_so_introduces_none(text: str) -> None:
    assert not is_introduced(text)


@pytest.mark.parametrize(
    "text",
    [
        "Skip Thornton",
        "Will Smith",
        "May Day",
        "Stop Back",
        "Björk Guðmundsdóttir",
        "J. R. R. Tolkien",
        "D'Arcy O’Neil",
        "Владимир Иванов",
    ],
)
def test_words_of_capitals_are_written_as_a_name(text: str) -> None:
    assert is_written_as_name(text)


@pytest.mark.parametrize(
    "text",
    ["Skip", "skip thornton", "Go back", "Maria okafor", "Why Me?", "A B C D E F", "Maria 2", "李小龙", "", "🙂 Maria"],
)
def test_other_words_are_not(text: str) -> None:
    assert not is_written_as_name(text)


@pytest.mark.parametrize("name", [each for each in NAMES if len(each.split()) < 6])
def test_every_name_looks_like_one(name: str) -> None:
    assert looks_like_name(name) or name == "Null"


@pytest.mark.parametrize(
    "text",
    [
        "why do you ask?",
        "why do you want my name",
        "what is that for",
        "I don't want to tell you",
        "that is none of your business!",
        "a b c d e f g h i j",
        "why",
        "",
    ],
)
def test_what_is_rather_said_than_a_name_does_not_look_like_one(text: str) -> None:
    assert not looks_like_name(text)


@given(st.text(max_size=80))
def test_every_text_can_be_told_from_a_name(text: str) -> None:
    for told in (is_introduced(text), is_written_as_name(text), looks_like_name(text)):
        assert told in (True, False)


@given(st.sampled_from(NAMES), st.sampled_from(["", ".", "!", ",", "  "]), st.sampled_from(["", "My name is ", "I'm "]))
def test_marks_and_a_lead_around_a_name_change_nothing(name: str, mark: str, lead: str) -> None:
    if not name.endswith((".", ")")) and len(name.split()[-1]) > 2:  # "O." is an initial
        assert read_name(f"{lead}{name}{mark}") == unicodedata.normalize("NFC", name)


@given(st.text(max_size=60))
def test_reading_a_name_again_changes_nothing(text: str) -> None:
    once = read_name(text)
    if once and not is_introduced(once) and not once.casefold().startswith(("i am ", "i'm ", "it's ", "this is ")):
        assert read_name(once) in (once, once.rstrip("."))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("call me Sam, Samuel Hill", "Samuel Hill"),
        ("Margaret Hill, but everyone calls me Peggy", "Margaret Hill"),
        ("Margaret, but everyone calls me Peggy", "Margaret"),
        ("Robert Lee (call me Bob)", "Robert Lee"),
        ("Hello, everyone calls me Peggy", "Peggy"),
        ("You can call me Bob but legally I'm Robert Smith", "Robert Smith"),
        ("Luc Petit, appelez-moi Lulu", "Luc Petit"),
        ("sarah connor :)", "sarah connor"),
        ("Ann Lee 👍🏽", "Ann Lee"),
        ("the name is Bond, James Bond", "James Bond"),
        ("It's Margaret Hill, but everyone calls me Peggy", "Margaret Hill"),
        ("Surname: Mbeki, first name: Grace", "Grace Mbeki"),
        ("my first name is Grace and my surname is Mbeki", "Grace Mbeki"),
        ("Nom : Ba, prénom : Yao Serge", "Yao Serge Ba"),
        ("my name is Samuel Hill btw", "Samuel Hill"),
        ("Hill, Samuel", "Hill, Samuel"),
    ],
)
def test_the_whole_name_is_found_beside_a_short_form_and_in_parts(text: str, name: str) -> None:
    assert read_name(text) == name


@pytest.mark.parametrize("text", ["WHO WANTS TO KNOW", "WHY DO YOU ASK ME"])
def test_a_sentence_in_capitals_is_not_written_as_a_name(text: str) -> None:
    assert not is_written_as_name(text)


@pytest.mark.parametrize(
    ("text", "name", "is_one"),
    [
        ("I'm retired", "retired", True),
        ("I am from Ghana", "from Ghana", True),
        ("je suis comptable", "comptable", True),
        ("I'm Grace Mbeki", "Grace Mbeki", False),
        ("grace", "grace", False),
    ],
)
def test_what_is_told_of_oneself_is_asked_back(text: str, name: str, is_one: bool) -> None:
    assert is_rather_of_oneself(text, name) == is_one


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Ann Lee, no sorry, Anne Lee", "Anne Lee"),
        ("Mikel Aagaard, no sory, Mikkel Aagaard", "Mikkel Aagaard"),
        ("Elizabeth Novak, scratch that, Elizabeth Ann Novak", "Elizabeth Ann Novak"),
        ("Aïcha Sarr, non pardon, Aïcha Sarr Ndiaye", "Aïcha Sarr Ndiaye"),
        ("No, Kim", "No, Kim"),
        ("Kim, No-Young", "Kim, No-Young"),
    ],
)
def test_of_a_name_that_is_set_right_at_once_the_second_is_meant(text: str, name: str) -> None:
    assert read_name(text) == name


def test_a_name_without_capitals_goes_before_a_nickname() -> None:
    assert read_name("dwayne kowalchuk but everybody calls me Kowie") == "dwayne kowalchuk"
