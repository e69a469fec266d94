"""Which tests a change calls for."""

from __future__ import annotations

from tests.changed import called_for


def test_a_package_calls_for_its_tests_in_every_quick_layer() -> None:
    assert called_for(["bot/checks/results.py", "bot/checks/providers/checkr.py"]) == ["tests/store/checks"]
    assert called_for(["bot/core/files.py", "docs/events.md", "bot/gone/x.py"]) == ["tests/unit/core"]


def test_a_test_calls_for_itself_once() -> None:
    changed = ["tests/store/checks/test_checks.py", "tests/unit/test_docs.py"]
    assert called_for(changed) == changed
    assert called_for([*changed, "bot/checks/service.py"]) == ["tests/store/checks", "tests/unit/test_docs.py"]


def test_what_the_called_for_a_layer_share_calls_for_all_of_them() -> None:
    assert called_for(["tests/store/mentor.py", "bot/checks/service.py"]) == ["tests/store"]
