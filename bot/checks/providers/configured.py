"""Makes the providers that the settings set up. A new provider is one more entry of `FACTORIES`."""

from __future__ import annotations

from collections.abc import Callable

from bot.checks.progress import CheckProgress
from bot.checks.providers import checkr, over_http
from bot.checks.providers.base import Provider
from bot.checks.providers.manual import ManualProvider
from bot.core.settings import Settings, SettingsError
from bot.security.vault import Vault
from bot.storage import Store

Factory = Callable[[Store, Vault, Settings, CheckProgress], Provider | None]


def _manual(store: Store, _vault: Vault, _settings: Settings, progress: CheckProgress) -> Provider:
    return ManualProvider(store, progress)


def _checkr(store: Store, vault: Vault, settings: Settings, progress: CheckProgress) -> Provider | None:
    return (
        checkr.CheckrProvider(store, vault, settings, progress) if settings.checkr_api_key.get_secret_value() else None
    )


def _http(store: Store, vault: Vault, settings: Settings, progress: CheckProgress) -> Provider | None:
    return over_http.HttpProvider(store, vault, settings, progress) if settings.checks_url else None


#: By name: what makes the provider, or None if it is not set up; and what it needs then.
FACTORIES: dict[str, tuple[Factory, str]] = {
    "manual": (_manual, ""),
    checkr.PROVIDER: (_checkr, "CHECKR_API_KEY: the provider checkr needs a key."),
    over_http.PROVIDER: (_http, over_http.NEEDS),
}


def configured(store: Store, vault: Vault, settings: Settings, progress: CheckProgress) -> list[Provider]:
    """The providers that are set up: checks that began with one of them go on there.

    Raises:
        SettingsError: the one for new checks is not set up, or a setting of one is wrong.
    """
    made = {name: make(store, vault, settings, progress) for name, (make, _) in FACTORIES.items()}
    if made[settings.check_provider] is None:
        raise SettingsError(FACTORIES[settings.check_provider][1])
    return [each for each in made.values() if each is not None]
