"""The settings: their defaults, and what is refused."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from bot.core.organisation import ORGANISATION
from bot.core.paths import REPOSITORY
from bot.core.settings import SECRETS, Settings, SettingsError, load_settings


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Keep the settings of whoever runs the tests out of them; `.env` is one in the test's folder."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(f"{name.upper()}_FILE", raising=False)
    monkeypatch.setitem(Settings.model_config, "env_file", tmp_path / ".env")
    monkeypatch.chdir(tmp_path)


def test_everything_has_a_default() -> None:
    settings = load_settings()
    assert (settings.host, settings.port) == ("127.0.0.1", 8080)
    assert settings.data_dir == REPOSITORY / "var"
    assert settings.database == f"sqlite:///{REPOSITORY / 'var' / 'bot.db'}"
    assert settings.site_url == "http://127.0.0.1:8080"
    assert settings.telegram_api_url == "https://api.telegram.org"
    assert settings.telegram_token.get_secret_value() == ""
    assert settings.check_provider == "manual"
    assert settings.contact_email == ORGANISATION.contact


def test_the_environment_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "9090")
    monkeypatch.setenv("DATABASE_URL", "postgresql+psycopg://localhost/bot")
    monkeypatch.setenv("PUBLIC_URL", "https://mentors.example.org/")
    monkeypatch.setenv("TELEGRAM_API_URL", "http://127.0.0.1:8081/")
    settings = load_settings()
    assert settings.port == 9090
    assert settings.database == "postgresql+psycopg://localhost/bot"
    assert (settings.site_url, settings.site_path) == ("https://mentors.example.org", "")
    monkeypatch.setenv("PUBLIC_URL", "https://example.org/jobs/mentors/")
    settings = load_settings()
    assert (settings.site_url, settings.site_path) == ("https://example.org/jobs/mentors", "/jobs/mentors")
    assert settings.telegram_api_url == "http://127.0.0.1:8081"


def test_an_env_file_is_read_and_the_environment_is_stronger(monkeypatch: pytest.MonkeyPatch) -> None:
    Path(".env").write_text("PORT=9090\nHOST=0.0.0.0\n")
    monkeypatch.setenv("PORT", "9091")
    settings = load_settings()
    assert (settings.host, settings.port) == ("0.0.0.0", 9091)  # noqa: S104  (compared, not bound)


def test_an_empty_setting_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.setenv(name.upper(), "")
    assert load_settings() == Settings()


def test_a_relative_folder_or_database_is_the_repositorys_wherever_one_is() -> None:
    settings = load_settings(data_dir="data/here", database_url="sqlite:///data/bot.db")
    assert settings.data_dir == REPOSITORY / "data" / "here"
    assert settings.database == f"sqlite:///{REPOSITORY / 'data' / 'bot.db'}"


def test_an_absolute_folder_or_database_stays(tmp_path: Path) -> None:
    settings = load_settings(data_dir=tmp_path, database_url=f"sqlite:///{tmp_path / 'bot.db'}")
    assert settings.data_dir == tmp_path
    assert settings.database == f"sqlite:///{tmp_path / 'bot.db'}"


def test_the_env_file_is_the_repositorys() -> None:
    command = [sys.executable, "-c", "from bot.core.settings import Settings; print(Settings.model_config['env_file'])"]
    assert subprocess.check_output(command, text=True).strip() == str(REPOSITORY / ".env")


@pytest.mark.slow
@pytest.mark.parametrize(
    "command",
    [["registrations", "list"], ["consents", "anchor"], ["export"]],
)
def test_a_command_finds_the_data_folder_from_anywhere(command: list[str], tmp_path: Path) -> None:
    bot = Path(sys.executable).with_name("bot")
    with tempfile.TemporaryDirectory(dir=REPOSITORY) as folder:
        environment = {"PATH": os.environ["PATH"], "DATA_DIR": Path(folder).name}
        subprocess.run([bot, *command], cwd=tmp_path, env=environment, check=True, capture_output=True)
        assert (Path(folder) / "bot.db").exists()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("DATABSE_URL", "DATABASE_URL"),
        ("databse_url", "DATABASE_URL"),
        ("MIAL_URL", "MAIL_URL"),
        ("LOGLEVEL", "LOG_LEVEL"),
        ("REDIS_URI", "REDIS_URL"),
        ("MASTER_KEY", "MASTER_KEYS"),
        ("TELEGRAM_TOKNE", "TELEGRAM_TOKEN"),
    ],
)
def test_a_misspelt_setting_stops_the_start(monkeypatch: pytest.MonkeyPatch, written: str, meant: str) -> None:
    monkeypatch.setenv(written, "something")
    with pytest.raises(
        SettingsError, match=rf"^Unknown setting\. {written} in the environment: did you mean {meant}\?"
    ):
        load_settings()


def test_other_programs_variables_do_not_stop_it(monkeypatch: pytest.MonkeyPatch) -> None:
    others = "PATH HOME HOSTNAME POST PORTS MAIL MAILTO LANG LOGNAME DATABASE_HOST DATABASE_USER DATABASE_PASSWORD"
    others += " MAIL_HOST MAIL_USER REDIS_HOST REDIS_PORT XDG_DATA_DIRS GITHUB_ACTIONS FORWARDED_ALLOW_IPS SMTP_URL"
    for name in others.split():
        monkeypatch.setenv(name, "something")
    assert load_settings() == Settings()


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("DATABSE_URL=sqlite:////tmp/x", "DATABSE_URL in .*: did you mean DATABASE_URL?"),
        ("DATABASE_USER=me", "DATABASE_USER in .*: did you mean DATABASE_URL?"),
        ("PROT=80", "PROT in .*: did you mean PORT?"),
        ("QUUX=1", "QUUX in .*: there is no such setting"),
    ],
)
def test_the_env_file_holds_settings_only(line: str, said: str) -> None:
    Path(".env").write_text(f"HOST=127.0.0.1\n{line}\n")
    with pytest.raises(SettingsError, match=rf"^Unknown setting\. {said.replace('?', '[?]')}$"):
        load_settings()


def test_a_value_of_an_unknown_setting_is_not_shown() -> None:
    Path(".env").write_text("LEDGR_KEY=hush\nMASTER_KEY=hush\n")
    with pytest.raises(SettingsError, match=r"LEDGER_KEY.*MASTER_KEYS") as caught:
        load_settings()
    assert "hush" not in str(caught.value)


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])  # noqa: S104  (given, not bound)
def test_the_sites_address_can_be_typed_into_a_browser(host: str) -> None:
    assert load_settings(host=host).site_url == "http://127.0.0.1:8080"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "0"),
        ("PORT", "65536"),
        ("PORT", "-1"),
        ("PORT", "web"),
        ("PORT", "80.5"),
        ("WORKERS", "0"),
        ("WORKERS", "-2"),
        ("WORKERS", "two"),
        ("WORKERS", "1.5"),
        ("WORKERS", "65"),
        ("TURN_TIMEOUT", "0"),
        ("TURN_TIMEOUT", "61"),
        ("TURN_TIMEOUT", "soon"),
        ("TURN_TIMEOUT", "nan"),
        ("DATABASE_URL", "postgres://localhost/bot"),
        ("DATABASE_URL", "postgresql://localhost/bot"),
        ("DATABASE_URL", "mysql://localhost/bot"),
        ("DATABASE_URL", "bot.db"),
        ("CHECK_PROVIDER", "none"),
        ("CHECK_PROVIDER", "MANUAL"),
        ("CONTACT_EMAIL", "mentors"),
        ("CONTACT_EMAIL", "mentors at example.org"),
        ("CONTACT_EMAIL", "a@b@c"),
        ("TELEGRAM_API_URL", "api.telegram.org"),
        ("TELEGRAM_API_URL", "ftp://api.telegram.org"),
        ("PUBLIC_URL", "mentors.example.org"),
        ("PUBLIC_URL", "https://example.org/?mentors"),
        ("PUBLIC_URL", "https://example.org/#mentors"),
        ("PUBLIC_URL", "https://example.org//mentors"),
        ("PUBLIC_URL", "https://example.org/a;b"),
        ("PUBLIC_URL", "https://ann:secret@example.org"),
        ("LOG_LEVEL", "LOUD"),
    ],
)
def test_an_invalid_setting_is_refused_by_its_name(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=rf"^Invalid setting\. {name}: .+"):
        load_settings()


def test_all_invalid_settings_are_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "0")
    monkeypatch.setenv("CHECK_PROVIDER", "none")
    with pytest.raises(SettingsError, match=r"PORT: .*; CHECK_PROVIDER: "):
        load_settings()


def test_what_to_write_instead_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "mysql://root:hunter2@localhost/bot")
    with pytest.raises(SettingsError, match=re.escape("sqlite:/// or postgresql+psycopg://")) as caught:
        load_settings()
    assert "hunter2" not in str(caught.value)


def test_secrets_are_not_shown() -> None:
    settings = load_settings(telegram_token="123:hush", master_keys="hush-key", mail_url="smtp://a:hush@b")
    assert "hush" not in repr(settings)


def test_every_field_says_what_it_is() -> None:
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []


@pytest.mark.parametrize("name", SECRETS)
def test_a_secret_is_read_from_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str) -> None:
    valid = {"database_url": "sqlite:////tmp/a.db", "mail_url": "smtp://a:hush@b", "redis_url": "redis://:hush@b"}
    value = valid.get(name, "hush")
    file = tmp_path / "secret"
    file.write_text(f"{value}\n")
    monkeypatch.setenv(f"{name.upper()}_FILE", str(file))
    assert load_settings() == load_settings(**{name: value})


def test_every_setting_that_is_not_shown_can_be_read_from_a_file() -> None:
    hidden = {name for name, field in Settings.model_fields.items() if "SecretStr" in repr(field.annotation)}
    assert hidden | {"database_url"} == set(SECRETS)
    assert len(hidden) >= 10


def test_the_env_file_may_name_the_file_of_a_secret(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("from the file")
    Path(".env").write_text(f"LEDGER_KEY_FILE={tmp_path / 'key'}\n")
    assert load_settings().ledger_key.get_secret_value() == "from the file"


@pytest.mark.parametrize(
    ("contents", "said"),
    [
        (None, "LEDGER_KEY_FILE: {file} cannot be read (No such file or directory)."),
        (b" \n", "LEDGER_KEY_FILE: {file} is empty."),
        (b"\xff\xfe", "LEDGER_KEY_FILE: {file} is not UTF-8 text."),
    ],
)
def test_a_file_without_a_secret_stops_the_start(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, contents: bytes | None, said: str
) -> None:
    file = tmp_path / "key"
    if contents is not None:
        file.write_bytes(contents)
    monkeypatch.setenv("LEDGER_KEY_FILE", str(file))
    with pytest.raises(SettingsError, match=f"^{re.escape(said.format(file=file))}$"):
        load_settings()


def test_a_secret_that_is_given_twice_stops_the_start(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "key").write_text("hush")
    Path(".env").write_text(f"LEDGER_KEY_FILE={tmp_path / 'key'}\n")
    monkeypatch.setenv("LEDGER_KEY", "another hush")
    with pytest.raises(SettingsError, match=r"^LEDGER_KEY and LEDGER_KEY_FILE are both set\. Keep one of them\.$"):
        load_settings()


def test_a_misspelt_name_of_a_file_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MASTER_KEY_FILE", "/run/secrets/master")
    with pytest.raises(SettingsError, match=r"did you mean MASTER_KEYS_FILE\?"):
        load_settings()


@pytest.mark.parametrize("proxies", ["10.0.0.1/8", "proxy.example.org", "*", "10.0.0.0/8; 127.0.0.1", "10.0.0.0/33"])
def test_proxies_are_addresses_or_networks(monkeypatch: pytest.MonkeyPatch, proxies: str) -> None:
    monkeypatch.setenv("TRUSTED_PROXIES", proxies)
    with pytest.raises(SettingsError, match=r"^Invalid setting\. TRUSTED_PROXIES: .*should be addresses or networks"):
        load_settings()


def test_proxies_of_ipv4_are_trusted_on_a_socket_for_both_versions() -> None:
    settings = load_settings(trusted_proxies="10.0.0.0/8, 192.0.2.7, 2001:db8::/32")
    assert settings.trusted_networks == [
        *("10.0.0.0/8", "192.0.2.7/32", "2001:db8::/32"),
        *("::ffff:10.0.0.0/104", "::ffff:192.0.2.7/128"),
    ]
