"""Every setting of the bot with its default, read from the environment or from ``.env``."""

from __future__ import annotations

import os
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import Field, HttpUrl, SecretStr, ValidationError
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, EnvSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict

from bot.core.organisation import ORGANISATION
from bot.core.paths import SETTINGS_FOLDER
from bot.core.secret_files import SUFFIX, SecretFileError, read_secrets
from bot.core.setting_names import misspelt_in_environment, unknown_in_file
from bot.core.setting_values import (
    SQLITE,
    Address,
    BlobUrl,
    DatabaseUrl,
    Folder,
    MailUrl,
    Networks,
    Origins,
    Port,
    RedisUrl,
    Site,
)

#: Seconds that a question must be shown before a typed reply counts as a consent to it.
CONSENT_SECONDS = 1.5

#: More processes than a machine that one would give to this has cores.
MOST_WORKERS = 64


class SettingsError(Exception):
    """A setting is invalid; the message names it and says what it should be."""


class Settings(BaseSettings):
    """All settings, named like their environment variables, in lower case.

    The description of each field is its row in docs/reference/settings.md.
    """

    model_config = SettingsConfigDict(
        env_file=SETTINGS_FOLDER / ".env", env_ignore_empty=True, extra="ignore", frozen=True
    )

    host: str = Field("127.0.0.1", description="Address that the web server listens on.")
    port: Port = Field(8080, description="Port of the web server.")
    workers: Annotated[int, Field(ge=1, le=MOST_WORKERS)] = Field(
        1, description=f"Processes of the service on this machine, behind the one port; 1 to {MOST_WORKERS}."
    )
    public_url: Site | None = Field(
        None,
        description="Address under which mentors reach the site, for example https://mentors.example.org or "
        "https://example.org/mentors.",
    )
    trusted_proxies: Networks = Field(
        "127.0.0.1, ::1",
        description="Proxies whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed: addresses or networks, "
        "separated by commas.",
    )
    data_dir: Folder = Field(
        Path("var"),
        validate_default=True,
        description="Folder for database, photos, keys and logs; a relative path starts at the repository, or with an "
        "installed wheel at the current folder.",
    )
    database_url: DatabaseUrl = Field(
        "", description="SQLAlchemy URL; empty means SQLite in the data folder. PostgreSQL: postgresql+psycopg://…"
    )
    blob_url: BlobUrl = Field(
        "",
        description="Where photos and waiting uploads lie: s3://bucket or s3://bucket/prefix; empty means in the data "
        "folder. Several services without a common folder need it.",
    )
    s3_endpoint_url: Address | None = Field(
        None, description="Address of an S3-compatible store; empty means Amazon S3 itself."
    )
    s3_region: str = Field("us-east-1", description="Region of the bucket.")
    s3_access_key_id: SecretStr = Field(
        SecretStr(""), description="Id of the access key for the bucket; empty uses the role of the machine on AWS."
    )
    s3_secret_access_key: SecretStr = Field(SecretStr(""), description="Secret of that access key.")
    turn_timeout: Annotated[float, Field(gt=0, le=60)] = Field(
        10.0, description="Seconds after which the handling of one message is cut off and tried again."
    )
    contact_email: str = Field(
        ORGANISATION.contact, description="Where a mentor can write to a person.", pattern=r"^[^@\s]+@[^@\s]+$"
    )
    telegram_token: SecretStr = Field(
        SecretStr(""), description="Token of the Telegram bot, from @BotFather; empty means no Telegram."
    )
    telegram_api_url: Address = Field(
        "https://api.telegram.org", description="Telegram's Bot API, or a local Bot API server.", validate_default=True
    )
    telegram_messages_per_second: float = Field(
        30.0, gt=0, description="Calls a second that the bot makes to Telegram, at most; 30 is what Telegram allows."
    )
    telegram_chat_messages_per_second: float = Field(
        1.0, gt=0, description="Messages a second to one chat, after a few at once; 1 is what Telegram advises."
    )
    gather_seconds: Annotated[float, Field(ge=0, le=30)] = Field(
        2.5,
        description="Seconds that mentors on Telegram have to send the next line of an answer; with 0 each line is "
        "an answer.",
    )
    check_provider: Literal["manual", "checkr", "http"] = Field(
        "manual",
        description="Who does the background check: `manual` waits for a person's decision, `checkr`, or `http` for "
        "an agency that offers docs/api/checks.yaml.",
    )
    checks_url: Address | None = Field(None, description="Address of the agency, for the provider `http`.")
    checks_key: SecretStr = Field(SecretStr(""), description="Bearer token for the agency.")
    checks_webhook_keys: SecretStr = Field(
        SecretStr(""),
        description="Keys that the agency may sign its webhooks with, separated by commas; empty takes none.",
    )
    checks_need_place: bool = Field(
        False, description="Whether the agency has to know the mentor's country and region, which are then asked."
    )
    checkr_api_key: SecretStr = Field(
        SecretStr(""), description="Secret key of the account at Checkr; with a test key nobody is really checked."
    )
    checkr_api_url: Address = Field(
        "https://api.checkr.com/v1", description="Address of Checkr's API.", validate_default=True
    )
    checkr_package: str = Field("tasker_standard", description="Which of Checkr's packages is ordered.")
    checkr_webhook_keys: SecretStr = Field(
        SecretStr(""),
        description="Keys that Checkr may sign its webhooks with, separated by commas; empty means the API key.",
    )
    four_eyes: bool = Field(False, description="Whether two people have to agree on a check.")
    person_hours: Annotated[str, Field(max_length=200)] = Field(
        "",
        description="When a person answers mentors in the chat, for example “on working days, "
        "usually within a day”, which is also said if it is empty.",
    )
    adverse_days: Annotated[int, Field(ge=1)] = Field(
        7, description="Days that a mentor has to respond before a check ends against them."
    )
    mail_url: MailUrl = Field(
        SecretStr(""),
        description="Server that sends e-mails: smtp://user:password@host:587 or smtps://…; empty "
        "writes them into the data folder and shows them on the demo page.",
    )
    mail_from: str = Field(
        ORGANISATION.sender,
        description="Sender of e-mails, with or without a name.",
        pattern=r"^(?:[^@\s<>]+@[^@\s<>]+|[^<>]+<[^@\s<>]+@[^@\s<>]+>)$",
    )
    bounces_key: SecretStr = Field(
        SecretStr(""), description="Key that signs reports about e-mails that did not arrive; empty takes none."
    )
    accounts_url: Address | None = Field(
        None, description="Address of the site's account service (docs/api/accounts.yaml); empty keeps accounts here."
    )
    accounts_key: SecretStr = Field(SecretStr(""), description="Bearer token for the account service.")
    events_url: HttpUrl | None = Field(
        None, description="Where events such as `mentor.cleared` are posted, signed; empty posts none."
    )
    events_secret: SecretStr = Field(
        SecretStr(""), description="Key that signs posted events, and token of the event feed; empty closes both."
    )
    master_keys: SecretStr = Field(
        SecretStr(""),
        description="Keys that wrap the data keys: base64 of 32 bytes each, separated by commas, the current one "
        "first. Empty means one is made in the data folder.",
    )
    consent_seconds: Annotated[float, Field(ge=0, le=60)] = Field(
        CONSENT_SECONDS,
        description="Seconds that a question must be shown before a typed reply counts as a consent. A press on a "
        "button needs the same, but at most 0.7.",
    )
    sessions_per_hour: Annotated[int, Field(ge=1)] = Field(
        60, description="New web conversations that one address may open in an hour."
    )
    messages_per_minute: Annotated[int, Field(ge=1)] = Field(
        60, description="Messages that one conversation may send in a minute."
    )
    codes_per_hour: Annotated[int, Field(ge=1)] = Field(
        5, description="Codes that one e-mail address, or one conversation, may be sent in an hour."
    )
    photos_per_hour: Annotated[int, Field(ge=1)] = Field(
        40, description="Photos that one conversation may send in an hour."
    )
    requests_per_minute: Annotated[int, Field(ge=1)] = Field(
        600, description="Requests of any kind that one address may make in a minute."
    )
    embed_origins: Origins = Field(
        "", description="Other origins whose pages may embed the chat, separated by commas: https://www.example.org."
    )
    redis_url: RedisUrl = Field(
        SecretStr(""),
        description="Redis in which several services count together: redis://…; empty counts in the process.",
    )
    draft_days: Annotated[int, Field(ge=1)] = Field(
        180, description="Days after which a registration that nobody finished is erased."
    )
    check_days: Annotated[int, Field(ge=1)] = Field(
        90, description="Days after which a background check that never ended is ended, and the date of birth erased."
    )
    ledger_key: SecretStr = Field(
        SecretStr(""),
        description="Key of the consent ledger: base64 of 32 bytes. Empty means one is made in the data folder.",
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", description="How much the service logs.")
    log_format: Literal["text", "json"] = Field(
        "text", description="`text`: lines for a person; `json`: one JSON object a line, for a log store."
    )
    metrics_port: Port | None = Field(
        None,
        description="Port of the metrics for Prometheus, for example 9090; empty serves none. The second of the "
        "`WORKERS` has the next port, and so on.",
    )
    metrics_host: str = Field(
        "127.0.0.1", description="Address that the metrics listen on. Whoever reaches it can read them."
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003  (pydantic-settings' own signature)
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The sources, the strongest first: arguments, environment, ``.env``, and files with secrets."""
        return init_settings, env_settings, dotenv_settings, _SecretFiles(settings_cls, env_settings, dotenv_settings)

    @property
    def trusted_networks(self) -> list[str]:
        """The networks of `trusted_proxies`; those of IPv4 also as a socket for both versions shows them."""
        networks = [ip_network(each.strip()) for each in self.trusted_proxies.split(",") if each.strip()]
        mapped = [f"::ffff:{each.network_address}/{96 + each.prefixlen}" for each in networks if each.version == 4]
        return [*map(str, networks), *mapped]

    @property
    def trusts_others(self) -> bool:
        """Whether `trusted_proxies` names a proxy on another machine."""
        return any(not ip_network(each).is_loopback for each in self.trusted_networks if not each.startswith("::ffff:"))

    @property
    def embedding_origins(self) -> list[str]:
        """The origins of `embed_origins`."""
        return [each.strip() for each in self.embed_origins.split(",") if each.strip()]

    @property
    def database(self) -> str:
        """The SQLAlchemy URL in use."""
        return self.database_url or f"{SQLITE}{(self.data_dir / 'bot.db').resolve()}"

    @property
    def is_sqlite(self) -> bool:
        """Whether the database is a SQLite file, which one service, with its workers, has to itself."""
        return self.database.startswith(SQLITE)

    @property
    def site_url(self) -> str:
        """Address that a mentor types into a browser."""
        host = "127.0.0.1" if self.host in {"0.0.0.0", "::"} else self.host  # noqa: S104  (compared, not bound)
        host = f"[{host}]" if ":" in host else host
        return str(self.public_url) if self.public_url else f"http://{host}:{self.port}"

    @property
    def site_path(self) -> str:
        """The path of the site's address, without a slash at its end, or ""."""
        return urlsplit(self.site_url).path

    @property
    def site_in_emails(self) -> str:
        """Address that links in e-mails begin with; "" where e-mails leave this machine and the site does not."""
        return self.site_url if self.public_url or not self.mail_url.get_secret_value() else ""


#: The settings that may hold a secret: each can be read from a file instead, which ``NAME_FILE`` names.
SECRETS = [
    name for name, field in Settings.model_fields.items() if field.annotation is SecretStr or name == "database_url"
]


class _SecretFiles(PydanticBaseSettingsSource):
    """The secrets that lie in files.

    Args:
        settings_cls: the settings.
        sources: the environment and ``.env``; the environment first.
    """

    def __init__(self, settings_cls: type[BaseSettings], *sources: PydanticBaseSettingsSource) -> None:
        super().__init__(settings_cls)
        self._given: dict[str, str | None] = {}
        for each in reversed(sources):
            if isinstance(each, EnvSettingsSource):
                self._given |= each.env_vars

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:  # noqa: ARG002
        """Nothing: a file is read by `__call__`, with the others."""
        return None, field_name, False

    def __call__(self) -> dict[str, Any]:
        """The secrets, by setting."""
        try:
            return dict(read_secrets(self._given, SECRETS, SETTINGS_FOLDER))
        except SecretFileError as error:
            raise SettingsError(str(error)) from None


def load_settings(**overrides: Any) -> Settings:
    """Read the settings.

    Args:
        overrides: settings given by the caller instead of the environment, by field name.

    Raises:
        SettingsError: a setting is invalid or unknown, or a file with a secret cannot be read.
    """
    if unknown := unknown_names():
        raise SettingsError("Unknown setting. " + "; ".join(unknown))
    return read_settings(**overrides)


def read_settings(**overrides: Any) -> Settings:
    """Read the settings, as `load_settings`, but leave unknown names alone.

    Raises:
        SettingsError: a setting is invalid, or a file with a secret cannot be read.
    """
    try:
        return Settings(**overrides)
    except ValidationError as error:
        problems = [f"{'.'.join(map(str, each['loc'])).upper()}: {each['msg']}" for each in error.errors()]
        raise SettingsError("Invalid setting. " + "; ".join(problems)) from None


def unknown_names() -> list[str]:
    """The unknown names in ``.env`` and the misspelt ones in the environment, each as a sentence."""
    known = [name.upper() for name in Settings.model_fields] + [name.upper() + SUFFIX for name in SECRETS]
    file = Settings.model_config.get("env_file")
    in_file = unknown_in_file(file, known) if isinstance(file, Path) else ()
    return [*in_file, *misspelt_in_environment(os.environ, known)]
