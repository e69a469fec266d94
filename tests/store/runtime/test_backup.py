"""A backup restores registrations, photos and ledger, and who was erased since is erased again."""

from __future__ import annotations

import shutil
import sqlite3
import stat
import subprocess
import tarfile
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError
from typer.testing import CliRunner, Result

from bot.cli.app import app
from bot.cli.person import sentences
from bot.core.data_folder import one_instance
from bot.core.settings import Settings, load_settings
from bot.media.photo_check import check_photo
from bot.privacy.erasure import Erasure
from bot.runtime.container import Services, build
from bot.security.key_files import add_master_key
from bot.storage import Answer, Mentor, Photo, Store
from tests.support.answers import picture
from tests.support.ledger import entry
from tests.support.s3 import running_s3
from tests.support.service import BOT

pytestmark = pytest.mark.slow

#: How a readable photo begins.
JPEG = b"\xff\xd8"
NAMES = ("Ada Lovelace of London", "Grace Hopper of New York")


@pytest.fixture
def settings(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """An installation whose service does not run."""
    store.dispose()
    data_dir = tmp_path / "data"
    url = store.url if store.url.startswith("postgresql") else f"sqlite:///{data_dir / 'bot.db'}"
    for name, value in {"DATABASE_URL": url, "DATA_DIR": str(data_dir), "MASTER_KEYS": "", "LEDGER_KEY": ""}.items():
        monkeypatch.setenv(name, value)
    return load_settings()


def add_mentor(services: Services, name: str, number: int) -> str:
    """A mentor with an answer, a photo and a consent; gives the id."""
    renditions = check_photo(picture()).renditions
    assert renditions
    photo = services.photos.keep(renditions)
    with services.store.write() as session:
        session.add(mentor := Mentor())
        session.flush()
        photo.mentor_id = mentor.id
        session.add_all(
            [photo, Answer(mentor_id=mentor.id, item_id="full_name", value=name, wording_version=1, turn_id="t" * 32)]
        )
        services.ledger.add(session, entry(number, mentor.id, words=f"yes, says {name}"))
        return mentor.id


@pytest.fixture
def mentors(settings: Settings) -> list[str]:
    """The ids of two mentors."""
    services = build(settings)
    ids = [add_mentor(services, name, number) for number, name in enumerate(NAMES)]
    services.store.dispose()
    return ids


def bot(*arguments: str) -> Result:
    """What the command prints, and how it ends; a mistake is a sentence and no traceback."""
    result = CliRunner().invoke(app, arguments)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


@pytest.fixture
def backup(mentors: list[str], tmp_path: Path) -> Path:
    assert len(mentors) == 2
    file = tmp_path / "backup.tar"
    result = bot("backup", str(file))
    assert result.exit_code == 0, result.output
    assert "2 registrations, 4 photo files, ledger at 2:" in result.stdout
    return file


@pytest.fixture
def opened(settings: Settings) -> Iterator[Callable[[], Services]]:
    """Opens the installation; it is closed at the end of the test."""
    found: list[Services] = []

    def open_() -> Services:
        found.append(build(load_settings()))
        return found[-1]

    yield open_
    for each in found:
        each.store.dispose()


def names(services: Services) -> list[str]:
    with services.store.read() as session:
        return sorted(session.scalars(select(Answer.value).where(Answer.item_id == "full_name")))


def test_a_backup_is_its_owners_and_has_no_key(backup: Path, settings: Settings) -> None:
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    with tarfile.open(backup) as tar:
        members = tar.getnames()
        assert {each.uname for each in tar.getmembers()} == {""}
    assert sorted(members)[:3] == ["database", "manifest.hmac", "manifest.json"]
    assert [each for each in members if each.startswith("photos/")] == members[1:5]
    data = backup.read_bytes()
    for key in ("master.key", "ledger.key"):
        assert (settings.data_dir / "keys" / key).read_bytes() not in data
    assert [each.name for each in backup.parent.iterdir() if each.name.startswith((".backup-", "backup.tar."))] == []


@pytest.mark.postgresql_too
def test_what_is_lost_is_restored_with_photos_and_ledger(
    backup: Path, settings: Settings, mentors: list[str], opened: Callable[[], Services]
) -> None:
    services = opened()
    with services.store.read() as session:
        head = services.ledger.head(session)
        photos = list(session.scalars(select(Photo.id)))
    pictures = {each: services.photos.full(each) for each in photos}
    assert all(pictures.values())
    with services.store.write() as session:
        session.execute(text("DELETE FROM answers"))
    add_mentor(services, "Mary after the backup", 2)
    services.store.dispose()
    shutil.rmtree(settings.data_dir / "photos")
    result = bot("restore", str(backup), "--yes")
    assert result.exit_code == 0, result.output
    assert "2 records in the ledger, all as they were written." in result.stdout
    assert "1 consents that were given after the backup are lost." in result.output
    services = opened()
    assert names(services) == sorted(NAMES)
    assert {each: services.photos.full(each) for each in photos} == pictures
    assert len(list((settings.data_dir / "photos").iterdir())) == 4
    with services.store.read() as session:
        assert services.ledger.verify(session, [head]).problem == ""
        assert sorted(session.scalars(select(Mentor.id))) == sorted(mentors)
    add_mentor(services, "Mary once more", 2)
    with services.store.read() as session:
        assert services.ledger.verify(session).records == 3
    assert not list(settings.data_dir.glob(".restore-*"))
    assert not (settings.data_dir / "restore.erased").exists()


def test_a_backup_takes_the_photos_into_a_bucket_and_out_of_it(
    backup: Path,
    settings: Settings,
    mentors: list[str],
    opened: Callable[[], Services],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def pictures() -> set[bytes | None]:
        services = opened()
        with services.store.read() as session:
            photos = list(session.scalars(select(Photo.id)))
        found = {each_of(each) for each in photos for each_of in (services.photos.full, services.photos.square)}
        services.store.dispose()
        return found

    before, second = pictures(), backup.with_name("second.tar")
    assert None not in before
    with running_s3() as s3:
        for name, value in s3.settings("/in").items():
            monkeypatch.setenv(name.upper(), value)
        assert bot("restore", str(backup), "--yes").exit_code == 0
        shutil.rmtree(settings.data_dir / "photos")
        assert pictures() == before
        assert len(s3.names()) == 4
        assert not any(s3.contents(name).startswith(JPEG) for name in s3.names())
        assert "4 photo files" in bot("backup", str(second)).stdout
        services = opened()
        assert services.erasure.erase_and_search(mentors[0], "tester").found == []
        services.store.dispose()
        result = bot("restore", str(second), "--yes")
        assert (result.exit_code, "1 mentors were erased again" in result.stdout) == (0, True), result.output
        assert len(s3.names()) == 2
        monkeypatch.setenv("S3_ENDPOINT_URL", "http://127.0.0.1:1")
        with pytest.raises(SystemExit, match="BLOB_URL: the bucket cannot be reached"), sentences():
            CliRunner().invoke(app, ["backup", str(backup.with_name("third.tar"))], catch_exceptions=False)
    monkeypatch.setenv("BLOB_URL", "")
    assert bot("restore", str(second), "--yes").exit_code == 0
    kept = [path.read_bytes() for path in (settings.data_dir / "photos").iterdir()]
    assert len(kept) == 2
    assert set(kept) <= before


@pytest.mark.postgresql_too
def test_who_was_erased_since_is_erased_again(
    backup: Path, settings: Settings, mentors: list[str], opened: Callable[[], Services]
) -> None:
    services = opened()
    services.erasure.erase(mentors[0], "tester")
    services.store.dispose()
    result = bot("restore", str(backup), "--yes")
    assert result.exit_code == 0, result.output
    assert "1 mentors were erased again" in result.stdout
    assert "something is left" not in result.output
    services = opened()
    assert names(services) == [NAMES[1]]
    with services.store.read() as session:
        verdict = services.ledger.verify(session)
        assert (verdict.records, verdict.erased, verdict.problem) == (2, 1, "")
    assert len(list((settings.data_dir / "photos").iterdir())) == 2
    for path in settings.data_dir.rglob("*"):
        assert not path.is_file() or NAMES[0].encode() not in path.read_bytes(), path


def test_a_restore_that_ended_in_the_middle_still_knows_who_was_erased(
    backup: Path, mentors: list[str], opened: Callable[[], Services], monkeypatch: pytest.MonkeyPatch
) -> None:
    services = opened()
    services.erasure.erase(mentors[0], "tester")
    services.store.dispose()
    with monkeypatch.context() as patch:
        patch.setattr(Erasure, "erase", lambda *_: 1 / 0)
        assert isinstance(CliRunner().invoke(app, ["restore", str(backup), "--yes"]).exception, ZeroDivisionError)
    assert "1 mentors were erased again" in bot("restore", str(backup), "--yes").stdout
    assert names(opened()) == [NAMES[1]]


def test_on_a_new_machine_the_erased_are_named_in_a_file(
    backup: Path,
    settings: Settings,
    mentors: list[str],
    opened: Callable[[], Services],
    tmp_path: Path,
    store: Store,
) -> None:
    keys = shutil.copytree(settings.data_dir / "keys", tmp_path / "keys")
    shutil.rmtree(settings.data_dir)
    if store.url.startswith("postgresql"):
        with store.write() as session:
            session.execute(text("DROP SCHEMA public CASCADE"))
            session.execute(text("CREATE SCHEMA public"))
        store.dispose()
    result = bot("restore", str(backup), "--yes")
    assert result.exit_code == 1
    assert "The keys are not in a backup. Put them back first" in result.output
    assert not (settings.data_dir / "keys").exists()
    shutil.copytree(keys, settings.data_dir / "keys")
    erased = tmp_path / "erased"
    erased.write_text(f"{mentors[1]}\n{'f' * 32}\n")
    result = bot("restore", str(backup), "--yes", "--erased", str(erased))
    assert result.exit_code == 0, result.output
    assert "erasures after the backup are not known" in result.output
    assert names(opened()) == [NAMES[0]]


def test_a_backup_from_before_a_rotation_is_restored_and_rotated(
    backup: Path, settings: Settings, opened: Callable[[], Services]
) -> None:
    rotate = [BOT, "keys", "rotate"]  # in a process of its own, which closes its connections
    old = (settings.data_dir / "keys" / "master.key").read_bytes()
    subprocess.run(rotate, check=True, capture_output=True)
    result = bot("restore", str(backup), "--yes")
    assert (result.exit_code, "MASTER_KEYS does not hold the key of the backup" in result.output) == (1, True)
    (settings.data_dir / "keys" / "master.key").write_bytes(old)
    add_master_key(settings.data_dir)
    assert bot("restore", str(backup), "--yes").exit_code == 0
    subprocess.run(rotate, check=True, capture_output=True)
    assert names(opened()) == sorted(NAMES)


@pytest.mark.postgresql_too
@pytest.mark.parametrize("name", ["database", "manifest.json", "photos/"])
def test_a_backup_that_was_changed_is_refused_and_nothing_changes(
    backup: Path, opened: Callable[[], Services], tmp_path: Path, name: str
) -> None:
    changed = tmp_path / "changed.tar"
    with tarfile.open(backup) as source, tarfile.open(changed, "w") as target:
        for member in source.getmembers():
            path = tmp_path / "member"
            path.write_bytes(source.extractfile(member).read())  # type: ignore[union-attr]
            if member.name.startswith(name):
                path.write_bytes(path.read_bytes()[:-1] + b"x")
            target.add(path, member.name)
    result = bot("restore", str(changed), "--yes")
    assert (result.exit_code, "changed" in result.output) == (1, True)
    assert names(opened()) == sorted(NAMES)


@pytest.mark.parametrize("size", [0, 100, 5_000, 20_000])
def test_a_file_that_is_cut_off_is_refused(backup: Path, opened: Callable[[], Services], size: int) -> None:
    backup.write_bytes(backup.read_bytes()[:size])
    result = bot("restore", str(backup), "--yes")
    assert (result.exit_code, "backup" in result.output) == (1, True)
    assert names(opened()) == sorted(NAMES)


def test_a_running_service_and_a_no_stop_it(backup: Path, settings: Settings, opened: Callable[[], Services]) -> None:
    with one_instance(settings):
        result = bot("restore", str(backup), "--yes")
    assert (result.exit_code, "already running" in result.output) == (1, True)
    asked = CliRunner().invoke(app, ["restore", str(backup)], input="n\n")
    assert (asked.exit_code, "with 2 registrations?" in asked.output) == (1, True)
    assert names(opened()) == sorted(NAMES)


def test_files_that_are_refused(backup: Path, settings: Settings, tmp_path: Path) -> None:
    assert "exists" in bot("backup", str(backup)).output
    assert "outside the data folder" in bot("backup", str(settings.data_dir / "backup.tar")).output
    assert not (settings.data_dir / "backup.tar").exists()


def test_before_the_first_start_there_is_nothing_to_back_up(settings: Settings, tmp_path: Path) -> None:
    result = bot("backup", str(tmp_path / "backup.tar"))
    assert (result.exit_code, "nothing has been written yet" in result.output) == (1, True)


@pytest.mark.postgresql_too
def test_a_backup_while_mentors_register_is_of_one_moment(
    mentors: list[str], opened: Callable[[], Services], tmp_path: Path
) -> None:
    assert len(mentors) == 2
    services, ends = opened(), threading.Event()

    def register() -> None:
        number = 2
        while not ends.is_set():
            add_mentor(services, f"Mentor number {number}", number)
            number += 1

    thread = threading.Thread(target=register)
    thread.start()
    try:
        results = [bot("backup", str(tmp_path / f"{number}.tar")) for number in range(3)]
    finally:
        ends.set()
        thread.join()
    services.store.dispose()
    for number, result in enumerate(results):
        assert result.exit_code == 0, result.output
        restored = bot("restore", str(tmp_path / f"{number}.tar"), "--yes")
        assert (restored.exit_code, "all as they were written" in restored.stdout) == (0, True), restored.output
        again = opened()
        with again.store.read() as session:
            count = session.scalars(select(func.count()).select_from(Mentor)).one()
            photo_ids = list(session.scalars(select(Photo.id)))
        assert f"{count} registrations, {2 * count} photo files, ledger at {count}:" in result.stdout
        assert all(again.photos.full(each) for each in photo_ids)
        again.store.dispose()


def test_a_database_that_cannot_be_read_does_not_stop_a_restore(
    backup: Path, settings: Settings, opened: Callable[[], Services], backend: str
) -> None:
    if backend != "sqlite":
        pytest.skip("only a file can be damaged")
    (settings.data_dir / "bot.db").write_bytes(b"damaged" * 10_000)
    with closing(sqlite3.connect(settings.data_dir / "bot.db")) as connection, pytest.raises(sqlite3.DatabaseError):
        connection.execute("SELECT * FROM mentors")
    result = bot("restore", str(backup), "--yes")
    assert (result.exit_code, "not known" in result.output) == (0, True), result.output
    assert names(opened()) == sorted(NAMES)


@pytest.mark.postgresql_too
def test_postgresql_is_not_replaced_under_others(
    backup: Path, settings: Settings, opened: Callable[[], Services], backend: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if backend != "postgresql":
        pytest.skip("SQLite has no other connections")
    services = opened()
    with services.store.read() as session:
        assert session.scalar(select(func.count()).select_from(Mentor)) == 2
        result = bot("restore", str(backup), "--yes")
    assert (result.exit_code, "other connections" in result.output) == (1, True)
    services.store.dispose()
    with monkeypatch.context() as patch:
        patch.setenv("PATH", "/nowhere")
        result = bot("restore", str(backup), "--yes")
        assert (result.exit_code, "pg_restore is missing" in result.output) == (1, True)
        result = bot("backup", f"{backup}.2")
        assert (result.exit_code, "pg_dump is missing" in result.output) == (1, True)
    with services.store.write() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    services.store.dispose()
    result = bot("restore", str(backup), "--yes")
    assert (result.exit_code, "Restore it into an empty database" in result.output) == (1, True)


@pytest.mark.postgresql_too
def test_a_backup_of_another_kind_of_database_is_refused(
    backup: Path, opened: Callable[[], Services], backend: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = "postgresql+psycopg://127.0.0.1:1/x" if backend == "sqlite" else f"sqlite:///{tmp_path / 'other.db'}"
    with monkeypatch.context() as patch:
        patch.setenv("DATABASE_URL", other)
        result = bot("restore", str(backup), "--yes")
    assert (result.exit_code, f"The backup is of {backend}" in result.output) == (1, True)
    try:
        assert names(opened()) == sorted(NAMES)
    except SQLAlchemyError:
        pytest.fail("the database was touched")
