"""What is said of a failure: enough to know why, and nothing that anybody wrote."""

from __future__ import annotations

import pytest

from bot.accounts import AccountsUnavailableError
from bot.checks.provider import ProviderError
from bot.events import EventError
from bot.failures import StatedError, described, in_short
from bot.mail import MailError, RefusedError
from bot.vault import VaultError


def raised(error: Exception) -> Exception:
    with pytest.raises(type(error)) as caught:
        raise error
    return caught.value


@pytest.mark.parametrize(
    "kind", [ProviderError, MailError, RefusedError, AccountsUnavailableError, EventError, VaultError]
)
def test_a_sentence_of_ours_is_told(kind: type[StatedError]) -> None:
    error = raised(kind("the site answered 503"))
    assert described(error).startswith(f"{kind.__name__} at {__file__}:")
    assert described(error).endswith(": the site answered 503")
    assert in_short(error) == f"{kind.__name__}: the site answered 503"


@pytest.mark.parametrize("kind", [ValueError, KeyError, RuntimeError])
def test_any_other_text_is_not(kind: type[Exception]) -> None:
    error = raised(kind("born in 1978"))
    assert "1978" not in described(error) + in_short(error)
    assert described(error).startswith(f"{kind.__name__} at {__file__}:")
    assert in_short(error) == kind.__name__


def test_what_caused_a_failure_of_ours_is_not_quoted() -> None:
    error = MailError("the mail server answered 451")
    error.__cause__ = ValueError("maria@example.org is unknown")
    assert "maria" not in described(raised(error)) + in_short(error)


def test_a_failure_without_a_sentence_is_named() -> None:
    assert described(ProviderError()) == "ProviderError at ?"
    assert in_short(ProviderError()) == "ProviderError"
