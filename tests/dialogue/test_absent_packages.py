"""Packages that Rasa names and the bot is installed without, or that its service leaves out."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import psutil
import pytest
from ruamel.yaml import YAML

from bot.dialogue.absent_packages import ABSENT, UNUSED
from bot.dialogue.model import REPOSITORY, is_ours, rasa_environment
from tests.support.service import RunningBot


def in_python(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run code in a fresh interpreter of the bot's environment."""
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        capture_output=True,
        text=True,
        cwd=REPOSITORY,
        timeout=120,
        check=False,
    )


def test_the_stand_ins_are_in_place_for_every_start_of_the_interpreter() -> None:
    result = in_python(
        "import tensorflow as tf\n"
        "class Layer(tf.keras.layers.Layer): pass\n"
        "@tf.function\n"
        "def run(x: tf.Tensor): return x\n"
        "print(run(7))\n"
    )
    assert (result.returncode, result.stdout.strip()) == (0, "7"), result.stderr


def test_using_an_absent_package_says_what_to_do() -> None:
    result = in_python(
        "import tensorflow as tf\n"
        "class Net(tf.keras.Model): pass\n"
        "try: Net()\n"
        "except ImportError as error: print(error)\n"
    )
    assert "Remove the component from config.yml" in result.stdout


def test_an_installed_package_wins_over_its_stand_in(tmp_path: Path) -> None:
    (tmp_path / "tensorflow.py").write_text("name = 'the real one'\n")
    result = in_python(
        "import sys; sys.path.insert(0, sys.argv[1]); import tensorflow; print(tensorflow.name)", str(tmp_path)
    )
    assert result.stdout.strip() == "the real one", result.stderr


def test_what_is_left_out_is_installed_and_what_is_absent_is_not() -> None:
    assert in_python(f"import bot.dialogue, {', '.join(UNUSED)}").returncode == 0
    code = (
        "import importlib.util, sys\n"
        "sys.meta_path = [each for each in sys.meta_path if type(each).__name__ != 'StandIns']\n"
        "def is_there(name):\n"
        "    try: return importlib.util.find_spec(name) is not None\n"
        "    except ModuleNotFoundError: return False\n"
        "print([each for each in sys.argv[1:] if is_there(each)])\n"
    )
    installed_for_tests = {"aiogram", "boto3", "botocore", "matplotlib"}
    folder_of_another = {"google.cloud"}  # googleapis-common-protos has one, without Google's clients
    result = in_python(code, *sorted(ABSENT - installed_for_tests - folder_of_another))
    assert result.stdout.strip() == "[]", result.stderr


def test_the_running_service_has_not_imported_what_it_leaves_out(bot: RunningBot) -> None:
    assert bot.process is not None
    loaded = {Path(mapped.path).parts for mapped in psutil.Process(bot.process.pid).memory_maps()}
    packages = {parts[parts.index("site-packages") + 1] for parts in loaded if "site-packages" in parts}
    assert "numpy" in packages
    assert not UNUSED & packages


OURS = [{"name": "bot.dialogue.components.intents.LinearIntentClassifier"}]
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
    config = tmp_path / "config.yml"
    YAML(typ="safe").dump({"pipeline": pipeline, "policies": policies}, config)
    assert is_ours(config) is left_out
    result = in_python(
        "import sys\n"
        "from pathlib import Path\n"
        "from bot.dialogue import model\n"
        "from bot.runtime import startup\n"
        "is_ours = model.is_ours\n"
        "startup.is_ours = lambda: is_ours(Path(sys.argv[1]))\n"
        "startup._prepare_rasa()\n"
        "import sklearn.svm\n"
        "try: sklearn.svm.LinearSVC()\n"
        "except ImportError as error: print(error)\n",
        str(config),
    )
    assert result.returncode == 0, result.stderr
    assert ("the service leaves out" in result.stdout) is left_out


def test_what_rasa_computes_wakes_no_thread_on_each_core() -> None:
    code = (
        "import os; from bot.runtime import startup; startup._prepare_rasa(); print(os.environ['OPENBLAS_NUM_THREADS'])"
    )
    assert in_python(code).stdout.strip() == os.environ.get("OPENBLAS_NUM_THREADS", "1")


def test_a_configuration_with_a_neural_component_is_refused_with_a_sentence(tmp_path: Path) -> None:
    config = YAML(typ="safe").load(REPOSITORY / "config.yml")
    config["pipeline"][:-1] = [
        *({"name": name} for name in ("WhitespaceTokenizer", "CountVectorsFeaturizer")),
        {"name": "DIETClassifier", "epochs": 1},
    ]
    YAML(typ="safe").dump(config, tmp_path / "config.yml")
    result = subprocess.run(
        [
            *(sys.executable, "-m", "rasa", "train", "nlu", "--nlu", "nlu/smalltalk.yml"),
            *("--config", str(tmp_path / "config.yml"), "--out", str(tmp_path)),
        ],
        cwd=REPOSITORY,
        env=rasa_environment(),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert result.returncode != 0
    assert "needs a package that this bot is installed without" in result.stdout + result.stderr
