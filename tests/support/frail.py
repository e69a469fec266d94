"""``bot run`` whose turns fail or hang while a file in the data folder says so.

``python -m tests.support.frail run``; `tests.support.service.RunningBot.frail` starts it.
"""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bot.__main__ import main
from bot.core.settings import load_settings
from bot.runtime import startup as start

#: Name of the file, beside the database.
FILE = "break-the-next-turn"
HANG, FAIL = "hang", "fail"

_prepare = start._prepare_rasa


def _prepare_and_break() -> None:
    _prepare()
    from bot.dialogue.agent import Agent, Reading

    decide = Agent.decide

    def breaks(agent: Agent, conversation_id: str, reading: Reading, metadata: Mapping[str, Any]) -> list[str]:
        asked = decide(agent, conversation_id, reading, metadata)
        if what := _broken():
            (load_settings().data_dir / f"{FILE}.met").write_text(str(os.getpid()))
            while what == HANG and _broken():
                time.sleep(0.01)
            if what == FAIL:
                raise RuntimeError(f"of what was said: {reading}")
        return asked

    Agent.decide = breaks  # type: ignore[method-assign]


def _broken() -> str:
    path: Path = load_settings().data_dir / FILE
    return path.read_text() if path.exists() else ""


if __name__ == "__main__":
    start._prepare_rasa = _prepare_and_break
    main()
