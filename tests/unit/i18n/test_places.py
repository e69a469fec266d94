"""Countries and regions as people write them."""

from __future__ import annotations

import pytest

from bot.i18n.geography import country_code, country_name, region_code, region_name


@pytest.mark.parametrize(
    ("text", "code"),
    [
        *(("Canada", "CA"), ("canada.", "CA"), ("CA", "CA"), ("USA", "US"), ("the United States", "US")),
        *(("U.S.", "US"), ("I live in England", "GB"), ("UK", "GB"), ("in the Netherlands", "NL"), ("Türkiye", "TR")),
        *(("Turkey", "TR"), ("🇨🇦", "CA"), ("South Korea", "KR"), ("Czech Republic", "CZ"), ("Côte d'Ivoire", "CI")),
    ],
)
def test_a_country_is_known_by_its_names_and_codes(text: str, code: str) -> None:
    assert country_code(text) == code
    assert country_code(country_name(code)) == code


@pytest.mark.parametrize("text", ["", "Atlantis", "Ontario", "yes", "1", "\x00", "a" * 500, "🇨"])
def test_what_is_no_country_is_none(text: str) -> None:
    assert country_code(text) is None


@pytest.mark.parametrize(
    ("text", "code"),
    [("Ontario", "CA-ON"), ("ON", "CA-ON"), ("ca-on", "CA-ON"), ("in Texas", "US-TX"), ("TX", "US-TX")],
)
def test_a_region_is_known_by_its_name_and_code(text: str, code: str) -> None:
    assert region_code(text) == code
    assert region_code(region_name(code)) == code


@pytest.mark.parametrize("text", ["", "Bavaria", "Canada", "yes", "\x00", "🙂"])
def test_what_is_no_region_is_none(text: str) -> None:
    assert region_code(text) is None


def test_an_unknown_code_is_shown_as_it_is() -> None:
    assert (country_name("XX"), region_name("XX-YY")) == ("XX", "XX-YY")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("France, near Lyon", "FR"),
        ("I live in Paris, France", "FR"),
        ("I live in the United States of America now", "US"),
        ("je vis en Allemagne maintenant", "DE"),
        ("Papua New Guinea, in the highlands", "PG"),
        ("I'm in Georgia, USA", None),
        ("I moved from Poland to Canada", None),
        ("not France", None),
        ("New Mexico", None),
        ("do you take people from France?", None),
    ],
)
def test_a_country_is_found_in_a_sentence_that_names_one_alone(text: str, code: str | None) -> None:
    assert country_code(text) == code


def test_a_region_is_found_in_a_sentence() -> None:
    assert region_code("Austin, Texas") == "US-TX"
    assert region_code("not Texas but Ohio") is None
