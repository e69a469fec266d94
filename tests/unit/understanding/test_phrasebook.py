"""Lists of phrases that are patterns."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.understanding import list_files
from bot.understanding.phrasebook import Phrasebook

LINES = """
# a comment
[surely]
en fully
fr tout à fait
[yes]
en i (do) agree (<surely>)
en that's/this is fine
fr je suis <surely> d'accord
[stems]
en exploit*
"""


@pytest.fixture
def book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Phrasebook:
    (tmp_path / "some.txt").write_text(LINES, encoding="utf-8")
    monkeypatch.setattr(list_files, "_FOLDER", tmp_path)
    return Phrasebook("some")


@pytest.mark.parametrize(
    ("words", "parts"),
    [
        ("i agree ", {"yes"}),
        ("i do agree fully ", {"yes"}),
        ("i agree tout a fait ", {"yes"}),
        ("this is fine ", {"yes"}),
        ("je suis tout a fait d'accord ", {"yes"}),
        ("fully ", {"surely"}),
        ("exploiting ", {"stems"}),
        ("i fully agree ", set()),
        ("agree ", set()),
        ("je suis d'accord ", set()),
        ("", set()),
    ],
)
def test_a_phrase_has_words_left_out_words_to_choose_and_phrases_of_a_part(
    book: Phrasebook, words: str, parts: set[str]
) -> None:
    assert book.parts_of(words) == parts


def test_every_length_of_a_beginning_is_told(book: Phrasebook) -> None:
    assert set(book.beginning("and i agree to it ", 4)) == {("yes", 12)}


def test_a_phrase_is_found_among_words_and_only_as_whole_words(book: Phrasebook) -> None:
    assert book.within("yes").search("well i agree to it ")
    assert not book.within("yes").search("hi agree to it ")


def test_the_vocabulary_has_every_word_as_it_is_compared(book: Phrasebook) -> None:
    assert {"tout", "a", "fait", "agree", "that's", "exploit"} <= book.vocabulary
    assert not {"surely", "(do)", "à"} & book.vocabulary
