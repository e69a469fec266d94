"""Starts the engine's server. What it need not import is left out before Rasa is imported."""

from __future__ import annotations

from pathlib import Path

from ruamel.yaml import YAML

from engine import absent_packages


def leave_out_what_is_unused() -> None:
    """Import less, unless a component of ``config.yml`` is not ours: it may need what ours do not."""
    config = YAML(typ="safe").load(Path("config.yml"))
    parts = [config.get("pipeline"), config.get("policies")]
    if None in parts:
        return  # Rasa chooses components of its own
    named = [each["name"] for part in parts for each in part]
    if all(name == "RulePolicy" or name.startswith("engine.") for name in named):
        absent_packages.leave_out()


if __name__ == "__main__":
    leave_out_what_is_unused()
    from engine.server import main

    main()
