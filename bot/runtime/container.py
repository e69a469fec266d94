"""The composition root: builds the parts of the service from the settings."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import make_url
from sqlalchemy.exc import SQLAlchemyError

from bot.accounts.accounts import AccountTable
from bot.accounts.email_codes import Codes
from bot.checks.notifier import StatusNotifier
from bot.checks.progress import CheckProgress
from bot.checks.providers.configured import configured
from bot.checks.providers.registry import Providers
from bot.core.data_folder import NO_ROOM, prepare_folder
from bot.core.errors import is_disk_full, named
from bot.core.files import check_room
from bot.core.settings import Settings, SettingsError
from bot.media.photos import Photos, open_photos
from bot.moves.dialogue import Dialogue
from bot.notifications.undeliverable import Undeliverable
from bot.privacy.erasure import Erasure
from bot.privacy.retention import Retention
from bot.registration.ledger import Ledger
from bot.security.key_check import KeyChecks
from bot.security.key_files import keys_folder, load_ledger_key, load_master_keys
from bot.security.vault import Vault
from bot.storage import Store


@dataclass(frozen=True)
class Services:
    """The parts that channels, actions, outbox and command line share."""

    settings: Settings
    store: Store
    vault: Vault
    key_checks: KeyChecks
    ledger: Ledger
    photos: Photos
    erasure: Erasure
    retention: Retention
    progress: CheckProgress
    providers: Providers
    dialogue: Dialogue
    undeliverable: Undeliverable


def build(settings: Settings, *, is_rotating: bool = False) -> Services:
    """Build the parts and migrate the database.

    Args:
        settings: all settings.
        is_rotating: whether the master key may be newer than the installation's, because `keys rotate` runs.

    Raises:
        SettingsError: the data folder, the database or a key cannot be used, or the keys are not the installation's.
    """
    prepare_folder(settings)
    try:
        store = Store(settings.database, settings.workers)
        store.upgrade()
    except RuntimeError as error:  # the migration was refused
        raise SettingsError(f"DATABASE_URL: {error}") from None
    except SQLAlchemyError as error:
        if is_disk_full(error) or _is_full(settings):
            raise SettingsError(NO_ROOM) from None
        # The driver's own text is left out: it may quote the password.
        reason = named(error) or type(error).__name__
        raise SettingsError(f"DATABASE_URL: the database cannot be used ({reason}).") from None
    master_keys = load_master_keys(settings.master_keys.get_secret_value(), settings.data_dir)
    vault = Vault(master_keys)
    ledger_key = load_ledger_key(settings.ledger_key.get_secret_value(), settings.data_dir)
    key_checks = KeyChecks(master_keys, vault.master_key_ids, ledger_key)
    key_checks.compare(store, is_rotating=is_rotating)
    ledger = Ledger(vault, ledger_key, keys_folder(settings.data_dir) / "ledger.head")
    contact, site = settings.contact_email, settings.site_in_emails
    codes = Codes(vault, settings.codes_per_hour)
    notifier = StatusNotifier(vault, contact, settings.adverse_days, site)
    progress = CheckProgress(vault, notifier.notify_status_change)
    photos = open_photos(settings, store, vault)
    erasure = Erasure(store, vault, ledger, photos, settings.data_dir)
    retention = Retention(store, erasure, progress)
    providers = Providers(store, configured(store, vault, settings, progress))
    provider = providers.named(settings.check_provider)
    hours = settings.person_hours
    dialogue = Dialogue(store, vault, ledger, AccountTable(), codes, provider, contact, site, person_hours=hours)
    undeliverable = Undeliverable(vault, contact)
    work = (erasure, retention, progress, providers, dialogue, undeliverable)
    return Services(settings, store, vault, key_checks, ledger, photos, *work)


def _is_full(settings: Settings) -> bool:
    """Whether a full disk caused a failure, which SQLite may report as an input/output error."""
    url = make_url(settings.database)
    sqlite = [Path(url.database).parent] if url.get_backend_name() == "sqlite" and url.database else []
    try:
        for folder in {settings.data_dir, *sqlite}:
            check_room(folder)
    except OSError as error:
        return is_disk_full(error)
    return False
