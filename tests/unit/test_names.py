"""Reading a name: of any culture."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from understanding.names import read_name

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
