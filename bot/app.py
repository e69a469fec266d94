"""The composition root: the parts of the service, put together from the settings."""

from __future__ import annotations

from dataclasses import dataclass

from bot.accounts import AccountService
from bot.conversation.dialogue import Dialogue
from bot.photos import PhotoFolder
from bot.settings import Settings, load_settings
from bot.store import Store
from bot.vault import Vault, load_master_keys


@dataclass(frozen=True)
class Services:
    """What channels, actions, worker and command line share."""

    settings: Settings
    store: Store
    vault: Vault
    photos: PhotoFolder
    dialogue: Dialogue


def build(settings: Settings) -> Services:
    """Put the parts together and migrate the database.

    Raises:
        SettingsError: a master key is no key.
    """
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    store = Store(settings.database)
    store.upgrade()
    vault = Vault(load_master_keys(settings.master_keys.get_secret_value(), settings.data_dir))
    dialogue = Dialogue(store, vault, AccountService(), settings.check_provider)
    return Services(settings, store, vault, PhotoFolder(settings.data_dir), dialogue)


class _Current:
    services: Services | None = None


def services() -> Services:
    """The services of this process, built from the environment at first use.

    The custom actions have no other way to reach them: Rasa's SDK creates actions without arguments.
    """
    if _Current.services is None:
        _Current.services = build(load_settings())
    return _Current.services


def use(chosen: Services) -> None:
    """Make ``chosen`` the services of this process."""
    _Current.services = chosen
