"""What people say of a consent in their own words: turned into its opposite, it is no yes."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.registration import form
from bot.understanding.consent import Reading, Subject, read_consent
from bot.understanding.consent.agreement import OWN_WORDS
from bot.understanding.phrasebook import Phrasebook

SUBJECTS = {str(item.id): Subject(item.id, item.wording) for item in form.CONSENTS}
BOOK = OWN_WORDS
#: By what the phrases of a part are, beginnings that turn each into its opposite.
OPPOSITES = {
    "": (
        "I will not",
        "I won't",
        "I will never",
        "I refuse to",
        "I do not promise to",
        "je ne vais pas",
        "je refuse de",
    ),
    "never": ("I will", "I'll always", "I promise to", "I agree to", "Yes, I will"),
    "done": ("you may not", "I do not give you permission to", "never", "je ne vous autorise pas à"),
    "holds": ("I don't agree that", "I disagree that", "it is not so that", "je ne suis pas d'accord que"),
}
#: A phrase of this sort in French has its own "pas", and says the same after "je vais".
_HAS_ITS_OWN_NO = ("never", "fr")


def of_kind(kind: str) -> list[tuple[str, str, str]]:
    """The consent, language and phrase of each phrase in the parts of ``kind``."""
    names = {f"{consent}_{kind}" if kind else consent: consent for consent in SUBJECTS}
    return [
        (names[part], language, phrase)
        for part, phrases in BOOK.phrases.items()
        if part in names
        for language, phrase in phrases
        if (kind, language) != _HAS_ITS_OWN_NO
    ]


@pytest.mark.parametrize("kind", OPPOSITES)
@given(st.data())
@settings(max_examples=400)
@pytest.mark.slow
def test_the_opposite_of_what_a_mentor_promises_is_no_yes(kind: str, data: st.DataObject) -> None:
    consent, _language, phrase = data.draw(st.sampled_from(of_kind(kind)))
    said = data.draw(st.from_regex(BOOK.pattern_of(phrase), fullmatch=True, alphabet=st.characters(max_codepoint=127)))
    opening = data.draw(st.sampled_from(OPPOSITES[kind]))
    assert read_consent(f"{opening} {said}", SUBJECTS[consent]) is not Reading.YES


@pytest.mark.parametrize("name", ["own_words", "agreements", "refusals", "doubts"])
def test_every_phrase_has_a_word_and_knows_its_parts(name: str) -> None:
    book = BOOK if name == "own_words" else Phrasebook(name)
    for phrases in book.phrases.values():
        for _language, phrase in phrases:
            assert not re.fullmatch(book.pattern_of(phrase), ""), phrase
            assert not re.search(r"/<|>/", phrase), phrase


@pytest.mark.parametrize(
    ("consent", "text"),
    [
        ("published_and_rated", "I agree to being rated"),
        ("published_and_rated", "j'accepte que mes échanges soient publiés"),
        ("ethics_assist_and_guide", "je vais imposer mes idées"),
        ("ethics_assist_and_guide", "I agree, a mentor guides and imposes"),
        ("ethics_confidentiality", "je dirai tout à ma femme"),
        ("ethics_confidentiality", "je ne garderai rien confidentiel"),
        ("ethics_confidentiality", "je ne dirai pas seulement le bon"),
        ("ethics_laws", "je viole la loi"),
        ("ethics_own_work", "je ferai leur travail à leur place"),
        ("ethics_own_limits", "I'll refer them if I know"),
        ("ethics_own_limits", "oui je vais dépasser mes limites"),
        ("ethics_privacy", "je respecterai ma vie privée"),
        ("ethics_records", "je divulguerai leurs notes"),
        ("ethics_records", "I agree confidentiality is key"),
        ("ethics_truthfulness", "oui je leur mens"),
        ("ethics_truthfulness", "I agree honesty is the best policy"),
        ("ethics_smooth_ending", "je vais créer une dépendance"),
        ("two_months", "I was a nurse for two months"),
        ("background_check", "I already had one last year"),
        ("background_check", "as a police officer my record is clean"),
    ],
)
def test_what_comes_near_to_a_promise_is_no_yes(consent: str, text: str) -> None:
    assert read_consent(text, SUBJECTS[consent]) is not Reading.YES


@pytest.mark.parametrize(
    ("consent", "text"),
    [
        ("background_check", "Sure, as a nurse I had one last year"),
        ("ethics_confidentiality", "I'll keep it all confidential"),
        ("ethics_confidentiality", "je garderai tout confidentiel"),
        ("ethics_confidentiality", "oui, la confidentialité c'est la base"),
        ("ethics_records", "je ne dirai rien à personne"),
        ("ethics_own_work", "je ne ferai pas le travail à leur place"),
        ("ethics_truthfulness", "honesty is everything, I agree"),
        ("two_months", "je m'engage à rester au moins deux mois"),
        ("code_of_ethics", "je respecterai le code d'éthique"),
    ],
)
def test_a_promise_in_ones_own_words_counts(consent: str, text: str) -> None:
    assert read_consent(text, SUBJECTS[consent]) is Reading.YES
