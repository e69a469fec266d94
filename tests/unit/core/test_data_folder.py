"""Services that share a data folder keep out whoever needs it alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.core.data_folder import StartError, one_instance
from bot.core.settings import Settings


def test_services_that_share_a_folder_keep_out_who_needs_it_alone(tmp_path: Path) -> None:
    settings = Settings(_env_file=None, data_dir=tmp_path)  # type: ignore[call-arg]
    with one_instance(settings, is_shared=True), one_instance(settings, is_shared=True):
        alone = one_instance(settings)
        with pytest.raises(StartError, match="already running"):
            alone.__enter__()
    with one_instance(settings), pytest.raises(StartError, match="already running"):
        one_instance(settings, is_shared=True).__enter__()
