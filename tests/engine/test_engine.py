"""What of ours runs inside Rasa's interpreter, and the two doors between engine and service."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
from engine.absent_packages import UNUSED
from rasa_sdk.executor import ActionExecutor
from ruamel.yaml import YAML

from bot.conversation.engine_text import asked
from bot.conversation.turns import GREETING
from bot.form import ItemId
from bot.model import ENGINE_PYTHON, REPOSITORY, engine_environment, inputs_digest, model_path
from bot.settings import load_settings
from evaluation.__main__ import read_set
from tests.conftest import ENGINE_SECRET
from tests.support.service import RunningBot
from tests.support.web import WebMentor


def in_engine(code: str) -> subprocess.CompletedProcess[str]:
    """Run code in the engine's interpreter, as `.venv-engine/bin/python` starts."""
    return subprocess.run(
        [str(ENGINE_PYTHON), "-c", code], capture_output=True, text=True, cwd="/", timeout=120, check=False
    )


def test_the_stand_ins_are_in_place_for_every_start_of_the_interpreter() -> None:
    result = in_engine(
        "import tensorflow as tf\n"
        "class Layer(tf.keras.layers.Layer): pass\n"
        "@tf.function\n"
        "def run(x: tf.Tensor): return x\n"
        "print(run(7))\n"
    )
    assert (result.returncode, result.stdout.strip()) == (0, "7"), result.stderr


def test_using_an_absent_package_says_what_to_do() -> None:
    result = in_engine(
        "import tensorflow as tf\n"
        "class Net(tf.keras.Model): pass\n"
        "try: Net()\n"
        "except ImportError as error: print(error)\n"
    )
    assert "Remove the component from config.yml" in result.stdout


def test_an_installed_package_wins_over_its_stand_in() -> None:
    result = in_engine("import google.protobuf, redis, sqlalchemy; print(sqlalchemy.__version__)")
    assert result.stdout.startswith("1.4."), result.stderr


def test_what_the_server_leaves_out_is_installed_and_not_imported(bot: RunningBot) -> None:
    assert in_engine(f"import {', '.join(UNUSED)}").returncode == 0
    loaded = {Path(mapped.path).parts for mapped in psutil.Process(bot.engine_pid()).memory_maps()}
    packages = {parts[parts.index("site-packages") + 1] for parts in loaded if "site-packages" in parts}
    assert "numpy" in packages
    assert not UNUSED & packages


OURS = [{"name": "engine.intents.LinearIntentClassifier"}]
RULES = [{"name": "RulePolicy"}]


@pytest.mark.parametrize(
    ("pipeline", "policies", "left_out"),
    [
        (OURS, RULES, True),
        ([*OURS, {"name": "LogisticRegressionClassifier"}], RULES, False),
        (OURS, [*RULES, {"name": "TEDPolicy"}], False),
        (OURS, None, False),
    ],
)
def test_a_component_that_is_not_ours_finds_everything_that_is_installed(
    pipeline: Any, policies: Any, left_out: bool, tmp_path: Path
) -> None:
    YAML(typ="safe").dump({"pipeline": pipeline, "policies": policies}, tmp_path / "config.yml")
    code = (
        "import os\n"
        "from engine import absent_packages\n"
        "from engine.__main__ import leave_out_what_is_unused\n"
        f"os.chdir({str(tmp_path)!r})\n"
        "leave_out_what_is_unused()\n"
        "import sklearn.svm\n"
        "try: sklearn.svm.LinearSVC()\n"
        "except ImportError as error: print(error)\n"
    )
    result = in_engine(code)
    assert result.returncode == 0, result.stderr
    assert ("its server leaves out" in result.stdout) is left_out


def test_a_configuration_with_a_neural_component_is_refused_with_a_sentence(tmp_path: Path) -> None:
    config = YAML(typ="safe").load(REPOSITORY / "config.yml")
    config["pipeline"][:-1] = [
        *({"name": name} for name in ("WhitespaceTokenizer", "CountVectorsFeaturizer")),
        {"name": "DIETClassifier", "epochs": 1},
    ]
    YAML(typ="safe").dump(config, tmp_path / "config.yml")
    result = subprocess.run(
        [
            *(str(ENGINE_PYTHON), "-m", "rasa", "train", "nlu", "--nlu", "nlu"),
            *("--config", str(tmp_path / "config.yml"), "--out", str(tmp_path)),
        ],
        cwd=REPOSITORY,
        env=engine_environment(load_settings(), "none"),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert result.returncode != 0
    assert "needs a package that this engine is installed without" in result.stdout + result.stderr


def test_the_engine_environment_is_small() -> None:
    folder = ENGINE_PYTHON.parents[1]
    size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file() and not file.is_symlink())
    assert size < 700 * 2**20


def test_the_reader_is_the_same_in_both_interpreters(tmp_path: Path) -> None:
    rows = [row for name in ("consent", "digressions", "names") for row in read_set(name)[::3]]
    asked_for = [{**asked(ItemId(row["question"])).to_metadata(), "text": row["text"]} for row in rows]
    (tmp_path / "rows.json").write_text(json.dumps(asked_for))
    code = (
        "import json\n"
        "from understanding.consent import doubt_about\n"
        "from understanding.reader import Asked, read\n"
        f"for row in json.load(open({str(tmp_path / 'rows.json')!r})):\n"
        "    print(ascii(row['text']), read(row['text'], Asked.from_metadata(row), {}), doubt_about(row['text']))\n"
    )
    here = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        cwd=REPOSITORY,
        timeout=120,
        check=True,
    )
    there = in_engine(code)
    assert there.returncode == 0, there.stderr
    assert there.stdout.splitlines() == here.stdout.splitlines()
    assert len(here.stdout.splitlines()) == len(rows)


def test_the_trained_model_belongs_to_the_present_inputs() -> None:
    assert model_path().name == f"registration-{inputs_digest()[:16]}.tar.gz"
    assert model_path().exists()


@pytest.mark.parametrize("headers", [{}, {"X-Engine-Secret": "wrong"}, {"X-Engine-Secret": "é"}])
def test_the_engine_takes_messages_from_the_service_alone(bot: RunningBot, headers: dict[str, str]) -> None:
    response = httpx.post(
        f"http://127.0.0.1:{bot.environment['ENGINE_PORT']}/webhooks/engine/webhook",
        json={"sender": "x", "message": "hi"},
        headers={name: value.encode() for name, value in headers.items()},
    )
    assert response.status_code == 403


def test_engine_and_actions_can_be_reached_on_this_machine_alone(bot: RunningBot) -> None:
    assert bot.process is not None
    service = psutil.Process(bot.process.pid)
    listening = {
        connection.laddr.port: connection.laddr.ip
        for each in [service, *service.children(recursive=True)]
        for connection in each.net_connections("inet")
        if connection.status == psutil.CONN_LISTEN
    }
    names = ("PORT", "ENGINE_PORT", "ACTIONS_PORT")
    assert listening == {int(bot.environment[name]): "127.0.0.1" for name in names}


def test_the_engine_says_so_when_a_message_cannot_be_handled(bot: RunningBot) -> None:
    response = httpx.post(
        f"http://127.0.0.1:{bot.environment['ENGINE_PORT']}/webhooks/engine/webhook",
        json={"sender": "x"},
        headers={"X-Engine-Secret": ENGINE_SECRET},
    )
    assert (response.status_code, response.content) == (500, b"")


def test_who_opens_a_new_conversation_is_greeted_as_the_engine_would(bot: RunningBot) -> None:
    with WebMentor(bot.url) as mentor, sqlite3.connect(bot.data_dir / "bot.db") as database:
        mentor.opens()
        (conversation_id,) = database.execute("SELECT id FROM conversations ORDER BY created_at DESC").fetchone()
        response = httpx.post(
            f"http://127.0.0.1:{bot.environment['ENGINE_PORT']}/webhooks/engine/webhook",
            json={"sender": conversation_id, "message": "/chat_greet", "metadata": {"turn": "another"}},
            headers={"X-Engine-Secret": ENGINE_SECRET},
            timeout=30,
        )
        said = [
            {name: reply["custom"][name] for name in reply["custom"] if name != "args"} for reply in response.json()
        ]
        assert said == GREETING


@pytest.mark.parametrize("path", ["/model/parse", "/conversations/x/tracker", "/webhooks/rest/webhook", "/status"])
def test_nothing_else_of_rasa_is_open(bot: RunningBot, path: str) -> None:
    url = f"http://127.0.0.1:{bot.environment['ENGINE_PORT']}{path}"
    assert {httpx.get(url).status_code, httpx.post(url, json={}).status_code} <= {404, 405}


def test_the_action_server_serves_the_engine_alone_and_never_echoes(bot: RunningBot) -> None:
    url = f"http://127.0.0.1:{bot.environment['ACTIONS_PORT']}/webhook"
    call: dict[str, Any] = {
        "next_action": "action_submit",
        "sender_id": "nobody",
        "tracker": {"sender_id": "nobody", "slots": {}, "latest_message": {"text": "secret"}, "events": []},
        "domain": {},
    }
    assert httpx.post(url, json=call).status_code == 403
    known = {"X-Engine-Secret": ENGINE_SECRET}
    failed = httpx.post(url, json=call, headers=known)
    assert (failed.status_code, failed.content) == (500, b"")
    unknown = httpx.post(url, json=call | {"next_action": "action_unknown"}, headers=known)
    assert unknown.status_code == 404
    assert "secret" not in unknown.text


def test_the_actions_also_run_in_the_sdks_own_server(tmp_path: Path) -> None:
    code = (
        "from rasa_sdk.executor import ActionExecutor\n"
        "executor = ActionExecutor()\n"
        "executor.register_package('actions')\n"
        "print(sorted(executor.actions))\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", code],
        cwd=REPOSITORY,
        env=os.environ | {"DATA_DIR": str(tmp_path / "untouched")},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert "validate_registration_form" in result.stdout
    assert not (tmp_path / "untouched").exists(), "importing the actions opens no database"


def test_every_action_of_the_domain_is_served() -> None:
    executor = ActionExecutor()
    executor.register_package("actions")
    assert set(YAML(typ="safe").load(REPOSITORY / "domain.yml")["actions"]) == set(executor.actions)


def test_the_engine_does_not_start_without_something_that_it_does_not_know() -> None:
    hold, let_go = os.pipe()  # the engine ends when its standard input does
    try:
        result = subprocess.run(
            [str(ENGINE_PYTHON), "-m", "engine", "--port=1", "--model=none"],
            cwd=REPOSITORY,
            env=engine_environment(load_settings(), "secret") | {"ENGINE_WITHOUT": "everything"},
            stdin=hold,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
    finally:
        os.close(hold)
        os.close(let_go)
    assert result.returncode == 2
    assert "nothing called 'everything'" in result.stderr
